# Killed before any system call that changes something: every message is there
# once, in the inbox or in Junk, the next run finishes, and moves none twice.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
. "$TOP/tests/e2e/spam.sh"
. "$TOP/tests/e2e/kill-spam-tree.sh"

calls=renameat,renameat2,mkdirat,unlinkat,linkat,fchmod,fchown,write,pwrite64
calls=$calls,ftruncate,fsync,flock
python3 "$TOP/tests/e2e/kill-spamscan.py" step $calls \
    -- mailkeep-spamscan -c conf >"$OUT"
STATUS=$? _what='a kill at each step'
exits 0
prints '[0-9]+ runs, [1-9][0-9]+ killed'
diag "$(tail -n 1 "$OUT")"
done_testing
