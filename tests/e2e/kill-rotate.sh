# tests/e2e/kill-rotate.sh - what kill-rotate.py wants: a directory of its own
# on a file system in memory, and "conf".  After lib.sh.
#
#   killing MODE ARG ...	kill-rotate.py; then as after run
#
# shellcheck shell=sh

small_disk disk 100m || mkdir -p disk
cd disk || exit 1
cat >conf <<END
lock-dir = "$PWD/live/state" state-dir = "$PWD/live/state" threads = 1
rotate {
	file = {"$PWD/live/newsyslog.conf"}  state-dir = "$PWD/live/state"
	compress-wait = "0s"
}
END

killing()
{
	set -- "$@" -- mailkeep-rotate -c conf
	[ "$(id -u)" = 0 ] || set -- "$@" -r
	[ "${MK_SANITIZE-}" != 1 ] || set -- "$@" -o sandbox=no
	python3 "$TOP/tests/e2e/kill-rotate.py" "$@" >"$OUT"
	# shellcheck disable=SC2034	# exits() asks it
	STATUS=$?
	diag "$(tail -n 1 "$OUT")"
}
