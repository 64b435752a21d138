# mailkeep-check asks the real PostgreSQL as the programs do: a sound schema has
# no warning; a server that is away, a role that may not read or may write, a
# query without columns, rows that are refused or name one maildir twice, and
# tables that Exim cannot ask for are found.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check.sh"
. "$TOP/tests/e2e/servers.sh"
need_servers postgres

mail_root root
start_postgres
mkdir -p root/example.test/alice/new
sql -q -c "UPDATE users SET email = 'alice@example.test',
    maildir = 'example.test/alice' WHERE username = 'alice'"

# conf [QUERY]: what the section accounts says; of the role $role
role=mailkeep
conf()
{
	cat <<-CONF >conf
	mail-root = "$PWD/root"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	accounts {
		source = "pgsql"
		conninfo = "dbname=mail user=$role"
	CONF
	[ $# = 0 ] || echo "query = \"$1\"" | tr '\n' ' ' >>conf
	echo '}' >>conf
}

all='SELECT email, maildir, spamlimit, junk_days, trash_days, keep FROM users
WHERE mail AND active'
conf "$all"
check accounts
exits 0
finds '^ok accounts: the query gives [1-9][0-9]* accounts'
never_finds '^(warning|error)|may write'
finds '^note .*/root: [0-9]+ of the first [0-9]+ rows have no maildir there'
never_finds 'the first: example.test/alice;'

# What the columns do not say.
conf
check accounts
exits 0
finds '^note accounts: the query has no junk_days, trash_days, keep:.*"keep"'
conf 'SELECT email, maildir, true AS keeps FROM users'
check accounts
exits 65
finds '^error accounts: .*column "keeps"; did you mean "keep"'
conf 'SELECT email FROM users'
check accounts
exits 65
finds '^error accounts: .*no column "maildir"'
conf 'SELECT email, maildir FROM users WHERE false'
check accounts
exits 65
finds '^error accounts: .*gave no rows'
conf 'SELECT email, password AS maildir FROM users'
check accounts
exits 65
finds '^error accounts: .*permission denied'

# Rows.
rows="SELECT 'a@x' AS email, 'x/a' AS maildir"
conf "$rows UNION ALL SELECT 'b@x', '../b' UNION ALL
SELECT 'c@x', NULL"
check accounts
exits 0
finds '^warning accounts: 2 of 3 rows are refused, the first: .*row 2 \(b@x\)'
conf "$rows UNION ALL SELECT 'b@x', 'x/a/'"
check accounts
exits 0
finds '^warning accounts: 1 of 2 rows name a maildir that another one names'
conf "SELECT n || '@x' AS email, 'x/' || n AS maildir
FROM generate_series(1, 200) n"
check accounts
finds '^warning .*/root: none of the first 100 rows .* first: x/1;'

# Who may write; who may not come in; who is away.  No password is shown.
role=postgres
conf "$all"
check accounts
exits 0
finds '^note accounts: the role postgres may write to 3 tables, as aliases'
role='nobody-here password=geheim'
conf "$all"
check accounts
exits 65
finds '^error accounts: .*(nobody-here|Peer|peer|authentication)'
never_finds geheim

# The feeds of the blacklist.
feed()
{
	cat >conf <<-CONF
	mail-root = "$PWD/root"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	blacklist {
		feed "db" {
			conninfo = "dbname=mail user=mailkeep"
			query = "$1"
		}
		cdb = "$PWD/b.cdb"
	}
	CONF
}

feed "SELECT '192.0.2.7'::inet AS net, 'x' AS reason"
check accounts
exits 0
finds '^ok accounts: source is tree'
finds '^ok blacklist.feed.db: its query is answered'
feed "SELECT '192.0.2.7'::inet AS address"
check accounts
exits 65
finds '^error blacklist.feed.db: .*no column "net"'
feed "SELECT '192.0.2.7'::inet AS net WHERE false"
check accounts
exits 0
finds '^warning blacklist.feed.db: its query gives no rows'

# Exim's own questions.
if command -v exim4 >/dev/null; then
	mkdir spool log
	cat >site.conf <<-CONF
	MAIL_ROOT == $PWD/root
	MAIL_USER == $MAIL_USER
	MAIL_GROUP == $MAIL_GROUP
	DATABASE == ($POSTGRES/.s.PGSQL.5432)/mail/exim/
	LOG_DIR == $PWD/log
	spool_directory = $PWD/spool
	CONF
	sed "s|^SITE = .*|SITE = $PWD/site.conf|" \
	    "$TOP/etc/exim/exim.conf" >exim.conf
	cat >conf <<-CONF
	mail-root = "$PWD/root"
	check { exim-config = "$PWD/exim.conf" }
	CONF
	check exim
	exits 0
	finds '^ok .*exim.conf: Exim can ask for users, transport and aliases'
	never_finds '^error'
	sql -q -c 'ALTER TABLE users RENAME maildir TO home;
	    REVOKE SELECT ON aliases FROM exim'
	check exim
	exits 65
	finds "^error .*exim.conf: Exim can't ask for the table users: .*maild"
	finds "^error .*exim.conf: .*table aliases: .*permission denied"
	never_finds 'the table transport'
	sql -q -c 'ALTER TABLE users RENAME home TO maildir;
	    GRANT SELECT ON aliases TO exim'
else
	skip 'needs exim4' 7
fi

stop_postgres
check exim -o "check.exim-config=$PWD/exim.conf"
if command -v exim4 >/dev/null; then
	finds '^error .*exim.conf: Exim does not reach the database, and all'
	is "$(grep -c '^error' "$OUT")" 1 'that is said once'
else
	skip 'needs exim4' 2
fi
role=mailkeep
conf "$all"
check accounts
exits 65
finds '^error accounts: PostgreSQL: .*(No such file|refused).*; see whether'
done_testing
