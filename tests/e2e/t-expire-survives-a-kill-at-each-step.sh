# Killed before any system call that changes something: what has gone was due
# and is whole in an archive, the next run finishes, and nothing lies about.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
BOXES=a
. "$TOP/tests/e2e/kill-tree.sh"

calls=unlinkat,renameat,renameat2,linkat,fsync,write,pwrite64,mkdirat
calls=$calls,openat,openat2,flock
python3 "$TOP/tests/e2e/kill.py" step $calls \
    -- mailkeep-expire -c conf >"$OUT"
STATUS=$? _what='a kill at each step'
exits 0
prints '[0-9]+ runs, [1-9][0-9]+ killed'
diag "$(tail -n 1 "$OUT")"
done_testing
