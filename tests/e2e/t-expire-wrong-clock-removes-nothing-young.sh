# The clock a year ahead or back, at any stage of a host's life: a run says so
# and removes nothing; when the clock is right again, all goes on by the truth.
. tests/e2e/lib.sh

cat >conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} older-than = "10d" }
	expire "junk" { folder = {"Junk"} older-than = "10d" age = "received" }
	expire "saved" { folder = {"Saved"} older-than = "10d" age = "saved" }
END
again()
{
	rm -rf mail "${STATE:?}"/*
	for folder in Trash Junk Saved; do
		message mail/a/.$folder/cur/1.young:2,S 1
		message mail/a/.$folder/new/2.young 1
	done
	message mail/a/.Junk/cur/3.old:2,S 40
}
all_there()
{
	for folder in Trash Junk Saved; do
		ok "$1: the young of $folder are there" [ -e \
		    mail/a/.$folder/cur/1.young:2,S -a -e \
		    mail/a/.$folder/new/2.young ]
	done
}
stopped()
{
	exits 75
	one_line
	says 'clock: it says .* nothing is done'
	all_there "$1"
}

# A host that has run: ahead, right, back, right.
again
run mailkeep-expire -c conf
exits 0
ok 'the old one goes' [ ! -e mail/a/.Junk/cur/3.old:2,S ]
message mail/a/.Junk/cur/4.old:2,S 40
snapshot mail >before
for wrong in +365d -365d +40d -40d; do
	at $wrong run mailkeep-expire -c conf
	stopped "$wrong"
	same_tree before mail
	at $wrong run mailkeep-expire -c conf --folder Trash --older-than 10d
	stopped "$wrong, by hand"
	at $wrong run mailkeep-expire -c conf --rule junk
	stopped "$wrong, --rule"
	run mailkeep-expire -c conf --plan plan
	at $wrong run mailkeep-expire -c conf --apply plan
	stopped "$wrong, --apply"
	same_tree before mail
done
run mailkeep-expire -c conf
exits 0
silent
all_there 'right again'
ok 'and what is due goes' [ ! -e mail/a/.Junk/cur/4.old:2,S ]

# The first run ever was a year back: its ledgers know no better, and wait.
again
at -365d run mailkeep-expire -c conf
exits 0
all_there 'first run a year back'
run mailkeep-expire -c conf
stopped 'then the right clock'
run mailkeep-expire -c conf --force
exits 0
all_there 'and --force'

# The first run ever was a year ahead, with nothing to remove: the ledger's
# times are of the files, not of that run.
again
at +365d run mailkeep-expire -c conf -n
exits 0
all_there 'a dry run a year ahead'
at +8d run mailkeep-expire -c conf
exits 0
all_there 'eight days later'
at +11d run mailkeep-expire -c conf
exits 0
for folder in Trash Junk Saved; do
	holds mail/a/.$folder/cur
	holds mail/a/.$folder/new
done

# Before 2001: a host without a clock.
again
at -12000d run mailkeep-expire -c conf
stopped 'no clock'
ok 'no ledger is written' [ -z "$(find mail -name 'mailkeep*')" ]
done_testing
