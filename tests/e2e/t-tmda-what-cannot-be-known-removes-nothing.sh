# TMDA's configuration is never executed; where it can't be known what it says,
# nothing is done there: one line with file and line, 78, and the other sections
# are done.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

mkdir home
queue home/.tmda <<-'END'
	hold 400 a@example.net alice@example.test
	respond 400 a@example.net
END
mkdir elsewhere
cp -a home/.tmda/pending elsewhere
queue other <<-'END'
	hold 400 a@example.net alice@example.test
END
cp -a other other.before
cat >conf <<-'END'
	safety { max-percent = "100%" }
	tmda "own" { dir = "home/.tmda" pending-lifetime = "tmda"
	    global-config = "" }
	tmda "other" { dir = "other" }
END
other="pending/$((NOW - 400 * 86400)).1001.msg"
# unknown LINE RE [TEXT]: TEXT, or standard input, as a configuration
unknown()
{
	if [ $# = 3 ]; then
		printf '%b\n' "$3"
	else
		cat
	fi >home/.tmda/config
	rm -rf other
	cp -a other.before other
	keep home
	keep elsewhere
	clock run mailkeep-tmda -c conf
	exits 78
	one_line
	says "^mailkeep-tmda: tmda \"own\": home/\.tmda/config:$1: .*$2"
	want home
	want elsewhere
	ok 'the other section was done' [ ! -e "other/$other" ]
}
s='PENDING_LIFETIME is not a plain string there.*nothing is done: write into '
s=$s'tmda "own" pending-lifetime = "14d"'
unknown 1 "$s" 'PENDING_LIFETIME = DAYS + "d"'
unknown 2 "$s" 'PENDING_LIFETIME = "14d"\nPENDING_LIFETIME = str(3) + "d"'
unknown 3 "$s" 'if 1:\n\timport os\n\tPENDING_LIFETIME = "1d"'
unknown 2 "$s" 'PENDING_LIFETIME = "14d"\nPENDING_LIFETIME += "x"'
unknown 2 "$s" 'PENDING_LIFETIME = "14d"\ndel PENDING_LIFETIME'
unknown 1 "$s" 'PENDING_LIFETIME = f"{3}d"'
unknown 1 "$s" 'PENDING_LIFETIME = "%dd" % 3'
unknown 1 "$s" 'PENDING_LIFETIME, X = "1d", 2'
unknown 1 'PENDING_LIFETIME: ' 'PENDING_LIFETIME = 14'
unknown 1 'PENDING_LIFETIME is None' 'PENDING_LIFETIME = None'
for bad in '14' 'd' '14D' '1d2h' '-1d' ' 1d' ''; do
	unknown 1 'PENDING_LIFETIME: .*; nothing is done' \
	    "PENDING_LIFETIME = '$bad'"
done
unknown 1 'PENDING_DIR is not a plain string' 'PENDING_DIR = HOME + "/p"'
unknown 1 'PENDING_DIR is None' 'PENDING_DIR = None'
unknown 2 'PENDING_DIR is not a plain' '\nPENDING_DIR = os.path.expanduser("~u/x")'
unknown 1 'PENDING_DIR is not a plain' 'PENDING_DIR = os.environ["X"]'
unknown 2 'RESPONSE_DIR is not a plain' '#\nRESPONSE_DIR = where()'
unknown 1 'DATADIR is not a plain' 'DATADIR = os.getcwd()'
unknown 1 'CONFIRM_APPEND is not a plain string.*rescue-lists' \
    'CONFIRM_APPEND = lists[0]'
unknown 1 'BARE_APPEND is not a plain string.*rescue-lists' \
    'BARE_APPEND = lists[0]'
unknown 1 '' 'PENDING_LIFETIME = "1d'
unknown 2 '' 'X = 1\nY = """\nPENDING_LIFETIME = "1d"\n'
unknown 1 '' '[TMDA_CONFIG]\nPENDING_LIFETIME = 1d'

# What nobody asks may be as unknown as it likes.
printf '%s\n' 'PENDING_DELETE_APPEND = what()' 'PENDING_CACHE = ever()' \
    >home/.tmda/config
clock run mailkeep-tmda -c conf -n
exits 0
clock run mailkeep-tmda -c conf -n -o tmda.own.append-deleted=yes
exits 78
says 'config:1: PENDING_DELETE_APPEND is not .*delete-append = "lists/'
echo 'CONFIRM_APPEND = what()' >home/.tmda/config
clock run mailkeep-tmda -c conf -n -o tmda.own.rescue=no
exits 0

# Nothing of it runs.
cat >home/.tmda/config <<-END
	import os, subprocess
	os.system('touch $PWD/trace1')
	open('$PWD/trace2', 'w').write('x')
	PENDING_LIFETIME = os.path.expanduser('14d') # touch $PWD/trace3
	X = "\`touch $PWD/trace4\`\$(touch $PWD/trace4)"
	PENDING_DIR = (lambda: open('$PWD/trace5', 'w'))() or '\$(touch trace6)'
END
keep home
clock run mailkeep-tmda -c conf --queue own
exits 78
one_line
want home
ok 'it was not executed' [ -z "$(find . -name 'trace*')" ]

# Not there, not readable, not a file, not text, too long.
config=home/.tmda/config
# fails STATUS RE
fails()
{
	keep home
	clock run mailkeep-tmda -c conf --queue own
	exits "$1"
	one_line
	says "^mailkeep-tmda: tmda \"own\": .*home/\.tmda/config.*$2"
	want home
}
rm $config
fails 66 'is not there, .*pending-lifetime = "14d"'
mkdir $config
fails 65 'regular file|directory'
rmdir $config
mkfifo $config
fails 65 'regular file'
rm $config
echo 'PENDING_LIFETIME = "1d"' >real
ln -s ../../real $config
keep home
clock run mailkeep-tmda -c conf --queue own
ok 'a link is not followed' [ "$STATUS" != 0 ]
one_line
want home
rm $config
printf 'X = 1\000\nPENDING_LIFETIME = "1d"\n' >$config
fails 65 'NUL'
{
	yes '# long'
} 2>/dev/null | head -c 1100000 >$config
echo 'PENDING_LIFETIME = "1d"' >>$config
fails 74 'File too large'

# The owner of a directory that it names must be that of the TMDA directory.
if [ "$(id -u)" = 0 ] && id mail >/dev/null 2>&1; then
	echo "PENDING_DIR = '$PWD/elsewhere/pending'" >$config
	chown -R mail home
	keep elsewhere
	keep home
	clock run mailkeep-tmda -c conf --queue own
	exits 78
	says 'elsewhere/pending: belongs to user 0, not to the owner of home'
	want elsewhere
else
	skip 'needs root' 3
fi
done_testing
