# Any system call that fails: nothing goes that was not due, or is rescued, or
# is not in an archive; a run that exits 0 has done all; the next one finishes.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
. "$TOP/tests/e2e/tmda.sh"
. "$TOP/tests/e2e/kill-tmda.sh"

calls=unlinkat,getdents64,openat2,renameat2,write,fsync,fcntl
python3 "$TOP/tests/e2e/kill-tmda.py" fail EIO "${MK_CALLS:-$calls}" \
    -- mailkeep-tmda -c conf >"$OUT"
STATUS=$? _what='a failure of each call'
exits 0
prints '[0-9]+ runs, [1-9][0-9]+ killed'
diag "$(tail -n 1 "$OUT")"
done_testing
