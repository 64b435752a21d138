# On the tree of gen-tree.py, what is archived and removed comes back by
# --restore as it was: names of any bytes, contents, modes, times.
. tests/e2e/lib.sh

TZ=UTC
export TZ

small_disk tree 100m || mkdir tree
cd tree || exit 1
# Many files turn 10 days old in these seconds, so the clock stands still.
now=$(date +%s)
clock=$(date -d "@$now" '+%F %T')
python3 "$TOP/tests/e2e/gen-tree.py" mail outside 3 3000 "$now" ||
    _die gen-tree.py
# A hard link is one file with two names; it comes back as two.
find mail outside -type f -links +1 -delete
find mail -type f -path '*Trash*' -name '*:2,S*' -exec chmod 640 {} +
# It makes folders whole, and goes into none that has a link for a cur.
rm -r mail/pp.example/u6only mail/pp.example/u9/.*.Half
mkdir archive
cat >conf <<-END
	mail-root = "mail"
	expire "all" { folder = {"Trash", "Junk"} age = "received"
	    older-than = "10d" archive = "archive" flagged = yes }
END
snapshot mail >../before
at "$clock" run mailkeep-expire -c conf -n --print0
due=$(tr -cd '\0' <"$OUT" | wc -c)
ok "hundreds are due: $due" [ "$due" -gt 400 ]
at "$clock" run mailkeep-expire -c conf --force --json
exits 65			# links where folders could be
ok 'all went, and are archived' grep -Eq "\"archived\": ?$due\b" "$OUT"
run mailkeep-expire -c conf --restore archive/*
exits 0
silent
same_tree ../before mail
done_testing
