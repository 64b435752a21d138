# More than max-percent of the watched messages, and more than min-messages:
# nothing goes and no time of a run is written; --force goes on.  (The ledgers
# are: since when a message lies where it lies is true all the same.)
. tests/e2e/lib.sh

messages tree/alice/.Trash/cur 6 40
messages tree/alice/.Junk/cur 4 1
message tree/alice/cur/1.M1P1.mx:2,S 40
message tree/alice/tmp/1.M1P1.mx:2,S 40
message tree/alice/.Seen/cur/1.M1P1.mx:2,S 40
file tree/new/1.M1P1.mx 40
{
	echo 'mail-root = "home"'
	echo 'safety { max-percent = "50%" min-messages = 5 }'
	echo 'expire "old" { folder = {"Trash", "Junk"} older-than = "10d"
	    age = "received" }'
	echo 'expire "seen" { folder = {"Seen"} older-than = "10d" }'
} >conf

# braked [OPTION ...]: the run removes nothing and says so
braked()
{
	run mailkeep-expire -c conf "$@"
	exits 75
	one_line
	says "$says"
	same_tree -l tree home
	is "$(ls "$STATE")" history.jsonl 'no state'
	ok 'the history tells of it' \
	    grep -q '"status":75,"note":"brake: ' "$STATE/history.jsonl"
	rm "$STATE/history.jsonl"
}
# fresh: the tree as it was
fresh()
{
	rm -rf home "${STATE:?}"/*
	cp -a tree home
}
removed()
{
	exits 0
	silent
	holds home/alice/.Trash/cur
	is "$(find home/alice/.Junk/cur -type f | wc -l)" 4 'the young stay'
	holds home/alice/cur 1.M1P1.mx:2,S
}

says='brake: 6 of 11 watched messages \(54%\) are due, more than max-percent'
says="$says = 50%; nothing is removed; .*--force"
fresh
braked
braked -q
braked --threads 3
run mailkeep-expire -c conf -n --list
exits 0
one_line
says 'a run without -n would stop here: brake: 6 of 11'
is "$(wc -l <"$OUT")" 6 'but -n shows them'
same_tree -l tree home
run mailkeep-expire -c conf --json
exits 75
is "$(python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
print(report["status"], report["note"].split(":")[0],
    report["total"]["due"], report["total"]["removed"])' "$OUT")" \
    '75 brake 6 0' 'the JSON report says so'
same_tree -l tree home
run mailkeep-expire -c conf --force
removed

# The limits themselves do not stop a run.
fresh
run mailkeep-expire -c conf -o safety.max-percent=55%
removed
fresh
run mailkeep-expire -c conf -o safety.max-percent=54%
exits 75
same_tree -l tree home
run mailkeep-expire -c conf -o safety.min-messages=6
removed
fresh
says='brake: 6 of 11 .*, more than max-percent = 0%'
braked -o safety.max-percent=0%
says='brake: 6 of 10 watched messages \(60%\)'
braked --rule old

# A directory that is to go entirely, and tmp, is not what the brake minds.
echo 'expire "stray" { path = "new" older-than = "0s" }
expire "tmp" { tmp = yes older-than = "10d" age = "received" }' >>conf
says='brake: 6 of 11 watched messages \(54%\)'
braked
run mailkeep-expire -c conf -o safety.min-messages=6
removed
holds home/new
holds home/alice/tmp
cat >conf <<'END'
mail-root = "home"
safety { max-percent = "0%" min-messages = 0 }
expire "all" { folder = {"Trash"} older-than = "0s" }
END
# A folder that is to go entirely is minded all the same.
fresh
says='brake: 6 of 6 .*\(100%\)'
braked
run mailkeep-expire -c conf --force
removed

# A cap is minded.
cat >conf <<'END'
mail-root = "home"
safety { max-percent = "40%" min-messages = 2 }
expire "cap" { folder = {"Trash", "Junk"} max-messages = 3 age = "received" }
END
fresh
says='brake: 4 of 10 watched'
run mailkeep-expire -c conf
exits 0
is "$(find home/alice/.Trash/cur home/alice/.Junk/cur -type f | wc -l)" 6 \
    'three in each'
fresh
braked -o safety.max-percent=39%
done_testing
