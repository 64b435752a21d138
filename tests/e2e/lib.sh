# tests/e2e/lib.sh - what an end-to-end test is written with.
#
# A test is a sh script, run from the top of the tree by "prove -e sh", that
# begins with ". tests/e2e/lib.sh" and ends with "done_testing".  It finds
# itself in an empty directory of its own, with the programs of ${B:-build}
# first in PATH; the directory, and what the test left running, go when it
# ends.  Each assertion is one TAP test; one that fails says what it wanted
# and what it got.  An AGE is "40" (days) or "40d", "36h", "5m", "7s"; "-2d"
# lies in the future.
#
#   message PATH AGE [TEXT]	a message, its folder and its mailbox; TEXT is
#				a file, also one such as "ham/001.eml" of
#				tests/data/corpus; a name with ,S=N without
#				TEXT gets exactly N bytes
#   messages DIR N AGE		N empty ones named 1700000000.M<i>P1.mx:2,S
#   file PATH AGE [TEXT]	a file and the directories above it, no more
#   run PROG [ARG ...]		run to the end; then $STATUS, and the files
#				$OUT and $ERR
#   start PROG [ARG ...]	in the background, $PID; one at a time
#   finish			wait for it; then as after run
#   at TIME run ...		with the clock elsewhere: "+11d", "-400d" or
#				"@2038-01-19 03:14:00"; the times of files
#				stay what they are
#   as USER run ...		as that account; as ourselves if not root
#   small_disk DIR SIZE		mount one, "200k"; false where not allowed
#   snapshot DIR		what same_tree compares, as text
#   reap PID			a process to be ended with the test
#
#   exits N, silent, one_line	status; no output at all; stderr is one line
#   says RE, never_says RE	stderr; extended regular expressions
#   prints RE, never_prints RE	stdout
#   holds DIR [NAME ...]	DIR has exactly these entries beside its
#				directories, mailkeep.ledger and dovecot*
#   same_tree [-l] A B		names, types, owners, modes, sizes, contents,
#				link counts, and mtimes save of directories;
#				-l: without the mailkeep.ledger files; A or B
#				may be a file that snapshot wrote
#   ok NAME CMD [ARG ...]	CMD succeeds; "not CMD ..." fails
#   is GOT WANT NAME		two strings are the same
#   skip REASON [N]		in place of N assertions
#   skip_all REASON		in place of the test; before any assertion
#   done_testing		the plan, and the end
#
# mailkeep programs get a state-dir and a lock-dir outside the test's
# directory ($STATE, $LOCK) unless the arguments or the -c file name some, so
# that no test writes into the host's.
#
# Environment: B; MK_SANITIZE=1 (run without the sandbox: LeakSanitizer needs
# /proc); MK_WRAP="valgrind -q" (put before the programs); MK_TIMEOUT
# (seconds a run may take); MK_KEEP=1 (leave the directory behind, say where).
#
# shellcheck shell=sh

set -u
LC_ALL=C
export LC_ALL
unset CDPATH ENV
umask 022

