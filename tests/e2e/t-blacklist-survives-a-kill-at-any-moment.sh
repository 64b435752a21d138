# Killed many times at random moments, while others read: each output is
# the old one or the new one, the next run finishes, and nothing lies about.
. tests/e2e/lib.sh
[ -n "${MK_WRAP-}" ] && skip_all 'the moments are those of a plain run'
. "$TOP/tests/e2e/publish.sh"
small_disk disk 100m || mkdir disk
cd disk || exit 1
killing
rounds=60
[ "${MK_SANITIZE-}" = 1 ] && rounds=20
[ "${MK_SLOW-}" = 1 ] && rounds=2000
# shellcheck disable=SC2086	# options
python3 "$TOP/tests/e2e/kill-blacklist.py" random $rounds 7 \
    -- mailkeep-blacklist -c conf $SANDBOX >"$OUT"
STATUS=$? _what="$rounds kills at any moment"
exits 0
prints '[0-9]+ runs, [1-9][0-9]* killed, [1-9][0-9]+ reads'
diag "$(tail -n 1 "$OUT")"
done_testing
