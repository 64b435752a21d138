# Each job has a service and a timer that systemd understands, and that leave it
# little; cron.d and the crontab have what cron takes; the article's lines stand
# in both; all
# leave it to the program whether there is something to do.
. tests/e2e/lib.sh

jobs='expire stray spamscan tmda rotate blacklist'
nightly='expire tmda rotate blacklist'
cron=$TOP/cron

is "$(find "$cron" -name '*.service' -o -name '*.timer' | wc -l)" 12 'two units for each job'
for job in $jobs; do
	case $job in
	stray)	program='expire --rule stray --if-configured' ;;
	*)	program="$job --if-configured" ;;
	esac
	unit=$cron/mailkeep-$job
	ok "$job: the service calls it" \
	    grep -qx "ExecStart=/usr/local/sbin/mailkeep-$program" \
	    "$unit.service"
	ok "$job: the service tells of its page" grep -q \
	    "^Documentation=man:mailkeep-${program%% *}(8)" "$unit.service"
	ok "$job: idle, and below others" grep -qx 'IOSchedulingClass=idle' \
	    "$unit.service"
	ok "$job: spread" grep -q '^RandomizedDelaySec=[1-9]' "$unit.timer"
	ok "$job: can be enabled" grep -qx 'WantedBy=timers.target' \
	    "$unit.timer"
	persistent=$(grep -c '^Persistent=true$' "$unit.timer")
	case " $nightly " in
	*" $job "*) is "$persistent" 1 "$job: is caught up" ;;
	*)	is "$persistent" 0 "$job: is not caught up" ;;
	esac
done
is "$(sed -n '/^ *SystemCallFilter=/p' "$cron"/*.service | sort | uniq -c |
    awk '{ print $1 }' | sort -u)" 6 'one list of system calls for all'

if command -v systemd-analyze >/dev/null && [ -d /lib/systemd/system ]; then
	mkdir units
	cp "$cron"/*.service "$cron"/*.timer units
	sed -i 's,^ExecStart=[^ ]*,ExecStart=/bin/true,' units/*.service
	systemd-analyze verify --man=no units/* >"$OUT" 2>&1
	grep 'mailkeep' "$OUT" >said
	is "$(cat said)" '' 'systemd understands the units'
	while read -r job most; do
		if ! systemd-analyze security --offline=true --no-pager \
		    --threshold="$most" "units/mailkeep-$job.service" \
		    >"$OUT" 2>&1 && grep -q 'unrecognized option' "$OUT"; then
			skip "this systemd-analyze does not look at files"
			continue
		fi
		exposure=$(sed -n 's/.*service: \([0-9.]*\) .*/\1/p' "$OUT")
		ok "$job: exposure $exposure is at most $most tenths" \
		    test "$(echo "$exposure" | tr -d .)" -le "$most"
	done <<-'END'
		expire 30
		stray 30
		spamscan 32
		tmda 37
		rotate 34
		blacklist 34
	END
else
	skip 'there is no systemd' 7
fi

# What cron takes: a name without a dot; an end of the last line; lines of times,
# in cron.d an account, and a command without "%", which would end it.
ok 'a name that cron takes' test -f "$cron/mailkeep"
for file in mailkeep vmail.crontab; do
	is "$(tail -c 1 "$cron/$file")" '' "$file: its last line ends"
	grep -Ev '^(#|$)|^[A-Z]+=' "$cron/$file" >lines
	time='[0-9*/-]+ [0-9*/]+ \* \* \*	'
	[ $file = mailkeep ] && time="${time}root	"
	is "$(grep -Evx "${time}[^%]+" lines)" '' "$file: lines as cron has them"
	is "$(awk 'length > 110' lines)" '' "$file: none that is long"
	is "$(awk -F= '/^[A-Z]+=/ && length >= 1000' "$cron/$file")" '' \
	    "$file: no variable that cron would cut"
	for job in $jobs; do
		[ "$job $file" != 'rotate vmail.crontab' ] || continue
		is "$(grep "sh -c \"\$IDLE\" $job\( expire\)\? || " lines |
		    grep -c -- --if-configured)" 1 \
		    "$file: a line for $job"
	done
	is "$(wc -l <lines)" $((5 + $(grep -c rotate lines))) "$file: no other"
	for old in 'scanmailboxes.py >> /var/log/scanmailboxes.log' \
	    'find /var/mail/.tmda/pending -ctime +14 -exec rm {} \;' \
	    'find /var/mail/.tmda/responses -ctime +14 -exec rm {} \;' \
	    "-path '*Junk/cur*' -type f -mtime +10 -exec rm {} \\;" \
	    "-path '*Trash/cur*' -type f -mtime +10 -exec rm {} \\;" \
	    '#*/2 * * * * /usr/bin/find /var/mail/new/. -type f -exec rm {} \;' \
	    '#0 3 * * * cat /dev/null > /var/mail/.tmda/logs/incoming' \
	    '#0 3 * * * cat /dev/null > /var/mail/.tmda/logs/debug'; do
		is "$(grep -cF -- "$old" "$cron/$file")" 1 "$file has: $old"
	done
done
done_testing
