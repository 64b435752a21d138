# Mailboxes are found at any depth; a user, a domain or a message named Trash
# is no folder, and a mail root that is itself a Maildir has its folders.
. tests/e2e/lib.sh

old=1.M1P1.mx:2,S
message "home/example.org/alice/.Trash/cur/$old" 40
message "home/example.org/alice/cur/$old" 40
message "home/carol/.Trash/cur/$old" 40
message "home/example.net/d/dave/Maildir/.Trash/cur/$old" 40
message "home/example.net/d/dave/Maildir/cur/$old" 40
message "home/example.net/erin/cur/$old" 40
message "home/example.net/erin/Trash/new/1.M1P1.mx" 40
# none of these is a folder
message "home/example.org/Trash/cur/$old" 40
message "home/Trash/user/cur/$old" 40
message "home/example.org/alice/.Archive/cur/$old" 40
message home/example.org/alice/cur/Trash 40
message home/example.org/alice/new/.Trash 40
file home/example.org/alice/.Trash/notes 40
file home/Trash/cur.txt 40
cp -a home one
echo 'mail-root = "home" expire "trash" { folder = {"Trash"}
    older-than = "10d" age = "received" }' >conf

run mailkeep-expire -c conf
exits 0
silent
holds home/example.org/alice/.Trash/cur
holds home/example.org/alice/.Trash notes
holds home/carol/.Trash/cur
holds home/example.net/d/dave/Maildir/.Trash/cur
holds home/example.net/erin/Trash/new
holds home/example.net/erin/cur "$old"
holds home/example.net/d/dave/Maildir/cur "$old"
holds home/example.org/alice/cur "$old" Trash
holds home/example.org/alice/new .Trash
holds home/example.org/alice/.Archive/cur "$old"
holds home/example.org/Trash/cur "$old"
holds home/Trash/user/cur "$old"
holds home/Trash cur.txt

# Exim delivers to the root itself where an account has no maildir.
message "rooted/cur/$old" 40
message "rooted/.Trash/cur/$old" 40
message "rooted/bob/.Trash/cur/$old" 40
message "rooted/bob/cur/$old" 40
message "rooted/Trash/cur/$old" 40
run mailkeep-expire -c conf -o mail-root=rooted
exits 0
silent
holds rooted/.Trash/cur
holds rooted/cur "$old"
holds rooted/bob/.Trash/cur
holds rooted/bob/cur "$old"
holds rooted/Trash/cur "$old"

# A mailbox alone as the mail root, and folders where no INBOX is.
run mailkeep-expire -c conf -o mail-root=one/example.org/alice
exits 0
silent
holds one/example.org/alice/.Trash/cur
holds one/example.org/alice/cur "$old" Trash
message "boxless/.Trash/cur/$old" 40
rm -rf boxless/cur boxless/new boxless/tmp
mkdir top
mv boxless top
run mailkeep-expire -c conf -o mail-root=top
exits 0
silent
holds top/boxless/.Trash/cur
done_testing
