# tests/e2e/machine.sh - a machine for a test to run schedules on.
#
# After lib.sh: ". tests/e2e/machine.sh" ($TOP/tests/e2e/machine.sh, as lib.sh
# has changed the directory).  The machine has process, mount and cgroup
# namespaces of its own, and for a root this host's, with all that is written
# kept in memory: what happens there is nothing to the host, and is gone when
# the test ends.  It has no more units than a boot needs, the programs of $B in
# /usr/local/sbin, the units of cron/ in /usr/local/lib/systemd/system, the
# account vmail, and an empty /etc/mailkeep, /etc/cron.d and /var/mail.
#
#   machine			start it, by systemd, with a journal; skip_all
#				where that is not to be had
#   inside CMD [ARG ...]	run it there; "run inside ..." keeps what it says
#   $ROOT			the machine's root, seen from here
#
# shellcheck shell=sh

# In the new namespaces, as process 1: $1 a directory, $2 TOP, $3 B.  What fails
# ends it.
_machine_inner()
{
	cat <<'END'
set -eu
dir=$1 top=$2 programs=$3/bin lib=/lib/systemd/system
mount --make-rprivate /
mount -t tmpfs -o mode=755 mailkeep-test "$dir"
mkdir "$dir/upper" "$dir/work" "$dir/root" "$dir/units"
for unit in basic local-fs network network-online paths shutdown slices \
    sockets sysinit time-set time-sync timers umount; do
	[ ! -f "$lib/$unit.target" ] || cp "$lib/$unit.target" "$dir/units"
done
for unit in journald.service journald.socket journald-dev-log.socket; do
	[ ! -f "$lib/systemd-$unit" ] || cp "$lib/systemd-$unit" "$dir/units"
done
echo '[Unit]' >"$dir/units/test.target"
echo 'Wants=sysinit.target systemd-journald.service' >>"$dir/units/test.target"
mount -t overlay -o "lowerdir=/,upperdir=$dir/upper,workdir=$dir/work" \
    overlay "$dir/root"
cd "$dir/root"
mount -t proc proc proc
# The kernel's settings are the host's, too, and systemd would set some.
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 cgroup sys/fs/cgroup 2>/dev/null || :
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755,nosuid dev dev
for device in null zero full random urandom tty; do
	: >"dev/$device"
	mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm dev/pts
ln -s /proc/self/fd dev/fd
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=755,nosuid,nodev run run
mount -t tmpfs -o mode=1777,nosuid,nodev tmp tmp
# Those with mail and logs for another reason, too: in an overlay a file is not
# on the device of its directory.
for hidden in etc/systemd/system etc/cron.d etc/mailkeep srv var/lib \
    var/mail var/spool/cron/crontabs; do
	mkdir -p "$hidden"
	mount -t tmpfs -o mode=755 hidden "$hidden"
done
mount --bind "$dir/units" "./$lib"
mkdir -p usr/local/sbin usr/local/lib/systemd/system
cp "$programs"/mailkeep-* usr/local/sbin
rm -f usr/local/sbin/*.o usr/local/sbin/*.d
cp "$top"/cron/*.service "$top"/cron/*.timer usr/local/lib/systemd/system
echo 0123456789abcdef0123456789abcdef >etc/machine-id
sed -i /^vmail:/d etc/passwd etc/group etc/shadow
echo 'vmail:x:60023:60023::/var/mail:/bin/sh' >>etc/passwd
echo 'vmail:!:19000::::::' >>etc/shadow
echo 'vmail:x:60023:' >>etc/group
mkdir .host
pivot_root . .host
umount -l /.host
exec env -i container=mailkeep-test PATH=/usr/local/sbin:/usr/sbin:/usr/bin \
    /lib/systemd/systemd systemd.unit=test.target --log-level=info \
    --show-status=0
END
}

# A cgroup of its own, for systemd counts processes by it.
_machine_cgroup()
{
	_parent=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	[ -n "$_parent" ] || return 1
	mkdir "$_parent/${SCRATCH##*/}" 2>/dev/null || return 1
	CGROUP=$_parent/${SCRATCH##*/}
}

