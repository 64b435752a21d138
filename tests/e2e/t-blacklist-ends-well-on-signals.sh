# A signal ends a run in good order: nothing is published, or all; nothing lies
# about; a feed that does not end is no reason to stay.  Output that goes
# nowhere is an error, and what was to be published is.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
config "on-change = \"echo \$MAILKEEP_CHANGED >>$PWD/changed\""
run mailkeep-blacklist -c conf
exits 0
rm changed

# until CMD ...: wait for that, five seconds at most
until_true()
{
	_i=0
	until "$@" || [ $_i = 100 ]; do
		sleep 0.05
		_i=$((_i + 1))
	done
}
mkfifo pipe
locked()
{
	grep -qsx "$PID" "$LOCK/mailkeep-blacklist.lock"
}
gone()
{
	! kill -0 "$PID" 2>/dev/null
}

# Reading a pipe whose writer writes no more.
printf '192.0.2.33\n192.0.2.34\n' >two
look out "$STATE" >before
# (SIGINT is ignored in what a script starts in the background.)
for signal in TERM HUP; do
	for begun in nothing two; do
		: >nothing
		sed 's/"feed"/"pipe"/' conf >waiting
		start mailkeep-blacklist -c waiting
		exec 3>pipe
		cat $begun >&3
		until_true locked
		sleep 0.2
		kill -$signal "$PID"
		until_true gone
		ok "SIG$signal, $begun read: it ends" gone
		exec 3>&-
		finish
		_what="SIG$signal, $begun read"
		exits 75
		one_line
		says 'stopped by a signal; nothing is published'
		same before
	done
done
run mailkeep-blacklist -c conf
exits 0
same before

# A feed that is optional is no way round.
sed 's/"feed"/"pipe" optional = yes/; s/^cdb/feed "two" { file = "two" }\n&/' \
    conf >waiting
start mailkeep-blacklist -c waiting
exec 3>pipe
until_true locked
sleep 0.2
kill "$PID"
until_true gone
exec 3>&-
finish
_what='SIGTERM in an optional feed'
exits 75
same before

# A large one.
awk 'BEGIN { for (i = 0; i < 3000000; i++)
	printf "11.%d.%d.%d\n", i / 65536, i / 256 % 256, i % 256 }' >large
sed 's/"feed"/"large"/' conf >reading
start mailkeep-blacklist -c reading
until_true locked
kill "$PID"
finish
_what='SIGTERM in a large feed'
exits 75
same before
rm large

# While on-change runs: it is not interrupted, and all is published.
echo 192.0.2.77 >>feed
sed 's/on-change = "/&touch begun; sleep 1; /' conf >slowly
start mailkeep-blacklist -c slowly
until_true test -e begun
kill "$PID"
finish
_what='SIGTERM while on-change runs'
exits 0
tidy
ok 'on-change has run to its end' [ -s changed ]
run mailkeep-blacklist -c conf
exits 0
silent
rm changed

# At random moments.
echo 192.0.2.101 >feed
run mailkeep-blacklist -c conf --force
mixed=0 litter=0
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	if [ $((i % 2)) = 0 ]; then
		echo 192.0.2.101 >feed
	else
		echo 192.0.2.102 >feed
	fi
	start mailkeep-blacklist -c conf --force
	sleep "0.0$((i % 10))"
	kill "$PID" 2>/dev/null
	finish
	case $STATUS in
	0 | 75 | 143) ;;
	*)	_what="SIGTERM, round $i"
		exits 0 ;;
	esac
	[ "$(cat out/b.plain out/b.text out/b.postfix | grep -o \
	    '192\.0\.2\.[0-9]*' | sort -u | wc -l)" = 1 ] ||
	    mixed=$((mixed + 1))
	[ -z "$(find out -name '.*')" ] || litter=$((litter + 1))
done
is "$mixed $litter" '0 0' 'no mixture and no litter after 40 signals'

# Output that goes nowhere.
run mailkeep-blacklist -c conf --force
cp two feed
# into FILE STATUS ARG ...: standard output is that
into()
{
	_file=$1 _status=$2
	shift 2
	_what="$* >$_file"
	if [ "$_file" = - ]; then
		(_become 60 mailkeep-blacklist "$@") >&- 2>"$ERR" </dev/null
	else
		(_become 60 mailkeep-blacklist "$@") >"$_file" 2>"$ERR" \
		    </dev/null
	fi
	STATUS=$?
	exits "$_status"
	one_line
}
for to in /dev/full -; do
	status=75
	[ $to = - ] && status=74
	if [ ! -c /dev/full ]; then
		skip 'no /dev/full'
		continue
	fi
	echo "192.0.2.$status" >>feed
	look out "$STATE" >before
	into $to $status -c conf --print plain
	into $to $status -c conf --why 192.0.2.33
	into $to $status --check out/b.cdb
	into $to $status -c conf -n
	_what="all that goes to $to"
	same before
	into $to $status -c conf --json
	_what="a report to $to"
	tidy
	ok "$_what: the list is published" grep -q "192\.0\.2\.$status" \
	    out/b.plain
done
run mailkeep-blacklist -c conf
exits 0

# Nor is anything written into a file of ours where the descriptors are closed.
echo nonsense >>two
cp two feed
echo 192.0.2.55 >>feed
(_become 60 mailkeep-blacklist -c conf -v) >&- 2>&- <&-
ok 'without any descriptor it works' grep -q '192\.0\.2\.55' out/b.plain
_what='without any descriptor'
tidy
run mailkeep-blacklist --check out/b.cdb 192.0.2.55
exits 0
not_ours=$(grep -l 'mailkeep-blacklist: ' out/b.cdb out/b.plain feed conf)
is "$not_ours" '' 'no message is in a file'

# A reader that goes.
awk 'BEGIN { for (i = 0; i < 60000; i++)
	printf "11.%d.%d.1\n", i / 256, i % 256 }' >feed
(
	(_become 60 mailkeep-blacklist -c conf --print plain) 2>"$ERR"
	echo $? >ended
) | head -n 1 >"$OUT"
_what='--print into a pipe that is closed'
prints '^11\.0\.0\.1/32$'
is "$(cat ended)$(cat "$ERR")" 141 "$_what: it ends, and says nothing"
done_testing
