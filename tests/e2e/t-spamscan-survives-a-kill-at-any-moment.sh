# Killed hundreds of times at random moments: every message is there once, in
# the inbox or in Junk, the next run finishes, and moves none twice.  SIGTERM
# ends a run in good order.
. tests/e2e/lib.sh
[ -n "${MK_WRAP-}" ] && skip_all 'the moments are those of a plain run'
. "$TOP/tests/e2e/spam.sh"
. "$TOP/tests/e2e/kill-spam-tree.sh"
rounds=100
if [ "${MK_SANITIZE-}" = 1 ]; then
	set -- -o sandbox=no
	rounds=40
fi
[ "${MK_SLOW-}" = 1 ] && rounds=1000
python3 "$TOP/tests/e2e/kill-spamscan.py" random $rounds 5 \
    -- mailkeep-spamscan -c conf "$@" >"$OUT"
STATUS=$? _what="$rounds kills at any moment"
exits 0
prints '[0-9]+ runs, [1-9][0-9]* killed'
diag "$(tail -n 1 "$OUT")"
python3 "$TOP/tests/e2e/kill-spamscan.py" term $rounds 6 \
    -- mailkeep-spamscan -c conf "$@" >"$OUT"
STATUS=$? _what="SIGTERM at $rounds moments"
exits 0
prints '[0-9]+ runs, [1-9][0-9]* killed'
diag "$(tail -n 1 "$OUT")"
done_testing
