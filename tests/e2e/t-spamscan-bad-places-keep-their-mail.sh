# Where spam can't be moved - Junk is a file or a link, on another file system,
# not writable; the disk is full; the mailbox is read-only - it stays, one line
# says so, other mailboxes are done, and once that is mended the next run moves
# it.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

cat >conf <<'END'
mail-root = "home"
threads = 1
spamscan { limit = 7 trust "mx.example.test" { } }
END
fresh()
{
	rm -rf home "${STATE:?}"/*
	for box in alice bob; do
		scored home/$box/new/1.spam 15.3
		scored home/$box/cur/2.spam:2,S 15.3
		scored home/$box/cur/3.ham:2,S 1.0
	done
}
# fails STATUS RE: alice's stays, bob's moves
fails()
{
	run mailkeep-spamscan -c conf
	exits "$1"
	one_line
	says "^mailkeep-spamscan: home/alice.*$2"
	is "$(cat "$OUT")" '' 'nothing on stdout'
	holds home/alice/new 1.spam
	holds home/alice/cur 2.spam:2,S 3.ham:2,S
	moved bob
}
# moved BOX
moved()
{
	holds "home/$1/new"
	holds "home/$1/cur" 3.ham:2,S
	holds "home/$1/.Junk/new" 1.spam
	holds "home/$1/.Junk/cur" 2.spam:2,S
}
# mended: the same mail, and the index knows that it was not done
mended()
{
	run mailkeep-spamscan -c conf
	exits 0
	silent
	moved alice
}

fresh
echo mine >home/alice/.Junk
fails 65 '\.Junk.*; its spam stays$'
fails 65 '\.Junk'
is "$(cat home/alice/.Junk)" mine 'the file is as it was'
rm home/alice/.Junk
mended

fresh
message elsewhere/.Junk/cur/9.old:2,S 3
ln -s ../../elsewhere/.Junk home/alice/.Junk
fails 65 '\.Junk'
holds elsewhere/.Junk/cur 9.old:2,S
rm home/alice/.Junk
mended

fresh
mkdir home/alice/.Junk
ln -s ../../../elsewhere/.Junk/cur home/alice/.Junk/cur
fails 65 '\.Junk/cur'
holds elsewhere/.Junk/cur 9.old:2,S
rm home/alice/.Junk/cur
mended

# What is remembered of moves is in doubt: then nothing moves.
fresh
ln -s ../../elsewhere/victim home/alice/mailkeep.moved
fails 65 'mailkeep\.moved: '
ok 'nothing is written through a link' [ ! -e elsewhere/victim ]
rm home/alice/mailkeep.moved
echo 'something else' >home/alice/mailkeep.moved
fails 65 'mailkeep\.moved: is of another format'
is "$(cat home/alice/mailkeep.moved)" 'something else' 'it is left alone'
rm home/alice/mailkeep.moved
mkdir home/alice/mailkeep.moved
run mailkeep-spamscan -c conf
ok 'a directory' [ "$STATUS" != 0 ]
one_line
holds home/alice/new 1.spam
rmdir home/alice/mailkeep.moved
mended

# A folder without a new, or a tmp, is made whole.
fresh
mkdir -p home/alice/.Junk/cur
run mailkeep-spamscan -c conf
exits 0
moved alice
ok 'all three' [ -d home/alice/.Junk/tmp ]

# Junk on another file system.
fresh
if small_disk home/alice/.Junk 200k; then
	mkdir home/alice/.Junk/cur home/alice/.Junk/new home/alice/.Junk/tmp
	fails 65 '\.Junk'
	holds home/alice/.Junk/new
	fails 65 '\.Junk'
	umount home/alice/.Junk
	_mounts=
	rmdir home/alice/.Junk
	mended
else
	skip 'needs root, to mount a small file system' 21
fi

# Not ours to write.
if [ "$(id -u)" = 0 ]; then
	fresh
	chown -R nobody home
	message home/alice/.Junk/cur/9.old:2,S 3
	chown root home/alice/.Junk/cur home/alice/.Junk/new
	rm -f "${LOCK:?}"/*
	_run() { as nobody run mailkeep-spamscan -c conf; }
	_run
	exits 77
	one_line
	says '^mailkeep-spamscan: home/alice.*Permission denied.*; its spam stays$'
	holds home/alice/new 1.spam
	holds home/alice/cur 2.spam:2,S 3.ham:2,S
	moved bob
	chown nobody home/alice/.Junk/cur home/alice/.Junk/new
	_run
	exits 0
	silent
	rm home/alice/.Junk/cur/9.old:2,S
	moved alice

	# A message that can't be read, and a folder that can't be listed.
	fresh
	chown -R nobody home
	chown root home/alice/new/1.spam
	chmod 600 home/alice/new/1.spam
	_run
	exits 77
	one_line
	says 'home/alice/new/1\.spam: Permission denied$'
	holds home/alice/new 1.spam
	holds home/alice/.Junk/cur 2.spam:2,S
	moved bob
	_run
	exits 77
	chown nobody home/alice/new/1.spam
	_run
	exits 0
	silent
	moved alice
	rm -rf "${STATE:?}"/* "${LOCK:?}"/*
	chown root "$STATE" "$LOCK"
else
	skip 'needs root' 27
fi

# A disk that is full: when Junk is made, mailkeep.moved or a ledger written.
if ! small_disk tiny 300k; then
	skip 'needs root, to mount a small file system' 40
	done_testing
fi
# full: not a byte is left
full()
{
	_i=0
	while [ "$_i" -lt 300 ] && : >"tiny/i$_i"; do
		_i=$((_i + 1))
	done 2>/dev/null
	: >tiny/fill
	until ! head -c 4096 /dev/zero >>tiny/fill; do
		:
	done 2>/dev/null
}
rm -rf home
ln -s tiny/mail home
tiny()
{
	rm -rf tiny/* "${STATE:?}"/*
	mkdir tiny/mail
	scored home/alice/new/1.spam 15.3
	scored home/alice/cur/2.spam:2,S 15.3
	scored home/alice/cur/3.ham:2,S 1.0
}
stays()
{
	ok "a status, not $STATUS" [ "$STATUS" = 75 ]
	says "$1"
	holds home/alice/new 1.spam
	holds home/alice/cur 2.spam:2,S 3.ham:2,S
	rm -rf tiny/i* tiny/fill
	run mailkeep-spamscan -c conf
	exits 0
	silent
	moved alice
	ok 'no litter' [ -z "$(find home/alice/tmp -mindepth 1)" ]
}
sed 's/"home"/"tiny\/mail"/' conf >conf.tiny
mv conf.tiny conf
tiny
full
run mailkeep-spamscan -c conf
stays 'tiny/mail/alice.*No space left on device; its spam stays$'
tiny
mkdir -p home/alice/.Junk/cur home/alice/.Junk/new home/alice/.Junk/tmp
full
run mailkeep-spamscan -c conf
stays 'mailkeep\.moved: .*No space left on device; its spam stays$'
# Room for the name, and not for a byte.
tiny
mkdir -p home/alice/.Junk/cur home/alice/.Junk/new home/alice/.Junk/tmp
full
rm tiny/i1 tiny/i2 tiny/i3
until ! head -c 4096 /dev/zero >>tiny/fill; do
	:
done 2>/dev/null
run mailkeep-spamscan -c conf
stays 'mailkeep\.moved: append: No space left on device; its spam stays$'
# Nor for a ledger alone: the mail has moved, and moves once.
tiny
mkdir -p home/alice/.Junk/cur home/alice/.Junk/new home/alice/.Junk/tmp
printf 'MKMOVED1' >home/alice/mailkeep.moved
full
run mailkeep-spamscan -c conf
ok "a status, not $STATUS" [ "$STATUS" = 75 ]
says 'mailkeep\.ledger: .*No space left on device'
rm -rf tiny/i* tiny/fill
run mailkeep-spamscan -c conf
exits 0
silent
moved alice
# And the state directory.
tiny
rm home
mv tiny/mail home
sed 's/"tiny\/mail"/"home"/' conf >conf.home
full
run mailkeep-spamscan -c conf.home -o state-dir=tiny
exits 75
one_line
says 'state-dir tiny: .*No space left on device'
moved alice
rm -rf tiny/*

# A mailbox that is read-only altogether.
small_disk ro 300k
scored ro/mail/alice/cur/3.ham:2,S 1.0
scored ro/mail/alice/new/1.spam 15.3
scored ro/mail/alice/cur/2.spam:2,S 15.3
rm -rf home
ln -s ro/mail home
sed 's/"home"/"ro\/mail"/' conf.home >conf
mount -o remount,ro ro
snapshot ro >before
run mailkeep-spamscan -c conf
ok "a status, not $STATUS" [ "$STATUS" != 0 ]
says 'Read-only file system'
same_tree before ro
mount -o remount,rw ro
run mailkeep-spamscan -c conf
exits 0
silent
moved alice
done_testing
