# A disk that fills while archiving: nothing of that mailbox is removed, the
# others are done.  A disk that is full for ledger, index, metrics or plan: one
# line, a status, and no mail goes too soon.
. tests/e2e/lib.sh
small_disk tiny 64k || skip_all 'needs root, to mount a small file system'

again()
{
	rm -rf mail tiny/*
	for box in a b c; do
		message mail/$box/.Trash/cur/1.old:2,S 40
		message mail/$box/.Trash/cur/2.young:2,S 1
	done
	# This one does not fit, however it is packed.
	head -c 200000 /dev/urandom >mail/b/.Trash/cur/3.big:2,S
	touch -d '40 days ago' mail/b/.Trash/cur/3.big:2,S
}
cat >conf <<-END
	mail-root = "mail"
	threads = 1
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" archive = "tiny/archive" }
END

again
run mailkeep-expire -c conf
exits 75
one_line
says 'archive of b: .*No space left on device; nothing of it is removed'
holds mail/a/.Trash/cur 2.young:2,S
holds mail/b/.Trash/cur 1.old:2,S 2.young:2,S 3.big:2,S
holds mail/c/.Trash/cur 2.young:2,S
ok 'no part of an archive stays' \
    [ -z "$(find tiny -name '*.part' -o -name 'b.*')" ]
mkdir back
run mailkeep-expire -c conf --restore tiny/archive/* --to back
exits 0
holds back/a/.Trash/cur 1.old:2,S
holds back/c/.Trash/cur 1.old:2,S
holds back

# There is room again: the next run finishes.
mkdir room
run mailkeep-expire -c conf -o expire.trash.archive=room
exits 0
silent
holds mail/b/.Trash/cur 2.young:2,S

# Not even room for the smallest.
again
: >tiny/a
until ! head -c 4096 /dev/zero >>tiny/a 2>/dev/null; do
	:
done
snapshot mail >before
run mailkeep-expire -c conf
exits 75
says 'archive of a: .*No space left on device; nothing of it is removed'
same_tree before mail

# The whole mail root is full: mail goes, that is what it is for.
cat >conf <<-END
	mail-root = "tiny/mail"
	threads = 1
	expire "trash" { folder = {"Trash"} older-than = "10d" }
END
full()
{
	rm -rf tiny/*
	message tiny/mail/a/.Trash/cur/1.old:2,S 40
	message tiny/mail/a/.Trash/cur/2.old:2,S 40
	i=0
	while [ "$i" -lt 300 ] && : >"tiny/i$i"; do
		i=$((i + 1))
	done 2>/dev/null
	: >tiny/a
	until ! head -c 4096 /dev/zero >>tiny/a; do
		:
	done 2>/dev/null
}
full
run mailkeep-expire -c conf
exits 75
one_line
says 'tiny/mail/a/\.Trash.*mailkeep\.ledger: .*No space left on device'
holds tiny/mail/a/.Trash/cur 1.old:2,S 2.old:2,S
at +11d run mailkeep-expire -c conf
ok 'the mail goes by its timestamps, and that is said' [ "$STATUS" = 75 ]
holds tiny/mail/a/.Trash/cur
rm tiny/a
run mailkeep-expire -c conf --force
exits 0
silent

# State directory, metrics, plan.
cat >conf <<-END
	mail-root = "mail"
	threads = 1
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" }
END
again
rm mail/b/.Trash/cur/3.big:2,S
full
mkdir state
run mailkeep-expire -c conf -o state-dir=tiny
exits 75
one_line
says 'state-dir tiny: .*No space left on device'
holds mail/a/.Trash/cur 2.young:2,S
ok 'no litter' [ -z "$(find tiny -name '*.tmp')" ]
run mailkeep-expire -c conf --metrics tiny/m.prom
exits 75
one_line
says 'No space left on device'
again
rm mail/b/.Trash/cur/3.big:2,S
full
snapshot mail >before
run mailkeep-expire -c conf --plan tiny/plan
exits 75
one_line
says '^mailkeep-expire: --plan tiny/plan: .*: No space left on device$'
same_tree before mail
done_testing
