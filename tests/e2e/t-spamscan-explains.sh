# --explain tells of one message, wherever it lies, what the next run makes of
# it and why; it changes nothing, and no byte of a stranger's header or name
# reaches the terminal as it is.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

cat >conf <<'END'
mail-root = "home"
spamscan { limit = 7 trust "mx.example.test" { } }
END
alice=home/example.test/alice

# explains FILE RE ...: each of them is printed, and nothing else said.
explains()
{
	run mailkeep-spamscan -c conf --explain "$@"
	exits 0
	is "$(cat "$ERR")" '' 'nothing on stderr'
}
fits()
{
	is "$(awk 'length > 80' "$OUT")" '' 'no line of more than 80 columns'
	is "$(tr -d '\n -~' <"$OUT" | wc -c)" 0 'nothing but printable bytes'
}

scored $alice/new/1.M1P1.mx 15.3
scored $alice/cur/2.M2P2.mx:2,S 3.2
scored -b 'X-Spam_score: 1.0\n' $alice/cur/3.M3P3.mx:2,S 25
scored -t 20 $alice/new/4.M4P4.mx 15.3
scored $alice/new/5.M5P5.mx -
scored $alice/new/6.M6P6.mx 7.0
scored $alice/new/7.M7P7.mx 6.9
scored $alice/.Work/new/8.M8P8.mx 15.3
scored $alice/.Junk/cur/9.M9P9.mx:2, 15.3
snapshot home >before

explains $alice/new/1.M1P1.mx
fits
cat >want <<'END'
example.test/alice/new/1.M1P1.mx
     account     alice@example.test
     limit       7 (the configured one)
     X-Spam-Status: Yes, score=15.3 required=5.0 tests=MISSING_MID, TVD_SPACE...
                 trusted: spamassassin on mx.example.test wrote it
     score       15.3 by header (spamassassin)
     remembered  nothing
     verdict     moves to Junk: 15.3 is 7 or more
END
ok 'all of it, line by line' diff want "$OUT"

explains $alice/cur/2.M2P2.mx:2,S
prints '^     verdict     stays: 3.2 is less than 7$'
explains $alice/cur/3.M3P3.mx:2,S
prints '^     X-Spam_score: 1.0$'
prints 'not trusted: '
prints '^     verdict     moves to Junk: 25 is 7 or more$'
explains $alice/new/4.M4P4.mx
prints '^     verdict     left alone: older than max-age, 7d$'
explains $alice/new/5.M5P5.mx
prints "^     header      has no line that could be a scanner's\$"
prints '^     score       none$'
prints '^     verdict     stays: no source has a score for it$'
explains $alice/new/6.M6P6.mx
prints '^     verdict     moves to Junk: 7 is 7 or more$'
explains $alice/new/7.M7P7.mx
prints '^     verdict     stays: 6.9 is less than 7$'
explains $alice/.Work/new/8.M8P8.mx
prints '^     verdict     not scanned: the key folder does not name this folder$'
explains $alice/.Junk/cur/9.M9P9.mx:2,
prints '^     verdict     stays: it lies in Junk already$'

# what other keys make of it
explains $alice/new/1.M1P1.mx -o spamscan.limit=0
prints '^     verdict     not scanned: limit 0$'
explains $alice/new/1.M1P1.mx -o spamscan.action=report
prints '^     verdict     stays, and is reported: 15.3 is 7 or more, and action = report$'
explains $alice/new/1.M1P1.mx -o spamscan.delete-above=15.2
prints '^     verdict     is deleted: 15.3 is 7 or more, and above 15.2, delete-above$'
explains $alice/new/1.M1P1.mx -o spamscan.delete-above=15.3
prints '^     verdict     moves to Junk: '
explains $alice/new/1.M1P1.mx -o spamscan.junk-folder=Spam/Auto
prints '^     verdict     moves to Spam/Auto: '
explains $alice/.Work/new/8.M8P8.mx -o 'spamscan.folder=INBOX,Work'
prints '^     verdict     moves to Junk: 15.3 is 7 or more$'
same_tree before home

