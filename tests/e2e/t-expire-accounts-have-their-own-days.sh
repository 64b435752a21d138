# With accounts from PostgreSQL a mailbox without a row is left alone, and a
# row's own days, and its keep, count: in the decision, in the ledgers and the
# index, and when a plan is applied.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers postgres

start_postgres
sql -q -c "CREATE TABLE boxes (email text, maildir text, junk_days integer,
	trash_days integer, keep boolean);
    INSERT INTO boxes VALUES
	('alice@example.test', 'example.test/alice', 3, 20, false),
	('bob@example.test', 'example.test/bob', NULL, NULL, NULL),
	('carol@example.test', 'example.test/carol', -1, 0, false),
	('dave@example.test', 'example.test/dave', 1, 1, true),
	('frank@example.test', 'example.test/frank', 5, 15, false),
	('francis@example.test', 'example.test/frank/', 15, 5, false),
	('harry@example.test', 'example.test/harry', 3, NULL, false),
	('henry@example.test', 'example.test/harry', NULL, 15, false),
	('grace@elsewhere.test', 'g/home', NULL, 20, false),
	('nobody@example.test', 'example.test/nobody', 1, 1, false);
    GRANT SELECT ON boxes TO mailkeep"
cat >conf <<-END
	mail-root = "home"
	accounts {
	    source = "pgsql"
	    conninfo = "host=$PGHOST dbname=mail user=mailkeep"
	    query = "SELECT * FROM boxes"
	}
	expire "junk" { folder = {"Junk"} older-than = "10d" age = "received" }
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" }
	expire "lists" { folder = {"Lists"} max-messages = 1 age = "received" }
	expire "tmp" { tmp = yes older-than = "36h" }
	expire "stray" { path = "example.test/dave/stray" older-than = "1d"
	    age = "received" }
END
for box in example.test/alice example.test/bob example.test/carol \
    example.test/dave example.test/erin example.test/frank \
    example.test/harry g/home; do
	for age in 2 4 12 17 25; do
		message "tree/$box/.Junk/cur/$age.M1P1.mx:2,S" $age
		message "tree/$box/.Trash/cur/$age.M1P1.mx:2,S" $age
	done
	message "tree/$box/.Lists/cur/1.M1P1.mx:2,S" 2
	message "tree/$box/.Lists/cur/2.M1P1.mx:2,S" 3
	message "tree/$box/cur/1.M1P1.mx:2,S" 400
	# a leftover: its ctime is now, so the run that finds it is a later one
	message "tree/$box/tmp/1.M1P1.mx" 9
done
file tree/example.test/dave/stray/1.M1P1.mx 9

