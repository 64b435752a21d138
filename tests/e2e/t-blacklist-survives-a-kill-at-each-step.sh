# Killed before any system call that changes something: each output is the old
# one or the new one, the next run finishes, and nothing lies about.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
. "$TOP/tests/e2e/publish.sh"
small_disk disk 100m || mkdir disk
cd disk || exit 1
killing
calls=renameat,linkat,fsync,fchmod,write,pwrite64,unlinkat,flock
[ "${MK_SLOW-}" = 1 ] && calls=$calls,openat,openat2,close,ftruncate,fcntl
python3 "$TOP/tests/e2e/kill-blacklist.py" step $calls \
    -- mailkeep-blacklist -c conf >"$OUT"
STATUS=$? _what='a kill at each step'
exits 0
prints '[0-9]+ runs, [1-9][0-9]+ killed'
diag "$(tail -n 1 "$OUT")"
done_testing
