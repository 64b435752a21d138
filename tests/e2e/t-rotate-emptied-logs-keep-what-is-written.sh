# Logs of which nothing is kept are emptied hundreds of times while others
# write: whatever is written after the moment of emptying is in the log in the
# end, each record whole and once.
. tests/e2e/lib.sh
command -v python3 >/dev/null || skip_all 'needs python3'
[ "$(uname)" = Linux ] || skip_all 'needs inotify'
[ -z "${MK_WRAP-}" ] || skip_all 'takes too long'

mkdir log
for log in halves both; do
	: >log/$log
	echo "$PWD/log/$log 600 0 * * NB"
done >newsyslog.conf
cat >conf <<END
lock-dir = "$LOCK" state-dir = "$STATE"
rotate {
	file = {"$PWD/newsyslog.conf"} state-dir = "$STATE"
	compress-wait = "0s"
	log "records" { match = {"$PWD/log/*"} record = "paragraph" }
}
END
set -- mailkeep-rotate -c conf
[ "$(id -u)" = 0 ] || set -- "$@" -r
[ "${MK_SANITIZE-}" != 1 ] || set -- "$@" -o sandbox=no
python3 "$TOP/tests/e2e/rotate-empty.py" 200 -- "$@" >"$OUT"
STATUS=$? _what='emptied 200 times'
exits 0
prints '^[0-9]+ records'
diag "$(tail -n 1 "$OUT")"
holds log both halves

# Nothing is due by itself; -F empties what is there.
root=
[ "$(id -u)" = 0 ] || root=-r
cp log/both kept
# shellcheck disable=SC2086	# none or one
run mailkeep-rotate -c conf $root
exits 0
silent
ok 'nothing is emptied that is not due' cmp kept log/both
# shellcheck disable=SC2086	# none or one
run mailkeep-rotate -c conf $root -F
exits 0
silent
is "$(cat log/both log/halves)" '' 'emptied'
holds log both halves
done_testing
