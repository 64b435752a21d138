# Each service, started by a real systemd on the sample host, does its program's
# work within its restrictions, mail root and all elsewhere than by default; the
# program's own fence, Landlock, stands inside of it; what the restrictions are
# for cannot be done; what needs a right that others have lost has it.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/machine.sh"

machine

services='expire stray spamscan tmda rotate blacklist'
sample_host

# ---- the work

# said SERVICE: what the journal has of it, or of it by systemd
said()
{
	inside journalctl -q -o cat --no-pager -u "mailkeep-$1" >"$OUT"
}
# works SERVICE [RE]: nothing but RE is said, the status is 0
works()
{
	run inside systemctl start "mailkeep-$1"
	exits 0
	is "$(inside systemctl show -P ExecMainStatus -P Result \
	    "mailkeep-$1" | tr '\n' ' ')" 'success 0 ' "$1: status"
	inside journalctl --sync
	said "$1"
	is "$(grep -Ev "${2:-^$}" "$OUT")" '' "$1: the journal has nothing of it"
}
ok 'mail is due' test "$(wc -l <due)" -gt 20

works stray
is "$(mails '*/mail/new/*')" 0 'stray: they are gone'
is "$(due_left)" "$(grep -v '/mail/new/' due)" 'stray: all others are there'
all=$(mails '*')
works expire
is "$(due_left)" '' 'expire: what was due is gone'
ok 'expire: the archive is there' test -n "$(find "$ROOT/srv/host/archive" \
    -name '*.tar.zst' -user 60023)"
ok 'expire: the rest is there' test "$(mails '*')" -gt $((all / 2))
junk=$(mails '*Junk/*')
works spamscan
ok 'spamscan: Junk has more' test "$(mails '*Junk/*')" -gt "$junk"
pending=$(mails '*/pending/*')
works tmda '1 due message in .* is kept: the sender is on a list by now'
ok 'tmda: less is pending' test "$(mails '*/pending/*')" -lt "$pending"
ok 'tmda: something is' test "$(mails '*/pending/*')" -gt 0
works rotate
gzip -dc "$ROOT/srv/log/exim4/mainlog.0.gz" |
    head -n "$(wc -l <host/log/exim4/mainlog)" >rotated	# and a notice
ok 'rotate: the log has become an archive' cmp rotated host/log/exim4/mainlog
cat >"$ROOT/etc/systemd/system/changed.service" <<'END'
[Service]
Type=oneshot
ExecStart=touch /run/changed
END
sed -i 's/^blacklist {/& on-change = "systemctl start changed"/' \
    "$ROOT/etc/mailkeep/mailkeep.conf"
inside systemctl daemon-reload
works blacklist
ok 'blacklist: on-change can ask systemd' test -e "$ROOT/run/changed"
ok 'blacklist: there is a database' test -s \
    "$ROOT/srv/host/state/blacklist.cdb"
is "$(inside stat -c '%U %a' /run/mailkeep)" 'vmail 750' 'the lock-dir'

# ---- the program's own fence

inside mailkeep-expire -v -n >/dev/null 2>free || :
level=$(grep -o 'confined (.*' free)
for service in $services; do
	program=$(sed -n 's,^ExecStart=\([^ ]*\).*,\1,p' \
	    "$TOP/cron/mailkeep-$service.service")
	drop=/etc/systemd/system/mailkeep-$service.service.d
	mkdir "$ROOT$drop"
	case $service in
	rotate)	force='-F' ;;	# or nothing is due, and there is no fence
	stray)	force='--rule stray' ;;
	*)	force= ;;
	esac
	printf '[Service]\nExecStart=\nExecStart=%s -v %s\n' "$program" \
	    "$force" >"$ROOT$drop/test.conf"
done
inside systemctl daemon-reload
for service in $services; do
	inside systemctl start "mailkeep-$service" 2>/dev/null || :
	inside journalctl --sync
	said "$service"
	is "$(grep -o 'confined (.*' "$OUT" | head -n 1)" "$level" \
	    "$service: is confined as without systemd"
