#!/bin/sh
# lint.sh - what machines can tell of the tree; make lint calls it.
#
# usage: tests/lint.sh "C FILES" "SCRIPTS" "PAGES" "CPPFLAGS"
#
# Silent and 0 when all is well; else what was found, and 1.  All checkers
# run, whatever the first ones say.  .clang-tidy says which of its checks are
# wanted, and why others are not.
set -u
LC_ALL=C
export LC_ALL

if [ $# -ne 4 ]; then
	echo 'usage: lint.sh "C FILES" "SCRIPTS" "PAGES" "CPPFLAGS"' >&2
	exit 64
fi
files=$1 scripts=$2 pages=$3
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || jobs=1

flags=
for flag in $4; do
	case $flag in
	-DMK_VERSION=*)	;;		# its quotes; tests/lint.h has one
	-std=*)		;;		# each checker has it its own way
	*)		flags="$flags $flag" ;;
	esac
done

# Headers are looked at through the files that include them.
sources=
for file in $files; do
	case $file in
	*.c)	sources="$sources $file" ;;
	esac
done

log=$(mktemp) || exit 71
trap 'rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM
status=0

# All that a checker says counts, and so does its status.
check() {
	name=$1
	shift
	if "$@" >"$log" 2>&1 && [ ! -s "$log" ]; then
		return
	fi
	echo "lint: $name:"
	cat "$log"
	status=1
}

# One file each: of several together clang-tidy 14 forgets va_start.  What goes
# to its standard error are the numbers of what is not wanted.
# shellcheck disable=SC2016,SC2086,SC2317	# for sh -c; words; see check
tidy() {
	printf '%s\n' $sources | xargs -P "$jobs" -I '{}' sh -c '
		case $2 in
		lib/base/error.c) model=-DMK_VERSION=0 ;;
		*)		  model="-include tests/lint.h" ;;
		esac
		exec clang-tidy --quiet "$2" -- -std=c11 $1 $model 2>/dev/null
	' sh "$flags" '{}'
}

# shellcheck disable=SC2086	# words
{
	check 'house style' awk -f tests/style.awk $files
	check shellcheck shellcheck -s sh -x $scripts
	[ -z "$pages" ] || check mandoc mandoc -T lint -W warning $pages
	check cppcheck cppcheck --quiet --error-exitcode=1 --inline-suppr \
	    -j "$jobs" --std=c11 --enable=warning,performance,portability \
	    --suppress=missingInclude --suppress=missingIncludeSystem \
	    $flags $sources
	check clang-tidy tidy
}
exit $status
