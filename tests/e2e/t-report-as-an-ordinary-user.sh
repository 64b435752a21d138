# An account that owns its mail gets its report; what it may not read fails in a
# line, or is noted, and the rest is told.  Root's logs are read by root before
# it becomes the owner, and no longer.
. tests/e2e/lib.sh
command -v jq >/dev/null || skip_all 'needs jq'
[ "$(id -u)" = 0 ] || skip_all 'needs root, to be somebody else'
id mail >/dev/null 2>&1 || skip_all 'needs the user mail'

message mail/alice/cur/1.M1P1.mx,S=1000:2,S 3
message mail/bob/cur/1.M1P1.mx,S=1000:2,S 3
mkdir log rotate
echo "$(date +%F) 00:00:00 mailkeep-blacklist: host=[192.0.2.1] listed: own:" \
    >log/mainlog
printf '{"program":"%s","started":%d,"finished":%d,"seconds":1.5,%s}\n' \
    rotate "$(date +%s)" "$(date +%s)" \
    '"status":0,"note":null,"total":{"rotated":5}' >rotate/history.jsonl
sed 's/rotate/expire/' rotate/history.jsonl >"$STATE/history.jsonl"
cat >conf <<-END
	mail-root = "$PWD/mail"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	rotate { state-dir = "$PWD/rotate" }
	report { exim-log = {"$PWD/log/mainlog"} }
	expire "trash" { folder = {"INBOX"} older-than = "1d"
	    age = "received" }
	blacklist { feed "own" { file = "$PWD/list" } cdb = "$PWD/cdb" }
END
chmod 755 .
chown -R mail mail "$STATE" "$LOCK"
chmod 600 log/mainlog rotate/history.jsonl
chmod 700 log
for program in expire spamscan tmda; do
	cp -p "$B/bin/mailkeep-$program" "$SCRATCH"
done

# Root, who becomes the owner: all of it.
run mailkeep-report -c conf --json -o owner=mail:mail
exits 0
is "$(jq -r '.hits.hosts, .space.messages,
    ([.runs.programs[].program] | join(" "))' "$OUT" | tr '\n' ' ')" \
    '1 2 expire rotate ' 'root sees logs and histories'
is "$(jq -r '[.forecast.rules[].night_messages[0]] | add' "$OUT")" 2 \
    'and has the others asked'

# The owner: what is his.
as mail run mailkeep-report -c conf --json
exits 75
one_line
says 'hits: .*/log/mainlog: Permission denied'
is "$(jq -r '.space.messages, ([.runs.programs[].program] | join(" ")),
    .hits.state' "$OUT" | tr '\n' ' ')" '2 expire failed ' \
    'the owner sees his own'
is "$(jq -r .runs.note "$OUT" | grep -c 'rotate.state-dir .*Permission')" 1 \
    'and that there is more'
chmod 755 log
as mail run mailkeep-report -c conf --json -o "report.exim-log=$PWD/log/m*"
exits 75
says 'hits: .*/log/mainlog: Permission denied'
chmod 700 log
as mail run mailkeep-report -c conf --json -o "report.exim-log=$PWD/log/m*"
exits 75
says 'hits: .*/log/m\*: Permission denied'

# Somebody else: nothing of the mail.
chmod 700 mail/alice mail/bob
as nobody run mailkeep-report -c conf --json
ok 'it is told what is missing' test "$STATUS" -ge 64
ok 'nothing is seen' test "$(jq -r '.space.messages // 0' "$OUT")" = 0
done_testing
