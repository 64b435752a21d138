# What was judged once is not opened again, and a pass that meets nothing new
# writes nothing.  A new limit is for new messages; --rescan asks anew.  What
# was old when it was first seen is left alone, then and later.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
traced=yes
[ "${MK_SANITIZE-}" = 1 ] && traced=no	# LeakSanitizer, and strace
[ -n "${MK_WRAP-}" ] && traced=no
strace -qq -o /dev/null true 2>/dev/null || traced=no

cat >conf <<'END'
mail-root = "home"
spamscan { trust "mx.example.test" { } }
END
alice=home/example.test/alice
scored -t 3h $alice/new/1.M1P1.mx 3.0
scored -t 3h $alice/cur/2.M2P2.mx:2,S 6.9
scored -t 3h $alice/cur/3.M3P3.mx:2,S 0.9
scored -t 3h $alice/new/4.M4P4.mx -
scored -t 8d $alice/new/5.M5P5.mx 20.0
scored -t 8d $alice/cur/1795.M6P6.mx:2,S 20.0
scored -t 6d $alice/cur/7.M7P7.mx:2, 20.0
scored -t 3h $alice/tmp/8.M8P8.mx 20.0
settled()
{
	holds $alice/new 1.M1P1.mx 4.M4P4.mx 5.M5P5.mx
	holds $alice/cur 2.M2P2.mx:2,S 3.M3P3.mx:2,S 1795.M6P6.mx:2,S
	holds $alice/tmp 8.M8P8.mx
	holds $alice/.Junk/cur 7.M7P7.mx:2, "$@"
	holds $alice/.Junk/new
}
# quiet [ARG ...]: a run that opens no message
quiet()
{
	if [ $traced = no ]; then
		run mailkeep-spamscan -c conf "$@"
		exits 0
		silent
		skip 'cannot trace it'
		return
	fi
	run strace -f -qq -o trace -e trace=open,openat,openat2 \
	    mailkeep-spamscan -o "state-dir=$STATE" -o "lock-dir=$LOCK" \
	    -c conf "$@"
	exits 0
	silent
	is "$(grep -E '"[^"]*M[0-9]P[0-9]' trace)" '' 'no message is opened'
}

run mailkeep-spamscan -c conf
exits 0
silent
settled
quiet
# by now the times of the directories are too old to hide a change
sleep 3.1
quiet
snapshot home >before.tree
quiet
quiet --user alice@example.test
settled
same_tree before.tree home		# times, too: nothing was written

# A new limit: the judged ones stay, a new one is judged by it.
quiet -o spamscan.limit=1
settled
scored -t 3h $alice/cur/9.M9P9.mx:2,S 3.0
if [ $traced = yes ]; then
	run strace -f -qq -o trace -e trace=open,openat,openat2 \
	    mailkeep-spamscan -o "state-dir=$STATE" -o "lock-dir=$LOCK" \
	    -c conf -o spamscan.limit=1
	is "$(grep -oE '"[^"]*M[0-9]P[0-9][^"]*"' trace | sort -u)" \
	    '"9.M9P9.mx:2,S"' 'the new one alone is opened'
else
	run mailkeep-spamscan -c conf -o spamscan.limit=1
	skip 'cannot trace it'
fi
exits 0
settled 9.M9P9.mx:2,S

# The same message by another name in the folder, as a flag makes it.
mv $alice/cur/2.M2P2.mx:2,S $alice/cur/2.M2P2.mx:2,FS
mv $alice/new/1.M1P1.mx $alice/cur/1.M1P1.mx:2,
quiet -o spamscan.limit=1
mv $alice/cur/2.M2P2.mx:2,FS $alice/cur/2.M2P2.mx:2,S
mv $alice/cur/1.M1P1.mx:2, $alice/new/1.M1P1.mx
quiet
settled 9.M9P9.mx:2,S

# --rescan, and --rescan -n
snapshot home >before
run mailkeep-spamscan -c conf -o spamscan.limit=1 --rescan -n
exits 0
prints 'new/1.M1P1.mx'
prints 'cur/2.M2P2.mx'
never_prints '[3-9].M|tmp/'
same_tree before home
run mailkeep-spamscan -c conf -o spamscan.limit=1 --rescan
exits 0
silent
holds $alice/new 4.M4P4.mx 5.M5P5.mx
holds $alice/cur 3.M3P3.mx:2,S 1795.M6P6.mx:2,S
holds $alice/.Junk/new 1.M1P1.mx
holds $alice/.Junk/cur 7.M7P7.mx:2, 9.M9P9.mx:2,S 2.M2P2.mx:2,S
holds $alice/tmp 8.M8P8.mx

# Too old at first sight: also with a longer max-age later, or a new time.
run mailkeep-spamscan -c conf -o spamscan.max-age=100d
exits 0
touch $alice/new/5.M5P5.mx
run mailkeep-spamscan -c conf
exits 0
holds $alice/new 4.M4P4.mx 5.M5P5.mx
holds $alice/cur 3.M3P3.mx:2,S 1795.M6P6.mx:2,S
# Young at first sight, and without a score then: asked again under other
# rules, however old it is by then.
at +20d run mailkeep-spamscan -c conf --rescan -o spamscan.limit=0.5
exits 0
ok 'that is counted from the first sight' [ -e $alice/.Junk/cur/3.M3P3.mx:2,S ]
done_testing
