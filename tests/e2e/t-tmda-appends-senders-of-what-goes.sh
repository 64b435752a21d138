# append-deleted: the sender of each message that goes is on the list before it
# goes, once; the list is locked, and only appended to; where that fails, nothing
# pending of that queue is removed.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

d15=$((NOW - 15 * 86400))
queue first <<END
	hold =$d15.1 a@example.net alice@example.test
	hold =$d15.2 b@example.net alice@example.test
	hold =$d15.3 A@Example.net alice@example.test
	hold =$d15.4 "" alice@example.test
	hold =$d15.5 listed@example.net alice@example.test
	hold =$d15.6 x@pattern.example.net alice@example.test
	hold =$d15.7 good@example.net alice@example.test
	hold 1 young@example.net alice@example.test
	leftover =$d15.8 R
	list confirmed good@example.net
	list deleted "# who was deleted"
	list deleted listed@example.net
	list deleted *@pattern.example.net
	respond 15 r@example.net
END
cat >conf <<-'END'
	safety { max-percent = "100%" }
	tmda "q" { dir = "q" append-deleted = yes
	    delete-append = "lists/deleted" }
	tmda "other" { dir = "other" }
END
fresh()
{
	rm -rf q other
	cp -a first q
	cp -a first other
	keep q
}
# added LIST N: what is behind its first N lines, in whichever case TMDA had it
added()
{
	tail -n +$(($2 + 1)) "$1" | tr 'A-Z\n' 'a-z '
}
stays="$d15.7.msg $((NOW - 86400)).1001.msg"

fresh
clock run mailkeep-tmda -c conf -n
exits 0
want q
inode=$(stat -c %i q/lists/deleted)
clock run mailkeep-tmda -c conf -q
exits 0
# shellcheck disable=SC2086	# words
holds q/pending $stays
cp q/lists/deleted list
is "$(head -n 3 list)" "$(cat before/q/lists/deleted)" 'what was there stays'
is "$(added q/lists/deleted 3)" 'a@example.net b@example.net ' 'each once'
is "$(stat -c '%i %a' q/lists/deleted)" "$inode 644" 'it is the same file'
is "$(cat other/lists/deleted)" "$(cat first/lists/deleted)" \
    'a section without the key appends nothing'
# Once: not again the next time.
cp first/pending/$d15.1.msg q/pending
clock run mailkeep-tmda -c conf -q
exits 0
ok 'it went' [ ! -e q/pending/$d15.1.msg ]
ok 'and is on the list already' cmp -s list q/lists/deleted
# A last line without its end is not taken up.
fresh
printf 'x@example.net' >q/lists/deleted
clock run mailkeep-tmda -c conf -q
exits 0
is "$(added q/lists/deleted 0)" 'x@example.net a@example.net b@example.net '\
'listed@example.net x@pattern.example.net ' 'lines stay lines'
# A list that is not there is made, for its owner alone.
fresh
rm q/lists/deleted
clock run mailkeep-tmda -c conf -q
exits 0
is "$(stat -c %a q/lists/deleted)" 600 'for its owner'
is "$(added q/lists/deleted 0)" 'a@example.net b@example.net '\
'listed@example.net x@pattern.example.net ' 'all of them'

# Senders that would mean others.
fresh
for sender in '*@example.com' '@=example.com' '#c@example.com' 'a b@example.com' \
    '[ab]@example.com' 'c?@example.com' 'c@example.com>,*'; do
	i=$((${i:-10} + 1))
	printf 'Return-Path: <%s>\n\nHello.\n' "$sender" >q/pending/$d15.$i.msg
done
printf 'Return-Path: <d@example.com\n *@example.com>\n\n' \
    >q/pending/$d15.30.msg
printf 'Return-Path: <\342\202\254@example.com>\n\n' >q/pending/$d15.31.msg
clock run mailkeep-tmda -c conf
exits 0
is "$(grep -c 'can be no line of a list and is not appended to q/lists/del' \
    "$ERR")" 8 'they are told of'
is "$(added q/lists/deleted 3)" \
    'a@example.net b@example.net c@example.com ' 'and are not on it'
# shellcheck disable=SC2086	# words
holds q/pending $stays

