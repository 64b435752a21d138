# A host with Exim, Dovecot and the run of the night as a package starts it:
# by root, for the account of the mail.  After each run the IMAP client sees
# exactly what has survived: texts, flags, UIDs, UIDVALIDITY, quota.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers dovecot exim
export TZ=UTC0

user=alice@example.test box=root/example.test/alice
old=1577880000				# 2020-01-01: long before all of this
mail_root root
start_exim root
start_dovecot root
cat >conf <<EOT
mail-root = "$(pwd)/root"
owner = "$MAIL_USER:$MAIL_GROUP"
expire "junk"  { folder = {"Junk", "Spam"} older-than = "10d" }
expire "trash" { folder = {"Trash"} older-than = "10d" }
EOT

tree()
{
	snapshot root | sed 's/ [0-9]* links / /' |
	    grep -Ev 'mailkeep\.ledger|/maildirsize( |$)'
}

# night TIME: a run then; all that is not a message, ours or the quota stays as
# it is to the last bit, and the client is not asked before that is known.
night()
{
	imap $user dump >before
	idle
	tree >tree.before
	at "$1" run mailkeep-expire -c conf
	exits 0
	silent
	tree | diff tree.before - | grep '^[<>]' >changes
	ok "$1: no file is touched but messages, which go" not grep -Ev \
	    '^< (.*  )?\./example.test/[a-z]+/\.[^/]*/(cur|new)/[0-9]' changes
	imap $user dump >after
}

# goes LINE ...: these lines of "dump" are no longer there, all others are.
goes()
{
	cp before want
	for _line; do
		[ "$(grep -c "^$_line " want)" = 1 ] ||
		    flunk "$_line was there once"
		sed "/^$_line /d" want >want.less
		mv want.less want
	done
	ok "the client misses $# messages: $*" diff want after
}

# ---- Exim delivers, the user sorts

for i in 1 2 3 4 5 6 7 8 9; do
	ok "Exim delivers ham/00$i" send x@example.org $user ham/00$i.eml
done
for i in 1 2; do
	printf 'X-Spam-Flag: YES\n' |
	    cat - "$TOP/tests/data/corpus/spam/00$i.eml" >spam$i
	ok "and spam/00$i to Junk" send x@example.org $user spam$i
