# What is published has exactly the addresses that iprange and Python's
# ipaddress module make of the same lists: merged, with exclusions, and split
# into few lengths; also for random lists, and for whole families.
# MK_SEED=N makes the same random lists again.
. tests/e2e/lib.sh

sets=$TOP/tests/e2e/sets.py
seed=${MK_SEED:-$(od -An -N4 -tu4 </dev/urandom | tr -d ' ')}
diag "MK_SEED=$seed"

# all_of CONF-KEYS: make "conf" of the lists a and b, without those of allow
all_of()
{
	cat >conf <<-END
		state-dir = "$STATE"  lock-dir = "$LOCK"
		blacklist {
			never-self = no  never-private = no
			min-prefix-v4 = 0  min-prefix-v6 = 0
			max-shrink = "100%"
			plain = "out.plain"  cdb = "out.cdb"  allow = {"allow"}
			$1
			feed "a" { file = "a" }
			feed "b" { file = "b" }
		}
	END
}

# ---- lists made by hand: halves that become one, holes, ends, neighbours

cat >a <<'END'
192.0.2.0/25
192.0.2.128/26
198.51.100.0 - 198.51.100.255
203.0.113.1
203.0.113.2
203.0.113.3
0.0.0.0
255.255.255.255
END
cat >b <<'END'
192.0.2.192/26
198.51.101.0/24
203.0.113.0
203.0.113.0/32
128.0.0.0 - 128.0.0.254
END
cat >allow <<'END'
198.51.100.77
198.51.101.128/25
1.2.3.4
END
all_of 'max-lengths = 129'
run mailkeep-blacklist -c conf
exits 0
silent
if command -v iprange >/dev/null; then
	iprange a b --except allow >others
	ok 'the addresses are those of iprange' python3 "$sets" same others \
	    out.plain
else
	skip 'needs iprange'
fi
cp a a4
cp b b4
cat >>a <<'END'
2001:db8::/33
2001:db8:8000::/33
::
ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
2001:db9::1 - 2001:db9::ffff
END
cat >>b <<'END'
2001:dba::/64
2001:dba:0:1::/64
END
echo '2001:db8:1::/48' >>allow
run mailkeep-blacklist -c conf
exits 0
python3 "$sets" merge a b --except allow >others
ok 'the prefixes are those of ipaddress' cmp others out.plain
cdb -d out.cdb >dump
ok 'the keys have the same addresses' python3 "$sets" same dump others
is "$(grep -c . dump)" "$(wc -l <out.plain)" 'one key for each prefix'

# ---- whole families but for some

echo 0.0.0.0/0 >a
echo ::/0 >b
printf '192.0.2.1\n10.0.0.0/8\n2001:db8::1\nfe80::/10\n' >allow
all_of 'max-lengths = 129'
run mailkeep-blacklist -c conf
exits 0
python3 "$sets" merge a b --except allow >others
ok 'all but some' cmp others out.plain
cdb -d out.cdb >dump
ok 'and so the keys' python3 "$sets" same dump others
mv b b6
echo 203.0.113.0/24 >b
all_of ''
run mailkeep-blacklist -c conf
exits 0
cdb -d out.cdb >dump
ok 'all of IPv4 but some, in eight lengths' python3 "$sets" same dump out.plain
is "$(cut -d/ -f2 dump | cut -d- -f1 | sort -u | grep -c .)" 8 'eight of them'
mv b6 b
all_of 'max-lengths = 129'
: >allow
run mailkeep-blacklist -c conf
exits 0
is "$(cat out.plain)" "$(printf '0.0.0.0/0\n::/0')" 'all'
run mailkeep-blacklist --check out.cdb 192.0.2.7 2001:db8::1
exits 0
prints '^192.0.2.7: listed, by 0.0.0.0/0 '
prints '^2001:db8::1: listed, by ::/0 '
# That is a slip more often than a wish.
all_of 'max-lengths = 129'
sed -i '/min-prefix/d' conf
echo 192.0.2.1 >a
run mailkeep-blacklist -c conf
exits 65
one_line
says '^mailkeep-blacklist: ::/0 \(b\) is wider than min-prefix-v6 = 19; nothing'
is "$(cat out.plain)" "$(printf '0.0.0.0/0\n::/0')" 'the last list stays'
run mailkeep-blacklist -c conf --force
exits 0
silent
is "$(cat out.plain)" "$(printf '192.0.2.1/32\n::/0')" 'published by --force'

