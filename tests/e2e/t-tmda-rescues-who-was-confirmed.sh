# rescue = "report": a due message whose sender is on a list by now stays, and
# that is told of once; lists are read as TMDA reads them; one that can't be
# read keeps all that is pending, one that is not there names nobody.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

queue first <<-'END'
	hold 15 a@example.net alice@example.test
	hold 15 B@Example.NET alice@example.test
	hold 15 c@sub.example.org alice@example.test
	hold 15 "" alice@example.test
	hold 3 a@example.net alice@example.test
	hold 15 d+x@example.net alice@example.test
	hold 14 a@example.net bob@example.test
	leftover 20 C
	respond 15 a@example.net
END
queue maildir maildir <<-'END'
	hold 15 a@example.net alice@example.test
	hold =1159377144.1 b@example.net alice@example.test
	read 1159377144.1
END
cat >conf <<-'END'
	safety { max-percent = "100%" }
	tmda "shared" { dir = "q" }
END
fresh()
{
	rm -rf q "${STATE:?}"/*
	cp -a first q
}
# listed TEXT KEPT: with that as a list these stay: first letters of senders
listed()
{
	fresh
	printf '%b' "$1" >q/lists/confirmed
	keep q
	clock run mailkeep-tmda -c conf
	exits 0
	is "$(whose q/pending)" "$2" \
	    "$(printf %s "$1" | tr '\134' /): who stays"
	same_tree q/lists before/q/lists
}
listed '' a
silent
listed 'a@example.net\n' aaa
one_line
says '^mailkeep-tmda: tmda "shared": 2 due messages in q are kept: the sender '
says 'tmda-pending -b -r ID.*rescue = "release" or "no"'
listed 'A@EXAMPLE.net' aaa
listed 'b@example.net\n' Ba
says ': 1 due message in q is kept'
listed '*@example.org\n' a
listed '*@*example.org\n' ac
listed '@=example.org\n' ac
listed '# a@example.net\n\n  #b\n' a
silent
listed 'x@example.net\na@example.net # since Monday\n' aaa
listed 'a@example.net\r\n' aaa
listed 'd+*@example.net\nc@*.example.ORG' acd
listed '?@example.net\n' Baaa
listed '[ab]@example.net\n' Baaa
listed 'a@example.netx\nxa@example.net\na@example.ne\n' a
listed '<>\n""\n\n' a			# a bounce comes from nobody
listed '*\n' Baaacd
ok 'a bounce went' [ ! -e "$(echo q/pending/*.1004.msg)" ]

# The leftover and the records went all the same.
ok 'what nobody reads went' [ -z "$(find q -name '*3,C')" ]
holds q/responses

# It is told of once, when it is new; the table counts it each time.
fresh
echo a@example.net >q/lists/whitelist
rm -r q/pending/*.1007.msg q/responses/*
clock run mailkeep-tmda -c conf
exits 0
one_line
keep q
for later in 3600 86400; do
	clock $later run mailkeep-tmda -c conf
	exits 0
	silent
	want q
done
clock 86400 run mailkeep-tmda -c conf -n
exits 0
says '1 due message in q is kept'
is "$(cat "$OUT")" '' 'it would not go'
clock 86400 run mailkeep-tmda -c conf -v
says "q/pending/.*1001.msg: rescued: a@example.net is on a list"
clock 86400 run mailkeep-tmda -c conf --json
is "$(python3 -c 'import json, sys
rescued, report = (json.loads(line) for line in sys.stdin)
print(rescued["queue"], rescued["sender"], rescued["recipient"],
      rescued["action"], report["total"]["rescued"],
      report["total"]["removed"])' <"$OUT")" \
    'shared a@example.net alice@example.test rescue 1 0' '--json names each'
clock 950400 run mailkeep-tmda -c conf
exits 0
one_line
says '2 due messages'
clock 950400 run mailkeep-tmda -c conf -o tmda.shared.rescue=no
exits 0
silent
holds q/pending

# The other format.
echo 'tmda "m" { dir = "m" }' >conf.m
cp -a maildir m
printf 'b@example.net\n' >m/lists/confirmed
clock run mailkeep-tmda -c conf.m --force
exits 0
is "$(whose m/pending/cur)$(whose m/pending/new)" b 'in a maildir, too'

# Lists of other names, and a place elsewhere.
fresh
echo a@example.net >list
mkdir q/lists/other
echo c@sub.example.org >q/lists/other/one
clock run mailkeep-tmda -c conf \
    -o "tmda.shared.rescue-lists=$PWD/list,lists/other/one,lists/none"
exits 0
is "$(whose q/pending)" aaac 'named lists count'
fresh
echo a@example.net >q/lists/confirmed
clock run mailkeep-tmda -c conf -o "tmda.shared.rescue-lists="
exits 0
is "$(whose q/pending)" a 'no list, nobody'

# unreadable COMMAND ...: makes lists/whitelist what can't be read
unreadable()
{
	fresh
	echo c@sub.example.org >q/lists/confirmed
	"$@"
	keep q
	clock run mailkeep-tmda -c conf
	ok "$*: a status" [ "$STATUS" != 0 ]
	one_line
	says 'q/lists/whitelist.*; without it nothing pending in q is removed'
	# shellcheck disable=SC2046	# no blanks in them
	want q $(cd before/q && echo responses/*)
}
is_directory() { mkdir q/lists/whitelist; }
is_link() { ln -s confirmed q/lists/whitelist; }
is_dangling() { ln -s nowhere q/lists/whitelist; }
is_fifo() { mkfifo q/lists/whitelist; }
unreadable is_directory
unreadable is_link
unreadable is_dangling
unreadable is_fifo
if [ "$(id -u)" != 0 ]; then
	fresh
	: >q/lists/whitelist
	chmod 0 q/lists/whitelist
	clock run mailkeep-tmda -c conf
	exits 77
	one_line
	says 'q/lists/whitelist: Permission denied; without it nothing pending'
	ok 'all that is pending stays' [ "$(whose q/pending)" = '>Baaacdo' ]
elif id mail >/dev/null 2>&1; then
	fresh
	chown -R mail q
	: >q/lists/whitelist
	chmod 600 q/lists/whitelist
	keep q
	chmod 755 .
	rm -f "${LOCK:?}"/*
	clock as mail run mailkeep-tmda -c conf
	exits 77
	one_line
	says 'q/lists/whitelist: Permission denied; without it nothing pending'
	ok 'all that is pending stays' [ "$(whose q/pending)" = '>Baaacdo' ]
else
	skip 'needs user mail' 4
fi
# With rescue = "no" nobody asks.
fresh
mkdir q/lists/whitelist
clock run mailkeep-tmda -c conf -o tmda.shared.rescue=no
exits 0
silent
is "$(whose q/pending)" a 'rescue = "no": all went'

# A message that can't be read can't be judged.
fresh
echo a@example.net >q/lists/confirmed
: >q/pending/1159377144.1.msg
printf 'Return-Path: a@example.net\nSubject: bare' >q/pending/1159377144.2.msg
printf 'Return-Path:\n <A@example.net> (him)\n\n' >q/pending/1159377144.3.msg
printf '\nReturn-Path: <a@example.net>\n' >q/pending/1159377144.4.msg
printf 'Subject: x\nReturn-Path: <b@example.net>\nReturn-Path: <a@example.net>\n\n' \
    >q/pending/1159377144.5.msg
clock run mailkeep-tmda -c conf -q
exits 0
holds q/pending 1159377144.2.msg 1159377144.3.msg \
    "$((NOW - 15 * 86400)).1001.msg" "$((NOW - 3 * 86400)).1005.msg" \
    "$((NOW - 14 * 86400)).1007.msg"
done_testing
