# --histogram counts each message of the inbox and of Junk once, by the score
# that is remembered or that its header proves, and says what limits would
# catch; it changes nothing.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
. "$TOP/tests/e2e/servers.sh"

cat >conf <<'END'
mail-root = "home"
spamscan { limit = 7 trust "mx.example.test" { } }
END
alice=home/example.test/alice bob=home/example.test/bob

# count KEY: of the object (or the first one) printed, as Python has it.
value()
{
	python3 -c '
import json, sys
o = json.loads(open(sys.argv[1]).readline())
bins = {b["from"]: (b["inbox"], b["junk"]) for b in o["bins"]}
limits = [(l["limit"], l["own"], l["caught"], l["in_junk"])
          for l in o["limits"]]
print(eval(sys.argv[2]))' "$OUT" "$1"
}
histogram()
{
	run mailkeep-spamscan -c conf --histogram "$@"
	exits 0
	is "$(cat "$ERR")" '' 'nothing on stderr'
	is "$(awk 'length > 80' "$OUT" | grep -v '^{')" '' \
	    'no line of more than 80 columns'
}

n=0
for score in -0.1 -12.0 0.0 0.9 1.0 6.9 7.0 7.9 19.9 20.0 999.0; do
	n=$((n + 1))
	scored $alice/new/$n.M1P1.mx $score
done
scored $alice/.Junk/cur/20.M1P1.mx:2,S 7.5
scored $alice/.Junk/cur/21.M1P1.mx:2,S 3.0
scored $alice/.Junk/new/22.M1P1.mx 25
scored $alice/.Junk/new/23.M1P1.mx -
scored $alice/new/24.M1P1.mx -
scored -w forger.example.org $alice/new/25.M1P1.mx 15
scored -t 300 $bob/cur/26.M1P1.mx:2,S 9.5
# what does not count
scored $alice/.Work/new/27.M1P1.mx 9.5
scored $alice/tmp/28.M1P1.mx 9.5
scored home/example.test/alice/new/.hidden 9.5
mkfifo $alice/new/29.M1P1.mx
message home/example.test/carol/cur/30.M1P1.mx:2,S 400 $alice/tmp/28.M1P1.mx
rm home/example.test/carol/cur/30.M1P1.mx:2,S
snapshot home >before

histogram all --json
is "$(wc -l <"$OUT")" 1 'one object'
is "$(value '[k for k, v in bins.items() if v != (0, 0)]')" \
    '[None, 0, 1, 3, 6, 7, 9, 19, 20]' 'bins that hold something'
is "$(value 'bins[None], bins[0], bins[1], bins[3], bins[6], bins[7]')" \
    '((2, 0), (2, 0), (1, 0), (0, 1), (1, 0), (2, 1))' 'up to 8'
is "$(value 'bins[9], bins[19], bins[20]')" '((1, 0), (1, 0), (2, 1))' \
    'up to the end'
is "$(value 'o["scored"], o["unscored"], o["limit"]')" \
    "(15, {'inbox': 2, 'junk': 1}, 7.0)" 'the rest'
is "$(value limits)" \
    '[(5, False, 9, 2), (7, False, 8, 2), (10, False, 4, 1), (None, True, 8, 2)]' \
    'what limits catch, and what of it lies in Junk'
is "$(value 'sum(map(sum, bins.values())) == o["scored"]')" True 'adds up'
is "$(value 'o["bins"][0], o["bins"][21]["below"], len(bins)')" \
    "({'from': None, 'below': 0, 'inbox': 2, 'junk': 0}, None, 22)" \
    'the ends are open'

histogram all
prints '^all accounts$'
prints '^15 with a score; without one: 2, and in Junk 1$'
is "$(grep -c '^[> ] .*[0-9]  *[0-9]' "$OUT")" 26 '22 bins and 4 limits'
is "$(grep '^>' "$OUT")" \
    ">  7 to 8          2      1  ##################################=================" \
    'the one bin that is marked, its bar as wide as there is room'
prints '^   3 to 4          0      1  =================$'
prints '^   2 to 3          0      0$'
prints '^  below 0          2      0  ##################################$'
prints '^  7 +8 +53.3% +2$'
prints "^  each's own +8 +53.3% +2\$"
histogram all -o spamscan.limit=6.5
prints '^>  6 to 7 '
prints "^  each's own +9 +60.0% +2\$"
histogram all -o spamscan.limit=50
prints '^> 20 and more '
prints "^  each's own +1 +6.7% +0\$"

