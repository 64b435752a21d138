# A second pass over mail that has not changed says nothing and writes nothing
# but the time of the run; a message that comes due is still seen.
. tests/e2e/lib.sh

message home/example.org/alice/.Trash/cur/1.M1P1.mx:2,S 40
message home/example.org/alice/.Trash/new/2.M2P2.mx 3
message home/example.org/alice/.Junk/cur/3.M3P3.mx:2,FS 40
message home/example.org/alice/cur/4.M4P4.mx:2,S 40
message home/bob/Trash/cur/5.M5P5.mx:2,S 40
message home/bob/Junk/cur/6.M6P6.mx:2,S 4
message home/bob/cur/6.M6P6.mx:2,S 4
message home/bob/tmp/7.M7P7.mx 400
file home/new/8.M8P8.mx 400
cat >conf <<'END'
mail-root = "home"
expire "junk" { folder = {"Junk"} older-than = "10d" max-messages = 100 }
expire "trash" { folder = {"Trash"} older-than = "10d" }
expire "stray" { path = "new" older-than = "1000d" age = "received" }
expire "tmp" { tmp = yes older-than = "36h" }
END
cp -a home tree

# Its bytes but for the header's time of the last run and checksum: what it
# knows of the folders.
index()
{
	tail -c +65 "$STATE"/expire-*.index | md5sum
}

# A directory changed in the last two seconds is always listed again; so the
# passes lie in a future where all is settled.
at +1h run mailkeep-expire -c conf
exits 0
silent
same_tree -l tree home
is "$(find home -name mailkeep.ledger | sort | tr '\n' ' ')" \
    "home/bob/Junk/mailkeep.ledger home/bob/Trash/mailkeep.ledger \
home/example.org/alice/.Junk/mailkeep.ledger \
home/example.org/alice/.Trash/mailkeep.ledger " 'ledgers of what is watched'
at +2h run mailkeep-expire -c conf
exits 0
snapshot home >first
inodes=$(find home -name mailkeep.ledger -printf '%i %T@ %C@\n')
find home -type d -printf '%p %T@ %C@\n' | sort >dirs
index >first.index
at +3h run mailkeep-expire -c conf
exits 0
silent
same_tree first home
is "$(find home -name mailkeep.ledger -printf '%i %T@ %C@\n')" "$inodes" \
    'no ledger was written'
ok 'no directory was changed' \
    sh -c 'find home -type d -printf "%p %T@ %C@\n" | sort | cmp - dirs'
index >second.index
is "$(find "$STATE" "$LOCK" -type f | wc -l)" 3 \
    'no file but index, history and lock'
ok 'the index says the same of the folders' cmp first.index second.index
# Nor is anything opened: an unreadable ledger isn't missed.
rm -f home/bob/Trash/mailkeep.ledger
cp -a home third
at +4h run mailkeep-expire -c conf -v
exits 0
same_tree third home
prints '^total +0 +0 +0 B +0$'

# The index is a cache: without it the ledgers are asked, and not rewritten.
rm -f "${STATE:?}"/*
at +5h run mailkeep-expire -c conf
exits 0
silent
rm -f home/bob/Trash/mailkeep.ledger third/bob/Trash/mailkeep.ledger
same_tree third home

# Due at last, by the index alone.
at +11d run mailkeep-expire -c conf
exits 0
silent
holds home/example.org/alice/.Trash/cur
holds home/example.org/alice/.Trash/new
holds home/example.org/alice/.Junk/cur 3.M3P3.mx:2,FS
holds home/example.org/alice/cur 4.M4P4.mx:2,S
holds home/bob/Junk/cur
holds home/bob/cur 6.M6P6.mx:2,S
holds home/bob/tmp
holds home/new 8.M8P8.mx
# Where the ledger was lost ctimes count, and they are eleven days old.
holds home/bob/Trash/cur
done_testing
