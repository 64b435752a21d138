# tests/e2e/publish.sh - what tests of the blacklist's publication share: a
# configuration with all outputs, in the directory out.  After lib.sh.
#
#	$OUTPUTS	those that this build can write
#	$ORDER		as on-change is told of them
#	config [LINE ...]	write conf; LINEs go into blacklist { }
#	names		of the files of all outputs
#	look PATH ...	names, inodes, modes, owners, sizes, times
#	same NAME	look out and state are as in the file NAME
#	tidy		out holds the outputs and nothing else
#
# shellcheck shell=sh disable=SC2034,SC2154	# lib.sh has it; tests have it

mkdir out
chmod 755 . out
printf '%s\n' 192.0.2.1 198.51.100.0/24 2001:db8::/32 203.0.113.7 >feed
FIRST=192.0.2.1

OUTPUTS='cdb dbm hostlist text plain postfix nft rbldnsd'
echo "blacklist { dbm = \"$PWD/out/b.dbm\" }" >conf
run mailkeep-blacklist -c conf -n feed
if [ "$STATUS" = 78 ]; then
	OUTPUTS=${OUTPUTS%% dbm*}${OUTPUTS#* dbm}
fi
rm conf
ORDER=$(echo "$OUTPUTS hostlist" | sed 's/hostlist //')

config()
{
	{
		echo 'blacklist { never-private = no never-self = no'
		echo 'feed "one" { file = "feed" }'
		for _output in $OUTPUTS; do
			echo "$_output = \"$PWD/out/b.$_output\""
		done
		[ $# = 0 ] || printf '%s\n' "$@"
		echo '}'
	} >conf
}

names()
{
	for _output in $OUTPUTS; do
		echo "b.$_output"
	done
}

look()
{
	# An index may be marked and unmarked again; the history goes on.
	find "$@" \( -type d -printf '%p d %m\n' \) -o \
	    -name history.jsonl -o \
	    \( -name blacklist.index -printf '%p %y %i %m %U:%G %s\n' \) -o \
	    -printf '%p %y %i %m %U:%G %s %n %T@\n' | sort
}

same()
{
	look out "$STATE" >"$SCRATCH/now"
	if diff "$1" "$SCRATCH/now" >"$SCRATCH/diff"; then
		pass "$_what: no file is touched"
	else
		flunk "$_what: no file is touched"
		_show "difference (< before, > now)" "$SCRATCH/diff"
	fi
}

tidy()
{
	# shellcheck disable=SC2046	# names without blanks
	holds out $(names)
	ok "$_what: the state-dir has no litter" \
	    [ -z "$(find "$STATE" -name '.*')" ]
}

# What kill-blacklist.py wants, in the working directory.
killing()
{
	seq -f '10.1.0.%g' 1 2 99 >old
	echo "$FIRST" >>old
	sed 's/^10\.1/10.2/' old >new
	echo 192.0.2.77 >>new
	config "on-change = \"echo \$MAILKEEP_CHANGED >>$PWD/live/changed\"" \
	    'max-shrink = 100%'
	sed -i "s,\"feed\" },\"live/feed\" },; s,$PWD/out/,$PWD/live/out/," conf
	{
		echo "state-dir = \"$PWD/live/state\""
		echo "lock-dir = \"$PWD/live/lock\""
	} >>conf
	SANDBOX=
	[ "${MK_SANITIZE-}" = 1 ] && SANDBOX='-o sandbox=no'
	return 0
}
