# A clock more than clock-slack away from the last run, either way, or before
# any possible date, stops the run: nothing removed, no ledger, no time of a
# run; --force goes on.
. tests/e2e/lib.sh

TZ=UTC
export TZ
# The clock stands still, so that no second passes between two runs.
now=$(date +%s)
# days N: that time N days from now.
days()
{
	date -d "@$((now + $1 * 86400))" '+%F %T'
}

message home/.Trash/cur/1.M1P1.mx:2,S 1
message home/.Trash/cur/2.M2P2.mx:2,FS 1
message home/cur/3.M3P3.mx:2,S 1
echo 'mail-root = "home" safety { clock-slack = "30d" }
expire "trash" { folder = {"Trash"} older-than = "10d" }' >conf
at "$(days 0)" run mailkeep-expire -c conf
exits 0
silent
cp -a home tree
rm "$STATE/history.jsonl"
cp -a "$STATE" state

# stopped DAYS [OPTION ...]
stopped()
{
	_days=$1
	shift
	at "$(days "$_days")" run mailkeep-expire -c conf "$@"
	exits 75
	one_line
	says 'clock: it says [0-9-]+ [0-9:]+ UTC, .* the last run at '
	says '; nothing is done; .*--force'
	same_tree tree home
	is "$(grep -c '"status":75,"note":"clock: ' "$STATE/history.jsonl")" \
	    1 'the history tells of it'
	rm "$STATE/history.jsonl"
	same_tree state "$STATE"
}
stopped +365
says ', 365d after the last run'
stopped +31
stopped +365
stopped -31
says 'before the last run'
stopped -365 -v --no-progress -q
stopped +40 --user '*'
stopped +40 --folder Trash --older-than 10d
at '@1990-01-01 00:00:00' run mailkeep-expire -c conf
exits 75
says 'clock: it says 1990-01-01'
same_tree tree home
rm "$STATE/history.jsonl"
same_tree state "$STATE"
at "$(days +40)" run mailkeep-expire -c conf -n --list
exits 0
one_line
says 'a run without -n would stop here: clock: '
prints '^home/.Trash/cur/1.M1P1.mx:2,S$'
same_tree tree home
same_tree state "$STATE"
# A first run in 1990 has no last run to compare with.
rm -rf "${STATE:?}"/*
at '@1990-01-01 00:00:00' run mailkeep-expire -c conf
exits 75
same_tree tree home
is "$(ls "$STATE")" history.jsonl 'no state'
rm "$STATE/history.jsonl"
cp -a state/* "$STATE"

# Within the slack; a clock that went back makes nothing due.
at "$(days +29)" run mailkeep-expire -c conf -n --list
exits 0
is "$(cat "$ERR")" '' 'within the slack'
at "$(days -29)" run mailkeep-expire -c conf
exits 0
silent
holds home/.Trash/cur 1.M1P1.mx:2,S 2.M2P2.mx:2,FS
at "$(days -29)" run mailkeep-expire -c conf -o safety.clock-slack=1h
exits 0
at "$(days +0)" run mailkeep-expire -c conf
exits 0
at "$(days +365)" run mailkeep-expire -c conf --force
exits 0
silent
holds home/.Trash/cur 2.M2P2.mx:2,FS
holds home/cur 3.M3P3.mx:2,S
# That was a last run, too.
at "$(days +365)" run mailkeep-expire -c conf
exits 0
at "$(days +0)" run mailkeep-expire -c conf
exits 75
done_testing
