# Each line of --json is valid, the sums agree with each other and with what
# was told of each message; the metrics keep the last success; under cron a run
# without trouble is silent.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
command -v python3 >/dev/null || skip_all 'needs python3'

sum=0
for user in example.test/alice 'we"ird/b\ob'; do
	box=tree/$user
	scored "$box/new/1.M1P1.mx,S=100" 15.3
	scored -d exim "$box/cur/2.M2P2.mx:2,S" 9.5
	scored "$box/cur/3.M3P3.mx:2,S" 1.0
	scored "$box/cur/4.M4P4.mx:2,S" -0.5
	scored "$box/cur/5.M5P5.mx,S=1000:2,S" 60.0
	size=$(wc -c <"$SCORED")
	sum=$((sum + size))
	scored "$box/cur/6.M6P6.mx:2,S" -
	scored -t 10 "$box/cur/7.M7P7.mx:2,S" 60.0
done
scored "tree/example.test/alice/cur/8.caf$(printf '\351')$(printf '\033'):2,S" \
    8.25
cat >conf <<'END'
mail-root = "home"
safety { max-percent = "100%" }
spamscan { limit = 7 delete-above = 50 trust "mx.example.test" { } }
END
cat >show.py <<'END'
import collections, json, sys
lines = open(sys.argv[1], "rb").read().decode("utf-8").splitlines()
objects = [json.loads(line) for line in lines]
report = objects.pop()
total = report["total"]
assert report["program"] == "spamscan"
assert report["finished"] >= report["started"] > 1700000000
for column in total:
    if column == "messages":
        assert not any(column in row for row in report["sources"])
        continue
    boxes = sum(row[column] for row in report.get("mailboxes", []))
    assert boxes == total[column], (column, boxes, total[column])
    if column in ("judged", "spam", "junked", "deleted", "deleted_bytes",
            "unscored", "waiting"):
        rows = sum(row[column] for row in report["sources"])
        assert rows == total[column], (column, rows, total[column])
told = collections.Counter(o["action"] for o in objects)
assert len(set(o["message"] for o in objects)) == len(objects)
if not report["dry_run"]:
    assert told["junk"] == total["junked"], told
    assert told["delete"] == total["deleted"], told
    assert sum(told.values()) == total["judged"], told
spam = [o for o in objects if o["score"] is not None and
    o["score"] >= o["limit"]]
if not report["dry_run"]:
    assert len(spam) == total["spam"], (len(spam), total)
def row(r):
    return [r[k] for k in ("judged", "spam", "junked", "deleted",
        "deleted_bytes", "unscored", "failed")]
print("total", total["messages"], *row(total))
for r in sorted(report["sources"], key=lambda r: r["source"]):
    print(r["source"], *row(r))
for r in sorted(report.get("mailboxes", []), key=lambda r: r["mailbox"]):
    print(r["mailbox"], *row(r))
print(report["status"], report["dry_run"], report["note"])
for o in sorted(objects, key=lambda o: o["message"]):
    if o["user"].startswith("alice"):
        print(o["message"].encode("ascii", "backslashreplace").decode().replace(
            "\033", "\\x1b"),
            o["score"], o["source"], o.get("dialect"), o["limit"], o["state"],
            o["action"], sep="|")