# fresh: the tree as it was, and no state
fresh()
{
	rm -rf home "${STATE:?}"/*
	cp -a tree home
}
# left DIR AGES: what is left there
left()
{
	_dir=$1 _left=
	for _age in $2; do
		_left="$_left $_age.M1P1.mx:2,S"
	done
	# shellcheck disable=SC2086	# words
	holds "home/$_dir/cur" $_left
}
# box NAME JUNK TRASH [LISTS]
box()
{
	left "$1/.Junk" "$2"
	left "$1/.Trash" "$3"
	[ $# -lt 4 ] || left "$1/.Lists" "$4"
	left "$1" 1
}
all='2 4 12 17 25'

# each: what a run at "+2d" or later leaves
each()
{
	box example.test/alice 2 '2 4 12 17' 1
	box example.test/bob '2 4' '2 4' 1
	box example.test/carol "$all" "$all" 1
	box example.test/dave "$all" "$all" '1 2'
	box example.test/erin "$all" "$all" '1 2'
	box example.test/frank '2 4 12' '2 4 12' 1
	# No number is the rule's ten days: the gentler of those.
	box example.test/harry '2 4' '2 4 12' 1
	box g/home '2 4' '2 4 12 17' 1
	holds home/example.test/dave/stray 1.M1P1.mx
}

fresh
run mailkeep-expire -c conf -n --list
exits 0
sort "$OUT" >would
at +3d run mailkeep-expire -c conf -n --list
exits 0
wc -l <"$OUT" >in-three-days
run mailkeep-expire -c conf --forecast 3 --json
exits 0
sed 's/"ages".*//' "$OUT" | grep -o '"messages":[0-9]*' |
    awk -F : '{ n += $2 } END { print n }' | diff in-three-days - >differs
ok "a forecast goes by the accounts, too: $(cat differs)" test ! -s differs
same_tree tree home
run mailkeep-expire -c conf
exits 0
silent
each
(cd tree && find . -type f) | sort >before
(cd home && find . -type f ! -name mailkeep.ledger) | sort >after
comm -23 before after | sed 's,^\.,home,' >gone
ok 'what went is what -n has shown' cmp would gone
same_tree tree/example.test/erin home/example.test/erin

run mailkeep-expire -c conf -v
exits 0
says '1 mailbox has no account and is left alone'
mkdir -p home/x/y/.Trash/cur home/x/y/.Trash/new home/x/y/.Trash/tmp
run mailkeep-expire -c conf -v
exits 0
says '2 mailboxes have no account and are left alone'
run mailkeep-expire -c conf -v
says '2 mailboxes have no account and are left alone'

# Leftovers in tmp, where ctimes count.
at +2d run mailkeep-expire -c conf --rule tmp
exits 0
silent
for box in example.test/alice example.test/bob example.test/carol \
    example.test/frank example.test/harry g/home; do
	holds "home/$box/tmp"
done
holds home/example.test/dave/tmp 1.M1P1.mx
holds home/example.test/erin/tmp 1.M1P1.mx

# --user: the address is the row's.
fresh
run mailkeep-expire -c conf --user grace@elsewhere.test
exits 0
box g/home '2 4' '2 4 12 17' 1
same_tree tree/example.test home/example.test
run mailkeep-expire -c conf --user 'fra*@example.test'
exits 0
box example.test/frank '2 4 12' '2 4 12' 1
same_tree tree/example.test/alice home/example.test/alice
run mailkeep-expire -c conf --user erin@example.test
exits 66
one_line
says 'none of the .* mailboxes has an account|nothing matched'
same_tree tree/example.test/erin home/example.test/erin

# A MAILDIR in the mail root has its account, one outside has none.
fresh
run mailkeep-expire -c conf home/example.test/dave home/example.test/alice
exits 0
box example.test/dave "$all" "$all" '1 2'
box example.test/alice 2 '2 4 12 17' 1
same_tree tree/example.test/bob home/example.test/bob
run mailkeep-expire -c conf home/example.test/erin
exits 66
one_line
says 'none of the 1 mailboxes has an account'
same_tree tree/example.test/erin home/example.test/erin

# A plan is asked again: keep, more days, no row.
fresh
run mailkeep-expire -c conf --plan plan
exits 0
ok 'the plan has lines' [ "$(wc -l <plan)" -gt 10 ]
sql -q -c "CREATE TABLE saved AS SELECT * FROM boxes;
    UPDATE boxes SET keep = true WHERE email LIKE 'alice@%';
    UPDATE boxes SET junk_days = 20, trash_days = 0 WHERE email LIKE 'bob@%';
    DELETE FROM boxes WHERE email LIKE 'grace@%'"
run mailkeep-expire -c conf --apply plan -n --list
exits 0
never_prints alice
never_prints grace
is "$(grep -c bob "$OUT")" 2 'one of Junk, and of Lists'
run mailkeep-expire -c conf --apply plan
exits 0
silent
box example.test/alice "$all" "$all" '1 2'
box example.test/bob '2 4 12 17' "$all" 1
box example.test/frank '2 4 12' '2 4 12' 1
box g/home "$all" "$all" '1 2'
sql -q -c "TRUNCATE boxes; INSERT INTO boxes SELECT * FROM saved"
# What goes by a path, too.
sql -q -c "UPDATE boxes SET keep = false WHERE email LIKE 'dave@%'"
rm -rf home/example.test/dave/cur home/example.test/dave/.[JTL]*
run mailkeep-expire -c conf --rule stray --plan plan
exits 0
is "$(wc -l <plan)" 2 'the stray file is due'
sql -q -c "UPDATE boxes SET keep = true WHERE email LIKE 'dave@%'"
run mailkeep-expire -c conf --apply plan
exits 0
holds home/example.test/dave/stray 1.M1P1.mx
run mailkeep-expire -c conf --rule stray
exits 0
silent
holds home/example.test/dave/stray 1.M1P1.mx
sql -q -c "UPDATE boxes SET keep = false WHERE email LIKE 'dave@%'"
run mailkeep-expire -c conf --rule stray
exits 0
holds home/example.test/dave/stray

# By the time in the folder: new days count with the next run, though ledger
# and index know the folder.
sed -e '/expire "stray"/,$d' -e 's/age = "received"//' conf >conf.ledger
fresh
for time in +1h +2h +3h; do
	at $time run mailkeep-expire -c conf.ledger
	exits 0
	silent
done
at +96h run mailkeep-expire -c conf.ledger	# Alice: 3 days
exits 0
box example.test/alice '' "$all"
box example.test/bob "$all" "$all"
sql -q -c "UPDATE boxes SET junk_days = 2 WHERE email LIKE 'bob@%'"
at +97h run mailkeep-expire -c conf.ledger
exits 0
silent
box example.test/bob '' "$all"
sql -q -c "UPDATE boxes SET trash_days = 18 WHERE email LIKE 'bob@%'"
at +11d run mailkeep-expire -c conf.ledger
exits 0
box example.test/bob '' "$all"
at +19d run mailkeep-expire -c conf.ledger
exits 0
box example.test/bob '' ''
# A row that comes: its mailbox is found.
sql -q -c "INSERT INTO boxes VALUES ('erin@example.test', 'example.test/erin')"
at +20d run mailkeep-expire -c conf.ledger
exits 0
box example.test/erin '' ''
# Kept, the ledger is kept true: what left and came back counts anew.
sql -q -c "UPDATE boxes SET keep = true WHERE email LIKE 'carol@%'"
for time in +21d +22d; do
	at $time run mailkeep-expire -c conf.ledger
	mv home/example.test/carol/.Trash/cur/2.M1P1.mx:2,S \
	    home/example.test/carol/cur/ 2>/dev/null
done
mv home/example.test/carol/cur/2.M1P1.mx:2,S \
    home/example.test/carol/.Trash/cur/
at +23d run mailkeep-expire -c conf.ledger
exits 0
box example.test/carol "$all" "$all"
sql -q -c "UPDATE boxes SET keep = false, trash_days = 5
    WHERE email LIKE 'carol@%'"
at +24d run mailkeep-expire -c conf.ledger
exits 0
box example.test/carol "$all" 2

# The sample's own table.
fresh
rm -r home/example.test/dave/stray
sql -q -c "UPDATE users SET junk_days = 20 WHERE username = 'alice';
    UPDATE users SET keep = true WHERE username = 'bob'"
run mailkeep-expire -c conf -o 'accounts.query=SELECT email, maildir,
    junk_days, trash_days, keep FROM users WHERE mail AND active'
exits 0
silent
box example.test/alice '2 4 12 17' '2 4' 1
box example.test/bob "$all" "$all" '1 2'
same_tree tree/example.test/carol home/example.test/carol

# No row can name a mailbox outside, so nobody is asked.
stop_postgres
cp -a tree/example.test/alice outside
run mailkeep-expire -c conf -v outside
exits 0
says 'accounts: not asked'
holds outside/.Junk/cur 2.M1P1.mx:2,S 4.M1P1.mx:2,S
done_testing
