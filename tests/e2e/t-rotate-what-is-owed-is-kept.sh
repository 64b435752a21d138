# What a run owes is not forgotten by one that could not do it, or was not to:
# a notice, when the log's directory is refused meanwhile, when there is
# another thing in the log's place, or after -s and -r.  It is forgotten when
# log and directory are gone, once.  A pid file and a command of the same path
# are two.  A log that was begun to be turned is known by inode and size.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
mkdir log
cat >command.sh <<END
#!/bin/sh
test ! -e $PWD/fail && echo told >>$PWD/told
END
chmod 755 command.sh
line="$PWD/log/a 644 5 * * BR $PWD/command.sh"
again()
{
	rm -rf log fail told "$STATE/rotate.state"
	mkdir log
	echo a >log/a
	echo "${1:-$line}" >conf
}
rotate()
{
	# shellcheck disable=SC2086	# none or one
	run mailkeep-rotate $r -o rotate.dialect=freebsd -f conf "$@"
}
# a run that fails to tell
owe()
{
	again
	touch fail
	rotate -F
	exits 75
	one_line
	says 'its daemon was not told'
	holds log a a.0
	rm fail
}
told()
{
	rotate
	exits 0
	silent
	is "$(cat told)" told 'it is told, once'
	rotate
	exits 0
	is "$(cat told)" told 'and not again'
	holds log a a.0
}
owe
told

# Its directory is refused meanwhile.
owe
mv log elsewhere
mkdir elsewhere/deep
ln -s ../elsewhere elsewhere/deep/up
ln -s elsewhere/deep/up log
rotate
ok 'the directory is refused' test "$STATUS" = 65
ok 'nobody is told' not test -e told
rm log
mv elsewhere log
rm -r log/deep
told

# Another thing is in the log's place.
owe
mv log/a kept
mkfifo log/a
rotate
exits 65
one_line
rm log/a
mv kept log/a
told

# -s tells nobody of what this run turns, and forgets nothing of others.
owe
rotate -s
exits 0
ok 'nobody is told' not test -e told
told
again
rotate -F -s
exits 0
rotate
ok 'of what was turned with -s nobody is told' not test -e told
owe
rotate -F -s
exits 0
rotate
is "$(cat told)" told 'but of what an earlier run owes'
if [ "$(id -u)" = 0 ]; then
	again "$PWD/log/a 644 5 * * B"
	echo bad >pid
	chmod 644 pid
	rotate -F -S "$PWD/pid"
	exits 65
	rotate -r -S "$PWD/pid"
	exits 0
	silent
	rotate -S "$PWD/pid"
	exits 65
	says 'its daemon was not told'
	again "$PWD/log/a 644 5 * * B"
	rotate -F -r -S "$PWD/pid"
	exits 0
	rotate -S "$PWD/pid"
	exits 0
	silent
else
	skip 'needs root' 8
fi

# All is gone: told once.
owe
rm -r log
rotate
exits 66
one_line
says "log: No such file.*nothing is left to be done for $PWD/log/a"
rotate
exits 0
silent

# One path, two daemons.
again
echo b >log/b
echo "$PWD/log/b 644 5 * * B $PWD/command.sh" >>conf
rotate -F
exits 65
one_line
says "log/b: its daemon was not told: .*command\.sh.*no number of a process"
is "$(cat told)" told 'the command ran'

# begun SIZE: a run was killed when it had begun to turn a log of this size
begun()
{
	again "$PWD/log/a 644 5 9999 * BN"
	echo 'what is there' >log/a
	printf 'mailkeep-rotate state 1\n%s\t%s\t-\t7\t%s\t%s\t%s\nend\t1\n' \
	    "$PWD/log/a" 1700000000 "$(stat -c '%d	%i' log/a)" "$1" \
	    1700000000 >"$STATE/rotate.state"
	rotate
	exits 0
	silent
}
for size in 14 1 0; do
	begun $size
	holds log a a.0
	is "$(cat log/a.0)" 'what is there' "it has grown since it had $size"
done
begun 15
holds log a
is "$(cat log/a)" 'what is there' 'smaller, it is another file'
done_testing
