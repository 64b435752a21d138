# The ten days of a message are those it has been in the folder, whatever its
# timestamps say: from its move there, through flag changes, anew after it
# left, and from the moment when its folder was renamed to Trash.
. tests/e2e/lib.sh

# The clock is moved, the times of files are not: what a message's ctime is to
# say must happen now, and passes before that lie in a past of their own.
day=86400
# pass_at TIME: as "at" has it, or a number of seconds since the Epoch
pass_at()
{
	case $1 in
	[0-9]*)	_time="@$(date -d "@$1" '+%Y-%m-%d %H:%M:%S')" ;;
	*)	_time=$1 ;;
	esac
	at "$_time" run mailkeep-expire -c conf
	is "$STATUS$(cat "$OUT" "$ERR")" 0 "a pass at $1, silent"
}
echo 'mail-root = "home" expire "trash" { folder = {"Trash"}
    older-than = "10d" }' >conf
trash=home/.Trash/cur

# A year-old message is moved to Trash before anything was ever expired ...
message home/cur/1.M1P1.mx:2,S 400
message home/.Trash/cur/0.M0P0.mx:2,S 400
message home/.Old/cur/6.M6P6.mx:2,S 400
mv home/cur/1.M1P1.mx:2,S $trash
pass_at +0d
holds $trash 0.M0P0.mx:2,S 1.M1P1.mx:2,S
pass_at +9d
holds $trash 0.M0P0.mx:2,S 1.M1P1.mx:2,S
# ... flags change between passes ...
mv $trash/1.M1P1.mx:2,S $trash/1.M1P1.mx:2,RS
mv $trash/0.M0P0.mx:2,S home/cur/0.M0P0.mx:2,S
# ... another comes after that pass: it counts from then at the earliest.
message home/cur/2.M2P2.mx:2,S 400
mv home/cur/2.M2P2.mx:2,S $trash
pass_at +9d
holds $trash 1.M1P1.mx:2,RS 2.M2P2.mx:2,S
# The one that was taken back, seen gone by a pass, and trashed once more.
mv home/cur/0.M0P0.mx:2,S $trash
pass_at +11d
holds $trash 0.M0P0.mx:2,S 2.M2P2.mx:2,S
pass_at +18d
holds $trash 0.M0P0.mx:2,S 2.M2P2.mx:2,S
pass_at +20d
holds $trash

# Moved in between two passes: from the move, not from the pass before.
message home/cur/3.M3P3.mx:2,S 400
touch home/.Trash/tmp
rm -f home/.Trash/mailkeep.ledger "${STATE:?}"/*
pass_at -20d
mv home/cur/3.M3P3.mx:2,S home/.Trash/new
moved=$(stat -c %Z home/.Trash/new/3.M3P3.mx:2,S)
pass_at -1d
pass_at $((moved + 10 * day - 1))
holds home/.Trash/new 3.M3P3.mx:2,S
# From new to cur, as a client that looks at it does.
mv home/.Trash/new/3.M3P3.mx:2,S $trash
pass_at $((moved + 10 * day))
holds home/.Trash/new
holds $trash

# Back to the INBOX and trashed again between two passes, with the new name
# that a move gives.
rm -f "${STATE:?}"/*
message $trash/4.M4P4.mx:2,S 400
rm home/.Trash/mailkeep.ledger
pass_at +0d
pass_at +9d
mv $trash/4.M4P4.mx:2,S home/cur/5.M5P5.mx:2,S
mv home/cur/5.M5P5.mx:2,S $trash
pass_at +9d
pass_at +11d
holds $trash 5.M5P5.mx:2,S
pass_at +19d
holds $trash

# A ledger that is lost makes messages live longer: from its loss.
rm -f "${STATE:?}"/*
message $trash/7.M7P7.mx:2,S 400
rm home/.Trash/mailkeep.ledger
seen=$(stat -c %Z $trash/7.M7P7.mx:2,S)
pass_at +0d

# The folder is renamed into Trash: neither mtime nor ctime of its messages
# tells, and a second must pass for it to show.
message home/.Junk/cur/8.M8P8.mx:2,S 400
run mailkeep-expire -c conf --folder Junk --older-than 30d
exits 0
old=$(stat -c %Z home/.Old/cur/* home/.Junk/cur/* | sort -n | tail -n 1)
while [ "$(date +%s)" -le $((old + 2)) ]; do
	sleep 0.2
done
mv home/.Old home/.Trash.Old
mv home/.Junk home/.Trash.Junk
rm home/.Trash/mailkeep.ledger
renamed=$(stat -c %Z home/.Trash.Old home/.Trash.Junk | sort -n | head -n 1)
ok 'the rename came later' [ "$renamed" -gt "$old" ]
pass_at $((seen + 10 * day))
holds $trash 7.M7P7.mx:2,S
pass_at $((renamed + 10 * day - 1))
holds home/.Trash.Old/cur 6.M6P6.mx:2,S
holds home/.Trash.Junk/cur 8.M8P8.mx:2,S
pass_at $((renamed + 10 * day + 1))
holds home/.Trash.Old/cur
holds home/.Trash.Junk/cur
holds $trash
holds home/cur
done_testing
