# Two builds at once: the second says so and changes nothing.  Two
# configurations that know nothing of each other and write the same files never
# mix their lists in one file, nor lie in wait for each other, and end with one
# of the two.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
config
mkfifo slow
sed 's/"feed"/"slow"/' conf >waiting

# The first holds the lock while its feed does not end.
start mailkeep-blacklist -c waiting
exec 3>slow
i=0
until [ -s "$LOCK/mailkeep-blacklist.lock" ] || [ $i = 100 ]; do
	sleep 0.05
	i=$((i + 1))
done
look out "$STATE" >before
for arguments in '' --force --if-missing; do
	# shellcheck disable=SC2086	# none or one
	run mailkeep-blacklist -c conf $arguments
	exits 75
	one_line
	says "lock-dir .*: held by process $PID"
	same before
done
for arguments in '-n' '--print plain'; do
	# shellcheck disable=SC2086	# words
	run mailkeep-blacklist -c conf $arguments
	exits 0
	same before
done
echo "$FIRST" >&3
exec 3>&-
finish
exits 0
silent
tidy
is "$(cat out/b.plain)" "$FIRST/32" 'the first has published'
run mailkeep-blacklist -c conf
exits 0

# Others: with the same files, and with the names of two exchanged.
seq -f '10.1.0.%g' 1 2 250 >feed1
seq -f '10.2.0.%g' 1 2 250 >feed2
mkdir l1 l2 s1 s2
for i in 1 2; do
	{
		echo "lock-dir = \"$PWD/l$i\" state-dir = \"$PWD/s$i\""
		sed "s/\"feed\"/\"feed$i\"/; s/^}/max-shrink = 100%&/" conf
	} >conf$i
done
sed -i 's,b\.text,b.other,; s,b\.plain,b.text,; s,b\.other,b.plain,' conf2
for i in 1 2; do
	run mailkeep-blacklist -c conf$i --force
	exits 0
	mkdir good$i
	cp out/* good$i
done

# again I: run it until told to stop; what it ends with is noted.
again()
{
	while [ ! -e stop ]; do
		(run mailkeep-blacklist -c conf"$1" --force
		    cat "$SCRATCH/err$1" >>"said$1"
		    echo $STATUS >>"ended$1")
	done
}
for i in 1 2; do
	(
		OUT=$SCRATCH/out$i ERR=$SCRATCH/err$i
		again $i
	) &
	eval "pid$i=$!"
	reap $!
done
sum()
{
	cksum <"$1" | tr ' ' -
}
torn=0 looks=0
end=$(($(date +%s) + 5))
while [ "$(date +%s)" -lt $end ]; do
	for output in cdb postfix nft text; do
		# Not cp(1), which gives up what is replaced meanwhile.
		cat "out/b.$output" >copy
		case " $(sum good1/b.$output) $(sum good2/b.$output) " in
		*" $(sum copy) "*)	;;
		*)	torn=$((torn + 1)) ;;
		esac
		looks=$((looks + 1))
	done
done
touch stop
# shellcheck disable=SC2154	# set by eval
wait "$pid1" "$pid2"
is $torn 0 "of $looks files none is a mixture or missing"
is "$(cat ended1 ended2 | sort -u | tr '\n' ' ' | sed 's/75 $//')" '0 ' \
    'each ends with 0 or 75'
ok 'all that is said is who publishes' not grep -Ev \
    '^mailkeep-blacklist: publish .*/out/b\.[a-z]+: lock .*: (held by|the file is)' \
    said1 said2
diag "$(cat ended1 ended2 | sort | uniq -c | tr '\n' ';')"
_what='both at once'
tidy
run mailkeep-blacklist -c conf1 --force
exits 0
ok 'the last one is what is there' cmp good1/b.cdb out/b.cdb
ok 'the last one is what is there' cmp good1/b.nft out/b.nft
tidy
done_testing
