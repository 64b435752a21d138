# tests/e2e/kill-tmda.sh - what kill-tmda.py wants, in a directory of its own:
# the tree "pristine", "due" and "conf".  After lib.sh and tmda.sh.
#
# shellcheck shell=sh

small_disk disk 100m || mkdir disk
cd disk || exit 1
mkdir -p pristine/state pristine/lock pristine/archive
NOW=$(date +%s)
export NOW
cat >conf <<-'END'
	state-dir = "live/state"
	lock-dir  = "live/lock"
	metrics   = "live/state/metrics.prom"
	safety { max-percent = "100%" }
	threads   = 1
	tmda "q" { dir = "live/mail" append-deleted = yes archive = "live/archive"
	    delete-append = "lists/deleted" rescue-lists = {"lists/confirmed"} }
END

# What is rescued was told of by a run before, for which there is state.
queue pristine/mail maildir </dev/null
mv pristine live
run mailkeep-tmda -c conf
[ "$STATUS" = 0 ] || _die "$(cat "$ERR")"
mv live pristine
queue pristine/mail maildir <<-'END'
	hold 40 a@example.net alice@example.test
	hold 40 b@example.net alice@example.test
	hold 15 a@example.net alice@example.test
	hold 1 young@example.net alice@example.test
	hold =1159377144.1 c@example.net alice@example.test
	hold 40 good@example.net alice@example.test
	read 1159377144.1
	leftover 20 C
	cache
	list confirmed good@example.net
	list deleted old@example.net
	respond 1 r@example.net
END
(cd pristine/mail && grep -rlZE 'Return-Path: <([abc]|old)@' pending) >due
