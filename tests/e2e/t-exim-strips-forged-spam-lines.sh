# Lines by which scanners tell what they think of a message come with none: in
# whatever form a sender writes them, by whatever way they come, to whatever
# place they go.  The rest of the message stays as it was, and so do the lines
# from a host that the site has named as a scanner.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/spam.sh"
need_servers exim postgres cdb

mail_root root
start_postgres
printf '#!/bin/sh\ncat >>%s/piped\n' "$PWD" >filter
chmod 755 filter
: >piped
chown "$MAIL_USER" piped
sql -q -c "UPDATE aliases SET destination = '|$PWD/filter'
    WHERE source = 'eric@example.test'"
start_site_exim root 'SCANNED_BY == 127.0.0.25'
blacklist 127.0.0.66/32=x
box=root/example.test/alice

# The header of a file; lines of scanners in it, an odd end of a line also
# counting as one; and whether the test's own lines are there.
header_of()
{
	sed '/^$/q' "$1" | tr -d '\000' | tr '\r' '\n'
}
foreign()
{
	header_of "$1" | grep -Eaic '^(x-spam|x-rspamd|x-virus-scanned)'
}

# arrived NAME [FOLDER]: the one message of the folder has none of them, and a
# size that is right; it is taken away, to ./last.
arrived()
{
	_claim=$1
	set -- "${2-$box/new}"/*
	if [ $# != 1 ] || [ ! -f "$1" ]; then
		flunk "$_claim: $# messages"
		return
	fi
	is "$(foreign "$1") $(stat -c %s "$1")" "0 ${1##*,S=}" \
	    "$_claim: no line is left, and the size is right"
	mv "$1" last
}

# Each form that a scanner has, written by a sender; and without a score.
for dialect in spamassassin old wrapped exim debian spec amavis rspamd; do
	scored -d $dialect made/cur/$dialect 99.5 mx.example.test
	ok "forged by the form of $dialect: there are lines" \
	    [ "$(foreign made/cur/$dialect)" -gt 0 ]
	ok 'it is sent' \
	    send -s 127.0.0.9 '' alice@example.test made/cur/$dialect
	arrived "$dialect"
	sed '1,/^$/d' made/cur/$dialect >body
	sed '1,/^$/d' last | diff body - >difference
	ok 'the body is the same' [ "$(grep -c '^[<>] .' difference)" = 0 ]
	is "$(grep -c '^Subject: Message' last)" \
	    "$(grep -c '^Subject: Message' made/cur/$dialect)" 'and the subject'
done

cat >odd <<'END'
X-Spam_score: -99
Received: from a.test by mx.example.test; Sun, 22 Nov 2026 22:00:00 +0000
X-Spam-Checker-Version: SpamAssassin 4.0.1 on mx.example.test
Received: from b.test by a.test; Sun, 22 Nov 2026 22:00:00 +0000
x-spam-status: No, score=-99
X-SPAM-STATUS: No, score=-98
X-Spam-Status : No, score=-97
X-Spam-Level	:*
X-Spam-Score:
 -96
X-Spam_score_int  	 :
	-950
 
 X-Spam_score: -94
X-Spam:Yes
X-Spam-: 1
X-Spam_: 1
X-Spamd-Bar: ---
X-Spamd-Result: default: False [-93.00 / 15.00];
	A(0.00)[];
	B(0.00)[]
X-RSPAMD-Server: mx.example.test
X-Rspamd-Action: no action
X-Rspamd-Pre-Result: action=no action
X-Virus-scanned: amavisd-new at mx.example.test
X-Spam-Blacklisted: 192.0.2.1 (not at all)
X-Spam-Anything: =?utf-8?q?X-Spam?=
X-Spam-(comment): 1
X-Spam-"quoted": 1
X-Spam;1: 1
Subject: X-Spam-Status: in a subject
 X-Spam-Status: and on its next line
Not-X-Spam-Status: kept
X-Sp: kept
X-Virus: kept

X-Spam-Status: in the body
END
ok 'odd ones' send -s 127.0.0.9 '' alice@example.test odd
arrived 'odd ones'
is "$(grep -c ': kept$' last) $(grep -c 'X-Spam-Status: ' last)" '3 4' \
    'what is none stays'
is "$(grep -c '^Received: ' last)" 3 'as does each Received'

# Hundreds of the same, and thousands of others.
awk 'BEGIN {
	for (i = 0; i < 500; i++)
		print "X-Spam-Status: No, score=-" i
	for (i = 0; i < 5000; i++)
		print "X-Spam-" i "-" i ": 1\nX-Kept-" i ": 1"
	print "Subject: many\nX-Spam_score: -1\n\nbody"
}' >many
ok 'thousands of lines' send -s 127.0.0.9 '' alice@example.test many
arrived 'thousands of lines'
is "$(grep -c '^X-Kept-' last)" 5000 'the others are kept'

# Characters at which programs differ about the end of a line or of a name.
printf 'Subject: odd ends\rX-Spam_score: 1\r\nX-A: \r\rX-Spam_score: 2\r
X-B: 1\000X-Spam_score: 3\r\nX-Spam_score\014: 4\r\nX-Spam_score\240: 5\r
X-Spam\000_score: 6\r\nX-C: 1\n\tX-Spam_score: 7\nX-Spam_score: 8\n\r\nbody\r
' >ends
ok 'odd ends of lines' send -s 127.0.0.9 '' alice@example.test ends
arrived 'odd ends of lines'
ok 'the first line is there' grep -aq '^Subject: odd ends' last

# What is no header for Exim is none for its reader.
printf 'Subject: a\nX-Spam_score 1\nX-Spam_score: 2\n\nbody\n' >end
ok 'a line that ends the header' send -s 127.0.0.9 '' alice@example.test end
arrived 'a line that ends the header'

# In chunks (BDAT), of which there may be several in one connection.
cat >chunks.py <<'END'
import socket, sys
text = open(sys.argv[3], "rb").read().replace(b"\n", b"\r\n")
smtp = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60,
                                ("127.0.0.9", 0))
replies = smtp.makefile("rb")
def reply():
    line = replies.readline()
    while line[3:4] == b"-":
        line = replies.readline()
    return line.decode().strip()
def ask(line, data=b""):
    smtp.sendall(line.encode() + b"\r\n" + data)
    return reply()
reply()
ask("EHLO x")
for to in sys.argv[2].split(","):
    ask("MAIL FROM:<>")
    ask("RCPT TO:<%s>" % to)
    ask("BDAT 10", text[:10])
    print(ask("BDAT %d LAST" % (len(text) - 10), text[10:]))
END
for _ in 1 2; do
	said=$(python3 chunks.py "$SMTP_PORT" alice@example.test odd)
	ok 'in chunks' _delivered "$said"
	arrived 'in chunks'
done

# The ways in.
ok 'from a host that may relay' send '' alice@example.test odd
arrived 'from a host that may relay'
site_exim -odi -oem alice@example.test <odd
arrived 'by a program of this host'
ok 'from IPv6' from_host 2001:db8::1 '' alice@example.test odd
arrived 'from IPv6'

# The ways out.
ok 'from a blacklisted host' send -s 127.0.0.66 '' alice@example.test odd
set -- "$box"/.Junk/new/*
is "$(foreign "$1")-$(grep -c '^X-Spam-Blacklisted: 127.0.0.66 (x)$' "$1")" \
    1-1 'into Junk, with our mark and no other'
is "$(stat -c %s "$1")" "${1##*,S=}" 'and the size is right'
ok 'to a command' send -s 127.0.0.9 '' eric@example.test odd
is "$(foreign piped)" 0 'to a command: no line is left'
is "$(grep -c ': kept$' piped)" 3 'the others are'
if [ "$_site_user" = "$MAIL_USER" ]; then
	skip 'needs mounts, to deliver as another account' 2
else
	ok 'to a Unix account' send -s 127.0.0.9 '' bin@localhost odd
	is "$(foreign "$EXIM/system/bin")" 0 \
	    'to a Unix account: no line is left'
fi
for transport in $(site_exim -bP transport_list); do
	site_exim -bP transport "$transport" >"$OUT"
	is "$(grep -c '^headers_remove = .*{X-Spam\*}' "$OUT")" 1 \
	    "no line leaves by $transport"
done

# A scanner's word stays, in full.
scored -d amavis made/cur/gateway 12.5
ok 'from a host that scans' \
    send -s 127.0.0.25 '' alice@example.test made/cur/gateway
set -- "$box"/new/*
grep -E '^X-|^.tests' made/cur/gateway >wanted
grep -E '^X-|^.tests' "$1" >got
ok 'all of its lines are there' diff wanted got
rm "$1"
ok 'from another one, after it' \
    send -s 127.0.0.24 '' alice@example.test made/cur/gateway
arrived 'from another one'
ok 'the panic log is empty' [ ! -s "$EXIM/paniclog" ]
done_testing
