# A ledger that is cut, flipped in any bit, of another version or folder,
# unwritable, a FIFO, a directory or a link: nothing goes that is not due by
# the truth, and what it points to is left alone.
. tests/e2e/lib.sh

cat >conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} older-than = "10d" }
END
message mail/a/.Trash/cur/1.old:2,S 400
message mail/a/.Trash/cur/2.old:2,S 400
message mail/a/.Trash/new/3.old 400
ledger=mail/a/.Trash/mailkeep.ledger
run mailkeep-expire -c conf
exits 0
silent
holds mail/a/.Trash/cur 1.old:2,S 2.old:2,S
ok 'there is a ledger' [ -s $ledger ]
cp -p $ledger ledger

# Nine days later the mail is as young, whatever has happened to the ledger;
# eleven days later it is due by all there is to know.  Without the index,
# which would pass the folder over.
keeps()
{
	rm -f "$STATE"/*
	at +9d run mailkeep-expire -c conf
	[ "$(find mail -name '[123].old*' | wc -l)" = 3 ] && case $STATUS in
	0 | 65 | 70 | 73 | 74 | 75 | 77) ;;
	*)	false ;;
	esac
}
python3 - <<-'END'
	data = open("ledger", "rb").read()
	n = 0
	for at in range(len(data)):
	    flipped = bytearray(data)
	    flipped[at] ^= 1 << at % 8
	    open("flipped.%03d" % n, "wb").write(flipped)
	    n += 1
	for length in range(0, len(data), 3):
	    open("cut.%03d" % length, "wb").write(data[:length])
	open("version", "wb").write(data[:8] + b"\2" + data[9:])
	open("long", "wb").write(data + b"x" * 100000)
	open("text", "wb").write(b"not a ledger at all\n" * 100)
END
wrong=0 n=0
for bad in flipped.* cut.* version long text; do
	n=$((n + 1))
	cat "$bad" >$ledger
	keeps || {
		wrong=$((wrong + 1))
		diag "$bad: $STATUS $(cat "$ERR")"
	}
done
is $wrong 0 "$n damaged ledgers, and nothing goes too soon"

# Of another folder, in which the same message had long been.
rm -rf other
cp -a mail other
mv other/a/.Trash other/a/.Old
rm other/a/.Old/mailkeep.ledger
at -100d run mailkeep-expire -c conf -o mail-root=other --folder Old \
    --older-than 400d -o safety.clock-slack=36500d
cp other/a/.Old/mailkeep.ledger $ledger
ok "another folder's is not believed" keeps

for kind in fifo dir link dangling hardlink; do
	rm -rf $ledger
	file victim 1
	cp -p victim victim.before
	case $kind in
	fifo)	mkfifo $ledger ;;
	dir)	mkdir $ledger ;;
	link)	ln -s "$PWD/victim" $ledger ;;
	dangling) ln -s "$PWD/nothing" $ledger ;;
	hardlink) ln victim $ledger ;;
	esac
	ok "a $kind: nothing goes too soon" keeps
	_what="a $kind"
	ok "a $kind: an error" [ "$STATUS" != 0 ]
	one_line
	says 'mailkeep\.ledger'
	ok "a $kind: the victim is left alone" cmp victim victim.before
	ok "a $kind: no file is made" [ ! -e nothing ]
	at +11d run mailkeep-expire -c conf -n --list
	is "$(grep -c old "$OUT")" 3 "a $kind: the mail goes in time, though"
done
rm -rf $ledger

if [ "$(id -u)" = 0 ] && id mail >/dev/null 2>&1; then
	cp ledger $ledger
	rm -f "$STATE"/* "$LOCK"/*
	chown -R mail mail/a
	chown root $ledger
	chmod 444 $ledger
	as mail at +9d run mailkeep-expire -c conf
	exits 77
	one_line
	says 'mail/a/\.Trash/mailkeep\.ledger: .*Permission denied'
	holds mail/a/.Trash/cur 1.old:2,S 2.old:2,S
	ok 'an unwritable one is as it was' cmp ledger $ledger
else
	skip 'needs root, and user mail' 5
fi
done_testing
