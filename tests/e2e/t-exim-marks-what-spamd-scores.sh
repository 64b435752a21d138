# Where the site has a spamd, what strangers send gets its score into the
# header, the only lines of that kind there; no message gets that of another.
# What is not scanned has none: larger ones, those of blacklisted and relay
# hosts, and all while spamd is away, which costs no message.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/spam.sh"
need_servers exim postgres spamd cdb

mail_root root
start_postgres
start_spamd
start_site_exim root "SPAMD == $SPAMD_SOCKET" 'SCANNED_BY == 127.0.0.25'
blacklist 127.0.0.66/32=x
box=root/example.test/alice

# marks NAME: the lines of the one message in the inbox, which is taken away,
# to ./last; "none" where it has none.
marks()
{
	set -- "$box"/new/*
	if [ $# != 1 ] || [ ! -f "$1" ]; then
		echo "$# messages"
		return
	fi
	[ "${1##*,S=}" = "$(stat -c %s "$1")" ] || echo 'of another size'
	sed '/^$/q' "$1" | grep -ai '^X-Spam' || echo none
	mv "$1" last
}

printf 'Subject: x\n\n%s\n' "$GTUBE" >gtube
{
	printf 'X-Spam_score: -5\nX-Spam_score_int: -50\nX-Spam_bar: -----\n'
	cat gtube
} >forged
ok 'spam' send -s 127.0.0.9 bob@example.test alice@example.test forged
marks >marked
is "$(sed 's/[1-9][0-9]*/N/; s/\.[0-9]$/.N/; s/+\{50,\}$/+/' marked)" \
    'X-Spam_score: N.N
X-Spam_score_int: N
X-Spam_bar: +' 'has three lines'
is "$(sed -n '1{s/.*: //; s/\.//; p;}' marked)" \
    "$(sed -n 's/^X-Spam_score_int: //p' marked)" 'of the same score'
ok 'of a thousand points or more' \
    [ "$(sed -n 's/^X-Spam_score_int: //p' marked)" -gt 9900 ]
scored -d exim made/cur/form 1002
is "$(sed -n "s/: .*//; /X-Spam/p" made/cur/form)" "$(sed 's/: .*//' marked)" \
    'in the form and the order of the tests'
is "$(sed -n '/^Received:/q; s/: .*//p' last | tr '\n' ' ')" \
    'X-Spam_score X-Spam_score_int X-Spam_bar Return-path ' \
    'above all that others can write'
is "$(grep '^X-Spam_bar' made/cur/form)" "$(grep '^X-Spam_bar' marked)" \
    'with a bar of the same length'

# Mailkeep has all it needs to believe that, and nothing else.
cat >conf <<-END
	mail-root = "$PWD/root"
	spamscan { trust "mx.example.test" { } }
END
run mailkeep-spamscan -c conf --explain last
exits 0
prints '^ +score +1[0-9]{3}(\.[0-9])? by header \(exim\)$'
scored -d debian -w forger.test made/cur/old 12
run mailkeep-spamscan -c conf --explain made/cur/old
exits 0
prints '^ +score +none$'

# One with a score that is low, and may be negative; the same as from spamd.
ok 'ham' send -s 127.0.0.9 bob@example.test alice@example.test ham/002.eml
marks >marked
ok 'has a score that is not' awk '/_score_int: / && $2 >= 100 { exit 1 }
    /_score_int: -?[0-9]+$/ { found = 1 } END { exit !found }' marked
is "$(wc -l <marked)" 3 'and three lines'

# Several messages in one connection, the middle one too large; and a last one
# after spamd has gone.
cat >several.py <<'END'
import os, signal, smtplib, sys
port, pid = int(sys.argv[1]), int(sys.argv[2])
smtp = smtplib.SMTP("127.0.0.1", port, "x", 100, ("127.0.0.9", 0))
for name in sys.argv[3:]:
    if name == "kill":
        os.kill(pid, signal.SIGTERM)
        continue
    text = open(name, "rb").read().replace(b"Subject: ",
                                           b"Subject: %s " % name.encode())
    smtp.sendmail("", ["alice@example.test"], text)
END
{
	printf 'Subject: x\n\n%s\n' "$GTUBE"
	yes 'and much that nobody reads, on lines as they are in mail' |
	    head -c 524288
} >large 2>/dev/null
printf 'Subject: x\nFrom: a@example.org\nDate: %s\n\nhello\n' "$(date -R)" >ham
ok 'several in one connection' \
    python3 several.py "$SMTP_PORT" "$_spamd_pid" gtube large ham large gtube
empty_queue
for name in gtube large ham; do
	# shellcheck disable=SC2046	# no name has a space
	is "$(sed -n '/^X-Spam_score: /{s/[0-9]\{4,\}\.[0-9]/high/
	    s/ -\{0,1\}[0-9]\{1,2\}\.[0-9]/ low/; p;}' \
	    $(grep -l "^Subject: $name " "$box"/new/*) | sort -u)" \
	    "$(case $name in
		gtube)	echo 'X-Spam_score: high' ;;
		ham)	echo 'X-Spam_score: low' ;;
		esac)" "$name: each has its own score, or none"
