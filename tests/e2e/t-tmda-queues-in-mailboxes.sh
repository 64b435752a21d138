# mailbox-dir: the TMDA directory of each mailbox below the mail root, at any
# depth, and of several sections each its own; one that is hostile or broken is
# left alone and told of, and the others are done; --user and accounts choose.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

queue one <<-END
	hold =1159377144.1 a@example.net alice@example.test
	hold 1 a@example.net alice@example.test
	respond =1159377144.2 r@example.net
END
one=$PWD/one due=".tmda/pending/1159377144.1.msg"
reply=".tmda/responses/1159377144.2.r@example.net"
# box PATH ...: mailboxes with a queue each
box()
{
	for _box; do
		mkdir -p "$_box/cur" "$_box/new" "$_box/tmp"
		cp -a "$one" "$_box/.tmda"
	done
}
box tree/example.test/alice tree/example.test/bob tree/example.test/c/carol \
    tree/example.org/dave/Maildir tree/erin
mkdir -p tree/example.test/nobody/cur tree/example.test/nobody/new \
    tree/example.test/nobody/tmp
# None of these is a mailbox's.
mkdir -p tree/example.net tree/example.test/alice/.Trash/cur \
    tree/example.test/alice/.Trash/new tree/example.test/alice/.Trash/tmp
cp -a one tree/example.net/.tmda
cp -a one tree/example.test/alice/.Trash/.tmda
cp -a one tree/example.test/alice/cur/.tmda
cat >conf <<-'END'
	mail-root = "mail"
	safety { max-percent = "100%" }
	tmda "own" { mailbox-dir = ".tmda" rescue-lists = {"lists/confirmed"} }
END
fresh()
{
	chmod -R u+rwX mail 2>/dev/null
	rm -rf mail
	cp -a tree mail
}
# went PATH ...: what was due went of these mailboxes, and of no others
went()
{
	set -- "$@" --
	while [ "$1" != -- ]; do
		set -- "$@" "$1/$due" "$1/$reply"
		shift
	done
	shift
	want mail "$@"
}
all="example.test/alice example.test/bob example.test/c/carol \
example.org/dave/Maildir erin"

fresh
keep mail
clock run mailkeep-tmda -c conf -n
exits 0
is "$(wc -l <"$OUT")" 10 '-n names them'
prints '^mail/example.org/dave/Maildir/.tmda/pending/1159377144.1.msg	own: '
went
for threads in 1 7; do
	fresh
	clock run mailkeep-tmda -c conf --threads $threads
	exits 0
	silent
	# shellcheck disable=SC2086	# words
	went $all
done
clock run mailkeep-tmda -c conf
exits 0
silent

# Whose.
fresh
clock run mailkeep-tmda -c conf --user alice@example.test
exits 0
went example.test/alice
fresh
clock run mailkeep-tmda -c conf --user 'example.test/*' --user dave@example.org
exits 0
went example.test/alice example.test/bob example.test/c/carol \
    example.org/dave/Maildir
fresh
clock run mailkeep-tmda -c conf --user nobody@example.test
exits 66
one_line
went

# Hostile ones: links, files, FIFOs, directories that cannot be read.
fresh
cd mail || exit 1
cp -a ../one outside.tmda
mkdir -p ../elsewhere
cp -a ../one ../elsewhere/.tmda
box l1 l2 l3 f1 p1
rm -rf l1/.tmda l2/.tmda/pending l2/.tmda/responses l3/.tmda/lists f1/.tmda \
    p1/.tmda/pending
ln -s ../outside.tmda l1/.tmda
ln -s ../../outside.tmda/pending l2/.tmda/pending
ln -s ../../outside.tmda/responses l2/.tmda/responses
ln -s ../../outside.tmda/lists l3/.tmda/lists
: >f1/.tmda
mkfifo p1/.tmda/pending
ln -s erin linked
ln -s ../elsewhere outside
cd .. || exit 1
keep mail
keep elsewhere
clock run mailkeep-tmda -c conf
ok 'a status' [ "$STATUS" != 0 ]
says 'tmda "own": open mail/l1/\.tmda: Too many levels of symbolic links'
says 'open mail/l2/\.tmda/pending: (Too many levels of symbolic|Not a dir)'
says 'open mail/l2/\.tmda/responses: '
says 'mail/l3/\.tmda/lists/confirmed: .*; without it nothing pending in mail/l3'
says 'f1/\.tmda: Not a directory'
says 'p1/\.tmda/pending: Not a directory'
never_says outside
never_says 'mail/(example|erin)'
rm -f before/mail/l3/$reply before/mail/p1/$reply
# shellcheck disable=SC2086	# words
went $all
want elsewhere

