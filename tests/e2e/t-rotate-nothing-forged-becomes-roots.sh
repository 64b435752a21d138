# A user's directory, and a log in it that is root's: what root makes there is
# never a file that the user has open, or had before.  Nor does root take over,
# from a directory that all can write to, what another has put there.
. tests/e2e/lib.sh
[ "$(id -u)" = 0 ] || skip_all 'needs root'
for user in games nobody; do
	id $user >/dev/null 2>&1 || skip_all "needs user $user"
done
user()
{
	setpriv --reuid=games --regid=games --clear-groups -- "$@"
}
again()				# OWNER MODE
{
	rm -rf users
	rm -f "$STATE"/*
	mkdir users
	chown "$1" users
	chmod "$2" users
}
unforged()			# what of root's has a line of the user's?
{
	find users -type f -user root >roots
	while read -r _file; do
		case $_file in
		*.gz)	gzip -dc "$_file" ;;
		*)	cat "$_file" ;;
		esac
	done <roots >all 2>&1
	is "$(grep -c forged all)" 0 "nothing of root's is forged: $1"
	is "$(grep -c 'gzip:' all)" 0 "nor damaged: $1"
}

# He waits for each new file, and opens it by name while it is his.
if command -v python3 >/dev/null && [ "$(uname)" = Linux ] &&
    [ -z "${MK_WRAP-}" ]; then
	again games:games 755
	echo "$PWD/users/log root:root 644 9 * * ZN" >conf
	python3 "$TOP/tests/e2e/rotate-grab.py" "$PWD/users" \
	    "$(id -u games)" forged >had &
	grab=$!
	reap $grab
	while ! [ -e grabbing ] && kill -0 $grab 2>/dev/null; do
		sleep 0.1
	done
	for i in 1 2 3 4 5; do
		seq "${i}000000" "${i}099999" >users/log
		chmod 644 users/log
		run mailkeep-rotate -f conf -F
		exits 0
		silent
	done
	kill $grab
	wait $grab
	diag "he had $(cat had) files open"
	unforged 'by name'
	holds users log log.0.gz log.1.gz log.2.gz log.3.gz log.4.gz
	is "$(stat -c '%U %a' users/log users/log.* | sort -u)" 'root 644' \
	    'all are as the line says'
	is "$(gzip -dc users/log.4.gz | grep -vc newsyslog)" 100000 \
	    'and whole'
else
	skip 'needs python3 and inotify' 15
fi

# He puts the new log there, as if a run had been killed, and keeps it open.
# grep in DIR: the log is missing, which C makes anew.
planted()			# OWNER MODE, of the directory
{
	again "$1" "$2"
	echo "$PWD/users/log root:root 644 9 * * CNB" >conf
	echo 'an old line' >users/log.0
	# opened before it is his: see fs.protected_regular in proc(5)
	exec 3>>users/.log.mailkeep-new
	chown games:games users/.log.mailkeep-new
	run mailkeep-rotate -f conf -C
	exits 0
	silent
	echo forged >&3
	exec 3>&-
	unforged "planted in $1's, $2"
	is "$(stat -c '%U:%G %a %s' users/log)" 'root:root 644 0' 'the log'
	holds users log log.0
}
planted games:games 755
planted root:root 1777

# The owner of the line can make it where he is the directory's as well.
again games:games 755
echo "$PWD/users/log games:games 640 9 * * CNB" >conf
run mailkeep-rotate -f conf -C
exits 0
is "$(stat -c '%U:%G %a' users/log)" 'games:games 640' 'his own'
# The line names no group: his directory's, as where he makes it.
again games:games 755
echo "$PWD/users/log nobody: 640 9 * * CNB" >conf
run mailkeep-rotate -f conf -C
exits 0
is "$(stat -c '%U:%G %a' users/log)" 'nobody:games 640' 'for another'
# Where he may not make files root makes none for him.
again games:games 555
echo "$PWD/users/log root:root 644 9 * * CNB" >conf
run mailkeep-rotate -f conf -C
exits 77
one_line
holds users

# An emptied log: lines that another has put where what is left of it waits.
again root:root 1777
echo "$PWD/users/log 600 0 * * NB" >conf
echo 'a line' >users/log
chmod 600 users/log
run mailkeep-rotate -f conf -F -o rotate.compress-wait=0s
exits 0
user sh -c 'echo forged >users/.log.mailkeep-old.0; chmod 600 users/.l*'
echo 'another line' >>users/log
run mailkeep-rotate -f conf -F -o rotate.compress-wait=0s
exits 65
one_line
says 'users/\.log\.mailkeep-old\.0: can.t be what was written to log'
unforged 'an old file'
holds users log .log.mailkeep-old.0
user rm users/.log.mailkeep-old.0
# A file of root's that all could read not, moved there.
echo 'a secret' >users/.log.mailkeep-old.0
chmod 600 users/.log.mailkeep-old.0
chmod 644 users/log
run mailkeep-rotate -f conf -o rotate.compress-wait=0s
exits 65
one_line
is "$(grep -c secret users/log)" 0 'a secret stays one'
# What is the log's own is taken over there as elsewhere.
chmod 600 users/log
run mailkeep-rotate -f conf -o rotate.compress-wait=0s
exits 0
silent
is "$(cat users/log)" 'a secret' 'an old file of the same owner and mode'
holds users log
done_testing
