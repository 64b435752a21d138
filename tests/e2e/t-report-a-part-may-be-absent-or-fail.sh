# Half of the parts absent is no failure, and each says what to set.  One that
# fails - a program that is missing, or that says no, a mail root that is not
# there - is told of in one line, the exit status is 75, and the report is made
# of the others all the same.
. tests/e2e/lib.sh
command -v jq >/dev/null || skip_all 'needs jq'

message mail/alice/cur/1.M1P1.mx,S=1000:2,S 3
cat >conf <<-END
	mail-root = "$PWD/mail"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	rotate { state-dir = "$STATE" }
	report { exim-log = {"$PWD/log/*"} }
END
states()
{
	jq -r 'to_entries | map(select(.value | type == "object")) |
	    map("\(.key)=\(.value.state)") | join(" ")' "$OUT"
}

# ---- a host with mail, and nothing else
run mailkeep-report -c conf --json
exits 0
ok 'and says nothing' test ! -s "$ERR"
is "$(states)" 'space=told forecast=absent score=absent hits=absent pending=absent runs=absent quota=absent strangers=absent' 'one part is told'
is "$(jq -r '[.[] | select(type == "object") | .why // empty] | length' \
    "$OUT")" 7 'each of the others says why'
for why in 'section expire' 'spamscan \{ trust' 'report\.exim-log' \
    'section tmda' 'state-dir' 'maildirsize' 'source = ..pgsql'; do
	prints "$why"
done
run mailkeep-report -c conf
exits 0
prints '</html>'
run mailkeep-report -c conf --text
exits 0
never_prints '<html'

# ---- a new host, whose mailboxes have no Trash yet
{ cat conf; echo 'expire "trash" { folder = {"Trash"} older-than = "10d" }'; } \
    >new.conf
run mailkeep-report -c new.conf --json
exits 0
is "$(cat "$ERR")" '' 'a new host: nothing on stderr'
prints '"forecast":\{"state":"absent","why":"[^"]*nothing matched'

# ---- all configured, and nothing there
cat >>conf <<-END
	expire "trash" { folder = {"Trash"} older-than = "10d" }
	spamscan { trust "mx.example.test" { dialect = {"exim"} } }
	tmda "shared" { dir = "$PWD/mail/.tmda" }
	blacklist { feed "own" { file = "$PWD/list" } cdb = "$PWD/cdb" }
END
mkdir log
echo '2026-11-23 05:00:00 Start queue run: pid=1' >log/mainlog
run mailkeep-report -c conf --json
exits 75
is "$(wc -l <"$ERR")" "$(jq '[.[] | select(type == "object") |
    select(.state == "failed")] | length' "$OUT")" 'a line each failed part'
says '^mailkeep-report: pending: mailkeep-tmda ended with status 66: .*\.tmda'
is "$(states | grep -o 'space=[a-z]* \|pending=[a-z]*\|hits=[a-z]*')" \
    'space=told 
hits=told
pending=failed' 'the others are told'
prints 'logwrite'
run mailkeep-report -c conf --output page
exits 75
ok 'the page is made' grep -q '</html>' page

# ---- programs that are not there: it was put somewhere alone
mkdir alone
cp "$B/bin/mailkeep-report" alone
# Not by the name that lib.sh knows: it has to be told of LeakSanitizer.
unconfined=
[ "${MK_SANITIZE-}" != 1 ] || unconfined='-o sandbox=no '
alone()
{
	# shellcheck disable=SC2086	# words
	run alone/mailkeep-report -c conf $unconfined "$@" --json
}
alone
exits 75
is "$(states | grep -o '[a-z]*=failed' | tr '\n' ' ')" \
    'forecast=failed score=failed pending=failed ' 'three had to be asked'
says '^mailkeep-report: forecast: .*alone/mailkeep-expire.*No such file'
is "$(wc -l <"$ERR")" 3 'three lines'

# One beside it that answers what is no answer, nothing, or too much.
for answer in 'echo nonsense' 'echo {}' : 'echo "{\"nights\":[]}"' \
    'yes "{}" | head -c 20000000' 'echo why not >&2; exit 69' 'kill -9 $$'; do
	printf '#!/bin/sh\n%s\n' "$answer" >alone/mailkeep-expire
	chmod 755 alone/mailkeep-expire
	alone
	exits 75
	is "$(jq -r .forecast.state "$OUT")" failed "$answer"
	is "$(jq -r .space.state "$OUT")" told 'the space is told'
done
# One that answers, and complains.
cat >alone/mailkeep-expire <<'END'
#!/bin/sh
echo 'mailkeep-expire: accounts: row 3 is none' >&2
printf '{"nights":[%s],"ages":{"days":[1,3,7,14,30,90,365],"rules":[]}}\n' \
    '{"at":1},{"at":2},{"at":3},{"at":4},{"at":5},{"at":6},{"at":7}'
printf '%s\n' "$@" >asked
exit 65
END
alone -o threads=1 -o "lock-dir=$LOCK"
is "$(jq -r '.forecast | "\(.state): \(.note)"' "$OUT")" \
    'told: mailkeep-expire ended with status 65: accounts: row 3 is none' \
    'a complaint is a note'
is "$(tr '\n' ' ' <asked)" "-c conf ${unconfined}-o threads=1 \
-o lock-dir=$LOCK --forecast 7 --json " 'it is asked with our -c and -o'

# ---- no mail root
rm -rf mail
run mailkeep-report -c conf --json
exits 75
says '^mailkeep-report: space: mail-root: .*/mail: No such file'
says '^mailkeep-report: quota: mail-root: '
mkdir -p mail/none
run mailkeep-report -c conf --json
exits 75
says '^mailkeep-report: space: .*/mail: no mailbox found'

# ---- a history that is none
mkdir "$STATE/history.jsonl"
run mailkeep-report -c conf --json
says '^mailkeep-report: runs: state-dir .*history.jsonl'
rmdir "$STATE/history.jsonl"

# ---- the command line
for args in 'mail' '--metrics m' '--json --text' '--output /tmp/' '--output='; do
	# shellcheck disable=SC2086	# words
	run mailkeep-report -c conf $args
	exits 64
	one_line
done
ok 'nothing is written' test ! -e m
echo 'report { exim-log = {"log/*"} }' >wrong
run mailkeep-report -c wrong --json
exits 78
one_line
says 'wrong:1: .*exim-log: "log/\*" is no absolute path'
never_prints .
done_testing
