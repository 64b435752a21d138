# When not all rows have come, nothing is touched, no ledger either; a row that
# could lead elsewhere is no account, and the others are done.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers postgres

start_postgres
sql -q -c "CREATE TABLE boxes (email text, maildir text, junk_days integer,
	trash_days integer, keep boolean);
    INSERT INTO boxes VALUES ('alice@example.test', 'example.test/alice',
	NULL, NULL, NULL);
    GRANT SELECT ON boxes TO mailkeep"
cat >conf <<-END
	mail-root = "root/home"
	accounts {
	    source = "pgsql"
	    conninfo = "host=$PGHOST dbname=mail user=mailkeep"
	    query = "SELECT * FROM boxes"
	    statement-timeout = "2s"
	}
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" }
	expire "junk" { folder = {"Junk"} older-than = "10d" }
	expire "tmp" { tmp = yes older-than = "36h" }
END
for box in root/home/example.test/alice root/home/example.test/bob \
    root/home/.hidden root/outside outside; do
	message $box/.Trash/cur/1.M1P1.mx:2,S 40
	message $box/.Junk/cur/2.M2P2.mx:2,S 40
	message $box/cur/3.M3P3.mx:2,S 40
	message $box/tmp/4.M4P4.mx 40
done
snapshot root >before
snapshot outside >before.outside

# stays STATUS RE [ARG ...]: one line, and nothing is touched
stays()
{
	_status=$1 _re=$2
	shift 2
	for _dry in '' -n; do
		run mailkeep-expire -c conf ${_dry:+"$_dry"} "$@"
		exits "$_status"
		one_line
		says "$_re"
		never_prints .
		same_tree before root
		same_tree before.outside outside
		is "$(find "$STATE" -name '*.index')" '' 'no index either'
	done
}
q=accounts.query
c=accounts.conninfo

stays 75 'accounts: ' -o "$c=host=$PGHOST dbname=absent user=mailkeep"
stays 75 'accounts: ' -o "$c=host=$PGHOST dbname=mail user=stranger"
stays 78 'accounts: ' -o "$c=nonsense"
stays 78 'accounts: .*nowhere' -o "$q=SELECT * FROM nowhere"
stays 78 'accounts: .*maildir' -o "$q=SELECT email FROM boxes"
stays 78 'accounts: .*email' -o "$q=SELECT maildir FROM boxes"
stays 78 'accounts: .*permission denied' -o "$q=SELECT email, maildir,
    password FROM users"
stays 78 'accounts: ' -o "$q=DELETE FROM boxes RETURNING *"
stays 75 'accounts: ' -o "$q=SELECT * FROM boxes WHERE false"
stays 75 'accounts: .*(timeout|canceling)' \
    -o "$q=SELECT *, pg_sleep(30) FROM boxes"
# Rows have come when it fails.
stays 75 'accounts: .*division' -o "$q=SELECT * FROM boxes UNION ALL
    SELECT i || '@example.test', 'x/' || i, 1 / (9000 - i), 1, false
    FROM generate_series(1, 9999) AS i"
# A password that is wrong.
sql -q -c "ALTER ROLE mailkeep PASSWORD 'right'"
hba=$(sql -At -c 'SHOW hba_file')
cp "$hba" hba.was
echo 'local all mailkeep scram-sha-256' >hba.new
cat hba.was >>hba.new
cat hba.new >"$hba"
sql -q -c 'SELECT pg_reload_conf()' >"$SCRATCH/reload"
sleep 0.5
stays 75 'accounts: .*password' \
    -o "$c=host=$PGHOST dbname=mail user=mailkeep password=wrong"
ok 'the password is not told' not grep -q wrong "$ERR"
cat hba.was >"$hba"
sql -q -c 'SELECT pg_reload_conf()' >"$SCRATCH/reload"
sleep 0.5

# The server's process is killed in the middle of the rows.
start mailkeep-expire -c conf -o accounts.statement-timeout=60s \
    -o "$q=SELECT boxes.* FROM boxes, generate_series(1, 60000)
	WHERE pg_sleep(0.0005) IS NOT NULL"
