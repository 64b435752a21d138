# tests/e2e/package-root.sh - a Debian to install packages in, after package.sh.
#
#   begin_root		begin to fetch one, into the directory root
#   end_root		wait until it is there.  Where no mirror can be asked it
#			is the host's own tree, and what is written to that lies
#			beside it; where neither is to be had, the rest of the
#			test is skipped
#   in_root PROG ...	run there; then $STATUS, $OUT and $ERR as after run
#   in_root apt_install FILE ...
#			of /tmp, and what they depend on (no more, to be
#			quick) from the mirror
#   started_by SERVICE	what it calls
#   in_passwd NAME	the account there
#   cron_lines		all lines of its /etc/cron.d/mailkeep; $OUT and $ERR
#
# shellcheck shell=sh

# The host's own mirror and release: the packages are built for that.
begin_root()
{
	_release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	_mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' \
	    'Created-By: Packages' 2>/dev/null |
	    sed -n "s/ $_release\$//p" | head -n 1)
	command -v mmdebstrap >/dev/null && [ -n "$_mirror" ] || return 0
	chmod 755 .
	mmdebstrap --mode=root --variant=apt --skip=cleanup/apt/lists \
	    --aptopt='Acquire::http::Timeout "10"' \
	    --aptopt='Acquire::Retries "0"' \
	    --dpkgopt=force-unsafe-io \
	    "$_release" root "$_mirror" >fetched 2>&1 </dev/null &
	_fetch=$!
	reap "$_fetch"
}

_overlay()
{
	! dpkg-query -W mailkeep >/dev/null 2>&1 &&
	    ! getent passwd vmail >/dev/null || return 1
	mkdir -p root upper work &&
	    mount -t overlay mailkeep-test -o \
	    "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" root \
	    2>/dev/null || return 1
	_mounts="$PWD/root $_mounts"
	[ -c root/dev/null ] || mknod -m 666 root/dev/null c 1 3
	# What is removed here is hidden, and there still on the host.
	rm -rf root/run/systemd root/run/mailkeep root/var/mail \
	    root/etc/mailkeep root/var/lib/mailkeep root/var/lib/mailkeep-rotate
	install -d -g mail -m 2775 root/var/mail
}

end_root()
{
	_offline=no
	if [ -z "${_fetch-}" ] || ! wait "$_fetch"; then
		[ ! -f fetched ] || diag "$(tail -n 3 fetched)"
		_offline=yes
		rm -rf --one-file-system root
		if ! _overlay; then
			skip 'there is neither a mirror nor an overlay' 50
			done_testing
		fi
	fi
	[ -z "${_fetch-}" ] || _forget "$_fetch"
	mount -t proc proc root/proc 2>/dev/null || return 0
	_mounts="$PWD/root/proc $_mounts"
	# A package's sysctl --system is meant for a machine of its own.
	mount --bind root/proc/sys root/proc/sys &&
	    mount -o remount,bind,ro root/proc/sys &&
	    _mounts="$PWD/root/proc/sys $_mounts"
}

in_root()
{
	_what="in the root: $*"
	if [ "$1" = apt_install ]; then
		shift
		if [ "$_offline" = yes ]; then
			set -- dpkg -i "$@"
		else
			set -- apt-get -q -y -o Dpkg::Use-Pty=0 \
			    --no-install-recommends install "$@"
		fi
	fi
	PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
	    timeout -k 5 "${MK_TIMEOUT:-120}" chroot root \
	    sh -c 'cd /tmp && exec "$@"' sh "$@" >"$OUT" 2>"$ERR" </dev/null
	# shellcheck disable=SC2034	# lib.sh reads it
	STATUS=$?
}

in_passwd()
{
	chroot root getent passwd "$1"
}

# As cron calls them: settings are for the lines below, "%" is a newline.
cron_lines()
{
	awk '/^#/ || /^$/ { next }
	/^[A-Z]+=/ {
		value = substr($0, index($0, "=") + 1)
		if (value !~ /^\047/)
			value = "\047" value "\047"
		print "export " substr($0, 1, index($0, "=")) value
		next
	}
	{
		for (i = 0; i < 6; i++)
			sub(/^[^ \t]+[ \t]+/, "")
		print "(" $0 ")"
	}' root/etc/cron.d/mailkeep >root/tmp/lines
	in_root env -i sh /tmp/lines
}

started_by()
{
	sed -n 's/^ExecStart=//p' "root/lib/systemd/system/$1.service"
}
