# What scores the limit or more goes from the inbox into Junk, new to new and
# cur to cur, the same file with its flags and sizes but without the letters of
# its folder's keywords.  All else stays as it was.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

cat >conf <<'END'
mail-root = "home"
spamscan { trust "mx.example.test" { } }
END
alice=home/example.test/alice

# what FILE is, beside its name
what()
{
	stat -c '%i %a %U:%G %h %s %Y' "$1" && md5sum <"$1"
}

for folder in . .Junk .Work .Junk.Old; do
	message "$alice/$folder/cur/0.M0P0.mx:2,S" 1h
done
mkdir $alice/cur/dir
# the names: as they lie in the inbox, and in Junk afterwards
cat >names <<'END'
new/1.M1P1.mx new/1.M1P1.mx
new/2.M2P2.mx,S=2134,W=2190 new/2.M2P2.mx,S=2134,W=2190
new/3.M3P3.mx:2, new/3.M3P3.mx:2,
cur/4.M4P4.mx:2, cur/4.M4P4.mx:2,
cur/5.M5P5.mx,S=700:2,FRS cur/5.M5P5.mx,S=700:2,FRS
cur/6.M6P6.mx,S=7,W=8:2,DFPRSTabz cur/6.M6P6.mx,S=7,W=8:2,DFPRST
cur/7.M7P7.mx:2,Sc cur/7.M7P7.mx:2,S
cur/8.M8P8.mx:2,a cur/8.M8P8.mx:2,
cur/9.M9P9.mx cur/9.M9P9.mx
cur/10.M10P10.mx:1,exp cur/10.M10P10.mx:1,exp
END
while read -r was is; do
	scored -t 3h "$alice/$was" 7.0
	chmod 640 "$SCORED"
	[ "$(id -u)" != 0 ] || chown daemon:mail "$SCORED"
	what "$SCORED" >>before
done <names
chmod 604 "$alice/new/1.M1P1.mx"
what $alice/new/1.M1P1.mx >first
sed -i 1,2d before
cat first before >all
# what stays: below the limit, without a score, forged, in tmp, hidden
scored -t 3h $alice/new/20.M20P20.mx 6.9
scored -t 3h $alice/cur/21.M21P21.mx:2,Sa -5.0
scored -t 3h $alice/new/22.M22P22.mx -
scored -t 3h -b 'X-Spam-Status: Yes, score=99.0 required=5.0\n' \
    $alice/new/23.M23P23.mx 1.0
scored -t 3h $alice/tmp/24.M24P24.mx 25.0
scored -t 3h $alice/cur/.hidden 25.0
scored -t 3h $alice/new/25.M25P25.mx 25.0 elsewhere.example.org
for folder in .Junk .Work .Junk.Old; do
	scored -t 3h $alice/$folder/cur/30.M30P30.mx:2,Sa 25.0
	scored -t 3h $alice/$folder/new/31.M31P31.mx 25.0
	scored -t 3h $alice/$folder/tmp/32.M32P32.mx 25.0
done
for file in dovecot-uidlist dovecot.index dovecot-keywords subscriptions \
    dovecot.index.cache .Junk/dovecot-uidlist .Junk/dovecot.index.log \
    .Junk/maildirfolder; do
	file $alice/$file 5d
done
ln -s ../../../elsewhere $alice/new/26.M26P26.mx
mkfifo $alice/new/27.M27P27.mx
scored -t 3h elsewhere/new/28.M28P28.mx 25.0
ln -s "$PWD/elsewhere/new/28.M28P28.mx" $alice/new/28.M28P28.mx
cp -a home rest
(cd rest/example.test/alice && cut -d ' ' -f 1 ../../../names | xargs rm)
snapshot elsewhere >elsewhere.before

# first what it would do
snapshot home >before.dry
run mailkeep-spamscan -c conf -n
exits 0
is "$(wc -l <"$OUT")" 10 '-n names them all'
same_tree before.dry home
is "$(ls -A "$STATE")" '' '-n keeps nothing'

