# With accounts from PostgreSQL a mailbox without a row is left alone, and so is
# one that keeps all; --user goes by the row's address; where the database does
# not answer nothing is removed; a section with dir needs none.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/tmda.sh"
need_servers postgres

start_postgres
sql -q -c "CREATE TABLE boxes (email text, maildir text, keep boolean);
    INSERT INTO boxes VALUES
	('alice@example.test', 'example.test/alice', false),
	('bob@example.test', 'example.test/bob', NULL),
	('carol@example.test', 'example.test/carol', true),
	('grace@elsewhere.test', 'g/home', false),
	('nobody@example.test', 'example.test/nobody', false),
	('bad@example.test', '../shared', false);
    GRANT SELECT ON boxes TO mailkeep"
cat >conf <<-END
	mail-root = "mail"
	accounts {
	    source = "pgsql"
	    conninfo = "host=$PGHOST dbname=mail user=mailkeep"
	    query = "SELECT * FROM boxes WHERE email NOT LIKE 'bad%'"
	}
	safety { max-percent = "100%" }
	tmda "own" { mailbox-dir = ".tmda" rescue = "no" }
END
queue shared <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
END
due=pending/1159377144.1.msg
for box in example.test/alice example.test/bob example.test/carol g/home \
    example.test/dave; do
	mkdir -p tree/$box/cur tree/$box/new tree/$box/tmp
	cp -a shared tree/$box/.tmda
done
fresh()
{
	rm -rf mail
	cp -a tree mail
	keep mail
}
fresh
clock run mailkeep-tmda -c conf
exits 0
silent
want mail example.test/alice/.tmda/$due example.test/bob/.tmda/$due \
    g/home/.tmda/$due
fresh
clock run mailkeep-tmda -c conf --user grace@elsewhere.test
exits 0
want mail g/home/.tmda/$due
fresh
clock run mailkeep-tmda -c conf --user carol@example.test
ok 'nothing to do' [ "$STATUS" = 66 ]
want mail
clock run mailkeep-tmda -c conf --list --user '*@example.test'
exits 0
is "$(wc -l <"$OUT")" 2 'alice and bob'
# A row that is refused.
clock run mailkeep-tmda -c conf -o 'accounts.query=SELECT * FROM boxes'
exits 65
says "\.\./shared"
ok 'the others are done' [ ! -e mail/g/home/.tmda/$due ]
ok 'but that one' [ -f shared/$due ]

# The database is down.
stop_postgres
fresh
clock run mailkeep-tmda -c conf
exits 75
one_line
want mail
keep shared
clock run mailkeep-tmda -c conf --older-than 14d shared
exits 0
silent
want shared $due
done_testing
