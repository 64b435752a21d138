# On a tree of 21,000 files with all the traps of gen-tree.py, age = "received"
# and find select the same files: as -n lists them, and by what a run leaves.
# The twin without Linux's own calls does the same, to the byte.
. tests/e2e/lib.sh

TZ=UTC
export TZ
now=$(date +%s)
due=$((now - 864000))
clock=$(date -d "@$now" '+%F %T')
generate()
{
	python3 "$TOP/tests/e2e/gen-tree.py" "$1/mail" "$1/outside" 7 21000 \
	    "$now" || _die gen-tree.py
}
# Memory is faster, where we may mount it.
for tree in ours finds twins; do
	small_disk $tree 300m || mkdir $tree
done
generate ours
generate finds
snapshot ours/outside >outside

cat >conf <<-END
	mail-root = "mail"
	expire "all" { folder = {"Trash", "Junk"} age = "received"
	    older-than = "10d" }
END

pp='mail/pp\.example/[^/]+' fs='mail/fs\.example/[^/]+'
# find_due TREE TEST ...: what the rule says, in find's words.
find_due()
{
	_tree=$1
	shift
	at "$clock" run find "$_tree" -regextype posix-extended -type f \
	    \( -regex "$pp/\.(Trash|Junk)(\.[^./]+)*/(cur|new)/[^/]+" \
	    -o -regex "$fs/(Trash|Junk)(/[^/]+)*/(cur|new)/[^/]+" \) \
	    ! -name '.*' ! -name 'dovecot*' ! -name 'courier*' \
	    ! -name 'mailkeep.*' ! -regex '.*/[^/:]*:2,[^/]*F[^/]*' "$@"
}
count()
{
	tr -cd '\0' <"$1" | wc -c
}

cd ours || exit 1
find mail -print0 | sort -z >../before
ok 'the tree has 20,000 files' \
    [ "$(find mail ! -type d -printf x | wc -c)" -ge 20000 ]
find_due mail ! -newermt "@$due" -print0
exits 0
sort -z "$OUT" >../want
ok "find selects thousands: $(count ../want)" [ "$(count ../want)" -gt 3000 ]
find_due mail -newermt "@$due" -print0
ok "and leaves thousands: $(count "$OUT")" [ "$(count "$OUT")" -gt 2000 ]

at "$clock" run mailkeep-expire -c ../conf -n --print0
exits 65			# links where folders could be
sort -z "$OUT" >../got
ok '-n --print0 lists what find selects' cmp ../want ../got

# find's own words for 10 days are -mtime +9, for which the 10 days must be
# over: a second later.
at "$(date -d "@$((now + 1))" '+%F %T')" run find mail -type f -mtime +9 \
    -print0
sort -z "$OUT" | comm -z -12 - ../got >../both
at "$clock" run mailkeep-expire -c ../conf -n --print0
ok '... and -mtime +9' cmp ../got ../both

at "$clock" run mailkeep-expire -c ../conf --force
exits 65
find mail -print0 | sort -z >../after
comm -z -23 ../before ../after >../gone
ok 'what went is what find selects' cmp ../want ../gone
comm -z -13 ../before ../after >../new
is "$(count ../new)" 0 'nothing new is there'
at "$clock" run mailkeep-expire -c ../conf -n --print0
ok 'and nothing is due any more' [ ! -s "$OUT" ]
links=$(grep -c 'not followed\|Too many levels' "$ERR")
ok "the links are said: $links" [ "$links" -ge 5 ]
cd .. || exit 1

cd finds || exit 1
find_due mail ! -newermt "@$due" -delete
exits 0
cd .. || exit 1
same_tree ours/mail finds/mail
same_tree outside ours/outside

twin=$B/tests/twin
if [ ! -x "$twin/mailkeep-expire" ]; then
	skip 'no twin was built' 6
	done_testing
fi
generate twins
cd twins || exit 1
at "$clock" run mailkeep-expire -c ../conf -n --plan ../plan
exits 65
PATH=$twin:$PATH
at "$clock" run mailkeep-expire -c ../conf -n --print0
sort -z "$OUT" >../got
ok 'the twin lists what find selects' cmp ../want ../got
at "$clock" run mailkeep-expire -c ../conf -n --plan ../plan.twin
ok 'its plan is the same' cmp ../plan ../plan.twin
at "$clock" run mailkeep-expire -c ../conf --force
exits 65
cd .. || exit 1
same_tree twins/mail ours/mail
same_tree outside twins/outside
done_testing
