# mailkeep-check finds what is wrong with the mail root, its owner, the
# programs' own directories, and the room that is left; names that are hostile
# stay on their line.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check-host.sh"

sound_host
look
grep -v 'sandbox = no' found >"$OUT"	# with sanitizers
never_finds '^(error|warning|note) mail-root'

# The root: missing, a file, a link, open to all.
look -o mail-root="$PWD/nowhere"
exits 65
finds '^error mail-root .*/nowhere: No such file or directory; make it'
look -o mail-root="$PWD/conf"
exits 65
finds '^error mail-root .*/conf: is no directory'
ln -s mail linked
look -o mail-root="$PWD/linked"
exits 0
finds '^note mail-root .*/linked: is a link to .*/mail'
chmod 777 mail
look
exits 65
finds '^error mail-root .*/mail: anybody can write to it'
chmod 1777 mail
look
exits 0
chmod 755 mail

# What is to be done can be pasted.
look -o owner="$ME:$(id -gn)" -o state-dir="$PWD/made"
exits 0
eval "$(sed -n 's/.*state-dir, .* is not there yet.*; \(install .*\)/\1/p' found)"
ok 'the command makes it' test -d made
look -o owner="$ME:$(id -gn)" -o state-dir="$PWD/made"
never_finds '^(warning|error)|made'
rmdir made

# The owner.
look -o owner=mailkeep-nobody
exits 65
finds '^error mail-root conf:2: owner: there is no user'
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	look -o owner=
	exits 0
	finds '^warning mail-root .*/mail: no owner is named'
	chown -R nobody mail state lock tmda
	chown root mail/example.org/alice
	look -o owner=nobody
	exits 0
	finds '^warning mail-root .*/mail/example.org/alice: is user 0.s, as 1 of'
	chown nobody mail/example.org/alice
	look -o owner=nobody
	exits 0
	never_finds '^(error|warning) mail-root'
	chmod 700 mail
	chown root mail
	look -o owner=nobody
	exits 65
	finds '^error mail-root .*/mail: cannot be read by nobody: Permission'
	chown nobody mail
	chown root state
	look -o owner=nobody
	exits 65
	finds '^error .*state-dir, .*/state, cannot be written to by nobody'
	finds 'chown nobody .*/state'
	chown nobody state
	look -o owner=nobody -o rotate.state-dir="$PWD/state"
	exits 65
	finds '^error .*/state: rotate.state-dir is not root.s alone'

	# What is below /run goes with each boot.
	: >root/var/spool/cron/crontabs/nobody
	[ -d /run/mailkeep-test ] || look -o owner=nobody \
	    -o lock-dir=/run/mailkeep-test
	finds '^warning .*/run/mailkeep-test: goes when the host is started anew'
	file root/etc/tmpfiles.d/mailkeep.conf 1
	echo 'd /run/mailkeep-test 0750 vmail vmail -' \
	    >root/etc/tmpfiles.d/mailkeep.conf
	look -o owner=nobody -o lock-dir=/run/mailkeep-test
	never_finds 'started anew'
else
	skip 'needs root, and nobody' 17
fi

# Own directories.
sound_host
look -o state-dir="$PWD/nowhere/state" -o lock-dir="$PWD/locks"
exits 65
finds '^error .*state-dir, .*/nowhere/state, is not there, nor is'
finds "install -d -o $ME .*/nowhere/state"
finds '^note .*lock-dir, .*/locks, is not there yet: the first run makes it'
ok 'it is not made' not test -e locks
look -o state-dir="$PWD/conf"
exits 65
finds '^error .*state-dir, .*/conf, is no directory'
chmod 777 state
look
exits 65
finds '^error .*anybody can write to state-dir, .*/state; chmod o-w'
chmod 755 state

# Confinement.
look -o sandbox=no
exits 0
finds '^note mail-root .*sandbox = no'

# A full disk; a name made to deceive.
if small_disk disk 400k; then
	mkdir disk/mail
	head -c 395000 /dev/zero >disk/fill 2>/dev/null
	look -o mail-root="$PWD/disk/mail"
	exits 0
	finds '^warning mail-root .*/disk/mail: its file system has [0-4]%'
else
	skip 'mounting is not allowed' 2
fi
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	sound_host
	evil=mail/$(printf 'a\n  ok       all is well\033[2J\377')
	mkdir "$evil"
	chown nobody "$evil"
	people -q
	exits 0
	prints 'mail/a\\n'
	prints '\\x1B\[2J\\xFF'
	never_prints '^  ok       all is well'
	ok 'no byte of it acts' not grep -q "$(printf '\033')" "$OUT"
	look
	exits 0
	finds '^  ok +all is well'	# as python3 writes what JSON kept
else
	skip 'needs root, and nobody' 7
fi
done_testing
