# The lines of cron.d and of the mail account's crontab, run by Debian's cron
# itself through a night: the work is done, and nothing is mailed; where the
# timers are enabled they do nothing, nor do those of one while the other is
# there, nor where the programs are gone; what fails is mailed, each in a line.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/machine.sh"

[ -x /usr/sbin/cron ] || skip_all 'needs cron'
for lib in /usr/lib/*/faketime/libfaketimeMT.so.1; do
	[ -f "$lib" ] || skip_all 'needs libfaketime'
done
machine
sample_host
sed -i 's,dir = "/srv/host/mail/.tmda",& rescue = "no",' \
    "$ROOT/etc/mailkeep/mailkeep.conf"	# it is told of, else
cp -a "$ROOT/etc/mailkeep/mailkeep.conf" conf
rm -f "$ROOT/usr/sbin/sendmail"
printf '#!/bin/sh\ncat >$(mktemp /run/mailed/XXXXXX)\n' \
    >"$ROOT/usr/sbin/sendmail"
chmod 755 "$ROOT/usr/sbin/sendmail"
mkdir "$ROOT/run/mailed"
chmod 1777 "$ROOT/run/mailed"
services='expire stray spamscan tmda rotate blacklist'

# The minute in which all is to run: cron's clock is fast, that of what it starts
# is the host's.  Where the machine is too busy for cron to be in time it leaves
# that minute out, as our own lines tell; then once more.
night()
{
	rm -f "$ROOT/run/mailed"/*
	for try in 1 2 3 4 5; do
		rm -f "$ROOT/run/over" "$ROOT/run/nightly" "$ROOT/run/often"
		cron_at_three
		[ -e "$ROOT/run/nightly" ] && [ -e "$ROOT/run/often" ] &&
		    return
	done
	_die "no night in $try tries"
}
cron_at_three()
{
	inside sh -c 'LD_PRELOAD=$1 FAKETIME="@2026-12-01 02:59:20 x120" \
	    NO_FAKE_STAT=1 FAKETIME_DONT_FAKE_MONOTONIC=1 cron -f \
	    >/run/cron.out 2>&1 & echo $! >/run/cron' sh "$lib"
	tries=0
	until [ -e "$ROOT/run/over" ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || _die 'the night does not end'
		sleep 0.1
	done
	inside kill -STOP "$(cat "$ROOT/run/cron")"	# no job after these
	while inside pgrep -P "$(cat "$ROOT/run/cron")" -x -r R,S,D cron \
	    >/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || _die 'a job does not end'
		sleep 0.1
	done
	inside kill -9 "$(cat "$ROOT/run/cron")"
}
cat >"$ROOT/etc/cron.d/over" <<-'END'
	0 3 * * *	root	touch /run/nightly
	*/5 * * * *	root	touch /run/often
	1 3 * * *	root	touch /run/over
END
# same_minute FILE: with the lines that have a minute of their own, too
same_minute()
{
	sed -e 's/^7 /0 /' -e 's,^1-59/2 ,*/2 ,' -e 's,^2-59/5 ,*/5 ,' \
	    "$TOP/cron/$1"
}
# For which the programs run one after the other here.
mkdir "$ROOT/usr/local/real"
for program in "$ROOT"/usr/local/sbin/mailkeep-*; do
	mv "$program" "$ROOT/usr/local/real"
	cat >"$program" <<-END
		#!/bin/sh
		exec 9>>/tmp/one
		flock 9
		/usr/local/real/${program##*/} "\$@" 9>&-
	END
	chmod 755 "$program"
done
: >"$ROOT/tmp/one"
chmod 666 "$ROOT/tmp/one"
mailed()
{
	cat "$ROOT/run/mailed"/* 2>/dev/null
}
# all_done NIGHT: but for the logs, which are root's to rotate
all_done()
{
	is "$(mailed)" '' "$1: nothing is mailed"
	is "$(due_left)" '' "$1: what was due to expire is gone"
	ok "$1: spamscan has moved some" test "$(mails '*Junk/*')" -gt "$2"
	ok "$1: tmda has removed some" test "$(mails '*/pending/*')" -lt "$3"
	ok "$1: the blacklist is there" test -s \
	    "$ROOT/srv/host/state/blacklist.cdb"
}

same_minute mailkeep >"$ROOT/etc/cron.d/mailkeep"
# shellcheck disable=SC2086	# words
timers=$(printf 'mailkeep-%s.timer ' $services)
# shellcheck disable=SC2086	# words
inside systemctl -q enable $timers
is "$(inside ls /etc/systemd/system/timers.target.wants | wc -l)" 6 \
    'six timers are enabled'
snapshot "$ROOT/srv" >first
night
same_tree first "$ROOT/srv"
is "$(mailed)" '' 'with timers, cron.d has nothing to mail'

junk=$(mails '*Junk/*' | awk -v due="$(grep -c Junk/ due)" '{ print $1 - due }')
pending=$(mails '*/pending/*')
# shellcheck disable=SC2086	# words
inside systemctl -q disable $timers
night
all_done cron.d "$junk" "$pending"
ok 'cron.d: the log is rotated' test -n "$(find "$ROOT/srv/log" -newer first \
    -name 'mainlog.0*')"

# A line each from each, whatever is wrong.
echo 'expire "x" { foldr = {"Junk"} }' >>"$ROOT/etc/mailkeep/mailkeep.conf"
night
for program in expire spamscan tmda rotate blacklist; do
	ok "$program: is mailed" grep -q "^mailkeep-$program: " \
	    "$ROOT/run/mailed"/*
done
is "$(for mail in "$ROOT/run/mailed"/*; do
	sed '1,/^$/d' "$mail" | wc -l; done | sort -u)" 1 'one line in each mail'

# The account's own crontab.
sample_host
cp conf "$ROOT/etc/mailkeep/mailkeep.conf"
rm -rf "$ROOT/run/mailkeep"
inside systemd-tmpfiles --create - <"$TOP/cron/tmpfiles.conf"
same_minute vmail.crontab | inside crontab -u vmail -
for program in "$ROOT"/usr/local/sbin/mailkeep-*; do
	chmod 644 "$program"
done
snapshot "$ROOT/srv" >first
night
same_tree first "$ROOT/srv"
is "$(mailed)" '' 'without the programs nothing is mailed'
for program in "$ROOT"/usr/local/sbin/mailkeep-*; do
	chmod 755 "$program"
done
rm "$ROOT/etc/cron.d/mailkeep"
night
all_done 'the crontab' "$junk" "$pending"
done_testing
