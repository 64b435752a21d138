# An alias with a command gets the message, and all that TMDA asks for in its
# environment; what a sender writes into the extension sets nothing else.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres

mail_root root
start_postgres
cat >filter <<'END'
#!/bin/sh
here=${0%/*}
env | sort >"$here/got/env"
{ id -un; id -gn; pwd; } >"$here/got/who"
cat >"$here/got/message"
exit "$(cat "$here/status")"
END
chmod 755 filter
mkdir got
chown "$MAIL_USER" got
echo 0 >status
sql -q -c "UPDATE aliases SET destination = '|$PWD/filter'
    WHERE source = 'eric@example.test'"
start_site_exim root

# The value of a variable that the command was given.
got()
{
	sed -n "s|^$1=||p" got/env
}

ok 'to TMDA' send bob@example.test eric@example.test ham/001.eml
is "$(tr '\n' ' ' <got/who)" "$MAIL_USER $MAIL_GROUP $PWD/root " \
    'account, group and directory'
is "$(got HOME)" "$PWD/root" 'HOME'
is "$(got EXTENSION)" '' 'EXTENSION without one'
is "$(got LOCAL_PART)@$(got DOMAIN)" eric@example.test 'LOCAL_PART, DOMAIN'
is "$(got SENDER) $(got RECIPIENT)" 'bob@example.test eric@example.test' \
    'SENDER, RECIPIENT'
is "$(sed -n 2p got/message)" 'Return-path: <bob@example.test>' \
    'the sender is in the message, too'

ok 'with an extension' \
    send bob@example.test eric+confirm+1.2.a=b@example.test ham/001.eml
is "$(got EXTENSION)" confirm+1.2.a=b 'EXTENSION'
is "$(got RECIPIENT)" eric+confirm+1.2.a=b@example.test 'RECIPIENT with it'
is "$(got LOCAL_PART)" eric 'LOCAL_PART without it'

ok 'with colons' \
    send bob@example.test '"eric+x:local_part=bob: y"@example.test' ham/001.eml
is "$(got EXTENSION)" 'x:local_part=bob: y' 'they are part of the extension'
is "$(got local_part)" '' 'and set no variable'
# shellcheck disable=SC2006
ok 'with what a shell would run' \
    send bob@example.test '"eric+`id`;$(id)"@example.test' ham/001.eml
is "$(got EXTENSION)" '`id`;$(id)' 'it is just text'

# DELIVERY of the shipped configuration, for a message that TMDA lets pass.
# (A copy: the tree may lie where the mail account cannot look.)
cp "$TOP/etc/tmda/config" config
chmod 644 config
cat >filter <<END
#!/bin/sh
exec python3 -c '
import os
config = open("$PWD/config").read()
exec(compile(config, "config", "exec"))
open("$PWD/got/delivery", "w").write(DELIVERY)'
END
ok 'the config of TMDA is read' \
    send bob@example.test eric+x@example.test ham/001.eml
is "$(cat got/delivery)" /var/mail/example.test/eric/ 'DELIVERY'

# waits WHY: a message to TMDA, which is then put right
waits()
{
	python3 "$TOP/tests/e2e/smtp.py" "$SMTP_PORT" bob@example.test \
	    eric@example.test "$TOP/tests/data/corpus/ham/001.eml" >said
	id=$(sed 's/.*id=//' said)
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -q "$id [=*][=*] " "$EXIM/mainlog" && break
		sleep 0.1
	done
	ok "$1: the message waits" \
	    grep -q "$id == .* T=address_pipe defer" "$EXIM/mainlog"
	printf '#!/bin/sh\ncat >%s/got/message\n' "$PWD" >filter
	chmod 755 filter
	site_exim -qff
	ok 'and is delivered when it is over' \
	    grep -q "$id Completed" "$EXIM/mainlog"
}
printf '#!/bin/sh\nexit 75\n' >filter
waits 'TMDA has trouble'
rm filter
waits 'TMDA is not there'
chmod 644 filter
waits 'TMDA cannot be run'
printf '#!/bin/sh\necho no such thing; exit 69\n' >filter
ok 'TMDA refuses' send bob@example.test eric@example.test ham/001.eml
ok 'the queue empties' empty_queue
ok 'and the sender gets a bounce with the reason' \
    grep -rq 'no such thing' root/example.test/bob/new
ok 'the panic log is empty' [ ! -s "$EXIM/paniclog" ]
done_testing
