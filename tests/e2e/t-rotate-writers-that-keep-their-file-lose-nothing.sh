# A daemon that keeps its logs open is told once a run for all of them; what it
# still writes to is not compressed, without a word, until it lets go.  Every
# line is there once.
. tests/e2e/lib.sh
command -v python3 >/dev/null || skip_all 'needs python3'

set -- a b c
mkdir log
own=$(id -un):$(id -gn)
for log; do
	: >"log/$log"
	echo "$PWD/log/$log $own 640 999 * * ZB $PWD/pid"
done >newsyslog.conf
cat >conf <<END
rotate { file = {"$PWD/newsyslog.conf"} compress-wait = "2m" }
END
rotate()
{
	[ "$(id -u)" = 0 ] || set -- -r "$@"
	run mailkeep-rotate -c conf "$@"
}
begin()				# [-i]
{
	rm -f pid hups last
	python3 "$TOP/tests/e2e/rotate-writer.py" "$@" log/a log/b log/c &
	writer=$!
	reap $!
	until [ -s pid ] && [ -s log/a ] && [ -s log/b ] && [ -s log/c ]; do
		kill -0 $writer 2>/dev/null || break
		sleep 0.02
	done
}
end()
{
	kill $writer
	wait $writer
}
# All lines of all logs from 1 to the last one, once.
all_there()
{
	for _log in a b c; do
		cat log/$_log log/$_log.*[0-9] 2>/dev/null
		gzip -dc log/$_log.*.gz 2>/dev/null
	done | sort >found
	awk '{ for (i = 1; i <= $2; i++) print $1, i }' last | sort >want
	ok "$(wc -l <want) lines are there, each once" cmp found want
}
# told N: waits until the writer has seen that many signals.
told()
{
	until [ "$(cat hups)" -ge "$1" ]; do
		kill -0 $writer 2>/dev/null || break
		sleep 0.02
	done
	cat hups
}

# One that opens its logs anew: compressed in the same run.
begin
i=0 wrong=0 plain=0
while [ $i -lt 30 ]; do
	i=$((i + 1))
	rotate -F
	[ "$STATUS" = 0 ] && ! [ -s "$ERR" ] || wrong=$((wrong + 1))
	[ "$(told $i)" = $i ] || wrong=$((wrong + 1))
	set -- log/*[0-9]
	[ "$*" = 'log/*[0-9]' ] || plain=$((plain + 1))
done
is $wrong 0 'each of 30 runs ends well, with one signal'
is $plain 0 'and nothing is left plain'
end
is "$(cat hups)" 30 'no further signal came'
all_there
is "$(find log -name '*.gz' | wc -l)" 90 '30 generations of each log'
cp last before

# One that ignores the signal: nothing is compressed while it has the file.
rm log/*
for log in a b c; do
	: >log/$log
done
sed -i 's/"2m"/"0s"/' conf
begin -i
rotate -F
exits 0
silent
is "$(told 1)" 1 'it is told'
holds log a a.0 b b.0 c c.0
rotate
exits 0
silent
holds log a a.0 b b.0 c c.0
rotate -v
exits 0
says 'log/a: a process writes to its rotated file still'
rotate -F
exits 0
silent
is "$(told 2)" 2 'told again'
holds log a a.0.gz a.1 b b.0.gz b.1 c c.0.gz c.1
is "$(cat log/a log/b log/c; gzip -dc log/*.gz)" '' 'all that it writes is in the file that it has'
end
all_there
rotate
exits 0
silent
holds log a a.0.gz a.1.gz b b.0.gz b.1.gz c c.0.gz c.1.gz
all_there
rotate
exits 0
silent
done_testing
