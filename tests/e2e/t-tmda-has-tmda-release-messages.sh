# rescue = "release": what is due, and whose sender is on a list, is handed to
# release-command by its id alone, as the TMDA directory's owner, a hundred at a
# time; it is never removed by us: what has not been released stays, whatever
# became of the command.
#
# TMDA is not in Debian 12; tests/e2e/tmda-pending.py stands in for it.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

who=$(id -un)
if [ "$(id -u)" = 0 ]; then		# nothing is released as root
	who=mail
	id $who >/dev/null 2>&1 || skip_all 'needs user mail'
fi
# The command would run under the clock that stands still, too.
NOW=$(date +%s)
chmod 755 .
mkdir bin home
cp "$TOP/tests/e2e/tmda-pending.py" bin/tmda-pending
chmod 755 bin/tmda-pending
chmod 777 bin
how()
{
	printf '%s\n' "$@" >bin/pending.how
	rm -rf bin/pending.log bin/released
}
# logged EXPRESSION: of the calls c, a list of objects
logged()
{
	python3 -c 'import json, sys
try:
    c = [json.loads(line) for line in open("bin/pending.log")]
except FileNotFoundError:
    c = []
print('"$1"')'
}
d15=$((NOW - 15 * 86400)) young=$((NOW - 86400)).5
queue first <<-END
	hold =$d15.1 a@example.net alice@example.test
	hold =$d15.12 a@example.net alice@example.test
	hold =$d15.2 b@example.net alice@example.test
	hold =$young a@example.net alice@example.test
	leftover =$d15.3 C
	list confirmed a@example.net
END
cat >conf <<-END
	safety { max-percent = "100%" }
	tmda "shared" { dir = "$PWD/home/.tmda" rescue = "release"
	    release-command = "$PWD/bin/tmda-pending" }
END
# owned DIR: nothing is released as root
owned()
{
	[ "$(id -u)" != 0 ] || chown -R nobody "$1"
}
owned first
fresh()
{
	rm -rf home/.tmda before
	cp -a first home/.tmda
	chown -R "$who" home
	keep home
}

# All is well: what TMDA has released is gone by its hand, the others by ours.
fresh
how release copy
MK_SECRET=1
export MK_SECRET
run mailkeep-tmda -c conf --json
exits 0
is "$(cat "$ERR")" '' 'nothing is said'
want home ".tmda/pending/$d15.1.msg" ".tmda/pending/$d15.12.msg" \
    ".tmda/pending/$d15.2.msg" ".tmda/pending/$d15.3.msg:3,C"
holds bin/released "$d15.1.msg" "$d15.12.msg"
is "$(logged 'len(c), c[0]["args"][:3], sorted(c[0]["args"][3:])')" \
    "1 ['-b', '-q', '-r'] ['$d15.1', '$d15.12']" 'ids alone'
is "$(logged 'c[0]["home"], c[0]["sid"]')" "$PWD/home True" \
    'HOME, and a session of its own'
is "$(logged 'c[0]["env"].get("MK_SECRET"), c[0]["env"]["USER"],
    c[0]["env"]["LOGNAME"]')" "None $who $who" 'an environment of its own'
prints '"rescued":2,"released":2,'
prints '"removed":2,'

# -n releases nothing.
fresh
how release
run mailkeep-tmda -c conf -n
exits 0
is "$(logged c)" '[]' 'nobody was called'
want home

# It fails, it does half, it is not there: what is left stays.
# kept STATUS RE: all that is rescued is there, the rest went
kept()
{
	exits "$1"
	says "$2"
	want home ".tmda/pending/$d15.2.msg" ".tmda/pending/$d15.3.msg:3,C"
}
fresh
how sorry
run mailkeep-tmda -c conf
kept 75 'home/\.tmda: release-command: exit status 1$'
fresh
how release
run mailkeep-tmda -c conf \
    -o tmda.shared.release-command=/nonexistent/tmda-pending
kept 75 'start /nonexistent/tmda-pending: No such file'
fresh
how half
run mailkeep-tmda -c conf
exits 75
one_line
says 'tmda "shared": 1 of 2 messages to be released are still in the queue'
is "$(find home/.tmda/pending -type f | wc -l)" 2 'one, and the young one'
half=$(cd home/.tmda/pending && ls -d $d15.*.msg)
# ... and the next run hands it over again.
how release
run mailkeep-tmda -c conf
exits 0
silent
is "$(logged 'c[0]["ids"]')" "['${half%.msg}']" 'what is left'
# The mail server needs a moment.
fresh
how later
run mailkeep-tmda -c conf
exits 0
silent
holds home/.tmda/pending $young.msg

# It hangs, and is killed: so is nothing else.
hung()
{
	until [ -s bin/pending.log ]; do
		sleep 0.1
		kill -0 "$PID" 2>/dev/null || break
	done
	hung=$(logged 'c[0]["pid"]')
	reap "$hung"
}
fresh
how hang
start mailkeep-tmda -c conf
hung
want home
kill -9 "$hung"
finish
kept 75 'home/\.tmda: release-command: killed by signal 9$'
fresh
how hang
start mailkeep-tmda -c conf
hung
kill -TERM "$PID"
kill -9 "$hung"
finish
exits 75
ok 'what is rescued stays' [ -f "home/.tmda/pending/$d15.1.msg" ]
ok 'so does the other' [ -f "home/.tmda/pending/$d15.12.msg" ]

