# The metrics of the five programs, each file by itself and all as one, are what
# "promtool check metrics" has nothing to say about, with hostile names of
# rules, feeds, queues and logs; their values are those of --json.  A run of a
# part leaves the others' rows, and each part's last success is its own.
. tests/e2e/lib.sh

sh "$TOP/tests/sample-host.sh" host >/dev/null || _die 'no sample host'
rm -f host/state/history.jsonl
odd=$(printf 'o\\"dd\\\\ \303\251\377{x=\\"1\\"}')
cat >>host/mailkeep.conf <<-END
	expire "$odd" { folder = {"Sent"} older-than = "30d" age = "received" }
	expire "${odd}2" { folder = {"Nowhere"} older-than = "30d" }
	tmda "$odd" { dir = "$PWD/host/queue" }
END
cat >feed <<-END
	feed "$odd" { file = "$PWD/host/no" optional = yes }
END
sed -i '/^blacklist {/r feed' host/mailkeep.conf
cp -a host/mail/.tmda host/queue
log=$PWD/host/log/$(printf 'o"dd\\\377{}')
head -c 5000 /dev/zero | tr '\0' x >"$log"
printf '%s\t640 3 1 * ZN\n' "$log" >>host/newsyslog.conf

# check FILE: promtool has nothing to say
check()
{
	if command -v promtool >/dev/null; then
		_said=$(promtool check metrics <"$1" 2>&1)
		is "$? $_said" '0 ' "promtool about $1"
	else
		skip 'no promtool'
	fi
}

# The file is what --json says, row by row; what --json has of a byte that is
# no UTF-8 is U+FFFD there.
cat >same.py <<-'END'
	import json, re, sys
	o = json.loads(open(sys.argv[1]).read().splitlines()[-1])
	name, shown = o["program"], sys.argv[3]
	text = open(sys.argv[2], encoding="utf-8").read()
	got = {}
	for line in text.splitlines():
	    if line.startswith("#"):
	        continue
	    m = re.fullmatch(r'mailkeep_(\w+)\{program="(\w+)"(?:,(\w+)="'
	                     r'((?:[^"\\]|\\.)*)")?\} ([0-9.]+)', line)
	    assert m and m[2] == name, line
	    label = m[4] and re.sub(r"\\(.)", lambda e: {"n": "\n"}.get(e[1], e[1]),
	                            m[4])
	    assert m[3] in (None, shown), line
	    assert (m[1], label) not in got, line
	    got[m[1], label] = float(m[5])
	def clean(s):
	    return re.sub("[\ud800-\udfff]", "\ufffd", s)
	rows = {clean(row[shown]): row for row in o[shown + "s"]}
	want = {("last_run_timestamp_seconds", None): o["finished"],
	        ("last_run_duration_seconds", None): o["seconds"],
	        ("last_run_status", None): o["status"]}
	if o["status"] == 0:
	    want["last_success_timestamp_seconds", None] = o["finished"]
	sized = ("removed_bytes", "freed", "deleted_bytes", "junked_bytes")
	for label, row in rows.items():
	    if o["status"] == 0:
	        want["part_last_success_timestamp_seconds", label] = o["finished"]
	    for key, value in row.items():
	        if key != shown:
	            want["last_run_" + (key if key not in sized or "bytes" in key
	                 else key + "_bytes"), label] = value
	for key in o["total"]:
	    if key not in list(rows.values())[0]:
	        want["last_run_" + key, None] = o["total"][key]
	assert got == want, (set(got.items()) ^ set(want.items()))
	for key in ("removed", "deleted", "rotated"), ("failed",):
	    assert any("last_run_" + k == n for k in key for n, _ in got), key
	assert sum(o["total"].values()) > 0
	print(len(rows), any("\ufffd" in label for label in rows))
END
for each in expire:rule:6 blacklist:feed:4 spamscan:source:2 tmda:queue:2 \
    rotate:log:5; do
	program=${each%%:*} rest=${each#*:}
	set -- -c host/mailkeep.conf --json --metrics "$PWD/$program.prom"
	[ "$program" != rotate ] || [ "$(id -u)" = 0 ] || set -- -r "$@"
	run mailkeep-"$program" "$@"
	exits "$([ "$program" = blacklist ] && echo 66 || echo 0)"
	cp "$OUT" "$program.json"
	run python3 same.py "$program.json" "$program.prom" "${rest%:*}"
	exits 0
	prints "^${rest#*:} $([ "$program" = spamscan ] && echo False || echo True)$"
	check "$program.prom"
done

# All as node_exporter has them: a metric's lines together, under one HELP.
cat ./*.prom | awk '
	/^# HELP/ { name = $3; if (!(name in help)) { help[name] = $0; n++
	    order[n] = name } next }
	/^# TYPE/ { type[$3] = $0; next }
	{ lines[name] = lines[name] $0 "\n" }
	END { for (i = 1; i <= n; i++) printf "%s\n%s\n%s", help[order[i]],
	    type[order[i]], lines[order[i]] }' >all.prom
is "$(grep -v '^#' all.prom | sort | md5sum)" \
    "$(cat expire.prom blacklist.prom spamscan.prom tmda.prom rotate.prom |
    grep -v '^#' | sort | md5sum)" 'nothing is lost'
check all.prom
sed 's/^# HELP [^ ]*junked .*//; s/_bytes/_total/' all.prom >wrong
if command -v promtool >/dev/null; then
	ok 'what it would have something to say about' \
	    not sh -c 'promtool check metrics <wrong >/dev/null 2>&1'
else
	skip 'no promtool'
fi

# value METRIC RULE
value()
{
	sed -n "s/^mailkeep_$1{program=\"expire\",rule=\"$2\"} //p" expire.prom
}
# Two minutes later: the rule that has its turn so often, and fails, too.
first=$(value part_last_success_timestamp_seconds junk)
removed=$(value last_run_removed junk)
ok 'something was removed' [ "$removed" -gt 0 ]
ok 'it has a time' [ -n "$first" ]
at +2m run mailkeep-expire -c host/mailkeep.conf --rule stray --metrics \
    "$PWD/expire.prom"
exits 0
is "$(value part_last_success_timestamp_seconds junk)" "$first" 'as it was'
is "$(value last_run_removed junk)" "$removed" 'as it was'
is "$(value last_run_removed stray)" 0 'but its own'
ok 'its own success is later' \
    [ "$(value part_last_success_timestamp_seconds stray)" -gt "$first" ]
is "$(grep -c '^mailkeep_last_run_removed{' expire.prom)" 6 'six rules'
check expire.prom
at +31d run mailkeep-expire -c host/mailkeep.conf --metrics "$PWD/expire.prom"
exits 75
is "$(value part_last_success_timestamp_seconds junk)" "$first" \
    'the last success of what failed stays'
check expire.prom
# A rule that is no more goes with the next whole run.
sed -i '/Nowhere/d' host/mailkeep.conf
run mailkeep-expire -c host/mailkeep.conf --metrics "$PWD/expire.prom"
exits 0
is "$(grep -c '^mailkeep_part_last_success' expire.prom)" 5 'five rules'
check expire.prom

# As root a file in the place of /dev/null would be there for everybody.
mkfifo pipe
ln -s pipe link
for name in pipe link; do
	run mailkeep-expire -c host/mailkeep.conf --metrics "$PWD/$name"
	exits 65
	one_line
	says "metrics: .*/$name is no regular file"
done
ok 'the pipe is one still' test -p pipe
ok 'the link is one still' test -L link
done_testing
