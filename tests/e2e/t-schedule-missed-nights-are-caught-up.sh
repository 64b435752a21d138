# A host that was off at three does its night's work when it is on again: once,
# and what comes every few minutes is not caught up.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/machine.sh"

machine
sample_host
mkdir -p "$ROOT/var/lib/systemd/timers"
for service in expire stray spamscan tmda rotate blacklist; do
	timer=mailkeep-$service.timer
	drop=$ROOT/etc/systemd/system/$timer.d
	mkdir "$drop"
	# None but a missed one: the minute that the test is in must not matter.
	{
		echo '[Timer]'
		echo 'OnCalendar='
		echo 'OnCalendar=Sun *-02-29 03:00'
		echo 'RandomizedDelaySec=0'
	} >"$drop/test.conf"
	touch -d '2000-01-01' "$ROOT/var/lib/systemd/timers/stamp-$timer"
done
inside systemctl daemon-reload
for service in expire stray spamscan tmda rotate blacklist; do
	inside systemctl start "mailkeep-$service.timer"
done
is "$(inside systemctl list-timers --no-legend --no-pager |
    grep -o 'mailkeep-[a-z]*\.service' | sort -u | wc -l)" 6 'six are listed'
ran()
{
	inside systemctl show -P ExecMainExitTimestampMonotonic \
	    "mailkeep-$1.service"
}
for service in expire tmda rotate blacklist; do
	tries=0
	until [ "$(ran $service)" != 0 ] || [ $tries = 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	ok "$service: is caught up" test "$(ran $service)" != 0
done
is "$(ran stray) $(ran spamscan)" '0 0' 'the others are not'
is "$(due_left)" '' 'what was due is gone'
first=$(ran expire)
inside systemctl restart mailkeep-expire.timer
is "$(ran expire)" "$first" 'once'
done_testing
