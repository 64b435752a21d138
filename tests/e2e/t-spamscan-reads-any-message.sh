# Messages of any form: NUL bytes, endless lines, CRLF, no header's end, huge,
# compressed, encrypted or damaged, under any name; in a locale with a decimal
# comma.  What can be read and is spam moves, byte for byte; the rest stays,
# and is looked at once.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
command -v python3 >/dev/null || skip_all 'needs python3'

cat >conf <<'END'
mail-root = "home"
threads = 1
spamscan { limit = 7 max-age = "100d" trust "mx.example.test" { } }
END
box=home/alice
junk=$box/.Junk/new

scored spam/new/spam 15.3
scored ham/new/ham 1.2
spam=spam/new/spam
# put NAME: the message on standard input, into new
put()
{
	cat >text
	message "$box/new/$1" 0 text
}

# Odd bytes.
sed 's/^Subject: /&\x00\x00/; $s/$/\x00\x01\xff/' $spam | put go.nul
head -c 5000 /dev/zero | cat $spam - | put go.nul-body
sed 's/$/\r/' $spam | put go.crlf
sed '/^$/,$d' $spam | put go.no-end
{ sed '/^$/,$d' $spam; printf 'X-No: newline'; } | put go.no-newline
sed '/^$/,$d' $spam | tr '\n' '\r' | put stay.cr
put stay.empty </dev/null
printf '\n' | put stay.newline
printf '\n\n' | cat - $spam | put stay.body
printf 'X' | put stay.byte
head -c 65536 /dev/zero | put stay.zeros
head -c 65536 /dev/urandom | put stay.random
{ cat $spam; head -c 6000 $spam; } | put go.twice
yes 'X-Many: fields' | head -n 8000 |
    { sed '/^$/,$d' $spam; cat; echo; echo text; } | put go.many
head -c 200000 /dev/zero | tr '\0' a |
    { sed '/^$/,$d' $spam; printf 'X-Long: '; cat; printf '\n\ntext\n'; } |
    put go.long
head -c 1000000 /dev/zero | tr '\0' a |
    { printf 'X-Long: '; cat; echo; cat $spam; } | put stay.longer

head -c 400000 /dev/zero | tr '\0' a |
    { sed '/^$/,$d' $spam; printf 'X-Longest: '; cat; printf '\n\ntext\n'; } |
    put go.longest

# Compressed as Dovecot does it.
cat >pack.py <<'END'
import bz2, gzip, lzma, struct, sys
spam = open("spam/new/spam", "rb").read()
big = spam + b"A line of the body of a message.\n" * 100000
def put(name, data):
    with open("home/alice/new/" + name, "wb") as f:
        f.write(data)
def lz4(data, chunk=65536):
    out = b"Dovecot-LZ4\x0d\x2a\x9b\xc5" + struct.pack(">I", chunk)
    for at in range(0, len(data), chunk):
        part = data[at:at + chunk]
        block = bytes([min(len(part), 15) << 4])
        left = len(part) - 15
        while left >= 0:
            block += bytes([min(left, 255)])
            left -= 255
        block += part
        out += struct.pack(">I", len(block)) + block
    return out
for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress),
        ("xz", lzma.compress), ("lz4", lz4)):
    put("go." + name, pack(spam))
    put("go.big." + name, pack(big))
    put("stay.ham." + name, pack(open("ham/new/ham", "rb").read()))
    put("stay.cut." + name, pack(spam)[:40])
put("go.late.gz", gzip.compress(big)[:-8])
damaged = bytearray(gzip.compress(spam))
damaged[60:120] = bytes(60)
put("stay.damaged.gz", damaged)
put("stay.bomb.gz", gzip.compress(b"X-A: " + b"a" * 300000000, 1))
put("stay.twofold.gz", gzip.compress(gzip.compress(spam)))
put("stay.crypt", b"CRYPTED\x03\x07\x01\x00" + spam)
put("stay.crypt-alone", b"CRYPTED\x03\x07")
put("stay.magic.gz", b"\x1f\x8b\x08")
put("stay.bzh", b"BZh\n" + open("ham/new/ham", "rb").read())
END
python3 pack.py || exit 1
if command -v zstd >/dev/null; then
	zstd -qc $spam | put go.zstd
	zstd -qc ham/new/ham | put stay.ham.zstd
	zstd -qc $spam | head -c 40 | put stay.cut.zstd
fi

