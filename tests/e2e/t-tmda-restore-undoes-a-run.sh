# archive and --restore: a run's messages come back under the same names, with
# the same bytes, modes, owners and times, in both formats, in mailboxes, to
# another place; a full disk while archiving, or an archive that is cut, removes
# and restores nothing half.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

# The times of directories change; records of replies do not come back.
d15=$((NOW - 15 * 86400))
queue q <<END
	hold =$d15.1 a@example.net alice@example.test
	hold =$d15.2 b@example.net bob@example.test "\\\\xff \\\\x00 \\\\n\\\\r\\\\n"
	hold 1 c@example.net bob@example.test
	leftover =$d15.3 C
	cache
	respond 15 r@example.net
END
queue m maildir <<END
	hold =$d15.1 a@example.net alice@example.test
	hold =$d15.4198 b@example.net alice@example.test
	hold 1 c@example.net bob@example.test
	read $d15.4198
END
mkdir -p box/example.test/alice/cur box/example.test/alice/new \
    box/example.test/alice/tmp
queue box/example.test/alice/.tmda <<END
	hold =$d15.9 a@example.net alice@example.test
END
cp -a box/example.test/alice box/example.test/bob
chmod 640 q/pending/$d15.1.msg
touch -d '2004-02-29 12:34:56.789012345' q/pending/*.msg m/pending/*/*
: >q/pending/1159377144.1.msg
head -c 300000 /dev/urandom >q/pending/1159377144.2.msg
[ "$(id -u)" = 0 ] && chown 1:2 m/pending/new/*
for d in q m box; do
	keep $d
done
cat >conf <<-'END'
	mail-root = "box"
	safety { max-percent = "100%" }
	tmda "q" { dir = "q" archive = "archive.q" }
	tmda "m" { dir = "m" archive = "archive.m" rescue = "no" }
	tmda "own" { mailbox-dir = ".tmda" archive = "archive.box" }
END
host=$(uname -n)
went()
{
	want q pending/$d15.1.msg pending/$d15.2.msg "pending/$d15.3.msg:3,C" \
	    pending/1159377144.1.msg pending/1159377144.2.msg "responses/$(
	    cd before/q/responses && echo *)"
	want m "pending/new/$d15.1.$host" "pending/cur/$d15.4198.$host:2,S"
	want box example.test/alice/.tmda/pending/$d15.9.msg \
	    example.test/bob/.tmda/pending/$d15.9.msg
}
clock run mailkeep-tmda -c conf -n
exits 0
ok '-n makes no archive' [ ! -e archive.q ]
clock run mailkeep-tmda -c conf
exits 0
silent
went
ok 'by the queue' [ -f archive.q/*/%.tar.zst ]
holds archive.box/* example.test%2Falice.tar.zst example.test%2Fbob.tar.zst
ok 'other programs read it' sh -c \
    'zstd -qdc archive.q/*/%.tar.zst | tar tf - >/dev/null'
clock run mailkeep-tmda -c conf --queue q --restore archive.q/* -n
exits 0
is "$(grep -c pending/ "$OUT")" 5 '-n prints what it holds'
went

# To another place ...
clock run mailkeep-tmda -c conf --restore archive.q/* --to to
exits 0
for name in $d15.1.msg $d15.2.msg "$d15.3.msg:3,C" 1159377144.2.msg; do
	ok "$name: its bytes" cmp "before/q/pending/$name" "to/pending/$name"
	is "$(stat -c '%a %U:%G %.Y %s' "to/pending/$name")" \
	    "$(stat -c '%a %U:%G %.Y %s' "before/q/pending/$name")" \
	    "$name: mode, owner, time"
done
went
# ... and where they were.
for name in q m own; do
	case $name in
	own)	archive=$(echo archive.box/*) ;;
	*)	archive=$(echo archive.$name/*) ;;
	esac
	clock run mailkeep-tmda -c conf --queue $name --restore "$archive"
	exits 0
	never_says 'fail|error'
done
says 'note: by their names what was restored is as old as before'
rm before/q/responses/*
want q
want m
want box
clock run mailkeep-tmda -c conf --restore archive.q/*
exits 64
one_line
says 'there are 3 queues: say which by --queue NAME, or --to DIR'
# Once more: what is there is left as it is.
echo changed >q/pending/$d15.1.msg
keep q
clock run mailkeep-tmda -c conf --queue q --restore archive.q/*
want q
# By recipient, by mailbox, by one file.
rm -rf to
clock run mailkeep-tmda -c conf --restore archive.box/* --to to \
    --user bob@example.test
exits 0
is "$(cd to && find . -type f)" "./example.test/bob/.tmda/pending/$d15.9.msg" \
    "one mailbox's"
rm -rf to
clock run mailkeep-tmda -c conf --to to \
    --restore archive.box/*/example.test%2Falice.tar.zst
exits 0
ok 'of one file' [ -n "$(find to -name "$d15.9.msg")" ]

# Damaged, missing.
mkdir cut
head -c 200000 archive.q/*/%.tar.zst >cut/%.tar.zst
rm -rf to
clock run mailkeep-tmda -c conf --restore cut --to to
exits 65
says 'the archive is damaged or cut short'
ok 'no half message' [ ! -e to/pending/1159377144.2.msg ]
ok 'nor what is left of one' [ -z "$(find to -name 'restore.*')" ]
clock run mailkeep-tmda -c conf --restore archive.q/none --to to
exits 66
one_line

# No room for the archive: what would be in it stays.
if small_disk tiny 100k; then
	cp before/q/pending/$d15.1.msg q/pending
	keep q
	clock 86400 run mailkeep-tmda -c conf --queue q -o tmda.q.archive=tiny/a
	exits 75
	says 'No space left on device; nothing of it is removed'
	want q
	ok 'no part of one stays' [ -z "$(find tiny -type f)" ]
	clock 86400 run mailkeep-tmda -c conf --queue q
	exits 0
	holds q/pending .msgcache tmpAb3_xZ "$((NOW - 86400)).1001.msg"
else
	skip 'needs root, to mount a small file system' 5
fi
# A FIFO is no archive, and nobody waits for its writer.
mkfifo pipe
run mailkeep-tmda -c conf --restore pipe --to .
exits 65
one_line
says 'pipe: is neither an archive nor a directory of archives$'

# Two sections with one archive could not be told apart.
clock run mailkeep-tmda -c conf -o tmda.m.archive=archive.q
exits 78
one_line
says 'tmda "q" and "m" have one archive'
# ... however it is written.
for again in archive.q/ ./archive.q "$PWD//archive.q"; do
	clock run mailkeep-tmda -c conf -o "tmda.m.archive=$again"
	exits 78
	one_line
	says 'tmda "q" and "m" have one archive'
done
done_testing
