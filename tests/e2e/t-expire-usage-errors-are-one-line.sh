# Every wrong command line ends with status 64 and one line that names what is
# wrong, and nothing is touched; --help and --version fit a terminal.
. tests/e2e/lib.sh

echo 'mail-root = "home" expire "trash" { folder = {"Trash"}
    older-than = "10d" age = "received" }' >conf
message home/.Trash/cur/1.M1P1.mx:2,S 40
cp -a home tree

# wrong RE ARG ...
wrong()
{
	_re=$1
	shift
	run mailkeep-expire "$@"
	exits 64
	one_line
	says "^mailkeep-expire: .*$_re"
	is "$(cat "$OUT")" '' 'nothing on stdout'
}

wrong 'unknown option --dry-rum; did you mean --dry-run' --dry-rum -c conf
wrong 'unknown option -x' -c conf -x
wrong 'option --list takes no argument' -c conf -n --list=yes
wrong 'option --rule needs an argument' -c conf --rule
wrong 'option --config needs an argument: --config FILE' -c
wrong 'option --p is ambiguous: .*--plan' -c conf --p
wrong '--rule: is empty' -c conf --rule ''
wrong '--threads: "0"' -c conf --threads 0
wrong '--threads: "65"' -c conf --threads 65
wrong '--threads: "two"' -c conf --threads two
wrong '--threads: "-1"' -c conf --threads -1
wrong '--list and --print0 go with -n' -c conf --list
wrong '--list and --print0 go with -n' -c conf --print0
wrong '--plan and --apply' -c conf --plan p --apply p
wrong '--apply .*MAILDIR' -c conf --apply p home
wrong '--apply' -c conf --apply p --user x
wrong '--apply' -c conf --apply p --rule trash
wrong '--apply' -c conf --apply p --folder Trash --older-than 1d
wrong '--to goes with --restore' -c conf --to x
wrong '--restore' -c conf --restore x --rule trash
wrong '--restore' -c conf --restore x home
wrong '--folder needs --older-than' --folder Trash home
wrong '--older-than .*--folder' --older-than 10d home
wrong '--age .*--folder' -c conf --age received
wrong '--folder .*--rule' -c conf --folder Trash --older-than 1d --rule trash
wrong '--older-than: "10".*unit' --folder Trash --older-than 10 home
wrong '--older-than: ' --folder Trash --older-than -5d home
wrong '--older-than: ' --folder Trash --older-than '' home
wrong '--older-than: "10x"' --folder Trash --older-than 10x home
wrong '--older-than: ' --folder Trash --older-than 999999999999999d home
wrong '--age: "mtime" is none of' --folder Trash --older-than 1d \
    --age mtime home
wrong '--folder: is empty' --folder '' --older-than 1d home
wrong '--user: is empty' -c conf --user ''
wrong '--rule.*"trsh".*"trash"' -c conf --rule trsh
wrong 'exclude: a list is written A,B here' -c conf \
    -o 'expire.trash.exclude={"Trash"}'
wrong 'several MAILDIR' -c conf --plan p home tree
same_tree tree home
ok 'no plan was made' [ ! -e p ]
is "$(ls -A "$STATE")" '' 'no state was written'

run mailkeep-expire --help
exits 0
is "$(cat "$ERR")" '' 'nothing on stderr'
is "$(awk 'length > 80' "$OUT")" '' '--help fits 80 columns'
for option in rule user folder older-than age list print0 plan apply force \
    restore to threads config option dry-run verbose quiet json progress \
    no-progress metrics help version; do
	grep -q -e "--$option" "$OUT" || flunk "--help names --$option"
done
run mailkeep-expire -h
exits 0
prints '^usage: mailkeep-expire '
run mailkeep-expire --version
exits 0
is "$(cat "$OUT")" "mailkeep-expire $(sed -n 's/^VERSION.*:= *//p' \
    "$TOP/Makefile")" 'one line'
# Help goes before errors that come after it, and needs no configuration.
run mailkeep-expire -c missing --help
exits 0
# A full disk on the other side is no success.
if [ -c /dev/full ]; then
	mailkeep-expire --help >/dev/full 2>err
	is $? 74 '--help >/dev/full'
	mailkeep-expire -o "state-dir=$STATE" -o "lock-dir=$LOCK" \
	    -o sandbox=no -c conf -n >/dev/full 2>err
	is $? 75 '-n >/dev/full: a full disk may be empty tomorrow'
	is "$(cat err)" \
	    'mailkeep-expire: standard output: No space left on device' \
	    'which is said'
else
	skip 'needs /dev/full' 3
fi
# Long options may be cut, and mix with arguments; "--" ends them.
run mailkeep-expire --fold Trash --older 50d --age received home
exits 0
mkdir -- -n
cp -a home -- -n/box
run mailkeep-expire --folder Trash --older-than 0s -- -n
exits 0
holds ./-n/box/.Trash/cur
same_tree -l tree home
done_testing
