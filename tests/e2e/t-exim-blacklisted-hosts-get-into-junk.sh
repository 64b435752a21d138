# Mail from a blacklisted host goes to Junk with the address and the reason in
# its header, and Exim's log has a line of it; who is not there is unknown to
# that host too.  A new list counts for the next connection, prefixes of a new
# length included.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres cdb

mail_root root
start_postgres
printf '#!/bin/sh\ncat >>%s/piped\n' "$PWD" >filter
chmod 755 filter
: >piped
chown "$MAIL_USER" piped
sql -q -c "UPDATE aliases SET destination = '|$PWD/filter'
    WHERE source = 'eric@example.test'"
start_site_exim root
box=root/example.test
blacklist 127.0.0.66/32='drop: SBL1' 192.0.2.0/24=net \
    2001.0db8.0001.0002.0000.0000.0000.0000/64='six'

# marked BOX: the header of its one message in Junk, which is taken away.
marked()
{
	set -- "$box/$1"/.Junk/new/*
	if [ $# != 1 ] || [ ! -f "$1" ]; then
		echo "$# messages, $1"
		return
	fi
	sed '/^$/q' "$1" | grep '^X-Spam-Blacklisted'
	rm "$1"
}

# listed: what the log says of blacklisted hosts, and starts anew.
listed()
{
	sed -n 's/^[-0-9]* [0-9:]* \(mailkeep-blacklist: \)/\1/p' \
	    "$EXIM/mainlog"
	: >"$EXIM/mainlog"
}

ok 'from a host on the list' \
    send -s 127.0.0.66 bob@example.test alice@example.test ham/001.eml
is "$(listed)" 'mailkeep-blacklist: host=[127.0.0.66] listed: drop: SBL1' \
    'the log has a line of it'
is "$(stat -c %U:%G:%a "$box"/alice/.Junk/new/*)" \
    "$MAIL_USER:$MAIL_GROUP:660" 'owner and mode in Junk'
is "$(marked alice)" 'X-Spam-Blacklisted: 127.0.0.66 (drop: SBL1)' \
    'is in Junk, marked'
ok 'the inbox has nothing' [ ! -e "$box/alice/new" ]
ok 'Junk is a folder of Maildir++' [ -f "$box/alice/.Junk/maildirfolder" ]
ok 'with an extension' \
    send -s 127.0.0.66 bob@example.test alice+x@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 127.0.0.66 (drop: SBL1)' 'the same'
ok 'by an alias' \
    send -s 127.0.0.66 bob@example.test info@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 127.0.0.66 (drop: SBL1)' 'the same'

ok 'from a net on the list' \
    from_host 192.0.2.200 bob@example.test alice@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 192.0.2.200 (net)' 'by its /24'
: >"$EXIM/mainlog"
ok 'from a net of IPv6' from_host 2001:db8:1:2::beef bob@example.test \
    alice@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 2001:db8:1:2::beef (six)' 'by its /64'
is "$(listed)" \
    'mailkeep-blacklist: host=[2001:db8:1:2::beef] listed: six' \
    'the log has the feed alone'
printf 'EHLO a\r\nHELO b\r\nEHLO c\r\nRSET\r\nQUIT\r\n' |
    site_exim -bs -oMa 192.0.2.200 >/dev/null
is "$(listed)" 'mailkeep-blacklist: host=[192.0.2.200] listed: net' \
    'who says HELO again has one line'

is "$(refused -s 127.0.0.66 bob@example.test nobody@example.test)" \
    '550 Unknown user' 'an unknown user is unknown to it'
is "$(refused -s 127.0.0.66 bob@example.test carol@example.test)" \
    '550 Unknown user' 'and one whose mail is switched off'
is "$(refused -s 127.0.0.66 bob@example.test x@example.net)" \
    '550 relay not permitted' 'it may not relay'
is "$(refused -s 127.0.0.66 x@example.test alice@example.test)" \
    '550 Sender verify failed' 'nor invent senders'
ok 'an alias with a command gets it' \
    send -s 127.0.0.66 bob@example.test eric@example.test ham/001.eml
ok 'all of it' grep -q 'Return-path: <bob@example.test>' piped
is "$(grep '^X-Spam-Blacklisted' piped)" \
    'X-Spam-Blacklisted: 127.0.0.66 (drop: SBL1)' 'with the mark'
ok 'nothing lies in the Junk of nobody' [ ! -e root/.Junk ]

# Who may relay is spared, whatever a list says of the own net.
blacklist 127.0.0.0/8=own 127.0.0.66/32='drop: SBL1' 192.0.2.0/24=net
: >"$EXIM/mainlog"
ok 'from a relay host on the list' \
    send bob@example.test alice@example.test ham/001.eml
set -- "$box"/alice/new/*
is "$#-$(cat "$@" | grep -c X-Spam-Blacklisted)" 1-0 'to the inbox, unmarked'
rm "$1"
is "$(listed)" '' 'and no line in the log'
ok 'the list counts for others' \
    send -s 127.0.0.9 bob@example.test alice@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 127.0.0.9 (own)' 'as before'
blacklist 127.0.0.66/32='drop: SBL1' 192.0.2.0/24=net

for host in 192.0.3.1 2001:db8:1:3::1 127.0.0.9; do
	ok "$host is not on the list" \
	    from_host $host bob@example.test alice@example.test ham/001.eml
done
set -- "$box"/alice/new/*
is "$#-$(cat "$@" | grep -c X-Spam-Blacklisted)" 3-0 'so its mail is no junk'

# A new list, while the daemon runs on.
blacklist 127.0.0.64/29=odd 128.0.0.0/2=huge \
    2001.0db8.0000.0000.0000.0000.0000.0000/47=wide
ok 'a new list' \
    send -s 127.0.0.66 bob@example.test alice@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 127.0.0.66 (odd)' 'has a /29'
ok 'and' from_host 2001:db8:1:3::1 bob@example.test alice@example.test \
    ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 2001:db8:1:3::1 (wide)' 'a /47'
ok 'and' from_host 191.1.2.3 bob@example.test alice@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 191.1.2.3 (huge)' 'a /2'
ok 'who has left it' \
    from_host 192.0.2.200 bob@example.test alice@example.test ham/001.eml
set -- "$box"/alice/new/*
is $# 4 'is welcome'

# Reasons are text of others.
cr=$(printf '\r')
blacklist 127.0.0.66/32="a${cr}${_newline}X-Evil: b${_newline}${_newline}body" \
    127.0.0.67/32= 127.0.0.68/32="$(printf '%01000d' 0)"
: >"$EXIM/mainlog"
ok 'a reason with newlines' \
    send -s 127.0.0.66 bob@example.test alice@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 127.0.0.66 (a X-Evil: b body)' \
    'is one line'
is "$(listed)" \
    'mailkeep-blacklist: host=[127.0.0.66] listed: a X-Evil: b body' \
    'in the log, too'
ok 'an empty one' \
    send -s 127.0.0.67 bob@example.test alice@example.test ham/001.eml
is "$(marked alice)" 'X-Spam-Blacklisted: 127.0.0.67' 'is left out'
is "$(listed)" 'mailkeep-blacklist: host=[127.0.0.67] listed: -' \
    'the log has a "-" for it'
ok 'a long one' \
    send -s 127.0.0.68 bob@example.test alice@example.test ham/001.eml
is "$(marked alice | wc -c)" 234 'is cut'
ok 'the panic log is empty' [ ! -s "$EXIM/paniclog" ]
done_testing
