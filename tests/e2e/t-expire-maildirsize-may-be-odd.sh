# maildirsize absent, too long, unwritable, no file, or appended to by another
# at the same time: the mail goes all the same, and no line is lost or torn.
. tests/e2e/lib.sh

cat >conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
END
again()
{
	rm -rf mail
	message mail/a/.Trash/cur/1.old,S=100:2,S 40
	message mail/a/.Trash/cur/2.young,S=100:2,S 1
	message mail/a/cur/3.inbox,S=100:2,S 40
}

again
run mailkeep-expire -c conf
exits 0
silent
ok 'absent: none is made' [ ! -e mail/a/maildirsize ]

again
{
	echo '1000000S'
	yes '100 1' | head -n 852
} >mail/a/maildirsize
is "$(stat -c %s mail/a/maildirsize)" 5121 'too long: by one'
cp mail/a/maildirsize want
run mailkeep-expire -c conf
exits 0
silent
ok 'too long: left to be counted anew' cmp want mail/a/maildirsize
holds mail/a/.Trash/cur 2.young,S=100:2,S

again
mkfifo mail/a/maildirsize
run mailkeep-expire -c conf
ok 'a FIFO: not 0' [ "$STATUS" != 0 ]
one_line
says 'maildirsize'
holds mail/a/.Trash/cur 2.young,S=100:2,S

again
mkdir mail/a/maildirsize
run mailkeep-expire -c conf
ok 'a directory: not 0' [ "$STATUS" != 0 ]
one_line
says 'mail/a: open maildirsize'
holds mail/a/.Trash/cur 2.young,S=100:2,S

again
file victim 1
cp -p victim victim.before
ln -s "$PWD/victim" mail/a/maildirsize
run mailkeep-expire -c conf
exits 65
one_line
says 'maildirsize'
ok 'a link: nothing is written behind it' cmp victim victim.before
rm mail/a/maildirsize
again
ln victim mail/a/maildirsize
run mailkeep-expire -c conf
exits 65
one_line
says 'no regular file with one link'
ok 'a hard link: nothing is written' cmp victim victim.before

if [ "$(id -u)" = 0 ] && id mail >/dev/null 2>&1; then
	again
	printf '0S\n300 3\n' >mail/a/maildirsize
	chown -R mail mail/a
	chown root mail/a/maildirsize
	rm -f "$STATE"/* "$LOCK"/*
	as mail run mailkeep-expire -c conf
	exits 77
	one_line
	says 'mail/a: open maildirsize: Permission denied; have it counted anew'
	is "$(cat mail/a/maildirsize)" "0S${_newline}300 3" 'as it was'
	holds mail/a/.Trash/cur 2.young,S=100:2,S
else
	skip 'needs root, and user mail' 5
fi

# Another appends all the time.
round=0 wrong=0 lines=0
while [ $round -lt 20 ]; do
	round=$((round + 1))
	again
	printf '0S\n300 3\n' >mail/a/maildirsize
	python3 "$TOP/tests/e2e/append.py" mail/a/maildirsize >appended &
	other=$!
	reap $other
	until [ "$(wc -l <mail/a/maildirsize)" -gt 2 ]; do
		sleep 0.01
	done
	run mailkeep-expire -c conf
	kill $other
	wait $other
	_forget $other
	n=$(cat appended)
	lines=$((lines + n))
	[ "$STATUS" = 0 ] && [ "$(awk 'NR > 1 { b += $1; n += $2 }
	    NF != 2 && NR > 1 { print "torn" } END { print b, n }' \
	    mail/a/maildirsize)" = "$((300 - 100 + n)) $((3 - 1 + n))" ] ||
	    wrong=$((wrong + 1))
done
is $wrong 0 "$round runs beside $lines other lines: all counted, none torn"
done_testing
