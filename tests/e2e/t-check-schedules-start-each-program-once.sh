# mailkeep-check finds programs that nothing starts, those that a crontab and a
# timer start both, or two crontabs; and the lines that they take the place of.
# Ours, which know of each other, may be there together.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check-host.sh"

see()
{
	look --only schedule
}
PARTS=
units=root/etc/systemd/system

sound_host
see
exits 0
never_finds '^(error|warning|note)'
is "$(grep -c 'is started by its timer' found)" 5 'five timers'

# Ours are together, and neither is told twice.
cp "$TOP/cron/mailkeep" root/etc/cron.d/mailkeep
[ ! -e "$TOP/cron/vmail.crontab" ] ||
    cp "$TOP/cron/vmail.crontab" root/var/spool/cron/crontabs/vmail
see
exits 0
never_finds '^(error|warning|note)'

# Without systemd the crontab does it; without either nothing.
rm -r root/run
see
exits 0
never_finds '^(error|warning|note)'
finds '^ok schedule mailkeep-expire: is started by /etc/cron.d/mailkeep:[0-9]+'
finds '^ok schedule mailkeep-rotate: is started by /etc/cron.d/mailkeep:[0-9]+'
mv root/usr/sbin/cron root/usr/sbin/no
see
finds '^warning schedule mailkeep-tmda: .*systemd does not run this host; inst'
rm -r "${units:?}"/*
see
finds '^warning schedule mailkeep-tmda: .*a crontab has it, but there is no cron'
mv root/usr/sbin/no root/usr/sbin/cron
rm -f root/etc/cron.d/* root/var/spool/cron/crontabs/*
see
exits 0
is "$(grep -c '^warning .*nothing starts it: neither' found)" 5 'all are told'
finds 'copy cron/mailkeep to /etc/cron.d/mailkeep'

# Not what cron does not read, nor what only looks.
echo '0 3 * * * root mailkeep-expire' >root/etc/cron.d/mailkeep.dpkg-old
echo '0 3 * * * root mailkeep-expire -n' >root/etc/cron.d/look
see
finds '^warning schedule mailkeep-expire: .*nothing starts it'

# Timers: not enabled, masked, gone.
mkdir -p root/run/systemd/system "$units/timers.target.wants"
for program in blacklist spamscan tmda rotate; do
	timer "$program"
done
ln -s /dev/null "$units/mailkeep-tmda.timer"
rm root/lib/systemd/system/mailkeep-rotate.timer
see
exits 0
finds 'mailkeep-expire: .*; systemctl enable --now mailkeep-expire.timer'
finds 'mailkeep-tmda: .*its timer is masked; systemctl unmask mailkeep-tmda'
finds 'mailkeep-rotate: .*enabled, but the unit is gone'
is "$(grep -c '^warning' found)" 3 'there are no more'

# Both: a line of one's own beside the timer; two crontabs.
sound_host
rm "$units/timers.target.wants/mailkeep-tmda.timer"
cat >root/var/spool/cron/crontabs/vmail <<'CRON'
PROG=/usr/sbin/mailkeep
# 0 4 * * * mailkeep-rotate
0 4 * * *	nice $PROG-expire -q
0 4 * * *	mailkeep-tmda
CRON
echo '0 4 * * * root test ! -x /usr/sbin/mailkeep-tmda || mailkeep-tmda' \
    >root/etc/cron.d/own
see
exits 0
finds '^warning schedule /var/spool/cron/crontabs/vmail:3: starts mailkeep-expire, as does the timer /etc/systemd/system/timers.target.wants/mailkeep-expire.timer; take one'
finds '^warning schedule /var/spool/cron/crontabs/vmail:4: starts mailkeep-tmda, as does /etc/cron.d/own:1'
is "$(grep -c '^warning' found)" 2 'there are no more'

# What the lines of old did is done by programs now.
rm -f root/etc/cron.d/* root/var/spool/cron/crontabs/*
timer tmda
cat >root/etc/crontab <<CRON
*/5 * * * * vmail nice -n 17 /usr/local/bin/scanmailboxes.py >> /var/log/s.log
0 3 * * * vmail nice -n 18 find $PWD/mail/.tmda/pending -ctime +14 -exec rm {} \\;
0 3 * * * vmail nice -n 18 find $PWD/mail/ -path '*Junk/cur*' -exec rm {} \\;
*/2 * * * * vmail /usr/bin/find $PWD/mail/new/. -type f -exec rm {} \\;
0 3 * * * vmail cat /dev/null > $PWD/mail/.tmda/logs/incoming
0 0 * * * root newsyslog
0 1 * * * root applyblacklist
0 2 * * * root backup $PWD/mail
CRON
see
exits 0
n=0
for program in spamscan tmda expire expire rotate rotate blacklist; do
	n=$((n + 1))
	finds "^warning schedule /etc/crontab:$n: does the work of mailkeep-$program, which does it, too; take the line out"
done
is "$(grep -c '^warning' found)" 7 'the backup is no concern'
sed -i '/^tmda/d' conf
see
finds '^note schedule /etc/crontab:2: .*mailkeep-tmda, which has nothing to do yet; leave it until'
done_testing
