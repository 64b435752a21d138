# Every wrong command line of mailkeep-blacklist ends with status 64 and one
# line that names what is wrong, and nothing is touched.
. tests/e2e/lib.sh

echo 192.0.2.1 >list
echo 'blacklist { never-self = no  cdb = "out/cdb"
    feed "f" { file = "list" } }' >conf
mkdir out
run mailkeep-blacklist -c conf
exits 0
silent
cp -a out tree
snapshot "$STATE" >state

# wrong RE ARG ...
wrong()
{
	_re=$1
	shift
	run mailkeep-blacklist "$@"
	exits 64
	one_line
	says "^mailkeep-blacklist: $_re"
	is "$(cat "$OUT")" '' 'nothing on stdout'
}

wrong 'unknown option --dry-rum; did you mean --dry-run' --dry-rum -c conf
wrong 'unknown option --prnt; did you mean --print' --prnt plain list
wrong 'unknown option -x' -c conf -x
wrong 'option --strict takes no argument' -c conf --strict=yes
wrong 'option --why needs an argument: --why IP' -c conf --why
wrong 'option --print needs an argument: --print FORMAT' list --print
wrong 'option --check needs an argument: --check DB' --check
wrong 'option --why: is empty' -c conf --why ''
wrong 'option --print: is empty' -c conf --print ''
wrong 'option --check: is empty' --check ''
wrong 'option --p is ambiguous: .*--print' -c conf --p
wrong 'the name of a FEED is empty' --print plain ''
wrong 'the name of a FEED is empty' --print plain list ''
for print in cdb dbm plan PLAIN all; do
	wrong "--print $print: it prints text, plain, postfix" \
	    --print $print list
done
for why in 1.2.3 012.0.0.1 host.example.org 192.0.2.1/33 192.0.2.1,192.0.2.2 \
    ' 192.0.2.1' 2001:db8::g fe80::1%eth0 -- -1; do
	wrong "--why $why: " -c conf --why "$why"
done
both='--why, --print, --check and --if-missing do not go together'
wrong "$both" -c conf --why 192.0.2.1 --print plain
wrong "$both" -c conf --why 192.0.2.1 --check out/cdb
wrong "$both" -c conf --print plain --check out/cdb
wrong "$both" -c conf --if-missing --why 192.0.2.1
wrong "$both" -c conf --if-missing --print plain
for mode in '--why 192.0.2.1' '--print plain' '--check out/cdb' --if-missing; do
	for option in -n --dry-run --force; do
		# shellcheck disable=SC2086	# an option and its argument
		wrong '-n and --force go with a build alone' -c conf $mode \
		    $option
	done
done
wrong '--strict does not go with --if-missing' -c conf --if-missing --strict
i=0
while [ $((i += 1)) -le 65 ]; do
	set -- "$@" list
done
wrong '65 feeds are too many: at most 64; a directory or a quoted glob is one' \
    --print plain "$@"
shift
run mailkeep-blacklist -o blacklist.never-self=no --print plain "$@"
exits 0
is "$(cat "$OUT")" 192.0.2.1/32 '64 are not too many'
# -o is checked as the file is.
for option in blacklist.fed.f.format=csv blacklist.feed.f.formt=csv \
    blacklist.feed.f.format=csw blacklist.feed.g.format=csv \
    blacklist.max-shrink=50 blacklist.max-lengths=0 blacklist.never-self=maybe \
    blacklist.feed.f.max-age=2 blacklist.feed=list blacklist=list; do
	wrong "-o ${option%%=*}" -c conf -o "$option"
done

same_tree tree out
snapshot "$STATE" >state.after
ok 'the state stays' cmp state state.after

# The words of the help are true, and fit a terminal.
run mailkeep-blacklist --help
exits 0
ok 'at most 80 columns' [ "$(wc -L <"$OUT")" -le 80 ]
for option in why print check if-missing strict force; do
	prints "^ +--$option"
done
prints '^  0 done   64 wrong usage   65 bad data'
run mailkeep-blacklist --version
exits 0
prints '^mailkeep-blacklist '
done_testing
