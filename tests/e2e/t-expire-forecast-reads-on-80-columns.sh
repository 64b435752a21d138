# The tables of --forecast are for people: a line a night with its local time,
# then the ages; never more than 80 columns, however many rules there are and
# whatever they are called; and what does not go with --forecast is refused.
. tests/e2e/lib.sh

message home/.Junk/cur/1.M1P1.mx,S=1000:2,S 200h
message home/.Junk/cur/2.M1P1.mx,S=2048:2,S 230h
message home/.Trash/cur/3.M1P1.mx,S=10485760:2,S 20h
cat >conf <<-'END'
	mail-root = "home"
	expire "junk" { folder = {"Junk"} older-than = "10d" age = "received" }
	expire "trash" { folder = {"Trash"} older-than = "2d"
	    age = "received" }
END
# TZ alone, not the host's zone.
TZ=XYZ-5
export TZ
at '@2030-06-01 12:30:00' run mailkeep-expire -c conf --forecast 2 \
    -o expire.junk.older-than=30y -o expire.trash.older-than=30y
exits 0
prints '^2030-06-02 12:30 '
prints '^2030-06-03 12:30 '
unset TZ

run mailkeep-expire -c conf --forecast 3
exits 0
ok 'nothing on standard error' test ! -s "$ERR"
sed 's/^....-..-.. ..:../DAY             /' "$OUT" >table
cat >want <<-'END'
	due by                      junk          trash      all rules
	DAY                1     2.0 KiB   0        0 B   1    2.0 KiB
	DAY                1      1000 B   1   10.0 MiB   2   10.0 MiB
	DAY                0         0 B   0        0 B   0        0 B
	total              2     3.0 KiB   1   10.0 MiB   3   10.0 MiB

	age now                     junk          trash
	under 1d    0         0 B   1   10.0 MiB
	under 3d    0         0 B   0        0 B
	under 7d    0         0 B   0        0 B
	under 14d   2     3.0 KiB   0        0 B
	under 30d   0         0 B   0        0 B
	under 90d   0         0 B   0        0 B
	under 365d  0         0 B   0        0 B
	older              0         0 B   0        0 B
	total              2     3.0 KiB   1   10.0 MiB
END
tr -s ' ' <table | sed 's/ $//' >got
tr -s ' ' <want | tr -d '\t' | diff - got >differs
ok "the tables are as they should be: $(cat differs)" test ! -s differs
is "$(awk 'NR == 1 { print index($0, "junk") + 4 }
	NR == 2 { print index($0, "KiB") + 3 }' table | uniq | wc -l)" 1 \
    'a column ends where its name ends'

# Sixty rules, some with names that are long, or not ASCII.
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	for name in "r$n" "a rule whose name is $n times too long" \
	    "$(printf '\344\275\240\303\251 %s' "$n")"; do
		printf 'expire "%s" { folder = {"Junk"} %s }\n' "$name" \
		    'older-than = "10d" age = "received"'
	done
done >many
echo 'mail-root = "home"' >>many
run mailkeep-expire -c many --forecast 31
exits 0
is "$(LC_ALL=C.UTF-8 awk 'length($0) > 80' "$OUT")" '' \
    'no line is longer than 80 columns'
prints '^due by .* r20( |$)'

# What it does not go with, and how many nights there are.
for args in '--plan x' '--apply x' '--restore x' '--force' '--list' \
    '--print0' '--metrics x'; do
	# shellcheck disable=SC2086	# two words
	run mailkeep-expire -c conf --forecast 3 $args
	exits 64
	one_line
done
for nights in 0 32 3d -1 '' 1.5 99999999999999999999; do
	run mailkeep-expire -c conf --forecast "$nights"
	exits 64
	one_line
done
run mailkeep-expire -c conf -n --forecast 31 --rule junk --json
exits 0
never_prints trash
run mailkeep-expire -o mail-root=home --forecast 1 --folder Trash \
    --older-than 1d --age received
exits 0
prints '^total +1 +10\.0 MiB$'

# Half a forecast is none.
run mailkeep-expire -c conf --forecast 1 --rule trash --user nobody --json
exits 66
one_line
ok 'and nothing on standard output' test ! -s "$OUT"
done_testing
