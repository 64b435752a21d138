# --why tells which lines list an address, with feed, file, line, prefix,
# reason and last day, or what spares it; it changes nothing, and the status
# is the answer.
. tests/e2e/lib.sh

cat >wide <<'END'
# a comment
192.0.2.0/24	a wide one
192.0.2.7 a narrow one until=2999-01-31
2001:db8::/32
203.0.113.1-203.0.113.6 a range
END
printf '192.0.2.7\t3\n198.51.100.1\t1\n' >counted
printf '192.0.2.9 our relay\n192.0.2.64/26\n' >allow
cat >conf <<'END'
blacklist {
	never-self = no  cdb = "out.cdb"  plain = "out.plain"
	allow = {"allow"}  never = {"192.0.2.128/25"}
	feed "one" { file = "wide" }
	feed "two" { file = "counted" }
}
END

# tells STATUS LINE ...: the answer
tells()
{
	exits "$1"
	shift
	is "$(cat "$ERR")" '' 'no complaint'
	is "$(cat "$OUT")" "$(printf '%b\n' "$@")" "$_what: the answer"
}

# The same from the index of a published list, and from the feeds.
run mailkeep-blacklist -c conf
exits 0
silent
is "$(cat out.plain)" "$(printf '%s\n' 192.0.2.0/29 192.0.2.8/32 \
    192.0.2.10/31 192.0.2.12/30 192.0.2.16/28 192.0.2.32/27 198.51.100.1/32 \
    203.0.113.1/32 203.0.113.2/31 203.0.113.4/31 203.0.113.6/32 \
    2001:db8::/32)" 'the list'
cp -p out.plain before.plain
cp -p out.cdb before.cdb
before=$(stat -c '%n %i %y %s' out.cdb out.plain "$STATE"/*)
mv wide wide.moved
for way in index feeds; do
	by='' by6='' by100=''
	if [ $way = index ]; then
		by=", by 192.0.2.0/29 in $PWD/out.cdb: one: a wide one"
		by6=", by 2001:db8::/32 in $PWD/out.cdb: one"
		by100=", by 198.51.100.1/32 in $PWD/out.cdb: two: count 1"
	else
		mv wide.moved wide
		cat >conf <<-'END'
			blacklist {
				never-self = no
				allow = {"allow"}  never = {"192.0.2.128/25"}
				feed "one" { file = "wide" }
				feed "two" { file = "counted" }
			}
		END
		mv "$STATE/blacklist.index" index.moved
	fi
	run mailkeep-blacklist -c conf --why 192.0.2.7
	tells 0 "192.0.2.7: listed$by" \
	    '\t192.0.2.0/24\tone\twide:2\ta wide one' \
	    '\t192.0.2.7/32\tone\twide:3\ta narrow one\tuntil 2999-01-31' \
	    '\t192.0.2.7/32\ttwo\tcounted:1\tcount 3'
	run mailkeep-blacklist -c conf --why ::ffff:192.0.2.7
	exits 0
	prints '	192.0.2.7/32	two	counted:1	count 3$'
	run mailkeep-blacklist -c conf --why 2001:DB8:0::1
	tells 0 "2001:DB8:0::1: listed$by6" '\t2001:db8::/32\tone\twide:4'
	run mailkeep-blacklist -c conf --why 198.51.100.1
	tells 0 "198.51.100.1: listed$by100" \
	    '\t198.51.100.1/32\ttwo\tcounted:2\tcount 1'
	run mailkeep-blacklist -c conf --why 203.0.113.4
	exits 0
	prints '	203.0.113.4/31	one	wide:5	a range$'
	# What spares it comes first, then what would list it.
	run mailkeep-blacklist -c conf --why 192.0.2.9
	tells 68 '192.0.2.9: not listed' \
	    '\t192.0.2.9/32\tspared by allow\tallow:1\tour relay' \
	    '\t192.0.2.0/24\tone\twide:2\ta wide one'
	run mailkeep-blacklist -c conf --why 192.0.2.70
	exits 68
	prints '	192.0.2.64/26	spared by allow	allow:2$'
	run mailkeep-blacklist -c conf --why 192.0.2.200
	tells 68 '192.0.2.200: not listed' \
	    '\t192.0.2.128/25\tspared by never' \
	    '\t192.0.2.0/24\tone\twide:2\ta wide one'
	run mailkeep-blacklist -c conf --why 10.0.0.1
	tells 68 '10.0.0.1: not listed' '\t10.0.0.0/8\tspared by never-private'
	run mailkeep-blacklist -c conf --why 8.8.8.8
	tells 68 '8.8.8.8: not listed'
	# Several; one that is not listed decides.
	run mailkeep-blacklist -c conf --why 203.0.113.6 --why 8.8.8.8
	exits 68
	prints '^203.0.113.6: listed'
	prints '^8.8.8.8: not listed$'
	# As JSON, an object a line.
	run mailkeep-blacklist -c conf --json --why 192.0.2.7 --why 192.0.2.9
	exits 68
	python3 - "$OUT" >said <<'END'
import json, sys
for line in open(sys.argv[1]):
    said = json.loads(line)
    print(said["address"], said["listed"], said["lines"], said.get("key"),
          said.get("data"))
    for w in said["why"]:
        print(*(w[k] for k in ("prefix", "spares", "feed", "file", "line",
                               "reason", "until")), sep="|")
END
	key='None None'
	[ $way = feeds ] || key='192.0.2.0/29 one: a wide one'
	is "$(cat said)" "192.0.2.7 True 3 $key
192.0.2.0/24|False|one|wide|2|a wide one|None
192.0.2.7/32|False|one|wide|3|a narrow one|2999-01-31
192.0.2.7/32|False|two|counted|1|count 3|None
192.0.2.9 False 2 None None
192.0.2.9/32|True|allow|allow|1|our relay|None
192.0.2.0/24|False|one|wide|2|a wide one|None" 'the same as JSON'
done
mv index.moved "$STATE/blacklist.index"
is "$(stat -c '%n %i %y %s' out.cdb out.plain "$STATE"/*)" "$before" \
    'nothing was touched'

# Without a configuration: the files on the command line.
run mailkeep-blacklist -o blacklist.never-self=no --why 192.0.2.9 wide counted
tells 0 '192.0.2.9: listed' '\t192.0.2.0/24\twide\twide:2\ta wide one'

# Where somebody else wrote the database, that is said.
cat >conf <<'END'
blacklist { never-self = no  cdb = "out.cdb"  feed "one" { file = "wide" } }
END
echo 198.51.100.77 >other
run mailkeep-blacklist -o blacklist.cdb=out.cdb -o blacklist.never-self=no \
    -o state-dir=other-state --force other
exits 0
run mailkeep-blacklist -c conf --why 192.0.2.7
exits 68
says '192.0.2.7: the published list and what is known of its lines differ: '
prints '^192.0.2.7: not listed$'

# A damaged index is none.
head -c 100 "$STATE/blacklist.index" >short
cat short >"$STATE/blacklist.index"
run mailkeep-blacklist -c conf --why 192.0.2.7 -v
exits 0
says 'blacklist.index.*; the feeds are read'
prints '^192.0.2.7: listed'
done_testing
