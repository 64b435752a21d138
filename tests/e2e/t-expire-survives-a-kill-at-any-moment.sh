# Killed hundreds of times at random moments: what has gone was due and is
# whole in an archive, the next run finishes, and nothing lies about.
. tests/e2e/lib.sh
[ -n "${MK_WRAP-}" ] && skip_all 'the moments are those of a plain run'
BOXES='a b c'
. "$TOP/tests/e2e/kill-tree.sh"
rounds=200
if [ "${MK_SANITIZE-}" = 1 ]; then
	set -- -o sandbox=no
	rounds=60
fi
[ "${MK_SLOW-}" = 1 ] && rounds=2000
python3 "$TOP/tests/e2e/kill.py" random $rounds 5 \
    -- mailkeep-expire -c conf "$@" >"$OUT"
STATUS=$? _what="$rounds kills at any moment"
exits 0
prints '[0-9]+ runs, [1-9][0-9]* killed'
diag "$(tail -n 1 "$OUT")"
done_testing
