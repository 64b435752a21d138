# mailkeep-check asks the real spamd: one that answers has no warning; one that
# is away, talks nonsense, is silent, or does not let the mail's owner connect
# is found, and so is a configuration that believes no score.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check.sh"
. "$TOP/tests/e2e/servers.sh"
need_servers spamd

mail_root root

# conf [LINE ...]: of the section spamscan
conf()
{
	cat <<-CONF >conf
	mail-root = "$PWD/root"
	owner = "$MAIL_USER:$MAIL_GROUP"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	spamscan {
	CONF
	[ $# = 0 ] || printf '%s\n' "$@" >>conf
	echo '}' >>conf
}

# pretends ANSWER: a server at ./fake that says it, with Python's escapes, to
# all who come; "-" says nothing
pretends()
{
	rm -f fake
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind("fake")
s.listen(5)
kept = []
while True:
    c = s.accept()[0]
    kept.append(c)
    if sys.argv[1] != "-":
      c.recv(100)
      c.sendall(eval("b\"" + sys.argv[1] + "\""))
      kept.pop().close()' "$1" &
	reap $!
	_tries=200
	while ! chmod 666 fake 2>/dev/null && [ $_tries -gt 0 ]; do
		sleep 0.02
		_tries=$((_tries - 1))
	done
}

conf
check spamd
exits 0
finds '^note conf: neither trust nor spamd: mailkeep-spamscan is not set up'
conf 'source = {"header"}'
check spamd
exits 0
finds '^warning conf: .*no trust rule: no score is ever believed'
conf 'source = {"header"}' 'trust "mx.example.test" { }'
check spamd
exits 0
never_finds '^(warning|error)'

start_spamd -p
conf "spamd { socket = \"$SPAMD_SOCKET\" }" 'trust "mx.example.test" { }'
check spamd
exits 0
finds "^ok $SPAMD_SOCKET: it answers"
never_finds '^(warning|error|note)'
check spamd -o "spamscan.spamd.socket=127.0.0.1:$SPAMD_PORT"
exits 0
finds "^ok 127.0.0.1:$SPAMD_PORT: it answers"

# Root is let in everywhere, the owner of the mail is not.
chmod 600 "$SPAMD_SOCKET"
check spamd
exits 65
finds "^error $SPAMD_SOCKET: $MAIL_USER.* may not connect: Permission denied"
chmod 666 "$SPAMD_SOCKET"
conf "spamd { socket = \"$SPAMD_SOCKET\" }"
check spamd
exits 0
finds '^note conf: no trust rule: scores in headers are not believed'
stop_spamd
check spamd
exits 65
finds "^error $SPAMD_SOCKET: .*connect: .*is spamd running.*systemctl start"
check spamd -o "spamscan.spamd.socket=127.0.0.1:$SPAMD_PORT"
exits 65
finds "^error 127.0.0.1:$SPAMD_PORT: .*connect: Connection refused"

conf "spamd { socket = \"$PWD/fake\" timeout = \"1s\" }"
pretends '220 mx.example.test ESMTP\r\n'
check spamd
exits 65
finds "^error .*/fake: .*not spamd's: \"220 mx.example.test ESMTP\""
pretends 'SPAMD/1.5 0 EX_OK\r\n'
check spamd
exits 65
finds '^error .*/fake: .*not PONG: "SPAMD/1.5 0 EX_OK"'
pretends 'SPAMD/1.0 76 Bad header line: PING\r\n'
check spamd
exits 65
finds '^error .*/fake: .*answer: 76 Bad header line: PING'
pretends ''
check spamd
exits 65
finds '^error .*/fake: .*it closed the connection'
pretends -
check spamd
exits 65
finds '^error .*/fake: .*not done within 1s'
pretends 'SPAMD/1.5 0 PONG\r\n'
check spamd
exits 0
finds '^ok .*/fake: it answers'
done_testing
