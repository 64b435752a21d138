# Strangers get as many connections as are not reserved, ten from one host at
# most; the hosts that may relay get the rest.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres

mail_root root
start_postgres
start_site_exim root 'MAX_CONNECTIONS == 16' 'OUR_RESERVE == 4'

# Open connections, and keep them: what each of them was told.
cat >connect.py <<'END'
import socket, sys
kept, told = [], []
for source in sys.argv[2:]:
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60,
                                 (source, 0))
    kept.append(s)
    told.append(s.recv(1000)[:3].decode())
print(*told)
END
# told SOURCE ...: the codes, when what was there before has gone
told()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		pgrep -P "$_exim_pid" >/dev/null || break
		sleep 0.25
	done
	python3 connect.py "$SMTP_PORT" "$@"
}

a=127.0.0.9 b=127.0.0.10 our=127.0.0.1
is "$(told $a $a $a $a $a $a $a $a $a $a $a)" \
    '220 220 220 220 220 220 220 220 220 220 421' 'ten from one host'
is "$(told $a $a $a $a $a $a $b $b $b $b $b $b $b $our $our $our $our $our)" \
    '220 220 220 220 220 220 220 220 220 220 220 220 421 220 220 220 220 421' \
    'twelve of strangers, four of our own'
done_testing
