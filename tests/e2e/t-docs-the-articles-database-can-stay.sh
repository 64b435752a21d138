# The tables of the article serve Mailkeep once the lines of docs/migration.md
# have been told to PostgreSQL: each account's limit is its own, and a maildir
# that leads elsewhere is told of and left alone.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers postgres

start_postgres
mail_root home
sql -q <<'SQL'
DROP TABLE aliases, users, transport;
DROP OWNED BY mailkeep;
DROP ROLE mailkeep;
CREATE SEQUENCE users_id_seq INCREMENT BY 1;
CREATE TABLE users (
	email character varying(64), username character varying(64) NOT NULL,
	"password" character varying(32), maildir character varying(127),
	mail boolean DEFAULT false, spamlimit integer DEFAULT 7,
	active boolean DEFAULT true, name character varying(127)
);
CREATE UNIQUE INDEX users_username_idx ON users USING btree (username);
CREATE INDEX users_email_idx ON users USING btree (email);
INSERT INTO users (email, username, maildir, mail, spamlimit) VALUES
    ('alice@example.test', 'alice', 'example.test/alice', true, 7),
    ('bob@example.test', 'bob', 'example.test/bob', true, 20),
    ('eve@example.test', 'eve', '/var/mail/eve', true, 1);
SQL
sed -n '/^    CREATE ROLE mailkeep/,/^$/s/^    //p' "$TOP/docs/migration.md" \
    >lines.sql
is "$(wc -l <lines.sql)" 2 'migration.md: the lines'
ok 'and PostgreSQL takes them' sql -v ON_ERROR_STOP=1 -q -f lines.sql

cat >spam.eml <<'SPAM'
X-Spam_score: 9.5
Received: from client.example.com ([192.0.2.1])
	by mx.example.test with esmtp (Exim 4.96)
	id 1xV3Pd-000001-1u; Mon, 23 Nov 2026 00:00:00 +0000
Subject: spam

Buy.
SPAM
message home/example.test/alice/new/1.M1P1.mx 0 spam.eml
message home/example.test/bob/new/1.M1P1.mx 0 spam.eml
message home/eve/new/1.M1P1.mx 0 spam.eml
chown -R "$MAIL_USER" home
cat >conf <<CONF
mail-root = "$PWD/home"
owner = "$MAIL_USER"
accounts {
	source = "pgsql"
	conninfo = "dbname=mail user=mailkeep"
	query = "$(sed -n 's/^    query *= "\(.*\)"$/\1/p' \
	    "$TOP/docs/migration.md")"
}
spamscan { trust "mx.example.test" { dialect = {"exim"} } }
CONF
run mailkeep-spamscan -c conf
exits 65
says 'accounts: row .*eve'
holds home/example.test/alice/new
holds home/example.test/alice/.Junk/new 1.M1P1.mx
holds home/example.test/bob/new 1.M1P1.mx
holds home/eve/new 1.M1P1.mx
done_testing
