# --print writes each text output to standard output and publishes nothing;
# without a configuration, from the files that it is given.
. tests/e2e/lib.sh

printf '192.0.2.1 a trap: $5 "now"\n198.51.100.0/24\n2001:db8::/32 six\n' >a.txt
printf '203.0.113.9\n2001:db8:1::1\n' | gzip -c >b.txt.gz
options='-o blacklist.never-self=no'
touch before
wrote='# Written by mailkeep-blacklist; changes are lost.'

# prints_all FORMAT TEXT
prints_all()
{
	# shellcheck disable=SC2086	# options
	run mailkeep-blacklist $options --print "$1" a.txt b.txt.gz
	exits 0
	is "$(cat "$ERR")" '' 'no complaint'
	is "$(cat "$OUT")" "$2" "--print $1"
}
prints_all plain '192.0.2.1/32
198.51.100.0/24
203.0.113.9/32
2001:db8::/32'
prints_all text "$wrote"'
192.0.2.1/32: a.txt: a trap: $5 "now"
198.51.100.0/24: a.txt
203.0.113.9/32: b.txt.gz
"2001:db8::/32": a.txt: six'
prints_all postfix "$wrote"'
192.0.2.1/32 REJECT a.txt: a trap: $5 "now"
198.51.100.0/24 REJECT a.txt
203.0.113.9/32 REJECT b.txt.gz
2001:db8::/32 REJECT a.txt: six'
prints_all nft "$wrote"'
add table inet mailkeep
add set inet mailkeep blacklist4 { type ipv4_addr; flags interval; }
add set inet mailkeep blacklist6 { type ipv6_addr; flags interval; }
flush set inet mailkeep blacklist4
flush set inet mailkeep blacklist6
add element inet mailkeep blacklist4 {
	192.0.2.1/32,
	198.51.100.0/24,
	203.0.113.9/32,
}
add element inet mailkeep blacklist6 {
	2001:db8::/32,
}'
prints_all rbldnsd "$wrote"'
$DATASET ip4trie:blacklist4 @
192.0.2.1/32 :127.0.0.2:a.txt: a trap: $$5 "now"
198.51.100.0/24 :127.0.0.2:a.txt
203.0.113.9/32 :127.0.0.2:b.txt.gz
$DATASET ip6trie:blacklist6 @
2001:db8::/32 :127.0.0.2:a.txt: six'
options="$options -o blacklist.cdb=out.cdb"
hostlist="$wrote
# For Exim: .include this file, then hosts = +blacklisted_hosts"
prints_all hostlist "$hostlist
hostlist blacklisted_hosts = net32-cdb;$PWD/out.cdb : net24-cdb;$PWD/out.cdb"
options='-o blacklist.never-self=no -o blacklist.text=out.text'
prints_all hostlist "$hostlist
hostlist blacklisted_hosts = net-iplsearch;$PWD/out.text"
options='-o blacklist.never-self=no -o blacklist.dbm=o:u$t.db'
prints_all hostlist "$hostlist
hostlist blacklisted_hosts = net32-dbm;$PWD/o::u\\x24t.db : \
net24-dbm;$PWD/o::u\\x24t.db"
run mailkeep-blacklist --print hostlist a.txt
exits 78
one_line
says '^mailkeep-blacklist: --print hostlist: .*: set blacklist \{ cdb = '
is "$(find . -newer before -type f)" '' 'nothing is written'
is "$(find "$STATE" -type f)" '' 'nor remembered'

# What it prints it reads back: the same list again.
run mailkeep-blacklist -o blacklist.never-self=no --print plain a.txt b.txt.gz
cp "$OUT" plain
run mailkeep-blacklist -o blacklist.never-self=no --print plain plain
exits 0
ok 'the list of the list is the list' cmp plain "$OUT"

# A rejected line is told of, and in the status.
echo 10.1 >>a.txt
run mailkeep-blacklist -o blacklist.never-self=no --print plain a.txt b.txt.gz
exits 65
one_line
says '^mailkeep-blacklist: a.txt:4: rejected: '
ok 'the others are printed' cmp plain "$OUT"

# A pipe that is closed, a disk that is full: said, and in the status.
if [ -c /dev/full ]; then
	run sh -c "mailkeep-blacklist ${MK_SANITIZE:+-o sandbox=no} \
	    --print plain plain >/dev/full"
	ok 'a full disk is no success' [ "$STATUS" != 0 ]
	one_line
	says 'No space left on device'
else
	skip 'no /dev/full' 3
fi

# A configuration's own feeds, as one who may not publish them.
if [ "$(id -u)" = 0 ]; then
	echo 'blacklist { never-self = no  feed "f" { file = "plain" } }' >conf
	as nobody run mailkeep-blacklist -c conf --print plain
	exits 0
	ok 'anybody may look' cmp plain "$OUT"
else
	skip 'needs root' 2
fi
# A list that is empty prints nothing; that is no fault of a feed.
echo 10.0.0.1 >private
run mailkeep-blacklist --print plain private
exits 0
silent
done_testing
