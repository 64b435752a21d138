# The schema refuses what Exim or Mailkeep could not use, or would have to
# distrust; and its roles read what they need, and write nothing.  An earlier
# one becomes the same by the lines of etc/README.md.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers postgres

start_postgres

# constraint NAME VALUES: a row of users that NAME keeps out
constraint()
{
	sql -q -c "INSERT INTO users (username, email, maildir, mail)
	    VALUES ('new', $2)" >"$OUT" 2>"$ERR"
	is "$(sed -n 's/.*constraint "\(.*\)".*/\1/p' "$ERR" | head -n 1)" \
	    "$1" "refused: $2"
}

maildir()
{
	constraint "$1" "'new@example.test', $2, true"
}

maildir users_maildir_is_relative "''"
maildir users_maildir_is_relative "'/example.test/n'"
maildir users_maildir_is_relative "'example.test/n/'"
maildir users_maildir_is_relative "'example.test//n'"
maildir users_maildir_is_relative "'/'"
maildir users_maildir_is_relative "E'example.test/n\\x0ax'"
maildir users_maildir_is_relative "E'example.test/\\x01'"
maildir users_maildir_is_relative "E'example.test/\\x7f'"
maildir users_maildir_has_no_dots "'..'"
maildir users_maildir_has_no_dots "'../x'"
maildir users_maildir_has_no_dots "'example.test/../x'"
maildir users_maildir_has_no_dots "'example.test/..'"
maildir users_maildir_has_no_dots "'.'"
maildir users_maildir_has_no_dots "'./x'"
maildir users_maildir_has_no_dots "'example.test/alice/.Junk'"
maildir users_maildir_is_no_part_of_one "'example.test/alice/new'"
maildir users_maildir_is_no_part_of_one "'tmp'"
maildir users_maildir_key "'example.test/alice'"
maildir users_mail_has_a_place NULL
constraint users_email_key "'alice@example.test', 'example.test/n', true"
constraint users_mail_has_a_place "NULL, 'example.test/n', true"
constraint users_email_is_lower_case \
    "'New@example.test', 'example.test/n', true"
for email in new 'new+x@example.test' 'a b@example.test' @example.test \
    'a@b@c' 'new@Example.test' 'a/b@example.test' '.a@example.test' new@ ''; do
	constraint users_email_is_an_address "'$email', 'example.test/n', true"
done
constraint '' "'n.e-w_1@mx-1.example.test', 'example.test/new..x', true"
constraint users_username_key "'other@example.test', 'example.test/o', true"
is "$(sql -c "SELECT spamlimit, active, junk_days, trash_days, keep FROM users
    WHERE username = 'new'")" '7|t|||f' 'what a user is without more words'

# days COLUMN VALUE: the constraint that keeps it out
days()
{
	sql -q -c "UPDATE users SET $1 = $2 WHERE username = 'new'" 2>&1 |
	    sed -n 's/.*constraint "\(.*\)".*/\1/p'
}
for column in junk_days trash_days; do
	for value in -1 36501 2147483647; do
		is "$(days $column $value)" users_${column}_are_days \
		    "refused: $column = $value"
	done
	for value in 0 1 36500 NULL; do
		is "$(days $column $value)" '' "allowed: $column = $value"
	done
done
ok 'keep is yes or no' not sql -q -c \
    "UPDATE users SET keep = NULL WHERE username = 'new'" 2>/dev/null

for row in "'Info@example.test', 'x'" "'x+y@example.test', 'x'" \
    "'x@example.test', ''" "'x@example.test', E'a\\x0a|b'" \
    "'info@example.test', 'alice@example.test'"; do
	ok "an alias is refused: $row" not sql -q -c \
	    "INSERT INTO aliases VALUES ($row)" 2>/dev/null
done
for domain in Example.net '' . 'a b' "a\"'b" a..b; do
	ok "a domain is refused: $domain" not sql -q -v "domain=$domain" \
	    2>/dev/null <<-'SQL'
	\set ON_ERROR_STOP on
	INSERT INTO transport VALUES (:'domain', true);
	SQL
done