# ---- random lists

python3 "$sets" random "$seed" 100 random
options="-o blacklist.never-self=no -o blacklist.never-private=no
    -o state-dir=$STATE -o lock-dir=$LOCK"
[ "${MK_SANITIZE-}" = 1 ] && options="$options -o sandbox=no"
bad=0
for dir in random/*; do
	# shellcheck disable=SC2086	# options
	mailkeep-blacklist $options -o blacklist.allow="$dir/allow" \
	    --print plain "$dir/a" "$dir/b" >"$dir/plain" 2>"$dir/err" &&
	    [ ! -s "$dir/err" ] || bad=$((bad + 1))
	echo "$dir $dir/plain $dir/a $dir/b --except $dir/allow"
done >pairs
is "$bad" 0 'each of 100 random lists is printed, without a word'
ok 'their prefixes are those of ipaddress' sh -c \
    "python3 '$sets' batch <pairs"
if command -v iprange >/dev/null; then
	bad=0
	for dir in random/*; do
		sed '/:/d' "$dir/a" "$dir/b" >some
		sed '/:/d' "$dir/allow" >but
		sed '/:/d; s/\/32$//' "$dir/plain" >plain
		iprange some --except but 2>/dev/null | cmp -s - plain ||
		    bad=$((bad + 1))
	done
	is "$bad" 0 'the prefixes of IPv4 are those of iprange'
else
	skip 'needs iprange'
fi

# ---- split into so many lengths, the addresses are the same

# splits DIR LENGTHS: publish, dump the keys; they have no more lengths
splits()
{
	rm -f out.*
	# shellcheck disable=SC2086	# options
	mailkeep-blacklist $options -o blacklist.allow="$1/allow" \
	    -o blacklist.max-lengths="$2" -o blacklist.cdb=out.cdb \
	    -o blacklist.plain="$1/plain.$2" "$1/a" "$1/b" >"$1/err" 2>&1 &&
	    [ ! -s "$1/err" ] && cdb -d out.cdb >"$1/dump.$2" &&
	    [ "$(sed -n 's/^.*\/\([0-9]*\)->.*/\1/p' "$1/dump.$2" |
	    sort -u | wc -l)" -le "$2" ]
}
python3 "$sets" random "$seed" 3 v4 4 23 0
python3 "$sets" random "$seed" 3 v6 6 0 116
python3 "$sets" random "$seed" 3 mixed 46 23 116
set --
for lengths in 1 2 3 4 5 6 7 8; do
	bad=
	for dir in v4/* v6/* mixed/*; do
		case $lengths$dir in
		1mixed*) continue ;;
		esac
		splits "$dir" $lengths || bad="$bad $dir"
		set -- "$@" "$dir/dump.$lengths" "$dir/plain.$lengths"
	done
	is "$bad" '' "in at most $lengths lengths"
done
ok 'the addresses are the same' python3 "$sets" same "$@"
# Where it cannot be done, that is said, and nothing is published.
cp out.cdb before
# shellcheck disable=SC2086	# options
run mailkeep-blacklist $options -o blacklist.max-lengths=1 \
    -o blacklist.cdb=out.cdb mixed/1/a mixed/1/b
exits 65
one_line
says '^mailkeep-blacklist: max-lengths = 1: .*; nothing is published'
ok 'the last database stays' cmp before out.cdb
done_testing
