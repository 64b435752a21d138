# until=DAY is the last day (UTC) on the list, from then on the entry is gone
# by itself; it says so, and nothing else of its line is lost.
. tests/e2e/lib.sh

cat >list <<'END'
192.0.2.1 open relay until=2026-12-31
192.0.2.3 until=2026-12-31
192.0.2.5 until=2027-02-28 twice # until=2020-01-01
198.51.100.0/24 for good
2001:db8::/32 until=2028-02-29
END
cat >conf <<'END'
blacklist {
	never-self = no  max-shrink = "100%"
	plain = "out.plain"  cdb = "out.cdb"
	feed "f" { file = "list" }
}
END

# on TIME PREFIX ...
on()
{
	at "@$1" run mailkeep-blacklist -c conf
	exits 0
	silent
	_day=$1
	shift
	is "$(cat out.plain)" "$(printf '%s\n' "$@")" "the list on $_day"
}
TZ=UTC0
export TZ
on '2026-11-01 12:00:00' 192.0.2.1/32 192.0.2.3/32 192.0.2.5/32 \
    198.51.100.0/24 2001:db8::/32
is "$(cdb -q out.cdb 192.0.2.1/32)" 'f: open relay' 'the reason'
is "$(cdb -q out.cdb 192.0.2.5/32)" 'f: twice' 'words behind the day'
run mailkeep-blacklist -c conf --why 192.0.2.1
exits 0
prints '	f	list:1	open relay	until 2026-12-31$'
run mailkeep-blacklist -c conf --why 192.0.2.1 --json
exits 0
prints '"reason":"open relay","until":"2026-12-31"'
on '2026-12-31 23:59:58' 192.0.2.1/32 192.0.2.3/32 192.0.2.5/32 \
    198.51.100.0/24 2001:db8::/32
on '2027-01-01 00:00:01' 192.0.2.5/32 198.51.100.0/24 2001:db8::/32
at '@2027-01-01 00:00:01' run mailkeep-blacklist -c conf -n -v
exits 0
prints '^f +5 +3 +0 +2 '
run mailkeep-blacklist --check out.cdb 192.0.2.1
exits 68
on '2027-02-28 00:00:00' 192.0.2.5/32 198.51.100.0/24 2001:db8::/32
on '2027-03-01 00:00:01' 198.51.100.0/24 2001:db8::/32
on '2028-02-29 12:00:00' 198.51.100.0/24 2001:db8::/32
on '2028-03-01 00:00:01' 198.51.100.0/24
# A clock elsewhere does not lengthen the day.
TZ=EST5
on '2026-12-31 20:00:00' 192.0.2.5/32 198.51.100.0/24 2001:db8::/32

# Days that are none are told of, not taken for "for good".
for day in 2026-02-29 2026-13-01 2026-00-01 26-12-31 31.12.2026 2026-12-32 \
    '' 0000-00-00 2026-12-31T00:00; do
	printf '192.0.2.1 until=%s\n198.51.100.0/24\n' "$day" >list
	run mailkeep-blacklist --print plain list
	says 'list:1: rejected: "until=" without a day, as in until=2026-12-31'
	is "$(cat "$OUT")" 198.51.100.0/24 "until=$day is rejected"
done
printf '192.0.2.1 until=2026-12-31 until=2027-12-31\n198.51.100.0/24\n' >list
run mailkeep-blacklist --print plain list
says 'list:1: rejected: "until=" more than once'
is "$(cat "$OUT")" 198.51.100.0/24 'neither day is believed'

# All of a feed is over: it is not called empty, the list is.
echo '192.0.2.1 until=2020-01-01' >list
cp out.plain before
run mailkeep-blacklist -c conf
exits 65
one_line
says 'the list is empty; nothing is published'
ok 'the last list stays' cmp before out.plain
done_testing