TOP=$(pwd)
VALGRIND_OPTS="--suppressions=$TOP/tests/e2e/valgrind.supp ${VALGRIND_OPTS-}"
export VALGRIND_OPTS
case ${B:=build} in
/*)	;;
*)	B=$TOP/$B ;;
esac
PATH=$B/bin:$PATH:/usr/sbin:/sbin
export PATH

_newline='
'
_tests=0 _failed=0 _done=no _kids='' _mounts='' _at='' _as='' _what=nothing

_die()
{
	echo "Bail out! $0: $*"
	exit 1
}

[ -f "$TOP/tests/e2e/lib.sh" ] ||
    _die 'run it from the top of the tree: prove -e sh tests/e2e/...'
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/mailkeep-e2e.XXXXXX") ||
    _die 'no scratch directory'

_end()
{
	_status=$?
	trap '' HUP INT TERM
	for _kid in $_kids; do
		_stop "$_kid"
	done
	cd / || exit 1
	for _mount in $_mounts; do
		umount "$_mount"
	done
	if [ -n "${MK_KEEP-}" ]; then
		echo "# kept: $SCRATCH" >&2
	else
		chmod -R u+rwX "$SCRATCH" 2>/dev/null
		rm -rf "$SCRATCH"
	fi
	if [ "$_done" = no ] && [ "$_status" = 0 ]; then
		echo "# $0 ended without done_testing" >&2
		_status=1
	fi
	exit "$_status"
}

_set_traps()
{
	trap _end EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}
_set_traps

# End a process: ask, wait five seconds, insist.
_stop()
{
	kill "$1" 2>/dev/null || return 0
	for _i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.25
	done
	kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}

OUT=$SCRATCH/stdout ERR=$SCRATCH/stderr STATE=$SCRATCH/state LOCK=$SCRATCH/lock
STATUS=0 PID=
: >"$OUT"
: >"$ERR"
mkdir "$SCRATCH/test" "$STATE" "$LOCK"
chmod 755 "$SCRATCH"
cd "$SCRATCH/test" || exit 1

# ---- making things

_seconds()
{
	case $1 in
	*d)	echo $((${1%d} * 86400)) ;;
	*h)	echo $((${1%h} * 3600)) ;;
	*m)	echo $((${1%m} * 60)) ;;
	*s)	echo $((${1%s})) ;;
	*)	echo $(($1 * 86400)) ;;
	esac
}

_touch_date()
{
	echo "@$(($(date +%s) - $(_seconds "$1")))"
}

file()
{
	case $1 in
	*/*)	mkdir -p -- "${1%/*}" ;;
	esac || _die "file: $1"
	if [ $# -lt 3 ]; then
		_fill "${1##*/}" >"$1"
	elif [ -f "$3" ]; then
		cat -- "$3" >"$1"
	else
		cat -- "$TOP/tests/data/corpus/$3" >"$1"
	fi || _die "file: $1"
	touch -d "$(_touch_date "$2")" -- "$1" || _die "file: $1"
}

# A text as long as a file of the name $1 should be.
_fill()
{
	_size=${1#*,S=}
	if [ "$_size" = "$1" ]; then
		printf 'From: a@example.org\nTo: b@example.test\n'
		printf 'Subject: test\n\nA message.\n'
	else
		{
			printf 'From: a@example.org\nTo: b@example.test\n\n'
			yes 'What the name says is what the file holds.'
		} 2>/dev/null | head -c "${_size%%[!0-9]*}"
	fi
}

# The three directories of a folder and, above a Maildir++ one, of its mailbox.
_folder()
{
	mkdir -p -- "$1/cur" "$1/new" "$1/tmp" || _die "mkdir $1"
	case ${1##*/} in
	. | ..)	;;
	.*)
		case $1 in
		*/*)	_folder "${1%/*}" ;;
		*)	_folder . ;;
		esac ;;
	esac
}

message()
{
	case ./$1 in
	*/cur/* | */new/* | */tmp/*) ;;
	*)	_die "message: $1 is not in cur, new or tmp" ;;
	esac
	_dir=./$1
	_dir=${_dir%/*}
	_folder "${_dir%/*}"
	file "$@"
}

messages()
{
	_folder "${1%/*}"
	awk -v dir="$1" -v n="$2" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "%s/1700000000.M%dP1.mx:2,S\n", dir, i
	}' | xargs -d '\n' touch -d "$(_touch_date "$3")" -- ||
	    _die "messages: $1"
}

small_disk()
{
	mkdir -p -- "$1" && mount -t tmpfs -o "size=$2,mode=755" mailkeep-test \
	    "$1" 2>/dev/null || return 1
	_mounts="$(cd "$1" && pwd) $_mounts"
}

reap()
{
	_kids="$1 $_kids"
}

# Its number may be another's soon.
_forget()
{
	_others=
	for _kid in $_kids; do
		[ "$_kid" = "$1" ] || _others="$_others $_kid"
	done
	_kids=$_others
}

# ---- running things

# Does an argument, or a file after -c, set the host-wide key $1?
_names_key()
{
	_key=$1 _previous=
	shift
	for _arg; do
		case $_previous$_arg in
		-o"$_key="*)	return 0 ;;
		-c*)	sed 's/#.*//' "$_arg" 2>/dev/null | grep -Eq \
			    "(^|[;[:blank:]])${_key}[[:blank:]]*=" && return 0 ;;
		esac
		_previous=$_arg
	done
	return 1
}

