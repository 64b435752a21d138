# Killed at any moment, and the run after that too: no line is lost, no
# generation moves two steps, no cut archive has an archive's name; the next
# run, in which nothing is due, finishes what was begun, and tells the daemon.
. tests/e2e/lib.sh
[ -n "${MK_WRAP-}" ] && skip_all 'kills the programs themselves'
. "$TOP/tests/e2e/kill-rotate.sh"

killing random 40 1
_what='a kill at any moment'
exits 0
prints '[0-9]+ runs, [1-9][0-9]+ killed'
if [ "${MK_SANITIZE-}" = 1 ] || ! strace -qq -o /dev/null true 2>/dev/null
then
	skip 'needs strace, without the sanitizer' 2
else
	calls=renameat,renameat2,linkat,unlinkat,write,pwrite64,fsync,kill
	killing twice 80 1 $calls
	_what='two kills'
	exits 0
	prints '[0-9]+ runs, [1-9][0-9]+ killed'
fi
done_testing
