# tests/e2e/kill-tree.sh - what kill.py wants, in a directory of its own: the
# tree "pristine", "due" and "conf".  After lib.sh; $BOXES mailboxes.
#
# shellcheck shell=sh

small_disk disk 100m || mkdir disk
cd disk || exit 1
mkdir -p pristine/state pristine/lock pristine/archive
for box in ${BOXES:-a b}; do
	for folder in Trash Junk; do
		dir=pristine/mail/$box/.$folder
		message "$dir/cur/1.due:2,S" 40
		message "$dir/cur/2.due,S=777:2,RS" 10
		message "$dir/cur/3.starred:2,FS" 40
		message "$dir/new/4.due" 40
	done
	message "pristine/mail/$box/.Trash/cur/5.young:2,S" 9
	message "pristine/mail/$box/cur/6.inbox:2,S" 400
	find "pristine/mail/$box" -type f -printf '%s\n' | awk '
	    { sum += $1 } END { printf "0S\n%12d %12d\n", sum, NR }' >sum
	mv sum "pristine/mail/$box/maildirsize"
done
(cd pristine/mail && find . -name '*.due*' -printf '%P\0') >due
cat >conf <<-END
	mail-root = "live/mail"
	state-dir = "live/state"
	lock-dir  = "live/lock"
	metrics   = "live/state/metrics.prom"
	threads   = 1
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" archive = "live/archive" }
	expire "junk" { folder = {"Junk"} older-than = "0s"
	    age = "in-folder" archive = "live/archive" }
END
