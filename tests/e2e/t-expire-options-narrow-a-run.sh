# --rule, --user and MAILDIR arguments narrow a run; --folder makes one
# without any configuration; what they do not name stays.
. tests/e2e/lib.sh

for user in example.org/alice example.org/bob example.net/alice; do
	message "tree/$user/.Trash/cur/1.M1P1.mx:2,S" 40
	message "tree/$user/.Junk/cur/2.M2P2.mx:2,S" 40
	message "tree/$user/cur/3.M3P3.mx:2,S" 40
done
cat >conf <<'END'
mail-root = "home"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
expire "junk" { folder = {"Junk"} older-than = "10d" age = "received" }
END

# after ARG ...: a run with these arguments, on the tree as it was
after()
{
	rm -rf home "${STATE:?}"/*
	cp -a tree home
	run mailkeep-expire "$@"
}
# gone WANT: these files went, and no others
gone()
{
	exits 0
	is "$(cat "$OUT" "$ERR")" '' 'silent'
	(cd tree && find . -type f | sort) >before
	(cd home && find . -type f ! -name mailkeep.ledger | sort) >rest
	is "$(comm -23 before rest | sed 's,^\./\(.*\)/[^/]*/[^/]*$,\1,' |
	    tr '\n' ' ')" "$1" "$_what: what went"
}

after -c conf --rule junk
gone 'example.net/alice/.Junk example.org/alice/.Junk example.org/bob/.Junk '
after -c conf --rule jnk
exits 64
one_line
says '--rule: .* expire "jnk"; did you mean "junk"\?'
same_tree tree home
after -c conf --rule zzzzzzzz
exits 64
one_line
never_says 'did you mean'
same_tree tree home
after -c conf --user example.org/alice
gone 'example.org/alice/.Junk example.org/alice/.Trash '
after -c conf --user 'alice@*' --rule trash
gone 'example.net/alice/.Trash example.org/alice/.Trash '
after -c conf --user 'example.net/*' --user bob@example.org --rule trash
gone 'example.net/alice/.Trash example.org/bob/.Trash '
after -c conf --user nobody@example.org
exits 66
one_line
says 'nothing matched.*--user'
same_tree tree home

# MAILDIRs, below the mail root and outside.
after -c conf home/example.org/bob
gone 'example.org/bob/.Junk example.org/bob/.Trash '
after -c conf "$PWD/home/example.org/bob/" home/example.net/alice --rule trash
gone 'example.net/alice/.Trash example.org/bob/.Trash '
after -c conf home/example.org
gone 'example.org/alice/.Junk example.org/alice/.Trash '\
'example.org/bob/.Junk example.org/bob/.Trash '
after -c conf home --rule trash
gone 'example.net/alice/.Trash example.org/alice/.Trash example.org/bob/.Trash '
after -c conf --user 'alice@*' home/example.org
gone 'example.org/alice/.Junk example.org/alice/.Trash '
cp -a tree other
after -c conf other/example.org/bob home/example.org/alice --rule junk
gone 'example.org/alice/.Junk '
holds other/example.org/bob/.Junk/cur
holds other/example.org/bob/.Trash/cur 1.M1P1.mx:2,S
holds other/example.org/alice/.Junk/cur 2.M2P2.mx:2,S
mkdir empty
after -c conf empty
exits 66
one_line
says 'empty: no mailbox found'
after -c conf home/example.org/alice missing
exits 66
one_line
says 'missing: No such file'
same_tree tree home
after -c conf conf
ok 'a file is no mailbox' [ "$STATUS" != 0 ]
one_line
says 'conf: '
same_tree tree home
# A MAILDIR that is a link is what it points to.
ln -s home/example.org/bob link
after -c conf link --rule junk
gone 'example.org/bob/.Junk '
# fs folders of a mailbox named as such.
message fs/cur/1.M1P1.mx:2,S 40
message fs/Trash/cur/1.M1P1.mx:2,S 40
run mailkeep-expire -c conf fs
exits 0
holds fs/Trash/cur
holds fs/cur 1.M1P1.mx:2,S

# Without a configuration; the command line says enough.
after -o mail-root=home --folder Trash --older-than 10d --age received
gone 'example.net/alice/.Trash example.org/alice/.Trash example.org/bob/.Trash '
after --folder Trash --folder Junk --older-than 10d --age received \
    home/example.org/bob
gone 'example.org/bob/.Junk example.org/bob/.Trash '
after --folder Trash --older-than 50d --age received home/example.org/bob
gone ''
after --folder Trash --older-than 10d home/example.org/bob
gone ''
after --folder=Trash --older-than=0s home/example.org/bob
gone 'example.org/bob/.Trash '
after --folder INBOX --older-than 10d --age name home/example.org/bob
gone 'example.org/bob '
# ... even where no state can be kept
after -o state-dir=/proc/no -o lock-dir=/proc/no --folder Trash \
    --older-than 0s home/example.org/bob
gone 'example.org/bob/.Trash '

# As many threads as wanted: the same.
all='example.net/alice/.Trash example.org/alice/.Trash '
all="${all}example.org/bob/.Trash "
for n in 1 2 7 64; do
	after -c conf --threads $n --rule trash
	gone "$all"
done
done_testing
