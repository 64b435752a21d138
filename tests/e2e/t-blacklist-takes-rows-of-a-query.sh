# A feed may be a query: prefixes, reasons and days come from PostgreSQL, with
# the rights of the role that reads.  A server that is away, slow or that fails
# half-way leaves the last list.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers postgres

mail_root root
start_postgres
sql -q -c "CREATE TABLE blacklist (net cidr, reason text, until date);
    INSERT INTO blacklist VALUES
	('192.0.2.7/32', 'said so', NULL),
	('198.51.100.0/24', NULL, '2037-12-31'),
	('203.0.113.0/24', 'over', '2020-01-01'),
	('2001:db8::/32', E'two\\nlines', NULL);
    GRANT SELECT ON blacklist TO mailkeep"
cat >conf <<-END
	blacklist {
	    feed "table" {
	        conninfo = "host=$PGHOST dbname=mail user=mailkeep"
	        query = "SELECT * FROM blacklist"
	        statement-timeout = "2s"
	    }
	    feed "file" { file = "list" }
	    never-private = no  never-self = no
	    cdb = "out/b.cdb"  plain = "out/b.plain"  text = "out/b.text"
	}
END
mkdir out
echo 192.0.2.9 >list
run mailkeep-blacklist -c conf
exits 0
silent
is "$(cat out/b.plain)" '192.0.2.7/32
192.0.2.9/32
198.51.100.0/24
2001:db8::/32' 'what the table and the file have'
is "$(grep -v '^#' out/b.text | sed 's/:*[ 	][ 	]*/ /')" \
    '192.0.2.7/32 table: said so
192.0.2.9/32 file
198.51.100.0/24 table
"2001:db8::/32" table: two?lines' 'with the reasons'
run mailkeep-blacklist -c conf --why 198.51.100.1
exits 0
prints 'table.*until 2037-12-31'

# stays STATUS RE [ARG ...]
stays()
{
	_status=$1 _re=$2
	shift 2
	run mailkeep-blacklist -c conf "$@"
	exits "$_status"
	one_line
	says "$_re"
	same_tree before out
}
snapshot out >before
echo 192.0.2.10 >>list
q=blacklist.feed.table.query
stays 75 'feed "table": .*(timeout|canceling)' \
    -o "$q=SELECT '192.0.2.1' AS net, pg_sleep(30)"
stays 78 'feed "table": .*no column.*net' -o "$q=SELECT reason FROM blacklist"
stays 78 'feed "table": .*permission denied' -o "$q=SELECT password AS net FROM users"
stays 78 'feed "table": ' -o "$q=DELETE FROM blacklist RETURNING net"
is "$(sql -At -c 'SELECT count(*) FROM blacklist')" 4 'the table is as it was'
# It fails when rows have come already.
stays 75 'feed "table": ' -o "$q=SELECT ('10.0.' || i / 256 || '.' || i % 256)
    AS net, 1 / (60000 - i) FROM generate_series(1, 65000) AS i"
stop_postgres
stays 75 'feed "table": .*connection'
run mailkeep-blacklist -c conf -o blacklist.feed.table.optional=yes --force
exits 75
one_line
is "$(cat out/b.plain)" '192.0.2.9/32
192.0.2.10/32' 'without an optional feed, when it is away'
done_testing
