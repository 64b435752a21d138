# What one user has moved to Junk another keeps, of the same mail: limits come
# from PostgreSQL, scores from what Exim wrote when it delivered.  NULL takes
# the configured limit, 0 is not scanned, and neither is who has no row; of two
# rows the gentler counts.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/spam.sh"
. "$TOP/tests/e2e/spamd-faults.sh"
need_servers exim postgres spamd cdb

mail_root home
start_postgres
start_spamd '--cf=body MK_EIGHT /eightpoints/' '--cf=score MK_EIGHT 8'
start_site_exim home "SPAMD == $SPAMD_SOCKET"
blacklist
sql -q -c "INSERT INTO users (email, username, maildir, mail, spamlimit, active)
    VALUES ('ivan@example.test', 'ivan', 'example.test/ivan', true, 5, false);
    ALTER TABLE users ADD COLUMN points numeric;
    GRANT SELECT (points) ON users TO mailkeep;
    UPDATE users SET points = spamlimit"
cat >conf <<END
mail-root = "home"
accounts { source = "pgsql" conninfo = "host=$PGHOST dbname=mail user=mailkeep" }
spamscan { source = {"header"} limit = 10 trust "mx.example.test" { } }
END

# mail SUBJECT BODY RECIPIENT ...: by SMTP, to each of them
mail()
{
	printf 'From: a@example.org\nTo: u@example.test\nMessage-ID: <%s@x>\n' \
	    "$1" >text
	printf 'Date: %s\nSubject: %s\n\n%s\n' "$(date -R)" "$1" "$2" >>text
	shift 2
	for _to; do
		send -s 127.0.0.9 bob@example.test "$_to@example.test" text ||
		    _die "send to $_to"
	done
}
# has USER FOLDER: the subjects there, in new and cur
has()
{
	find "home/example.test/$1${2:+/.$2}"/new \
	    "home/example.test/$1${2:+/.$2}"/cur -type f \
	    -exec sed -n '/^$/q; s/^Subject: //p' {} \; 2>/dev/null |
	    sort | tr '\n' ' '
}
# are WHAT USER=SUBJECTS ...: what is in Junk; and that nothing is lost
are()
{
	_claim=$1
	shift
	for _pair; do
		is "$(has "${_pair%%=*}" Junk)" "${_pair#*=}" \
		    "$_claim: Junk of ${_pair%%=*}"
	done
	is "$(for _u in alice bob obrien frank grace ivan; do
		{ has $_u ''; has $_u Junk; } | tr ' ' '\n' | sort |
		    tr '\n' ' ' | sed 's/^ //'
	    done)" "$all" "$_claim: all mail is there, once"
}

users="alice bob o'brien frank grace ivan"
# shellcheck disable=SC2086	# words
{
	mail eight 'this has eightpoints' $users
	mail gtube "$GTUBE" $users
	mail ham 'Shall we meet on Monday? I shall be there.' $users
}
all="$(for _ in $users; do printf 'eight gtube ham '; done)"
# The lower of the two that Exim writes: it rounds one, and cuts the other.
score=$(sed -n 's/^X-Spam_score_int: \(.*\)\(.\)$/\1.\2/p' \
    "$(grep -l '^Subject: eight' home/example.test/alice/new/*)")
ok "the score is between 8 and 10: $score" \
    awk "BEGIN { exit !($score >= 8 && $score < 10) }"
find home -name '*.mx*' -type f -exec md5sum {} + | sed 's/ .*//' |
    sort >sums
cp -a home home.was

scan()
{
	as "$MAIL_USER" run mailkeep-spamscan -c conf "$@"
	exits 0
	is "$(cat "$ERR")" '' 'it says nothing'
}
fresh()
{
	rm -rf home
	cp -a home.was home
	find "$STATE" -type f -exec rm {} +
}

scan
are 'the limits of the table' 'alice=eight gtube ' 'bob=eight gtube ' \
    'obrien=gtube ' 'frank=' 'grace=gtube ' 'ivan='
is "$(find home -name '*.mx*' -type f -exec md5sum {} + | sed 's/ .*//' |
    sort)" "$(cat sums)" 'every message is whole'
is "$(find home ! -user "$MAIL_USER")" '' "all is $MAIL_USER's"
for user in frank ivan; do
	is "$(find home/example.test/$user -name 'mailkeep*')" '' \
	    "$user: not looked at"
done
snapshot home >before
scan
same_tree -l before home

