# Private addresses, the host's own, those of "never" and of the allow files
# are cut out of whatever lists them, and all around them stays listed.
. tests/e2e/lib.sh

# spares KEYS PREFIX ...: of the feed "list" remain these
spares()
{
	_keys=$1
	shift
	rm -f out.*
	cat >conf <<-END
		blacklist {
			plain = "out.plain"  cdb = "out.cdb"
			max-lengths = 129  $_keys
			feed "f" { file = "list" }
		}
	END
	run mailkeep-blacklist -c conf --force
	exits 0
	silent
	is "$(cat out.plain)" "$(printf '%s\n' "$@")" "the list with $_keys"
	run mailkeep-blacklist --check out.cdb
	prints "^out.cdb: cdb, $# keys$"
}

# ---- never-private: by itself

cat >list <<'END'
0.0.0.1
10.1.2.3
100.64.0.1
127.0.0.1
169.254.1.1
172.16.0.0/12
192.168.0.254
::
::1
::ffff:10.0.0.6
::ffff:127.0.0.0/104
fc00::1
fdff::/16
fe80::/64
198.51.100.7
2001:db8::7
END
spares 'never-self = no' 198.51.100.7/32 2001:db8::7/128
spares 'never-self = no never-private = no' 0.0.0.1/32 10.0.0.6/32 \
    10.1.2.3/32 100.64.0.1/32 127.0.0.0/8 169.254.1.1/32 172.16.0.0/12 \
    192.168.0.254/32 198.51.100.7/32 ::/127 2001:db8::7/128 fc00::1/128 \
    fdff::/16 fe80::/64
# The neighbours of each are not spared.
cat >list <<'END'
1.0.0.0
9.255.255.255
11.0.0.0
100.63.255.255
100.128.0.0
126.255.255.255
128.0.0.0
169.253.255.255
169.255.0.0
172.15.255.255
172.32.0.0
192.167.255.255
192.169.0.0
::2
fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
fe00::
fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff
fec0::
END
# shellcheck disable=SC2046	# prefixes
spares 'never-self = no' $(sed 's/.*:.*/&\/128/; t; s/$/\/32/' list)
printf '172.0.0.0/8\n192.168.0.0/15\n' >list
spares 'never-self = no' 172.0.0.0/12 172.32.0.0/11 172.64.0.0/10 \
    172.128.0.0/9 192.169.0.0/16

# ---- never-self: what the host's interfaces have

ip -o addr show 2>/dev/null |
    awk '$3 ~ /^inet/ { sub(/\/.*/, "", $4); print $4 }' >own
if [ -s own ]; then
	{ cat own; echo 198.51.100.7; } >list
	spares 'never-private = no' 198.51.100.7/32
	run mailkeep-blacklist --print plain -o blacklist.never-private=no \
	    -o blacklist.never-self=no list
	exits 0
	ok 'never-self = no lists them' grep -qxF 127.0.0.1/32 "$OUT"
	run mailkeep-blacklist -o blacklist.never-private=no \
	    --why "$(sed -n 1p own)" list
	exits 68
	prints '	spared by never-self$'
else
	skip 'needs ip and an address' 7
fi

# ---- never and allow

printf '192.0.2.0/24\n2001:db8::/32\n198.51.100.7\n203.0.113.5\n' >list
all='192.0.2.0/24 198.51.100.7/32 203.0.113.5/32 2001:db8::/32'
none='never-self = no'
# shellcheck disable=SC2086	# prefixes
spares "$none" $all
spares "$none never = {\"192.0.2.0/25\", \"2001:db8::/33\"}" 192.0.2.128/25 \
    198.51.100.7/32 203.0.113.5/32 2001:db8:8000::/33
spares "$none never = {\"192.0.2.1\"}" 192.0.2.0/32 192.0.2.2/31 192.0.2.4/30 \
    192.0.2.8/29 192.0.2.16/28 192.0.2.32/27 192.0.2.64/26 192.0.2.128/25 \
    198.51.100.7/32 203.0.113.5/32 2001:db8::/32
spares "$none never = {\"198.51.0.0/16\"}" 192.0.2.0/24 203.0.113.5/32 \
    2001:db8::/32
# An IPv4-mapped address is the IPv4 address, on either side.
spares "$none never = {\"::ffff:192.0.2.0/121\", \"::ffff:203.0.113.5\"}" \
    192.0.2.128/25 198.51.100.7/32 2001:db8::/32
cat >allow <<'END'
# our customers
192.0.2.0 - 192.0.2.63
198.51.100.7	a relay of ours
::ffff:203.0.113.5
2001:db8:8000::/33 until=2999-12-31
192.0.2.128/25 until=2020-01-01
END
spares "$none allow = {\"allow\"}" 192.0.2.64/26 192.0.2.128/25 2001:db8::/33
gzip -c allow >allow.gz
echo 192.0.2.64/26 >allow2
spares "$none allow = {\"allow.gz\", \"allow2\"} never = {\"2001:db8::/34\"}" \
    192.0.2.128/25 2001:db8:4000::/34
: >allow2
# shellcheck disable=SC2086	# prefixes
spares "$none allow = {\"allow2\"}" $all
run mailkeep-blacklist -c conf -n -v
exits 0
prints '^f +4 +4 +0 '

# ---- an allow file that is not wholly understood: nothing is published

spares "$none allow = {\"allow\"}" 192.0.2.64/26 192.0.2.128/25 2001:db8::/33
cp -p out.plain before.plain
cp -p out.cdb before.cdb
inodes=$(stat -c %i out.plain out.cdb)
stays()
{
	one_line
	ok "$_what: the list stays" cmp before.plain out.plain
	ok "$_what: the database stays" cmp before.cdb out.cdb
	is "$(stat -c %i out.plain out.cdb)" "$inodes" 'the same files'
}
cp allow allow.good
for line in 10.1 192.0.2.7/24 relay.example.org 203.0.113.0/33 \
    '198.51.100.7 until=tomorrow' '203.0.113.9-203.0.113.1'; do
	{ cat allow.good; echo "$line"; } >allow
	run mailkeep-blacklist -c conf --force
	exits 65
	says '^mailkeep-blacklist: allow: allow:7: .*; nothing is published '
	stays
	run mailkeep-blacklist -c conf --print plain
	exits 65
	is "$(cat "$OUT")" '' 'nor printed'
done
echo '<html>' >allow
run mailkeep-blacklist -c conf
exits 65
says '^mailkeep-blacklist: allow: allow is HTML'
stays
rm allow
run mailkeep-blacklist -c conf
exits 66
says '^mailkeep-blacklist: allow: open allow: No such file'
stays
mkdir allow
run mailkeep-blacklist -c conf
exits 65
says '^mailkeep-blacklist: allow: allow is a directory'
stays
rmdir allow
head -c 1000 allow.gz | head -c 60 >allow
run mailkeep-blacklist -c conf
exits 65
says '^mailkeep-blacklist: allow: allow: '
stays

# ---- all of it is spared: that is an empty list, and is not published

cp allow.good allow
printf '198.51.100.7\n10.0.0.1\n' >list
run mailkeep-blacklist -c conf
exits 65
says 'the list is empty; nothing is published'
stays
done_testing
