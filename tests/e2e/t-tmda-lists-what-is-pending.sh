# --list and --stats: the oldest first, what strangers have written made
# harmless, 80 columns on a terminal, exact ids; JSON that parses; --user,
# --queue and TMDADIR choose; nothing is changed, and no lock is waited for.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

long=$(awk 'BEGIN { for (i = 0; i < 500; i++) printf "x" }')
queue q <<END
	hold =1159383896.419 a@example.net alice@example.test One
	hold =1159383896.4198 b@example.net bob@example.test "Two \\\\e[2J\\\\x07\\\\x9b\\\\x7f"
	hold 20 good@example.net alice@example.test "tab\\\\tfold\\\\n\\\\tline\\\\n  two"
	hold 15 "x\\\\e]0;evil\\\\x07@example.net" erin@example.test "\\\\xff\\\\xfe caf\\\\xc3\\\\xa9"
	hold 2 $long@example.net $long@example.test "$long\\\\e[31m"
	hold 90s c@example.net "" ""
	hold =2000000000.7 "" bob@example.test "=?utf-8?q?caf=C3=A9?="
	leftover 20 C
	respond 15 r@example.net
	list confirmed good@example.net
END
printf 'Subject: bare\nSubject: second\n' >q/pending/1159383000.1.msg
: >q/pending/1159383001.2.msg
queue m maildir <<-'END'
	hold 3 m@example.net carol@example.test Three
	hold 1 m@example.net carol@example.test Four