done
is "$(grep -c '^X-Spam' "$box"/new/* | sed 's/.*://' | sort | tr '\n' ' ')" \
    '0 0 3 3 3 ' 'and no other lines'
rm "$box"/new/*

# Whom it is not asked about.
: >"$SPAMD/log"
ok 'from a host that may relay' send bob@example.test alice@example.test gtube
is "$(marks)" none 'it is not scanned'
site_exim -odi alice@example.test <gtube
is "$(marks)" none 'nor is what a program of this host sends'
ok 'from a host that scans' \
    send -s 127.0.0.25 bob@example.test alice@example.test forged
is "$(marks | wc -l)" 3 'it has what that host has written'
is "$(sed -n 's/^X-Spam_score: //p' last)" -5 'and nothing else'
ok 'from a blacklisted host' \
    send -s 127.0.0.66 bob@example.test alice@example.test gtube
set -- "$box"/.Junk/new/*
is "$(sed '/^$/q' "$1" | grep '^X-Spam')" 'X-Spam-Blacklisted: 127.0.0.66 (x)' \
    'it has that mark alone'
is "$(grep -c 'checking message' "$SPAMD/log")" 0 'spamd was not asked'

# In the middle of a connection it goes away, and stays away.
pid=$_spamd_pid
ok 'spamd goes' python3 several.py "$SMTP_PORT" "$pid" ham kill
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	kill -0 "$pid" 2>/dev/null || break
	sleep 0.25
done
empty_queue
is "$(marks | wc -l)" 3 'before, it was asked'
stop_spamd
ok 'without it mail is delivered' \
    send -s 127.0.0.9 bob@example.test alice@example.test forged
is "$(marks)" none 'unmarked'
ok 'the log says why' grep -q 'spam acl condition: .*unable to connect' \
    "$EXIM/mainlog"
mv "$EXIM/paniclog" paniclog
is "$(grep -vc 'all spamd servers failed' paniclog)" 0 'so does the panic log'
cat >nonsense.py <<'END'
import os, socket, sys
path = sys.argv[1]
if os.path.exists(path):
    os.unlink(path)
with socket.socket(socket.AF_UNIX) as s:
    s.bind(path)
    os.chmod(path, 0o666)
    s.listen(9)
    for answer in (b"", b"nonsense\r\n", b"SPAMD/1.1 0 EX_OK\r\n",
                   b"SPAMD/1.1 76 Bad header line: x\r\n\r\n",
                   b"SPAMD/1.1 0 EX_OK\r\nContent-length: 9\r\n"
                   b"Spam: True ; many / 5.0\r\n\r\nx"):
        client, _ = s.accept()
        while client.recv(100000):
            pass
        client.sendall(answer)
        client.close()
END
python3 nonsense.py "$SPAMD_SOCKET" &
reap $!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -S "$SPAMD_SOCKET" ] && break
	sleep 0.25
done
for answer in none nonsense 'half of one' 'an error' 'no number'; do
	ok "it answers: $answer" \
	    send -s 127.0.0.9 bob@example.test alice@example.test gtube
	is "$(marks)" none "it answers: $answer: unmarked"
done
rm "$SPAMD_SOCKET"

# By TCP, and back in one connection.
stop_exim
start_spamd -p
start_site_exim root "SPAMD == 127.0.0.1 $SPAMD_PORT" 'MAX_SCANNED == 1M'
ok 'by TCP' send -s 127.0.0.9 bob@example.test alice@example.test gtube
is "$(marks | wc -l)" 3 'it has a score'
ok 'a large one, where the site wants that' \
    send -s 127.0.0.9 bob@example.test alice@example.test large
is "$(marks | wc -l)" 3 'it has one, too'

# A site that has none.
stop_exim
start_site_exim root
ok 'no spamd' send -s 127.0.0.9 bob@example.test alice@example.test forged
is "$(marks)" none 'unmarked'
done_testing
