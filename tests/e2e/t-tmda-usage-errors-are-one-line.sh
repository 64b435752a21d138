# Every wrong command line, configuration and directory ends with the status of
# its kind and one line that names what is wrong, and nothing is touched; --help
# and --version fit a terminal.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

queue q <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
	respond 15 r@example.net
END
keep q
echo 'tmda "shared" { dir = "q" }' >conf

# wrong STATUS RE ARG ...
wrong()
{
	_status=$1 _re=$2
	shift 2
	clock run mailkeep-tmda "$@"
	exits "$_status"
	one_line
	says "^mailkeep-tmda: .*$_re"
	is "$(cat "$OUT")" '' 'nothing on stdout'
}
wrong 64 'unknown option --pending; did you mean|unknown option --pending' \
    -c conf --pending
wrong 64 'unknown option --rescue' -c conf --rescue
wrong 64 'unknown option -x' -c conf -x
wrong 64 'option --list takes no argument' -c conf --list=yes
wrong 64 'option --queue needs an argument' -c conf --queue
wrong 64 'option --config needs an argument: --config FILE' -c
wrong 64 'option --t is ambiguous: .*--to' -c conf --t 1
wrong 64 '--queue: .* tmda "shaerd"; did you mean "shared"' -c conf \
    --queue shaerd
wrong 64 '--queue: ' -c conf --queue ''
wrong 64 '--user' -c conf --user ''
wrong 64 '--threads: "0"' -c conf --threads 0
wrong 64 '--threads: "65"' -c conf --threads 65
wrong 64 '--list and --stats do not go together' -c conf --list --stats
wrong 64 'a TMDADIR needs --older-than AGE' -c conf q
wrong 64 '--older-than goes with a TMDADIR' -c conf --older-than 1d
wrong 64 '--older-than: "10".*unit' --older-than 10 q
wrong 64 '--older-than: ' --older-than '' q
wrong 64 '--older-than: ' --older-than -5d q
wrong 64 '--older-than: ' --older-than tmda q
wrong 64 'does not go with --queue' -c conf --older-than 1d --queue shared q
wrong 64 '--list and --stats go with' -c conf --list --force
wrong 64 '--list and --stats go with' -c conf --stats --restore x
wrong 64 '--list and --stats go with' -c conf --stats --metrics x
wrong 64 '--to goes with --restore' -c conf --to x
wrong 64 '--restore goes with' -c conf --restore x --force
wrong 64 '--restore goes with' -c conf --restore x --to y --queue shared
wrong 64 '--restore goes with' -c conf --restore x --older-than 1d q
wrong 66 'nowhere: No such file' -c nowhere
wrong 66 'nowhere.*No such file' --older-than 1d nowhere
wrong 66 '--restore: nowhere: No such file' -c conf --restore nowhere
mkdir -p bare
wrong 66 'bare: has neither pending nor responses: is it a TMDA directory\?' \
    --older-than 1d bare
wrong 65 'conf: Not a directory|conf: is no directory|open.* conf' \
    --older-than 1d conf
wrong 64 'unknown key "dri".*did you mean "dir"' -c conf -o tmda.shared.dri=x
wrong 64 'rescue.*"maybe".*report' -c conf -o tmda.shared.rescue=maybe
wrong 64 'age.*"mtime".*name' -c conf -o tmda.shared.age=mtime

# conf TEXT: in the second line
conf()
{
	printf '\n%s\n' "$1" >bad
}
: >bad
wrong 78 'there is no queue, so nothing is done: write tmda "NAME"' -c bad
wrong 78 'there is no queue, so nothing is done' -c /dev/null
conf 'tmda "a" { }'
wrong 78 'bad:2: .*neither dir nor mailbox-dir' -c bad
conf 'tmda "a" { dir = "q" mailbox-dir = ".tmda" }'
wrong 78 'bad:2: .*both dir and mailbox-dir' -c bad
conf 'tmda { dir = "q" }'
wrong 78 'bad:2: ' -c bad
conf 'tmda "a" { dir = "q" pending-lifetime = "14" }'
wrong 78 'bad:2: .*pending-lifetime: "14".*unit.*or "tmda"' -c bad
conf 'tmda "a" { dir = "q" pending-lifetime = "TMDA" }'
wrong 78 'bad:2: .*pending-lifetime: ' -c bad
conf 'tmda "a" { dir = "q" responses-lifetime = "23h" }'
wrong 78 'bad:2: .*responses-lifetime.*24h' -c bad
conf 'tmda "a" { dir = "q" resuce = "no" }'
wrong 78 'bad:2: unknown key "resuce".*did you mean "rescue"' -c bad
conf 'tmda "a" { mailbox-dir = "../tmda" }'
wrong 78 'bad:2: .*mailbox-dir = "../tmda"' -c bad
conf 'tmda "a" { mailbox-dir = "/tmda" }'
wrong 78 'bad:2: .*mailbox-dir = "/tmda"' -c bad
conf 'tmda "a" { mailbox-dir = ".tmda" rescue-lists = {"/etc/x"} }'
wrong 78 'bad:2: .*"/etc/x" in rescue-lists' -c bad
conf 'tmda "a" { mailbox-dir = ".tmda" config = "../x" }'
wrong 78 'bad:2: .*config = "../x"' -c bad
conf 'tmda "a" { dir = "q" append-deleted = yes }'
wrong 78 'bad:2: .*append-deleted, and no list' -c bad
conf 'tmda "a" { dir = "q" delete-append = "lists/x" }'
wrong 78 'bad:2: .*delete-append, which is for append-deleted' -c bad
conf 'tmda "a" { dir = "q" rescue = "release" release-command = "tmda-pending" }'
wrong 78 'bad:2: .*release-command.*write its whole path' -c bad
conf 'tmda "a" { dir = "q" } tmda "a" { dir = "x" }'
wrong 78 'bad:2: ' -c bad
conf 'tmda "a" { dir = "q"'
wrong 78 'bad:' -c bad
# What belongs to another program is checked, too.
conf 'tmda "a" { dir = "q" } expire "x" { folder = {"Trash"} }'
wrong 78 'bad:2: ' -c bad
want q

if [ "$(id -u)" != 0 ] || [ -e /etc/mailkeep/mailkeep.conf ]; then
	skip 'this host has a configuration' 4
else
	wrong 78 'there is no queue, so nothing is done' --list
fi

# A tree without anything, and a directory that is missing in it.
mkdir -p e/pending
clock run mailkeep-tmda --older-than 1d e
exits 0
silent
rmdir e/pending
mkdir e/responses
clock run mailkeep-tmda --older-than 1d e
exits 0
silent
is "$(find e)" "e${_newline}e/responses" 'nothing is made'
wrong 66 'nowhere.*No such file' -c conf -o tmda.shared.dir=nowhere
# Two directories: the one that is there is done.
clock run mailkeep-tmda --older-than 1d nowhere q/
exits 66
one_line
ok 'the other one is done' [ ! -e q/pending/1159377144.1.msg ]

run mailkeep-tmda --help
exits 0
is "$(cat "$ERR")" '' 'nothing on stderr'
is "$(awk 'length > 80' "$OUT")" '' '--help fits 80 columns'
for option in queue user older-than list stats force restore to threads config \
    option dry-run verbose quiet json progress no-progress metrics help version
do
	grep -q -e "--$option" "$OUT" || flunk "--help names --$option"
done
run mailkeep-tmda --version
exits 0
is "$(cat "$OUT")" "mailkeep-tmda $(sed -n 's/^VERSION.*:= *//p' \
    "$TOP/Makefile")" 'one line'
done_testing