# Another file system.
fresh
if mkdir -p mail/mnt && small_disk mail/mnt 1m; then
	box mail/mnt/frank
	keep mail
	clock run mailkeep-tmda -c conf
	ok 'what lies on another file system is left alone' \
	    [ -f mail/mnt/frank/$due ]
	ok 'and the others are done' [ ! -e mail/erin/$due ]
	umount mail/mnt
	_mounts=
	rmdir mail/mnt
	box mail/grace
	small_disk mail/grace/.tmda 1m
	cp -a one/. mail/grace/.tmda
	keep mail
	clock run mailkeep-tmda -c conf
	ok 'a .tmda that is one, too' [ -f mail/grace/$due ]
	umount mail/grace/.tmda
	_mounts=
else
	skip 'needs root, to mount a small file system' 3
fi

# What a user's own configuration says stays in his mailbox.
fresh
cp -a one other
for box in example.test/bob:"'$PWD/other/pending'" erin:"'../../other/pending'" \
    example.org/dave/Maildir:"'~/../../../other/pending'"; do
	echo "PENDING_DIR = ${box#*:}" >"mail/${box%%:*}/.tmda/config"
done
echo "PENDING_LIFETIME = '1d'" >mail/example.test/alice/.tmda/config
echo "PENDING_DIR = '~/.tmda/pending'
CONFIRM_APPEND = os.path.expanduser('~/.tmda/lists/confirmed')
RESPONSE_DIR = 'responses'" >mail/example.test/c/carol/.tmda/config
keep mail
keep other
clock run mailkeep-tmda -c conf -o tmda.own.pending-lifetime=tmda \
    -o tmda.own.global-config=
exits 78
is "$(wc -l <"$ERR")" 3 'a line each'
says 'bob/\.tmda: its configuration has .*other/pending, which does not lie in'
want other
rm -f before/mail/example.test/alice/.tmda/pending/*
mkdir -p before/mail/example.test/alice/.tmda/pending
touch before/mail/example.test/alice/$due
went example.test/alice example.test/c/carol

# Who has none has TMDA's defaults.
fresh
find mail -name config -exec rm {} +
keep mail
clock run mailkeep-tmda -c conf -o tmda.own.pending-lifetime=tmda \
    -o tmda.own.global-config=
exits 0
silent
# shellcheck disable=SC2086	# words
went $all

# Several sections in one run, one of them broken.
fresh
cp -a one shared
cp -a one second
keep mail
keep second
cat >conf.all <<-'END'
	mail-root = "mail"
	safety { max-percent = "100%" }
	tmda "none" { dir = "nowhere" }
	tmda "shared" { dir = "shared" }
	tmda "own" { mailbox-dir = ".tmda" }
	tmda "second" { dir = "second" pending-lifetime = "36500d"
	    responses-lifetime = "36500d" }
END
clock run mailkeep-tmda -c conf.all
exits 66
one_line
says '^mailkeep-tmda: tmda "none": .*nowhere.*No such file'
ok 'the shared one is done' [ ! -e shared/pending/1159377144.1.msg ]
# shellcheck disable=SC2086	# words
went $all
want second
fresh
clock run mailkeep-tmda -c conf.all --queue own
exits 0
silent
# shellcheck disable=SC2086	# words
went $all

# No mailbox has one.
mkdir -p bare/a/cur bare/a/new bare/a/tmp
clock run mailkeep-tmda -c conf -o mail-root=bare
exits 66
one_line
says 'bare: none of the 1 mailboxes has a \.tmda'
clock run mailkeep-tmda -c conf -o mail-root=nowhere
exits 66
one_line
says 'nowhere'
done_testing
