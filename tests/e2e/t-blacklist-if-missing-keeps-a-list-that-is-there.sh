# --if-missing, where one file is missing and the feeds are bad: what is missing
# becomes an empty list, and a list that is there stays.  None is published that
# is too broad; and a file that not everybody can read is not usable.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
config
cp feed good

# kept RE
kept()
{
	cp feed bad
	cp good feed
	run mailkeep-blacklist -c conf --force
	if [ -s bad ]; then
		cp bad feed
	else
		rm feed
	fi
	rm out/b.text out/b.hostlist
	look out | grep -Ev 'b\.(text|hostlist)' >before
	run mailkeep-blacklist -c conf --if-missing
	exits 0
	says "$1"
	says 'the list is empty: Exim can start'
	tidy
	look out | grep -Ev 'b\.(text|hostlist)' >now
	ok "$_what: what was there stays" cmp before now
	run mailkeep-blacklist --check out/b.cdb "$FIRST"
	exits 0
	is "$(cat out/b.text out/b.hostlist | grep -Ev '^#')" \
	    'hostlist blacklisted_hosts =' 'the others are empty lists'
	cp good feed
	run mailkeep-blacklist -c conf
	exits 0
	ok 'the next run writes all' grep -q "^$FIRST" out/b.text
}
echo '<html>' >feed
kept 'HTML'
: >feed
kept 'feed: No such file'
echo 0.0.0.0/0 >feed
kept 'is wider than min-prefix'

# Nor is a list that is there replaced by one that is new, or shrunk.
run mailkeep-blacklist -c conf
look out | grep -v 'b\.text' >before
rm out/b.text
echo 192.0.2.99 >feed
run mailkeep-blacklist -c conf --if-missing
exits 0
silent
look out | grep -v 'b\.text' >now
ok "$_what: what was there stays" cmp before now
ok "$_what: the others are new" grep -q '^192\.0\.2\.99/' out/b.text
run mailkeep-blacklist -c conf --force
exits 0
ok 'the next run publishes all' grep -q '^192\.0\.2\.99/' out/b.plain
run mailkeep-blacklist -c conf --why 192.0.2.99
exits 0
never_says .

# And where there was nothing.
rm -rf out/* "${STATE:?}"/*
echo 0.0.0.0/0 >>feed
run mailkeep-blacklist -c conf --if-missing
exits 0
says 'is wider than min-prefix'
tidy
is "$(stat -c %s out/b.cdb)" 2048 'an empty cdb'

cp good feed
run mailkeep-blacklist -c conf
exits 0
chmod 640 out/b.cdb
run mailkeep-blacklist -c conf --if-missing
exits 0
is "$(stat -c %a out/b.cdb)" 644 'others may read it'
done_testing