# Become the program; only ever called in a subshell.
_become()
{
	_limit=$1 _prog=$2
	shift 2
	case $_prog in
	mailkeep-*)
		[ "${MK_SANITIZE-}" = 1 ] && set -- -o sandbox=no "$@"
		[ "$_prog" != mailkeep-rotate ] ||
		    _names_key 'rotate.state-dir' "$@" ||
		    set -- -o "rotate.state-dir=$STATE" "$@"
		_names_key lock-dir "$@" || set -- -o "lock-dir=$LOCK" "$@"
		_names_key state-dir "$@" || set -- -o "state-dir=$STATE" "$@"
		;;
	esac
	if [ -n "$_as" ] && [ -x "$B/bin/$_prog" ]; then
		# the tree may lie where the account cannot go
		cp -p "$B/bin/$_prog" "$SCRATCH/$_prog" &&
		    _prog=$SCRATCH/$_prog
	fi
	set -- "$_prog" "$@"
	# shellcheck disable=SC2086	# a command and its options
	[ -n "${MK_WRAP-}" ] && set -- $MK_WRAP "$@"
	if [ -n "$_at" ]; then
		set -- LD_PRELOAD="$_at_lib" FAKETIME="$_at" "$@"
		set -- NO_FAKE_STAT=1 FAKE_UTIME=0 "$@"
		set -- FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"
		set -- ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}$_at_asan" "$@"
		set -- env "$@"
	fi
	if [ -n "$_as" ] && [ "$(id -u)" = 0 ]; then
		set -- --clear-groups -- "$@"
		set -- --reuid="$_as" --regid="$(id -g "$_as")" "$@"
		set -- setpriv "$@"
	fi
	[ "$_limit" = 0 ] || set -- timeout -k 5 "$_limit" "$@"
	exec "$@"
}

run()
{
	_what=$*
	(_become "${MK_TIMEOUT:-120}" "$@") >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}

start()
{
	_started=$*
	trap - EXIT HUP INT TERM	# a signal may come before the exec
	_become 0 "$@" >"$SCRATCH/started.out" 2>"$SCRATCH/started.err" \
	    </dev/null &
	PID=$!
	_set_traps
	reap "$PID"
}

finish()
{
	wait "$PID" 2>/dev/null
	STATUS=$?
	_forget "$PID"
	_what=$_started
	[ -f "$SCRATCH/started.err" ] || : >"$SCRATCH/started.err"
	[ -f "$SCRATCH/started.out" ] || : >"$SCRATCH/started.out"
	cp "$SCRATCH/started.out" "$OUT"
	cp "$SCRATCH/started.err" "$ERR"
}

# The wrapper faketime(1) is of no use here: it needs /dev/shm, which the
# sandbox takes away.
# With clang's AddressSanitizer (not with gcc's) libfaketime hangs.
_at_asan=verify_asan_link_order=0
at()
{
	for _at_lib in /usr/lib/*/faketime/libfaketimeMT.so.1; do
		:
	done
	[ -f "$_at_lib" ] || _die 'at: install libfaketime (make deps-test)'
	_at=$1
	shift
	case $1 in
	run | start | as) "$@" ;;
	*)	(_become 0 "$@") ;;
	esac
	_at_status=$?
	_at=
	return $_at_status
}

as()
{
	_as=$1
	shift
	[ "$(id -u)" = 0 ] && chown "$_as" "$STATE" "$LOCK"
	case $1 in
	run | start | at) "$@" ;;
	*)	(_become 0 "$@") ;;
	esac
	_as_status=$?
	_as=
	return $_as_status
}

# ---- asserting things

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /' >&2
}

_quote()
{
	printf '%s' "$*" | tr '\n#' ' .'
}

pass()
{
	_tests=$((_tests + 1))
	echo "ok $_tests - $(_quote "$*")"
}

flunk()
{
	_tests=$((_tests + 1)) _failed=$((_failed + 1))
	echo "not ok $_tests - $(_quote "$*")"
	diag "failed in $0: $*"
}

# The start of a captured file, for a failed assertion.
_show()
{
	if [ -s "$2" ]; then
		diag "$1:"
		head -n 20 "$2" | cat -v | sed 's/^/#   /' >&2
	else
		diag "$1: empty"
	fi
}

ok()
{
	_name=$1
	shift
	if "$@"; then
		pass "$_name"
	else
		_rc=$?
		flunk "$_name"
		diag "status $_rc from: $*"
	fi
}

not()
{
	! "$@"
}

is()
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		flunk "$3"
		diag "want: $2"
		diag "got:  $1"
	fi
}

exits()
{
	if [ "$STATUS" = "$1" ]; then
		pass "$_what: exits $1"
	else
		flunk "$_what: exits $1"
		diag "want: status $1"
		diag "got:  status $STATUS"
		_show stderr "$ERR"
		_show stdout "$OUT"
	fi
}

silent()
{
	if [ -s "$OUT" ] || [ -s "$ERR" ]; then
		flunk "$_what: silent"
		diag 'want: no output'
		_show stderr "$ERR"
		_show stdout "$OUT"
	else
		pass "$_what: silent"
	fi
}

one_line()
{
	if [ "$(wc -l <"$ERR")" -eq 1 ] && [ -z "$(tail -c 1 "$ERR")" ]; then
		pass "$_what: one line on stderr"
	else
		flunk "$_what: one line on stderr"
		_show stderr "$ERR"
	fi
}

# _matches yes|no CLAIM FILE RE
_matches()
{
	grep -Eq -e "$4" "$3"
	case $1-$? in
	yes-0 | no-1)
		pass "$_what: $2 $4" ;;
	*)
		flunk "$_what: $2 $4"
		_show "${3##*/}" "$3" ;;
	esac
}

