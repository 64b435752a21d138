# --plan writes what is due and removes nothing; --apply removes exactly that,
# asking each message again; a plan that is damaged or another root's is
# refused whole.
. tests/e2e/lib.sh

cat >conf <<'END'
mail-root = "home"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
expire "cap" { folder = {"Junk"} max-messages = 1 age = "received" }
expire "stray" { path = "new" older-than = "0s" age = "received" }
END
trash=example.org/alice/.Trash
message tree/$trash/cur/1.M1P1.mx:2,S 40
message tree/$trash/cur/2.M2P2.mx:2,S 40
message tree/$trash/cur/3.M3P3.mx:2,S 40
message "tree/$trash/cur/4.M4	\\P4
.mx:2,S" 40
message tree/$trash/new/5.M5P5.mx 40
message tree/$trash/cur/6.M6P6.mx:2,S 1
message tree/bob/Junk/cur/7.M7P7.mx:2,S 2
message tree/bob/Junk/cur/8.M8P8.mx:2,S 1
message tree/bob/cur/9.M9P9.mx:2,S 40
file tree/new/10.M10P10.mx 1
cp -a tree home

run mailkeep-expire -c conf --plan plan
exits 0
silent
same_tree tree home
is "$(ls -A "$STATE")" '' '--plan writes no state'
is "$(wc -l <plan)" 8 'a header and seven messages'
is "$(head -n 1 plan | cut -f 1,2)" 'mailkeep-expire plan 1	home' 'the header'
is "$(cut -f 9 plan | sed 1d | LC_ALL=C sort)" \
    '1.M1P1.mx:2,S
10.M10P10.mx
2.M2P2.mx:2,S
3.M3P3.mx:2,S
4.M4\t\\P4\n.mx:2,S
5.M5P5.mx
7.M7P7.mx:2,S' 'what is due'

