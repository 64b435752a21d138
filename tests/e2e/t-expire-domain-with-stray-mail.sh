# Stray mail makes a Maildir of a domain's directory; a user of it who is
# named Trash, and has no folders yet, loses nothing.
. tests/e2e/lib.sh
cat >conf <<END
mail-root = "root"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
END
message root/example.org/new/1.M1P1.mx 40
message root/example.org/alice/new/2.M2P2.mx 40
message root/example.org/Trash/new/3.M3P3.mx 40
message root/example.org/alice/.Trash/new/4.M4P4.mx 40
run mailkeep-expire -c conf
exits 0
silent
holds root/example.org/new 1.M1P1.mx
holds root/example.org/alice/new 2.M2P2.mx
holds root/example.org/Trash/new 3.M3P3.mx
holds root/example.org/alice/.Trash/new

# The same without a mailbox that is one for certain.
rm -r root/example.org/alice "${STATE:?}"/*
run mailkeep-expire -c conf
exits 66				# no folder at all is there
holds root/example.org/Trash/new 3.M3P3.mx

# With a file that only the top of a mailbox has, it is one: Trash is its own.
file root/example.org/subscriptions 0
run mailkeep-expire -c conf
exits 0
holds root/example.org/Trash/new
holds root/example.org/new 1.M1P1.mx
done_testing
