# tests/e2e/servers.sh - a real Dovecot and a real Exim for a test.
#
# After lib.sh: ". tests/e2e/servers.sh" ($TOP/tests/e2e/servers.sh, as lib.sh
# has changed the directory).  The servers listen on 127.0.0.1 on ports that
# were free, have all their files below $SCRATCH, and end with the test.  They
# need root, to become the mail account.
#
#   need_servers dovecot exim	skip_all where one of them cannot be had
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
#   stop_dovecot, stop_exim
#   send FROM TO FILE		by SMTP; waits until it is delivered
#   imap USER COMMAND ...	see imap.py
#   adm COMMAND ...		doveadm
#   idle			wait until no IMAP session is left: its last
#				writes are done
#   is_recounted USER NAME	the maildirsize of alice@example.test says what
#				Dovecot finds when it counts anew
#
# Logs, shown when a start fails: $DOVECOT/log, $EXIM/mainlog.
#
# shellcheck shell=sh

MAIL_USER=mail MAIL_GROUP=mail
DOVECOT=$SCRATCH/dovecot EXIM=$SCRATCH/exim
EXIM_USERS=$EXIM/users
IMAP_PORT='' SMTP_PORT='' _dovecot_pid='' _exim_pid='' _dovecot_root=''

need_servers()
{
	[ "$(id -u)" = 0 ] || skip_all 'needs root, to run servers'
	id "$MAIL_USER" >/dev/null 2>&1 || skip_all "needs user $MAIL_USER"
	for _server; do
		case $_server in
		exim)	_server=exim4 ;;
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

send()
{
	_file=$3
	[ -f "$_file" ] || _file=$TOP/tests/data/corpus/$3
	_said=$(python3 "$TOP/tests/e2e/smtp.py" "$SMTP_PORT" "$1" "$2" \
	    "$_file") || return 1
	_id=${_said##*id=}
	_tries=200
	while [ $_tries -gt 0 ]; do
		grep -q " $_id Completed" "$EXIM/mainlog" && return 0
		sleep 0.05
		_tries=$((_tries - 1))
	done
	sed 's/^/# /' "$EXIM/mainlog" >&2
	return 1
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
