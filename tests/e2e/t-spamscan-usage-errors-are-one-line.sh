# Every wrong command line ends with status 64 and one line that names what is
# wrong, and nothing is touched; --help and --version fit a terminal; nothing
# to do is an error that says what.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

echo 'mail-root = "home"
spamscan { trust "mx.example.test" { } }' >conf
scored home/alice/new/1.M1P1.mx 15.3
cp -a home tree

# wrong RE ARG ...
wrong()
{
	_re=$1
	shift
	run mailkeep-spamscan "$@"
	exits 64
	one_line
	says "^mailkeep-spamscan: .*$_re"
	is "$(cat "$OUT")" '' 'nothing on stdout'
}
wrong 'unknown option --dry-rum; did you mean --dry-run' --dry-rum -c conf
wrong 'unknown option --explian; did you mean --explain' -c conf --explian x
wrong 'unknown option -x' -c conf -x
wrong 'option --rescan takes no argument' -c conf --rescan=yes
wrong 'option --user needs an argument' -c conf --user
wrong 'option --trust needs an argument' -c conf --trust
wrong 'option --config needs an argument' -c
wrong 'option --t is ambiguous' -c conf --t
wrong '--user: is empty' -c conf --user ''
wrong '--trust: is empty' -c conf --trust ''
wrong '--explain: is empty' -c conf --explain ''
wrong '--trust: .*"a b" is no host' -c conf --trust 'a b'
wrong '--histogram: "none" is neither all nor account' -c conf --histogram none
wrong '--learn-list: "eggs" is neither spam nor ham' -c conf --learn-list eggs
for number in 0 65 two -1 '' 1x ' 1' 99999999999999999999; do
	wrong '--threads: ' -c conf --threads "$number"
done
wrong 'do not go together' -c conf --explain x --histogram all
wrong 'do not go together' -c conf --histogram all --learn-list ham
wrong 'without --rescan' -c conf --histogram all --rescan
wrong 'without --rescan, --force and --metrics' -c conf --explain x --force
wrong 'no MAILDIR and no --user' -c conf --explain x home/alice
wrong 'no MAILDIR and no --user' -c conf --explain x --user alice
wrong '--tell goes with --learn-list' -c conf --tell
wrong '--tell goes with --learn-list' -c conf -n --learn-list ham --tell \
    -o spamscan.learn=yes
wrong 'folder in one: name the mailbox' -c conf home/alice/new
wrong 'named twice' -c conf home/alice home/alice
mkdir archive
cp -a home/alice outside
wrong "archive, .* can't be used for a MAILDIR outside" -c conf \
    -o spamscan.delete-above=20 -o spamscan.archive=archive outside
same_tree tree home
same_tree tree/alice outside
is "$(ls -A "$STATE")" '' 'no state was written'
is "$(ls -A archive)" '' 'no archive'

run mailkeep-spamscan --help
exits 0
is "$(cat "$ERR")" '' 'nothing on stderr'
is "$(awk 'length > 80' "$OUT")" '' '--help fits 80 columns'
for option in user trust rescan explain histogram learn-list tell force \
    threads config option dry-run verbose quiet json progress no-progress \
    metrics help version; do
	grep -q -e "--$option" "$OUT" || flunk "--help names --$option"
done
run mailkeep-spamscan -h
exits 0
prints '^usage: mailkeep-spamscan '
run mailkeep-spamscan --version
exits 0
is "$(cat "$OUT")" "mailkeep-spamscan $(sed -n 's/^VERSION.*:= *//p' \
    "$TOP/Makefile")" 'one line'
run mailkeep-spamscan -c missing --help
exits 0
if [ -c /dev/full ]; then
	for option in -n --json; do
		mailkeep-spamscan -o "state-dir=$STATE" -o "lock-dir=$LOCK" \
		    -o sandbox=no -c conf -n $option >/dev/full 2>err
		is $? 75 "$option >/dev/full: a full disk may be empty tomorrow"
		is "$(cat err)" "mailkeep-spamscan: standard output: No space \
left on device" 'which is said'
	done
else
	skip 'needs /dev/full' 4
fi
same_tree tree home

# Nothing to do.
nothing()
{
	_status=$1 _re=$2
	shift 2
	run mailkeep-spamscan "$@"
	exits "$_status"
	one_line
	says "^mailkeep-spamscan: $_re"
}
mkdir -p empty none/alice/new
nothing 66 'empty: no mailbox found' -c conf -o mail-root=empty
nothing 66 'none: no mailbox found' -c conf -o mail-root=none
nothing 66 'mail-root: .*nowhere.*No such file' -c conf -o mail-root=nowhere
nothing 66 'nowhere: .*No such file' -c conf nowhere
nothing 66 'empty: ' -c conf empty
nothing 66 'home: none of the 1 mailboxes .*for --user' -c conf --user bob
nothing 66 'home: none of the 1 mailboxes has ' -c conf -o spamscan.folder=Work
nothing 66 'home: none of the 1 mailboxes has ' -c conf -o spamscan.limit=0
same_tree tree home

# Options instead of a configuration; a mailbox anywhere.
run mailkeep-spamscan -c /dev/null --trust mx.example.test --trust mx2 outside
exits 0
silent
holds outside/new
holds outside/.Junk/new 1.M1P1.mx
same_tree tree home
# Long options may be cut, and mix with arguments; "--" ends them.
mkdir -- -n
cp -a home/alice -- -n/box
run mailkeep-spamscan -c /dev/null --resc --tru mx.example.test -- -n/box
exits 0
holds ./-n/box/.Junk/new 1.M1P1.mx
done_testing