# The program is killed: the command runs to its end, and nothing is removed.
fresh
how hang
start mailkeep-tmda -c conf
hung
kill -9 "$PID"
finish
ok 'the command is at work' kill -0 "$hung"
want home
kill -9 "$hung"

# Batches.
fresh
python3 - "$NOW" <<-'END'
	import sys
	first = int(sys.argv[1]) - 20 * 86400
	for i in range(250):
	    with open("home/.tmda/pending/%d.%d.msg" % (first + i, i), "x") as f:
	        f.write("Return-Path: <a@example.net>\n"
	                "X-TMDA-Recipient: alice@example.test\n\nHello.\n")
END
chown -R "$who" home
how release
run mailkeep-tmda -c conf
exits 0
silent
is "$(logged '[len(x["ids"]) for x in c]')" '[100, 100, 52]' 'a hundred each'
is "$(logged 'len(set(i for x in c for i in x["ids"]))')" 252 'each once'
holds home/.tmda/pending $young.msg

# Another place than ~/.tmda: HOME is that, and its config is named.
rm -rf elsewhere
cp -a first elsewhere
chown -R "$who" elsewhere
how release
run mailkeep-tmda -c conf -o "tmda.shared.dir=$PWD/elsewhere"
exits 0
silent
is "$(logged 'c[0]["home"], c[0]["args"][3:5]')" \
    "$PWD/elsewhere ['-c', '$PWD/elsewhere/config']" 'where TMDA is to look'
holds elsewhere/pending $young.msg
# ... a maildir.
rm -rf home/.tmda
queue home/.tmda maildir <<-END
	hold =$d15.1 a@example.net alice@example.test
	hold =$d15.12 a@example.net alice@example.test
	hold =$d15.3 b@example.net alice@example.test
	read $d15.12
	list confirmed a@example.net
END
owned home/.tmda
chown -R "$who" home
how release
run mailkeep-tmda -c conf
exits 0
silent
is "$(logged 'sorted(c[0]["ids"])')" "['$d15.1', '$d15.12']" 'ids of both'
holds home/.tmda/pending/new
holds home/.tmda/pending/cur
# The brake comes first.
fresh
how release
run mailkeep-tmda -c conf -o safety.max-percent=0% \
    -o safety.min-messages=0
exits 75
one_line
is "$(logged c)" '[]' 'nobody was called'
want home

# Another section in the same run that only reports.
fresh
rm -rf elsewhere "${STATE:?}"/*
cp -a first elsewhere
keep elsewhere
{
	cat conf
	echo 'tmda "other" { dir = "elsewhere" pending-lifetime = "14d" }'
} >conf.two
how release
run mailkeep-tmda -c conf.two
exits 0
one_line
says 'tmda "other": 2 due messages in elsewhere are kept'
is "$(logged '[x["home"] for x in c]')" "['$PWD/home']" 'for the one alone'
want elsewhere "pending/$d15.2.msg" "pending/$d15.3.msg:3,C"

# As whom.
if [ "$(id -u)" != 0 ]; then
	skip 'needs root' 12
	done_testing
fi
fresh
chown -R mail:games home
how release
run mailkeep-tmda -c conf
exits 0
silent
mail="$(id -u mail) $(id -g mail)"
is "$(logged 'c[0]["uid"], c[0]["gid"], c[0]["groups"]')" \
    "$mail [${mail#* }]" "as the directory's owner, in his own group"
fresh
chown -R root home
how release
run mailkeep-tmda -c conf
exits 78
says 'home/\.tmda belongs to root, and nothing is released as root'
is "$(logged c)" '[]' 'nobody was called'
ok 'what is rescued stays' [ -f "home/.tmda/pending/$d15.1.msg" ]
fresh
chown -R mail:mail home
rm -f bin/pending.log
run mailkeep-tmda -c conf -o owner=mail:mail -o "state-dir=$PWD/state" \
    -o "lock-dir=$PWD/lock"
exits 0
silent
is "$(logged 'c[0]["uid"], c[0]["gid"], c[0]["groups"]')" \
    "$mail [${mail#* }]" "whoever we are"
# In a mailbox nothing is done as root.
rm -rf home/.tmda
mkdir -p box/cur box/new box/tmp
cp -a first box/.tmda
chown root box/.tmda
cat >conf.boxes <<-END
	mail-root = "$PWD/box"
	safety { max-percent = "100%" }
	tmda "own" { mailbox-dir = ".tmda" rescue = "release"
	    release-command = "$PWD/bin/tmda-pending" }
END
how release
run mailkeep-tmda -c conf.boxes
exits 77
says 'belongs to root: nothing in a mailbox is done as root'
is "$(logged c)" '[]' 'nobody was called'
done_testing
