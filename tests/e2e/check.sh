# tests/e2e/check.sh - what mailkeep-check finds, a line each.
#
#   check [-u USER] AREA [OPTION ...]
#				run it with -c conf, as that account; $OUT is
#				then a line "SEVERITY PLACE: WHAT; ADVICE" for
#				each finding of AREA
#   finds RE			one of these lines matches
#   never_finds RE		none does
#
# shellcheck shell=sh

check()
{
	_user=''
	if [ "$1" = -u ]; then
		_user=$2
		shift 2
	fi
	_area=$1
	shift
	set -- mailkeep-check -c conf --json --only "$_area" "$@"
	if [ -n "$_user" ]; then
		as "$_user" run "$@"
	else
		run "$@"
	fi
	python3 -c '
import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    print(f["severity"], f["place"] + ": " + f["what"] + "; " + f["advice"])
' "$OUT" >found
	cat found >"$OUT"
}

finds()
{
	prints "$1"
}

never_finds()
{
	never_prints "$1"
}
