# A time that was slept through is caught up once; none is done twice, neither
# by the hour that is repeated when clocks change nor by many runs; and none is
# left out with the hour that is skipped.  Each row is a run at that time, and
# whether it rotates, after all those before it.
. tests/e2e/lib.sh

mkdir log
root=
[ "$(id -u)" = 0 ] || root=-r
FAKETIME_FMT=%s			# an hour that is repeated has two of these
export FAKETIME_FMT TZ
line()				# ZONE WHEN [DIALECT]
{
	TZ=$1 when=$2
	rm -f log/* "${STATE:?}"/*
	echo one >log/main
	echo "$PWD/log/main 600 99 * $2 NB" >newsyslog.conf
	cat >conf <<-END
	safety { clock-slack = "3650d" }
	rotate { file = {"$PWD/newsyslog.conf"} dialect = "${3-netbsd}" }
	END
}
generations()
{
	find log -name 'main.*' | wc -l
}
# turns EPOCH: runs then; $got is yes, no, or what else happened
turns()
{
	_before=$(generations)
	# shellcheck disable=SC2086	# none or one
	at "$1" run mailkeep-rotate -c conf $root
	if [ "$STATUS" != 0 ] || [ -s "$OUT" ] || [ -s "$ERR" ]; then
		got="status $STATUS: $(cat "$OUT" "$ERR")"
	else
		case $(($(generations) - _before)) in
		0)	got=no ;;
		1)	got=yes ;;
		*)	got=twice ;;
		esac
	fi
}
rows()				# < DATE TIME [OFFSET] yes|no
{
	_wrong='' _n=0
	while read -r _day _time _offset _want; do
		[ -n "$_want" ] || _want=$_offset _offset=
		turns "$(date -d "$_day $_time $_offset" +%s)"
		[ "$got" = "$_want" ] ||
		    _wrong="$_wrong$_day $_time $_offset: $got; "
		_n=$((_n + 1))
	done
	is "$_wrong" '' "$TZ $when: each of $_n runs rotates as it should"
	is "$(cat log/main log/main.* | grep -c one)" 1 'and no line is lost'
}

line UTC '$D0'
rows <<'END'
2026-03-10 12:00:00 no
2026-03-10 23:59:59 no
2026-03-11 00:00:00 yes
2026-03-11 00:00:00 no
2026-03-11 00:59:59 no
2026-03-11 23:59:59 no
2026-03-12 04:40:00 yes
2026-03-12 04:41:00 no
2026-03-20 17:00:00 yes
2026-03-20 18:00:00 no
2026-03-21 00:00:05 yes
END

line Europe/Berlin '@T00'	# seen for the first time within the hour
rows <<'END'
2026-03-28 00:30:00 yes
2026-03-28 00:59:00 no
2026-03-28 23:59:59 no
2026-03-29 00:00:00 yes
2026-03-29 03:30:00 no
2026-03-29 23:59:59 no
2026-03-30 00:00:01 yes
2026-10-25 00:10:00 yes
2026-10-25 23:59:59 no
2026-10-26 00:00:00 yes
END

line Europe/Berlin '$D2'	# left out in spring, there twice in autumn
rows <<'END'
2026-03-28 12:00:00 no
2026-03-29 01:59:59 no
2026-03-29 03:00:00 yes
2026-03-29 03:30:00 no
2026-03-29 04:00:00 no
2026-03-30 01:59:59 no
2026-03-30 02:00:00 yes
2026-10-24 12:00:00 yes
2026-10-25 01:59:59 no
2026-10-25 02:00:00 +0200 yes
2026-10-25 02:59:59 +0200 no
2026-10-25 02:00:00 +0100 no
2026-10-25 02:30:00 +0100 no
2026-10-25 03:00:00 no
2026-10-26 02:00:00 yes
END
line Europe/Berlin '$D2'	# off in the first of the two
rows <<'END'
2026-10-24 12:00:00 no
2026-10-25 02:10:00 +0100 yes
2026-10-25 02:50:00 +0100 no
2026-10-26 01:59:59 no
2026-10-26 02:10:00 yes
END

line America/New_York '$D1'
rows <<'END'
2026-10-31 12:00:00 no
2026-11-01 00:59:59 no
2026-11-01 01:00:00 -0400 yes
2026-11-01 01:59:59 -0400 no
2026-11-01 01:00:00 -0500 no
2026-11-01 02:00:00 no
2026-11-02 00:59:59 no
2026-11-02 01:00:00 yes
END
line America/New_York '$W0D2'
rows <<'END'
2026-03-07 12:00:00 no
2026-03-08 01:59:59 no
2026-03-08 03:00:00 yes
2026-03-08 03:30:00 no
2026-03-15 01:59:59 no
2026-03-15 02:00:00 yes
END

line Europe/Berlin '$W0D3'
rows <<'END'
2026-03-27 12:00:00 no
2026-03-29 01:59:59 no
2026-03-29 03:00:00 yes
2026-03-29 04:00:00 no
2026-04-05 02:59:59 no
2026-04-05 03:00:00 yes
2026-04-21 09:00:00 yes
2026-04-21 10:00:00 no
2026-04-26 02:59:59 no
2026-04-26 03:00:10 yes
END

line America/New_York '$M1D0'
rows <<'END'
2026-01-31 23:59:59 no
2026-02-01 00:00:00 yes
2026-02-01 00:30:00 no
2026-02-28 23:59:59 no
2026-03-01 00:30:00 yes
2026-06-15 12:00:00 yes
2026-06-16 12:00:00 no
2026-07-01 00:00:00 yes
END

line Europe/Berlin '$MLD23'
rows <<'END'
2027-02-27 23:30:00 no
2027-02-28 22:59:59 no
2027-02-28 23:00:00 yes
2027-03-01 12:00:00 no
2027-03-30 23:30:00 no
2027-03-31 23:05:00 yes
2027-04-29 23:10:00 no
2027-04-30 23:10:00 yes
2028-02-28 23:30:00 yes
2028-02-29 22:59:59 no
2028-02-29 23:00:00 yes
2028-03-01 12:00:00 no
END

line Europe/Berlin 24		# hours, of whatever name
rows <<'END'
2026-03-28 12:00:00 yes
2026-03-28 12:01:00 no
2026-03-29 12:00:00 no
2026-03-29 12:29:59 no
2026-03-29 12:30:00 yes
2026-04-03 17:00:00 yes
2026-04-03 18:00:00 no
2026-04-04 16:29:59 no
2026-04-04 16:30:00 yes
END

line UTC '168$W6D0'		# either
rows <<'END'
2026-03-11 10:00:00 yes
2026-03-13 23:59:59 no
2026-03-14 00:00:00 yes
2026-03-18 10:00:00 no
2026-03-21 00:00:00 yes
2026-04-08 12:00:00 yes
2026-04-08 13:00:00 no
2026-04-11 00:10:00 yes
END
line UTC '168$W6D0' freebsd	# both
rows <<'END'
2026-03-11 10:00:00 no
2026-03-13 23:59:59 no
2026-03-14 00:00:00 yes
2026-03-18 10:00:00 no
2026-03-21 00:00:00 yes
2026-03-29 12:00:00 yes
2026-04-04 00:00:00 no
2026-04-05 12:00:00 no
2026-04-11 00:00:00 yes
END

# A run each half hour, as cron's, over both changes: once.
for change in 2026-03-29 2026-10-25; do
	line Europe/Berlin '$D2'
	now=$(date -d "$change 00:10" +%s) end=$((now + 36000))
	wrong=
	while [ "$now" -lt $end ]; do
		turns "$now"
		case $got in
		yes | no) ;;
		*)	wrong="$wrong $got" ;;
		esac
		now=$((now + 1800))
	done
	is "$(generations)$wrong" 1 "$change: one in 20 runs in ten hours"
done
done_testing
