# Mail that changes between plan and removal: a message marked read goes under
# its new name, one starred or moved out or replaced stays, and the quota is
# right in the end.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'LeakSanitizer and strace do not mix'
[ -n "${MK_WRAP-}" ] && skip_all 'runs under strace'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'needs strace'

make_tree()
{
	rm -rf mail outside archive
	mkdir -p outside archive
	file outside/victim 400
	for name in cur/1.first:2,S cur/2.read:2, cur/3.star:2,S \
	    cur/4.out:2,S cur/5.gone:2,S cur/7.replaced:2,S cur/8.dir:2,S \
	    cur/9.link:2,S cur/91.last:2,S new/6.unseen new/92.starred; do
		message "mail/a/.Trash/$name" 40
	done
	message mail/a/cur/inbox:2,S 40
	size=$(stat -c %s mail/a/cur/inbox:2,S)
	printf '0S\n%d 12\n' $((12 * size)) >mail/a/maildirsize
	cat >conf <<-END
		mail-root = "mail"
		state-dir = "$STATE"
		lock-dir  = "$LOCK"
		threads   = 1
		expire "trash" { folder = {"Trash"} older-than = "10d"
		    age = "received" $1 }
	END
}

# What users do meanwhile.
change()
{
	cur=mail/a/.Trash/cur
	mv "$cur/2.read:2," "$cur/2.read:2,RS"
	mv "$cur/3.star:2,S" "$cur/3.star:2,FS"
	mv "$cur/4.out:2,S" mail/a/cur/4.out:2,S
	rm "$cur/5.gone:2,S"
	mv mail/a/.Trash/new/6.unseen "$cur/6.unseen:2,S"
	mv mail/a/.Trash/new/92.starred "$cur/92.starred:2,F"
	rm "$cur/7.replaced:2,S" "$cur/8.dir:2,S" "$cur/9.link:2,S"
	message "$cur/7.replaced:2,S" 1
	message "$cur/8.dir:2,S/inside" 400
	ln -s "$PWD/outside/victim" "$cur/9.link:2,S"
	# ... the IMAP server counts what it does: 5, 8 and 9 have gone
	printf '%d -3\n' $((-3 * size)) >>mail/a/maildirsize
}

check()
{
	holds mail/a/.Trash/cur 3.star:2,FS 7.replaced:2,S 9.link:2,S \
	    92.starred:2,F
	holds mail/a/.Trash/cur/8.dir:2,S inside
	holds mail/a/.Trash/new
	holds mail/a/cur inbox:2,S 4.out:2,S
	holds outside victim
	is "$(awk 'NR > 1 { b += $1; n += $2 } END { print b, n }' \
	    mail/a/maildirsize)" "$((5 * size)) 5" 'the quota is right'
}

# stopped_at CALL N CMD: run until just after the Nth CALL; CMD; go on.
stopped_at()
{
	rm -f trace
	start strace -f -qq -o trace -e "trace=$1" \
	    -e "inject=$1:signal=SIGSTOP:when=$2" mailkeep-expire -c conf
	tries=0
	until grep -q 'stopped by SIGSTOP' trace 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || _die 'it does not stop'
		sleep 0.01
	done
	"$3"
	pkill -CONT -P "$PID"
	finish
	_what="stopped at $1"
}

message mail/x/.Trash/cur/1 1	# so that the tree is no first one
make_tree ''
stopped_at unlinkat 1 change
exits 0
silent
check

# The archive is there for good, nothing has gone yet: the third fsync is that
# of its directory.
make_tree 'archive = "archive"'
stopped_at fsync 3 change
exits 0
silent
ok 'the first is removed last of all' [ ! -e mail/a/.Trash/cur/1.first:2,S ]
check
run mailkeep-expire -c conf --restore archive/*
exits 0
ok 'the undo' [ -e mail/a/.Trash/cur/1.first:2,S ]

# A message put in place of another, old enough too, is not what was archived
# (and may well get the other's inode).
make_tree 'archive = "archive"'
replace()
{
	rm mail/a/.Trash/cur/7.replaced:2,S
	message mail/a/.Trash/cur/y 41
	mv mail/a/.Trash/cur/y mail/a/.Trash/cur/7.replaced:2,S
}
stopped_at fsync 3 replace
holds mail/a/.Trash/cur 7.replaced:2,S

# --plan, and --apply when all that has happened.
make_tree ''
run mailkeep-expire -c conf --plan plan
exits 0
is "$(wc -l <plan)" 12 'all are in the plan'
change
rm mail/a/.Trash/cur/1.first:2,S
printf '%d -1\n' "-$size" >>mail/a/maildirsize
run mailkeep-expire -c conf --apply plan
exits 0
silent
check
done_testing
