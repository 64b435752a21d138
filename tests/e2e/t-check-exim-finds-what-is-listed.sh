# mailkeep-check asks the real Exim: a sound setup has no warning; a list that
# Exim does not look into, cannot read, or looks into with too few prefix
# lengths is found, and who is to mend what is said.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check.sh"
command -v exim4 >/dev/null || skip_all 'needs exim4'

mkdir -m 755 mail spool log lists
: >lists/newsyslog.conf
cat >lists/newsyslog.conf <<CONF
$PWD/log/mainlog	640	10	*	@T00	Z
CONF
user=$(id -un)
group=$(id -gn)

# site [LINE ...]: etc/exim/exim.conf, with these in the file of the site
site()
{
	{
		cat <<-CONF
		MAIL_ROOT == $PWD/mail
		MAIL_USER == $user
		MAIL_GROUP == $group
		LOG_DIR == $PWD/log
		BLACKLIST_CDB == $PWD/lists/b.cdb
		spool_directory = $PWD/spool
		CONF
		[ $# = 0 ] || printf '%s\n' "$@"
	} >site.conf
	# Without a database there is nobody to ask.
	sed -e "s|^SITE = .*|SITE = $PWD/site.conf|" \
	    -e 's/FROM users/FROM elsewhere/' "$TOP/etc/exim/exim.conf" \
	    >exim.conf
	chmod 644 exim.conf site.conf
}

# by_hand LIST [ACL]: a small configuration of the administrator's own
by_hand()
{
	cat >exim.conf <<-CONF
	keep_environment =
	tls_advertise_hosts =
	spool_directory = $PWD/spool
	log_file_path = $PWD/log/%slog
	$1
	acl_smtp_connect = connect
	begin acl
	connect:
	${2-deny hosts = +bad}
	accept
	CONF
}

publish()
{
	printf '%s\n' "$@" >lists/own
	run mailkeep-blacklist -c conf --force
	exits 0
}

cat >conf <<CONF
mail-root = "$PWD/mail"
state-dir = "$STATE"
lock-dir = "$LOCK"
blacklist {
	feed "own" { file = "$PWD/lists/own" }
	never-self = no
	cdb = "$PWD/lists/b.cdb"
	dbm = "$PWD/lists/b.db"
	hostlist = "$PWD/lists/b.hostlist"
}
check { exim-config = "$PWD/exim.conf" }
rotate { file = {"$PWD/lists/newsyslog.conf"} }
CONF

site
publish 192.0.2.7 198.51.100.0/24 2001:db8:1::/48 2001:db8:2::7
check exim
exits 0
finds 'finds its IPv4 entries of each prefix length'
finds 'finds its IPv6 entries of each prefix length'
[ "$(id -u)" != 0 ] || finds '^ok .*its MAIL_ROOT is mail-root'
finds "mainlog.*newsyslog.conf rotates it"
never_finds '^(warning|error)'

# Root reads a list as its owner does.
[ "$(id -u)" != 0 ] || chown nobody lists/b.cdb lists/b.db

# The same by the line that is made for Exim to include.
by_hand ".include $PWD/lists/b.hostlist" 'deny hosts = +blacklisted_hosts'
check exim
exits 0
finds 'finds its IPv4 entries of each prefix length'
finds 'finds its IPv6 entries of each prefix length'
never_finds '^(warning|error)'

# Root's Exim reads what is included: that has to be root's.
if [ "$(id -u)" = 0 ]; then
	chown nobody lists/b.hostlist
	check exim
	exits 0
	finds '^warning .*/b.hostlist: user [0-9]+, .* can run commands as root'
	chown root lists/b.hostlist
	chown nobody lists
	check exim
	finds '^warning .*/b.hostlist: user [0-9]+, .* owns .*/lists, and so can'
	chown root lists
else
	skip 'all is ours' 3
fi

# Too few lengths, as people write them.
by_hand "hostlist bad = net32-cdb;$PWD/lists/b.cdb : \\
  net128-cdb;$PWD/lists/b.cdb"
check exim
exits 65
finds 'list bad never finds entries of IPv4 with the prefix length /24,'
finds 'list bad never finds entries of IPv6 with the prefix length /48,'
never_finds '/32|/128'
db=$PWD/lists/b.db
by_hand "hostlist bad = net32-dbm;$db : net24-dbm;$db : net48-dbm;$db : \\
  net128-dbm;$db"
check exim
exits 0
finds 'lists/b.db.*finds its IPv4 entries of each prefix length'

# The wrong type; another file; none; a list that nobody uses.
by_hand "hostlist bad = net32-dbm;$PWD/lists/b.cdb"
check exim
exits 65
finds 'b.cdb is looked into as dbm, and it is made for net32-cdb;'
by_hand "hostlist bad = net32-cdb;$PWD/lists/old.cdb"
check exim
exits 65
finds 'list bad looks into .*/old.cdb, and mailkeep-blacklist makes .*/b.cdb'
by_hand '' 'deny hosts = 192.0.2.8'
check exim
exits 0
finds 'it does not look into .*/b.cdb: nobody is blacklisted'
by_hand "hostlist bad = net32-cdb;$PWD/lists/b.cdb : net32-dbm;$db" \
    'deny hosts = 192.0.2.8'
check exim
is "$(grep -c 'host list bad is defined, and never used' found)" 1 'said once'

# The host list is made, and Exim has one of its own by another name.
by_hand "hostlist bad = <, net24-cdb;$PWD/lists/b.cdb"
check exim
finds 'b.hostlist is made for it, and it defines no host list'

# The file: missing, short, damaged, empty, closed.
site
mv lists/b.cdb lists/kept
check exim
exits 65
finds 'b.cdb.*it is not there'
head -c 100 /dev/zero >lists/b.cdb
check exim
exits 65
finds 'b.cdb.*too short for a cdb: 100 bytes'
head -c 4096 lists/kept | tr '\000' x >lists/b.cdb
[ "$(id -u)" != 0 ] || chown nobody lists/b.cdb
check exim
exits 65
finds 'b.cdb.*(damaged|corrupt)'
cp lists/kept lists/b.cdb
check exim
exits 0
if [ "$(id -u)" = 0 ]; then
	chmod 640 lists/b.cdb
	check exim
	exits 65
	finds "Debian-exim can't read .*/b.cdb"
	chgrp Debian-exim lists/b.cdb
	check exim
	exits 65
	finds 'mode is 0640, and exim.conf looks only into what all can read'
	chmod 644 lists/b.cdb
	chmod 700 lists
	check exim
	exits 65
	finds "Debian-exim can't read .*: no right to search .*/lists"
	chmod 755 lists
else
	skip 'only root can become Exim' 6
fi

# Another mail root; a log that nobody rotates; a mistake.
if [ "$(id -u)" = 0 ]; then
	site "MAIL_ROOT == $PWD/elsewhere"
	check exim
	exits 65
	finds "delivers below MAIL_ROOT, .*/elsewhere, and mail-root is .*/mail"
else
	skip 'only root is told of macros' 2
fi
site
: >lists/newsyslog.conf
check exim
exits 0
finds "neither newsyslog.conf nor logrotate names Exim's log"
site 'nonsense = 1'
check exim
exits 65
finds '^error .*/site.conf: Exim configuration error in line 7 of .*site.conf'
site
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	# What only root can know is no error of the host's.
	check -u nobody exim
	exits 0
	finds '^note .*/exim.conf: whether its MAIL_ROOT is mail-root'
	finds 'finds its IPv4 entries of each prefix length'
	never_finds '^(warning|error)'
	chmod 600 exim.conf
	check -u nobody exim
	exits 0
	finds '^note .*closed to this account: failed to open .*denied'
else
	skip 'needs root, and nobody' 6
fi
check exim -o check.exim="$PWD/no-exim"
exits 65
finds "no-exim: it can't be asked"
# Root runs no program of others.
printf '#!/bin/sh\n: >%s/ran\n' "$PWD" >own-exim
chmod 755 own-exim
if [ "$(id -u)" = 0 ]; then
	chown nobody own-exim
	check exim -o check.exim="$PWD/own-exim"
	exits 0
	finds '^warning .*/own-exim: user [0-9]+, .* as root: not run; chown root'
	ok 'it was not run' not test -e ran
else
	skip 'all is ours' 3
fi
check exim -o check.exim-config=exim.conf
exits 78
finds 'exim-config: "exim.conf" does not begin with a "/"'
done_testing
