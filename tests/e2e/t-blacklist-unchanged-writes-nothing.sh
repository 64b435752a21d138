# A run over unchanged feeds writes nothing, whatever became of the feeds'
# times; a published file that was damaged, cut short, emptied, removed or
# closed is made anew, and it alone.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
config "on-change = \"echo \$MAILKEEP_CHANGED >>$PWD/changed\""

run mailkeep-blacklist -c conf
exits 0
silent
tidy
is "$(cat changed)" "$ORDER" 'on-change is told of all'
# Berkeley DB writes a number of its own into each file.
sums()
{
	find out -type f ! -name b.dbm -exec md5sum {} + | sort
}
sums >first
rm changed
look out "$STATE" >before
sleep 0.05
touch feed
run mailkeep-blacklist -c conf
exits 0
silent
same before
printf '203.0.113.7 ; again\n' >other
cat other >>feed
run mailkeep-blacklist -c conf -v
exits 0
prints '^unchanged'
same before
run mailkeep-blacklist -c conf --force
exits 0
same before
run mailkeep-blacklist -c conf -n
exits 0
silent
same before
ok 'on-change is not run' [ ! -e changed ]

mended()
{
	_what="$1 $2"
	look out "$STATE" | grep -v "out/b.$1 " | grep -v blacklist.index \
	    >before
	run mailkeep-blacklist -c conf
	_what="b.$1 $2, the next run"
	exits 0
	never_says 'shrink|empty'
	sums >now
	ok "$_what: it is as it was" cmp first now
	look out "$STATE" | grep -v "out/b.$1 " | grep -v blacklist.index \
	    >now
	ok "$_what: no other is touched" cmp before now
	is "$(stat -c %a "out/b.$1")" 644 "$_what: its mode"
	is "$(cat changed)" "$1" "$_what: on-change is told of it"
	rm -f changed
}
for output in $OUTPUTS; do
	rm "out/b.$output"
	mended "$output" removed
	chmod 600 "out/b.$output"
	mended "$output" closed
done
for output in cdb dbm text; do
	case " $OUTPUTS " in
	*" $output "*)	;;
	*)	continue ;;
	esac
	head -c 2048 "out/b.$output" >part
	cp part "out/b.$output"
	[ "$output" = text ] && echo more >>"out/b.$output"
	mended "$output" 'cut to 2048 bytes'
	: >"out/b.$output"
	mended "$output" emptied
	head -c 5000 /dev/urandom >"out/b.$output"
	mended "$output" 'of garbage'
	yes '192.0.2.1 is on this list' | head -c 4096 >"out/b.$output"
	mended "$output" 'of text'
	size=$(stat -c %s "out/b.$output")
	printf X | dd of="out/b.$output" bs=1 seek=$((size - 3)) conv=notrunc \
	    2>/dev/null
	mended "$output" 'with another byte'
	printf X >>"out/b.$output"
	mended "$output" 'with a byte more'
done
done_testing