tries=200
until [ "$(sql -At -c "SELECT count(*) FROM pg_stat_activity
    WHERE usename = 'mailkeep' AND query LIKE '%generate_series%'
    AND now() - query_start > '1s'")" = 1 ]; do
	tries=$((tries - 1))
	[ $tries != 0 ] || break
	sleep 0.05
done
sql -q -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE usename = 'mailkeep'" >"$SCRATCH/killed"
finish
exits 75
one_line
says 'accounts: '
same_tree before root
is "$(find "$STATE" -name '*.index')" '' 'no index either'

# A plan is not applied either.
run mailkeep-expire -c conf --plan plan
exits 0
is "$(wc -l <plan)" 2 'one is due'
run mailkeep-expire -c conf --apply plan -o "$q=SELECT * FROM boxes
    WHERE false"
exits 75
one_line
same_tree before root

# The account "quiet" has nothing to expire: what goes is of another one.
mkdir -p root/home/example.test/quiet/cur root/home/example.test/quiet/new \
    root/home/example.test/quiet/tmp
snapshot root >before

# passed RE [ARG ...]: the run tells of one row, and goes on
passed()
{
	_re=$1
	shift
	run mailkeep-expire -c conf "$@"
	exits 65
	one_line
	says "$_re"
	same_tree before root
	same_tree before.outside outside
	run mailkeep-expire -c conf -n --list "$@"
	exits 65
	says "$_re"
	never_prints .
	same_tree before root
}
# refused MAILDIR: is no account
refused()
{
	sql -q -v dir="$1" <<-'END'
		TRUNCATE boxes;
		INSERT INTO boxes (email, maildir) VALUES
		    ('mallory@example.test', :'dir'),
		    ('quiet@example.test', 'example.test/quiet');
	END
	passed 'accounts: row 1 '
}
refused ../outside
refused ../../outside
refused example.test/../../outside
refused "$(pwd)/outside"
refused /etc
refused ''
refused .
refused ./example.test/bob
refused example.test//bob
refused .hidden
refused example.test/bob/.Trash
refused example.test/bob/cur
refused "example.test/bob
example.test/alice"
sql -q -c "UPDATE boxes SET maildir = NULL WHERE email LIKE 'mallory@%'"
passed 'accounts: row '
sql -q -c "UPDATE boxes SET email = NULL, maildir = 'example.test/bob'
    WHERE email LIKE 'mallory@%'"
passed 'accounts: row '
passed 'accounts: row 1 .*many' -o "$q=SELECT 'bob@example.test' AS email,
    'example.test/bob' AS maildir, 'many' AS trash_days UNION ALL
    SELECT 'quiet@example.test', 'example.test/quiet', '5'"

# A name that looks well, of a link that leads out.
ln -s ../../../outside root/home/example.test/link
snapshot root >before
sql -q -c "TRUNCATE boxes; INSERT INTO boxes VALUES
    ('mallory@example.test', 'example.test/link'),
    ('quiet@example.test', 'example.test/quiet')"
passed 'example.test/link: not followed'
rm root/home/example.test/link

# The others are done, whatever is wrong with one row.
sql -q -c "TRUNCATE boxes; INSERT INTO boxes VALUES
    ('mallory@example.test', '../outside'),
    ('alice@example.test', 'example.test/alice')"
run mailkeep-expire -c conf
exits 65
one_line
says 'accounts: row 1 '
holds root/home/example.test/alice/.Trash/cur
holds root/home/example.test/bob/.Trash/cur 1.M1P1.mx:2,S
holds root/outside/.Trash/cur 1.M1P1.mx:2,S
holds root/home/.hidden/.Trash/cur 1.M1P1.mx:2,S
same_tree before.outside outside

# With the server away; and a mailbox outside has no need of it.
stop_postgres
snapshot root >before
rm -f "${STATE:?}"/*
stays 75 'accounts: '
run mailkeep-expire -c conf outside
exits 0
silent
holds outside/.Trash/cur
done_testing
