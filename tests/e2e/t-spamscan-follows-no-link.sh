# A link, or something else, where a mailbox, its cur, its new or its Junk
# should be: nothing goes that way, other mail is not touched, and the run says
# what is wrong and moves what it can elsewhere.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

cat >conf <<'END'
mail-root = "home"
spamscan { trust "mx.example.test" { } }
END
here=$(pwd)
box=home/example.test/box good=home/example.test/good
for place in other other/.Junk; do
	scored -t 3h $place/new/1.M1P1.mx 9.0
	scored -t 3h $place/cur/2.M2P2.mx:2,S 9.0
	mkdir -p $place/tmp
done
snapshot other >other.before

fresh()
{
	rm -rf home "${STATE:?}"/*
	scored -t 3h $box/new/1.M1P1.mx 9.0
	scored -t 3h $box/cur/2.M2P2.mx:2,S 9.0
	scored -t 3h $good/new/3.M3P3.mx 9.0
}
# hostile STATUS NAME [RE]: the good one has gone, and nothing of the other
hostile()
{
	snapshot $box >before
	run mailkeep-spamscan -c conf
	exits "$1"
	[ $# = 2 ] || says "$3"
	ok "$2: the other mailbox is scanned" [ -e $good/.Junk/new/3.M3P3.mx ]
	same_tree other other.before
}
stays()
{
	same_tree -l before $box
}

fresh
rm -r $box/cur
ln -s "$here/other/cur" $box/cur
hostile 65 'cur a link' 'box/cur: not followed'
stays
fresh
rm -r $box/new
ln -s ../../../other/new $box/new
hostile 65 'new a link' 'box/new: not followed'
stays
fresh
rm -r $box/new
mkfifo $box/new
hostile 0 'new a FIFO: no mailbox'
stays
fresh
rm -r $box
ln -s "$here/other" $box
hostile 65 'the mailbox a link' 'box: not followed'
for target in "$here/other/.Junk" ../good /tmp "$here" nowhere; do
	fresh
	ln -s "$target" $box/.Junk
	hostile 65 ".Junk a link to $target" 'box: \.Junk: is a symbolic link'
	one_line
	stays
done
for sub in cur new; do
	fresh
	mkdir -p $box/.Junk/cur $box/.Junk/new $box/.Junk/tmp
	rmdir $box/.Junk/$sub
	ln -s "$here/other/.Junk/$sub" $box/.Junk/$sub
	hostile 65 ".Junk/$sub a link" "\.Junk/$sub: is a symbolic link"
	stays
done
fresh
: >$box/.Junk
hostile 65 '.Junk a file' '\.Junk: is no directory'
stays
fresh
mkdir -p $box/tmp
ln -s "$here/other/.Junk" $box/tmp/mailkeep.junk
hostile 65 'a link where Junk is made' 'mailkeep.junk is in the way'
stays
fresh
rmdir $box/tmp
ln -s "$here/other/tmp" $box/tmp
hostile 0 'tmp a link: no mailbox'
stays
fresh
: >outside
ln -s "$here/outside" $box/mailkeep.moved
hostile 65 'mailkeep.moved a link' 'mailkeep.moved: '
stays
is "$(wc -c <outside)" 0 'nothing was written there'
fresh
ln outside $box/mailkeep.moved
hostile 65 'mailkeep.moved another'"'"'s file' 'with one link'
stays
is "$(wc -c <outside)" 0 'nothing was written there'
fresh
ln -s "$here/outside" $box/mailkeep.ledger
hostile 65 'the ledger a link' 'mailkeep.ledger: '
is "$(wc -c <outside)" 0 'nothing was written there'
if small_disk disk 100k; then
	mkdir -p disk/cur disk/new disk/tmp
	fresh
	mkdir $box/.Junk
	mount --bind disk $box/.Junk && _mounts="$here/$box/.Junk $_mounts"
	hostile 65 'Junk on another disk' '\.Junk: .*another file system'
	stays
	umount $box/.Junk
	_mounts=${_mounts#"$here/$box/.Junk"}
else
	skip 'cannot mount' 5
fi

# While it runs, directories are exchanged for links to another's, and back.
rounds=25
[ "${MK_SLOW-}" = 1 ] && rounds=1000
scored -t 1h spam/new/1.M1P1.mx 9.0
cp "$SCORED" text
# swapped WHAT LINK TARGET
swapped()
{
	fresh
	mkdir -p $box/tmp $box/.Junk/cur $box/.Junk/new $box/.Junk/tmp
	ln -s "$3" "$2"
	# the real ones, whatever they are called
	exec 7<$box/new 8<$box/.Junk/new
	python3 "$TOP/tests/e2e/swap.py" "$1" "$2" &
	swapper=$!
	reap $swapper
	round=0 wrong=0
	while [ $round -lt $rounds ] && kill -0 $swapper 2>/dev/null; do
		round=$((round + 1))
		sed "s/^Subject: .*/Subject: round $round/" text \
		    >"/proc/self/fd/7/$round.M${round}P9.mx"
		run mailkeep-spamscan -c conf
		case $STATUS in
		0 | 65 | 74 | 75) ;;
		*)	wrong=$((wrong + 1)); diag "$STATUS: $(cat "$ERR")" ;;
		esac
	done
	_stop $swapper
	_forget $swapper
	is "$wrong of $round" "0 of $rounds" "$1: the run says what it met"
	same_tree other other.before
	moved=$(grep -lr '^Subject: round' /proc/self/fd/8/ | wc -l)
	left=$(grep -lr '^Subject: round' /proc/self/fd/7/ | wc -l)
	is $((moved + left)) $rounds 'none is lost'
	ok "$moved of $rounds were moved" [ "$moved" -gt 0 ]
	exec 7<&- 8<&-
}
python3 "$TOP/tests/e2e/swap.py" other.before spam &
swapper=$!
sleep 0.3
if ! kill -0 $swapper 2>/dev/null; then
	skip 'needs renameat2' 12
	done_testing
fi
_stop $swapper
_forget $swapper
[ -d spam ] || {
	mv spam file && mv other.before spam && mv file other.before
}
swapped $box home/example.test/x "$here/other"
swapped $box/new $box/x "$here/other/new"
swapped $box/.Junk $box/.x "$here/other/.Junk"
done_testing
