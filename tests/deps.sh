#!/bin/sh
# deps.sh - install the Debian packages that a make target needs.
#
# usage: tests/deps.sh run|test|lint|bench ...
#
# Says nothing, and asks the package database once, when nothing is missing.
# Installs as root or through sudo -n; where neither is to be had, says what
# to install and exits 69.  Does nothing where there is no dpkg: the compiler
# will tell there.  Starts no service, removes no package.
set -eu
LC_ALL=C
export LC_ALL

run='gcc libc6-dev make pkg-config libconfuse-dev libarchive-dev
	libdb5.3-dev libjansson-dev liblz4-dev libpq-dev zlib1g-dev'
test="$run check libsubunit-dev perl python3 faketime strace valgrind mandoc
	zstd xz-utils bzip2 dovecot-core dovecot-imapd exim4-daemon-heavy
	postgresql spamassassin spamc spamd tinycdb iprange nftables rbldnsd
	db5.3-util procps iproute2 prometheus zsh fish bash-completion
	cron systemd chromium git debhelper dpkg-dev lintian mmdebstrap rpm
	rpmlint bmake"
lint="$run clang clang-tidy clang-format cppcheck shellcheck mandoc"
bench="$run python3 strace valgrind fd-find e2fsprogs exim4-base tinycdb
	iprange mblaze notmuch postgresql spamd spamc logrotate pigz zstd
	xz-utils bzip2"

wanted=
for target; do
	case $target in
	run)	wanted="$wanted $run" ;;
	test)	wanted="$wanted $test" ;;
	lint)	wanted="$wanted $lint" ;;
	bench)	wanted="$wanted $bench" ;;
	*)	wanted=; break ;;
	esac
done
if [ -z "$wanted" ]; then
	echo 'usage: deps.sh run|test|lint|bench ...' >&2
	exit 64
fi
command -v dpkg-query >/dev/null || exit 0

# shellcheck disable=SC2086	# words
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted \
    2>/dev/null) || :
missing=
for package in $wanted; do
	case "
$installed
" in
	*"
installed $package
"*)	continue ;;
	esac
	case " $missing " in
	*" $package "*)	continue ;;
	esac
	case $package in
	exim4-daemon-heavy)
		# A host has one mail server; the tests that need Exim are
		# skipped where that is another.
		[ -e /usr/sbin/sendmail ] && continue ;;
	esac
	missing="$missing $package"
done
missing=${missing# }
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		exec sudo -n sh "$0" "$@"
	fi
	echo "deps.sh: missing; as root: apt-get install" \
	    "--no-install-recommends $missing" >&2
	exit 69
fi

echo "Installing $missing" >&2
log=$(mktemp)
policy=/usr/sbin/policy-rc.d own_policy=
no_cluster=/etc/postgresql-common/createcluster.d/mailkeep-tests.conf
# shellcheck disable=SC2317	# called by the trap
clean_up() {
	rm -f "$log" "$no_cluster"
	[ -z "$own_policy" ] || rm -f "$policy"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
if [ ! -e $policy ]; then
	own_policy=yes
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
fi
case $missing in
*postgresql*)	# with no database of the host's own
	mkdir -p "${no_cluster%/*}"
	echo 'create_main_cluster = false' >"$no_cluster" ;;
esac

apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Use-Pty=0 \
	    -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
}

install() {
	# shellcheck disable=SC2086	# words
	apt install --no-install-recommends --no-remove $missing
}

# Twice: lists may be old, and spamassassin's post-install hook fails where gpg
# is unpacked in the same run, and not configured yet.
ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 || apt update || :
if ! install; then
	apt update || :
	if ! install; then
		tail -n 20 "$log" >&2
		echo "deps.sh: apt-get cannot install $missing" >&2
		exit 69
	fi
fi

# The tests start servers of their own; the host did not ask for any.
if command -v systemctl >/dev/null; then
	for package in $missing; do
		case $package in
		dovecot-core)	systemctl -q disable dovecot.service ;;
		exim4-daemon-heavy)
			systemctl -q disable exim4.service \
			    exim4-base.timer ;;
		postgresql)
			systemctl -q disable postgresql.service ;;
		prometheus)	systemctl -q disable prometheus.service ;;
		spamassassin)
			systemctl -q disable \
			    spamassassin-maintenance.timer ;;
		spamd)		systemctl -q disable spamd.service ;;
		nftables)	systemctl -q disable nftables.service ;;
		rbldnsd)	systemctl -q disable rbldnsd.service ;;
		cron)		systemctl -q disable cron.service ;;
		esac >/dev/null 2>&1 || :
	done
fi
