# valgrind finds no leak and no error on the main paths.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'the sanitizer looks for the same'
command -v valgrind >/dev/null || skip_all 'needs valgrind'
. "$TOP/tests/e2e/tmda.sh"

NOW=$(date +%s)
queue first <<-'END'
	hold 40 a@example.net alice@example.test "One \\e[1m\\n two \\xff"
	hold 40 b@example.net bob@example.test
	hold 30 good@example.net bob@example.test
	hold 1 c@example.net alice@example.test
	leftover 40 C
	cache
	respond 40 r@example.net
	list confirmed good@example.net
	list confirmed *@=example.org
	list deleted b@example.net
END
file first/pending/notes 1
queue m maildir <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
	read 1159377144.1
	hold =1159377144.2 good@example.net alice@example.test
	list confirmed good@example.net
END
cat >first/config <<-'END'
	import os
	if os.path.exists('x'):
	    LOGFILE = 1
	DATADIR = os.path.join(os.path.expanduser('~/.tmda'), '')
	PENDING_LIFETIME = '''2w'''
	CONFIRM_APPEND = '~/.tmda/lists/confirmed'
	PENDING_DELETE_APPEND = ("lists" '/deleted')
	PENDING_CACHE = what(
	    "ever")
END
mkdir -p first.box/example.test/alice/cur first.box/example.test/alice/new \
    first.box/example.test/alice/tmp
cp -a first first.box/example.test/alice/.tmda
cp -a first.box/example.test/alice first.box/example.test/bob
rm -r first.box/example.test/bob/.tmda/lists
: >first.box/example.test/bob/.tmda/lists
mkdir bin
chmod 777 bin
if [ "$(id -u)" = 0 ]; then		# nothing is released as root
	id mail >/dev/null 2>&1 || skip_all 'needs user mail'
	chown -R mail m
fi
cp "$TOP/tests/e2e/tmda-pending.py" bin/tmda-pending
chmod 755 bin/tmda-pending
echo release >bin/pending.how
cat >conf <<-END
	mail-root = "box"
	safety { max-percent = "100%" }
	tmda "shared" { dir = "q" archive = "archive" append-deleted = yes
	    delete-append = "lists/deleted" }
	tmda "m" { dir = "m" rescue = "release"
	    release-command = "$PWD/bin/tmda-pending" age = "saved" }
	tmda "own" { mailbox-dir = ".tmda" pending-lifetime = "tmda"
	    global-config = ""
	    append-deleted = yes }
END
fresh()
{
	rm -rf q box
	cp -a first q
	cp -a first.box box
}
# What the loader keeps of libraries that are loaded late.
cat >"$SCRATCH/loader" <<-'END'
	{
		loader
		Memcheck:Leak
		match-leak-kinds: reachable
		...
		fun:dlopen*
	}
END
# Its warnings, "--1234-- ", are of system calls that it does not know yet: to
# the program they look like those of an older kernel.
MK_WRAP="valgrind -q --leak-check=full --show-leak-kinds=all
    --errors-for-leak-kinds=all --error-exitcode=99 --child-silent-after-fork=yes
    --num-callers=40 --suppressions=$SCRATCH/loader
    --log-file=$SCRATCH/valgrind"
# clean STATUS ARG ...
clean()
{
	_status=$1
	shift
	run mailkeep-tmda "$@"
	exits "$_status"
	ok "$_what: valgrind has nothing to say" \
	    not grep '^==' "$SCRATCH/valgrind"
}
fresh
clean 65 -c conf -n -v
clean 65 -c conf --list
clean 65 -c conf --list --json --user '*@example.test'
clean 65 -c conf --stats
clean 0 -c conf --stats --json --queue shared
clean 65 -c conf --json --metrics m.prom --threads 4
ok 'it went' [ ! -e "$(echo q/pending/*.1001.msg)" ]
clean 0 -c conf --queue shared --restore archive/*
clean 0 -c conf --restore archive/* --to to
clean 0 -c conf --queue shared
clean 0 -c conf --queue m -o tmda.m.age=name --force
ok 'it was released' [ -z "$(find m/pending -type f)" ]
clean 64 -c conf --queue unknown
clean 0 --older-than 1d --user alice@example.test -v q
echo 'PENDING_DIR = where()' >box/example.test/alice/.tmda/config
clean 78 -c conf --queue own
rm box/example.test/alice/.tmda/config
clean 65 -c conf --queue own
rm -rf q/lists
mkdir -p q/lists/confirmed
clean 65 -c conf --queue shared
echo 'tmda "x" { dir = "a"' >broken
clean 78 -c broken
clean 66 -c conf --queue shared -o tmda.shared.dir=nowhere
clean 0 --help
done_testing
