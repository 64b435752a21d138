# tests/e2e/servers.sh - real servers for a test: Dovecot, Exim, PostgreSQL and
# SpamAssassin's spamd.
#
# After lib.sh: ". tests/e2e/servers.sh" ($TOP/tests/e2e/servers.sh, as lib.sh
# has changed the directory).  The servers listen on 127.0.0.1 on ports that
# were free, have all their files below $SCRATCH, and end with the test.  They
# need root, to become the mail account.
#
#   need_servers dovecot exim postgres spamd
#				skip_all where one of them cannot be had
#   mail_root DIR		make a mail root of the account $MAIL_USER,
#				which mailkeep's state and lock dirs get too
#   start_dovecot ROOT [SETTING ...]
#				users are alice@example.test, with any local
#				part and domain, password "secret", mail in
#				ROOT/<domain>/<user>; a SETTING, as
#				"mail_location = maildir:~:LAYOUT=fs", is a
#				line put at the end of its configuration
#   start_exim ROOT [OPTION ...] for the users of $EXIM_USERS: lines
#				"alice@example.test: example.test/alice"; has
#				alice, bob and carol.  "X-Spam-Flag: YES" goes
#				to .Junk.  An OPTION, "maildir_use_size_file",
#				is put into the transports; "quota = 1M" brings
#				the quota_directory with it
#   start_postgres		a cluster of its own, on a unix socket only,
#				with etc/sql/schema.sql and sample.sql in the
#				database "mail"; the second time, the same one.
#				Accounts become roles as etc/README.md has it
#   sql [ARG ...]		psql in it, as superuser; "sql -U exim ..." as
#				that role.  Host and port are in the environment
#   start_site_exim ROOT [LINE ...]
#				Exim with etc/exim/exim.conf and that database;
#				a LINE, "MAX_CONNECTIONS == 4", is put into the
#				file of the site.  The second time, with the
#				same spool.  Where mounts are allowed it runs
#				as on a host: started by root, as its own
#				account, with its configuration in /etc/exim4;
#				else as $MAIL_USER all the time
#   site_exim ARG ...		a command of it, "site_exim -bp"
#   from_host ADDRESS FROM TO FILE
#				as send, but as if the client had that address,
#				of IPv6 too; the replies are in $OUT
#   start_spamd [-p] [OPTION ...]
#				SpamAssassin with local tests only, no user's
#				preferences, etc/spamassassin/local.cf and the
#				plugins that Debian loads; it listens at
#				$SPAMD_SOCKET, with -p on $SPAMD_PORT, too.  An
#				OPTION is one of spamd(8): "--allow-tell" (what
#				it learns is below $SPAMD), "--max-children=8",
#				"--cf=required_score 3"
#   blacklist [PREFIX=REASON ...]
#				make, by cdb(1), what the site's Exim reads: a
#				PREFIX as a key of Exim, "127.0.0.66/32"
#   stop_dovecot, stop_exim, stop_postgres, stop_spamd
#   send [-s SOURCE] FROM TO FILE
#				by SMTP; waits until it is delivered.  From the
#				SOURCE 127.0.0.66, say
#   refused [-s SOURCE] FROM TO	what "send" would be told at RCPT, "550 Unknown
#				user", of several lines the last; empty where
#				it is taken
#   load ...			smtp-load.py at $SMTP_PORT: many messages
#   empty_queue			wait until Exim has delivered all; false when
#				something stays for ten seconds
#   imap USER COMMAND ...	see imap.py
#   adm COMMAND ...		doveadm
#   idle			wait until no IMAP session is left: its last
#				writes are done
#   is_recounted USER NAME	the maildirsize of alice@example.test says what
#				Dovecot finds when it counts anew
#
# Logs, shown when a start fails: $DOVECOT/log, $EXIM/mainlog, $POSTGRES/log
# (each statement), $SPAMD/log.
#
# shellcheck shell=sh

MAIL_USER=mail MAIL_GROUP=mail
DOVECOT=$SCRATCH/dovecot EXIM=$SCRATCH/exim POSTGRES=$SCRATCH/postgres
SPAMD=$SCRATCH/spamd SPAMD_SOCKET=$SCRATCH/spamd/socket
EXIM_USERS=$EXIM/users
IMAP_PORT='' SMTP_PORT='' _dovecot_pid='' _exim_pid='' _dovecot_root=''
_postgres_pid='' _postgres_user=nobody _postgres_bin='' _site_user=''
SPAMD_PORT='' _spamd_pid='' _spamd_user=nobody

