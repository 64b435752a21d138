# The command on-change runs once after each publication, told which outputs
# are new; one that fails is an error, and owed until it succeeds.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
cat >hook <<-'END'
	#!/bin/sh
	echo "$MAILKEEP_CHANGED" >>changed
	cat out/b.text >seen
	echo 'to stdout'
	[ ! -e fail ] || echo 'it is down' >&2
	[ ! -e fail ]
END
chmod +x hook
config 'on-change = "./hook"'

# told TEXT
told()
{
	is "$(cat changed 2>&1)" "$1" "$_what: on-change is told once: $1"
	rm -f changed
}
untold()
{
	ok "$_what: on-change is not run" [ ! -e changed ]
}

run mailkeep-blacklist -c conf -n
exits 0
untold
run mailkeep-blacklist -c conf --print plain
exits 0
untold
run mailkeep-blacklist -c conf
exits 0
silent
told "$ORDER"
ok 'what it reads is new' cmp -s seen out/b.text
run mailkeep-blacklist -c conf
silent
untold
rm out/b.text out/b.nft
run mailkeep-blacklist -c conf
silent
told 'text nft'
for option in --force --json '--metrics m.prom' --strict; do
	# shellcheck disable=SC2086	# an option and its value
	run mailkeep-blacklist -c conf $option
	exits 0
	untold
done
run mailkeep-blacklist -c conf --why "$FIRST"
exits 0
untold

# It fails: said, and the list is published all the same.
echo 192.0.2.99 >>feed
touch fail
run mailkeep-blacklist -c conf
exits 75
is "$(cat "$ERR")" "it is down
mailkeep-blacklist: on-change: ./hook: exit status 1" 'what is said'
told "${ORDER% hostlist}"
ok 'the list is published' grep -q '192\.0\.2\.99' out/b.text
tidy
run mailkeep-blacklist -c conf --why 192.0.2.99
exits 0
untold
for i in 1 2; do
	look out >before
	run mailkeep-blacklist -c conf
	exits 75
	says 'exit status 1'
	told "$ORDER"
	look out >now
	ok "round $i: nothing is published again" cmp before now
done
run mailkeep-blacklist -c conf -n
exits 0
untold
run mailkeep-blacklist -c conf --json
exits 75
told "$ORDER"
ok 'the report has its status' grep -q '"status": *75' "$OUT"
rm fail
run mailkeep-blacklist -c conf
exits 0
silent
told "$ORDER"
run mailkeep-blacklist -c conf
exits 0
untold

# Owed, a new prefix length in the host list even, and more is published: once,
# and of all, or the daemon would never hear of that length.
touch fail
printf '%s\n' 192.0.2.101 5.6.0.0/17 >>feed
run mailkeep-blacklist -c conf
exits 75
told "$ORDER"
rm fail
echo 192.0.2.103 >>feed
run mailkeep-blacklist -c conf
exits 0
told "$ORDER"
run mailkeep-blacklist -c conf
untold

# Nothing is published: nothing is told.
echo rubbish >feed
run mailkeep-blacklist -c conf
exits 65
untold

# Ways to end.
printf '%s\n' 192.0.2.1 192.0.2.99 192.0.2.101 192.0.2.103 >feed
config 'on-change = "kill -9 $$"'
run mailkeep-blacklist -c conf --force
exits 75
says 'on-change: kill -9 \$\$: killed by signal 9'
config 'on-change = "no/such/program"'
run mailkeep-blacklist -c conf
exits 75
says 'on-change: no/such/program: exit status 127'
config 'on-change = "sleep 3 >/dev/null 2>&1 &"'
run mailkeep-blacklist -c conf
exits 0
silent

# It is run with the rights of who started the program, and unconfined.
if [ "$(id -u)" = 0 ]; then
	mkdir "$SCRATCH/elsewhere"
	chown nobody out out/* "$STATE" "$STATE"/* "$LOCK" "$LOCK"/*.lock
	config "on-change = \"id -u >$SCRATCH/elsewhere/id\"" 'reader = "mail"'
	echo 192.0.2.105 >>feed
	run mailkeep-blacklist -c conf -o owner=nobody
	exits 0
	silent
	is "$(cat "$SCRATCH/elsewhere/id")" 0 'it runs as root'
	is "$(stat -c %U out/b.cdb)" nobody 'the list is the owner'\''s'
else
	skip 'not root' 4
fi
done_testing