# Names.
for name in 'new
line' ' blank ' '-rf' "$(printf 'esc\033[2Jape')" 'back\slash' 'Müll' '*' \
    "$(printf 'caf\351')" ,S= 'a,S=99999999999999999999' "$(printf '%0252d' 1)"
do
	message "$box/new/go$name" 0 $spam
	message "$box/cur/go$name" 0 $spam
done
message "$box/cur/go.colon:2,Sab:::c" 0 $spam
message "$box/cur/go.exp:1,abc" 0 $spam
for name in .hidden dovecot.spam mailkeep.spam maildirsize; do
	cp $spam "$box/new/$name"
done

# Things that are no messages.
mkdir $box/new/go.directory
ln -s ../../../$spam $box/new/link
mkfifo $box/new/fifo

# sums: of all that is to go
sums()
{
	find home -name 'go*' -type f -exec md5sum -z {} + | tr '\n\0' ' \n' |
	    cut -c 1-32 | sort
}
sums >sums.before
n=$(find home -name 'go*' -type f -printf x | wc -c)
run mailkeep-spamscan -c conf -v
exits 0
is "$(find home/alice/new home/alice/cur -name 'go*' -type f)" '' \
    'all that can be read and is spam has gone'
is "$(find home -path '*/.Junk/*' -name 'stay*')" '' 'no other has'
is "$(find $box/.Junk -type f -name 'go*' -printf x | wc -c)" "$n" \
    'each has a name of its own'
sums >sums.after
ok 'not a byte has changed' cmp sums.before sums.after
for name in .hidden dovecot.spam mailkeep.spam maildirsize link fifo \
    go.directory; do
	[ -e "$box/new/$name" ] || flunk "$name stays"
done
holds "$box/.Junk/cur" "$(cd $box/.Junk/cur && echo go.colon*)" go.exp:1,abc \
    'gonew
line' 'go blank ' 'go-rf' "$(printf 'goesc\033[2Jape')" 'goback\slash' \
    'goMüll' 'go*' "$(printf 'gocaf\351')" go,S= \
    'goa,S=99999999999999999999' "go$(printf '%0252d' 1)"
is "$(cd $box/.Junk/cur && echo go.colon*)" 'go.colon:2,S:::' \
    'the letters of keywords are dropped'
is "$(tr -d '\n -~' <"$ERR" | tr -d 'ü')" '' 'no control byte reaches a terminal'
says 'stay\.crypt: encrypted or damaged: keep$'
says 'stay\.damaged\.gz: encrypted or damaged: keep$'
says 'stay\.empty: without a score: keep$'

# What could not be read is not read again and again.
at +5s run mailkeep-spamscan -c conf
exits 0
silent
sleep 2
run mailkeep-spamscan -c conf
cp -a home tree
run mailkeep-spamscan -c conf -v
exits 0
never_says stay
same_tree tree home

# 200 MB of which one block is read, and 1 KB that unpacks to as much: in little
# memory.
mv $box/new/stay.bomb.gz .
rm -rf home
for name in go.huge stay.huge; do
	message "$box/new/$name" 0 $spam
	truncate -s 200M "$box/new/$name"
done
cat ham/new/ham >"$box/new/stay.huge"
truncate -s 200M "$box/new/stay.huge"
truncate -s 200M "$box/new/stay.hole"
mv stay.bomb.gz $box/new
cat >limits.py <<'END'
import os, resource, sys
pid = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
status = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status[1]), status[2].ru_maxrss < 65536)
END
if [ "${MK_SANITIZE-}" = 1 ]; then
	run mailkeep-spamscan -c conf
	skip 'the sanitizer takes memory of its own'
else
	is "$(python3 limits.py mailkeep-spamscan -c conf -o sandbox=no \
	    -o state-dir="$STATE" -o lock-dir="$LOCK")" '0 True' \
	    'less than 64 MiB of memory'
fi
holds $junk go.huge
holds $box/new stay.huge stay.hole stay.bomb.gz

# A locale with a decimal comma.
mkdir locale
if localedef -i de_DE -f UTF-8 locale/de_DE.UTF-8 2>/dev/null &&
    [ "$(LOCPATH=$PWD/locale LC_ALL=de_DE.UTF-8 locale decimal_point)" = , ]
then
	rm -rf home "${STATE:?}"/*
	scored $box/new/go.1 7.0
	scored $box/new/stay.1 6.9
	scored -b 'X-Spam_score: 9,5\n' $box/new/stay.2 -
	message $box/new/stay.3 0 ham/new/ham
	sed 's/score=15\.3/score=15,3/' $spam >comma
	message $box/new/stay.comma 0 comma
	sed 's/limit = 7/limit = 6.95/' conf >comma.conf
	LOCPATH=$PWD/locale LC_ALL=de_DE.UTF-8
	export LOCPATH
	run mailkeep-spamscan -c comma.conf --json
	LC_ALL=C
	unset LOCPATH
	exits 0
	holds $junk go.1
	ok 'points in the JSON' grep -q '"score":7\.0*,.*"limit":6\.950*,' "$OUT"
else
	skip 'needs localedef' 3
fi
done_testing
