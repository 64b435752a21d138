# Each run of the five programs is a line of history.jsonl in its state-dir,
# with the totals of --json, also one that failed once it had begun, and why;
# --apply and --restore say so.  Dry runs, questions and runs that met another's
# lock are none.  What is no history is left as it is, in one line.
. tests/e2e/lib.sh

sh "$TOP/tests/sample-host.sh" host >/dev/null || _die 'no sample host'
history=host/state/history.jsonl
rm -f $history
not_root=
[ "$(id -u)" = 0 ] || not_root=-r
# call PROGRAM [ARG ...]: not with the state-dir that tests give mailkeep-rotate
call()
{
	_program=$1
	shift
	[ "$_program" != rotate ] ||
	    set -- $not_root -o "rotate.state-dir=$PWD/host/state" "$@"
	run mailkeep-"$_program" -c host/mailkeep.conf "$@"
}
cat >lines.py <<-'END'
	import json, sys
	lines = open(sys.argv[1], "rb").read().split(b"\n")
	assert lines.pop() == b""
	for line in lines:
	    o = json.loads(line)
	    assert list(o) == ["program", "version", "started", "finished",
	                       "seconds", "status", "note", "total"], list(o)
	    assert o["finished"] - o["started"] in (0, 1) and o["seconds"] < 60
	    print(o["program"], o["status"], o["note"], o["total"])
END
# tells N [LINE]: N lines, and the last one
tells()
{
	if [ -e $history ]; then
		python3 lines.py $history >lines
	else
		: >lines
	fi
	is "$(wc -l <lines)" "$1" "$1 runs"
	[ $# = 1 ] || is "$(tail -n 1 lines | sed 's/ {.*//')" "$2" "it tells"
}

# No runs.
for program in expire blacklist spamscan tmda rotate; do
	call "$program" -n
	exits 0
done
call tmda --list
call tmda --stats
call blacklist --why 192.0.2.1
call blacklist --print plain
call spamscan --histogram
call expire --plan plan
call rotate --lint
tells 0

# Runs.
n=0
for program in expire blacklist spamscan tmda rotate; do
	call "$program" --json
	exits 0
	n=$((n + 1))
	note=None
	[ "$program" = blacklist ] && note='published: cdb hostlist'
	tells "$n" "$program 0 $note"
	is "$(tail -n 1 lines | sed 's/.*{/{/')" "$(tail -n 1 "$OUT" | python3 \
	    -c 'import json; print(json.loads(input())["total"])')" 'the totals'
done
is "$(stat -c %a $history)" 640 'its mode'
call blacklist
exits 0
tells 6 'blacklist 0 unchanged'
call blacklist --if-missing
tells 6
rm host/state/blacklist.cdb
call blacklist --if-missing
exits 0
tells 7 'blacklist 0 --if-missing: published: cdb'
call expire --restore host/archive/*
exits 0
tells 8 'expire 0 --restore'
ok 'what was put back' grep -q "'restored': 14" lines
call expire --apply plan
exits 0
tells 9 'expire 0 --apply'
mkdir empty
call tmda --restore empty --to elsewhere
exits 66
tells 10 "tmda 66 --restore: $(sed 's/^mailkeep-tmda: //' "$ERR")"

# Runs that failed, and why.
call expire -o expire.junk.archive=nowhere/no
exits 66
tells 11 "expire 66 $(sed 's/^mailkeep-expire: //' "$ERR")"
call spamscan -o accounts.source=pgsql \
    -o "accounts.conninfo=host=$PWD connect_timeout=2"
exits "$STATUS"
ok 'no database' [ "$STATUS" != 0 ]
tells 12 "spamscan $STATUS $(sed 's/^mailkeep-spamscan: //' "$ERR")"
at +31d run mailkeep-tmda -c host/mailkeep.conf
exits 75
tells 13
ok 'the brake' grep -Eq '^tmda 75 clock: ' lines
mv host/lists/drop.txt drop
call blacklist
exits 66
mv drop host/lists/drop.txt
tells 14
ok 'a feed' grep -q '^blacklist 66 feed "drop": ' lines

for program in expire spamscan; do
	call "$program" -o mail-root=nowhere
	exits 66
done
tells 16 "spamscan 66 $(sed 's/^mailkeep-spamscan: //' "$ERR")"

# Others that run just then.
for program in expire blacklist spamscan tmda rotate; do
	lock=host/lock/mailkeep-$program.lock
	[ "$program" = rotate ] && lock=host/state/mailkeep-rotate.lock
	exec 9<>"$lock"
	flock 9
	call "$program"
	exits 75
	exec 9>&-
done
tells 16

# What can't be written costs no run, and is no way to another's file.
mv $history keep
echo precious >precious
for made in "ln -s $PWD/precious" "ln $PWD/precious" mkfifo mkdir; do
	$made $history
	call tmda --queue shared
	exits 0
	is "$(grep -c . "$ERR")" "$(grep -cE 'history|is kept' "$ERR")" 'no more'
	says '^mailkeep-tmda: state-dir: .*history.jsonl.*; this run is not'
	is "$(cat precious)" precious 'as it was'
	rm -rf $history
done
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$SCRATCH" .
	chown nobody host/state
	call tmda
	exits 0
	is "$(stat -c %U $history)" nobody "its directory's owner's"
	tells 1 'tmda 0 None'
else
	skip 'not root' 4
fi
done_testing