# fresh: the tree as it was when the plan was made
fresh()
{
	rm -rf home "${STATE:?}"/*
	cp -a tree home
}
# refused STATUS RE: the plan "bad" is, and nothing is touched
refused()
{
	run mailkeep-expire -c conf --apply bad
	exits "$1"
	one_line
	says "$2"
	same_tree tree home
}

head -c -1 plan >bad
refused 65 'bad:8: the plan is cut short'
head -n 4 plan | head -c -20 >bad
refused 65 'bad:4: the plan is cut short'
: >bad
refused 65 'bad: is empty, no plan'
sed '1s/	home/	elsewhere/' plan >bad
refused 65 'bad:1: is for the mail root elsewhere, not for home'
sed '1s/plan 1/plan 2/' plan >bad
refused 65 'bad:1: is no plan of this version'
sed 1d plan >bad
refused 65 'bad:1: is no plan'
sed '3s/^cap/cup/' plan >bad
refused 65 'bad:3: rule "cup" is not in the configuration'
sed '4s/	[^	]*$//' plan >bad
refused 65 'bad:4: is no line of a plan'
sed '$s,	[^	]*$,	../../bob/cur/9.M9P9.mx:2\,S,' plan >bad
refused 65 'bad:8: is no line of a plan'
cp tree/bob/cur/9* bad
refused 65 'bad:1: '
printf '%s\n' 'mailkeep-expire plan 1	home	0' \
    'trash	age	0	1	../tree	maildir++	.Trash	cur	x' >bad
run mailkeep-expire -c conf --apply bad
ok 'a mailbox above the root: refused' [ "$STATUS" != 0 ]
one_line
same_tree tree home
run mailkeep-expire -c conf --apply missing
exits 66
says 'missing: No such file'
run mailkeep-expire -c conf -o mail-root=tree --apply plan
exits 65
same_tree tree home

# Applied as it is.
run mailkeep-expire -c conf --apply plan -n --list
exits 0
is "$(wc -l <"$OUT")" 7 '-n shows what --apply would remove'
same_tree tree home
run mailkeep-expire -c conf --apply plan
exits 0
silent
holds home/$trash/cur 6.M6P6.mx:2,S
holds home/$trash/new
holds home/bob/Junk/cur 8.M8P8.mx:2,S
holds home/bob/cur 9.M9P9.mx:2,S
holds home/new
# Once more: all is gone, and that is no error.
run mailkeep-expire -c conf --apply plan
exits 0
silent

# Lines taken out stay; messages changed meanwhile are asked again: starred,
# read, moved out, replaced by a younger one.
fresh
grep -v '	2.M2P2' plan >bad
mv home/$trash/cur/1.M1P1.mx:2,S home/$trash/cur/1.M1P1.mx:2,FS
mv home/$trash/new/5.M5P5.mx home/$trash/cur/5.M5P5.mx:2,S
mv home/$trash/cur/3.M3P3.mx:2,S home/bob/cur/3.M3P3.mx:2,S
touch home/$trash/cur/4*
run mailkeep-expire -c conf --apply bad --json
exits 0
holds home/$trash/cur 1.M1P1.mx:2,FS 2.M2P2.mx:2,S 6.M6P6.mx:2,S "4.M4	\\P4
.mx:2,S"
holds home/$trash/new
holds home/bob/cur 3.M3P3.mx:2,S 9.M9P9.mx:2,S
holds home/bob/Junk/cur 8.M8P8.mx:2,S
holds home/new
is "$(python3 -c '
import json, sys
total = json.load(open(sys.argv[1]))["total"]
print(total["removed"], total["failed"])' "$OUT")" '3 0' 'three went'

# A rule that has changed decides as it is now.
fresh
sed 's/"10d"/"50d"/' conf >conf.new
run mailkeep-expire -c conf.new --apply plan
exits 0
holds home/$trash/cur 1.M1P1.mx:2,S 2.M2P2.mx:2,S 3.M3P3.mx:2,S \
    6.M6P6.mx:2,S "4.M4	\\P4
.mx:2,S"
holds home/$trash/new 5.M5P5.mx
holds home/bob/Junk/cur 8.M8P8.mx:2,S

# Nor may a line name a place that its rule does not watch, or no more.
fresh
# forged LINE: refused
forged()
{
	{
		head -n 1 plan
		printf "%b\n" "$1"
	} >bad
	refused 65 'bad:2: rule "[a-z]*" does not watch .*; make the plan anew'
}
forged 'trash\tage\t0\t1\tbob\tfs\t\tcur\t9.M9P9.mx:2,S'
forged 'trash\tage\t0\t1\texample.org/alice\tmaildir++\t.Trash\ttmp\tx'
forged 'stray\tage\t0\t1\tbob\tfs\t\tcur\t9.M9P9.mx:2,S'
forged 'stray\tage\t0\t1\t\tplain\tbob/cur\t.\t9.M9P9.mx:2,S'
# Nor for a cap, which asks for no age, where the rule has none.
{
	head -n 1 plan
	sed -n '2,$s/	age	/	cap	/p' plan
} >bad
refused 65 'bad:2: rule "[a-z]*" has no cap; make the plan anew'
sed 's/{"Trash"}/{"Trash"} account = {"bob"}/' conf >conf.new
run mailkeep-expire -c conf.new --apply plan
exits 65
one_line
says 'plan:4: rule "trash" does not watch example.org/alice/.Trash; make the'
same_tree tree home

# By the time in the folder: the ledger is asked.
echo 'mail-root = "box" expire "trash" { folder = {"Trash"}
    older-than = "10d" }' >conf
message box/.Trash/cur/1.M1P1.mx:2,S 40
message box/.Trash/cur/2.M2P2.mx:2,S 40
run mailkeep-expire -c conf
exits 0
at +11d run mailkeep-expire -c conf --plan plan
exits 0
is "$(wc -l <plan)" 3 'two are due'
run mailkeep-expire -c conf --apply plan
exits 0
holds box/.Trash/cur 1.M1P1.mx:2,S 2.M2P2.mx:2,S
# Taken back and trashed anew before the plan is applied.
mv box/.Trash/cur/1.M1P1.mx:2,S box/cur/1.M1P1.mx:2,S
at +11d run mailkeep-expire -c conf
exits 0
holds box/.Trash/cur
mv box/cur/1.M1P1.mx:2,S box/.Trash/cur/1.M1P1.mx:2,S
at +11d run mailkeep-expire -c conf
at +12d run mailkeep-expire -c conf --apply plan
exits 0
holds box/.Trash/cur 1.M1P1.mx:2,S
done_testing
