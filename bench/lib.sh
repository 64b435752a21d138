# bench/lib.sh - what the benchmarks share: timing, tables, verdicts.
#
# Sourced from the top of the tree; the script then calls scratch, tool for
# each of its programs, and in the end finish.  It may define release(), which
# is called before the scratch directory goes.

# shellcheck shell=sh
LC_ALL=C
export LC_ALL
umask 077

B=${B:-build}
CC=${CC:-cc}
save=${RESULTS:-0}
strict=0

usage()
{
	sed -n '2,/^set -u/s/^# \{0,1\}//p' "$0" >&2
	exit 64
}

number()	# NAME VALUE LEAST
{
	case $2 in
	''|*[!0-9]*) echo "bench: $1=$2 is not a number" >&2; exit 64 ;;
	esac
	[ "$2" -ge "$3" ] || { echo "bench: $1 must be $3 or more" >&2; exit 64; }
}

# --- scratch ---------------------------------------------------------------

S=

release()
{
	:
}

# shellcheck disable=SC2317 # the trap calls it
cleanup()
{
	trap '' INT TERM HUP
	release && rm -rf "$S"
}

scratch()	# DIRECTORY: S, with the files that all benchmarks have
{
	S=$(mktemp -d "$1/mkb.XXXXXX") || exit 1
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	mkdir "$S/out" || exit 1
	: >"$S/log"
	report=$S/report.md
	wants=$S/wants
	: >"$wants"
}

die()
{
	echo "bench: $*" >&2
	[ -s "$S/log" ] && tail -n 5 "$S/log" >&2
	exit 1
}

note()
{
	echo "bench: $*" >&2
}

# --- programs --------------------------------------------------------------

tools=$B/bench
mkdir -p "$tools" || exit 1
tools=$(cd "$tools" && pwd)

tool()	# NAME FLAG...
{
	name=$1
	shift
	[ -e "$tools/$name" ] &&
	    [ -z "$(find "bench/${name%.so}.c" -newer "$tools/$name")" ] &&
		return
	# shellcheck disable=SC2086 # flags are many words
	$CC -std=c11 -Wall -Wextra ${CFLAGS:--O2 -g} \
	    -o "$tools/$name" "bench/${name%.so}.c" "$@" ||
		die "cannot compile bench/${name%.so}.c"
}

# --- timing ----------------------------------------------------------------

out=		# the file of results
times=1
syncing=	# a directory: time its syncfs(2) as well
showing=0
shorten=	# sed, for the commands as shown

# In show mode print the command, else time it.
go()	# LABEL COMMAND...
{
	if [ $showing = 1 ]; then
		label=$1
		shift
		printf '%s\t' "$label"
		for word; do
			case $word in
			*[!A-Za-z0-9_./+-]*)
				printf "'%s' " "$(printf %s "$word" |
				    sed "s/'/'\\\\''/g")" ;;
			*)	printf '%s ' "$word" ;;
			esac
		done | sed "$shorten"
		echo
		return
	fi
	"$tools/timer" -n "$times" ${syncing:+-s "$syncing"} -o "$out" "$@" \
	    >>"$S/log" 2>&1 || die "$1 failed: $(tail -n 1 "$out")"
}

# Take strace's table apart: the sum, then the five most frequent calls.  The
# count is the fourth column from the left.
calls_made()	# FILE
{
	awk '
	$1 ~ /^[0-9.]+$/ && $NF != "total" { count[$NF] = $4 }
	END {
		for (c in count)
			sum += count[c]
		printf "%d", sum
		for (i = 0; i < 5; i++) {
			best = ""
			for (c in count)
				if (best == "" || count[c] > count[best])
					best = c
			if (best == "")
				break
			printf " %s %d", best, count[best]
			delete count[best]
		}
		print ""
	}' "$1"
}

# --- reports ---------------------------------------------------------------

# Field 2 wall .. 5 KiB, 7 sync.
median()	# FILE LABEL [FIELD]
{
	awk -v label="$2" -v f="${3:-2}" '$1 == label { print $f }' "$1" |
	sort -n | awk '{ v[NR] = $1 }
	END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

table()	# FILE REFERENCE: a row for each label, in order of appearance
{
	wall=$(median "$1" "$2")
	printf '| %-18s | %9s | %19s | %8s | %8s | %9s | %s |\n' contender \
	    'median s' 'min - max' 'CPU s' '+ sync s' 'peak KiB' "x $2"
	echo '| --- | ---: | ---: | ---: | ---: | ---: | ---: |'
	awk '!seen[$1]++ { print $1 }' "$1" | while read -r label; do
		awk -v label="$label" -v wall="$(median "$1" "$label")" \
		    -v sync="$(median "$1" "$label" 7)" \
		    -v ref="$wall" '
		$1 == label {
			if (!n++ || $2 < min) min = $2
			if ($2 > max) max = $2
			if ($5 > peak) peak = $5
			cpu += $3 + $4
		}
		END {
			f = max < 0.1 ? "%.5f" : "%.3f"
			printf "| %-18s | %9s | %19s | %8s | %8s " \
			    "| %9d | %s |\n", label, sprintf(f, wall),
			    sprintf(f, min) " - " sprintf(f, max),
			    sprintf(f, cpu / n),
			    sync ? sprintf("%.3f", sync) : "-", peak,
			    ref ? sprintf("%.2f", wall / ref) : "-"
		}' "$1"
	done
}

section()	# TITLE...
{
	printf '\n## %s\n\n' "$*"
}

# A line of "Wanted": at most or at least.
judge()	# TEXT FIGURE least|most LIMIT UNIT
{
	if [ -z "$2" ]; then
		echo "- not measured: $1 (wanted: at $3 $4$5)"
	else
		awk -v text="$1" -v is="$2" -v how="$3" -v limit="$4" \
		    -v unit="$5" 'BEGIN {
			ok = how == "least" ? is + 0 >= limit : is + 0 <= limit
			printf "- **%s**: %s: %.3g%s (wanted: at %s %s%s)\n",
			    ok ? "ok" : "miss", text, is, unit, how, limit, unit
		}'
	fi >>"$wants"
}

quotient()	# A B: empty where one was not measured
{
	awk -v a="$1" -v b="$2" \
	    'BEGIN { if (a != "" && b + 0 > 0) print a / b }'
}

ratio()	# FILE LABEL LABEL
{
	quotient "$(median "$1" "$2")" "$(median "$1" "$3")"
}

machine()	# the first lines of a report
{
	echo "- date: $(date -u '+%Y-%m-%d %H:%M UTC')"
	echo "- machine: $(nproc) x $(sed -n 's/^model name.*: //p' \
	    /proc/cpuinfo | head -n 1), $(awk '/MemTotal/ {
	    printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)," \
	    "load $(cut -d ' ' -f 1 /proc/loadavg) at the start"
	echo "- kernel: $(uname -sr)"
}

shown=1
show()	# what the report has got since the last time
{
	tail -n +"$shown" "$report"
	shown=$(($(wc -l <"$report") + 1))
}

finish()	# FILE: the verdicts; save the report; the exit status
{
	{
		section "Wanted"
		cat "$wants"
	} >>"$report"
	show
	[ "$save" = 0 ] || cp "$report" "$1"
	[ "$strict" = 0 ] || ! grep -qv '^- \*\*ok' "$wants"
}
