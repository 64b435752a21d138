# The JSON report is valid and its sums agree, by rule and by mailbox; metrics
# keep the time of the last success through a failure; -v tells of each
# message, -q of none.
. tests/e2e/lib.sh

for user in example.org/alice 'we"ird/b\ob'; do
	message "tree/$user/.Trash/cur/1.M1P1.mx,S=100:2,S" 40
	message "tree/$user/.Trash/cur/2.M2P2.mx,S=1000:2,FS" 40
	message "tree/$user/.Trash/new/3.M3P3.mx,S=10000" 2
	message "tree/$user/.Junk/new/4.M4P4.mx,S=100000" 40
	message "tree/$user/.Junk/new/5.M5P5.mx,S=100000" 1
done
printf 'x' >"tree/example.org/alice/.Junk/cur/6.M6P6.caf$(printf '\351'):2,S"
cat >conf <<'END'
mail-root = "home"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
expire "junk" { folder = {"Junk"} older-than = "10d" age = "received"
    unread = no }
expire "mine" { folder = {"Junk"} older-than = "10d" age = "received"
    account = {"*alice"} archive = "archive" }
END
cat >show.py <<'END'
import json, sys
raw = open(sys.argv[1], "rb").read().decode("utf-8")
report = json.loads(raw)
total = report["total"]
assert raw.endswith("}\n"), "one line"
assert report["program"] == "expire"
assert report["finished"] >= report["started"] > 1700000000
for column in total:
    rules = sum(row[column] for row in report["rules"])
    boxes = sum(row[column] for row in report["mailboxes"])
    assert boxes == total[column], (column, boxes, total[column])
    if column != "watched":
        assert rules == total[column], (column, rules, total[column])
def row(r):
    return [r[k] for k in ("watched", "due", "removed", "removed_bytes",
        "archived", "kept_flagged", "kept_unread", "failed")]
print("total", *row(total))
for r in report["rules"]:
    print(r["rule"], *row(r))
for r in sorted(report["mailboxes"], key=lambda r: r["mailbox"]):
    print(r["mailbox"], *row(r))
print(report["status"], report["dry_run"], report["note"])
END
cp -a tree home

run mailkeep-expire -c conf -n --json
exits 0
same_tree tree home
is "$(python3 show.py "$OUT" | tail -n 1)" '0 True None' '-n: a JSON report'
run mailkeep-expire -c conf --json
exits 0
is "$(cat "$ERR")" '' 'nothing on stderr'
python3 show.py "$OUT" >shown
is "$(cat shown)" 'total 11 3 3 100200 1 2 4 0
trash 6 2 2 200 0 2 0 0
junk 5 0 0 0 0 0 4 0
mine 3 1 1 100000 1 0 0 0
example.org/alice 6 2 2 100100 1 1 2 0
we"ird/b\ob 5 1 1 100 0 1 2 0
0 False None' 'what was done, by rule and by mailbox'
run mailkeep-expire -c conf --json
exits 0
python3 show.py "$OUT" >shown
is "$(cut -d ' ' -f 1-4 shown | head -n 4)" 'total 8 0 0
trash 4 0 0
junk 4 0 0
mine 2 0 0' 'and by the second pass'

# -v and -q.
rm -rf home
cp -a tree home
run mailkeep-expire -c conf -v
exits 0
removed='^mailkeep-expire: removed home/example.org/alice'
says "$removed"'/.Trash/cur/1.M1P1.mx,S=100:2,S: rule "trash", 40d since '
says "$removed"'/.Junk/new/4.M4P4.mx,S=100000: rule "mine", 40d since received$'
is "$(grep -c ': removed ' "$ERR")" 3 'an audit line for each'
prints '^rule +due +removed +removed_bytes +failed$'
prints '^trash +2 +2 +200 B +0$'
prints '^total +3 +3 +97.9 KiB +0$'
is "$(awk 'length > 80' "$OUT")" '' 'the table has 80 columns'
rm -rf home
cp -a tree home
run mailkeep-expire -c conf -q
exits 0
silent
holds home/example.org/alice/.Trash/cur 2.M2P2.mx,S=1000:2,FS
holds home/example.org/alice/.Trash/new 3.M3P3.mx,S=10000

# Metrics.
last_success()
{
	grep -E '^mailkeep.*last_success[a-z_]*(\{[^}]*\})? ' m/expire.prom
}
mkdir m
rm -rf home
cp -a tree home
run mailkeep-expire -c conf --metrics m/expire.prom
exits 0
silent
is "$(ls -A m)" expire.prom 'the file alone'
success=$(last_success)
ok 'it has the time of the last success' [ -n "$success" ]
ok 'and what was removed' grep -Eq '^mailkeep.*removed.*rule="trash".* 2$' \
    m/expire.prom
is "$(grep -v '^# ' m/expire.prom | grep -Evc \
    '^[a-z_]+(\{([a-z]+="[^"]*",?)*\})? -?[0-9.e+]+$')" 0 \
    'all lines are metrics'
is "$(grep -v '^#' m/expire.prom | cut -d ' ' -f 1 | sort | uniq -d)" '' \
    'none twice'
cp m/expire.prom first
run mailkeep-expire -c conf -n --metrics m/expire.prom
exits 0
ok '-n leaves the metrics' cmp first m/expire.prom
at +31d run mailkeep-expire -c conf --metrics m/expire.prom
exits 75
is "$(last_success)" "$success" 'a failure keeps the last success'
ok 'and shows its status' grep -Eq '^mailkeep.*status.* 75$' m/expire.prom
at +1h run mailkeep-expire -c conf -o metrics=m/expire.prom
exits 0
ok 'a success is a new one' [ "$(last_success)" != "$success" ]
run mailkeep-expire -c conf --metrics no/such/expire.prom
ok 'a directory that is missing' [ "$STATUS" != 0 ]
one_line
says 'no/such'
done_testing
