# Each file below etc/ for Exim, PostgreSQL, SpamAssassin and TMDA is read
# without complaint by what it is for; a site changes macros, never the file;
# the logs are what mailkeep-rotate finds elsewhere.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/spam.sh"
need_servers exim postgres spamd

conf=$TOP/etc/exim/exim.conf
run exim4 -C "$conf" -DMAIL_USER="$MAIL_USER" -DMAIL_GROUP="$MAIL_GROUP" -bV
exits 0
prints "Configuration file is $conf"
never_says '.'
run exim4 -C "$conf" -DMAIL_USER="$MAIL_USER" -DMAIL_GROUP="$MAIL_GROUP" \
    -DMAIL_ROOT=/srv/mail -bP transport virtual_delivery_spam
prints '^directory = /srv/mail/\$address_data/\.Junk$'
run exim4 -C "$conf" -DMAIL_USER="$MAIL_USER" -DMAIL_GROUP="$MAIL_GROUP" \
    -bP router dnslookup
prints '^self = defer$'
run exim4 -C "$conf" -DMAIL_USER="$MAIL_USER" -DMAIL_GROUP="$MAIL_GROUP" \
    -bP transport remote_smtp
prints '^message_linelength_limit = 1073741824$'
run exim4 -C "$conf" -DMAIL_USER="$MAIL_USER" -DMAIL_GROUP="$MAIL_GROUP" -bP
prints '^message_size_limit = 50M$'
prints '^bounce_return_size_limit = 100K$'
prints '^smtp_accept_max = 400$'
prints '^smtp_accept_max_per_host = 10$'
prints '^smtp_accept_queue = 270$'
prints '^smtp_accept_reserve = 100$'
prints '^queue_run_max = 16$'
prints '^ignore_bounce_errors_after = 3d$'
prints '^timeout_frozen_after = 3d$'
prints '^rfc1413_query_timeout = 10s$'
prints '^rfc1413_hosts = \*$'
prints '^host_lookup = \*$'
prints '^qualify_recipient = localhost$'
prints '^log_file_path = /var/log/exim4/%slog$'

# Nothing is scanned, and nobody's word of spam counts, before a site says so.
prints '^spamd_address = $'
for macro in SPAMD SCANNED_BY; do
	run exim4 -C "$conf" -DMAIL_USER="$MAIL_USER" \
	    -DMAIL_GROUP="$MAIL_GROUP" -bP macro $macro
	is "$(cat "$OUT")" "$macro=" "$macro is empty"
done

# The routers of the article, in its order.
run exim4 -C "$conf" -DMAIL_USER="$MAIL_USER" -DMAIL_GROUP="$MAIL_GROUP" \
    -bP router_list
is "$(tr '\n' ' ' <"$OUT")" "dnslookup blacklist_router virtual_aliases \
virtual_local_mailbox localuser " 'routers, in order'

# A site's own file.
mail_root root
start_postgres
start_site_exim root 'RELAY_DOMAINS == example.net'
is "$(refused -s 127.0.0.9 bob@example.test x@example.net)" '' \
    'a macro of the site counts'
is "$(site_exim -bP log_file_path)" "log_file_path = $EXIM/%slog" 'another, too'
is "$(refused bob@example.test nobody@example.test)" '550 Unknown user' \
    'something for the logs'
for log in mainlog rejectlog; do
	is "$(stat -c %U:%a "$EXIM/$log")" "$_site_user:640" \
	    "$log: owner and mode"
	mv "$EXIM/$log" "$EXIM/$log.0"
done
is "$(refused bob@example.test nobody@example.test)" '550 Unknown user' \
    'and after a rotation'
for log in mainlog rejectlog; do
	is "$(stat -c %U:%a "$EXIM/$log")" "$_site_user:640" \
	    "$log: made anew by Exim"
	is "$(grep -c 'Unknown user' "$EXIM/$log")" 1 "$log: written to"
done

# SpamAssassin's, as it is and with all that it offers.  (--lint asks nobody on
# the network.)
mkdir shipped all
cp "$TOP/etc/spamassassin/local.cf" /etc/spamassassin/*.pre shipped
cp /etc/spamassassin/*.pre all
sed 's/^# \([a-z_]* [a-z0-9./ ]*[0-9t]\)$/\1/' \
    "$TOP/etc/spamassassin/local.cf" >all/local.cf
is "$(sed 's/#.*//; s/ .*//' all/local.cf | grep . | tr '\n' ' ')" \
    "required_score report_safe report_hostname internal_networks \
trusted_networks " 'what is offered'
for dir in shipped all; do
	run env HOME="$PWD" spamassassin --lint --nocreate-prefs -L \
	    --siteconfigpath="$PWD/$dir"
	exits 0
	silent
done
scored made/new/1 -
{
	cat made/new/1
	echo "$GTUBE"
} >gtube
env HOME="$PWD" spamassassin --nocreate-prefs -L \
    --siteconfigpath="$PWD/all" <gtube >marked
is "$(sed -n 's/^X-Spam-Checker-Version: .* on //p' marked)" mx.example.test \
    'it says who we are'
is "$(sed -n '/^Received:/,$p' marked | diff - made/new/1)" \
    "$(sed -n '/^Received:/,$p' gtube | diff - made/new/1)" \
    'the message stays what it was'
ok 'marked as spam above it' awk '/^Received:/ { exit !found }
    /^X-Spam-Status: Yes, score=[0-9.]+ required=5.0/ { found = 1 }' marked

# TMDA's configuration is Python, run by TMDA.
cat >tmda.py <<'END'
import os, sys
names = {}
with open(sys.argv[1]) as file:
    exec(compile(file.read(), "config", "exec"), names)
for name in sorted(names):
    if name.isupper():
        print(name, "=", names[name])
END
run env DOMAIN=example.test LOCAL_PART=eric HOME=/var/mail \
    python3 tmda.py "$TOP/etc/tmda/config"
exits 0
cat >wanted <<'END'
BARE_APPEND = /var/mail/.tmda/lists/whitelist
CONFIRM_APPEND = /var/mail/.tmda/lists/confirmed
DELIVERY = /var/mail/example.test/eric/
LOGFILE_DEBUG = /var/mail/.tmda/logs/debug
LOGFILE_INCOMING = /var/mail/.tmda/logs/incoming
LOGFILE_OUTGOING = /var/mail/.tmda/logs/outgoing
MAIL_TRANSFER_AGENT = exim
RECIPIENT_DELIMITER = +
END
ok 'the values of the article' diff wanted "$OUT"
run env -u DOMAIN -u LOCAL_PART python3 tmda.py "$TOP/etc/tmda/config"
exits 0
prints '^DELIVERY = \|exit 75$'
done_testing
