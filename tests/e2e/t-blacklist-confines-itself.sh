# Once it has begun, the program opens nothing outside the directories that its
# configuration names, wherever feeds and outputs lie, and connects to nobody.
# The aide alone, that runs on-change, is free.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'runs without the sandbox'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'
. "$TOP/tests/e2e/publish.sh"

# Feeds in odd places; the directory with the metrics is one of its own.
mkdir feeds metrics 'a dir' "$SCRATCH/far"
echo 192.0.2.11 | gzip >feeds/a.gz
echo 192.0.2.13 >"feeds/b list"
ln -s ../feed feeds/c
echo 192.0.2.15 >"$SCRATCH/far/list"
ln -s "$SCRATCH/far/list" linked
mkfifo pipe
echo 192.0.2.21 >stdin
echo 203.0.113.7 >allow
config 'feed "dir" { file = "feeds" }' 'feed "glob" { file = "feeds/*.gz" }' \
    'feed "linked" { file = "linked" }' 'feed "pipe" { file = "pipe" }' \
    'feed "stdin" { file = "-" allow-empty = yes }' 'allow = {"allow"}' \
    'reader = "nobody"' 'on-change = "cat /etc/passwd >/dev/null"'
sed -i "s,$PWD/out/b.plain,a dir/b:x.plain," conf
cat >>conf <<-END
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	metrics = "$PWD/metrics/m.prom"
END

# traced NAME: a run; the system calls of the program itself, confined, are in
# the file NAME.
traced()
{
	rm -f trace.*
	echo 192.0.2.17 >pipe &
	strace -ff -y -o trace mailkeep-blacklist -c conf -v >"$OUT" \
	    2>"$ERR" <stdin
	STATUS=$?
	wait $!
	sed '1,/landlock_restrict_self/d' \
	    "$(grep -l landlock_restrict_self trace.* | head -n 1)" >"$1" \
	    2>/dev/null
}
traced first
_what='a run under strace'
exits 0
ok 'all feeds are read' [ "$(tr '\n' ' ' <'a dir/b:x.plain')" = \
    '192.0.2.1/32 192.0.2.11/32 192.0.2.13/32 192.0.2.15/32 192.0.2.17/32 192.0.2.21/32 198.51.100.0/24 2001:db8::/32 ' ]
ok 'metrics are written' [ -s metrics/m.prom ]
ok 'the index is written' [ -s "$STATE/blacklist.index" ]
if grep -q 'not confined' "$ERR"; then
	skip 'this system has nothing to confine with' 9
else
	says 'confined \(Landlock ABI [0-9]+\)'
	echo 192.0.2.19 >"feeds/b list"
	traced again
	_what='a run that replaces'
	exits 0
	traced unchanged
	_what='a run that changes nothing'
	exits 0
	prints unchanged
	cat first again unchanged >after
	ok 'it did all its work confined' grep -q 'renameat.*b\.nft' after
	# Paths are libdb's, into its directory, and that of the metrics.
	grep -E '(open|openat2?|creat|unlink|rename|mkdir|link|stat|readlink)\([^",]*,? ?"/' \
	    after | grep -vE ' = -1 E(ACCES|NOENT)' | grep -vF "\"$PWD/out/" |
	    grep -v "\"$PWD/metrics\", O_RDONLY" >outside
	ok 'nothing outside is opened' [ ! -s outside ]
	[ -s outside ] && diag "$(head -n 5 outside)"
	ok 'nothing is connected, bound or executed' not grep -E \
	    '^(socket|connect|bind|execve|ptrace|mount|fork|clone)' after
fi

config
run mailkeep-blacklist -c conf -o sandbox=no -v --force
exits 0
says 'not confined: sandbox = no'
done_testing