# denied ROLE STATEMENT
denied()
{
	sql -U "$1" -q -c 'SET default_transaction_read_only = off' -c "$2" \
	    >"$OUT" 2>"$ERR"
	is "$(sed -n 's/^ERROR:  permission denied.*/denied/p' "$ERR")" denied \
	    "$1 may not: $2"
}

for role in exim mailkeep; do
	for table in transport users aliases; do
		denied $role "DELETE FROM $table"
		denied $role "TRUNCATE $table"
	done
	denied $role "UPDATE users SET maildir = 'x'"
	denied $role "INSERT INTO aliases VALUES ('a@b', '|sh', 1)"
	denied $role 'SELECT password FROM users'
	denied $role 'SELECT * FROM users'
	denied $role 'CREATE TABLE x ()'
	ok "$role is no superuser" [ "$(sql -c "SELECT rolsuper OR
	    rolcreaterole OR rolcreatedb FROM pg_roles
	    WHERE rolname = '$role'")" = f ]
done
denied exim 'SELECT name FROM users'
is "$(sql -U exim -c "SELECT maildir FROM users
    WHERE email = 'alice@example.test' AND mail")" example.test/alice \
    'exim reads where mail goes'
is "$(sql -U mailkeep -c "SELECT email, maildir, spamlimit FROM users
    WHERE mail AND active AND username < 'c' ORDER BY email")" \
    'alice@example.test|example.test/alice|7
bob@example.test|example.test/bob|5' 'mailkeep reads limits, too'
is "$(sql -U mailkeep -c "SELECT username, spamlimit, junk_days, trash_days,
    keep FROM users WHERE mail AND active AND username > 'f' ORDER BY 1")" \
    'frank|0|||f
grace||||t
new|7|||f
obrien|12|30|0|f' 'and what else a user has to say'
denied exim 'SELECT keep FROM users'
sql -q -f "$TOP/etc/sql/schema.sql" >/dev/null 2>&1
is $? 3 'a second run of the schema fails'
is "$(sql -c 'SELECT count(*) FROM users')" 9 'and changes nothing'
"$_postgres_bin/createdb" -U postgres other
ok 'a second database takes it, with the same roles' \
    "$_postgres_bin/psql" -X -q -U postgres -d other \
    -f "$TOP/etc/sql/schema.sql"

# What was there before, and what its upgrade makes of it.
psql_in()
{
	_database=$1
	shift
	"$_postgres_bin/psql" -X -A -t -q -U postgres -d "$_database" "$@"
}
sed -e '/^\tjunk_days/d; /^\ttrash_days/d; /^\tkeep/d' \
    -e '/_days_are_days/,/36500)/d' \
    -e 's/maildir IS NOT NULL)),$/maildir IS NOT NULL))/' \
    -e 's/spamlimit, active,$/spamlimit, active)/' \
    -e 's/^    junk_days, trash_days, keep) ON/    ON/' \
    "$TOP/etc/sql/schema.sql" >earlier.sql
is "$(grep -v '^--' earlier.sql | grep -cE '_days|[[:space:]]keep[^_a-z]')" 0 \
    'the earlier schema has none of it'
sed -n '/ALTER TABLE users$/,/TO mailkeep;$/p' "$TOP/etc/README.md" >upgrade.sql
is "$(wc -l <upgrade.sql)" 7 'the lines of the upgrade'
for database in earlier now; do
	"$_postgres_bin/createdb" -U postgres $database
done
psql_in earlier -f earlier.sql
psql_in earlier -c "INSERT INTO users (username, spamlimit) VALUES ('x', 9)"
ok 'the earlier one is upgraded' psql_in earlier -v ON_ERROR_STOP=1 \
    -f upgrade.sql
is "$(psql_in earlier -c 'SELECT spamlimit, junk_days, trash_days, keep
    FROM users')" '9|||f' 'a user of it is who he was'
psql_in now -f "$TOP/etc/sql/schema.sql"
for database in earlier now; do
	"$_postgres_bin/pg_dump" -U postgres -s $database |
	    grep -v '^.\(un\)\{0,1\}restrict ' >$database.dump
done
ok 'and it is the same as a new one' diff earlier.dump now.dump
done_testing
