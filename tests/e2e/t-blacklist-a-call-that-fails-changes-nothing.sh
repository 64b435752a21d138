# Any system call that writes fails for want of space: all outputs are as they
# were, down to their inodes, nothing lies about, and there is one line; the
# next run finishes.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
. "$TOP/tests/e2e/publish.sh"
small_disk disk 100m || mkdir disk
cd disk || exit 1
killing
calls=renameat,linkat,fsync,fchmod,pwrite64,ftruncate
python3 "$TOP/tests/e2e/kill-blacklist.py" fail $calls \
    -- mailkeep-blacklist -c conf >"$OUT"
STATUS=$? _what='each call fails'
exits 0
prints '[0-9]+ runs'
diag "$(tail -n 1 "$OUT")"
done_testing
