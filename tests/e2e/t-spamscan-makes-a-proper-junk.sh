# Junk is made where it is missing or lacks something: a whole folder in the
# mailbox's layout, with the modes and, by root, the owner of the mailbox.  The
# quota loses what goes where it does not count.
#
# shellcheck disable=SC2086	# no path here has a blank
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

cat >conf <<'END'
mail-root = "home"
spamscan { trust "mx.example.test" { } }
END
group=$(id -gn) user=$(id -un)
[ "$(id -u)" != 0 ] || user=daemon group=mail

# box NAME MODE: a mailbox with one spam in new and one in cur, and a ham.
box()
{
	box=home/example.test/$1
	scored -t 3h $box/new/1.M1P1.mx 8.0
	scored -t 3h $box/cur/2.M2P2.mx,S=1000:2,S 8.0
	scored -t 3h $box/new/3.M3P3.mx 1.0
	chmod "$2" $box $box/cur $box/new $box/tmp
	chown -R "$user:$group" $box
}
directories()
{
	(cd "$1" && find . -type d -printf '%p %m %u:%g\n' | sort)
}
# proper PLACE MODE [FILE ...]: it is like the mailbox
proper()
{
	_place=$1 _mode=$2
	shift 2
	is "$(directories $box/$_place)" "$(for _sub in '' /cur /new /tmp; do
		echo ".$_sub $_mode $user:$group"
	done)" "$box/$_place: directories as those of its mailbox"
	holds $box/$_place "$@"
	holds $box/$_place/cur 2.M2P2.mx,S=1000:2,S
	holds $box/$_place/new 1.M1P1.mx
	holds $box/$_place/tmp
	holds $box/new 3.M3P3.mx
	holds $box/cur
	is "$(find $box/tmp -mindepth 1)" '' 'nothing is left in tmp'
}

# Modes, whatever the umask is
for mode in 700 770 2770 755; do
	box u$mode $mode
	umask 077
	run mailkeep-spamscan -c conf
	umask 022
	exits 0
	silent
	proper .Junk $mode maildirfolder
	is "$(stat -c '%s %U:%G' $box/.Junk/maildirfolder)" "0 $user:$group" \
	    'maildirfolder is empty, and the user'"'"'s'
done
is "$(stat -c %a home/example.test/u770/.Junk/maildirfolder)" 660 \
    'its mode is that of the mailbox'

# What it lacks is added, to what was there no more.
box lacks 700
mkdir $box/.Junk $box/.Junk/cur
file $box/.Junk/dovecot.index 3d
chmod 700 $box/.Junk $box/.Junk/cur
chown -R "$user:$group" $box
run mailkeep-spamscan -c conf
exits 0
silent
proper .Junk 700
is "$(ls $box/.Junk)" "$(printf '%s\n' cur dovecot.index new tmp)" 'no more'

# What a killed run left in tmp is used, or goes.
box left 700
mkdir -p $box/tmp/mailkeep.junk/cur
run mailkeep-spamscan -c conf
exits 0
silent
proper .Junk 700 maildirfolder
mkdir -p $box/tmp/mailkeep.junk/new
scored -t 3h $box/new/4.M4P4.mx 8.0
chown -R "$user:$group" $box
run mailkeep-spamscan -c conf
exits 0
silent
holds $box/.Junk/new 1.M1P1.mx 4.M4P4.mx
is "$(find $box/tmp -mindepth 1)" '' 'it has gone'

# The layout fs: beside the others; and a folder in folders
box fs 750
mkdir -p $box/Work/cur $box/Work/new $box/Work/tmp
chown -R "$user:$group" $box
run mailkeep-spamscan -c conf
exits 0
silent
proper Junk 750
box fs2 750
mkdir -p $box/Work/cur $box/Work/new $box/Work/tmp
chown -R "$user:$group" $box
run mailkeep-spamscan -c conf -o spamscan.junk-folder=Filtered/Spam
exits 0
silent
proper Filtered/Spam 750
is "$(ls $box/Filtered)" "$(printf '%s\n' Spam cur new tmp)" \
    'the one above is a folder, too'
is "$(stat -c '%a %U:%G' $box/Filtered)" "750 $user:$group" 'and is alike'
box deep 750
run mailkeep-spamscan -c conf -o spamscan.junk-folder=Filtered/Spam
exits 0
silent
proper .Filtered.Spam 750 maildirfolder
is "$(ls -A $box)" "$(printf '%s\n' .Filtered.Spam cur mailkeep.ledger \
    mailkeep.moved new tmp)" 'in Maildir++ nothing is above it'

# Quota: a line where the one folder counts and the other does not.
box quota 700
printf '1048576S\n       9000           12\n' >$box/maildirsize
cp -p $box/maildirsize $box/maildirsize.was
size=$(stat -c %s $box/new/1.M1P1.mx)
run mailkeep-spamscan -c conf
exits 0
ok 'Junk counts: no line' cmp $box/maildirsize $box/maildirsize.was
mv $box/.Junk/new/1.M1P1.mx $box/.Junk/cur/2.* $box/new/
rm -r $box/mailkeep.* $box/.Junk
run mailkeep-spamscan -c conf -o quota-ignore=Junk
exits 0
silent
is "$(tail -n +3 $box/maildirsize)" "-$((size + 1000)) -2" \
    'Junk does not: one line for both, by their sizes'
run mailkeep-spamscan -c conf -o quota-ignore=Junk
exits 0
is "$(wc -l <$box/maildirsize)" 3 'and no other'
box noquota 700
run mailkeep-spamscan -c conf -o quota-ignore=Junk
exits 0
silent
ok 'none is made' [ ! -e $box/maildirsize ]
done_testing