done
ok 'Junk is as Exim makes it' [ ! -e "$box/.Junk/maildirfolder" ]
imap $user create Trash -- create Keep
ok 'message 9 is moved unread' imap $user move INBOX 9 Trash
set -- "$box"/.Trash/new/*
ok 'and stays in new' [ -f "$1" ]
ok 'the others are read and sorted' imap $user flag INBOX 1:8 +Seen -- \
    move INBOX 1 Trash -- move INBOX 2 Trash -- copy INBOX 3 Trash -- \
    flag Trash 3 +Flagged -- copy Trash 2 Keep -- \
    append Trash "$TOP/tests/data/corpus/ham/010.eml" $old Seen
imap $user quota >quota		# makes the maildirsize
# Trash: 1 (INBOX 9, unread), 2, 3 (starred), 4 (a hard link), 5 (appended)
idle
is "$(find "$box/.Trash/cur" -type f -links 2 | wc -l)" 2 \
    'two of Trash are links'

at +0d run mailkeep-expire -c conf
exits 0
silent
is "$(find root -name mailkeep.ledger -printf '%P %u:%g %m\n' | sort)" \
    "example.test/alice/.Junk/mailkeep.ledger mail:mail 600
example.test/alice/.Trash/mailkeep.ledger mail:mail 600" \
    'a ledger for each folder that is watched, owned by the account'

# ---- day 5: more comes; the old line of find would take it at once

imap $user copy INBOX 8 Trash		# 6
night +5d
goes
base=$(sed -n 's/^4 .*:\(1.*\)/\1/p' "$box/dovecot-uidlist")
touch -d 2019-01-01 "$box/cur/$base:2,S"
ok 'day 6: an old message is moved to Trash' imap $user move INBOX 4 Trash
old_file=$(find "$box/.Trash/cur" ! -newermt 2019-01-02 -type f)
ok 'and one is appended with its date of 2020' imap $user \
    append Trash "$TOP/tests/data/corpus/ham/011.eml" $old
# 7 (was INBOX 4), 8
find root -path '*Trash/cur*' -type f -mtime +10 >found
ok "the article's line of find would remove the first" \
    grep -qxF "$old_file" found
at +6d run mailkeep-expire -c conf -n --list
never_prints .
night +6d
goes

# ---- day 11: what was there on the first day goes

at +11d run mailkeep-expire -c conf -n --list
is "$(wc -l <"$OUT")" 7 'seven are due'
sort "$OUT" >due
night +11d
goes 'Junk 1' 'Junk 2' 'Trash 1' 'Trash 2' 'Trash 4' 'Trash 5' 'Trash 6'
is "$(sed -n 's/^< [0-9a-f]\{32\}  \.//p' changes | sort)" \
    "$(sed "s|^$(pwd)/root||" due)" 'the files that went are those'
ok 'what came on day 6 is there' [ -f "$old_file" ]
is "$(cut -d ' ' -f 1,2 after | tr '\n' ';')" "INBOX uidvalidity;INBOX 3;\
INBOX 5;INBOX 6;INBOX 7;INBOX 8;Junk uidvalidity;Keep uidvalidity;Keep 1;\
Trash uidvalidity;Trash 3;Trash 7;Trash 8;" 'the UIDs of all folders'
is_recounted $user 'the quota is right'
is "$(imap $user list | tr '\n' ' ')" 'INBOX Junk Keep Trash ' \
    'LIST shows no odd folder'

# ---- a folder is renamed into Trash: its ten days begin then

imap $user create Project -- move INBOX 5:6 Project -- \
    append Project "$TOP/tests/data/corpus/ham/012.eml" $old
sleep 2
imap $user rename Project Trash.Project
idle
moved=$(stat -c %Z "$box/.Trash.Project")
ok 'its messages are older than that' [ "$(find "$box/.Trash.Project/cur" \
    "$box/.Trash.Project/new" -type f -printf '%C@\n' | sort -n |
    tail -n 1 | cut -d . -f 1)" -lt "$moved" ]
second()
{
	date -d "@$(($1 + 864000))" '+%Y-%m-%d %H:%M:%S'
}
rm -f "${STATE:?}"/*			# time goes back a little
night "$(second $((moved - 1)))"
goes
ledger=$(stat -c %Z "$box/.Trash.Project/mailkeep.ledger")
ok 'a ledger was begun' [ "$ledger" -ge "$moved" ]
night "$(second $((moved + 1)))"
goes 'Trash.Project 1' 'Trash.Project 2' 'Trash.Project 3'
is_recounted $user 'the quota is right again'

# ---- the end of the others

night +14d
goes
night +17d
goes 'Trash 7' 'Trash 8'
ok 'the starred one goes when the user takes the star away' \
    imap $user flag Trash 3 -Flagged
night +18d
goes 'Trash 3'
is_recounted $user 'the quota is right at the end'
is "$(find "$box"/.Trash/cur "$box"/.Trash/new "$box"/.Junk/new -type f)" '' \
    'nothing is left in Trash and Junk'
is "$(find "$box"/cur "$box"/new -type f | wc -l)" 3 'and all in the inbox'
# ---- what nobody has read lies in new, and goes as well

user=bob@example.test box=root/example.test/bob
ok 'Exim delivers to bob' send x@example.org $user ham/001.eml
imap $user create Trash -- move INBOX 1 Trash
set -- "$box"/.Trash/new/*
ok 'moved unread it stays in new' [ -f "$1" ]
night +18d
goes 'Trash 1'
holds "$box/.Trash/new"
user=alice@example.test box=root/example.test/alice

ok 'IMAP deletes a folder with a ledger' imap $user delete Trash.Project
ok 'wholly' [ ! -e "$box/.Trash.Project" ]
ok 'the log of Dovecot has no error' not \
    grep -iE 'error|warn|fatal|panic' "$DOVECOT/log"
ok 'the log of Exim has none' [ ! -s "$EXIM/paniclog" ]
done_testing
