# --if-missing, for a package's hook: where all files are usable it touches
# nothing and reads no feed; where one is not it builds; and where it cannot,
# there is an empty list, with which Exim starts.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
config "on-change = \"echo \$MAILKEEP_CHANGED >>$PWD/changed\""
cp feed good

# All there: nothing is done, though the feeds are new, bad or not there.
usable()
{
	look out "$STATE" >before
	run mailkeep-blacklist -c conf --if-missing
	exits 0
	silent
	same before
	ok "$_what: on-change is not run" [ ! -e changed ]
}
run mailkeep-blacklist -c conf --if-missing
exits 0
silent
tidy
run mailkeep-blacklist -c conf
exits 0
rm changed
usable
echo 192.0.2.99 >>feed
usable
echo '<html>' >feed
usable
rm feed
usable

# What is missing is built.
for output in $OUTPUTS; do
	for kind in missing empty garbage short; do
		cp good feed
		run mailkeep-blacklist -c conf
		rm -f changed
		case $kind-$output in
		missing-*)
			rm "out/b.$output" ;;
		empty-cdb | empty-dbm | empty-hostlist)
			: >"out/b.$output" ;;
		garbage-cdb | garbage-dbm)
			head -c 3000 /dev/urandom >"out/b.$output" ;;
		garbage-hostlist)
			echo garbage >out/b.hostlist ;;
		short-hostlist)
			truncate -s -1 out/b.hostlist ;;
		*)	continue ;;
		esac
		run mailkeep-blacklist -c conf --if-missing
		_what="b.$output $kind: --if-missing"
		exits 0
		tidy
		ok "$_what: on-change is left to the next run" \
		    [ ! -e changed ]
		look out >before
		run mailkeep-blacklist -c conf
		exits 0
		look out >after
		ok "$_what: the files are as --if-missing made them" \
		    cmp before after
		ok "$_what: which runs it" [ -s changed ]
		rm changed
	done
done

# A database that has moved: the host list still names the old place.
cp good feed
run mailkeep-blacklist -c conf
mkdir moved
mv out/b.cdb moved
sed "s,/out/b\.cdb,/moved/b.cdb," conf >moving
run mailkeep-blacklist -c moving --if-missing
exits 0
ok 'the host list names the new place' grep -q "cdb;$PWD/moved/b.cdb" \
    out/b.hostlist
ok 'it does not name the old one' not grep -q /out/ out/b.hostlist
ok 'the old one is not made' [ ! -e out/b.cdb ]
run mailkeep-blacklist -c moving --if-missing
exits 0
silent
rm -r moved
run mailkeep-blacklist -c conf
exits 0

# As above, by an account that the configuration names.
if [ "$(id -u)" = 0 ]; then
	chown -R nobody out "$STATE" "$LOCK"
	run mailkeep-blacklist -c conf -o owner=nobody --if-missing
	exits 0
	silent
	rm out/b.text
	run mailkeep-blacklist -c conf -o owner=nobody --if-missing
	exits 0
	tidy
	is "$(stat -c %U out/b.text)" nobody 'it is the account'\''s'
	chown -R root out "$STATE" "$LOCK"
else
	skip 'not root' 6
fi

# It cannot be built, and there is nothing: the empty list.
# nothing RE
nothing()
{
	rm -rf out/* "${STATE:?}"/*
	run mailkeep-blacklist -c conf --if-missing
	exits 0
	says "$1"
	says 'the list is empty: Exim can start'
	tidy
	is "$(stat -c %s out/b.cdb)" 2048 "$_what: an empty cdb"
	ok "$_what: an empty host list" \
	    grep -qx 'hostlist blacklisted_hosts =' out/b.hostlist
	is "$(grep -c . out/b.plain)" 0 "$_what: an empty plain list"
	rm -f changed
	usable
}
echo '<html>' >feed
nothing 'HTML'
: >feed
nothing 'is empty'
rm feed
nothing 'feed: No such file'
mkdir feed
nothing 'feed'
rmdir feed
cp conf feeding
sed -i 's/^blacklist {/& allow = {"none"}/' conf
cp good feed
nothing 'none: No such file'
grep -v '^feed' feeding >conf
rm -rf out/* "${STATE:?}"/*
run mailkeep-blacklist -c conf --if-missing
_what='no feed at all'
exits 0
tidy
cp feeding conf

# The empty list is no brake on the first that is not.
run mailkeep-blacklist -c conf
exits 0
run mailkeep-blacklist --check out/b.cdb "$FIRST"
exits 0
run mailkeep-blacklist -c conf --if-missing --force
exits 64
one_line
run mailkeep-blacklist -c conf --if-missing -n
exits 64
one_line
done_testing
