# Where not all rows of the accounts have come, nothing moves and nothing is
# written; a row that could lead elsewhere is no account, one line each, and the
# others are done.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/spam.sh"
need_servers postgres

start_postgres
sql -q -c "CREATE TABLE boxes (email text, maildir text, spamlimit text);
    INSERT INTO boxes VALUES ('alice@example.test', 'example.test/alice', 5);
    GRANT SELECT ON boxes TO mailkeep"
cat >conf <<END
mail-root = "root/home"
accounts {
    source = "pgsql"
    conninfo = "host=$PGHOST dbname=mail user=mailkeep"
    query = "SELECT * FROM boxes"
    statement-timeout = "2s"
}
spamscan { source = {"header"} limit = 7 trust "mx.example.test" { } }
END
alice=root/home/example.test/alice
for box in $alice root/home/example.test/bob root/home/.hidden/x \
    root/home/x/cur root/etc root/outside etc; do
	scored "$box/new/1.M1P1.mx" 15.3
	scored "$box/cur/2.M2P2.mx:2,S" 1.0
done
snapshot root >before
snapshot etc >before.etc

untouched()
{
	same_tree before root
	same_tree before.etc etc
	is "$(find "$STATE" -type f ! -name history.jsonl)" '' 'no state either'
}
# stays STATUS RE [ARG ...]: one line, and nothing is touched
stays()
{
	_status=$1 _re=$2
	shift 2
	for _dry in '' -n; do
		run mailkeep-spamscan -c conf ${_dry:+"$_dry"} "$@"
		exits "$_status"
		one_line
		says "^mailkeep-spamscan: accounts: $_re"
		never_prints .
		untouched
	done
}
q=accounts.query
c=accounts.conninfo

stays 75 '.*absent' -o "$c=host=$PGHOST dbname=absent user=mailkeep"
stays 75 '.*stranger' -o "$c=host=$PGHOST dbname=mail user=stranger"
stays 75 '' -o "$c=host=$PWD dbname=mail user=mailkeep"
stays 75 '' -o "$c=host=127.0.0.1 port=1 dbname=mail user=mailkeep"
stays 78 '' -o "$c=nonsense"
stays 78 '.*nowhere' -o "$q=SELECT * FROM nowhere"
stays 78 '.*maildir' -o "$q=SELECT email, spamlimit FROM boxes"
stays 78 '.*email' -o "$q=SELECT maildir FROM boxes"
stays 78 '.*permission denied' -o "$q=SELECT email, maildir, password AS
    spamlimit FROM users"
stays 78 '' -o "$q=DELETE FROM boxes RETURNING *"
stays 78 '' -o "$q=SELECT * FROM boxes; DROP TABLE boxes"
stays 75 '.*no rows' -o "$q=SELECT * FROM boxes WHERE false"
stays 75 '.*(timeout|canceling)' -o "$q=SELECT *, pg_sleep(30) FROM boxes"
# Rows have come when it fails.
stays 75 '.*division' -o "$q=SELECT * FROM boxes UNION ALL
    SELECT i || '@example.test', 'x/' || i, (1 / (9000 - i))::text
    FROM generate_series(1, 9999) AS i"
is "$(sql -c 'SELECT count(*) FROM boxes')" 1 'the table is as it was'
# A column that is not there is no limit of anybody's: the configured one.
run mailkeep-spamscan -c conf -n -o "$q=SELECT email, maildir FROM boxes"
exits 0
prints "^alice@example.test: .*limit 7: junk\$"

