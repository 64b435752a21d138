# Once it has begun, the program opens nothing outside the trees that its
# configuration names, and connects to nobody; sandbox = no is known.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'runs without the sandbox'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'

message mail/a/.Trash/cur/1.old:2,S 40
message mail/a/.Trash/cur/2.young:2,S 1
printf '0S\n200 2\n' >mail/a/maildirsize
mkdir archive
cat >conf <<-END
	mail-root = "mail"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	metrics = "$PWD/metrics.prom"
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" archive = "archive" }
END
strace -f -y -o trace mailkeep-expire -c conf -v >"$OUT" 2>"$ERR"
STATUS=$? _what='a run under strace'
exits 0
holds mail/a/.Trash/cur 2.young:2,S
if grep -q 'not confined' "$ERR"; then
	skip 'this system has nothing to confine with' 5
else
	says 'confined \(Landlock ABI [0-9]+\)'
	sed '1,/landlock_restrict_self/d' trace >after
	ok 'it did all its work confined' grep -q unlinkat after
	# What the C library and libarchive ask for (iconv's tables) they
	# don't get; the directory of metrics.prom is $PWD.
	grep -E '(open|openat2?|creat|unlink|rename|mkdir|link)\([^",]*,? ?"/' \
	    after | grep -vE ' = -1 E(ACCES|NOENT)' |
	    grep -vF -e "\"$PWD/" -e "\"$PWD\"" >outside
	ok 'some of that is met' grep -Eq 'openat2?\([^",]*, "' after
	ok 'nothing outside is opened' [ ! -s outside ]
	ok 'nothing is connected, bound or executed' not grep -E \
	    '^[0-9]+ +(socket|connect|bind|execve|ptrace|mount)\(' after
fi
run mailkeep-expire -c conf -o sandbox=no -v
exits 0
says 'not confined: sandbox = no'
run mailkeep-expire -c conf -o sandbox=maybe
exits 64
one_line
says 'sandbox'
done_testing
