# With --if-configured a program that has nothing to do by its configuration
# ends well and says nothing; it hides neither a mistake nor the work.
. tests/e2e/lib.sh

: >empty.conf
: >newsyslog.conf
echo 'expire "trash" { folder = {"Trash"} older-then = "10d" }' >wrong.conf
echo "rotate { file = {\"$PWD/newsyslog.conf\"} }" >no-logs.conf
message mail/a/.Trash/cur/1.M1P1.mx:2,S 40

for main in "$TOP"/bin/mailkeep-*.c; do
	program=${main##*/}
	program=${program%.c}
	run "$program" -c wrong.conf --if-configured
	exits 78
	ok "$program: names the place" \
	    grep -Fq 'wrong.conf:1' "$OUT" "$ERR"
	run "$program" -c empty.conf -o mail-root="$PWD/mail" --if-configured
	exits 0
	silent
done
holds mail/a/.Trash/cur 1.M1P1.mx:2,S
run mailkeep-rotate -r -c no-logs.conf --if-configured
exits 0
silent

# Without it, each of the five says what it misses.
for program in expire blacklist spamscan tmda; do
	run mailkeep-$program -c empty.conf -o mail-root="$PWD/mail"
	exits 78
	one_line
done
run mailkeep-rotate -r -c no-logs.conf
exits 78
says 'names no log'

# A rule that --rule names has to be there for it to have work; and what is
# configured is done.
cat >conf <<-END
	mail-root = "$PWD/mail"
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" }
END
run mailkeep-expire -c conf --if-configured --rule stray
exits 0
silent
holds mail/a/.Trash/cur 1.M1P1.mx:2,S
run mailkeep-expire -c conf --if-configured --rule trash
exits 0
holds mail/a/.Trash/cur
done_testing
