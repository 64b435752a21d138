# While PostgreSQL is away, senders are told to come again; what is in the
# queue stays there; all of it is delivered when it is back.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres cdb

mail_root root
start_postgres
start_site_exim root 'queue_only = true'
blacklist 127.0.0.66/32=x
mail=$TOP/tests/data/corpus/ham/001.eml

for source in 127.0.0.9 127.0.0.66; do
	python3 "$TOP/tests/e2e/smtp.py" -s $source "$SMTP_PORT" \
	    bob@example.test alice@example.test "$mail" >said
	ok 'a message is queued' [ -s said ]
done
stop_postgres
for to in alice nobody; do
	for source in 127.0.0.9 127.0.0.66; do
		is "$(refused -s $source bob@example.test $to@example.test)" \
		    '451 Temporary local problem - please try later' \
		    "to $to from $source, with the database down"
	done
done
ok 'the log says why' grep -q 'PGSQL connection failed' "$EXIM/mainlog"
site_exim -qff
is "$(site_exim -bpc)" 2 'what was queued is still queued'
ok 'nothing is delivered' [ ! -e root/example.test ]
ok 'nothing has bounced' not grep -q ' \*\* ' "$EXIM/mainlog"

start_postgres
is "$(refused bob@example.test alice@example.test)" '' 'it is back'
is "$(refused bob@example.test nobody@example.test)" '550 Unknown user' \
    'and knows its users'
site_exim -qff
ok 'the queue empties' empty_queue
set -- root/example.test/alice/new/*
is $# 1 'one message is in the inbox'
set -- root/example.test/alice/.Junk/new/*
is $# 1 'and the marked one, still marked, in Junk'
ok 'that is it' grep -q '^X-Spam-Blacklisted: 127.0.0.66 (x)' "$1"

# A database that hangs is as good as one that is down.
sql -q -c "ALTER ROLE exim SET statement_timeout = '300ms'"
(sql -q -c 'BEGIN' -c 'LOCK users' -c 'SELECT pg_sleep(3)' -c 'COMMIT') \
    >/dev/null &
sleep 0.5
is "$(refused bob@example.test alice@example.test)" \
    '451 Temporary local problem - please try later' 'a database that hangs'
wait $!
done_testing