# refused STATUS RE COMMAND ...: what is pending stays, the other section is done
refused()
{
	_status=$1 _re=$2
	shift 2
	fresh
	"$@"
	keep q
	clock run mailkeep-tmda -c conf -o tmda.other.rescue=no
	exits "$_status"
	is "$(grep -vc 'due message.* kept' "$ERR")" 1 'one line for it'
	says "$_re"
	says 'nothing pending in q is removed'
	want q "responses/$((NOW - 15 * 86400)).1001.r@example.net"
	holds other/pending "$((NOW - 86400)).1001.msg"
}
list=q/lists/deleted
replace()
{
	rm "$list"
	"$@"
}
linked()
{
	ln "$list" q/lists/second
}
cp first/lists/deleted outside
refused 65 'q/lists/deleted: ' replace ln -s ../../outside "$list"
ok 'nothing behind the link' cmp -s outside first/lists/deleted
refused 65 'q/lists/deleted: ' replace ln -s ../../nowhere "$list"
ok 'nothing is made behind a link' [ ! -e nowhere ]
refused 65 'q/lists/deleted: has several links' linked
refused 65 'q/lists/deleted: is no regular file' replace mkfifo "$list"
refused 65 'q/lists/deleted: Is a directory' replace mkdir "$list"
refused 66 'q/lists/deleted: No such file' mv q/lists q/lists.old

# A second process that holds a lock: it is waited for, and after that as long
# as it likes nothing is done.
cat >hold.py <<-'END'
	import fcntl, os, sys, time
	f = open(sys.argv[2], "a+")
	getattr(fcntl, sys.argv[1])(f, fcntl.LOCK_EX)
	open("held", "w").close()
	for _ in range(1200):
	    if os.path.exists("let-go"):
	        break
	    time.sleep(0.05)
	f.write("late@example.net\n")
	f.flush()
END
for lock in flock lockf; do
	fresh
	rm -f held let-go
	python3 hold.py $lock "$list" &
	holder=$!
	reap "$holder"
	until [ -e held ]; do
		sleep 0.05
	done
	# The other lock of the two, by which we see that it is there.
	clock start mailkeep-tmda -c conf -q --queue q
	sleep 0.3
	want q
	: >let-go
	finish
	exits 0
	wait "$holder"
	is "$(added "$list" 3)" \
	    'late@example.net a@example.net b@example.net ' "$lock: waited for"
done
keeps()
{
	rm -f held let-go
	python3 hold.py flock "$list" &
	holder=$!
	reap "$holder"
	until [ -e held ]; do
		sleep 0.05
	done
}
refused 75 'q/lists/deleted: somebody keeps it locked' keeps
: >let-go
wait "$holder"

# A full disk: whole lines or none, and the messages stay.
if small_disk full 64k; then
	fresh
	cp -a q full/q
	sed 's,"q",&,; s,dir = "q",dir = "full/q",' conf >conf.full
	until ! head -c 4096 /dev/zero >>full/fill 2>/dev/null; do
		:
	done
	# To the last byte of its last page.
	head -c $((4096 - $(stat -c %s full/q/lists/deleted) - 20)) /dev/zero |
	    tr '\0' '#' >>full/q/lists/deleted
	echo >>full/q/lists/deleted
	rm -rf before
	mkdir -p before/full
	cp -a full/q before/full/q
	clock run mailkeep-tmda -c conf.full --queue q
	exits 75
	says 'append to full/q/lists/deleted: No space left on device; nothing '
	says 'nothing pending in full/q is removed'
	is "$(added full/q/lists/deleted 4)" 'a@example.net ' \
	    'whole lines alone'
	is "$(cd full/q/pending && echo *)" "$(cd before/full/q/pending &&
	    echo *)" 'all messages stay'
	rm full/fill
	clock run mailkeep-tmda -c conf.full --queue q -q
	exits 0
	is "$(added full/q/lists/deleted 4)" \
	    'a@example.net b@example.net ' 'then it goes on'
	# shellcheck disable=SC2086	# words
	holds full/q/pending $stays
else
	skip 'needs root, to mount a small file system' 8
fi

# As root only in the list of whom the queue belongs to.
if [ "$(id -u)" = 0 ] && id mail >/dev/null 2>&1; then
	fresh
	chown -R mail:mail q
	clock run mailkeep-tmda -c conf -q --queue q
	exits 0
	is "$(stat -c %U q/lists/deleted)" mail 'whose it is'
	fresh
	chown -R mail:mail q
	rm q/lists/deleted
	clock run mailkeep-tmda -c conf -q --queue q
	exits 0
	is "$(stat -c %U:%G q/lists/deleted)" mail:mail 'whose a new one is'
	fresh
	chown -R mail:mail q
	chown root q/lists/deleted
	keep q
	clock run mailkeep-tmda -c conf -q --queue q
	exits 77
	says 'belongs to user 0, not to the owner of the queue: nothing is app'
	same_tree before/q/pending q/pending
	same_tree before/q/lists q/lists
else
	skip 'needs root' 8
fi
done_testing
