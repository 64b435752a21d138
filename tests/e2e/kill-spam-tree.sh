# tests/e2e/kill-spam-tree.sh - what kill-spamscan.py wants, in a directory of
# its own: the tree "pristine" and "conf".  After lib.sh and spam.sh.
#
# Mailboxes: a without Junk; b with one, in which a name is taken; c where half
# of one was left.
#
# shellcheck shell=sh

small_disk disk 100m || mkdir disk
cd disk || exit 1
mkdir -p pristine/state pristine/lock

# spam_box NAME SPAM: a message of its own each
spam_box()
{
	_box=pristine/mail/$1
	for _n in $2; do
		scored -t 1h "$_box/new/$_n.spam.$1" 9.0
		echo 'This is spam.' >>"$SCORED"
		scored -t 1h "$_box/cur/$_n.read.$1,S=777:2,Sa" 9.0
		echo 'This is spam.' >>"$SCORED"
	done
	touch -d '1 hour ago' "$_box"/new/* "$_box"/cur/*
	scored -t 1h "$_box/new/ham.$1" 1.0
	scored -t 1h "$_box/cur/ham.$1:2,S" 1.0
	scored -t 1h "$_box/tmp/tmp.$1" 9.0
	find "$_box/new" "$_box/cur" -type f -printf '%s %f\n' | awk '
	    { sum += $2 ~ /S=777/ ? 777 : $1 }
	    END { printf "0S\n%12d %12d\n", sum, NR }' >sum
	mv sum "$_box/maildirsize"
	chmod 700 "$_box"
}
spam_box a '1 2'
spam_box b '1 2'
scored -t 1h pristine/mail/b/.Junk/new/1.spam.b 9.0
scored -t 1h pristine/mail/b/.Junk/cur/1.read.b,S=777:2,S 9.0
chmod 700 pristine/mail/b/.Junk
spam_box c '1'
mkdir -p pristine/mail/c/.Junk/new
chmod 700 pristine/mail/c/.Junk
cat >conf <<-END
	mail-root = "live/mail"
	state-dir = "live/state"
	lock-dir  = "live/lock"
	metrics   = "live/state/metrics.prom"
	quota-ignore = "Junk"
	threads   = 1
	spamscan { trust "mx.example.test" { } }
END
