# No address becomes SQL, in whatever place a stranger writes it; odd ones of
# users are delivered to.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres cdb

mail_root root
start_postgres
start_site_exim root
blacklist 127.0.0.66/32=x

# told SENDER RECIPIENT: the same answer to hosts on the list and others
told()
{
	_good=$(refused -s 127.0.0.9 "$1" "$2")
	_bad=$(refused -s 127.0.0.66 "$1" "$2")
	if [ "$_good" = "$_bad" ]; then
		printf '%s\n' "$_good"
	else
		echo "$_good, but $_bad"
	fi
}

evil="x'; SELECT pg_sleep(2); --"
ok 'an apostrophe' \
    send bob@example.test "o'brien@example.test" ham/001.eml
ok 'from a blacklisted host' \
    send -s 127.0.0.66 bob@example.test "o'brien+x@example.test" ham/001.eml
holds root/example.test/obrien/new "$(ls root/example.test/obrien/new)"
holds root/example.test/obrien/.Junk/new \
    "$(ls root/example.test/obrien/.Junk/new)"
is "$(told "o'brien@example.test" alice@example.test)" '' 'as a sender'

is "$(told bob@example.test "\"$evil\"@example.test")" '550 Unknown user' \
    'SQL as a recipient'
is "$(told bob@example.test "\"alice+$evil\"@example.test")" '' \
    'SQL as an extension'
is "$(told "\"$evil\"@example.test" alice@example.test)" \
    '550 Sender verify failed' 'SQL as a sender'
is "$(told bob@example.test "\"x\\\\' OR 1=1 --\"@example.test")" \
    '550 Unknown user' 'with a backslash'
is "$(told bob@example.test "\"x' OR ''='\"@example.test")" \
    '550 Unknown user' 'that is always true'
is "$(told bob@example.test '"${run{true}}$domain"@example.test')" \
    '550 Unknown user' 'an expansion of Exim'
is "$(told bob@example.test '"x;y:z"@example.test')" '550 Unknown user' \
    'separators of lists'
is "$(told bob@example.test "$(printf 'x\303\244@example.test')")" \
    '550 Unknown user' 'a letter in UTF-8'
is "$(told bob@example.test "$(printf 'x\344@example.test')")" \
    '550 Unknown user' 'a letter that is not UTF-8'
is "$(told bob@example.test "$(printf '%0200d' 0)@example.test")" \
    '550 Unknown user' 'a long one'

# The server has them in its log, as values only.
ok 'the questions were asked' grep -q "'x''; select pg_sleep" "$POSTGRES/log"
ok 'none of them as a statement' not grep -aEiq \
    "statement: *select pg_sleep|[^']'; *select|execute|error" "$POSTGRES/log"
for log in mainlog paniclog rejectlog; do
	ok "$log has no complaint" not grep -aEi \
	    'not properly quoted|taint|query failed|error' "$EXIM/$log"
done 2>/dev/null
ok 'the panic log is empty' [ ! -s "$EXIM/paniclog" ]

# And where the database would lead out of the mail root after all.
sql -q -c 'ALTER TABLE users DROP CONSTRAINT users_maildir_has_no_dots' \
    -c "UPDATE users SET maildir = '../outside' WHERE username = 'bob'"
is "$(told '' bob@example.test)" '550 Unknown user' 'a maildir outside'
sql -q -c 'ALTER TABLE users DROP CONSTRAINT users_maildir_is_relative' \
    -c "UPDATE users SET maildir = '' WHERE username = 'bob'"
is "$(told '' bob@example.test)" '550 Unknown user' 'a maildir without a name'
done_testing
