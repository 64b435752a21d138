# Real servers do what the other tests rely on: Exim delivers into new with
# the size in the name, Dovecot shows it, moves it with its times kept, and
# reports the quota.  The site's Exim stands on a database that can go away
# and come back, and takes many connections at a time.  spamd scores, at both
# its places, and learns where it may.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/spam.sh"
need_servers dovecot exim postgres spamd cdb

mail_root root
start_exim root
start_dovecot root
box=root/example.test/alice
first=$TOP/tests/data/corpus/ham/001.eml

ok 'a message is sent' send x@example.org alice@example.test ham/001.eml
set -- "$box"/new/*.mx.example.test,S=*
ok 'it is in new, with a size in its name' [ -f "$1" ]
is "${1##*,S=}" "$(stat -c %s "$1")" 'which is the size on disk'
is "$(stat -c %U:%G:%a "$1")" mail:mail:660 'owner and mode of the account'
ok 'an unknown user is refused' not send x@example.org \
    nobody@example.test ham/001.eml 2>/dev/null
printf 'X-Spam-Flag: YES\n' | cat - "$first" >spam
ok 'spam is sent' send x@example.org alice@example.test spam
set -- "$box"/.Junk/new/*
ok 'and lands in Junk' [ -f "$1" ]

ok 'IMAP: a folder is made' imap alice@example.test create Trash
is "$(imap alice@example.test list-uids INBOX)" 1 'IMAP: it is there'
set -- "$box"/new/*
ok 'a look without a right to write leaves it in new' [ -f "$1" ]
touch -d '40 days ago' "$1"
old=$(stat -c %Y "$1")
base=${1##*/}
ok 'IMAP: move it to Trash' imap alice@example.test move INBOX 1 Trash
is "$(imap alice@example.test list-uids INBOX)" '' 'IMAP: none is left'
set -- "$box"/.Trash/[cn][ue][rw]/*
is "$#-${1##*/}" "1-$base" 'a move keeps the base name'
is "$(stat -c %Y "$1")" "$old" 'and the mtime'
ok 'but not the ctime' [ "$(stat -c %Z "$1")" -gt "$old" ]
ok 'IMAP: star it' imap alice@example.test flag Trash 1 +Flagged +Seen
set -- "$box"/.Trash/cur/*
is "${1##*:}" 2,FS 'a flag is a letter in the name'
is "$(imap alice@example.test fetch-all Trash)" \
    "1 $(stat -c %s "$1") $(md5sum "$1" | cut -d ' ' -f 1) \\Flagged \\Seen" \
    'IMAP reads what the file holds'
ok 'IMAP: append an old one' \
    imap alice@example.test append Trash "$first" 1577880000
is "$(find "$box/.Trash" -type f -newermt 2020-01-01 ! -newermt 2020-01-02 |
    grep -c ',S=1077,W=')" 1 'its mtime is its date, its size in its name'
ok 'IMAP: copy it' imap alice@example.test copy Trash 2 INBOX
is "$(find "$box/.Trash/cur" "$box/.Trash/new" -type f -links 2 | wc -l)" 1 \
    'a copy is a hard link'

kib=$(find "$box" -path '*/[cn][ue][rw]/*' -type f -printf '%s\n' |
    awk '{ sum += $1 } END { print int((sum + 1023) / 1024) }')
is "$(imap alice@example.test quota)" "STORAGE $kib 10240
MESSAGE 4 10000" 'IMAP: the quota is reported'
ok 'in a maildirsize' [ -f "$box/maildirsize" ]
v=$(imap alice@example.test uidvalidity Trash)
rm "$box"/.Trash/cur/*:2,FS
is "$(imap alice@example.test list-uids Trash)" 2 'a removal is noticed'
is "$(imap alice@example.test uidvalidity Trash)" "$v" 'UIDVALIDITY stays'
ok 'IMAP: a folder is renamed' imap alice@example.test rename Trash Bin.Old
is "$(imap alice@example.test list | tr '\n' ' ')" 'Bin Bin.Old INBOX Junk ' \
    'IMAP: the folders'
is "$(imap alice@example.test read-loop INBOX 0.3 | tr -d 0-9)" \
    ' rounds,  read,  vanished' 'IMAP: a reading loop'
ok 'IMAP: expunge' imap alice@example.test expunge INBOX all
is "$(imap alice@example.test list-uids INBOX)" '' 'IMAP: all gone'
ok 'the log of Dovecot has no error' not \
    grep -iE 'error|warn|fatal|panic' "$DOVECOT/log"
ok 'the log of Exim has none' [ ! -s "$EXIM/paniclog" ]

dovecot=$_dovecot_pid exim=$_exim_pid
stop_dovecot
stop_exim
ok 'Dovecot has ended' not kill -0 "$dovecot" 2>/dev/null
ok 'Exim has ended' not kill -0 "$exim" 2>/dev/null

rm -rf "$EXIM"
mail_root site
start_postgres
start_site_exim site
blacklist 127.0.0.66/32=x
load -p 8 bob@example.test \
    alice@example.test,nobody@example.test,alice@example.test 60 \
    127.0.0.66 127.0.0.9 >codes
is $? 1 'many messages: not all are taken'
is "$(cut -d ' ' -f 2,3 codes | sort | uniq -c | tr -s ' \n' ' ')" \
    ' 20 127.0.0.66 250 10 127.0.0.66 550 20 127.0.0.9 250 10 127.0.0.9 550 ' \
    'a line for each, with the code'
ok 'all are delivered' empty_queue
box=site/example.test/alice
is "$(find $box/new -type f | wc -l) $(find $box/.Junk/new -type f | wc -l)" \
    '20 20' 'each to its place'
ok 'none twice' [ "$(cat $box/new/* $box/.Junk/new/* |
    grep -c '^Message-ID:')" = 40 ]
ok 'one as from elsewhere' \
    from_host 2001:db8::1 bob@example.test alice@example.test ham/001.eml
ok 'it says from where' grep -rq 'from \[2001:db8::1\]' $box/new
is "$(sql -U exim -c "SELECT count(*) FROM transport WHERE local")" 1 \
    'the database has its sample'
postgres=$_postgres_pid exim=$_exim_pid
stop_postgres
ok 'the database has ended' not kill -0 "$postgres" 2>/dev/null
ok 'and does not answer' not sql -c 'SELECT 1' 2>/dev/null
start_postgres
is "$(sql -c 'SELECT count(*) FROM users')" 8 'it comes back with its rows'
stop_exim
ok "the site's Exim has ended" not kill -0 "$exim" 2>/dev/null

cat >ask.py <<'END'
import socket, sys
place, command, text = sys.argv[1:]
if place.isdigit():
    s = socket.create_connection(("127.0.0.1", int(place)), 60)
else:
    s = socket.socket(socket.AF_UNIX)
    s.connect(place)
text = open(text, "rb").read()
s.sendall(("%s SPAMC/1.5\r\nContent-length: %d\r\n%s\r\n" % (
    command, len(text), "Message-class: spam\r\nSet: local\r\n"
    if command == "TELL" else "")).encode() + text)
print(s.makefile("rb").read().decode().replace("\r", ""), end="")
END
printf 'Subject: x\n\n%s\n' "$GTUBE" >gtube
start_spamd -p
spamd=$_spamd_pid
for place in "$SPAMD_SOCKET" "$SPAMD_PORT"; do
	is "$(python3 ask.py "$place" CHECK gtube | sed 's/1[0-9.]* \//N \//')" \
	    'SPAMD/1.1 0 EX_OK
Spam: True ; N / 5.0' 'spamd finds spam'
done
is "$(python3 ask.py "$SPAMD_PORT" TELL gtube | sed 's/:.*//')" \
    'SPAMD/1.0 69 Service Unavailable' 'and learns nothing'
ok 'its log tells of both' [ "$(grep -c 'identified spam' "$SPAMD/log")" = 2 ]
stop_spamd
ok 'spamd has ended' not kill -0 "$spamd" 2>/dev/null
start_spamd --allow-tell '--cf=required_score 2000'
is "$SPAMD_PORT" '' 'without a port there is none'
is "$(python3 ask.py "$SPAMD_SOCKET" CHECK gtube | sed -n 's/ ;.* \// ;/p')" \
    'Spam: False ; 2000.0' 'an option counts'
is "$(python3 ask.py "$SPAMD_SOCKET" TELL gtube | sed -n 's/^DidSet: //p')" \
    local 'and it learns where it may'
ok 'what it has learnt is its own' [ -f "$SPAMD/home/bayes_toks" ]
stop_spamd
done_testing
