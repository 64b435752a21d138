# Two runs at once: the second says who holds the lock and exits 75.  Where they
# have no lock in common nothing is removed or appended twice, and what one has
# removed is no failure of the other's.  A signal ends a run well.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

# Not by the clock that stands still: what is due is due for long.
NOW=$(date +%s)
queue first <<-'END'
	fill 250 30
	hold 1 young@example.net alice@example.test
	list deleted x@example.net
END
sed -i 's/spam@/s1@/' first/pending/*5.msg
sed -i 's/spam@/s2@/' first/pending/*6.msg
cat >conf <<-'END'
	safety { max-percent = "100%" }
	tmda "q" { dir = "q" append-deleted = yes delete-append = "lists/deleted" }
END
mkdir other
cp -a first q
keep q
mkfifo go
# shellcheck disable=SC2094
(
	flock 9
	sh -c 'echo $PPID' >&9
	read -r _ <go
) 9<>"$LOCK/mailkeep-tmda.lock" &
holder=$!
reap $holder
until [ -s "$LOCK/mailkeep-tmda.lock" ]; do
	sleep 0.05
done
run mailkeep-tmda -c conf
exits 75
one_line
says "lock mailkeep-tmda.lock: held by process $(cat \
    "$LOCK/mailkeep-tmda.lock")\$"
want q
run mailkeep-tmda -c conf --older-than 1d q
exits 75
want q
echo >go
wait $holder

# done_once: as after one run
done_once()
{
	is "$(find q/pending -type f | wc -l)" 1 'what is young is there'
	is "$(sort q/lists/deleted | tr '\n' ' ')" 's1@example.net '\
's2@example.net spam@example.net x@example.net ' 'each once'
}
for _ in 1 2 3; do
	rm -rf q
	cp -a first q
	start mailkeep-tmda -c conf -o "lock-dir=$PWD/other" \
	    -o "state-dir=$PWD/other"
	run mailkeep-tmda -c conf
	exits 0
	silent
	finish
	exits 0
	silent
	done_once
done

# A signal: nothing or all of a message, and the next run goes on.
for delay in 0 0.01 0.02 0.05; do
	rm -rf q
	cp -a first q
	start mailkeep-tmda -c conf
	sleep $delay
	kill -TERM "$PID" 2>/dev/null
	finish
	case $STATUS in
	0)	ok 'it was done' [ ! -s "$ERR" ] ;;
	75)	ok 'it says so' grep -q 'interrupted; the next run goes on' \
		    "$ERR" ;;
	143)	ok 'it had not begun' [ ! -s "$ERR" ] ;;
	*)	flunk "status $STATUS" ;;
	esac
	ok 'what is young is there' [ -n "$(grep -rl young@ q/pending)" ]
	run mailkeep-tmda -c conf
	exits 0
	silent
	done_once
done
done_testing
