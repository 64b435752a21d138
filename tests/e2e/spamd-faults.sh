# tests/e2e/spamd-faults.sh - a stand-in for spamd that can do wrong.
#
# After lib.sh: ". tests/e2e/spamd-faults.sh" ($TOP/tests/e2e/spamd-faults.sh,
# as lib.sh has changed the directory).
#
#   stand_in WORD		start it at ./socket, to do WORD to each
#				message, see spamd-faults.py; another WORD in
#				./mode changes that.  ./asked gets the user and
#				the subject of each message that it is sent
#   end_stand_in		end it; ./socket stays
#   configure [LINE ...]	./conf for it: source spamd, limit 5, timeout
#				1s; a LINE is put into the section spamscan
#   asks NAME FILE POINTS [LINE]
#				a message that it has POINTS for, with the
#				subject NAME and, in its header, LINE
#
# shellcheck shell=sh

_stand_in=''

stand_in()
{
	rm -f socket
	echo "$1" >mode
	: >asked
	trap - EXIT HUP INT TERM
	python3 "$TOP/tests/e2e/spamd-faults.py" "$PWD/socket" "$PWD/mode" \
	    "$PWD/asked" >"$SCRATCH/stand-in" 2>&1 </dev/null &
	_stand_in=$!
	_set_traps
	reap $_stand_in
	_tries=200
	until [ -S socket ]; do
		_tries=$((_tries - 1))
		[ $_tries != 0 ] || _die "stand_in: $(cat "$SCRATCH/stand-in")"
		sleep 0.05
	done
}

end_stand_in()
{
	_stop "$_stand_in"
	_forget "$_stand_in"
}

configure()
{
	{
		echo 'mail-root = "home"'
		echo 'spamscan { source = {"spamd"} limit = 5'
		echo "spamd { socket = \"$PWD/socket\" timeout = \"1s\" }"
		[ $# = 0 ] || printf '%s\n' "$@"
		echo '}'
	} >conf
}

asks()
{
	{
		printf 'Subject: %s\nX-Points: %s\n' "$1" "$3"
		[ $# -lt 4 ] || echo "$4"
		printf '\nThe body of %s.\n' "$1"
	} >"$SCRATCH/asks"
	message "$2" 0 "$SCRATCH/asks"
}
