# A run is silent on success without a terminal, and with -q; -v says a line
# for each log and a table; --json is one object on one line, --metrics a file
# that Prometheus reads: their numbers are those of the tree, in -n too.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
logs=$PWD/logs
again()
{
	rm -rf logs
	rm -f "$STATE"/*
	mkdir logs
	for log in a b c; do
		echo line >logs/$log
	done
	for i in 0 1 2; do
		echo "generation $i" | gzip >logs/a.$i.gz
	done
	gone=$(stat -c %s logs/a.2.gz)
	mkdir logs/bad
}
cat >conf <<-END
	$logs/a 640 3 * * ZN
	$logs/b 640 3 * * JN
	$logs/c 640 3 400 * N
	$logs/new 640 3 * * CN
	$logs/bad 640 3 * * N
END
rotate()
{
	run mailkeep-rotate $r -f conf -F "$@"
}
# numbers WANT: of the object, in this order
numbers()
{
	is "$(wc -l <"$OUT")" 1 'one line'
	is "$(python3 -c 'import json, sys
o = json.load(open(sys.argv[1]))
t = o["total"]
print(o["program"], o["status"], o["dry_run"], *(t[k] for k in ("logs",
    "rotated", "created", "compressed", "waiting", "removed", "freed",
    "failed")))' "$OUT")" "$1" 'numbers'
}
again
rotate -n --json
exits 65
one_line
numbers "rotate 65 True 3 3 1 2 0 1 $gone 1"
holds logs a b c a.0.gz a.1.gz a.2.gz
rotate --json
exits 65
one_line
numbers "rotate 65 False 3 3 1 2 0 1 $gone 1"
holds logs a b c new a.0.gz a.1.gz a.2.gz b.0.bz2 c.0
ok 'and of each log' python3 -c '
import json, sys
o = json.load(open(sys.argv[1]))
logs, d = {row["log"]: row for row in o["logs"]}, sys.argv[2]
assert set(logs) == {d + "/a", d + "/b", d + "/c", d + "/new", d + "/bad"}
a, b, c = (logs[d + x] for x in ("/a", "/b", "/c"))
assert (a["rotated"], a["compressed"], a["removed"]) == (1, 1, 1), a
assert (b["rotated"], b["compressed"], b["removed"]) == (1, 1, 0), b
assert (c["rotated"], c["compressed"], c["removed"]) == (1, 0, 0), c
assert logs[d + "/new"]["created"] == 1
assert logs[d + "/bad"]["failed"] == 1' "$OUT" "$logs"

# Metrics; also of a run that failed, by the option and by the key.
sed -i '/bad/d' conf
metric()
{
	is "$(sed -n "s|^mailkeep_$1[^ ]* ||p" m.prom | head -n 1)" "$2" "$1: $2"
}
again
rotate --metrics m.prom
exits 0
silent
metric last_run_status 0
_re='^# (HELP|TYPE) mailkeep_'
_re="$_re"'|^mailkeep_[a-z_]+\{program="rotate"[^}]*\} [0-9.]+$'
is "$(grep -Evc "$_re" m.prom)" 0 'each line is one of Prometheus'
ok 'each log has its own' grep -q "log=\"$logs/a\"} 1$" m.prom
ok 'a dry run too' not cmp -s /dev/null m.prom
cp m.prom was
rotate --metrics m.prom -f nowhere
ok 'none, as the logs are not known, or its status' sh -c \
    'cmp -s was m.prom || grep -q "^mailkeep_last_run_status.* [1-9]" m.prom'

# -v, -q.
again
rotate -v
exits 0
is "$(grep -c ' --> trimming log$\| -> will create$' "$OUT")" 4 'a line each'
prints '^log +rotated .*compressed .*removed +freed +failed$'
prints "^total +3 .*2 .*1 +$gone B +0$"
says "logs/a\.0: is .*logs/a\.0\.gz now"
run mailkeep-rotate $r -f conf -v
exits 0
is "$(grep -c ' --> skipping$' "$OUT")" 4 'a line each'
again
rotate -q
exits 0
silent
holds logs a b c new a.0.gz a.1.gz a.2.gz b.0.bz2 c.0
rm -rf logs/c
mkdir logs/c
rotate -q
exits 65
one_line
is "$(cat "$OUT")" '' 'nothing on stdout'
# What is still written to counts as waiting.
again
exec 7>>logs/a
rotate --json -o rotate.compress-wait=0s
exits 0
numbers "rotate 0 False 3 3 1 1 1 1 $gone 0"
exec 7>&-
run mailkeep-rotate $r -f conf --json
numbers 'rotate 0 False 4 0 0 1 0 0 0 0'
holds logs a b c new a.0.gz a.1.gz a.2.gz b.0.bz2 c.0
done_testing
