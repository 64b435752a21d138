# Where a mailbox has a maildirsize, one exact line a folder is appended to it
# by removal and by restoring; none is made, and what is not to be written to
# is left alone.
. tests/e2e/lib.sh

cat >conf <<'END'
mail-root = "home"
expire "old" { folder = {"Trash", "Junk"} older-than = "10d"
    age = "received" archive = "archive" }
expire "tmp" { tmp = yes older-than = "36h" age = "received" }
END
message tree/alice/.Trash/cur/1.M1P1.mx,S=1000,W=1100:2,S 40
message tree/alice/.Trash/cur/2.M2P2.mx:2,S 40
message tree/alice/.Trash/new/3.M3P3.mx,S=30 40
message tree/alice/.Trash/cur/4.M4P4.mx,S=5000:2,S 4
message tree/alice/.Junk/cur/5.M5P5.mx,S=7:2,S 40
message tree/alice/tmp/6.M6P6.mx 40
message tree/alice/cur/7.M7P7.mx:2,S 40
# A name that lies about its size is what quota believed, too.
printf 'xx' >tree/alice/.Trash/cur/1.M1P1.mx,S=1000,W=1100:2,S
touch -d '40 days ago' tree/alice/.Trash/cur/1.M1P1.mx,S=1000,W=1100:2,S
printf '1000000S,1000C\n90000 90\n66 1\n' >tree/alice/maildirsize
# A copy of it elsewhere, as IMAP's COPY makes one, counts by itself.
mkdir -p tree/alice/.Keep/cur tree/alice/.Keep/new tree/alice/.Keep/tmp
ln tree/alice/.Trash/cur/2.M2P2.mx:2,S tree/alice/.Keep/cur/2.M2P2.mx:2,S
message tree/bob/Trash/cur/1.M1P1.mx,S=9:2,S 40
size=$(stat -c %s tree/alice/.Trash/cur/2.M2P2.mx:2,S)

# expired [OPTION ...]
expired()
{
	rm -rf home archive "${STATE:?}"/*
	cp -a tree home
	run mailkeep-expire -c conf "$@"
	exits 0
	silent
	holds home/alice/.Trash/cur 4.M4P4.mx,S=5000:2,S
	holds home/alice/cur 7.M7P7.mx:2,S
	holds home/alice/.Keep/cur 2.M2P2.mx:2,S
}
expired
is "$(cat home/alice/maildirsize)" "1000000S,1000C
90000 90
66 1
-7 -1
-$((1000 + size + 30)) -3" 'a line a folder'
ok 'none is made' [ ! -e home/bob/maildirsize ]
cp home/alice/maildirsize once
run mailkeep-expire -c conf
exits 0
ok 'no line for nothing' cmp once home/alice/maildirsize
run mailkeep-expire -c conf --restore archive/*
exits 0
is "$(sed 1,5d home/alice/maildirsize | awk '{ b += $1; c += $2 }
    END { print b, c }')" "$((1000 + size + 37)) 4" 'restored: counted again'
run mailkeep-expire -c conf --restore archive/*
exits 0
is "$(awk 'NR > 1 { b += $1; c += $2 } END { print b, c }' \
    home/alice/maildirsize)" '90066 91' 'once'
run mailkeep-expire -c conf --restore archive/* --to elsewhere
exits 0
ok 'none elsewhere' [ ! -e elsewhere/alice/maildirsize ]

# A folder that quota does not count.
expired -o quota-ignore=Trash
is "$(tail -n +4 home/alice/maildirsize)" '-7 -1' 'Trash is not counted'
run mailkeep-expire -c conf --restore archive/* -o quota-ignore=Trash
exits 0
is "$(tail -n +4 home/alice/maildirsize)" "$(printf '%s\n' '-7 -1' '7 1')" \
    'restored: nor is it then'
expired -o 'quota-ignore=INBOX,*'
ok 'nothing is' cmp tree/alice/maildirsize home/alice/maildirsize

# Too long: everybody counts anew, nobody appends.
cp tree/alice/maildirsize short
while [ "$(stat -c %s tree/alice/maildirsize)" -lt 5120 ]; do
	printf '%-13s\n' '0 0' >>tree/alice/maildirsize
done
expired
ok 'too long: left alone' cmp tree/alice/maildirsize home/alice/maildirsize
cp short tree/alice/maildirsize

# Not what it should be: the mail goes, the file stays, the run tells.
told()
{
	run mailkeep-expire -c conf
	exits "$1"
	says "^mailkeep-expire: home/alice: .*maildirsize.*$2.*recalc"
	holds home/alice/.Trash/cur 4.M4P4.mx,S=5000:2,S
	ok 'the other file is as it was' cmp short other
}
again()
{
	rm -rf home archive "${STATE:?}"/*
	cp -a tree home
	cp short other
	rm home/alice/maildirsize
}
again
ln other home/alice/maildirsize
told 65 'one link'
again
ln -s ../../other home/alice/maildirsize
told 65 ''
done_testing
