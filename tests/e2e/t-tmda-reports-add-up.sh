# The JSON report is valid and its sums agree, by section; metrics keep the time
# of the last success through a failure; -v tells of each message, -q of none;
# a run says nothing.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

queue first <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
	hold =1159377144.2 b@example.net alice@example.test
	hold =1159377144.3 good@example.net alice@example.test
	hold 1 c@example.net alice@example.test
	leftover =1159377144.4 C
	respond =1159377144.5 r@example.net
	respond 1 s@example.net
	list confirmed good@example.net
	cache
END
file first/pending/notes 1
file first/responses/notes 1
queue m maildir <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
END
cat >conf <<-'END'
	safety { max-percent = "100%" }
	tmda "we\"ird\\" { dir = "q" archive = "archive" }
	tmda "m" { dir = "m" rescue = "no" }
	tmda "none" { dir = "nowhere" }
END
cat >show.py <<-'END'
	import json, sys
	raw = open(sys.argv[1], "rb").read().decode("utf-8")
	lines = raw.splitlines()
	report = json.loads(lines[-1])
	total = report["total"]
	assert raw.endswith("}\n"), "a line each"
	assert report["program"] == "tmda"
	assert report["finished"] >= report["started"] > 1700000000
	for column in total:
	    assert total[column] == sum(
	        row[column] for row in report["queues"]), column
	def row(r):
	    return [r[k] for k in ("watched", "due", "removed", "archived",
	        "rescued", "released", "foreign", "vanished", "failed")]
	for r in report["queues"]:
	    print(r["queue"], *row(r))
	print(*[json.loads(line)["action"] for line in lines[:-1]])
	print(report["status"], report["dry_run"], report["note"])
END
cp -a first q
clock run mailkeep-tmda -c conf -n --json
exits 66
is "$(python3 show.py "$OUT")" 'we"ird\ 7 5 0 0 1 0 2 0 0
m 1 1 0 0 0 0 0 0 0
none 0 0 0 0 0 0 0 0 0
rescue
66 True None' '-n: the same, nothing removed'
clock run mailkeep-tmda -c conf --json
exits 66
is "$(python3 show.py "$OUT")" 'we"ird\ 7 5 4 3 1 0 2 0 0
m 1 1 1 0 0 0 0 0 0
none 0 0 0 0 0 0 0 0 0
rescue
66 False None' 'what was done'
is "$(python3 -c 'import json, sys
print(json.loads(open(sys.argv[1]).readlines()[-1])["total"]["removed_bytes"])
' "$OUT")" "$(cd first/pending && cat -- *.1.msg *.2.msg *3,C \
    ../../first/pending/*.1.msg | wc -c)" 'bytes'
sed -i '/none/d' conf

# -v and -q.
rm -rf q
cp -a first q
clock run mailkeep-tmda -c conf -v
exits 0
says '^mailkeep-tmda: removed q/pending/1159377144.1.msg: tmda "we"ird.", [0-9]+d old, archived$'
says 'removed q/responses/1159377144.5.r@example.net: tmda .*d old$'
is "$(grep -c ': removed ' "$ERR")" 4 'a line each'
says 'q/pending/notes: is none of TMDA.s files'
prints '^queue +watched +due +removed +removed_bytes +rescued +failed$'
prints '^total +'
is "$(awk 'length > 80' "$OUT")" '' '80 columns'
rm -rf q
cp -a first q
rm q/lists/confirmed
clock run mailkeep-tmda -c conf -q
exits 0
silent
rm -rf q
cp -a first q
rm q/lists/confirmed
clock run mailkeep-tmda -c conf
exits 0
silent

# Metrics.
rm -rf q
cp -a first q
clock run mailkeep-tmda -c conf --metrics m.prom
exits 0
# metric NAME: its line
metric()
{
	grep "^mailkeep_last_$1[ {]" m.prom
}
is "$(metric run_removed)" \
    'mailkeep_last_run_removed{program="tmda",queue="we\"ird\\"} 4
mailkeep_last_run_removed{program="tmda",queue="m"} 0' 'by section'
is "$(metric run_status)" 'mailkeep_last_run_status{program="tmda"} 0' 'status'
is "$(grep -c '^# HELP' m.prom)" "$(sed -n 's/^# HELP \([^ ]*\).*/\1/p' m.prom |
    sort -u | wc -l)" 'a HELP each'
success=$(metric success_timestamp_seconds)
ok 'the last success' [ -n "$success" ]
mv q gone
clock 60 run mailkeep-tmda -c conf --metrics m.prom
exits 66
is "$(metric success_timestamp_seconds)" "$success" \
    'the time of the last success stays'
is "$(metric run_status)" 'mailkeep_last_run_status{program="tmda"} 66' \
    'and the failure is told'
mv gone q
clock 120 run mailkeep-tmda -c conf -o "metrics=$PWD/m.prom"
exits 0
is "$(metric success_timestamp_seconds)" \
    "${success% *} $((${success##* } + 120))" 'and a later success'
done_testing