need_servers()
{
	[ "$(id -u)" = 0 ] || skip_all 'needs root, to run servers'
	id "$MAIL_USER" >/dev/null 2>&1 || skip_all "needs user $MAIL_USER"
	for _server; do
		case $_server in
		exim)	_server=exim4 ;;
		postgres)
			_find_postgres || skip_all 'needs PostgreSQL'
			continue ;;
		esac
		command -v "$_server" >/dev/null || skip_all "needs $_server"
	done
}

mail_root()
{
	mkdir -p "$1"
	chown "$MAIL_USER:$MAIL_GROUP" "$1" "$STATE" "$LOCK"
}

_free_port()
{
	python3 -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# _wait_for_port PORT PID: until it answers; false when the process has gone.
_wait_for_port()
{
	python3 -c '
import os, socket, sys, time
port, pid = map(int, sys.argv[1:])
for i in range(400):
    try:
        os.kill(pid, 0)
        with socket.create_connection(("127.0.0.1", port), 5) as s:
            sys.exit(0 if s.recv(1) else 1)
    except ProcessLookupError:
        sys.exit(1)
    except OSError:
        time.sleep(0.025)
sys.exit(1)' "$1" "$2"
}

# The directory as an absolute name.
_absolute()
{
	(cd -- "$1" && pwd)
}

start_dovecot()
{
	_root=$(_absolute "$1") || _die "start_dovecot: $1"
	_dovecot_root=$_root
	shift
	mkdir -p "$DOVECOT"
	for _try in 1 2 3; do
		IMAP_PORT=$(_free_port)
		{
			cat <<-CONF
			base_dir = $DOVECOT/run
			state_dir = $DOVECOT/state
			log_path = $DOVECOT/log
			protocols = imap
			listen = 127.0.0.1
			ssl = no
			disable_plaintext_auth = no
			first_valid_uid = 1
			auth_cache_size = 0
			passdb {
			  driver = static
			  args = password=secret
			}
			userdb {
			  driver = static
			  args = uid=$MAIL_USER gid=$MAIL_GROUP home=$_root/%d/%n
			}
			namespace inbox {
			  inbox = yes
			  separator = .
			}
			mail_location = maildir:~
			mail_plugins = quota
			protocol imap {
			  mail_plugins = quota imap_quota
			}
			plugin {
			  quota = maildir:User quota
			  quota_rule = *:storage=10M:messages=10000
			}
			service imap-login {
			  inet_listener imap {
			    port = $IMAP_PORT
			  }
			  inet_listener imaps {
			    port = 0
			  }
			}
			CONF
			[ $# = 0 ] || printf '%s\n' "$@"
		} >"$DOVECOT/dovecot.conf"
		trap - EXIT HUP INT TERM
		dovecot -F -c "$DOVECOT/dovecot.conf" >"$DOVECOT/out" 2>&1 \
		    </dev/null &
		_dovecot_pid=$!
		_set_traps
		reap "$_dovecot_pid"
		_wait_for_port "$IMAP_PORT" "$_dovecot_pid" && return 0
		stop_dovecot
	done
	cat "$DOVECOT/out" "$DOVECOT/log" 2>/dev/null | sed 's/^/# /' >&2
	_die 'dovecot does not start'
}

stop_dovecot()
{
	_stop "$_dovecot_pid"
	_forget "$_dovecot_pid"
}

start_exim()
{
	_root=$(_absolute "$1") || _die "start_exim: $1"
	shift
	_options=
	for _option; do
		_options="$_options\\n  $_option"
		case $_option in
		quota\ =*) _options="$_options\\n  quota_directory"
			_options="$_options = $_root/\$address_data" ;;
		esac
	done
	mkdir -p "$EXIM/spool"
	if [ ! -f "$EXIM_USERS" ]; then
		for _user in alice bob carol; do
			echo "$_user@example.test: example.test/$_user"
		done >"$EXIM_USERS"
	fi
	cp "$(command -v exim4)" "$EXIM/exim"	# and not its set-uid bit
	chmod 755 "$EXIM/exim"
	for _try in 1 2 3; do
		SMTP_PORT=$(_free_port)
		sed -e "s|@OPTIONS@|$_options|" -e "s|@DIR@|$EXIM|" \
		    -e "s|@ROOT@|$_root|" -e "s|@PORT@|$SMTP_PORT|" \
		    -e "s|@USER@|$MAIL_USER|" -e "s|@GROUP@|$MAIL_GROUP|" \
		    "$TOP/tests/e2e/exim.conf.in" >"$EXIM/exim.conf"
		chown -R "$MAIL_USER:$MAIL_GROUP" "$EXIM"
		trap - EXIT HUP INT TERM
		setpriv --reuid="$MAIL_USER" --regid="$MAIL_GROUP" \
		    --clear-groups "$EXIM/exim" -C "$EXIM/exim.conf" -bdf \
		    >"$EXIM/out" 2>&1 </dev/null &
		_exim_pid=$!
		_set_traps
		reap "$_exim_pid"
		_wait_for_port "$SMTP_PORT" "$_exim_pid" && return 0
		stop_exim
	done
	cat "$EXIM/out" "$EXIM"/*log 2>/dev/null | sed 's/^/# /' >&2
	_die 'exim does not start'
}

stop_exim()
{
	_stop "$_exim_pid"
	_forget "$_exim_pid"
}

# Debian has several versions beside each other, and none in PATH.
_find_postgres()
{
	for _postgres_bin in /usr/lib/postgresql/*/bin; do
		:
	done
	[ -x "$_postgres_bin/initdb" ] && return 0
	_postgres_bin=$(command -v initdb) || return 1
	_postgres_bin=${_postgres_bin%/*}
}

# Only ever called in a subshell.
_become_postgres()
{
	exec setpriv --reuid="$_postgres_user" \
	    --regid="$(id -g "$_postgres_user")" --clear-groups -- "$@"
}

_init_postgres()
{
	mkdir "$POSTGRES"
	chown "$_postgres_user" "$POSTGRES"
	if ! (_become_postgres "$_postgres_bin/initdb" -D "$POSTGRES/data" \
	    -U postgres --no-sync --no-locale -E UTF8 -A peer) \
	    >"$POSTGRES/log" 2>&1; then
		sed 's/^/# /' "$POSTGRES/log" >&2
		_die 'initdb fails'
	fi
	cat >>"$POSTGRES/data/postgresql.conf" <<-CONF
	listen_addresses = ''
	unix_socket_directories = '$POSTGRES'
	unix_socket_permissions = 0777
	fsync = off
	log_statement = all
	CONF
	echo 'local all all peer map=site' >"$POSTGRES/data/pg_hba.conf"
	cat >"$POSTGRES/data/pg_ident.conf" <<-CONF
	site root postgres
	site Debian-exim exim
	site root exim
	site $MAIL_USER exim
	site $MAIL_USER mailkeep
	site root mailkeep
	CONF
}

start_postgres()
{
	_find_postgres || _die 'start_postgres: no PostgreSQL'
	PGHOST=$POSTGRES PGPORT=5432
	export PGHOST PGPORT
	_new=no
	[ -d "$POSTGRES" ] || _new=yes
	[ $_new = no ] || _init_postgres
	trap - EXIT HUP INT TERM
	(_become_postgres "$_postgres_bin/postgres" -D "$POSTGRES/data") \
	    >>"$POSTGRES/log" 2>&1 </dev/null &
	_postgres_pid=$!
	_set_traps
	reap "$_postgres_pid"
	_tries=200
	until "$_postgres_bin/pg_isready" -q; do
		_tries=$((_tries - 1))
		if [ $_tries = 0 ] || ! kill -0 "$_postgres_pid"; then
			sed 's/^/# /' "$POSTGRES/log" >&2
			_die 'postgres does not start'
		fi
		sleep 0.05
	done
	[ $_new = no ] || {
		"$_postgres_bin/createdb" -U postgres mail &&
		    sql -q -f "$TOP/etc/sql/schema.sql" &&
		    sql -q -f "$TOP/etc/sql/sample.sql"
	} || _die 'the schema is not accepted'
}

stop_postgres()
{
	kill -INT "$_postgres_pid"	# waits for no client
	_stop "$_postgres_pid"
	_forget "$_postgres_pid"
}

sql()
{
	case ${1-} in
	-U)	;;
	*)	set -- -U postgres "$@" ;;
	esac
	"$_postgres_bin/psql" -X -A -t -d mail "$@"
}

# Is Exim allowed to find its configuration in a /etc/exim4 of its own?
_can_mount()
{
	[ -d /etc/exim4 ] && id Debian-exim >/dev/null 2>&1 &&
	    unshare -m mount --bind /etc/exim4 /etc/exim4 2>/dev/null
}

# Become the site's Exim; only ever called in a subshell.
_become_site_exim()
{
	if [ "$_site_user" = "$MAIL_USER" ]; then
		exec setpriv --reuid="$MAIL_USER" --regid="$MAIL_GROUP" \
		    --clear-groups "$EXIM/exim" -C "$EXIM/etc/exim4.conf" \
		    -DSITE="$EXIM/etc/site.conf" "$@"
	fi
	exec unshare -m sh -c 'mount --bind "$0" /etc/exim4 && exec exim4 "$@"' \
	    "$EXIM/etc" "$@"
}

site_exim()
{
	(_become_site_exim "$@")
}

start_site_exim()
{
	_root=$(_absolute "$1") || _die "start_site_exim: $1"
	shift
	mkdir -p "$EXIM/etc" "$EXIM/spool" "$EXIM/system"
	chgrp mail "$EXIM/system"
	chmod 775 "$EXIM/system"
	_site_user=Debian-exim
	_can_mount || _site_user=$MAIL_USER
	chown "$_site_user:" "$EXIM" "$EXIM/spool"
	if [ "$_site_user" = "$MAIL_USER" ]; then
		cp "$(command -v exim4)" "$EXIM/exim"
		chmod 755 "$EXIM/exim"
		set -- "exim_user = $MAIL_USER" "exim_group = $MAIL_GROUP" \
		    "exim_path = $EXIM/exim" "trusted_users = $MAIL_USER" \
		    'deliver_drop_privilege = true' "$@"
	fi
	cp "$TOP/etc/exim/exim.conf" "$EXIM/etc/exim4.conf"
	for _try in 1 2 3; do
		SMTP_PORT=$(_free_port)
		{
			cat <<-CONF
			MAIL_ROOT == $_root
			MAIL_USER == $MAIL_USER
			MAIL_GROUP == $MAIL_GROUP
			SYSTEM_MAIL == $EXIM/system
			TMDA_HOME == $_root
			DATABASE == ($POSTGRES/.s.PGSQL.5432)/mail/exim/
			INTERFACES == 127.0.0.1
			LOG_DIR == $EXIM
			BLACKLIST_CDB == $EXIM/blacklist.cdb
			primary_hostname = mx.example.test
			spool_directory = $EXIM/spool
			pid_file_path = $EXIM/spool/exim.pid
			daemon_smtp_ports = $SMTP_PORT
			CONF
			[ $# = 0 ] || printf '%s\n' "$@"
		} >"$EXIM/etc/site.conf"
		trap - EXIT HUP INT TERM
		_become_site_exim -bdf >"$EXIM/out" 2>&1 </dev/null &
		_exim_pid=$!
		_set_traps
		reap "$_exim_pid"
		_wait_for_port "$SMTP_PORT" "$_exim_pid" && return 0
		stop_exim
	done
	cat "$EXIM/out" "$EXIM"/*log 2>/dev/null | sed 's/^/# /' >&2
	_die 'exim does not start with etc/exim/exim.conf'
}

# The site's configuration: what Debian loads as plugins, and our own file.
_configure_spamd()
{
	mkdir -p "$SPAMD/etc" "$SPAMD/home"
	cp /etc/spamassassin/*.pre "$SPAMD/etc" ||
	    _die 'start_spamd: no /etc/spamassassin'
	cp "$TOP/etc/spamassassin/local.cf" "$SPAMD/etc"
	cat >"$SPAMD/etc/test.cf" <<-CONF
	bayes_path $SPAMD/home/bayes
	bayes_auto_learn 0
	CONF
	chown -R "$_spamd_user:" "$SPAMD"
}

# Only ever called in a subshell.
_become_spamd()
{
	HOME=$SPAMD/home
	export HOME
	exec setpriv --reuid="$_spamd_user" \
	    --regid="$(id -g "$_spamd_user")" --clear-groups -- \
	    spamd --local --nouser-config --siteconfigpath="$SPAMD/etc" \
	    --syslog=stderr --listen="$SPAMD_SOCKET" --socketmode=0666 "$@"
}

# _wait_for_pong PID: until spamd answers at each of its sockets.
_wait_for_pong()
{
	python3 -c '
import os, socket, sys, time
path, port, pid = sys.argv[1], int(sys.argv[2] or 0), int(sys.argv[3])
def pong(family, address):
    with socket.socket(family) as s:
        s.settimeout(10)
        s.connect(address)
        s.sendall(b"PING SPAMC/1.5\r\n\r\n")
        return b" 0 PONG" in s.recv(100)
for i in range(1200):
    try:
        os.kill(pid, 0)
        if pong(socket.AF_UNIX, path) and (port == 0 or
                pong(socket.AF_INET, ("127.0.0.1", port))):
            sys.exit(0)
    except ProcessLookupError:
        sys.exit(1)
    except OSError:
        pass
    time.sleep(0.05)
sys.exit(1)' "$SPAMD_SOCKET" "$SPAMD_PORT" "$1"
}

start_spamd()
{
	_with_port=no SPAMD_PORT=
	if [ "${1-}" = -p ]; then
		_with_port=yes
		shift
	fi
	_configure_spamd
	for _try in 1 2 3; do
		rm -f "$SPAMD_SOCKET"
		[ -z "$SPAMD_PORT" ] || shift
		if [ $_with_port = yes ]; then
			SPAMD_PORT=$(_free_port)
			set -- "--listen=127.0.0.1:$SPAMD_PORT" "$@"
		fi
		trap - EXIT HUP INT TERM
		_become_spamd "$@" >>"$SPAMD/log" 2>&1 </dev/null &
		_spamd_pid=$!
		_set_traps
		reap "$_spamd_pid"
		_wait_for_pong "$_spamd_pid" && return 0
		stop_spamd
	done
	sed 's/^/# /' "$SPAMD/log" >&2
	_die 'spamd does not start'
}

stop_spamd()
{
	_stop "$_spamd_pid"
	_forget "$_spamd_pid"
}

blacklist()
{
	for _prefix; do
		_reason=${_prefix#*=} _prefix=${_prefix%%=*}
		printf '+%d,%d:%s->%s\n' "${#_prefix}" "${#_reason}" \
		    "$_prefix" "$_reason"
	done >"$SCRATCH/blacklist"
	echo >>"$SCRATCH/blacklist"
	cdb -c -t "$EXIM/blacklist.tmp" "$EXIM/blacklist.cdb" \
	    "$SCRATCH/blacklist" || _die 'blacklist'
}

# Wait for the message that the line $1 of the server names.
_delivered()
{
	_id=${1##*id=}
	_tries=200
	while [ $_tries -gt 0 ]; do
		grep -q " $_id Completed" "$EXIM/mainlog" && return 0
		sleep 0.05
		_tries=$((_tries - 1))
	done
	sed 's/^/# /' "$EXIM/mainlog" >&2
	return 1
}

send()
{
	_source=127.0.0.1
	if [ "$1" = -s ]; then
		_source=$2
		shift 2
	fi
	_file=$3
	[ -f "$_file" ] || _file=$TOP/tests/data/corpus/$3
	_said=$(python3 "$TOP/tests/e2e/smtp.py" -s "$_source" "$SMTP_PORT" \
	    "$1" "$2" "$_file") && _delivered "$_said"
}

refused()
{
	_source=127.0.0.1
	if [ "$1" = -s ]; then
		_source=$2
		shift 2
	fi
	python3 "$TOP/tests/e2e/smtp.py" -n -s "$_source" "$SMTP_PORT" \
	    "$1" "$2" /dev/null 2>&1 >/dev/null |
	    awk 'NR == 1 { code = $2; sub(/^[^ ]+ [^ ]+ /, "") }
		{ last = $0 }
		END { if (NR > 0) print code, last }'
}

from_host()
{
	_file=$4
	[ -f "$_file" ] || _file=$TOP/tests/data/corpus/$4
	{
		printf 'EHLO client.test\nMAIL FROM:<%s>\n' "$2"
		printf 'RCPT TO:<%s>\nDATA\n' "$3"
		sed 's/^\./../' "$_file"
		printf '.\nQUIT\n'
	} | sed 's/\r*$/\r/' |
	    (_become_site_exim -bs -odi -oMa "$1") >"$OUT" 2>"$ERR"
	_said=$(sed -n 's/^250 OK //p' "$OUT" | tr -d '\r')
	[ -n "$_said" ] && _delivered "$_said"
}

load()
{
	python3 "$TOP/tests/e2e/smtp-load.py" -P "$SMTP_PORT" "$@"
}

empty_queue()
{
	_tries=200
	while [ -n "$(find "$EXIM/spool/input" -name '*-[DHJ]' 2>&1)" ]; do
		_tries=$((_tries - 1))
		[ $_tries -gt 0 ] || return 1
		sleep 0.05
	done
}

imap()
{
	python3 "$TOP/tests/e2e/imap.py" "$IMAP_PORT" "$@"
}

adm()
{
	doveadm -c "$DOVECOT/dovecot.conf" "$@"
}

idle()
{
	_tries=200
	while pgrep -P "$_dovecot_pid" -x imap >/dev/null &&
	    [ $_tries -gt 0 ]; do
		sleep 0.05
		_tries=$((_tries - 1))
	done
}

# Bytes and messages in the maildirsize of a user.
_maildirsize()
{
	_maildir=$_dovecot_root/${1#*@}/${1%%@*}
	awk 'NR > 1 { bytes += $1; n += $2 } END { print bytes + 0, n + 0 }' \
	    "$_maildir/maildirsize"
}

is_recounted()
{
	_says=$(_maildirsize "$1")
	adm quota recalc -u "$1"
	is "$_says" "$(_maildirsize "$1")" "$2"
}
