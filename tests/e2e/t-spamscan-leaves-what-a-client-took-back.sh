# What an IMAP client takes back out of Junk stays in the inbox, whichever way
# the client goes and whatever name the server gives it; and what was moved is
# a message as any other to the client.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
. "$TOP/tests/e2e/servers.sh"
need_servers dovecot

user=alice@example.test box=root/example.test/alice
mail_root root
start_dovecot root
cat >conf <<EOT
mail-root = "root"
owner = "$MAIL_USER:$MAIL_GROUP"
spamscan { trust "mx.example.test" { } }
EOT
scan()
{
	run mailkeep-spamscan -c conf "$@"
	if [ "$STATUS" != 0 ] || [ -s "$OUT" ] || [ -s "$ERR" ]; then
		exits 0
		silent
	fi
}
# lie PLACE: the numbers of the messages in a folder
lie()
{
	find "$box/$1/cur" "$box/$1/new" -type f -exec \
	    sed -n 's/^Message-ID: <\([0-9]*\).scored.*/\1/p' {} + |
	    sort -n | tr '\n' ' '
}
number=0 back=''
# spam: one is delivered, met by the client, and moved
spam()
{
	number=$((number + 1))
	scored -t 1h -n $number $box/new 9.0
	chown -R "$MAIL_USER:$MAIL_GROUP" root
	imap $user flag INBOX all +Seen +work
	cp "$(find $box/cur -type f -exec \
	    grep -l "^Message-ID: <$number\.scored" {} +)" spam.eml
	scan
	is "$(lie .),$(lie .Junk)" "$back,$number " "$number is in Junk"
}
# took HOW: it stays in the inbox, whatever is run
took()
{
	back="$back$number "
	scan
	imap $user flag INBOX all -Seen
	scan
	scan --rescan -o spamscan.limit=1
	is "$(lie .),$(lie .Junk)" "$back," "$1: it stays"
}

imap $user create Work
spam
imap $user fetch-all Junk >fetched
is "$(cut -d ' ' -f 2- fetched)" "$(wc -c <spam.eml) $(md5sum <spam.eml |
    cut -d ' ' -f 1) \\Seen" 'whole, read, and without the keyword'
imap $user move Junk all INBOX
took 'MOVE, after it was read'
spam
imap $user move Junk all INBOX
took 'MOVE, at once'
spam
imap $user copy Junk all INBOX -- expunge Junk all
took 'COPY, \Deleted, EXPUNGE'
spam
python3 -c '
import imaplib, sys
imap = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))
imap.login(sys.argv[2], "secret")
imap.select("Junk")
print(imap.fetch("1:*", "(RFC822.SIZE)"))
imap.logout()' "$IMAP_PORT" $user >sized
ok 'asked for its size' grep -q "RFC822.SIZE [1-9]" sized
imap $user copy Junk all INBOX -- expunge Junk all
took 'FETCH RFC822.SIZE, COPY, \Deleted, EXPUNGE'
spam
imap $user append INBOX spam.eml - Seen -- expunge Junk all
took 'FETCH, APPEND, \Deleted, EXPUNGE'
spam
imap $user move Junk all Work
is "$(lie .Work)" "$number " 'it is in another folder'
scan --rescan
imap $user move Work all INBOX
took 'MOVE by way of another folder'
spam
imap $user copy Junk all INBOX
scan
is "$(lie .),$(lie .Junk)" "$back$number ,$number " 'COPY: it lies in both'
imap $user expunge Junk all
took 'COPY, and EXPUNGE later'

# What is remembered of the inbox is lost, and the server's indexes are.
idle
rm -rf "${STATE:?}"/* $box/mailkeep.ledger
stop_dovecot
find root -name 'dovecot*' -type f -delete
start_dovecot root
scan --rescan
imap $user fetch-all INBOX >fetched
is "$(lie .),$(lie .Junk)" "$back," 'all of them still stay'
is "$(wc -l <fetched)" 7 'and the client sees each once'
# A new one is spam as before; Junk is gone, and comes again.
imap $user delete Junk
spam
idle
ok 'the log of Dovecot has no error' not \
    grep -iE 'error|fatal|panic' "$DOVECOT/log"
done_testing
