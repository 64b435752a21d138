# A link, a hard link, a FIFO, a device, a socket or a directory as a log, as
# its directory or as one of the files made beside it: one line, its status,
# nothing behind it read, written, given away or moved; the logs beside it are
# rotated by the same run.  The directory is a user's, and root rotates.
. tests/e2e/lib.sh

[ "$(id -u)" = 0 ] || skip_all 'needs root'
id games >/dev/null 2>&1 || skip_all 'needs user games'

users=$PWD/users
mkdir -m 700 root
echo 'a secret' >root/secret
chmod 600 root/secret
touch -d '2026-01-01' root/secret root
mkdir root/dir
echo 'a log of root' >root/dir/log
echo 'a log of root' >root/dir/second
cat >conf <<-END
	$users/dir/log 644 3 * * ZN
	$users/good 644 3 * * ZN
	$users/dir/second games:games 640 3 * * N
END
again()
{
	rm -rf users
	rm -f "$STATE"/*
	mkdir -p users/dir
	for log in dir/log good dir/second; do
		echo "line of $log" >users/$log
	done
	chown -R games:games users
	snapshot root >before
}
# refused STATUS RE: one line, root's files as they were, the others rotated
refused()
{
	run mailkeep-rotate -f conf -F
	exits "$1"
	one_line
	says "$2"
	same_tree before root
	ok 'the log beside it was rotated' test -f users/good.0.gz
	ok 'nothing of the secret has come out' \
	    not grep -rqs 'a secret' users
	is "$(find users -user root | wc -l)" "${3-0}" \
	    "nothing of root's lies among the user's"
}
user()
{
	setpriv --reuid=games --regid=games --clear-groups -- "$@"
}

# ---- in the log's place
again
user ln -sf "$PWD/root/secret" users/dir/log
refused 65 'users/dir/log: is no regular file; left alone'
ok 'the link is there' test -L users/dir/log
holds users/dir log second second.0
again
rm users/dir/log
ln root/secret users/dir/log	# as a user could without protected_hardlinks
snapshot root >before
run mailkeep-rotate -f conf -F
exits 65
one_line
says 'users/dir/log: has (2 names|another name)'
same_tree before root
holds users/dir log second second.0
ok 'the log beside it was rotated' test -f users/good.0.gz
# The same as if it were in the midst of being rotated.
rm users/dir/second* users/good.0.gz
ln root/secret users/dir/log.0
snapshot root >before
run mailkeep-rotate -f conf -F
exits 65
says 'users/dir/log: has 3 names'
same_tree before root
holds users/dir log log.0
rm users/dir/log users/dir/log.0
# and after it has been refused, and is repaired, it is not due by itself
echo 'a new line' >users/dir/log
chown games users/dir/log
run mailkeep-rotate -f conf
exits 0
silent
holds users/dir log
again
user rm users/dir/log
user mkfifo users/dir/log
refused 65 'users/dir/log: is no regular file; left alone'
holds users/dir log second second.0
again
user rm users/dir/log
mknod users/dir/log c 1 3
refused 65 'users/dir/log: is no regular file; left alone' 1
again
user rm users/dir/log
user mkdir users/dir/log
refused 65 'users/dir/log: is no regular file; left alone'
again
user rm users/dir/log
python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' users/dir/log
chown games users/dir/log
refused 65 'users/dir/log: is no regular file; left alone'

# ---- in the directory's place: two logs in it, a line for each
twice()
{
	again
	rm -r users/dir
	user "$@"
	run mailkeep-rotate -f conf -F
	exits "$_status"
	is "$(grep -Ec "$_re" "$ERR")" 2 "says twice: $_re"
	is "$(wc -l <"$ERR")" 2 'and no more'
	same_tree before root
	ok 'the log beside it was rotated' test -f users/good.0.gz
}
_status=65 _re='users/dir is a link that others than root could have put there'
twice ln -s "$PWD/root/dir" users/dir
_re='users/dir is no directory|users/dir/.*Not a directory'
twice touch users/dir

# ---- in the place of what is made beside it: a name may go, which the user
# could take away himself, but no file, and no link is followed
roots()
{
	snapshot root | sed 's/ [0-9]* links//'
}
beside()
{
	for _what in link hard dir fifo; do
		again
		case $_what in
		link)	user ln -s "$PWD/root/secret" "users/dir/$1" ;;
		hard)	ln root/secret "users/dir/$1" ;;
		dir)	user mkdir -p "users/dir/$1/sub" ;;
		fifo)	user mkfifo "users/dir/$1" ;;
		esac
		roots >before
		run mailkeep-rotate -f conf -F
		case $STATUS in
		0)	silent ;;
		65 | 73 | 74 | 75 | 77) one_line ;;
		*)	exits 0 ;;
		esac
		case $1-$_what in
		log.0-link | log.0-dir | log.0-fifo)
			says 'log\.0: stands where the log is to go, and is no' ;;
		esac
		roots >after
		same_tree before after
		find users/dir -type f -name 'log*' -links 1 \
		    -exec gzip -dcf {} + >all
		is "$(grep -c 'line of dir/log' all)" 1 \
		    "$1 as a $_what: no line is lost"
		is "$(grep -Ec 'a secret|a log of root' all)" 0 'none comes in'
		ok 'the log beside it was rotated' test -f users/good.0.gz
		# The user takes it away, and the next run needs no help.
		rm -rf "users/dir/$1"
		find users/dir -links +1 -type f -delete
		run mailkeep-rotate -f conf -F
		exits 0
		silent
	done
}
beside .log.mailkeep-new
beside .mailkeep-pack.9c7cc375acd16e75
beside log.0
beside log.0.gz
beside log.1.gz
done_testing
