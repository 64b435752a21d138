# Feeds that vanish, may not be read, are no files, have no end or no line
# ends: each ends the run soon, in little memory, and publishes nothing.
. tests/e2e/lib.sh

echo 192.0.2.1 >good
cat >conf <<END
state-dir = "$STATE"  lock-dir = "$LOCK"
blacklist {
	never-self = no  plain = "out.plain"  cdb = "out.cdb"
	feed "sure" { file = "good" }
	feed "f" { file = "feed" }
}
END
echo 198.51.100.0/24 >feed
run mailkeep-blacklist -c conf
exits 0
silent
first=$(printf '192.0.2.1/32\n198.51.100.0/24')
is "$(cat out.plain)" "$first" 'the first list'
cp -p out.plain before.plain
cp -p out.cdb before.cdb
inodes=$(stat -c %i out.plain out.cdb)

stays()
{
	ok "$_what: the list stays" cmp before.plain out.plain
	ok "$_what: the database stays" cmp before.cdb out.cdb
	is "$(stat -c %i out.plain out.cdb)" "$inodes" 'the same files'
}

cat >limit.py <<'END'
"""limit.py KIB SECONDS COMMAND: run it, say what it took when that is more."""
import resource, subprocess, sys, time
began = time.monotonic()
status = subprocess.call(sys.argv[3:])
seconds = time.monotonic() - began
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
with open("taken", "w") as f:
    if peak > int(sys.argv[1]):
        print(peak, "KiB", file=f)
    if seconds > float(sys.argv[2]):
        print(seconds, "s", file=f)
sys.exit(status)
END

want=65		# the status

# refuses RE [KIB SECONDS]: with these bounds, where nothing watches memory
refuses()
{
	run python3 limit.py "${2:-16384}" "${3:-10}" mailkeep-blacklist \
	    -c conf ${MK_SANITIZE:+-o sandbox=no}
	_what="a feed that ends in '$1'"
	exits "$want"
	says "^mailkeep-blacklist: feed \"f\": $1.*; nothing is published"
	if [ -n "${MK_SANITIZE-}${MK_WRAP-}" ]; then
		skip 'memory is watched'
	else
		is "$(cat taken)" '' "at most ${2:-16384} KiB, ${3:-10} s"
	fi
	stays
}

# ---- gone, no file, not for us

rm feed
want=66
refuses 'open feed: No such file or directory'
mkdir feed
refuses 'no list in the directory feed'
rmdir feed
want=65
ln -s /dev/zero feed
refuses 'feed is a device, where a list was wanted'
ln -sf /proc/self/mem feed
want=74
refuses 'feed: read: Input/output error'
want=65
rm feed
if [ "$(id -u)" = 0 ]; then
	echo 198.51.100.0/24 >feed
	chmod 600 feed
	as nobody run mailkeep-blacklist --print plain good feed
	exits 77
	one_line
	says 'feed "feed": open feed: Permission denied'
	is "$(cat "$OUT")" '' 'not even the good one is printed'
	mkdir closed
	cp feed closed
	chmod 700 closed
	for name in closed closed/feed 'closed/*'; do
		as nobody run mailkeep-blacklist --print plain good "$name"
		exits 77
		one_line
		is "$(cat "$OUT")" '' 'nothing is printed'
	done
	rm feed
	chown root "$STATE" "$LOCK"
else
	skip 'needs root' 12
fi

# ---- no end of it, no line in it

truncate -s 1G feed			# a hole
refuses 'feed: is no text: a NUL byte in line 1'
{ cat good; truncate -s 1G hole; head -c 1000000 hole; } >feed
refuses 'feed: is no text: a NUL byte in line 2'
rm hole
head -c 200000000 /dev/zero | gzip -1 >feed
refuses 'feed: is no text: a NUL byte in line 1'
# A bomb of newlines, and one of lines that are good.
yes '' | head -c 100000000 | gzip -1 >bomb
cp bomb feed
sed -i 's/"feed" /"feed" max-size = "32MiB" /' conf
refuses 'feed: has more than max-size, 33554432 bytes, unpacked'
yes 198.51.100.1 | head -c 100000000 | gzip -1 >feed
refuses 'feed: has more than max-size' 262144
cat bomb bomb | gzip -1 >feed		# packed twice is no text
refuses 'feed: '
rm bomb
# Files of the command line have a bound, too.
yes "# $(printf '%01000d' 0)" | head -c 600000000 | zstd -q -1 >bomb
run mailkeep-blacklist --print plain bomb good
exits 65
one_line
says 'bomb: has more than max-size, 536870912 bytes, unpacked'
is "$(cat "$OUT")" '' 'nothing is printed'
rm bomb
# 100 MB in one line, with and without a good one before.
sed -i 's/max-size = "32MiB"//' conf
{ head -c 100000000 /dev/zero | tr '\0' 1; echo; } >feed
refuses 'feed: none of its lines is an entry, 1 are rejected'
{ cat good; head -c 100000000 /dev/zero | tr '\0' ' '; cat good; } >feed
run mailkeep-blacklist -c conf
exits 65
says '^mailkeep-blacklist: feed:2: rejected: is longer than 64 KiB$'
is "$(cat out.plain)" 192.0.2.1/32 'what is on lines is published'
cp -p out.plain before.plain
cp -p out.cdb before.cdb
inodes=$(stat -c %i out.plain out.cdb)

# ---- a pipe: waited for, and its writer may die

rm feed
mkfifo feed
printf '198.51.100.0/24\n' >feed &
run mailkeep-blacklist -c conf
wait
exits 0
silent
is "$(cat out.plain)" "$first" 'what came through the pipe'
cp -p out.plain before.plain
cp -p out.cdb before.cdb
inodes=$(stat -c %i out.plain out.cdb)
: >feed &
run mailkeep-blacklist -c conf
wait
exits 65
says 'feed is empty'
stays
# A pipe that nobody writes to ends at a signal, in a directory it is no list.
start mailkeep-blacklist -c conf
sleep 0.3
kill -TERM "$PID"
finish
ok 'a signal ends the wait' [ "$STATUS" != 0 ]
stays
mkdir lists
cp good lists
mkfifo lists/pipe
run mailkeep-blacklist --print plain lists
exits 0
is "$(cat "$OUT")" 192.0.2.1/32 'a pipe in a directory is not waited for'
rm feed

# ---- cut in the middle of a line: what it says then is no address

printf '198.51.100.0/24\n203.0.113.' >feed
run mailkeep-blacklist -c conf
exits 65
says '^mailkeep-blacklist: feed:2: rejected: '
is "$(cat out.plain)" "$first" 'the whole lines are published'
done_testing
