# Two runs at once: the second says who holds the lock and exits 75.  Where
# they have no lock in common, nothing is removed or counted twice.
. tests/e2e/lib.sh

mkdir other
for box in a b c d; do
	message mail/$box/.Trash/cur/young:2,FS 1
	printf '0S\n600000 1000\n' >mail/$box/maildirsize
	awk -v dir=mail/$box/.Trash/cur 'BEGIN {
		for (i = 0; i < 300; i++) {
			name = dir "/1700000000.M" i "P1.mx,S=9:2,S"
			print "12345678" >name
			close(name)
		}
	}'
	touch -d '40 days ago' mail/$box/.Trash/cur/17*
done
cp -a mail mail.before
cat >conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
	expire "tmp" { tmp = yes older-than = "36h" }
END

# A holder that holds for as long as we want.
mkfifo go
# shellcheck disable=SC2094
(
	flock 9
	sh -c 'echo $PPID' >&9
	read -r _ <go
) 9<>"$LOCK/mailkeep-expire.lock" &
holder=$!
reap $holder
tries=0
until [ -s "$LOCK/mailkeep-expire.lock" ]; do
	tries=$((tries + 1))
	[ $tries -lt 1000 ] || _die 'no lock'
	sleep 0.01
done
pid=$(cat "$LOCK/mailkeep-expire.lock")
run mailkeep-expire -c conf
exits 75
one_line
says "lock mailkeep-expire.lock: held by process $pid\$"
same_tree mail mail.before
run mailkeep-expire -c conf -n --list
exits 0
is "$(wc -l <"$OUT")" 1200 '-n waits for nobody'
echo >go
wait $holder

# No lock in common: each file goes once, each line is written once.
check()
{
	for box in a b c d; do
		holds mail/$box/.Trash/cur young:2,FS
		is "$(awk 'NR > 1 { b += $1; n += $2 } END { print b, n }' \
		    mail/$box/maildirsize)" "$((600000 - 2700)) 700" \
		    "$box: counted once"
	done
}
for _ in 1 2; do
	rm -rf mail
	cp -a mail.before mail
	start mailkeep-expire -c conf -o "lock-dir=$PWD/other" \
	    -o "state-dir=$PWD/other" --force
	run mailkeep-expire -c conf --force
	exits 0
	finish
	exits 0
	silent
	check
done

held()
{
	case $STATUS in
	0 | 75)	pass "$1" ;;
	*)	flunk "$1" ;;
	esac
}

# By the ledger: the two keep out of each other's folder.
rm -rf mail
cp -a mail.before mail
for _ in 1 2; do
	start mailkeep-expire -c conf -o "lock-dir=$PWD/other" \
	    -o "state-dir=$PWD/other" --force --folder Trash --older-than 0s
	run mailkeep-expire -c conf --force --folder Trash --older-than 0s
	held "the one: 0, or 75 for what the other held: $STATUS"
	finish
	held "the other: 0 or 75: $STATUS"
done
check
done_testing
