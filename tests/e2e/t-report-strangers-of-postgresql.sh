# Of the real PostgreSQL: mailboxes without a row and rows without a mailbox are
# told, with their mail and address; a row that is refused makes nobody a
# stranger; where the database does not answer, the others are told.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
command -v jq >/dev/null || skip_all 'needs jq'
need_servers postgres

start_postgres
sql -q -c "CREATE TABLE boxes (email text, maildir text, keep boolean);
    INSERT INTO boxes VALUES
	('alice@example.test', 'example.test/alice/', false),
	('info@example.test', 'example.test/alice', false),
	('bob@example.test', 'example.test/bob', true),
	('gone@example.test', 'example.test/gone', false),
	('link@example.test', 'example.test/link', false),
	('empty@example.test', 'example.test/empty', false),
	('E\"<b>@example.test', 'example.test/<script>', false),
	('', 'example.test/refused', false),
	('bad@example.test', '../outside', false);
    GRANT SELECT ON boxes TO mailkeep"
cat >conf <<-END
	mail-root = "$PWD/mail"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	rotate { state-dir = "$STATE" }
	report { exim-log = {"$PWD/none"} }
	accounts {
	    source = "pgsql"
	    conninfo = "host=$PGHOST dbname=mail user=mailkeep"
	    query = "SELECT * FROM boxes"
	}
END
d=mail/example.test
message $d/alice/cur/1.M1P1.mx,S=100:2,S 3
message $d/bob/cur/1.M1P1.mx,S=100:2,S 3
message $d/refused/cur/1.M1P1.mx,S=100:2,S 3
message $d/small/cur/1.M1P1.mx,S=100:2,S 3
message $d/large/cur/1.M1P1.mx,S=5000:2,S 3
message $d/large/.Junk/new/2.M1P1.mx,S=700 3
message outside/cur/1.M1P1.mx,S=100:2,S 3
mkdir $d/empty
ln -s ../../outside $d/link
snapshot mail >before

j()
{
	jq -r "$1" "$OUT"
}
run mailkeep-report -c conf --json
exits 0
is "$(j .strangers.mailboxes_without_row)" 2 'so many have no row'
is "$(j '.strangers.mailboxes[] | "\(.mailbox) \(.messages) \(.bytes)"')" \
    'example.test/large 2 5700
example.test/small 1 100' 'these, the largest first'
is "$(j .strangers.rows_without_mailbox)" 4 'so many have no mailbox'
is "$(j '.strangers.rows[] | "\(.email) \(.mailbox)"')" \
    'E"<b>@example.test example.test/<script>
empty@example.test example.test/empty
gone@example.test example.test/gone
link@example.test example.test/link' 'these rows'
is "$(j .strangers.note | grep -c '^2 refused, the first: accounts: row 8')" \
    1 'refused rows are noted'
same_tree before mail

run mailkeep-report -c conf
never_prints '<script'

# More than are listed: counted all the same.
sql -q -c "INSERT INTO boxes SELECT 'u' || i || '@example.org', 'o/u' || i,
	false FROM generate_series(1, 1000) i"
run mailkeep-report -c conf --json
is "$(j '.strangers | "\(.rows_without_mailbox) \(.rows | length)"')" \
    '1004 200' 'a thousand rows'

stop_postgres
run mailkeep-report -c conf --json
exits 75
one_line
says '^mailkeep-report: strangers: accounts: '
is "$(j '.strangers.state + " " + .space.state')" 'failed told' \
    'the space is told'
same_tree before mail
done_testing