END
sed -i 's/^X-TMDA-Recipient: a/X-TMDA-Recipient: A/' q/pending/*.4199.msg
cat >conf <<-'END'
	tmda "shared" { dir = "q" }
	tmda "m" { dir = "m" pending-lifetime = "2d" }
END
keep q
keep m
# A run that holds the lock is nothing to a question.
mkfifo go
(
	flock 9
	read -r _ <go
) 9<>"$LOCK/mailkeep-tmda.lock" &
reap $!

clock run mailkeep-tmda -c conf --list
exits 0
is "$(cat "$ERR")" '' 'nothing else is said'
is "$(wc -l <"$OUT")" 11 'a line each'
ok 'no byte that a terminal would act on' \
    not grep -q "$(printf '[\001-\010\013-\037\177]')" "$OUT"
is "$(cut -f 1 "$OUT" | head -n 4 | tr '\n' ' ')" \
    '1159383000.1 1159383001.2 1159383896.419 1159383896.4198 ' 'exact ids'
is "$(awk -F '\t' 'NF != 6' "$OUT")" '' 'six columns'
prints '1159383896.4198	[0-9]+d	due	b@example.net	bob@example.test	Two .x1B\[2J'
prints '	kept	good@example.net	Alice@example.test	tab.*fold.*line.*two$'
prints '	due	x.x1B\]0;evil.x07@example.net	erin@example.test	.xFF.xFE café$'
prints '	90s	13d	c@example.net		$'
prints '^2000000000.7	-[0-9]+d	[0-9]+d		bob@example.test	=\?utf'
prints '	3d	due	m@example.net	carol@example.test	Three$'
prints '	24h	24h	m@example.net	carol@example.test	Four$'
want q
want m

# A terminal, or what thinks it is one.
cat >terminal.py <<-'END'
	import os, pty, sys
	sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
END
[ "${MK_SANITIZE-}" = 1 ] && sandbox=no || sandbox=yes
(_become 0 python3 terminal.py mailkeep-tmda -c conf --list -o "sandbox=$sandbox" \
    -o "lock-dir=$LOCK" -o "state-dir=$STATE") >pty 2>err </dev/null
is $? 0 'on a terminal'
tr -d '\r' <pty >table
ok 'a head' grep -q '^id  *age  *left  *sender  *recipient  *subject' table
is "$(wc -l <table)" 12 'a line each, and the head'
is "$(python3 -c 'import sys
for line in open("table", encoding="utf-8", errors="surrogateescape"):
    if len(line.rstrip("\n")) > 80:
        print(line)')" '' 'no line is longer than 80 columns'
ok 'ids are whole' grep -q '^1159383896\.4198 ' table
ok 'what is cut shows it' grep -q 'x~' table
ok 'no number is cut' not grep -q '^[0-9.]* *-*[0-9dhms]*~' table

# JSON.
cat >rows.py <<-'END'
	import json, sys
	rows = [json.loads(line) for line in sys.stdin.buffer.read().decode(
	    "utf-8", "strict").splitlines()]
	print(eval(sys.argv[1]))
END
# json EXPRESSION WANT NAME: of the rows
json()
{
	is "$(python3 rows.py "$1" <"$OUT")" "$2" "$3"
}
clock run mailkeep-tmda -c conf --list --json
exits 0
json len\(rows\) 11 'an object each'
json '[r["id"] for r in rows][2:4]' "['1159383896.419', '1159383896.4198']" \
    'exact ids'
json 'sorted(set(type(r["due"]).__name__ + type(r["age_s"]).__name__
    for r in rows))' "['boolint']" 'types'
json '[(r["age_s"], r["left_s"]) for r in rows if r["sender"][0:1] == "c"]' \
    '[(90, 1209510)]' 'seconds'
json 'sorted(r["id"] for r in rows if r["listed"])' \
    "['$((NOW - 20 * 86400)).4199']" 'who is listed'
json 'sum(r["due"] for r in rows)' 7 'who is due'
json '[r["subject"].encode("utf-8", "surrogateescape") for r in rows
    if r["recipient"] == "erin@example.test"]' \
    "[b'\\xff\\xfe caf\\xc3\\xa9']" 'no byte is lost'
json '[len(r["subject"]) for r in rows if len(r["sender"]) > 400]' '[505]' \
    'nothing is cut'
json '[r["queue"] for r in rows].count("m")' 2 'of which section'
json 'all(__import__("os").path.exists(r["path"]) and r["size"] ==
    __import__("os").stat(r["path"]).st_size for r in rows)' True \
    'paths and sizes are true'

# --user: of a shared queue it is the recipient that counts.
clock run mailkeep-tmda -c conf --list --user alice@example.test
exits 0
is "$(cut -f 1,5 "$OUT" | tr '\t\n' '  ')" \
    '1159383896.419 alice@example.test ' 'for alice'
clock run mailkeep-tmda -c conf --list --user '*@example.test' --queue m
exits 0
is "$(wc -l <"$OUT")" 2 'a pattern, and one section'
clock run mailkeep-tmda -c conf --list --user bob@example.test \
    --user carol@example.test --json
json 'len(rows)' 4 'two patterns'
clock run mailkeep-tmda -c conf --list --user nobody@example.test
exits 66
one_line
says 'nothing pending is for --user$'
is "$(cat "$OUT")" '' 'nothing is shown'
clock run mailkeep-tmda -c conf --stats --user nobody@example.test
exits 66
clock run mailkeep-tmda -c conf -n --user nobody@example.test
exits 66
one_line
clock run mailkeep-tmda -c conf -n --user carol@example.test
exits 0
clock run mailkeep-tmda --list m q
exits 0
is "$(wc -l <"$OUT")" 11 'directories'
clock run mailkeep-tmda --list --older-than 1d m
prints '	due	m@example.net	carol'

# --stats
clock run mailkeep-tmda -c conf --stats
exits 0
is "$(cat "$ERR")" '' 'nothing else is said'
prints '^shared: 9 pending, 6 of them due, 1 of listed senders$'
prints '^m: 2 pending, 1 of them due, 0 of listed senders$'
prints '^ +2  alice@example.test, the oldest [0-9]+d$'
prints '^ +2  bob@example.test, the oldest [0-9]+d$'
prints '^ +3  \(for nobody\), the oldest'
prints '^ +2  carol@example.test, the oldest 3d$'
ok 'nothing that a terminal would act on' \
    not grep -q "$(printf '[\001-\010\013-\037\177]')" "$OUT"
clock run mailkeep-tmda -c conf --stats --json
exits 0
json '[(r["queue"], r["pending"], r["due"], r["listed"]) for r in rows]' \
    "[('shared', 9, 6, 1), ('m', 2, 1, 0)]" 'an object for each section'
json 'all(sum(a["pending"] for a in r["ages"]) + r["future"] == r["pending"] ==
    sum(x["pending"] for x in r["recipients"]) for r in rows)' True \
    'what adds up'
json '[a["pending"] for a in rows[0]["ages"]]' '[1, 1, 0, 0, 2, 0, 4]' 'ages'
json '[r["future"] for r in rows]' '[1, 0]' 'and what comes from tomorrow'
json '[x["pending"] for x in rows[0]["recipients"]]' '[3, 2, 2, 1, 1]' \
    'the one with most comes first'
clock run mailkeep-tmda -c conf --stats --queue m --user carol@example.test
exits 0
prints '^m: 2 pending'
never_prints shared
is "$(awk 'length > 80' "$OUT")" '' '80 columns'

# A queue without anything; one that is broken beside one that is not.
queue empty </dev/null
clock run mailkeep-tmda --list empty
exits 0
silent
clock run mailkeep-tmda --stats empty
exits 0
prints '^empty: 0 pending, 0 of them due'
clock run mailkeep-tmda --stats --list empty
exits 64
one_line
clock run mailkeep-tmda --list nowhere m
ok 'a status' [ "$STATUS" = 66 ]
one_line
says 'nowhere'
is "$(wc -l <"$OUT")" 2 'the other one is shown'
want q
want m
is "$(ls -A "$STATE")" '' 'no state is left'
if [ -c /dev/full ]; then
	for what in --list --stats; do
		(_become 0 mailkeep-tmda -c conf $what) >/dev/full 2>err
		is $? 75 "$what: standard output is full"
		is "$(wc -l <err)" 1 'one line'
	done
else
	skip 'needs /dev/full' 4
fi
echo >go
done_testing
