# The schema refuses what Exim or Mailkeep could not use, or would have to
# distrust; and its roles read what they need, and write nothing.
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
is "$(sql -c "SELECT spamlimit, active FROM users WHERE username = 'new'")" \
    '7|t' 'what a user is without more words'

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
sql -q -f "$TOP/etc/sql/schema.sql" >/dev/null 2>&1
is $? 3 'a second run of the schema fails'
is "$(sql -c 'SELECT count(*) FROM users')" 7 'and changes nothing'
"$_postgres_bin/createdb" -U postgres other
ok 'a second database takes it, with the same roles' \
    "$_postgres_bin/psql" -X -q -U postgres -d other \
    -f "$TOP/etc/sql/schema.sql"
done_testing
