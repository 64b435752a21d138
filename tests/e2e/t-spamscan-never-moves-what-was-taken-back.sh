# A message that its user takes back out of Junk is not moved again: under
# whatever name it comes, in however many runs, with --rescan, and without what
# the programs remember of the inbox.  Another spam still is.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

cat >conf <<'END'
mail-root = "home"
spamscan { trust "mx.example.test" { } }
END
alice=home/example.test/alice
# scan [ARG ...]: a run that meets nothing bad
scan()
{
	run mailkeep-spamscan -c conf "$@"
	if [ "$STATUS" != 0 ] || [ -s "$OUT" ] || [ -s "$ERR" ]; then
		exits 0
		silent
	fi
}

for n in 1 2 3 4 5; do
	scored -t 3h $alice/new/$n.M${n}P1.mx 9.0
done
# two alike came together, one as read
scored -t 3h -n 70 $alice/new/70.M1P1.mx 9.0
scored -t 3h -n 70 $alice/cur/71.M1P1.mx:2,S 9.0
ok 'alike they are' cmp $alice/new/70.M1P1.mx $alice/cur/71.M1P1.mx:2,S
scan
holds $alice/new
holds $alice/cur
holds $alice/.Junk/new 1.M1P1.mx 2.M2P1.mx 3.M3P1.mx 4.M4P1.mx 5.M5P1.mx \
    70.M1P1.mx
holds $alice/.Junk/cur 71.M1P1.mx:2,S

# Back: by its name; with a flag; as a copy under another name; with ends of
# line as other servers write them; in new
mv $alice/.Junk/new/1.M1P1.mx $alice/cur/1.M1P1.mx:2,
mv $alice/.Junk/new/2.M2P1.mx $alice/cur/2.M2P1.mx:2,FS
cp $alice/.Junk/new/3.M3P1.mx $alice/cur/33.M9P9.mx,S=99:2,S
rm $alice/.Junk/new/3.M3P1.mx
sed 's/$/\r/' $alice/.Junk/new/4.M4P1.mx >$alice/cur/44.M9P9.mx:2,S
rm $alice/.Junk/new/4.M4P1.mx
mv $alice/.Junk/new/5.M5P1.mx $alice/new/5.M5P1.mx
stays()
{
	holds $alice/cur 1.M1P1.mx:2, 2.M2P1.mx:2,FS 33.M9P9.mx,S=99:2,S \
	    44.M9P9.mx:2,S
	holds $alice/new 5.M5P1.mx
	holds $alice/.Junk/new 70.M1P1.mx
	holds $alice/.Junk/cur 71.M1P1.mx:2,S
}
scan
stays
scan
scan
stays
scan --rescan
scan --rescan -o spamscan.limit=1
stays
mv $alice/cur/2.M2P1.mx:2,FS $alice/cur/2.M2P1.mx:2,Fa
scan
mv $alice/cur/2.M2P1.mx:2,Fa $alice/cur/2.M2P1.mx:2,FS
stays
rm -f $alice/mailkeep.ledger
scan
stays
rm -f "${STATE:?}"/*
scan
stays
rm -f "${STATE:?}"/* $alice/mailkeep.ledger
scan --rescan
stays
# by another ledger than its own: it comes by way of another folder
mkdir -p $alice/.Work/cur $alice/.Work/new $alice/.Work/tmp
mv $alice/cur/1.M1P1.mx:2, $alice/.Work/cur/1.M1P1.mx:2,
scan -o spamscan.folder=INBOX,Work
holds $alice/.Work/cur 1.M1P1.mx:2,
mv $alice/.Work/cur/1.M1P1.mx:2, $alice/cur/1.M1P1.mx:2,
scan -o spamscan.folder=INBOX,Work
stays

# The header is what counts: the two alike, too; not another message.
mv $alice/.Junk/new/70.M1P1.mx $alice/cur/70.M1P1.mx:2,S
scan
holds $alice/.Junk/cur 71.M1P1.mx:2,S
mv $alice/cur/70.M1P1.mx:2,S $alice/.Junk/new/70.M1P1.mx
sed 's/^Subject: .*/Subject: another/' $alice/cur/1.M1P1.mx:2, >another
message $alice/new/6.M6P1.mx 3h another
scored -t 3h $alice/new/7.M7P1.mx 9.0
scan
holds $alice/cur 1.M1P1.mx:2, 2.M2P1.mx:2,FS 33.M9P9.mx,S=99:2,S \
    44.M9P9.mx:2,S
holds $alice/new 5.M5P1.mx
holds $alice/.Junk/new 70.M1P1.mx 6.M6P1.mx 7.M7P1.mx

# What its user puts into Junk, and takes out again, was his before.
mv $alice/cur/1.M1P1.mx:2, $alice/.Junk/cur/1.M1P1.mx:2,
scan
holds $alice/.Junk/cur 1.M1P1.mx:2, 71.M1P1.mx:2,S
mv $alice/.Junk/cur/1.M1P1.mx:2, $alice/cur/1.M1P1.mx:2,
scan --rescan
scan
holds $alice/.Junk/cur 71.M1P1.mx:2,S
ok 'it stays' [ -e $alice/cur/1.M1P1.mx:2, ]

# What was never moved is no message that was taken back.
run mailkeep-spamscan -c conf -n --json --rescan
exits 0
never_prints '"action":"junk"'
scored -t 3h $alice/new/8.M8P1.mx 9.0
for _ in 1 2 3; do
	run mailkeep-spamscan -c conf -n
	prints 'new/8.M8P1.mx'
done
scan
ok '-n takes nothing back' [ -e $alice/.Junk/new/8.M8P1.mx ]
done_testing