# In place of lib.sh's: first goes the machine.  Its processes may take a moment.
_set_traps()
{
	trap _machine_end EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

_machine_end()
{
	_machine_status=$?
	trap '' HUP INT TERM
	kill -9 "$MACHINE" 2>/dev/null	# unshare ends all below it
	wait "$MACHINE" 2>/dev/null
	_tries=0
	until find "$CGROUP" -depth -type d -exec rmdir {} + \
	    2>/dev/null || [ $_tries = 50 ]; do
		_tries=$((_tries + 1))
		sleep 0.1
	done
	(exit $_machine_status)
	_end
}

machine()
{
	[ "$(id -u)" = 0 ] || skip_all 'needs root'
	[ "${MK_SANITIZE-}" != 1 ] || skip_all 'not with sanitizers'
	for _tool in unshare nsenter pivot_root setpriv; do
		command -v "$_tool" >/dev/null || skip_all "needs $_tool"
	done
	[ -x /lib/systemd/systemd ] || skip_all 'needs systemd'
	mkdir "$SCRATCH/machine"
	_machine_inner >"$SCRATCH/machine.sh"
	_machine_cgroup || skip_all 'no cgroup can be made here'
	trap - EXIT HUP INT TERM
	sh -c 'echo $$ >"$1/cgroup.procs" || exit
	    shift
	    exec unshare --pid --fork --kill-child --mount --uts --ipc \
	    --cgroup sh "$@"' sh "$CGROUP" "$SCRATCH/machine.sh" \
	    "$SCRATCH/machine" "$TOP" "$B" >"$SCRATCH/machine.log" 2>&1 \
	    </dev/null &
	MACHINE=$!
	_set_traps
	PATH=$SCRATCH/machine.bin:$PATH
	mkdir "$SCRATCH/machine.bin"
	_machine_wait || {
		diag "$(head -n 5 "$SCRATCH/machine.log")"
		skip_all "no machine can be had here"
	}
}

# A program, that "run" can run it.  Nothing of our environment goes along.
_machine_inside()
{
	ROOT=/proc/$1/root
	cat >"$SCRATCH/machine.bin/inside" <<-END
		#!/bin/sh
		exec nsenter -t $1 -m -p -u -i -C -r -w env -i LC_ALL=C \
		    PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin "\$@"
	END
	chmod 755 "$SCRATCH/machine.bin/inside"
}

# Until its process 1 is what it is to be, and has started what it is to.
_machine_wait()
{
	_tries=0
	until _init=$(cat "/proc/$MACHINE/task/$MACHINE/children" 2>/dev/null) &&
	    _init=${_init%% *} && [ -n "$_init" ] &&
	    [ "$(cat "/proc/$_init/comm" 2>/dev/null)" = systemd ] &&
	    _machine_inside "$_init" &&
	    [ "$(inside systemctl is-system-running 2>&1)" = running ]; do
		_tries=$((_tries + 1))
		kill -0 "$MACHINE" 2>/dev/null && [ $_tries -lt 100 ] ||
		    return 1
		sleep 0.1
	done
}

# ---- what the schedules have to do there

# The sample host, in /srv: mail and all else elsewhere than by default, but for
# what the rule "stray" wants to be there; logs in a directory of Exim's
# account, here called mail.  Again: as it was at first.
sample_host()
{
	[ -d host ] || sh "$TOP/tests/sample-host.sh" host >/dev/null ||
	    _die 'no sample host'
	_elsewhere host/newsyslog.conf >"$ROOT/etc/mailkeep/newsyslog.conf"
	_elsewhere -e 's,file *= {.*newsyslog.conf"},,' host/mailkeep.conf \
	    >"$ROOT/etc/mailkeep/mailkeep.conf"
	rm -rf "$ROOT/srv/host" "$ROOT/srv/log" "$ROOT/srv/rotate"
	mkdir -p "$ROOT/var/mail/new"
	cp -a host "$ROOT/srv/host"
	mv "$ROOT/srv/host/log" "$ROOT/srv/log"
	inside chown -R vmail:vmail /srv/host
	inside chown -R mail:adm /srv/log
	inside mailkeep-expire -n --list >due
}

_elsewhere()
{
	sed -e "s,$PWD/host/log,/srv/log,g" -e "s,$PWD/host,/srv/host,g" \
	    -e 's/^owner .*/owner = "vmail:vmail"/' -e '/^lock-dir/d' \
	    -e '/^rotate/,/state-dir/s,/srv/host/state,/srv/rotate,' "$@"
}

# Of what was due to mailkeep-expire, what is there still.
due_left()
{
	while IFS= read -r _path; do
		[ ! -e "$ROOT$_path" ] || echo "$_path"
	done <due
}

# mails PATTERN: the number of files of the mail root
mails()
{
	find "$ROOT/srv/host/mail" -path "$1" -type f | wc -l
}