# A wrong password, which nobody is told.
sql -q -c "ALTER ROLE mailkeep PASSWORD 'right'"
hba=$(sql -c 'SHOW hba_file')
cp "$hba" hba.was
{
	echo 'local all mailkeep scram-sha-256'
	cat hba.was
} >hba.new
cat hba.new >"$hba"
sql -c 'SELECT pg_reload_conf()' >reloaded
tries=100
while PGPASSWORD=wrong sql -U mailkeep -c 'SELECT 1' >/dev/null 2>&1 &&
    [ $tries -gt 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
stays 75 '.*password' \
    -o "$c=host=$PGHOST dbname=mail user=mailkeep password=wrong"
ok 'the password is not told' not grep -q wrong "$ERR"
cat hba.was >"$hba"
sql -c 'SELECT pg_reload_conf()' >reloaded
tries=100
until sql -U mailkeep -c 'SELECT 1' </dev/null >/dev/null 2>&1 ||
    [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done

# The server's process is killed in the middle of the rows.
start mailkeep-spamscan -c conf -o accounts.statement-timeout=60s \
    -o "$q=SELECT boxes.* FROM boxes, generate_series(1, 60000)
	WHERE pg_sleep(0.0005) IS NOT NULL"
tries=200
until [ "$(sql -c "SELECT count(*) FROM pg_stat_activity
    WHERE usename = 'mailkeep' AND query LIKE '%generate_series%'
    AND now() - query_start > '1s'")" = 1 ] || [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
sql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE usename = 'mailkeep'" >killed
finish
exits 75
one_line
says '^mailkeep-spamscan: accounts: .*nothing is touched'
untouched

# A signal while they come: the same.
start mailkeep-spamscan -c conf -o accounts.statement-timeout=60s \
    -o "$q=SELECT boxes.* FROM boxes, generate_series(1, 60000)
	WHERE pg_sleep(0.0005) IS NOT NULL"
tries=200
until [ "$(sql -c "SELECT count(*) FROM pg_stat_activity
    WHERE usename = 'mailkeep' AND query LIKE '%generate_series%'")" = 1 ] ||
    [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
kill "$PID"
finish
ok 'a signal ends it' [ "$STATUS" != 0 ]
untouched

# Rows that are refused, all of them at once, and good ones before and behind.
# Each is SQL for email, maildir and limit.
cat >rows <<'END'
'm@x', '../etc', '1'
'm@x', '../../etc', '1'
'm@x', 'example.test/../../etc', '1'
'm@x', '/etc', '1'
'm@x', '', '1'
'm@x', '/', '1'
'm@x', '.', '1'
'm@x', '..', '1'
'm@x', '.hidden/x', '1'
'm@x', 'x/cur', '1'
'm@x', 'example.test/bob/new', '1'
'm@x', 'example.test//bob', '1'
'm@x', E'example.test/bob\n', '1'
'm@x', E'example.test/\x1b[2Jbob', '1'
'm@x', NULL, '1'
NULL, 'example.test/bob', '1'
'', 'example.test/bob', '1'
E'm@x\nn', 'example.test/bob', '1'
'm@x', 'example.test/bob', 'many'
'm@x', 'example.test/bob', '1e1'
END
{
	echo 'TRUNCATE boxes; INSERT INTO boxes VALUES'
	echo "('alice@example.test', 'example.test/alice', '5'),"
	sed 's/.*/(&),/' rows
	echo "('n@x', 'example.test/nobody', '5');"
} | sql -q
cp -a root was
run mailkeep-spamscan -c conf -n
exits 65
is "$(wc -l <"$ERR")" 20 'one line for each row'
untouched
prints '^alice@example.test: '
is "$(wc -l <"$OUT")" 1 'one would be moved'
run mailkeep-spamscan -c conf
exits 65
is "$(wc -l <"$ERR")" 20 'one line for each row'
is "$(grep -c '^mailkeep-spamscan: accounts: row [0-9]* *[(:]' "$ERR")" 20 \
    'with its number'
is "$(tr -d '\n -~' <"$ERR" | wc -c)" 0 'nothing but printable bytes'
holds $alice/.Junk/new 1.M1P1.mx
holds $alice/new
holds $alice/cur 2.M2P2.mx:2,S
rm -r $alice was/home/example.test/alice
same_tree was root
same_tree before.etc etc

# Links are followed nowhere, rows or not.
ln -s ../outside root/home/link
ln -s bob root/home/example.test/linked
sql -q -c "TRUNCATE boxes; INSERT INTO boxes VALUES ('m@x', 'link', '1'),
    ('m@x', 'example.test/linked', '1'), ('m@x', 'link/x', '1')"
cp -a root was.linked
run mailkeep-spamscan -c conf
exits 65
is "$(sort "$ERR")" \
    'mailkeep-spamscan: root/home/example.test/linked: not followed: a link or no directory
mailkeep-spamscan: root/home/link: not followed: a link or no directory' \
    'each is told'
same_tree was.linked root
rm root/home/link root/home/example.test/linked
snapshot root >before
# None that is not refused: as good as no rows.
sql -q -c "TRUNCATE boxes; INSERT INTO boxes VALUES ('m@x', '../etc', '1')"
find "$STATE" -type f -exec rm {} +
run mailkeep-spamscan -c conf
exits 75
says 'all 1 rows are refused; nothing is touched'
same_tree before root
same_tree before.etc etc
is "$(find "$STATE" -type f ! -name history.jsonl)" '' 'no state either'

# Away altogether.
stop_postgres
run mailkeep-spamscan -c conf
exits 75
one_line
says '^mailkeep-spamscan: accounts: '
same_tree before root
run mailkeep-spamscan -c conf -o accounts.source=tree
exits 0
holds root/home/example.test/bob/.Junk/new 1.M1P1.mx
same_tree before.etc etc
done_testing
