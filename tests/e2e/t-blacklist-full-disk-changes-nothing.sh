# A disk that fills, whatever is being written: the old files stay as they are,
# with their inodes, nothing lies about, one line says it; with room again, the
# next run publishes.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
small_disk tiny 4m || skip_all 'needs root, to mount a small file system'
mkdir tiny/out state
config
sed -i "s,$PWD/out/,$PWD/tiny/out/," conf
rm -rf out
ln -s tiny/out out
awk 'BEGIN {
	for (i = 0; i < 4000; i++)
		printf "11.%d.%d.%d\n", i / 8000, i / 100, 2 * (i % 100) + 1
}' >new
cp feed old

# leave KIB: so much is free
leave()
{
	rm -f tiny/fill
	_free=$(df -k --output=avail tiny | tail -n 1)
	head -c $(((_free - $1) * 1024)) /dev/zero >tiny/fill
}
in_place()
{
	find tiny/out -printf '%p %i %m %s %n\n' | sort
	find tiny/out -type f -exec md5sum {} + | sort
}
run mailkeep-blacklist -c conf
exits 0
in_place >before

cp new feed
failed=0
for kib in 0 4 16 64 100 140 180 220 260 300 340 380 420 460 500 540 580 620 \
    660 700 740 780; do
	leave $kib
	run mailkeep-blacklist -c conf
	[ "$STATUS" = 0 ] && break
	failed=$((failed + 1))
	_what="$kib KiB free"
	exits 75
	one_line
	says 'No space left on device'
	in_place >after
	ok "$_what: all is as it was" cmp before after
done
ok "it failed at several places" [ "$failed" -ge 10 ]
_what="$kib KiB free"
exits 0
silent
ok "$_what: the new list is there" grep -q '^11\.0\.0\.1/' out/b.text
# shellcheck disable=SC2046	# names without blanks
holds tiny/out $(names)

# No inode is left.
rm tiny/fill
cp old feed
run mailkeep-blacklist -c conf --force
exits 0
in_place >before
cp new feed
if mount -o remount,nr_inodes=13 tiny 2>/dev/null; then
	i=0
	while true >"tiny/i$i"; do
		i=$((i + 1))
	done 2>/dev/null
	run mailkeep-blacklist -c conf
	exits 75
	one_line
	says 'No space left on device'
	in_place >after
	ok 'no inode: all is as it was' cmp before after
	rm tiny/i*
else
	skip 'cannot limit inodes' 4
fi
rm out
mkdir out

# The state-dir, the lock-dir, the metrics.  The list itself can be published.
sed -i "s,tiny/out/,out/," conf
cp old feed
run mailkeep-blacklist -c conf
exits 0
small_disk full 64k
full()
{
	: >full/a
	until ! head -c 4096 /dev/zero >>full/a; do
		:
	done 2>/dev/null
}
full
cp new feed
run mailkeep-blacklist -c conf -o "lock-dir=$PWD/full"
exits 0
silent
rm full/a
cp old feed
run mailkeep-blacklist -c conf -o "state-dir=$PWD/full" --force
exits 0
cp new feed
full
run mailkeep-blacklist -c conf -o "state-dir=$PWD/full"
exits 75
_what='state-dir full'
one_line
says 'state-dir .*full: .*No space left on device; the list is published'
ok 'the list is published' grep -q '^11\.0\.0\.1/' out/b.text
ok 'no litter' [ -z "$(find full -name '.*')" ]
is "$(find full -name blacklist.index | wc -l)" 1 'the old index stays'
rm full/a
echo 192.0.2.77 >>feed
run mailkeep-blacklist -c conf -o "state-dir=$PWD/full"
exits 0
silent
run mailkeep-blacklist -c conf -o "state-dir=$PWD/full" --why 192.0.2.77
exits 0
never_says .
full
run mailkeep-blacklist -c conf --metrics full/m.prom
exits 75
one_line
says 'No space left on device'
ok 'no litter' [ -z "$(find full -name '.*')" ]
done_testing
