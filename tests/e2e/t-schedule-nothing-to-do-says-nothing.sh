# A host on which nothing is configured yet is told of nothing, night by night,
# by cron or by timers; of a mistake it is told by both.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/machine.sh"

machine
services='expire stray spamscan tmda rotate blacklist'
conf=$ROOT/etc/mailkeep/mailkeep.conf
logs=$ROOT/etc/mailkeep/newsyslog.conf
mkdir -p "$ROOT/var/mail/new"
# The lines of a crontab: "NAME=value" is told to those that come after; cron
# takes quotes away from around a value, and gives the rest to the shell.
lines()
{
	awk -v user="$2" '/^#/ || /^$/ { next }
	    /^[A-Z]+ *=/ {
		name = $0; sub(/=.*/, "", name)
		value = $0; sub(/^[^=]*=/, "", value)
		if (value ~ /^".*"$/ || value ~ /^\047.*\047$/)
			value = substr(value, 2, length(value) - 2)
		gsub(/\047/, "\047\\\047\047", value)
		print "export " name "=\047" value "\047"
		next
	    }
	    {
		for (i = 1; i <= 5 + user; i++)
			sub(/^[^ \t]+[ \t]+/, "")
		gsub(/\047/, "\047\\\047\047")
		print "sh -c \047" $0 "\047"
	    }' "$1"
}
lines "$TOP/cron/mailkeep" 1 >"$ROOT/run/cron.d"
lines "$TOP/cron/vmail.crontab" 0 >"$ROOT/run/crontab"
is "$(grep -c '^sh -c' "$ROOT/run/cron.d") $(grep -c '^sh -c' \
    "$ROOT/run/crontab")" '6 5' 'so many lines'

# idle WHAT: by cron.d, by the account's crontab, and by systemd
idle()
{
	for lines in cron.d crontab; do
		run inside sh -e "/run/$lines"
		exits 0
		is "$(cat "$OUT" "$ERR")" '' "$1: $lines says nothing"
	done
	for service in $services; do
		inside systemctl start "mailkeep-$service" ||
		    flunk "$1: $service fails"
	done
}

idle 'no configuration at all'
: >"$conf"
: >"$logs"
idle 'an empty one'
sed 's/^[^#]/#&/' "$TOP/etc/mailkeep.conf" >"$conf"
sed 's/^[^#]/#&/' "$TOP/etc/newsyslog.conf" >"$logs"
idle 'ours, all of it comments'
cat >"$conf" <<-'END'
	mail-root = "/srv/expire/tmda"	# where expire "trash" { } looks
	owner = "vmail:vmail"
	include("/etc/mailkeep/private.conf")
END
echo 'safety { max-percent = "10%" }' >"$ROOT/etc/mailkeep/private.conf"
idle 'keys of the host, and an include'
inside journalctl --sync
is "$(inside journalctl -q -o cat --no-pager | grep -i mailkeep)" '' \
    'the journal has nothing of all that'

# A mistake is one, whatever is configured.
echo 'expire "x" {' >"$conf"
run inside sh /run/cron.d
is "$(sed 's/:.*//' "$ERR" | sort)" "$(printf 'mailkeep-%s\n' blacklist \
    expire expire rotate spamscan tmda)" 'a mistake is told, by cron'
for service in $services; do
	ok "a mistake is told, by systemd: $service" not inside systemctl -q \
	    start "mailkeep-$service" 2>/dev/null
done
done_testing
