# The shipped Exim configuration delivers what the database says: to users,
# with and without an extension, to aliases, and to nobody who is not there.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres

mail_root root
start_postgres
start_site_exim root
box=root/example.test

ok 'to a user' send bob@example.test alice@example.test ham/001.eml
set -- "$box"/alice/new/*.mx.example.test,S=*
ok 'it is in new, with a size in its name' [ -f "$1" ]
is "${1##*,S=}" "$(stat -c %s "$1")" 'which is the size on disk'
is "$(stat -c %U:%G:%a "$1")" "$MAIL_USER:$MAIL_GROUP:660" 'owner and mode'
is "$(stat -c %U:%G:%a "$box/alice/new")" "$MAIL_USER:$MAIL_GROUP:770" \
    'owner and mode of the directory'
is "$(head -n 1 "$1")" 'Return-path: <bob@example.test>' 'Return-Path is kept'
is "$(grep -c X-Spam-Blacklisted "$1")" 0 'it is not marked'
ok 'and nothing in Junk' [ ! -e "$box/alice/.Junk" ]

ok 'with an extension' send bob@example.test alice+shop@example.test ham/001.eml
ok 'in capitals' send bob@example.test ALICE@Example.TEST ham/001.eml
ok 'to an alias' send bob@example.test info@example.test ham/001.eml
ok 'to an alias with an extension' \
    send bob@example.test info+x@example.test ham/001.eml
set -- "$box"/alice/new/*
is $# 5 'all of it is in the same mailbox'
ok 'to an alias of two' send alice@example.test staff@example.test ham/001.eml
set -- "$box"/alice/new/* "$box"/bob/new/*
is $# 7 'both have it'
printf 'Subject: cron\n\nIt failed.\n' >mail
ok 'what cron has for root' site_exim -odi root <mail
set -- "$box"/alice/new/*
is $# 7 'goes to the alias of root@localhost'

is "$(refused bob@example.test nobody@example.test)" '550 Unknown user' \
    'an unknown user'
is "$(refused bob@example.test nobody+x@example.test)" '550 Unknown user' \
    'an unknown user with an extension'
is "$(refused bob@example.test carol@example.test)" '550 Unknown user' \
    'a user whose mail is switched off'
is "$(refused bob@example.test bin@example.test)" '550 Unknown user' \
    'a Unix account is no address in a virtual domain'
is "$(refused bob@example.test bin@localhost)" '' 'but is one of this host'
is "$(refused -s 127.0.0.9 '' root@localhost)" '' 'root has an alias'
is "$(refused -s 127.0.0.9 '' root@mx.example.test)" '550 Unknown user' \
    'and is nobody without one, as Exim delivers nothing to root'
is "$(refused -s 127.0.0.9 '' postmaster)" '' 'the postmaster has one, too'
if [ "$_site_user" = "$MAIL_USER" ]; then
	skip 'needs mounts, to deliver as another account' 3
else
	ok 'with a mailbox' send bob@example.test bin@localhost ham/001.eml
	is "$(stat -c %U:%G:%a "$EXIM/system/bin")" bin:mail:660 'of its own'
	ok 'to one without a home' \
	    send bob@example.test nobody@localhost ham/001.eml
fi
is "$(refused -s 127.0.0.9 bob@example.test dave@example.org)" \
    '550 relay not permitted' 'a domain that is switched off'
is "$(refused -s 127.0.0.9 bob@example.test x@example.net)" \
    '550 relay not permitted' 'a domain that is not ours'
is "$(refused bob@example.test x@example.net)" '' 'is for a relay host'
is "$(refused -s 127.0.0.9 x@example.test alice@example.test)" \
    '550 Sender verify failed' 'a sender who is not there'
is "$(refused -s 127.0.0.9 '' alice@example.test)" '' 'a bounce is taken'
is "$(refused bob@example.test alice/../bob@example.test)" \
    '550 Restricted characters in address' 'a path is no address'

sql -q -c "UPDATE transport SET local = true WHERE domain = 'example.org'"
ok 'a domain is switched on at once' \
    send bob@example.test dave@example.org ham/001.eml
set -- root/example.org/dave/new/*
ok 'and its mail is there' [ -f "$1" ]
ok 'nothing went to the mail root itself' [ ! -e root/new ]
ok 'nor to folders of it' [ ! -e root/.Junk ]
ok 'the panic log is empty' [ ! -s "$EXIM/paniclog" ]
done_testing
