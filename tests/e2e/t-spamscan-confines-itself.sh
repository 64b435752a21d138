# Once it has begun, the program opens nothing outside the trees that its
# configuration names, and connects to nobody; as root it becomes the owner of
# the mail first.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'runs without the sandbox'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'

scored mail/a/new/1.M1P1.mx 15.3
scored mail/a/cur/2.M2P2.mx:2,S 60.0
scored mail/a/cur/3.M3P3.mx:2,S 1.0
printf '0S\n2000 3\n' >mail/a/maildirsize
mkdir archive
cat >conf <<-END
	mail-root = "mail"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	metrics = "$PWD/metrics.prom"
	spamscan { limit = 7 delete-above = 50 archive = "archive"
	    trust "mx.example.test" { } }
END
cp -a mail tree
strace -f -y -o trace mailkeep-spamscan -c conf -v >"$OUT" 2>"$ERR"
STATUS=$? _what='a run under strace'
exits 0
holds mail/a/new
holds mail/a/cur 3.M3P3.mx:2,S
holds mail/a/.Junk/new 1.M1P1.mx
if grep -q 'not confined' "$ERR"; then
	skip 'this system has nothing to confine with' 8
else
	says 'confined \(Landlock ABI [0-9]+\)'
	sed '1,/landlock_restrict_self/d' trace >after
	ok 'it did all its work confined' grep -q renameat2 after
	ok 'and deleted' grep -q unlinkat after
	grep -E '(open|openat2?|creat|unlink|rename|mkdir|link)\([^",]*,? ?"/' \
	    after | grep -vE ' = -1 E(ACCES|NOENT)' |
	    grep -vF -e "\"$PWD/" -e "\"$PWD\"" >outside
	ok 'nothing outside is opened' [ ! -s outside ]
	ok 'nothing is connected, bound or executed' not grep -E \
	    '^[0-9]+ +(socket|connect|bind|execve|ptrace|mount)\(' after
	# To look, it may not even write.
	rm -rf mail "${STATE:?}"/*
	cp -a tree mail
	strace -f -o trace mailkeep-spamscan -c conf -n >"$OUT" 2>"$ERR"
	sed '1,/landlock_restrict_self/d' trace >after
	ok '-n is confined' grep -q openat2 after
	ok 'and opens nothing to write' not grep -E \
	    'O_(WRONLY|RDWR|CREAT)|(rename|unlink|mkdir)(at2?)?\(' after
	strace -f -o trace mailkeep-spamscan -c conf --explain \
	    mail/a/new/1.M1P1.mx >"$OUT" 2>"$ERR"
	sed '1,/landlock_restrict_self/d' trace >after
	ok '--explain opens nothing to write' not grep -E \
	    'O_(WRONLY|RDWR|CREAT)|(rename|unlink|mkdir)(at2?)?\(' after
fi
run mailkeep-spamscan -c conf -n -v -o sandbox=no
exits 0
says 'not confined: sandbox = no'

# The owner of the mail.
if [ "$(id -u)" = 0 ]; then
	rm -rf mail archive "${STATE:?}"/* "${LOCK:?}"/*
	cp -a tree mail
	chown -R nobody:nogroup mail
	chown nobody:nogroup "$STATE" "$LOCK"
	sed -i '/metrics/d' conf
	echo secret >mail/a/new/4.M4P4.mx	# root's own
	chmod 600 mail/a/new/4.M4P4.mx
	run mailkeep-spamscan -c conf -o owner=nobody:nogroup
	exits 77
	one_line
	says 'new/4\.M4P4\.mx: Permission denied'
	holds mail/a/new 4.M4P4.mx
	holds mail/a/.Junk/new 1.M1P1.mx
	is "$(stat -c %U:%G mail/a/.Junk mail/a/.Junk/cur mail/a/mailkeep.moved \
	    mail/a/mailkeep.ledger mail/a/.Junk/maildirfolder "$STATE" \
	    "$LOCK"/* "$STATE"/* archive archive/* archive/*/* | sort -u)" \
	    nobody:nogroup 'all that it makes is theirs'
	rm mail/a/new/4.M4P4.mx
	run mailkeep-spamscan -c conf -o owner=nobody:nogroup
	exits 0
	silent
	run mailkeep-spamscan -c conf -o owner=nobodyatall:nogroup
	exits 67
	one_line
	# Without an owner root makes what is in a mailbox its user's.
	rm -rf mail "${STATE:?}"/*
	cp -a tree mail
	chown -R nobody:nogroup mail
	chown root:root "$STATE" "$LOCK"
	rm -f "${LOCK:?}"/*
	rm -rf archive
	run mailkeep-spamscan -c conf
	exits 0
	is "$(find mail/a ! -user nobody)" '' 'and so is all that root makes'
else
	skip 'needs root' 13
fi
done_testing
