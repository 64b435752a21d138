# One output that cannot be: none is published, the old ones stay as they are,
# no on-change, no litter; and the next run, when it can be, publishes all.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
config "on-change = \"echo \$MAILKEEP_CHANGED >>$PWD/changed\""
cp conf sound
run mailkeep-blacklist -c conf
exits 0
rm changed
i=10

# refused STATUS TEXT: a list that is new is not published.
refused()
{
	i=$((i + 1))
	echo "192.0.2.$i" >>feed
	look out "$STATE" >before
	run mailkeep-blacklist -c conf
	exits "$1"
	one_line
	says "$2"
	same before
	ok "$_what: on-change is not run" [ ! -e changed ]
}

published()
{
	run mailkeep-blacklist -c sound
	exits 0
	tidy
	ok 'all outputs have the new address' [ "$(grep -lE \
	    "192\.0\.2\.($i|10/31|$((i - 1))/31|8/29)" out/b.text out/b.plain \
	    out/b.postfix | wc -l)" = 3 ]
	rm -f changed
}

# The last of them, in a place that is not there.
sed 's,out/b.rbldnsd,none/b,' sound >conf
refused 66 'none: No such file or directory'
sed 's,out/b.rbldnsd,feed/b,' sound >conf
refused 65 'feed: Not a directory'
sed 's,out/b.rbldnsd,out/,' sound >conf
refused 78 'rbldnsd: .*/out/ is no name of a file'
sed 's,out/b.rbldnsd,out/.b.new,' sound >conf
refused 78 'rbldnsd: .*\.b\.new: take a name'
sed 's,out/b.rbldnsd,out/../out/b.text,' sound >conf
refused 78 'text and rbldnsd have one file'
sed "s,out/b.rbldnsd,out/$(printf '%0241d' 0)," sound >conf
refused 78 'rbldnsd: .* at most 240 bytes'
cp sound conf
published

# Something else stands in its place.
for output in cdb text rbldnsd; do
	mv out/b.$output "$SCRATCH/kept"
	mkdir out/b.$output
	refused 78 "$output: .*/b\.$output is no regular file"
	rmdir out/b.$output
	mkfifo out/b.$output
	refused 78 "$output: .*/b\.$output is no regular file"
	rm out/b.$output
	ln -s ../feed out/b.$output
	refused 78 "$output: .*/b\.$output is a link, which would be replaced"
	ln -sf nowhere out/b.$output
	refused 78 "$output: .*/b\.$output is a link, which would be replaced"
	rm out/b.$output
	mv "$SCRATCH/kept" out/b.$output
	published
done

# The directory is a link, which is as good as another.
ln -s out link
sed 's,out/b,link/b,' sound >conf
i=$((i + 1))
echo "192.0.2.$i" >>feed
run mailkeep-blacklist -c conf
exits 0
silent
tidy
rm -f changed

# Names of ours beside it that others made.
mkdir out/.b.text.new
refused 74 'b\.text'
rmdir out/.b.text.new
mkdir out/.b.cdb.lock
refused 65 'b\.cdb\.lock'
rmdir out/.b.cdb.lock
ln -s "$PWD/feed" out/.b.cdb.lock
cp feed "$SCRATCH/feed"
refused 65 'b\.cdb\.lock'
rm out/.b.cdb.lock
cp sound conf
published
echo precious >precious
ln -s "$PWD/precious" out/.b.text.new
ln precious out/.b.cdb.new
ln precious out/.b.cdb.old
i=$((i + 1))
echo "192.0.2.$i" >>feed
run mailkeep-blacklist -c conf
exits 0
tidy
is "$(cat precious)" precious 'what links led to is not written'
done_testing