histogram account
is "$(grep '@' "$OUT")" 'alice@example.test
bob@example.test' 'by mailbox; an empty one is left out'
prints '^14 with a score; without one: 2, and in Junk 1$'
prints '^1 with a score; without one: 0, and in Junk 0$'
prints '^  own, 7 +1 +100.0% +0$'
histogram account --json --threads 4
is "$(wc -l <"$OUT")" 2 'an object each'
is "$(value 'o["user"], o["mailbox"], o["scored"]')" \
    "('alice@example.test', 'example.test/alice', 14)" 'the first one'
histogram account --user 'bob@*'
is "$(grep '@' "$OUT")" 'bob@example.test' 'only bob'
same_tree before home

# what is remembered counts, whatever the header says now
rm $alice/new/29.M1P1.mx $alice/new/.hidden
run mailkeep-spamscan -c conf
exits 0
holds $alice/.Junk/new 7.M1P1.mx 8.M1P1.mx 9.M1P1.mx 10.M1P1.mx 11.M1P1.mx \
    22.M1P1.mx 23.M1P1.mx
holds $alice/.Junk/cur 20.M1P1.mx:2,S 21.M1P1.mx:2,S
holds $alice/new 1.M1P1.mx 2.M1P1.mx 3.M1P1.mx 4.M1P1.mx 5.M1P1.mx \
    6.M1P1.mx 24.M1P1.mx 25.M1P1.mx
holds $bob/cur 26.M1P1.mx:2,S
snapshot home >before
histogram all --json
is "$(value limits)" \
    '[(5, False, 9, 7), (7, False, 8, 7), (10, False, 4, 4), (None, True, 8, 7)]' \
    'after a run: it lies in Junk'
same_tree before home
scored $alice/new/6.M1P1.mx 1.5
histogram all --json
is "$(value 'bins[6], bins[1]')" '((1, 0), (1, 0))' \
    'its score is the remembered one'
mv $alice/.Junk/new/7.M1P1.mx $alice/cur/7.M1P1.mx:2,S
run mailkeep-spamscan -c conf
holds $alice/cur 7.M1P1.mx:2,S
histogram all --json
is "$(value 'bins[7]')" '(1, 2)' 'taken back: in the inbox, with its score'

# many, over threads, are the same as one by one
mkdir -p many/.Junk/cur many/.Junk/new many/.Junk/tmp many/cur many/tmp \
    many/new home/example.org
cp $alice/new/[1-5].M1P1.mx many/cur
cp $alice/new/[1-5].M1P1.mx many/.Junk/cur
for box in $(seq 1 40); do
	cp -r many "home/example.org/u$box"
done
histogram all --json --threads 1
cp "$OUT" one
histogram all --json --threads 8
ok 'by eight threads as by one' cmp one "$OUT"
is "$(value 'bins[None], bins[0]')" '((82, 80), (82, 80))' 'all are there'
histogram account --json --threads 8
is "$(sed 's/.*"mailbox":"\([^"]*\)".*/\1/' "$OUT")" \
    "$(sed 's/.*"mailbox":"\([^"]*\)".*/\1/' "$OUT" | sort)" 'in order'
is "$(wc -l <"$OUT")" 42 'an object each'

# a MAILDIR; and nothing to count
cp -r $alice Maildir
histogram account Maildir
prints '^Maildir$'
run mailkeep-spamscan -c conf --histogram all --user nobody@example.test
exits 66
one_line
says 'none of the 43 mailboxes has an account that is scanned.*, for --user$'
is "$(cat "$OUT")" '' 'nothing on stdout'
mkdir empty
run mailkeep-spamscan -c conf --histogram all empty
exits 66
one_line
says 'no mailbox found'
message none/new/1.M1P1.mx 0
histogram all none
is "$(cat "$OUT")" 'all accounts
0 with a score; without one: 1, and in Junk 0' 'nothing to draw'

# a name of a hostile mailbox
hostile=$(printf 'home/example.org/\033[2Jx')
cp -r $bob "$hostile"
histogram account
prints '^\\x1B\[2Jx@example.org$'
is "$(tr -d '\n -~' <"$OUT" | wc -c)" 0 'nothing but printable bytes'
rm -r "$hostile"

# a mail root that is a mailbox itself, which spells no address
scored home/new/1.M1P1.mx 9
histogram account
prints '^home$'
rm -r home/new home/cur home/tmp

# a full disk
if [ -c /dev/full ]; then
	mailkeep-spamscan -o sandbox=no -o "state-dir=$STATE" \
	    -o "lock-dir=$LOCK" -c conf --histogram all >/dev/full 2>"$ERR"
	is $? 75 'what could not be written is an error'
	one_line
else
	skip 'no /dev/full' 2
fi
done_testing