says()		{ _matches yes says "$ERR" "$1"; }
never_says()	{ _matches no 'never says' "$ERR" "$1"; }
prints()	{ _matches yes prints "$OUT" "$1"; }
never_prints()	{ _matches no 'never prints' "$OUT" "$1"; }

holds()
{
	_dir=$1 _wrong=
	shift
	[ -d "$_dir" ] || _wrong="no directory $_dir"
	for _entry in "$_dir"/* "$_dir"/.[!.]* "$_dir"/..?*; do
		[ -e "$_entry" ] || [ -L "$_entry" ] || continue
		[ -d "$_entry" ] && [ ! -L "$_entry" ] && continue
		_base=${_entry##*/}
		for _name; do
			[ "$_name" = "$_base" ] && continue 2
		done
		case $_base in
		mailkeep.ledger | dovecot*) continue ;;
		esac
		_wrong="$_wrong${_newline}too many: $_base"
	done
	for _name; do
		[ -e "$_dir/$_name" ] || [ -L "$_dir/$_name" ] ||
		    _wrong="$_wrong${_newline}missing:  $_name"
	done
	if [ -z "$_wrong" ]; then
		pass "$_dir holds $# files"
	else
		flunk "$_dir holds $# files"
			diag "${_wrong#"$_newline"}"
	fi
}

snapshot()
{
	(
		cd -- "$1" || exit 1
		{
			find . -type d -printf '%p %y %u:%g %m\0'
			find . ! -type d -printf \
			    '%p %y %u:%g %m %s bytes %n links %T@ %l\0'
			find . -type f -exec md5sum -z {} +
		} | LC_ALL=C sort -z | tr '\0\n' '\n?'
	)
}

same_tree()
{
	_without='^$'
	if [ "$1" = -l ]; then
		_without='mailkeep\.ledger'
		shift
	fi
	for _side in "$1" "$2"; do
		if [ -d "$_side" ]; then
			snapshot "$_side"
		else
			cat -- "$_side"
		fi | grep -Ev "$_without" >"$SCRATCH/side"
		[ -f "$SCRATCH/first" ] || mv "$SCRATCH/side" "$SCRATCH/first"
	done
	if diff "$SCRATCH/first" "$SCRATCH/side" >"$SCRATCH/diff"; then
		pass "$1 and $2 are the same"
	else
		flunk "$1 and $2 are the same"
		_show "difference (< $1, > $2)" "$SCRATCH/diff"
	fi
	rm -f "$SCRATCH/first" "$SCRATCH/side"
}

skip()
{
	_skipped=0
	while [ "$_skipped" -lt "${2:-1}" ]; do
		_tests=$((_tests + 1)) _skipped=$((_skipped + 1))
		echo "ok $_tests # SKIP $1"
	done
}

skip_all()
{
	echo "1..0 # SKIP $1"
	_done=yes
	exit 0
}

done_testing()
{
	echo "1..$_tests"
	_done=yes
	[ "$_failed" = 0 ]
	exit
}