# from anywhere, and where a flag has changed the name
(cd $alice/new && sed s,\"home\",\"../../../../home\", <"$SCRATCH/test/conf") \
    >$alice/conf
cd $alice/new || exit 1
run mailkeep-spamscan -c ../conf --explain 1.M1P1.mx
cd "$SCRATCH/test" || exit 1
rm $alice/conf
exits 0
prints '^example.test/alice/new/1.M1P1.mx$'
explains $alice/new/2.M2P2.mx
prints '^example.test/alice/cur/2.M2P2.mx:2,S$'
prints '^     verdict     stays: 3.2 is less than 7$'
explains $alice/cur/1.M1P1.mx:2,FS
prints '^example.test/alice/new/1.M1P1.mx$'

# JSON: one object, the same
explains $alice/cur/3.M3P3.mx:2,S --json
is "$(wc -l <"$OUT")" 1 'one line'
is "$(python3 -c '
import json, sys
o = json.load(open(sys.argv[1]))
assert o["fields"][0]["field"].startswith("X-Spam-Status: Yes, score=25.0 "), o
assert o["fields"][0]["why"].startswith("trusted: "), o
assert o["fields"][1]["field"] == "X-Spam_score: 1.0", o
assert o["fields"][1]["why"].startswith("not trusted: "), o
assert len(o["fields"]) == 2, o
del o["fields"]
print(json.dumps(o, sort_keys=True))' "$OUT")" \
    '{"dialect": "spamassassin", "limit": 7.0, "limit_from": "configuration", "mailbox": "example.test/alice", "message": "example.test/alice/cur/3.M3P3.mx:2,S", "remembered": null, "score": 25.0, "source": "header", "user": "alice@example.test", "verdict": "junk", "why": "25 is 7 or more"}' \
    'all else in the object'

# hostile: escape sequences in a name and in a header, a field without an end
scored -a 'X-Spam-Status: \033[2J\033[31mNo, score=0\302\2332J\n' \
    "$alice/new/$(printf 'a\033[2Jb\tc')" 15.3
explains "$SCORED"
fits
prints '^example.test/alice/new/a\\x1B\[2Jb\\tc$'
prints 'X-Spam-Status: \\x1B\[2J\\x1B\[31mNo, score=0\\xC2\\x9B2J$'
prints 'not trusted: '
explains "$SCORED" --json
is "$(tr -d '\n -~' <"$OUT" | LC_ALL=C tr -d '\302\233' | wc -c)" 0 \
    'no escape sequence'
rm "$SCORED"
{
	printf 'X-Spam-Status: Yes, score='
	yes 9 | tr -d '\n' | head -c 300000
} >endless
message $alice/new/a.M1P1.mx 0 endless
explains $alice/new/a.M1P1.mx
fits
prints '^     header      has no whole scanner'\''s line in 256 KiB; more is not read$'
rm $alice/new/a.M1P1.mx
scored -d debian $alice/new/a.M1P1.mx 15.3
{
	sed '/^$/,$d' $alice/new/a.M1P1.mx
	printf 'X-Long: '
	yes a | tr -d '\n' | head -c 300000
} >endless
rm $alice/new/a.M1P1.mx
message $alice/new/a.M1P1.mx 0 endless
explains $alice/new/a.M1P1.mx -o spamscan.trust.mx.example.test.stripped=yes
prints 'not trusted: the header has no end within 256 KiB, so another$'
prints '^     score       none$'
rm $alice/new/a.M1P1.mx

# what is no message
refuses()
{
	run mailkeep-spamscan -c conf --explain "$1"
	exits "$2"
	one_line
	says "$3"
	is "$(cat "$OUT")" '' 'nothing on stdout'
}
ln -s 1.M1P1.mx $alice/new/b.M1P1.mx
mkfifo $alice/new/c.M1P1.mx
refuses $alice/new/nix 66 'alice/new/nix: No such file'
refuses $alice/new 65 'is a directory: name a message in it'
refuses $alice/new/ 65 'is a directory: name a message in it'
refuses . 65 'is a directory: name a message in it'
refuses nowhere/new/1.M1P1.mx 66 'nowhere/new/1.M1P1.mx: No such file'
refuses $alice/new/b.M1P1.mx 65 'is a link'
refuses $alice/new/c.M1P1.mx 65 'is no regular file'
rm $alice/new/[bc].M1P1.mx
same_tree before home

# elsewhere: by its header and the configured limit
cp $alice/new/1.M1P1.mx saved.eml
explains saved.eml
prints "^$SCRATCH/test/saved.eml\$"
prints '^     account     none: it lies in no mailbox$'
prints '^     limit       7 \(the configured one\)$'
prints '^     verdict     in an inbox: moves to Junk: 15.3 is 7 or more$'
message $alice/tmp/1.M1P1.mx 0 saved.eml
explains $alice/tmp/1.M1P1.mx
prints 'it lies in no mailbox'
rm $alice/tmp/1.M1P1.mx
message home/.hidden/bob/new/1.M1P1.mx 0 saved.eml
explains home/.hidden/bob/new/1.M1P1.mx
prints 'it lies in no mailbox'
rm -r home/.hidden
message Maildir/.Work/cur/1.M1P1.mx:2,S 0 saved.eml
message Maildir/new/1.M1P1.mx 0 saved.eml
explains Maildir/.Work/cur/1.M1P1.mx:2,S -o mail-root=/nonexistent
prints '^     account     /.*/test/Maildir$'
prints '^     verdict     not scanned: the key folder '
explains Maildir/new/1.M1P1.mx
prints "^$SCRATCH/test/Maildir/new/1.M1P1.mx\$"
prints '^     verdict     moves to Junk: 15.3 is 7 or more$'

# mailboxes as the walker tells them: the fs layout; a domain with stray mail
message fs/example.test/bob/new/1.M1P1.mx 0 saved.eml
message fs/example.test/bob/Work/Old/new/2.M2P2.mx 0 saved.eml
message fs/example.test/bob/Work/new/3.M3P3.mx 0 saved.eml
message fs/example.test/bob/Junk/new/4.M4P4.mx 0 saved.eml
explains fs/example.test/bob/Work/Old/new/2.M2P2.mx -o mail-root=fs
prints '^     account     bob@example.test$'
prints 'not scanned: the key folder '
explains fs/example.test/bob/Work/Old/new/2.M2P2.mx -o mail-root=fs \
    -o spamscan.folder=Work/Old
prints 'moves to Junk: '
explains fs/example.test/bob/Junk/new/4.M4P4.mx -o mail-root=fs
prints 'it lies in Junk already'
message stray/example.org/new/1.M1P1.mx 0 saved.eml
message stray/example.org/Junk/new/2.M2P2.mx 0 saved.eml
explains stray/example.org/Junk/new/2.M2P2.mx -o mail-root=stray
prints '^     account     Junk@example.org$'
prints 'moves to Junk: '
explains Maildir/.Work/cur/1.M1P1.mx:2,S -o mail-root=Maildir
prints '^.Work/cur/1.M1P1.mx:2,S$'
prints 'not scanned: the key folder '
explains Maildir/new/1.M1P1.mx -o mail-root=Maildir
prints '^new/1.M1P1.mx$'
prints 'moves to Junk: '

# what a run remembers: the score it has once is not asked for again
run mailkeep-spamscan -c conf
exits 0
holds $alice/.Junk/new 1.M1P1.mx 6.M6P6.mx
holds $alice/.Junk/cur 3.M3P3.mx:2,S 9.M9P9.mx:2,
holds $alice/new 4.M4P4.mx 5.M5P5.mx 7.M7P7.mx
holds $alice/cur 2.M2P2.mx:2,S
snapshot home >before
today=$(date -u +%Y-%m-%d)
explains $alice/cur/2.M2P2.mx:2,S
prints "^     remembered  scored by its header: 3.2; here since $today\$"
prints '^     verdict     stays: 3.2 is less than 7$'
explains $alice/cur/2.M2P2.mx:2,S -o spamscan.limit=3
prints '^     verdict     stays: 3.2 is 3 or more, but it was judged before, and '
prints '^                 --rescan judges it anew$'
explains $alice/new/4.M4P4.mx
prints 'left alone: older than max-age when it was first seen here$'
explains $alice/new/5.M5P5.mx
prints '^     remembered  without a score; here since '
# other rules: what had no score is judged again
explains $alice/new/5.M5P5.mx --trust mx.example.org
prints '^     verdict     stays: no source has a score for it$'
explains $alice/.Junk/new/1.M1P1.mx
prints 'it lies in Junk already'

# taken back, seen by no run since
mv $alice/.Junk/new/1.M1P1.mx $alice/cur/1.M1P1.mx:2,S
explains $alice/cur/1.M1P1.mx:2,S
prints '^     remembered  nothing$'
prints '^     verdict     stays: its user took it back out of Junk$'
explains $alice/cur/1.M1P1.mx:2,S --json
prints '"verdict":"keep","why":"its user took it back out of Junk"'
mv $alice/cur/1.M1P1.mx:2,S $alice/.Junk/new/1.M1P1.mx
same_tree before home
run mailkeep-spamscan -c conf
mv $alice/.Junk/new/1.M1P1.mx $alice/cur/1.M1P1.mx:2,S
run mailkeep-spamscan -c conf
exits 0
holds $alice/cur 1.M1P1.mx:2,S 2.M2P2.mx:2,S
explains $alice/cur/1.M1P1.mx:2,S
prints '^     remembered  taken back by its user: 15.3; here since '
prints '^     verdict     stays: its user took it back out of Junk$'

# --trust by itself
explains saved.eml -c /dev/null --trust mx.example.test -o spamscan.limit=7
prints 'moves to Junk: 15.3 is 7 or more'
explains saved.eml -c /dev/null --trust other.example.test
prints "not trusted: no Received by other.example.test on top: 'by\$"

# spamd that does not answer: the rest is told
explains saved.eml -o 'spamscan.spamd.socket=127.0.0.1:1'
prints 'moves to Junk: 15.3 is 7 or more'
run mailkeep-spamscan -c conf -o spamscan.spamd.socket=127.0.0.1:1 \
    --explain $alice/new/7.M7P7.mx
exits 0
scored saved/new/1.M1P1.mx -
run mailkeep-spamscan -c conf -o spamscan.spamd.socket=127.0.0.1:1 \
    --explain saved/new/1.M1P1.mx
exits 75
one_line
says '127.0.0.1:1'
prints '^     verdict     waits for spamd: '

# what does not go together
wrong()
{
	_status=$1 _re=$2
	shift 2
	run mailkeep-spamscan -c conf "$@"
	exits "$_status"
	one_line
	says "^mailkeep-spamscan: .*$_re"
	is "$(cat "$OUT")" '' 'nothing on stdout'
}
wrong 64 'do not go together' --explain saved.eml --histogram all
wrong 64 'do not go together' --explain saved.eml --learn-list spam
wrong 64 'do not go together' --histogram all --learn-list spam
wrong 64 'without --rescan' --explain saved.eml --rescan
wrong 64 'without --rescan' --histogram all --force
wrong 64 'without --rescan' --explain saved.eml --metrics m
wrong 64 'no MAILDIR and no --user' --explain saved.eml home
wrong 64 'no MAILDIR and no --user' --explain saved.eml --user alice
wrong 64 'neither all nor account' --histogram some
wrong 64 'neither spam nor ham' --learn-list eggs
wrong 64 '--tell goes with --learn-list' --tell
wrong 64 '--tell goes with --learn-list' --learn-list spam --tell -n
wrong 64 "--trust: .*\"no host\" is no host's name" --trust 'no host' \
    --explain saved.eml
wrong 78 'learn-list wants spamscan { learn = yes }$' --learn-list spam
wrong 78 'tell wants spamscan { spamd { socket' --learn-list spam --tell \
    -o spamscan.learn=yes
done_testing
