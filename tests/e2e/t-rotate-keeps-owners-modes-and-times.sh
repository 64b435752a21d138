# The new log has the owner and group of the old one where the line names none,
# or one half of them, and the line's mode, whatever the umask; what is
# compressed keeps the owner, mode and time of what was rotated, and moving on
# changes none of them; no log is made setuid, or for the world by accident.
. tests/e2e/lib.sh

[ "$(id -u)" = 0 ] || skip_all 'needs root'
for user in games mail; do
	id $user >/dev/null 2>&1 || skip_all "needs user $user"
done
logs=$PWD/logs
again()
{
	rm -rf logs
	rm -f "$STATE"/*
	mkdir logs
	for log in none user group both dot; do
		echo "line of $log" >logs/$log
		chown games:mail logs/$log
		chmod 604 logs/$log
		touch -d '2026-02-03 04:05:06.789 UTC' logs/$log
	done
}
cat >conf <<-END
	$logs/none			640 3 * * ZNB
	$logs/user	mail:		600 3 * * JNB
	$logs/group	:games		666 3 * * XNB
	$logs/both	8:60		000 3 * * NB
	$logs/dot	root.root	777 3 * * ZNB
END
# look NAME WANT
look()
{
	is "$(TZ=UTC stat -c '%U:%G %a %h' "logs/$1")" "$2" "$1: $2"
}
for mask in 022 077 000; do
	again
	(umask $mask
	run mailkeep-rotate -f conf -F
	exit "$STATUS") || flunk "a run with umask $mask"
	look none 'games:mail 640 1'
	look user 'mail:mail 600 1'
	look group 'games:games 666 1'
	look both 'mail:games 0 1'
	look dot 'root:root 777 1'
	for file in none.0.gz user.0.bz2 group.0.xz both.0 dot.0.gz; do
		look $file 'games:mail 604 1'
		is "$(TZ=UTC stat -c %y logs/$file)" \
		    '2026-02-03 04:05:06.789000000 +0000' "$file has its time"
	done
done
stat -c '%U:%G %a %Y %Z' logs/none.0.gz >before
for log in none user group both dot; do
	echo more >>logs/$log
done
run mailkeep-rotate -f conf -F
exits 0
silent
is "$(stat -c '%U:%G %a %Y' logs/none.1.gz)" \
    "$(sed 's/ [0-9]*$//' before)" 'and so it is when it moves on'
look none.0.gz 'games:mail 640 1'
look both.0 'mail:games 0 1'
look none 'games:mail 640 1'

# Only the permission bits are taken over.
again
chmod 6604 logs/none
run mailkeep-rotate -f conf -F
exits 0
look none 'games:mail 640 1'
look none.0.gz 'games:mail 604 1'
done_testing
