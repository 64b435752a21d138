# A line that is no address is rejected with file:line and the reason, and the
# other lines are published; --strict publishes nothing then.
. tests/e2e/lib.sh

cat >conf <<'END'
blacklist {
	never-self = no  plain = "out.plain"  cdb = "out.cdb"
	feed "f" { file = "list" }
}
END

# rejects WHY LINE: this one between two good ones
rejects()
{
	printf '192.0.2.1\n%b\n198.51.100.0/24 good\n' "$2" >list
	rm -f out.*
	run mailkeep-blacklist -c conf
	exits 65
	one_line
	says "^mailkeep-blacklist: list:2: rejected: $1"
	is "$(cat out.plain)" "$(printf '192.0.2.1/32\n198.51.100.0/24')" \
	    'the good lines are published'
	run mailkeep-blacklist --check out.cdb 192.0.2.1 198.51.100.9
	exits 0
	prints '^out.cdb: cdb, 2 keys$'
}

# Short forms, octal, hexadecimal: inet_aton(3) takes them for something.
rejects 'not four numbers: an address is written in full' 10.1
rejects 'not four numbers' 10
rejects 'not four numbers' 1.2.3/24
rejects 'not four numbers' 203.0.113
rejects 'a leading zero may mean octal' 012.0.0.1
rejects 'a leading zero may mean octal' 203.0.113.01
rejects '' 0x7f.0.0.1
rejects '' 203.0.113.0x1
rejects '' 3232235777
# Too much, too little, too large.
rejects '' 203.0.113.1.5
rejects '' 203.0.113.256
rejects '' 203.0.113.
rejects '' .203.0.113.1
rejects '' 203..113.1
rejects '' 203.0.113.1/
rejects '' 203.0.113.-1
rejects '' 203.0.113.1,
# Prefix lengths and masks.
rejects 'no prefix length from 0 to 32' 203.0.113.0/33
rejects 'no prefix length from 0 to 32' 203.0.113.0/-1
rejects '' 203.0.113.0/24/24
rejects '' 203.0.113.0/024
rejects '' 203.0.113.0/2x
rejects '' 203.0.113.0/255.0.255.0
rejects '' 203.0.113.0/255.255.255.256
rejects 'no prefix length from 0 to 128' 2001:db8::/129
rejects 'has bits set after its prefix length' 203.0.113.7/24
rejects 'has bits set after its prefix length' 2001:db8::1/64
rejects 'has bits set after its prefix length' 203.0.113.7/255.255.255.0
# IPv6 that is none.
rejects '' 2001:db8::1::2
rejects '' 2001:db8:1:2:3:4:5:6:7
rejects '' 2001:db8:1:2:3:4:5
rejects '' 2001:db8::12345
rejects '' 2001:db8::g
rejects '' 1:2:3:4:5:6:7::8:9
rejects '' :2001:db8::1
rejects '' 2001:db8:
rejects '' ::203.0.113.01
rejects '' fe80::1%eth0
rejects '' '[2001:db8::1'
rejects '' '2001:db8::1]'
rejects '' '[2001:db8::1]:25'
rejects '' '[203.0.113.1]'
# Ranges.
rejects 'the range ends before it begins' 203.0.113.9-203.0.113.1
rejects 'a range from one family into the other' 203.0.113.1-2001:db8::1
rejects 'a range has two ends' 203.0.113.1-203.0.113.2-203.0.113.3
rejects 'an end of the range has bits set' 203.0.113.1/24-203.0.114.0/24
rejects '' 203.0.113.1-
rejects '' 203.0.113.1-9
# Junk.
rejects 'a name is no address' host.example.org
rejects '' user@example.org
rejects '' '*'
rejects '' 203.0.113.*
rejects '' '@'
rejects '' '!203.0.113.1'
rejects '' '"203.0.113.1"'
rejects '' '\0303\0274\0033[31m'
is "$(tr -d '\n -~' <"$ERR")" '' 'no control byte reaches a terminal'

# A line may be of any length, and the one behind it is read.
{
	echo 192.0.2.1
	head -c 70000 /dev/zero | tr '\0' 1
	printf '\n198.51.100.0/24 '
	head -c 60000 /dev/zero | tr '\0' w
	echo
} >list
run mailkeep-blacklist -c conf
exits 65
one_line
says 'list:2: rejected: is longer than 64 KiB'
is "$(cat out.plain)" "$(printf '192.0.2.1/32\n198.51.100.0/24')" \
    'the good lines are published'

# ---- host-bits = "mask": taken, with a warning, and that is no fault

printf '192.0.2.1\n203.0.113.7/24 why\n2001:db8::7/32\n' >list
run mailkeep-blacklist -c conf -o blacklist.feed.f.host-bits=mask
exits 0
says '^mailkeep-blacklist: list:2: taken with its host bits cleared: has bits'
says '^mailkeep-blacklist: list:3: taken with its host bits cleared: has bits'
is "$(cat out.plain)" \
    "$(printf '192.0.2.1/32\n203.0.113.0/24\n2001:db8::/32')" \
    'the masked prefixes are published'
is "$(cdb -q out.cdb 203.0.113.0/24)" 'f: why' 'with the reason'

# ---- --strict: all or nothing, and what was published stays as it is

cp -p out.plain before.plain
cp -p out.cdb before.cdb
inodes=$(stat -c %i out.plain out.cdb)
printf '192.0.2.1\n198.51.100.1\n10.1\n' >list
run mailkeep-blacklist -c conf --strict
exits 65
says 'list:3: rejected: '
says 'feed "f": 1 lines are rejected; with --strict nothing is published'
ok 'the same list' cmp before.plain out.plain
ok 'the same database' cmp before.cdb out.cdb
is "$(stat -c %i out.plain out.cdb)" "$inodes" 'the same files'
printf '192.0.2.1\n198.51.100.1\n203.0.113.0/24\n' >list
run mailkeep-blacklist -c conf --strict
exits 0
silent
is "$(cat out.plain)" \
    "$(printf '192.0.2.1/32\n198.51.100.1/32\n203.0.113.0/24')" \
    'without a bad line it publishes'
printf '192.0.2.1\n10.1\n' >list
run mailkeep-blacklist --strict --print plain list
exits 65
is "$(cat "$OUT")" '' 'nor is it printed'

# ---- many bad lines: some are told of, all with -v

{
	seq -f '192.0.2.%.0f' 1 30
	seq -f 'bad%.0f' 1 15
} >list
run mailkeep-blacklist -c conf
exits 65
is "$(grep -c 'rejected: a name is no address' "$ERR")" 10 'ten of them'
says '^mailkeep-blacklist: feed "f": 5 more lines like these; all with -v$'
is "$(cat out.plain)" "$(printf '192.0.2.%s\n' 1/32 2/31 4/30 8/29 16/29 \
    24/30 28/31 30/32)" 'the good ones are published'
run mailkeep-blacklist -c conf -v
exits 65
is "$(grep -c 'rejected: a name is no address' "$ERR")" 15 'all of them'
prints '^f +45 +30 +15 '
# More of them than good ones: the format is wrong, nothing is believed.
cp out.plain before.plain
{
	seq -f '192.0.2.%.0f' 1 9
	seq -f 'bad%.0f' 1 10
} >list
run mailkeep-blacklist -c conf
exits 65
says 'feed "f": list: 10 of 19 lines are rejected, line 10 first: .*; nothing'
ok 'the last list stays' cmp before.plain out.plain
done_testing
