# tests/e2e/tmda.sh - queues of TMDA's, and a clock that stands still.  After
# lib.sh.
#
#   queue DIR [FORMAT]		a TMDA directory; then the lines on standard
#				input are commands of tmda-queue.py
#   clock [SECONDS] run ...	at $NOW, or so many seconds later; see at
#   keep DIR			remember how it is, for
#   whose DIR			the first letters of the senders of what is in it
#   want DIR FILE ...		asserts: as it was, but for these that are gone
#
# $NOW is 20 days ahead, and what tmda-queue.py makes is old as seen from there:
# the ctime of a file, which nobody can set, is 20 days old then, too.
#
# shellcheck shell=sh

TZ=UTC
NOW=$(($(date +%s) + 20 * 86400))
export TZ NOW

queue()
{
	{
		echo "init ${2:-original}"
		cat
	} | python3 "$TOP/tests/e2e/tmda-queue.py" "$1" batch >made ||
	    _die "queue $1"
}

clock()
{
	_later=0
	case $1 in
	[0-9+-]*)
		_later=$1
		shift ;;
	esac
	at "$(date -d "@$((NOW + _later))" '+%F %T')" "$@"
}

whose()
{
	find "$1" -type f -exec sed -n \
	    's/^Return-Path: <\(.\).*/\1/p' {} + | sort | tr -d '\n'
}

keep()
{
	mkdir -p before
	rm -rf "before/$1"
	cp -a "$1" "before/$1"
}

want()
{
	_dir=$1
	shift
	rm -rf wanted
	cp -a "before/$_dir" wanted
	for _gone; do
		rm "wanted/$_gone" || _die "want: $_gone"
	done
	same_tree wanted "$_dir"
}
