# On the tree of gen-tree.py, age = "saved" and find select the same files by
# their ctime, as -n lists them and by what a run leaves.  No program can set
# a ctime; so half of the mail is made a second before the rest, and the
# clock is set to 10 days after that second.
. tests/e2e/lib.sh

TZ=UTC
export TZ
small_disk tree 300m || mkdir tree
cd tree || exit 1
python3 "$TOP/tests/e2e/gen-tree.py" mail outside 11 20500 "$(date +%s)" \
    pause || _die gen-tree.py
half=$(stat -c %Z outside/half)
clock=$(date -d "@$((half + 864000))" '+%F %T')
snapshot outside >../outside

cat >../conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} age = "saved" older-than = "10d"
	    flagged = yes }
END

find_due()
{
	at "$clock" run find mail -regextype posix-extended -type f \
	    \( -regex 'mail/pp\.example/[^/]+/\.Trash(\.[^./]+)*/(cur|new)/[^/]+' \
	    -o -regex 'mail/fs\.example/[^/]+/Trash(/[^/]+)*/(cur|new)/[^/]+' \) \
	    ! -name '.*' ! -name 'dovecot*' ! -name 'courier*' \
	    ! -name 'mailkeep.*' "$@" -print0
	sort -z "$OUT"
}
count()
{
	tr -cd '\0' <"$1" | wc -c
}

find mail -print0 | sort -z >../before
find_due ! -newerct "@$half.999999999" >../want
find_due -newerct "@$half.999999999" >../rest
ok "find selects thousands: $(count ../want)" [ "$(count ../want)" -gt 2000 ]
ok "and leaves thousands: $(count ../rest)" [ "$(count ../rest)" -gt 2000 ]

at "$clock" run mailkeep-expire -c ../conf -n --print0
exits 65			# links where folders could be
sort -z "$OUT" >../got
ok '-n --print0 lists what find selects' cmp ../want ../got

# -ctime +9: the 10 days must be over; a second later they are.
at "$(date -d "@$((half + 864001))" '+%F %T')" run find mail -type f \
    -ctime +9 -print0
sort -z "$OUT" | comm -z -12 - ../want >../both
sort -z "$OUT" | comm -z -12 - ../rest >../none
ok '... and -ctime +9' cmp ../want ../both
is "$(count ../none)" 0 '-ctime +9 selects no more than that'

if [ -x "$B/tests/twin/mailkeep-expire" ]; then
	_path=$PATH
	PATH=$B/tests/twin:$PATH
	at "$clock" run mailkeep-expire -c ../conf -n --print0
	PATH=$_path
	sort -z "$OUT" >../got
	ok 'so does the twin' cmp ../want ../got
else
	skip 'no twin was built'
fi

# Hard links: to take one name is to give the others a new ctime.  On one
# thread names go before they are asked again, or not at all.
at "$clock" run mailkeep-expire -c ../conf --force
exits 65
find mail -print0 | sort -z >../after
comm -z -23 ../before ../after >../gone
comm -z -13 ../gone ../want >../stayed
comm -z -23 ../gone ../want >../wrong
is "$(count ../wrong)" 0 'nothing else went'
xargs -0 -r stat -c %Z -- <../stayed >../ctimes
is "$(awk -v half="$half" '$1 <= half' ../ctimes | wc -l)" 0 \
    'what stayed has got a new ctime: it was a hard link'
ok "few stayed: $(count ../stayed)" [ "$(count ../stayed)" -lt 300 ]
is "$(comm -z -13 ../before ../after | count /dev/stdin)" 0 'nothing is new'
cd .. || exit 1
same_tree outside tree/outside
done_testing
