# No spelling of an address brings mail of a stranger to somewhere else, or to
# somebody who is not there; commands that tell of users tell nothing.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres

mail_root root
start_postgres
start_site_exim root

# told RECIPIENT: the refusal; of an error in the syntax its code alone
told()
{
	refused -s 127.0.0.9 '' "$1" | sed 's/^501 .*/501/'
}

no='550 relay not permitted' odd='550 Restricted characters in address'
while read -r code to; do
	case $code in
	ok)	wanted='' ;;
	no)	wanted=$no ;;
	odd)	wanted=$odd ;;
	who)	wanted='550 Unknown user' ;;
	*)	wanted=$code ;;
	esac
	is "$(told "$to")" "$wanted" "$to"
done <<'END'
no x@example.net
no @example.test:x@example.net
no @a.test,@b.test:x@example.net
odd x%example.net@example.test
odd example.net!x@example.test
odd "x@example.net"@example.test
odd x%example.net@localhost
no x@sub.example.test
no x@127.0.0.1
501 x@[127.0.0.1]
501 x@[IPv6:::1]
501 alice@example.test.
501 alice@example.test:x
501 alice@ex'ample.test
501 x@example.net@example.test
ok @a.test:alice@example.test
ok alice@EXAMPLE.TEST
ok alice+@example.test
ok alice++x@example.test
ok "alice+ x"@example.test
who +@example.test
who +x@example.test
who bin+x@localhost
odd alice+a/b@example.test
odd alice+../../x@example.test
odd "|/bin/id"@example.test
odd "/etc/x"@localhost
501 @example.test
END
long=$(printf '%0250d' 0)
is "$(told "$long@example.test")" 501 'a local part of 250 letters'
is "$(told "a@$long.test")" 501 'a domain of 250'

cat >talk.py <<'END'
import smtplib, sys
smtp = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), "x", 60, ("127.0.0.9", 0))
for line in sys.argv[2:]:
    print(line.split(":")[0], smtp.docmd(line)[0])
END
is "$(python3 talk.py "$SMTP_PORT" 'MAIL FROM:<>' 'EHLO x' \
    'VRFY <alice@example.test>' 'VRFY <nobody@example.test>' \
    'EXPN staff@example.test' 'ETRN #x' 'AUTH PLAIN AGEAYQ==' \
    'MAIL FROM:<> SIZE=60000000')" 'MAIL FROM 503
EHLO x 250
VRFY <alice@example.test> 252
VRFY <nobody@example.test> 252
EXPN staff@example.test 550
ETRN #x 458
AUTH PLAIN AGEAYQ== 503
MAIL FROM 552' 'other commands'
ok 'the panic log is empty' [ ! -s "$EXIM/paniclog" ]
done_testing
