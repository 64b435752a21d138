# A folder of 100,000 messages (1,000,000 with MK_SLOW=1): all three passes
# work, and need less than 64 MiB.
. tests/e2e/lib.sh

n=100000
[ "${MK_SLOW-}" = 1 ] && n=1000000
small_disk mail 1500m || mkdir mail
mkdir -p mail/a/.Trash/cur mail/a/.Trash/new mail/a/.Trash/tmp
python3 - $n <<-'END'
	import os, sys, time
	os.chdir("mail/a/.Trash/cur")
	old = time.time() - 40 * 86400
	for i in range(int(sys.argv[1])):
	    name = "1700000000.M%dP%d.mx.example.org,S=1234:2,S" % (i, i % 30000)
	    os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o600))
	    if i % 10 == 0:
	        os.utime(name, (old, old))
END
cat >conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} older-than = "10d" }
	expire "old" { folder = {"Trash"} older-than = "10d" age = "received" }
END

# peak CMD ...: run it; its peak memory goes to $kib.
peak()
{
	_program=$1
	shift
	cat >"$SCRATCH/peak.py" <<-'END'
		import resource, subprocess, sys
		status = subprocess.call(sys.argv[2:])
		kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
		open(sys.argv[1], "w").write("%d\n" % kib)
		sys.exit(status)
	END
	run python3 "$SCRATCH/peak.py" "$SCRATCH/kib" "$_program" \
	    -o "lock-dir=$LOCK" -o "state-dir=$STATE" "$@"
	kib=$(cat "$SCRATCH/kib")
}
below()
{
	diag "$1: $kib KiB for $n messages"
	if [ -n "${MK_SANITIZE-}${MK_WRAP-}" ]; then
		skip "$1: memory is another's"
	else
		ok "$1: below 64 MiB" [ "$kib" -lt 65536 ]
	fi
}
[ "${MK_SANITIZE-}" = 1 ] && set -- -o sandbox=no

peak mailkeep-expire -c conf -n --print0 --rule trash "$@"
exits 0
is "$(tr -cd '\0' <"$OUT" | wc -c)" 0 'by their time in the folder none is due'
below 'a dry run'
peak mailkeep-expire -c conf -n --rule old --print0 "$@"
exits 0
is "$(tr -cd '\0' <"$OUT" | wc -c)" $((n / 10)) 'a tenth is due'
below 'a dry run with a tenth due'
peak mailkeep-expire -c conf --force "$@"
exits 0
silent
below 'a run that removes a tenth'
is "$(find mail/a/.Trash/cur -type f | wc -l)" $((n - n / 10)) 'a tenth went'
is "$(find mail/a/.Trash/cur -type f -mtime +30 | wc -l)" 0 'the old tenth'
ok 'there is a ledger of them' \
    [ "$(stat -c %s mail/a/.Trash/mailkeep.ledger)" -gt $((n * 14)) ]
peak mailkeep-expire -c conf "$@"
exits 0
silent
below 'a second pass'
done_testing
