# What scores above delete-above, not what reaches it, is deleted, with an
# archive from which mailkeep-expire brings it back; brake and clock stop that,
# the brake not the moving.  action = "report" moves nothing; a limit has
# decimals.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

box=tree/example.test/alice
scored $box/new/1.M1P1.mx 20.1
scored $box/cur/2.M2P2.mx:2,FS 99.0
scored $box/cur/3.M3P3.mx:2,S 20.0
scored $box/cur/4.M4P4.mx:2,S 7.0
scored -d exim $box/cur/5.M5P5.mx:2,S 6.9
scored -d wrapped $box/cur/6.M6P6.mx:2,S 1.0
sed -i 's/score=1\.0/score=6.999/' $box/cur/6.M6P6.mx:2,S
touch $box/cur/6.M6P6.mx:2,S
scored $box/cur/7.M7P7.mx:2,S -
size()
{
	cat "$@" | wc -c
}
printf '0S\n%d 7\n' "$(size $box/new/* $box/cur/*)" >$box/maildirsize
box=home/example.test/alice
cat >conf <<'END'
mail-root = "home"
spamscan { limit = 7 delete-above = 20 trust "mx.example.test" { } }
END
fresh()
{
	rm -rf home archive "${STATE:?}"/*
	cp -a tree home
}
# kept: what is no spam
kept()
{
	holds $box/new
	holds $box/cur 5.M5P5.mx:2,S 6.M6P6.mx:2,S 7.M7P7.mx:2,S
}

# Report alone.
fresh
run mailkeep-spamscan -c conf -o spamscan.delete-above=0 \
    -o spamscan.action=report
exits 0
silent
same_tree -l tree home
run mailkeep-spamscan -c conf -o spamscan.delete-above=0 \
    -o spamscan.action=report --rescan -v
exits 0
is "$(grep -c ', limit 7: report$' "$ERR")" 4 'it says which'
same_tree -l tree home

# Limits.
fresh
run mailkeep-spamscan -c conf -o spamscan.delete-above=0 -o spamscan.limit=6.99
exits 0
holds $box/.Junk/new 1.M1P1.mx
holds $box/.Junk/cur 2.M2P2.mx:2,FS 3.M3P3.mx:2,S 4.M4P4.mx:2,S 6.M6P6.mx:2,S
holds $box/cur 5.M5P5.mx:2,S 7.M7P7.mx:2,S
fresh
run mailkeep-spamscan -c conf -o spamscan.delete-above=0 -o spamscan.limit=7.01
exits 0
holds $box/cur 4.M4P4.mx:2,S 5.M5P5.mx:2,S 6.M6P6.mx:2,S 7.M7P7.mx:2,S
# A limit above delete-above: what is no spam is not deleted.
fresh
run mailkeep-spamscan -c conf -o spamscan.limit=50
exits 0
holds $box/new 1.M1P1.mx
holds $box/cur 3.M3P3.mx:2,S 4.M4P4.mx:2,S 5.M5P5.mx:2,S 6.M6P6.mx:2,S \
    7.M7P7.mx:2,S

# Deleted.
fresh
run mailkeep-spamscan -c conf
exits 0
silent
kept
holds $box/.Junk/new
holds $box/.Junk/cur 3.M3P3.mx:2,S 4.M4P4.mx:2,S
# shellcheck disable=SC2046	# words
is "$(awk 'NR > 1 { b += $1; n += $2 } END { print b, n }' $box/maildirsize)" \
    "$(size $box/cur/*:2,S $box/.Junk/cur/*:2,S) 5" 'quota agrees'

# Archived, and put back; taken back, it is not deleted again.
fresh
cp -a home before
run mailkeep-spamscan -c conf -o spamscan.archive=archive
exits 0
silent
kept
is "$(cd archive/* && echo *)" 'example.test%2Falice.tar.zst' 'one archive'
is "$(stat -c %a archive/* archive/*/*)" '700
600' 'nobody else can read it'
run mailkeep-expire -c conf --restore archive/*
exits 0
ok 'as it was' cmp tree/example.test/alice/new/1.M1P1.mx $box/new/1.M1P1.mx
ok 'as it was' cmp tree/example.test/alice/cur/2.M2P2.mx:2,FS \
    $box/cur/2.M2P2.mx:2,FS
rm -rf before

# One that lay in Junk, by our hand, and was taken back.
fresh
run mailkeep-spamscan -c conf -o spamscan.delete-above=0
exits 0
mv $box/.Junk/new/1.M1P1.mx $box/cur/1.M1P1.mx:2,S
run mailkeep-spamscan -c conf
exits 0
holds $box/cur 1.M1P1.mx:2,S 5.M5P5.mx:2,S 6.M6P6.mx:2,S 7.M7P7.mx:2,S
run mailkeep-spamscan -c conf --rescan
exits 0
silent
holds $box/cur 1.M1P1.mx:2,S 5.M5P5.mx:2,S 6.M6P6.mx:2,S 7.M7P7.mx:2,S

# No room for the archive: it stays.
if small_disk tiny 16k; then
	fresh
	until ! head -c 4096 /dev/zero >>tiny/fill; do
		:
	done 2>/dev/null
	run mailkeep-spamscan -c conf -o spamscan.archive=tiny/archive
	exits 75
	holds $box/new 1.M1P1.mx
	rm tiny/fill
	run mailkeep-spamscan -c conf -o spamscan.archive=archive
	exits 0
	kept
else
	skip 'needs root, to mount a small file system' 5
fi

# The brake: what is to be moved moves.
fresh
says='brake: 2 of 7 watched messages \(28%\) are due, more than max-percent'
for option in '' -q '--threads=3'; do
	fresh
	# shellcheck disable=SC2086	# none, or one
	run mailkeep-spamscan -c conf -o safety.max-percent=28% \
	    -o safety.min-messages=1 -o spamscan.archive=archive $option
	exits 75
	one_line
	says "$says = 28%; nothing is removed; .*--force"
	holds $box/new 1.M1P1.mx
	holds $box/cur 2.M2P2.mx:2,FS 5.M5P5.mx:2,S 6.M6P6.mx:2,S 7.M7P7.mx:2,S
	holds $box/.Junk/cur 3.M3P3.mx:2,S 4.M4P4.mx:2,S
done
is "$(find archive -type f)" '' 'nothing is archived'
# It is not forgotten: the next run meets it again.
run mailkeep-spamscan -c conf -n -o safety.max-percent=28% \
    -o safety.min-messages=1
exits 0
one_line
says 'a run without -n would stop here: brake: 2 of 5'
is "$(grep -c ': delete$' "$OUT")" 2 'but -n shows them'
run mailkeep-spamscan -c conf -o safety.max-percent=28% \
    -o safety.min-messages=1
exits 75
run mailkeep-spamscan -c conf --force -o safety.max-percent=28% \
    -o safety.min-messages=1
exits 0
silent
kept
fresh
run mailkeep-spamscan -c conf -o safety.max-percent=29% \
    -o safety.min-messages=1
exits 0
kept

# The clock.
fresh
now=$(date +%s)
days()
{
	date -u -d "@$((now + $1 * 86400))" '+%F %T'
}
TZ=UTC
export TZ
rm -rf home
cp -a tree home
find home -type f -exec mv -t . {} + >/dev/null
mv ./*.mx ./*:2,* ..
at "$(days 0)" run mailkeep-spamscan -c conf
exits 0
mv ../1.M1P1.mx $box/new
cp -a home moved
rm "$STATE/history.jsonl"
cp -a "$STATE" state
for day in +31 +365 -31; do
	at "$(days $day)" run mailkeep-spamscan -c conf
	exits 75
	one_line
	says 'clock: it says [0-9-]+ [0-9:]+ UTC, .* the last run at .*--force'
	same_tree moved home
	is "$(grep -c '"status":75,"note":"clock: ' "$STATE/history.jsonl")" \
	    1 'the history tells of it'
	rm "$STATE/history.jsonl"
	same_tree state "$STATE"
done
at "$(days +31)" run mailkeep-spamscan -c conf -n -o spamscan.max-age=100d
exits 0
one_line
says 'a run without -n would stop here: clock: '
is "$(wc -l <"$OUT")" 1 'but -n shows it'
at "$(days +31)" run mailkeep-spamscan -c conf --force -o spamscan.max-age=100d
exits 0
silent
holds $box/new
done_testing
