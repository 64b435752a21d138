# An empty list, one that shrinks too much and one that is too broad are not
# published, by whatever they came about; --force publishes them.  A list is
# compared with the first published file that can be read.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
config "on-change = \"echo \$MAILKEEP_CHANGED >>$PWD/changed\""

# list N: N single addresses that do not merge.
list()
{
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "11.0.%d.%d\n", i / 100, 2 * (i % 100)
	}'
}

# refused STATUS RE [ARG ...]
refused()
{
	_status=$1 _re=$2
	shift 2
	rm -f changed
	look out "$STATE" >before
	run mailkeep-blacklist -c conf "$@"
	exits "$_status"
	one_line
	says "$_re"
	same before
	ok "$_what: on-change is not run" [ ! -e changed ]
}

# keys N
keys()
{
	_was=$_what
	run mailkeep-blacklist --check out/b.cdb
	_what="$_was; then"
	prints "b\.cdb: cdb, $1 keys"
}

# The first: there is nothing to be compared with, but empty it must not be.
echo '# nothing' >feed
refused 65 'feed "one": feed is empty .*nothing is published'
config 'feed "two" { file = "feed2" allow-empty = yes }'
sed -i 's/feed "one" { /&allow-empty = yes /' conf
echo '# nothing' >feed2
refused 65 'the list is empty; nothing is published; .*--force'
list 200 >feed
run mailkeep-blacklist -c conf
exits 0
keys 200

# Half of it may go; one more may not.
list 100 >feed
cp out/b.cdb "$SCRATCH/b.cdb"
run mailkeep-blacklist -c conf -n
exits 0
prints '^-11\.0\.1\.198'
never_prints '^\+'
run mailkeep-blacklist -c conf
exits 0
silent
keys 100
list 49 >feed
refused 75 'shrink from 100 prefixes to 49, .*max-shrink = 50%; nothing is'
refused 75 'shrink' -n
refused 75 'shrink' --json
list 50 >feed
run mailkeep-blacklist -c conf
exits 0
keys 50
list 1 >feed
refused 75 'shrink from 50 prefixes to 1, .*max-shrink = 97%' \
    -o blacklist.max-shrink=97%
run mailkeep-blacklist -c conf -o blacklist.max-shrink=98%
exits 0
keys 1
list 200 >feed
run mailkeep-blacklist -c conf
exits 0
list 199 >feed
refused 75 'shrink from 200 prefixes to 199, .*max-shrink = 0%' \
    -o blacklist.max-shrink=0%
list 200 | sed 's/^11/12/' >feed
run mailkeep-blacklist -c conf -o blacklist.max-shrink=0%
exits 0
list 1 >feed
run mailkeep-blacklist -c conf -o blacklist.max-shrink=100%
exits 0
: >feed
refused 65 'the list is empty' -o blacklist.max-shrink=100%
refused 64 'max-shrink' -o blacklist.max-shrink=101%
list 200 >feed
run mailkeep-blacklist -c conf
exits 0

# Fewer prefixes that have as many addresses are no loss.
echo 11.0.0.0/16 >feed
run mailkeep-blacklist -c conf
exits 0
keys 1
list 200 >feed
run mailkeep-blacklist -c conf --force
exits 0
keys 200

# What is spared shrinks it as well, and an empty list is one by sparing, too.
echo 11.0.0.0/23 >allow
cp conf plain
sed -i 's/^blacklist {/& allow = {"allow"}/' conf
refused 65 'the list is empty'
echo 11.0.0.0/24 >allow
echo 11.0.1.0/25 >>allow
refused 75 'shrink from 200 prefixes to 36'
cp plain conf

# Force.
list 3 >feed
run mailkeep-blacklist -c conf --force
exits 0
silent
keys 3
: >feed
run mailkeep-blacklist -c conf --force
exits 0
silent
keys 0
is "$(stat -c %s out/b.cdb)" 2048 'an empty cdb is one'
tidy
look out "$STATE" >before
run mailkeep-blacklist -c conf --force
exits 0
same before

# An empty one is published: nothing can shrink.
list 200 >feed
run mailkeep-blacklist -c conf
exits 0
keys 200

# Too broad; the reason is named, and -n says it too.
for net in 0.0.0.0/0 10.0.0.0/7 ::/0 2000::/18; do
	{
		list 200
		echo "$net"
	} >feed
	refused 65 "^mailkeep-blacklist: $net \(one\) is wider than min-prefix-v"
done
{
	list 200
	echo 10.0.0.0/8
	echo 2000::/19
} >feed
run mailkeep-blacklist -c conf
exits 0
# Two that join to one that is too broad; and two of two feeds.
echo 10.0.0.0/8 >feed
echo 11.0.0.0/8 >feed2
refused 65 '10\.0\.0\.0/7 \(.*(one|two).*\) is wider than min-prefix-v4 = 8'
run mailkeep-blacklist -c conf -o blacklist.min-prefix-v4=7 \
    -o blacklist.max-shrink=100%
exits 0
: >feed2
list 200 >feed
run mailkeep-blacklist -c conf --force
exits 0

# The first file that can be read is what it is compared with; that one cannot
# is told.
list 5 >feed
echo garbage >out/b.cdb
run mailkeep-blacklist -c conf
exits 75
says 'cdb: .*b\.cdb: damaged cdb .*; it is not compared with'
says 'shrink from 200 prefixes to 5'
is "$(cat out/b.cdb)" garbage 'the damaged one stays'
rm out/b.cdb
run mailkeep-blacklist -c conf
exits 75
one_line
says 'shrink from 200 prefixes to 5'
ok 'the missing one stays so' [ ! -e out/b.cdb ]
for output in $OUTPUTS; do
	echo garbage >"out/b.$output"
done
run mailkeep-blacklist -c conf
exits 0
tidy
keys 5
done_testing