END
fresh()
{
	rm -rf home "${STATE:?}"/*
	cp -a tree home
}

fresh
run mailkeep-spamscan -c conf -n --json
exits 0
same_tree tree home
python3 show.py "$OUT" >dry
ok '-n: a report, too' grep -q '^0 True None$' dry
run mailkeep-spamscan -c conf --json
exits 0
is "$(cat "$ERR")" '' 'nothing on stderr'
python3 show.py "$OUT" >shown
is "$(head -n 1 shown)" "total 15 15 7 5 2 $sum 2 0" 'the total'
is "$(sed -n '2,5p' shown)" "header 11 7 5 2 $sum 0 0
none 4 0 0 0 0 2 0
example.test/alice 8 4 3 1 $((sum - size)) 1 0
we\"ird/b\\ob 7 3 2 1 $size 1 0" 'by source and by mailbox'
is "$(sed -n '6p' shown)" '0 False None' 'its end'
path=example.test/alice
is "$(sed '1,6d' shown)" "\
$path/cur/2.M2P2.mx:2,S|9.5|header|exim|7.0|scored by its header|junk
$path/cur/3.M3P3.mx:2,S|1.0|header|spamassassin|7.0|scored by its header|keep
$path/cur/4.M4P4.mx:2,S|-0.5|header|spamassassin|7.0|scored by its header|keep
$path/cur/5.M5P5.mx,S=1000:2,S|60.0|header|spamassassin|7.0|scored by its header|delete
$path/cur/6.M6P6.mx:2,S|None|none|None|7.0|without a score|keep
$path/cur/7.M7P7.mx:2,S|None|none|None|7.0|too old at first sight|keep
$path/cur/8.caf\\udce9\\x1b:2,S|8.2|header|spamassassin|7.0|scored by its header|junk
$path/new/1.M1P1.mx,S=100|15.3|header|spamassassin|7.0|scored by its header|junk" \
    'a line for each message'
run mailkeep-spamscan -c conf --json
exits 0
is "$(python3 show.py "$OUT" | head -n 1)" 'total 8 0 0 0 0 0 0 0' \
    'the second pass judges none'

# -v and -q; as cron runs it.
fresh
run mailkeep-spamscan -c conf -v
exits 0
prints '^source +judged +spam +junked +deleted '
prints '^header +11 +7 +5 +2 '
prints '^total +15 +7 +5 +2 '
is "$(awk 'length > 80' "$OUT")" '' 'the table has 80 columns'
for option in '' -q --no-progress; do
	fresh
	# shellcheck disable=SC2086	# none, or one
	run mailkeep-spamscan -c conf $option
	exits 0
	silent
	holds home/example.test/alice/.Junk/new 1.M1P1.mx,S=100
done

# Metrics.
last_success()
{
	grep -E '^mailkeep.*last_success[a-z_]*(\{[^}]*\})? ' m/spam.prom
}
mkdir m
fresh
run mailkeep-spamscan -c conf --metrics m/spam.prom
exits 0
silent
is "$(ls -A m)" spam.prom 'the file alone'
success=$(last_success)
ok 'it has the time of the last success' [ -n "$success" ]
ok 'and what was moved' grep -Eq '^mailkeep_last_run_junked.*source="header".* 5$' \
    m/spam.prom
ok 'and how many there are, once' [ "$(grep -c '^mailkeep_last_run_messages' \
    m/spam.prom)" = 1 ]
is "$(grep -v '^# ' m/spam.prom | grep -Evc \
    '^[a-z_]+(\{([a-z]+="[^"]*",?)*\})? -?[0-9.e+]+$')" 0 \
    'all lines are metrics'
is "$(grep -v '^#' m/spam.prom | cut -d ' ' -f 1 | sort | uniq -d)" '' \
    'none twice'
if command -v promtool >/dev/null; then
	ok 'promtool' promtool check metrics <m/spam.prom
fi
run mailkeep-spamscan -c missing --metrics m/spam.prom
exits 66
run mailkeep-spamscan -c conf -o mail-root=nowhere --metrics m/spam.prom
exits 66
is "$(last_success)" "$success" 'a failure keeps the last success'
ok 'and shows its status' grep -Eq '^mailkeep.*status.* 66$' m/spam.prom
# A problem by the way is one, too.
fresh
echo >home/example.test/alice/.Junk
run mailkeep-spamscan -c conf --json --metrics m/spam.prom
exits 65
one_line
ok 'the report says so' grep -q '"status":65' "$OUT"
ok 'and so do the metrics' grep -Eq '^mailkeep.*status.* 65$' m/spam.prom
rm home/example.test/alice/.Junk
at +1h run mailkeep-spamscan -c conf -o metrics=m/spam.prom
exits 0
ok 'a success is a new one' [ "$(last_success)" != "$success" ]
run mailkeep-spamscan -c conf --metrics no/such/spam.prom
ok 'a directory that is missing' [ "$STATUS" != 0 ]
one_line
says 'no/such'
done_testing