# NULL follows the configured limit.
scan -o spamscan.limit=8 --rescan
are 'a lower limit in the file' 'alice=eight gtube ' 'bob=eight gtube ' \
    'obrien=gtube ' 'frank=' 'grace=eight gtube ' 'ivan='
fresh
scan -o spamscan.limit=0
are 'none in the file' 'alice=eight gtube ' 'bob=eight gtube ' \
    'obrien=gtube ' 'frank=' 'grace=' 'ivan='

# A limit that changes counts from then on; one who gets a row is scanned.
fresh
scan
sql -q -c "UPDATE users SET spamlimit = 5 WHERE username IN ('frank');
    UPDATE users SET active = true WHERE username = 'ivan';
    UPDATE users SET spamlimit = 12 WHERE username = 'bob'"
scan
are 'after a change' 'bob=eight gtube ' 'frank=eight gtube ' 'ivan=eight gtube '
sql -q -c "UPDATE users SET spamlimit = 0 WHERE username IN ('frank');
    UPDATE users SET active = false WHERE username = 'ivan';
    UPDATE users SET spamlimit = 5 WHERE username = 'bob'"

# Two rows for one mailbox, in either order.
q=accounts.query
rows='SELECT email, maildir, spamlimit FROM users WHERE mail AND active'
# two VALUES BOB: what bob's Junk has, with further rows
two()
{
	for _query in "$rows UNION ALL VALUES $1" "VALUES $1 UNION ALL $rows"; do
		fresh
		scan -o "$q=SELECT v.column1 AS email, v.column2 AS maildir,
		    v.column3 AS spamlimit FROM ($_query)
		    AS v (column1, column2, column3)"
		are "$1" "bob=$2" 'alice=eight gtube ' 'obrien=gtube '
	done
}
two "('x@example.test', 'example.test/bob', 12)" 'gtube '
two "('x@example.test', 'example.test/bob/', 12)" 'gtube '
two "('x@example.test', 'example.test/bob', 2)" 'eight gtube '
two "('x@example.test', 'example.test/bob', NULL::integer)" 'gtube '
two "('x@example.test', 'example.test/bob', 0)" ''
two "('x@example.test', 'example.test/bob', -3)" ''

# Limits with decimals, from just below the score to just above.
by_points='SELECT email, maildir, points AS spamlimit FROM users WHERE mail'
sed -i "s/accounts {/accounts { query = \"$by_points AND active\"/" conf
fresh
sql -q -c "UPDATE users SET points = $score WHERE username = 'alice';
    UPDATE users SET points = $score + 0.01 WHERE username = 'bob';
    UPDATE users SET points = $score - 0.01 WHERE username = 'obrien';
    UPDATE users SET points = $score + 0.0001 WHERE username = 'grace'"
scan
are 'to the hundredth' 'alice=eight gtube ' 'bob=gtube ' \
    'obrien=eight gtube ' 'frank=' 'grace=gtube ' 'ivan='

# --user, by address; a mailbox without a row is no account of his.
fresh
scan --user "o'brien@example.test" --user 'ivan@*'
are '--user' 'alice=' 'bob=' 'obrien=eight gtube ' 'frank=' 'grace=' 'ivan='

# keep: nothing of it is deleted, however high its score.
fresh
scan -o "$q=SELECT email, maildir, spamlimit, username = 'alice' AS keep
    FROM users WHERE mail AND active" -o spamscan.delete-above=100
is "$(has alice Junk)" 'eight gtube ' 'keep: to Junk, and not deleted'
is "$(has bob Junk)" 'eight ' 'the same of another is'
is "$(has bob '')" 'ham ' 'deleted'

# The address of the row is what spamd is told.
stop_spamd
chmod 777 .
stand_in good
fresh
scan -o "$q=SELECT username || '+x@example.org' AS email, maildir, 5 AS spamlimit
    FROM users WHERE username IN ('alice', 'bob') UNION ALL
    SELECT 'second@example.test', 'example.test/bob', 5 UNION ALL
    SELECT 'two words', 'example.test/grace', 5" \
    -o spamscan.source=spamd -o "spamscan.spamd.socket=$PWD/socket"
is "$(sort asked | tr '\n' ';')" '- eight;- gtube;- ham;alice+x@example.org eight;alice+x@example.org gtube;alice+x@example.org ham;bob+x@example.org eight;bob+x@example.org gtube;bob+x@example.org ham;' \
    'the users, as spamd is told'
are 'by spamd, of one point each' 'alice=' 'bob='
end_stand_in
done_testing
