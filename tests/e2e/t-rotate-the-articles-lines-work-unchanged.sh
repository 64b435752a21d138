# The article's two lines, as they stand, over ten nights: each log is rotated
# once a night at midnight, and never between; seven generations stay, newest
# first, each readable by gzip, owned by mail, mode 644; no line is lost among
# those that are kept; and a log beside them is left alone.
. tests/e2e/lib.sh

[ "$(id -u)" = 0 ] || skip_all 'needs root'
id mail >/dev/null 2>&1 || skip_all 'needs user mail'
TZ=Europe/Berlin
export TZ

cat >newsyslog.conf <<-'END'
	/var/log/exim/mainlog mail:mail 644 7 * $D0 ZN
	/var/log/exim/rejectlog mail:mail 644 7 * $D0 ZN
END
logs=root/var/log/exim
mkdir -p $logs
chown mail:mail $logs
for log in mainlog rejectlog; do
	echo "$log of the first day" >$logs/$log
	chown mail:mail $logs/$log
	chmod 600 $logs/$log
done
file $logs/otherlog 400
file $logs/mainlog.old.gz 400
cp -a $logs before

# at_hour TIME: as cron does
at_hour()
{
	at "@$1" run mailkeep-rotate -f newsyslog.conf -d "$PWD/root"
	touch -d "$1" "$STATE/rotate.state"	# files' times stay real
}
at_hour '2026-03-20 23:00:01'		# met for the first time: too late
exits 0
silent
same_tree before $logs
day=21
while [ $day -le 30 ]; do		# the 29th has no two o'clock
	at_hour "2026-03-$day 00:00:02"
	[ "$STATUS$(cat "$OUT" "$ERR")" = 0 ] || flunk "silent on the $day."
	head -n 1 $logs/mainlog >>notices
	for log in mainlog rejectlog; do
		echo "$log of the $day." >>$logs/$log
	done
	at_hour "2026-03-$day 01:00:02"
	[ "$STATUS$(cat "$OUT" "$ERR")" = 0 ] || flunk "silent at one"
	at_hour "2026-03-$day 23:00:02"
	[ "$STATUS$(cat "$OUT" "$ERR")" = 0 ] || flunk "silent at eleven"
	day=$((day + 1))
done

names='mainlog rejectlog otherlog mainlog.old.gz'
for i in 0 1 2 3 4 5 6; do
	names="$names mainlog.$i.gz rejectlog.$i.gz"
done
# shellcheck disable=SC2086	# names
holds $logs $names
for log in mainlog rejectlog; do
	is "$(tail -n +2 $logs/$log)" "$log of the 30." "$log has its day"
	i=0
	while [ $i -lt 7 ]; do
		is "$(gzip -dc $logs/$log.$i.gz | grep -v 'newsyslog\[')" \
		    "$log of the $((29 - i))." "$log.$i.gz has its day"
		is "$(gzip -dc $logs/$log.$i.gz | grep -c 'turned over$')" 2 \
		    'and two notices'
		i=$((i + 1))
	done
done
is "$(stat -c '%U:%G %a %h' $logs/*log $logs/*[0-9].gz | sort | uniq -c |
    sed 's/^ *//')" "16 mail:mail 644 1
1 $(stat -c '%U:%G %a %h' $logs/otherlog)" 'mail owns them, mode 644'
is "$(wc -l <notices)" 10 'ten nights, ten notices'
is "$(grep -Evc "^Mar 2[1-9]|^Mar 30" notices)" 0 'of their days'
is "$(sed 's/^Mar .. \(00:00:..\) .* newsyslog\[[0-9]*\]: /\1 /' notices |
    sort -u)" '00:00:02 logfile turned over' "in newsyslog's words"
is "$(find $logs -name '.?*')" '' 'nothing is left beside'
cmp -s before/otherlog $logs/otherlog || flunk 'otherlog is as it was'
cmp -s before/mainlog.old.gz $logs/mainlog.old.gz ||
    flunk 'mainlog.old.gz is as it was'
is "$(stat -c %Y $logs/otherlog)" "$(stat -c %Y before/otherlog)" \
    'the log beside them is as it was'
done_testing
