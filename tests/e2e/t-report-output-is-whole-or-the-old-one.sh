# --output replaces its file at once: whole, with mode 0640, or the old one is
# there - on a full disk, after a kill, where the owner of the mail may not
# write, and with -n.  Nothing is left beside it.
. tests/e2e/lib.sh

i=0
while [ $i -lt 100 ]; do
	i=$((i + 1))
	message mail/box$i/cur/1.M1P1.mx,S=$((i * 10 + 100)):2,S 3
done
cat >conf <<-END
	mail-root = "$PWD/mail"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	rotate { state-dir = "$STATE" }
	report { exim-log = {"$PWD/none"} }
END
mkdir out
run mailkeep-report -c conf --output out/page.html
exits 0
silent
holds out page.html
is "$(stat -c %a out/page.html)" 640 'who reads it is somebody who may'
ok 'it begins as HTML does' grep -q '<!DOCTYPE html>' out/page.html
ok 'and ends so' test "$(tail -n 1 out/page.html)" = '</html>'

# The forms of it.
run mailkeep-report -c conf --text --output out/page.txt
exits 0
run mailkeep-report -c conf --text
exits 0
sed 's/[0-9][0-9]:[0-9][0-9]//g' "$OUT" >a
sed 's/[0-9][0-9]:[0-9][0-9]//g' out/page.txt >b
ok 'the text is the same in a file' diff a b
run mailkeep-report -c conf --json --output out/page.json
exits 0
silent
ok 'and JSON' grep -q '"program":"report"' out/page.json
rm out/page.txt out/page.json

# A file that is there is replaced, also where it is a link: that goes.
echo old >elsewhere
ln -sf ../elsewhere out/page.html
run mailkeep-report -c conf --output out/page.html
exits 0
is "$(cat elsewhere)" old 'what a link led to is as it was'
ok 'the link is a file now' test -f out/page.html -a ! -L out/page.html
(cd out && _become 60 mailkeep-report -c ../conf --output here) \
    >"$OUT" 2>"$ERR"
STATUS=$?
exits 0
holds out page.html here
rm out/here

echo old >out/page.html
run mailkeep-report -c conf --output out/page.html -n
exits 0
is "$(cat out/page.html)" old '-n writes nothing'
run mailkeep-report -c conf --output absent/page.html
exits 66
one_line
mkdir out/dir
run mailkeep-report -c conf --output out/dir
exits 65
one_line
rmdir out/dir
# Nor is /dev/null, or what /dev/stdout leads to: nothing takes their places.
mkfifo out/pipe
ln -s pipe out/link
for name in pipe link; do
	run mailkeep-report -c conf --output out/$name
	exits 65
	one_line
	says "--output: out/$name is no regular file.* shell"
done
ok 'the pipe is one still' test -p out/pipe
ok 'the link is one still' test -L out/link
rm out/pipe out/link

# ---- a kill
broken=0 i=0
while [ $i -lt 15 ]; do
	i=$((i + 1))
	start mailkeep-report -c conf --output out/page.html
	sleep "0.0$((i % 10))"
	kill -9 "$PID" 2>/dev/null
	finish
	[ "$(cat out/page.html)" = old ] ||
	    [ "$(tail -n 1 out/page.html)" = '</html>' ] ||
	    broken=$((broken + 1))
done
is $broken 0 'after a kill it is the old one or a whole one'
run mailkeep-report -c conf --output out/page.html
exits 0
is "$(find out -name '*.tmp')" '' 'the next run leaves nothing beside it'

# ---- a signal, while another program is asked, which gets it, too
mkdir alone
cp "$B/bin/mailkeep-report" alone
printf '#!/bin/sh\necho $$ >"%s"\nexec sleep 50\n' "$PWD/started" \
    >alone/mailkeep-expire
chmod 755 alone/mailkeep-expire
{
	cat conf
	echo 'expire "trash" { folder = {"Trash"} older-than = "10d" }'
} >rule
echo old >out/page.html
start alone/mailkeep-report -c rule --output out/page.html
while [ ! -s started ]; do
	kill -0 "$PID" || break
	sleep 0.1
done
kill "$PID"
finish
exits 75
one_line
says 'stopped by a signal'
is "$(cat out/page.html)" old 'after a signal the old one stays'
ok 'and the other program is gone' not kill -0 "$(cat started)" 2>/dev/null

# ---- a full disk
if small_disk tiny 64k; then
	echo old >tiny/page.html
	head -c 60000 /dev/zero >tiny/full
	run mailkeep-report -c conf --output tiny/page.html
	exits 75
	one_line
	says 'No space left'
	is "$(cat tiny/page.html)" old 'on a full disk the old one stays'
	holds tiny page.html full
else
	skip 'needs root, to mount a small file system' 5
fi

# ---- the owner of the mail
if [ "$(id -u)" = 0 ] && id mail >/dev/null 2>&1; then
	chmod 755 .
	chown -R mail mail
	mkdir roots mails
	chown mail mails
	run mailkeep-report -c conf -o owner=mail --output mails/page.html
	exits 0
	is "$(stat -c %U mails/page.html)" mail "it is the owner's"
	run mailkeep-report -c conf -o owner=mail --output roots/page.html
	exits 77
	one_line
	says '--output: the directory of .* mail can write, as state-dir'
	holds roots
	if [ "${MK_SANITIZE-}" != 1 ]; then
		run mailkeep-report -c conf -o owner=mail -v \
		    --output mails/page.html
		says '^mailkeep-report: (not )?confined'
	else
		skip 'runs unconfined'
	fi
else
	skip 'needs root and the user mail' 7
fi
done_testing
