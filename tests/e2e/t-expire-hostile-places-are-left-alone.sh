# A link in place of a mailbox, a folder, a cur or a message; a FIFO, a socket,
# a directory among the messages; a folder that cannot be read: each is said in
# one line or passed over, nothing behind a link is touched, and the mail
# beside it goes.
. tests/e2e/lib.sh

cat >conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
END
for box in outside/box outside/box/.Trash outside/Trash; do
	message $box/cur/1.due:2,S 400
	message $box/new/2.due 400
done
cp -a outside outside.before
again()
{
	rm -rf mail
	for box in a b; do
		message mail/$box/.Trash/cur/1.old:2,S 40
		message mail/$box/.Trash/cur/2.young:2,S 1
		message mail/$box/.Trash/new/3.old 40
	done
}
# check STATUS RE: one line that says RE, b's mail has gone, no link followed.
check()
{
	run mailkeep-expire -c conf
	exits "$1"
	if [ "$1" = 0 ]; then
		silent
	else
		one_line
		says "$2"
	fi
	holds mail/b/.Trash/cur 2.young:2,S
	holds mail/b/.Trash/new
	same_tree outside.before outside
}

again
rm -r mail/a
ln -s "$PWD/outside/box" mail/a
check 65 'mail/a: not followed: a link or no directory'

again
rm -r mail/a/.Trash
ln -s "$PWD/outside/Trash" mail/a/.Trash
check 65 'mail/a/\.Trash: not followed: a link or no directory'

again
rm -r mail/a/.Trash/cur
ln -s "$PWD/outside/Trash/cur" mail/a/.Trash/cur
check 65 'mail/a/\.Trash/cur: '
holds mail/a/.Trash/new

again
rm -r mail/a/.Trash/new
ln -s "$PWD/outside/Trash/new" mail/a/.Trash/new
check 65 'mail/a/\.Trash/new: '
holds mail/a/.Trash/cur 2.young:2,S

again
cur=mail/a/.Trash/cur
ln -s "$PWD/outside/box/cur/1.due:2,S" $cur/4.link:2,S
touch -h -d '400 days ago' $cur/4.link:2,S
mkfifo $cur/5.fifo:2,S
python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $cur/6.socket:2,S
message $cur/7.dir:2,S/cur/8.inside:2,S 400
message mail/a/.Trash/9.beside/cur/10.inside:2,S 400
file mail/a/.Trash/11.beside 400
file mail/a/.Trash/maildirfolder 400
file mail/a/.Trash/dovecot-uidlist 400
for name in dovecot.index courierimapuiddb .hidden subscriptions maildirsize \
    maildirfolder mailkeep.x; do
	file "$cur/$name" 400
done
touch -d '400 days ago' $cur/5.fifo:2,S $cur/6.socket:2,S $cur/7.dir:2,S
mkdir linked
ln $cur/1.old:2,S linked/one
check 0
holds $cur 2.young:2,S 4.link:2,S 5.fifo:2,S 6.socket:2,S dovecot.index \
    courierimapuiddb .hidden subscriptions maildirsize maildirfolder \
    mailkeep.x
holds $cur/7.dir:2,S/cur 8.inside:2,S
holds mail/a/.Trash 11.beside maildirfolder
holds mail/a/.Trash/9.beside/cur 10.inside:2,S
holds mail/a/.Trash/new
holds linked one

# Names that are not Trash.
again
for folder in .NotTrash .Old.Trash .trash .TrashX .Trash. .Archive; do
	message mail/a/$folder/cur/1.due:2,S 400
done
message mail/Trash/cur/1.due:2,S 400
message mail/Trash/.Trash/cur/1.due:2,S 400
message mail/a/cur/Trash 400
check 0
for folder in .NotTrash .Old.Trash .trash .TrashX .Trash. .Archive; do
	holds mail/a/$folder/cur 1.due:2,S
done
holds mail/Trash/cur 1.due:2,S
holds mail/Trash/.Trash/cur
holds mail/a/cur Trash

# What an account may not read.
if [ "$(id -u)" = 0 ] && ! id mail >/dev/null 2>&1; then
	skip 'needs user mail' 14
	done_testing
fi
rm -f "$STATE"/* "$LOCK"/*
check_as()
{
	[ "$(id -u)" = 0 ] && chown -R mail mail
	chmod 0 "$1"
	rm -f "$STATE"/*
	as mail run mailkeep-expire -c conf
	exits 77
	one_line
	says "$1.*Permission denied"
	holds mail/b/.Trash/cur 2.young:2,S
	chmod 700 "$1"
}
again
check_as mail/a/.Trash
holds mail/a/.Trash/cur 1.old:2,S 2.young:2,S
again
check_as mail/a/.Trash/cur
holds mail/a/.Trash/cur 1.old:2,S 2.young:2,S
holds mail/a/.Trash/new
again
check_as mail/a
holds mail/a/.Trash/cur 1.old:2,S 2.young:2,S
# It may be read, and nothing be removed.
again
[ "$(id -u)" = 0 ] && chown -R mail mail
chmod 500 mail/a/.Trash/cur
as mail run mailkeep-expire -c conf
exits 77
one_line
says 'remove mail/a/\.Trash/1\.old:2,S: Permission denied'
holds mail/a/.Trash/cur 1.old:2,S 2.young:2,S
holds mail/b/.Trash/cur 2.young:2,S
chmod 700 mail/a/.Trash/cur
done_testing
