# While it runs, a TMDA directory, its pending, new, responses, lists or a list
# is exchanged for a link to somebody else's and back, thousands of times: nothing
# there ever goes or is written to.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

NOW=$(date +%s)
queue outside/.tmda maildir <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
	hold =1159377144.2 a@example.net alice@example.test
	read 1159377144.2
	list confirmed x@example.net
	list deleted x@example.net
	respond =1159377144.3 r@example.net
END
: >outside/.tmda/pending/1159377144.4.msg
keep outside
mkdir -p box/cur box/new box/tmp
cp -a outside/.tmda box/.tmda
host=$(uname -n)
cat >conf <<-'END'
	mail-root = "mail"
	safety { max-percent = "100%" }
	tmda "own" { mailbox-dir = ".tmda" append-deleted = yes
	    delete-append = "lists/deleted" }
END

rounds=15
[ "${MK_SLOW-}" = 1 ] && rounds=1000
# swapped PATH: exchange that, below .tmda, for a link
swapped()
{
	rm -rf mail
	mkdir mail
	cp -a box mail/alice
	path=mail/alice/.tmda${1:+/$1}
	ln -s "$PWD/outside/.tmda${1:+/$1}" mail/link
	# the real one, whatever it is called
	exec 7<mail/alice/.tmda/pending/cur
	python3 "$TOP/tests/e2e/swap.py" "$path" mail/link &
	swapper=$!
	reap "$swapper"
	round=0 removed=0 wrong=0
	while [ $round -lt $rounds ]; do
		round=$((round + 1))
		cp before/outside/.tmda/pending/cur/* /proc/self/fd/7
		run mailkeep-tmda -c conf
		case $STATUS in
		0 | 65 | 66 | 73 | 74 | 75)	;;
		*)	wrong=$((wrong + 1)); diag "$STATUS: $(cat "$ERR")" ;;
		esac
		[ -e "/proc/self/fd/7/1159377144.2.$host:2,S" ] ||
		    removed=$((removed + 1))
		kill -0 "$swapper" 2>/dev/null || break
	done
	_stop "$swapper"
	if [ "$round" -lt $rounds ]; then
		skip "cannot exchange names" 2
		return
	fi
	is "$wrong" 0 "$1: a status that says what it met"
	want outside
	diag "$1: $removed of $rounds runs removed what was due"
	exec 7<&-
}
swapped ''
for path in pending pending/new pending/cur responses lists lists/deleted \
    lists/confirmed; do
	swapped $path
done
done_testing
