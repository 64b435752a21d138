# Killed before any system call that changes something: no line is lost, no
# generation moves two steps, no cut archive has an archive's name; the next
# run, in which nothing is due, finishes what was begun, and tells the daemon.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
. "$TOP/tests/e2e/kill-rotate.sh"

calls=renameat,renameat2,linkat,unlinkat,fchmod,fchown,write,pwrite64
calls=$calls,ftruncate,fsync,utimensat,flock,kill,sendto
killing step $calls
_what='a kill at each step'
exits 0
prints '[0-9]+ runs, [1-9][0-9]+ killed'
done_testing
