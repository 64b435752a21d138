# On a host where all is well mailkeep-check says nothing under cron, and with
# -v what it has looked at; it is told as JSON and metrics too; half of the
# parts can be absent; an ordinary user can ask; and nothing is changed.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check-host.sh"

sound_host
snapshot . >"$SCRATCH/before"
people
exits 0
silent
people -q --strict
exits 0
silent
people -n
exits 0
silent
people -v
exits 0
prints '^configuration$'
prints '^  ok +conf: is understood: rules 1, feeds 1,'
prints '^  ok +mailkeep-expire: is started by its timer'
prints '^no error, no warning'
never_prints 'ERROR|warning  '
ok 'no line is longer than 80 columns' not grep -Eq '^.{81}' "$OUT"
ok 'no colour where there is no terminal' \
    not grep -q "$(printf '\033')" "$OUT"
people --json
exits 0
is "$(wc -l <"$OUT")" 1 'the JSON is one line'
ok 'the JSON has what it should' python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d["program"] == "check" and d["version"], d
assert d["errors"] == d["warnings"] == d["status"] == 0, d
assert all(set(f) == {"severity", "area", "place", "what", "advice"}
    for f in d["findings"])
assert {f["area"] for f in d["findings"]} == {"configuration", "mail-root",
    "spamd", "newsyslog", "tmda", "schedule", "runs"}, d
' "$OUT"
snapshot . >"$SCRATCH/after"
same_tree "$SCRATCH/before" "$SCRATCH/after"

# Metrics, where they are asked for; else not even by the key.
people --metrics m.prom
exits 0
silent
ok 'the metrics count by severity' grep -Eq \
    '^mailkeep_last_run_findings\{program="check",severity="error"\} 0$' m.prom
people --metrics n.prom -n
exits 0
ok '-n writes no metrics' not test -e n.prom
mkdir prometheus
people -o metrics=prometheus
exits 0
holds prometheus
rm -rf m.prom prometheus

# By hand on a terminal: notes, a count, and colour unless NO_COLOR.
if command -v script >/dev/null; then
	run env TERM=xterm script -qec "mailkeep-check -c conf --only tmda \
	    -o state-dir=$PWD/state -o lock-dir=$PWD/lock -o sandbox=no" /dev/null
	prints 'no error, no warning'
	ok 'there is colour' grep -q "$(printf '\033')" "$OUT"
	run env TERM=xterm NO_COLOR=1 script -qec "mailkeep-check -c conf \
	    --only tmda -o state-dir=$PWD/state -o lock-dir=$PWD/lock \
	    -o sandbox=no" /dev/null
	prints 'no error, no warning'
	ok 'NO_COLOR takes it away' not grep -q "$(printf '\033')" "$OUT"
else
	skip 'there is no script(1)' 4
fi

# Without TMDA, logs, lists and spam there is less to look at, and no error.
cat >conf <<CONF
mail-root = "$PWD/mail"
owner = "$ME"
state-dir = "$PWD/state"
lock-dir = "$PWD/lock"
expire "trash" { folder = {"Trash"} older-than = "30d" }
rotate { state-dir = "$PWD/nowhere/rotate" }
CONF
rm -rf tmda log lists newsyslog.conf rstate
snapshot . >"$SCRATCH/before"
people
exits 0
silent
look
finds '^note tmda .*no section tmda'
never_finds '^(warning|error)'
: >conf
people -o owner="$ME" -o mail-root="$PWD/mail" -o state-dir="$PWD/state"
exits 0
silent
look -o owner="$ME" -o mail-root="$PWD/mail"
finds '^note configuration .*nothing is active'

# An ordinary user sees less, and says so.
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	sound_host
	chmod 700 root/var/spool/cron/crontabs tmda
	rm root/etc/systemd/system/timers.target.wants/mailkeep-expire.timer
	# shellcheck disable=SC2086	# words
	as nobody run mailkeep-check -c conf --root root --json $PARTS
	exits 0
	prints '"note","area":"schedule","place":"mailkeep-expire"'
	never_prints '"severity":"error"'
else
	skip 'needs root, and nobody' 3
fi
done_testing
