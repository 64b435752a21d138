# The options of FreeBSD's newsyslog, alone and together, each with the tree
# that there is after it: -C -CC -F -N -P -n -r -s -v -R -S -d -f -t and logs
# that are named; also by the name newsyslog.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
logs=$PWD/logs
# again: a log that is due by its size, one that is not, two that are missing
again()
{
	rm -rf logs
	rm -f "$STATE"/*
	file logs/not 0 /etc/passwd
	yes 'a line' 2>/dev/null | head -c 4096 >logs/due
}
cat >conf <<-END
	$logs/due 640 2 4 * Z $PWD/none.pid
	$logs/not 640 2 400 * - $PWD/none.pid
	$logs/absent 644 2 4 * CNX
	$logs/other 644 2 4 * N
END
rotate()
{
	run mailkeep-rotate $r -o rotate.dialect=freebsd -f conf "$@"
}

# Nobody there to be told is said, and no failure.
again
rotate
exits 0
one_line
says "$logs/due: nobody to be told: pid file $PWD/none.pid|none\.pid"
holds logs due due.0.gz not
again
rotate -s
exits 0
silent
holds logs due due.0.gz not

# -C: logs with the flag C; -CC: all.
again
rotate -s -C
exits 0
silent
holds logs due due.0.gz not absent
is "$(stat -c %a logs/absent)" 644 'its mode'
ok 'the notice says that it was made' \
    grep -q 'newsyslog\[.*logfile first created' logs/absent
again
rotate -sCC
exits 0
silent
holds logs due due.0.gz not absent other

# -N: nothing is rotated; with -C logs are made.
again
snapshot logs >before
rotate -N -s
exits 0
silent
same_tree before logs
rotate -NCs
exits 0
silent
holds logs due not absent
rm logs/absent
same_tree before logs

# -F: all, due or not; not those that are missing.
again
rotate -F -s
exits 0
silent
holds logs due due.0.gz not not.0
ok 'the notice says why' grep -q 'logfile turned over due to -F request$' \
    logs/not
again
rotate -s
ok 'the size is another reason' grep -q 'turned over due to size>4K$' logs/due

# Logs that are named: those alone.
again
rotate -F -s "$logs/not"
exits 0
silent
holds logs due not not.0
again
rotate -s "$logs/not" "$logs/due"
exits 0
holds logs due due.0.gz not
# One that no line is for: as 600 3 50 *.
again
file logs/else 0 /etc/passwd
rotate -F -s "$logs/else"
exits 0
holds logs due not else else.0
is "$(stat -c %a logs/else)" 600 'mode 600'

# -R: for who asks, due or not.
again
rotate -s -R backup "$logs/not"
exits 0
silent
holds logs due not not.0
ok 'the notice says for whom' \
    grep -q 'logfile turned over due to -R from backup$' logs/not
again
rotate -s -R "$(printf 'a\nb')" "$logs/not"
exits 0
is "$(grep -c . logs/not)" 1 'no line is smuggled in by a tag'

# -P: no further where nobody is told; the next run goes on.
again
rotate -P
exits 66
one_line
says "$logs/due: its daemon was not told: .*none\.pid"
holds logs due due.0 not
cp logs/due.0 plain
rotate -P
exits 66
cmp -s plain logs/due.0 || flunk 'not rotated again, not compressed'
(exec sleep 60) &
kid=$!
reap $kid
echo $kid >none.pid
chmod 644 none.pid
rotate -P
exits 0
silent
holds logs due due.0.gz not
ok 'what was rotated' test "$(gzip -dc logs/due.0.gz | md5sum)" = \
    "$(md5sum <plain)"
wait $kid
is $? 129 'it was told then, by SIGHUP'
_forget $kid
rm none.pid

# -t: by time; the oldest of them go.
again
for i in 1 2 3; do
	echo "round $i" >>logs/not
	TZ=UTC at "@2026-11-2$i 10:20:30" run mailkeep-rotate $r -s -F \
	    -f conf -o rotate.dialect=freebsd --force -t DEFAULT "$logs/not"
	exits 0
	silent
done
holds logs due not not.20261122T102030 not.20261123T102030
ok 'the newest is what was rotated last' grep -q 'round 3' \
    logs/not.20261123T102030
again
TZ=UTC at '@2026-11-23 10:20:30' run mailkeep-rotate $r -s -F -f conf \
    -o rotate.dialect=freebsd -t '' "$logs/due"
exits 0
holds logs due due.20261123T102030.gz not
again
TZ=UTC at '@2026-11-23 10:20:30' run mailkeep-rotate $r -s -F -f conf \
    -o rotate.dialect=freebsd -t %Y-%m-%d "$logs/due"
exits 0
holds logs due due.2026-11-23.gz not
snapshot logs >before
TZ=UTC at '@2026-11-23 11:20:30' run mailkeep-rotate $r -s -F -f conf \
    -o rotate.dialect=freebsd -t %Y-%m-%d "$logs/due"
exits 75
one_line
says 'due\.2026-11-23\.gz is there already, and the time format .* gives no'
same_tree before logs

# -d, and -S.
again
sed "s|$logs|/logs|" conf >moved
run mailkeep-rotate $r -o rotate.dialect=freebsd -f moved -d "$PWD" -s
exits 0
silent
holds logs due due.0.gz not
again
mkdir root
mv logs root/
run mailkeep-rotate $r -o rotate.dialect=freebsd -f moved -d "$PWD/root/" -sF
exits 0
silent
holds root/logs due due.0.gz not not.0
again
echo "$logs/due 640 2 4 * Z" >syslog
run mailkeep-rotate $r -o rotate.dialect=freebsd -f syslog -S "$PWD/sys.pid"
exits 0
if [ -z "$r" ]; then
	one_line
	says 'nobody to be told: .*sys\.pid'
else
	silent		# -r: not the syslog daemon
	skip 'needs root'
fi
holds logs due due.0.gz not

# -v: each log, and why.
again
rotate -sv
exits 0
prints "^$logs/due <2\.gz>: size 4 KiB, from 4 KiB.* --> trimming log$"
prints "^$logs/not <2>: size . KiB, from 400 KiB.* --> skipping$"
prints "^$logs/absent <2\.xz>: does not exist, skipped$"
prints "^$logs/other <2>: does not exist, skipped$"
again
rotate -svvC
prints "^$logs/absent <2\.xz>: does not exist -> will create$"

# By the name newsyslog; the same results.
again
ln -s "$B/bin/mailkeep-rotate" newsyslog
newsyslog()
{
	run ./newsyslog -o "rotate.state-dir=$STATE" -o "state-dir=$STATE" \
	    -o "lock-dir=$LOCK" -o sandbox=no $r "$@"
}
newsyslog -o rotate.dialect=freebsd -sCF -f conf
exits 0
silent
holds logs due due.0.gz not not.0 absent
newsyslog -R
exits 64
one_line
says '^newsyslog: '
if [ -e /etc/newsyslog.conf ]; then
	skip 'this host has a newsyslog.conf' 3
else
	newsyslog
	exits 66
	one_line
	says '^newsyslog: /etc/newsyslog\.conf: '
fi
done_testing
