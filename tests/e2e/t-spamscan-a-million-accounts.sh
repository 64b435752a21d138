# A million rows take less than 64 MiB, and rows that have no mailbox do no
# harm: those that have one are scanned, each with its limit.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/spam.sh"
need_servers postgres
[ -x /usr/bin/time ] || skip_all 'needs GNU time'
[ -z "${MK_SANITIZE-}${MK_WRAP-}" ] || skip_all 'measures the plain program'

start_postgres
sql -q -c "CREATE VIEW million AS SELECT
	'user' || i || '@example' || i % 50 || '.test' AS email,
	'example' || i % 50 || '.test/user' || i AS maildir,
	i % 10 AS spamlimit FROM generate_series(1, 1000000) AS i;
    GRANT SELECT ON million TO mailkeep"
cat >conf <<END
mail-root = "home"
accounts {
    source = "pgsql"
    conninfo = "host=$PGHOST dbname=mail user=mailkeep"
    query = "SELECT * FROM million"
}
spamscan { source = {"header"} trust "mx.example.test" { } }
END
for i in 4 5 6 500005 1000001 1000000; do
	scored home/example$((i % 50)).test/user$i/new/1.M1P1.mx 5.0
done

# _become puts the program behind it, as it would another wrapper.
MK_WRAP="/usr/bin/time -q -o $PWD/memory -f %M"
run mailkeep-spamscan -c conf
MK_WRAP=
exits 0
silent
mib=$(($(cat memory) / 1024))
ok "it took $mib MiB" [ $mib -lt 64 ]
for i in 4 5 500005; do
	holds home/example$((i % 50)).test/user$i/.Junk/new 1.M1P1.mx
	holds home/example$((i % 50)).test/user$i/new
done
for i in 6 1000001 1000000; do
	holds home/example$((i % 50)).test/user$i/new 1.M1P1.mx
	ok "user $i has no Junk" \
	    [ ! -e home/example$((i % 50)).test/user$i/.Junk ]
done
is "$(find home -mindepth 2 -maxdepth 2 | wc -l)" 6 'no mailbox is made'
done_testing
