# A clock more than clock-slack away from the last run, either way, or before
# any possible date, stops the run: nothing rotated, made or compressed, no
# time of a run; --force goes on.
. tests/e2e/lib.sh

TZ=UTC
export TZ
root=
[ "$(id -u)" = 0 ] || root=-r
# The clock stands still, so that no second passes between two runs.
now=$(date +%s)
# days N: that time N days from now.
days()
{
	date -d "@$((now + $1 * 86400))" '+%F %T'
}
rotate()			# TIME [ARG ...]
{
	_time=$1
	shift
	# shellcheck disable=SC2086	# none or one
	at "$_time" run mailkeep-rotate -c conf $root "$@"
}

mkdir log
echo one >log/main
cat >newsyslog.conf <<END
$PWD/log/main		600 9 * 24 ZNB
$PWD/log/missing	600 9 * 24 CNB
END
cat >conf <<END
safety { clock-slack = "30d" }
rotate { file = {"$PWD/newsyslog.conf"} }
END
rotate "$(days 0)"
exits 0
silent
holds log main main.0.gz missing
# The kernel's clock, which stamps the state, goes on, and is not moved with
# ours.
touch -d "$(days 0)" "$STATE/rotate.state"
echo two >log/main
rm log/missing
cp -a log tree
# The lock's file says who had it last, the history that it was stopped.
state()
{
	snapshot "$STATE" | grep -v 'mailkeep-rotate\.lock\|history\.jsonl'
}
state >state

# stopped DAYS [OPTION ...]
stopped()
{
	_days=$1
	shift
	rotate "$(days "$_days")" "$@"
	exits 75
	one_line
	says 'clock: it says [0-9-]+ [0-9:]+ UTC, .* the last run at '
	says '--force'
	same_tree tree log
	state >after
	ok 'the state is as it was' cmp state after
	ok 'the history tells of it' \
	    sh -c 'tail -n 1 "$1" | grep -q "\"status\":75,\"note\":\"clock: "' \
	    - "$STATE/history.jsonl"
}
stopped +365
says ', 365d after the last run'
stopped +31
stopped -31
says 'before the last run'
stopped +40 -F
stopped +40 -C -v
rotate '@1990-01-01 00:00:00'
exits 75
says 'clock: it says 1990-01-01'
same_tree tree log

rotate "$(days +29)" -n
exits 0
same_tree tree log
rotate "$(days +365)" --force
exits 0
silent
holds log main main.0.gz main.1.gz missing
is "$(gzip -dc log/main.0.gz)" two 'rotated'
is "$(gzip -dc log/main.1.gz)" one 'once'
# That was a last run, too.
touch -d "$(days +365)" "$STATE/rotate.state"
echo three >log/main
rotate "$(days +366)"
exits 0
silent
holds log main main.0.gz main.1.gz main.2.gz missing missing.0
touch -d "$(days +366)" "$STATE/rotate.state"
rotate "$(days 0)"
exits 75
holds log main main.0.gz main.1.gz main.2.gz missing missing.0
done_testing
