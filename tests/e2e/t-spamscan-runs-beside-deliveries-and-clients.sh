# It runs over and over while Exim delivers spam and others, and clients read,
# flag, file, and take spam back.  Nobody meets an error, and at the end every
# message is there, once (but for a race that remains): spam in Junk unless it
# was taken back or filed, all else where it belongs.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers dovecot exim

user=alice@example.test box=root/example.test/alice
mail_root root
start_dovecot root 'mail_max_userip_connections = 50'
start_exim root
imap $user create Work -- create Junk
cat >conf <<EOT
mail-root = "root"
owner = "$MAIL_USER:$MAIL_GROUP"
spamscan { trust "mx.example.test" { stripped = yes } }
EOT
seconds=10
[ "${MK_SLOW-}" = 1 ] && seconds=60

# deliver NAME SCORE SOURCE
deliver()
{
	python3 "$TOP/tests/e2e/smtp-load.py" -P "$SMTP_PORT" -p 2 \
	    -d $seconds -x "X-Spam-Checker-Version: SpamAssassin 4.0.1 \
(2024-03-25) on mx.example.test\\nX-Spam-Status: Yes, score=$2 \
required=5.0\\n" x@example.org $user 3000 "$3" >"sent.$1" 2>"sent.err.$1" &
}
deliver spam 9.0 127.0.0.2
spammer=$!
reap $spammer
deliver ham 1.0 127.0.0.3
sender=$!
reap $sender
for client in back work; do
	python3 "$TOP/tests/e2e/imap-back.py" "$IMAP_PORT" $user $seconds \
	    $client >did.$client 2>did.err.$client &
	eval "client_$client=\$!"
	reap $!
done

runs=0 bad=0 moved=0
# shellcheck disable=SC2154	# client_back: by eval
while kill -0 "$spammer" 2>/dev/null || kill -0 "$client_back" 2>/dev/null; do
	run mailkeep-spamscan -c conf --json
	runs=$((runs + 1))
	moved=$((moved + $(grep -c '"action":"junk"' "$OUT")))
	if [ "$STATUS" != 0 ] || [ -s "$ERR" ]; then
		bad=$((bad + 1))
		diag "status $STATUS"
		sed 's/^/# /' "$ERR" >&2
	fi
done
is $bad 0 "none of $runs runs has met an error"
wait "$spammer"
is $? 0 'all spam was accepted'
wait "$sender"
is $? 0 'and all other mail'
for client in back work; do
	eval "wait \$client_$client"
	is $? 0 "client $client has met no error"
	cat "did.err.$client" >&2
done
ok 'all is delivered' empty_queue
idle
cat did.back did.work >did
sent=$(cat sent.spam sent.ham | wc -l)
diag "$runs runs moved $moved of $(wc -l <sent.spam) spam, beside" \
    "$(wc -l <sent.ham) others; $(grep -c ^back did) taken back," \
    "$(grep -c ^work did) filed, $(grep -c ^flag did) flagged," \
    "$(grep -c ^missed did) missed"
ok 'a lot was delivered' [ "$sent" -gt 100 ]
ok 'a lot was moved' [ "$moved" -gt 30 ]
ok 'some were taken back' [ "$(grep -c ^back did)" -gt 10 ]

# Two quiet runs: then where each message lies, by its Message-ID
for _ in 1 2; do
	run mailkeep-spamscan -c conf
	exits 0
	silent
done
where()
{
	find "$box/$1/cur" "$box/$1/new" -type f -exec \
	    sed -n 's/^Message-ID: <\(.*\)>/\1/p' {} + | sort
}
where . >inbox
where .Junk >junk
where .Work >work
sort sent.spam sent.ham | awk '{ print $1 "@" $2 }' | sort >all
sort -u inbox junk work >there
is "$(comm -13 there all)" '' 'none is lost'
is "$(comm -23 there all)" '' 'none is made up'
# A client's move is a link and an unlink, and the rename of ours can come in
# between (CAVEATS of the page): then it is one file with two names.
doubles=0 others=
for id in $(sort inbox junk work | uniq -d); do
	find "$box" -type f \( -path '*/cur/*' -o -path '*/new/*' \) \
	    -exec grep -lFZ "Message-ID: <$id>" {} + | xargs -0 stat -c %i |
	    sort -u >inodes
	[ "$(wc -l <inodes)" = 1 ] || others="$others $id"
	doubles=$((doubles + 1))
done
is "$others" '' 'none is there twice, but as one file'
ok 'and that are few' [ $doubles -le 2 ]
sed -n 's/^back //p' did | sort -u >back
grep '@127.0.0.2$' inbox | comm -23 - back >left
is "$(cat left)" '' 'no spam is in the inbox but what was taken back'
is "$(comm -12 junk back)" '' 'what was taken back is not in Junk'
is "$(grep '@127.0.0.3$' junk)" '' 'only spam is in Junk'
ok 'and what is in the inbox' [ "$(grep -c '@127.0.0.3$' inbox)" -gt 20 ]
is "$(find $box/tmp $box/.Junk/tmp -mindepth 1)" '' 'nothing is left in tmp'
imap $user dump >dump
is "$(for folder in INBOX Junk Work; do
	grep -c "^$folder [0-9]" dump
done)" "$(wc -l <inbox; wc -l <junk; wc -l <work)" 'a client sees them all'
ok 'the log of Dovecot has no error' not \
    grep -iE 'error|warn|fatal|panic' "$DOVECOT/log"
done_testing