run mailkeep-spamscan -c conf
exits 0
silent
while read -r was is; do
	ok "$was goes" [ ! -e "$alice/$was" ]
	ok "and is $is" [ -e "$alice/.Junk/$is" ]
	what "$alice/.Junk/$is" >>after
done <names
ok 'the same files, with the same times, modes and owners' cmp all after
# and nothing else has happened
cp -a home left
(cd left/example.test/alice/.Junk && cut -d ' ' -f 2 ../../../../names |
    xargs rm)
find left -name 'mailkeep.*' -delete
same_tree left rest
same_tree elsewhere.before elsewhere
is "$(cd home && find . -name 'mailkeep.*' | sort)" \
    "$(printf '%s\n' ./example.test/alice/mailkeep.ledger \
    ./example.test/alice/mailkeep.moved)" 'its own two files are all it made'
is "$(stat -c '%a %U' $alice/mailkeep.moved)" "600 $(stat -c %U $alice)" \
    'mailkeep.moved is the mailbox owner'"'"'s alone'

# Junk itself is not scanned, whatever is; then the other folders are.
run mailkeep-spamscan -c conf -o 'spamscan.folder=*,*.*'
exits 0
silent
holds $alice/.Work/cur 0.M0P0.mx:2,S
holds $alice/.Work/new
holds $alice/.Work/tmp 32.M32P32.mx
holds $alice/.Junk.Old/new
is "$(find $alice/.Junk/cur -type f | wc -l) $(find $alice/.Junk/new -type f |
    wc -l)" '11 6' 'what was in Junk is still there, and two folders are added'
snapshot home >settled
run mailkeep-spamscan -c conf -o 'spamscan.folder=*,*.*'
exits 0
silent
same_tree -l settled home

# A name that Junk has: another one, and both are whole.
bob=home/example.test/bob
scored -t 3h -n 40 $bob/cur/40.M40P40.mx,S=12,W=34:2,FSa 9.0
scored -t 3h -n 41 $bob/new/41.M41P41.mx 9.0
what $bob/cur/40.M40P40.mx,S=12,W=34:2,FSa >bob.was
file $bob/.Junk/cur/40.M40P40.mx,S=12,W=34:2,FS 2d
file $bob/.Junk/new/41.M41P41.mx 2d
md5sum $bob/.Junk/cur/4* $bob/.Junk/new/4* >bob.sums
run mailkeep-spamscan -c conf
exits 0
silent
ok 'what was there is what it was' md5sum --quiet -c bob.sums
holds $bob/cur
holds $bob/new
is "$(find $bob/.Junk/cur -type f | wc -l) $(find $bob/.Junk/new -type f |
    wc -l)" '2 2' 'both pairs are in Junk'
fresh=$(find $bob/.Junk/cur -type f ! -name 40.M40P40\*)
is "$(echo "${fresh##*/}" | sed 's/^[0-9]*\.M[0-9]*P[0-9]*Q[0-9]*\.[^,]*,//')" \
    'S=12,W=34:2,FS' 'the name is fresh, with sizes and flags'
what "$fresh" >bob.is
ok 'and is of the same file' cmp bob.was bob.is
holds $bob/.Junk/tmp

# A client moves a message by a second link, then unlinks the first: one linked
# just now waits, or it would lie in two folders.
scored -t 3h $bob/cur/50.M50P50.mx:2,S 9.0
scored -t 3h $bob/cur/51.M51P51.mx:2,S 9.0
mkdir -p $bob/.Work/cur $bob/.Work/new $bob/.Work/tmp
ln $bob/cur/50.M50P50.mx:2,S $bob/.Work/new/
run mailkeep-spamscan -c conf
exits 0
silent
holds $bob/cur 50.M50P50.mx:2,S
ok 'the other has gone' [ -e $bob/.Junk/cur/51.M51P51.mx:2,S ]
at +2m run mailkeep-spamscan -c conf
exits 0
silent
holds $bob/cur
ok 'an older copy is no hindrance' [ -e $bob/.Junk/cur/50.M50P50.mx:2,S ]
holds $bob/.Work/new 50.M50P50.mx:2,S
done_testing
