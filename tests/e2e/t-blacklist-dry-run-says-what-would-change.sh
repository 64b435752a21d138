# -n says which prefixes would come and go, and how many of each feed; it
# writes nothing, and the run itself then does just that.
. tests/e2e/lib.sh

cat >conf <<'END'
blacklist {
	never-self = no  plain = "out/plain"  cdb = "out/cdb"  text = "out/text"
	feed "one" { file = "one" }
	feed "two" { file = "two" }
}
END
mkdir out
printf '192.0.2.1 a trap\n198.51.100.0/24\n' >one
printf '203.0.113.1\n2001:db8::/32 six\n' >two

# would LINE ...: -n prints these lines, and touches nothing
would()
{
	snapshot . >"$SCRATCH/before"
	snapshot "$STATE" >"$SCRATCH/before.state"
	run mailkeep-blacklist -c conf -n
	exits 0
	is "$(cat "$ERR")" '' 'no complaint'
	is "$(cat "$OUT")" "$(printf '%b\n' "$@")" "$_what: what would change"
	same_tree "$SCRATCH/before" .
	same_tree "$SCRATCH/before.state" "$STATE"
}

# counts FEED ADDED REMOVED PREFIXES ...: with -v and as JSON
counts()
{
	run mailkeep-blacklist -c conf -n -v
	exits 0
	prints '^dry run: nothing was changed$'
	run mailkeep-blacklist -c conf -n --json
	exits 0
	is "$(python3 -c 'if True:
		import json, sys
		said = json.load(open(sys.argv[1]))
		assert said["dry_run"]
		for feed in said["feeds"]:
		    print(*(feed[k] for k in
		        ("feed", "added", "removed", "prefixes")), end=" ")
		print(*(said["total"][k] for k in
		    ("added", "removed", "prefixes")))
	' "$OUT" 2>&1)" "$*" 'the counts of each feed, and all'
}

would '+192.0.2.1/32\tone: a trap' '+198.51.100.0/24\tone' \
    '+203.0.113.1/32\ttwo' '+2001:db8::/32\ttwo: six'
counts one 2 0 2 two 2 0 2 4 0 4
is "$(ls out)" '' 'nothing is published'
run mailkeep-blacklist -c conf
exits 0
silent
is "$(cat out/plain)" \
    "$(printf '%s\n' 192.0.2.1/32 198.51.100.0/24 203.0.113.1/32 \
    2001:db8::/32)" \
    'now it is'

# Nothing new.
would ''
counts one 0 0 2 two 0 0 2 0 0 4
# One comes, one goes, one is cut.
printf '192.0.2.1 another reason\n198.51.100.0/25\n' >one
printf '203.0.113.7\n2001:db8::/32 six\n' >two
would '-198.51.100.128/25\tone' '-203.0.113.1/32\ttwo' '+203.0.113.7/32\ttwo'
counts one 0 1 2 two 1 1 2 1 2 4
run mailkeep-blacklist -c conf -n -q
exits 0
silent
run mailkeep-blacklist -c conf
exits 0
silent
is "$(cat out/plain)" \
    "$(printf '%s\n' 192.0.2.1/32 198.51.100.0/25 203.0.113.7/32 \
    2001:db8::/32)" \
    'the run does what was said'
is "$(cdb -q out/cdb 192.0.2.1/32)" 'one: another reason' 'a reason, too'
would ''

# What a run would refuse, -n refuses, and shows it nevertheless.
printf '192.0.2.1\n' >one
printf '203.0.113.7\n' >two
run mailkeep-blacklist -c conf -n -o blacklist.max-shrink=10%
exits 75
says 'would shrink from 4 prefixes to 2, .*; nothing is published; look with -n'
is "$(cat "$OUT")" \
    "$(printf -- '-198.51.100.0/25\tone\n-2001:db8::/32\ttwo: six')" \
    'what would go'
printf '192.0.2.1\n10.1\n' >one
run mailkeep-blacklist -c conf -n
exits 65
says 'one:2: rejected: '
run mailkeep-blacklist -c conf -n --strict
exits 65
says 'with --strict nothing is published'
is "$(cat out/plain)" \
    "$(printf '%s\n' 192.0.2.1/32 198.51.100.0/25 203.0.113.7/32 \
    2001:db8::/32)" \
    'the list stays'

# Without a configuration: against nothing, all of it is new.
run mailkeep-blacklist -o blacklist.never-self=no -n two
exits 0
is "$(cat "$OUT")" "$(printf '+203.0.113.7/32\ttwo')" 'a file by itself'
done_testing
