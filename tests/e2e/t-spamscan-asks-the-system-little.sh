# A pass reads one block of each message, and a pass over what has not changed
# costs fewer than 16 system calls a mailbox.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'the sanitizer makes calls of its own'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'

cat >conf <<END
mail-root = "home"
threads = 1
state-dir = "$STATE"
lock-dir = "$LOCK"
spamscan { limit = 7 trust "mx.example.test" { } }
END

# One read of each message, whatever its size.
for size in 3000 4096 4097 100000 10000000; do
	scored "home/a/new/$size.M1P1.mx" 1.0
	truncate -s "$size" "home/a/new/$size.M1P1.mx"
done
scored home/a/cur/1.M1P1.mx:2,S 15.3
strace -f -y -e trace=read,pread64,readv,mmap -o trace \
    mailkeep-spamscan -c conf
for size in 3000 4096 4097 100000 10000000; do
	is "$(grep -c "/new/$size\\.M1P1\\.mx" trace)" 1 \
	    "one read of a message of $size bytes"
done
is "$(grep -c '/cur/1\.M1P1\.mx' trace)" 1 'one read of a spam'
holds home/a/.Junk/cur 1.M1P1.mx:2,S
strace -f -y -e trace=read,pread64 -o trace mailkeep-spamscan -c conf
is "$(grep -c M1P1 trace)" 0 'none of what is known'

# calls: of a pass over what has not changed.  A directory that has changed in
# the last two seconds may do so again unseen, and is listed once more.
calls()
{
	find home -type d -exec touch -d '1 hour ago' {} +
	mailkeep-spamscan -c conf
	find home -type d -exec touch -d '1 hour ago' {} +
	mailkeep-spamscan -c conf
	snapshot home >before
	strace -f -c -o counts mailkeep-spamscan -c conf >/dev/null
	awk '$NF == "total" { print $(NF == 4 || $4 ~ /^[0-9]+$/ ? 4 : 3) }' \
	    counts
}
# boxes N
boxes()
{
	rm -rf home "${STATE:?}"/*
	_i=1
	while [ "$_i" -le "$1" ]; do
		mkdir -p "home/example.test/u$_i/cur" \
		    "home/example.test/u$_i/new" "home/example.test/u$_i/tmp"
		cp "$SCRATCH/scored" "home/example.test/u$_i/cur/1.M1P1.mx:2,S"
		_i=$((_i + 1))
	done
}
boxes 1
one=$(calls)
boxes 201
many=$(calls)
diag "$one system calls for a mailbox, $many for 201"
ok 'fewer than 16 a mailbox' [ $(((many - one) / 200)) -lt 16 ]
same_tree before home
run mailkeep-spamscan -c conf -v
never_says '1\.M1P1'
# With a Junk folder each, and one that has changed.
for box in home/example.test/*; do
	mkdir -p "$box/.Junk/cur" "$box/.Junk/new" "$box/.Junk/tmp"
done
many=$(calls)
diag "$many for 201 with a Junk folder each"
ok 'fewer than 16, too' [ $(((many - one) / 200)) -lt 16 ]
scored home/example.test/u7/new/2.M2P2.mx 15.3
run mailkeep-spamscan -c conf
exits 0
silent
holds home/example.test/u7/.Junk/new 2.M2P2.mx
done_testing
