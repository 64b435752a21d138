# While it runs, a mailbox, a folder, a cur is exchanged for a link to somebody
# else's mail and back, thousands of times: nothing of that mail ever goes.
. tests/e2e/lib.sh

file outside/letter 400
for box in outside/box outside/box/.Trash; do
	message $box/cur/1.due:2,S 400
	message $box/cur/2.due:2,S 400
	message $box/new/3.due 400
done
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	message outside/box/.Trash/cur/$n.M1:2,S 400
done
cp -a outside outside.before
mkdir -p mail archive
cat >conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" archive = "archive" }
END

rounds=30
[ "${MK_SLOW-}" = 1 ] && rounds=1000
# swapped WHAT LINK TARGET: exchange mail/WHAT and mail/LINK, to TARGET.
swapped()
{
	rm -rf mail archive
	mkdir archive
	message mail/a/cur/1.inbox:2,S 400
	message mail/a/.Trash/cur/young:2,S 1
	message mail/b/.Trash/cur/young:2,S 1
	ln -s "$PWD/outside/$3" "mail/$2"
	# the real one, whatever it is called
	exec 7<"mail/$1"
	case $1 in
	*/cur)	real=. ;;
	*/.Trash) real=cur ;;
	*)	real=.Trash/cur ;;
	esac
	python3 "$TOP/tests/e2e/swap.py" "mail/$1" "mail/$2" &
	swapper=$!
	reap $swapper
	round=0 removed=0 wrong=0
	while [ $round -lt $rounds ]; do
		round=$((round + 1))
		for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			echo "/proc/self/fd/7/$real/$n.M1:2,S"
		done | xargs touch -d '400 days ago'
		run mailkeep-expire -c conf -o safety.max-percent=100%
		case $STATUS in
		0 | 65 | 66 | 74) ;;
		75)	grep -q 'Stale file handle' "$ERR" ||
			    wrong=$((wrong + 1)) ;;
		*)	wrong=$((wrong + 1)); diag "$STATUS: $(cat "$ERR")" ;;
		esac
		[ -e "/proc/self/fd/7/$real/1.M1:2,S" ] ||
		    removed=$((removed + 1))
		kill -0 $swapper 2>/dev/null || break
	done
	_stop $swapper
	exec 7<&-
	is $wrong 0 "$1: the run says what it met, no more"
	ok "$1: it was removed where it was found: $removed of $round times" \
	    [ $removed -gt 0 ]
	same_tree outside outside.before
}
python3 "$TOP/tests/e2e/swap.py" outside outside.before &
swapper=$!
sleep 0.3
if ! kill -0 $swapper 2>/dev/null; then
	skip_all 'needs renameat2'
fi
_stop $swapper
[ -e outside/letter ] || mv outside.before outside

swapped a x box
swapped a/.Trash a/.x box/.Trash
swapped a/.Trash/cur a/.Trash/x box/.Trash/cur
done_testing
