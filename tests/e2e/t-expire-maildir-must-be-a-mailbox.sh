# What the command line names as a MAILDIR is a mailbox: a folder is refused,
# and the mail root is walked like the mail root.
. tests/e2e/lib.sh
cat >conf <<END
mail-root = "$(pwd)/root"
expire "inbox" { folder = {"INBOX"} subfolders = no older-than = "10d"
    age = "received" }
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
END
message root/new/1.M1P1.mx 40
message root/alice/cur/2.M2P2.mx:2,S 1
message root/alice/.Archive/cur/3.M3P3.mx:2,S 40
message root/carol/cur/4.M4P4.mx:2,S 1
message root/carol/Archive/cur/5.M5P5.mx:2,S 40
message root/Trash/cur/6.M6P6.mx:2,S 1
message own/Maildir/cur/7.M7P7.mx:2,S 1
message own/Maildir/.Archive/cur/8.M8P8.mx:2,S 40
snapshot . >../before
for folder in root/alice/.Archive root/carol/Archive own/Maildir/.Archive; do
	run mailkeep-expire -c conf $folder
	exits 64
	one_line
	says "$folder is no mailbox but a folder in one"
done
run mailkeep-expire -c conf root/alice root/alice
exits 64
says 'named twice'
same_tree ../before .

# The user Trash's inbox is no folder of the root's mailbox.
message root/Trash/new/9.M9P9.mx 40
sed 's/"INBOX"/"None"/' conf >conf2
run mailkeep-expire -c conf2 root
holds root/Trash/new 9.M9P9.mx
holds root/Trash/cur 6.M6P6.mx:2,S
holds root/new 1.M1P1.mx

# An archive leads back to the mail root, not to mail elsewhere.
echo "expire \"x\" { folder = {\"Trash\"} older-than = \"10d\"
    archive = \"$(pwd)/archive\" }" >>conf2
run mailkeep-expire -c conf2 own/Maildir
exits 64
says 'it can.t be used for a MAILDIR outside'
done_testing
