# -n with each option says what the run would do, in newsyslog's words, and
# changes nothing at all: no log, no directory, no state, no signal; the run
# after it does that; and as another user, who can't do it, it says the same.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
logs=$PWD/logs
mkdir logs
yes 'a line' 2>/dev/null | head -c 4096 >logs/due
for i in 0 1 2; do
	echo "generation $i" | gzip >logs/due.$i.gz
	echo "generation $i" >logs/not.$i
done
file logs/not 0 /etc/passwd
(exec sleep 20) &
kid=$!
reap $kid
echo $kid >pid
cat >conf <<-END
	$logs/due 640 3 4 * Z $PWD/pid SIGUSR1
	$logs/not 640 2 400 * - $PWD/pid 15
	$logs/absent 644 2 4 * CNX
	$logs/command 644 3 * * R $PWD/command.sh 1
END
printf '#!/bin/sh\necho run >>%s\n' "$PWD/ran" >command.sh
chmod 755 command.sh
file logs/command 0 /etc/passwd
echo 'rotate { dialect = freebsd }' >mailkeep.conf
cd .. || exit
snapshot . | sed '/stdout\|stderr/d' >../mailkeep-before.$$
mv ../mailkeep-before.$$ "$SCRATCH.before"
cd test || exit
as=
# dry ARG ...
dry()
{
	$as run mailkeep-rotate $r -c mailkeep.conf -f conf -n "$@"
	exits 0
	is "$(cat "$ERR")" '' 'nothing on stderr'
	(cd "$SCRATCH" && snapshot . | sed '/stdout\|stderr\|side$/d') \
	    >"$SCRATCH.after"
	diff "$SCRATCH.before" "$SCRATCH.after" >"$SCRATCH.diff"
	is "$(cat "$SCRATCH.diff")" '' "-n $* has changed nothing"
	rm -f "$SCRATCH.after" "$SCRATCH.diff"
}
dry
is "$(grep -v '^dry run\|^log \|^total\|^/' "$OUT")" "$(printf '%s\n' \
    "	rm -f $logs/due.2.gz" \
    "	mv $logs/due.1.gz $logs/due.2.gz" \
    "	mv $logs/due.0.gz $logs/due.1.gz" \
    "	ln $logs/due $logs/due.0" \
    'Start new log...' \
    "	kill -10 \`cat $PWD/pid\`" \
    "	gzip $logs/due.0")" 'what it would do'
dry -C
prints '^Start new log\.\.\.$'
dry -CC
dry -F
prints "^	rm -f $logs/not\.2$"
prints "^	rm -f $logs/not\.1$"
prints "^	mv $logs/not\.0 $logs/not\.1$"
prints "^	$PWD/command\.sh"
dry -N
never_prints '	mv|	ln'
dry -NC
dry -P
dry -s
never_prints '	kill'
dry -v
prints "^$logs/not <2>: .* --> skipping$"
prints '^dry run: nothing was changed$'
dry -R tag "$logs/not"
prints "^	ln $logs/not $logs/not\.0$"
dry -S "$PWD/pid"
dry -a old -F
prints "^	ln $logs/due $logs/(old/)?due\.0$"
dry -a "$PWD/old"
dry -t DEFAULT
prints "^	ln $logs/due $logs/due\.20[0-9]{6}T[0-9]{6}$"
dry -d "$PWD/none"
dry -r
dry -FCs -a old -t %Y
dry --json
ok 'JSON stands alone' python3 -c 'import json, sys
total = json.load(open(sys.argv[1]))["total"]
assert total["rotated"] == 1 and total["removed"] == 1, total' "$OUT"
if [ "$(id -u)" = 0 ] && id games >/dev/null 2>&1; then
	chown games "$STATE" "$LOCK"
	(cd "$SCRATCH" && cp -p "$B/bin/mailkeep-rotate" . &&
	    snapshot . | sed '/stdout\|stderr\|side$/d') >"$SCRATCH.before"
	as='as games'
	dry
	prints "^	ln $logs/due $logs/due\.0$"
else
	skip 'needs root and user games' 4
fi
rm -f "$SCRATCH.before"
ok 'nobody was signalled' kill -0 $kid
ok 'no command was run' not test -e ran

# Then it is done.
[ "$(id -u)" != 0 ] || chown root "$STATE" "$LOCK"
run mailkeep-rotate $r -f conf -o rotate.dialect=freebsd
exits 0
holds logs due due.0.gz due.1.gz due.2.gz not not.0 not.1 not.2 command
is "$(gzip -dc logs/due.2.gz)" 'generation 1' 'moved on'
wait $kid
is $? 138 'SIGUSR1'
done_testing
