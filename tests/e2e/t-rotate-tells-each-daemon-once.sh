# After all its logs each daemon gets one signal, the right one by number and
# by name, or its command is run once with the number; N and -s tell nobody; U
# means a process group; a pid file that is no good is told, its daemon is
# not, and the logs are rotated all the same.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
logs=$PWD/logs
mkdir logs
# It notes each signal by its name, and how large the new log of the pair is:
# was that there when it was told?
cat >daemon.py <<-'END'
	import os, signal, sys
	notes, second = sys.argv[1:]
	def note(number, frame):
	    with open(notes, "a") as f:
	        f.write("%s %d\n" % (signal.Signals(number).name,
	            os.path.exists(second)))
	for s in ("HUP", "USR1", "USR2", "TERM", "WINCH", "INT"):
	    signal.signal(getattr(signal, "SIG" + s), note)
	open(notes + ".ready", "w").close()
	while True:
	    signal.pause()
END
# daemon NAME: a process group of its own, its number in NAME.pid
daemon()
{
	setsid python3 daemon.py "$1.notes" "$logs/$1.2.0" &
	pid=$!
	reap $pid
	i=0
	while [ ! -e "$1.notes.ready" ] && [ $i -lt 600 ]; do
		sleep 0.05
		i=$((i + 1))
	done
	: >"$1.notes"
	echo $pid >"$1.pid"
}
# noted NAME WANT: what it noted, waited for
noted()
{
	i=0
	while [ "$(wc -l <"$1.notes")" -lt "$(echo "$2" | grep -c .)" ] &&
	    [ $i -lt 200 ]; do
		sleep 0.05
		i=$((i + 1))
	done
	is "$(cat "$1.notes")" "$2" "$1 was told: $2"
	: >"$1.notes"
}
again()
{
	rm -f logs/*
	rm -f "$STATE"/*
	for log in a.1 a.2 b.1 b.2 c.1 c.2; do
		echo line >logs/$log
	done
}
rotate()
{
	run mailkeep-rotate $r -o rotate.dialect=freebsd -f conf -F "$@"
}
daemon a
daemon b

# Each once, after both logs; N and others not.
cat >conf <<-END
	$logs/a.1 644 3 * * - $PWD/a.pid
	$logs/b.1 644 3 * * - $PWD/b.pid 30
	$logs/a.2 644 3 * * - $PWD/a.pid
	$logs/b.2 644 3 * * - $PWD/b.pid SIGUSR1
	$logs/c.1 644 3 * * N $PWD/a.pid 2
END
again
rotate
exits 0
silent
noted a 'SIGHUP 1'
noted b 'SIGUSR1 1'
holds logs a.1 a.2 b.1 b.2 c.1 c.2 a.1.0 a.2.0 b.1.0 b.2.0 c.1.0
again
rotate -s
exits 0
silent
rotate "$logs/c.1"
noted a ''
# Nothing was due: nothing is told.
run mailkeep-rotate $r -o rotate.dialect=freebsd -f conf
noted b ''

# Signals by number and by name, of two for one daemon each.
cat >conf <<-END
	$logs/a.1 644 3 * * - $PWD/a.pid 15
	$logs/a.2 644 3 * * - $PWD/a.pid sigwinch
	$logs/b.1 644 3 * * - $PWD/b.pid 31
	$logs/b.2 644 3 * * - $PWD/b.pid SIGINT
END
again
rotate
exits 0
silent
i=0
while [ "$(cat a.notes b.notes | wc -l)" -lt 4 ] && [ $i -lt 200 ]; do
	sleep 0.05
	i=$((i + 1))
done
is "$(sort a.notes | tr '\n' ' ')" 'SIGTERM 1 SIGWINCH 1 ' 'two signals'
is "$(sort b.notes | tr '\n' ' ')" 'SIGINT 1 SIGUSR2 1 ' 'two others'
: >a.notes
: >b.notes
# HUP without SIG, as NetBSD has it; a command of OpenBSD.
echo "$logs/a.1 644 3 * * - $PWD/a.pid usr2" >conf
again
run mailkeep-rotate $r -f conf -F
exits 0
noted a 'SIGUSR2 0'
cat >conf <<-END
	$logs/b.1 644 3 * * B "kill -USR1 \$(cat $PWD/b.pid); echo done >>ran"
	$logs/b.2 644 3 * * B "kill -USR1 \$(cat $PWD/b.pid); echo done >>ran"
	$logs/c.1 644 3 * * B ""
END
again
run mailkeep-rotate $r -f conf -F -o rotate.dialect=openbsd
exits 0
silent
noted b 'SIGUSR1 1'
is "$(cat ran)" 'done' 'the command ran once'

# R: the command gets the number; one that fails is told; U: a group.
cat >command.sh <<-END
	#!/bin/sh
	echo "\$# \$1 \$(test -f $logs/c.2.0 && echo turned)" >>$PWD/ran.R
	test "\$1" != 2
END
chmod 755 command.sh
cat >conf <<-END
	$logs/c.1 644 3 * * R $PWD/command.sh 30
	$logs/c.2 644 3 * * R $PWD/command.sh 30
	$logs/b.1 644 3 * * R $PWD/command.sh
	$logs/a.1 644 3 * * U $PWD/group.pid
END
echo "-$(cat a.pid)" >group.pid
again
rotate
exits 0
silent
is "$(sort ran.R)" '1 1 turned
1 10 turned' 'once for each signal, after the logs'
noted a 'SIGHUP 0'
cat >conf <<-END
	$logs/c.1 644 3 * * R $PWD/command.sh 2
	$logs/c.2 644 3 * * RZ $PWD/no-command
	$logs/b.1 644 3 * * - $PWD/b.pid
END
again
rotate
exits 75
says "$logs/c\.1: its daemon was not told: .*command\.sh 2"
says "$logs/c\.2: its daemon was not told: .*no-command"
noted b 'SIGHUP 0'
holds logs a.1 a.2 b.1 b.1.0 b.2 c.1 c.1.0 c.2 c.2.0.gz

# Pid files that are no good.
bad()
{
	again
	rotate
	exits "$1"
	one_line
	says "$logs/a\.1: .*bad\.pid.*$2"
	holds logs a.1 a.1.0.gz a.2 b.1 b.1.0 b.2 c.1 c.2
	noted b 'SIGHUP 0'
	rm -rf bad.pid
}
cat >conf <<-END
	$logs/a.1 644 3 * * Z $PWD/bad.pid
	$logs/b.1 644 3 * * - $PWD/b.pid
END
bad 0 'No such file'
: >bad.pid
bad 0 'empty'
for text in one 1 0 -1 '-' 12x 99999999999999999999; do
	printf '%s' "$text" >bad.pid
	bad 65 'holds no number of a process'
done
cat a.pid group.pid >bad.pid
printf '4194305' >bad.pid
bad 0 'there is no process 4194305'
ln -s a.pid bad.pid
bad 65 'a link'
ln a.pid bad.pid
bad 65 '2 names'
mkdir bad.pid
bad 65 'not a regular file'
mkfifo bad.pid
bad 65 'not a regular file'
if [ "$(id -u)" = 0 ]; then
	cp a.pid bad.pid
	chmod 666 bad.pid
	bad 77 'others can write it: chmod go-w'
else
	skip 'needs root' 5
fi
noted a ''
kill -9 "$(cat a.pid)" "$(cat b.pid)"	# they note SIGTERM
done_testing
