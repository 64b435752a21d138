# A feed of the real world: 120 000 addresses, merged as iprange merges them,
# each found in the database.
. tests/e2e/lib.sh

feed=$TOP/../shared/data/ipsum.txt
[ -f "$feed" ] || skip_all "no $feed"
command -v iprange >/dev/null || skip_all 'no iprange'

cat >conf <<END
blacklist {
	never-self = no  never-private = no  max-lengths = 129
	plain = "out.plain"  cdb = "out.cdb"  text = "out.text"
	feed "ipsum" { file = "$feed" }
}
END
run mailkeep-blacklist -c conf
exits 0
silent
awk '!/^#/ { print $1 }' "$feed" >addresses
iprange addresses >others
sed 's/\/32$//' out.plain >plain
ok 'the list is that of iprange' cmp others plain
is "$(iprange out.plain --count-unique | sed 's/.*,//')" \
    "$(sort -u addresses | wc -l)" 'as many addresses as in the feed'
cdb -d out.cdb | sed -n 's/^+[0-9]*,[0-9]*:\(.*\)->.*/\1/p' | sed 's/\/32$//' |
    sort >keys
sort others >sorted
ok 'so are the keys of the database' cmp sorted keys
run mailkeep-blacklist --check out.cdb
exits 0
prints "^out.cdb: cdb, $(wc -l <out.plain) keys$"

# Those of at least three lists.
cp "$feed" feed
sed 's/feed "ipsum".*/feed "ipsum" { file = "feed" min-count = 3 }/' conf >conf3
run mailkeep-blacklist -c conf3 --force
exits 0
silent
awk '!/^#/ && $2 >= 3 { print $1 }' "$feed" >addresses
iprange addresses >others
sed 's/\/32$//' out.plain >plain
ok 'min-count = 3' cmp others plain
ok 'some' [ -s plain ]

# As it is: with the private addresses out of it; each line can be told of.
sed 's/never-private = no//' conf3 >conf4
run mailkeep-blacklist -c conf4 --force
exits 0
silent
printf '%s\n' 0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 \
    172.16.0.0/12 192.168.0.0/16 >private
iprange addresses --except private >others
sed 's/\/32$//' out.plain >plain
ok 'without the private ones' cmp others plain
line=$(awk '!/^#/ && $2 >= 3 { print NR, $1, $2; exit }' "$feed")
# shellcheck disable=SC2086	# three words
set -- $line
run mailkeep-blacklist -c conf4 --why "$2"
exits 0
prints "^$2: listed, by .* in .*/out.cdb: ipsum"
prints "	$2/32	ipsum	feed:$1	count $3$"
done_testing
