# Killed before any system call that changes something: what has gone was due,
# is whole in an archive, and its sender is on the list; the next run finishes,
# and nothing lies about.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
. "$TOP/tests/e2e/tmda.sh"
. "$TOP/tests/e2e/kill-tmda.sh"

calls=unlinkat,renameat,renameat2,linkat,fsync,write,pwrite64,mkdirat
calls=$calls,openat2,flock,fcntl
python3 "$TOP/tests/e2e/kill-tmda.py" step $calls \
    -- mailkeep-tmda -c conf >"$OUT"
STATUS=$? _what='a kill at each step'
exits 0
prints '[0-9]+ runs, [1-9][0-9]+ killed'
diag "$(tail -n 1 "$OUT")"
done_testing
