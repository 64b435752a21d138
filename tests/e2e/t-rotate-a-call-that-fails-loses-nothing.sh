# Any system call that changes something fails: the run says so in one line and
# by its status, goes on with the other logs, and loses nothing; the next one
# finishes.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
. "$TOP/tests/e2e/kill-rotate.sh"

for calls in openat:ENOSPC,write:ENOSPC,pwrite64:ENOSPC,fsync:EIO \
    renameat:ENOSPC,renameat2:EIO,linkat:ENOSPC,unlinkat:EIO,fchmod:EIO \
    fchown:EIO,ftruncate:EIO,utimensat:EIO,kill:EPERM,sendto:EIO,linkat:EIO; do
	killing fail $calls
	_what="failing: $calls"
	exits 0
	prints '[0-9]+ runs'
done
done_testing