done

# ---- what cannot be done, and what can

cat >"$ROOT/usr/local/bin/probe" <<'END'
#!/bin/sh
can() { name=$1; shift; "$@" >/dev/null 2>&1 && echo "$name"; }
can mail touch /srv/host/mail/probe
can state touch /var/lib/mailkeep/probe
can home touch /home/probe
can run touch /run/probe
can become setpriv --reuid=60023 --regid=60023 --clear-groups true
can network python3 -c 'import socket; socket.socket(socket.AF_INET)'
can socket python3 -c 'import socket
socket.socket(socket.AF_UNIX).connect("/tmp/.s.PGSQL.5432")'
can etc touch /etc/mailkeep/probe
can usr touch /usr/local/probe
can root touch /root/probe
can kernel sh -c ': >>/proc/irq/default_smp_affinity'
can hostname hostname probe
can disk test -e /dev/kmsg -o -b /dev/vda -o -b /dev/sda
can mount mount -t tmpfs probe /mnt
can namespace unshare -U true
can clock date -s @86400
can packet python3 -c 'import socket; socket.socket(socket.AF_PACKET)'
can personality setarch -R true
can module python3 -c 'import ctypes
assert ctypes.CDLL(None).init_module(0, 0, 0) and False'
can exec python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'
become='setpriv --reuid=60023 --regid=60023 --clear-groups'
can others $become test -d /proc/1
can rise $become /usr/local/bin/rise
can suid sh -c 'cp /bin/true /srv/probe; chmod 4755 /srv/probe'
can sgid sh -c 'mkdir -p /srv/sgid; chmod 2770 /srv/sgid'
exit 0
END
chmod 755 "$ROOT/usr/local/bin/probe"
printf 'int main() { return geteuid() != 0; }\n' >rise.c
${CC:-cc} -w -o rise rise.c 2>/dev/null && cp rise "$ROOT/usr/local/bin/rise" &&
    chmod 4755 "$ROOT/usr/local/bin/rise"
mkdir -p "$ROOT/var/lib/mailkeep"
may='mail state home run become network socket'
# PostgreSQL's may be in /tmp.
cat >listen.py <<'END'
import os, socket, time
listener = socket.socket(socket.AF_UNIX)
listener.bind("/tmp/.s.PGSQL.5432")
os.chmod("/tmp/.s.PGSQL.5432", 0o777)
listener.listen(64)
time.sleep(600)
END
inside python3 - <listen.py &
reap $!
tries=0
until [ -S "$ROOT/tmp/.s.PGSQL.5432" ] || [ $tries = 100 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
for service in $services; do
	drop=/etc/systemd/system/mailkeep-$service.service.d
	printf '[Service]\nExecCondition=\nExecStart=\nExecStart=%s\n' \
	    /usr/local/bin/probe >"$ROOT$drop/test.conf"
	echo 'StandardOutput=truncate:/run/probed' >>"$ROOT$drop/test.conf"
done
inside systemctl daemon-reload
ok 'without a fence: what the kernel does with interrupts' inside sh -c \
    '[ ! -e /proc/irq ] || : >>/proc/irq/default_smp_affinity'
ok "the machine's root can't change settings of the host" \
    not inside sh -c 'echo 1 >/proc/sys/vm/drop_caches' 2>/dev/null
for service in $services; do
	case $service in
	spamscan)	want="$may suid sgid" ;;
	tmda)		want="$may root exec others rise suid sgid" ;;
	blacklist)	want="$may others" ;;
	rotate)		want="${may% *} root others" ;;
	*)		want=$may ;;
	esac
	run inside systemctl start "mailkeep-$service"
	is "$(tr '\n' ' ' <"$ROOT/run/probed")" "$want " \
	    "$service: can do this, and no more"
done
done_testing
