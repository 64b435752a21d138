# In a user's directory root has that user's rights: what is made there is his
# unless the line says otherwise; a pid file of his reaches none of root's
# processes; a directory that others can write too, sticky or not, gives them
# nothing; and -r does as an ordinary user what his rights allow.
. tests/e2e/lib.sh

[ "$(id -u)" = 0 ] || skip_all 'needs root'
for user in games mail nobody; do
	id $user >/dev/null 2>&1 || skip_all "needs user $user"
done
users=$PWD/users
user()
{
	setpriv --reuid=games --regid=games --clear-groups -- "$@"
}
again()
{
	rm -rf users
	rm -f "$STATE"/*
	mkdir users
	chown games:games users
	for log in own other; do
		echo "line of $log" >users/$log
		chmod 600 users/$log
		chown games:games users/$log
	done
}
owners()
{
	is "$(cd users && stat -c '%n %U:%G %a' "$@" | tr '\n' ' ')" "$_want" \
	    'owners and modes'
}

# The old log's owner where the line names none; else the line's.
again
cat >conf <<-END
	$users/own 640 3 * * ZN
	$users/other mail:mail 660 3 * * N
END
run mailkeep-rotate -f conf -F
exits 0
silent
_want='own games:games 640 own.0.gz games:games 600 other mail:mail 660 '\
'other.0 games:games 600 '
owners own own.0.gz other other.0
# Now the log is mail's, in a directory of games: the next run too.
run mailkeep-rotate -f conf -F
exits 0
silent
_want='other mail:mail 660 other.0 mail:mail 660 other.1 games:games 600 '
owners other other.0 other.1

# The user's directory has no room for others' rights: he may forbid it.
again
user chmod 500 users
run mailkeep-rotate -f conf -F
exits 77
says 'create .*/users/\.own\.mailkeep-new: Permission denied'
holds users own other
is "$(cat users/own)" 'line of own' 'as it was'
user chmod 700 users

# His pid file: a process of root's, and of nobody's, is not reached.
(exec sleep 20) &
roots=$!
reap $roots
setpriv --reuid=games --regid=games --clear-groups -- sleep 20 &
his=$!
reap $his
again
cat >conf <<-END
	$users/own 640 3 * * - $users/root.pid SIGTERM
	$users/other 640 3 * * - $users/his.pid SIGTERM
END
echo $roots | user tee users/root.pid >/dev/null
echo $his | user tee users/his.pid >/dev/null
run mailkeep-rotate -f conf -F
exits 77
one_line
says "root\.pid: signal 15 to process $roots, with the rights of user .*perm"
wait $his
is $? 143 'his own got it'
ok "root's did not" kill -0 $roots
holds users own own.0 other other.0 root.pid his.pid
# The same by a link, by a hard link, by a file of root's that is his to move.
cat >conf <<-END
	$users/own 640 3 * * - $users/root.pid SIGTERM
END
echo $roots >real.pid
rm users/root.pid
user ln -s "$PWD/real.pid" users/root.pid
run mailkeep-rotate -f conf -F
exits 65
ok "a link to root's pid file" kill -0 $roots
rm users/root.pid
ln real.pid users/root.pid
run mailkeep-rotate -f conf -F
exits 65
ok "a hard link to root's pid file" kill -0 $roots
rm users/root.pid
echo $roots >users/root.pid
run mailkeep-rotate -f conf -F
exits 77
ok "root's own file in the user's directory" kill -0 $roots
rm users/root.pid
# A group, and everybody.
for text in -1 0 1 "-$roots"; do
	rm -f users/root.pid
	echo "$text" | user tee users/root.pid >/dev/null
	run mailkeep-rotate -f conf -F
	exits 65
done
ok 'nor by a group' kill -0 $roots
kill $roots

# A directory of root's that all can write to, sticky: logs of two users.
again
chown root:root users
chmod 1777 users
chown mail:mail users/other
mkdir -m 700 root
echo 'a secret' >root/secret
cat >conf <<-END
	$users/own 640 3 * * ZN
	$users/other 640 3 * * ZN
	$users/link 640 3 * * ZN
	$users/hard 640 3 * * ZN
END
user ln -s "$PWD/root/secret" users/link
ln root/secret users/hard
snapshot root >before
run mailkeep-rotate -f conf -F
exits 65
is "$(wc -l <"$ERR")" 2 'two logs are refused'
same_tree before root
_want='other mail:mail 640 other.0.gz mail:mail 600 own games:games 640 '\
'own.0.gz games:games 600 '
owners other other.0.gz own own.0.gz
is "$(readlink users/link)" "$PWD/root/secret" 'the link is as it was'
is "$(cat root/secret)" 'a secret' 'and what it leads to'
holds users own own.0.gz other other.0.gz link hard

# -r, as the user: his own logs, and not those of others.
again
rm -rf "$STATE"
mkdir "$STATE"
chown root:root users
chmod 1777 users
chown mail:mail users/other
cat >conf <<-END
	$users/own 640 3 * * Z
	$users/other 640 3 * * ZN
END
as games run mailkeep-rotate -r -f conf -F
exits 77
one_line
says 'users/other|users/\.other'
holds users own own.0.gz other
is "$(cat users/other)" 'line of other' 'as it was'
_want='own games:games 640 own.0.gz games:games 600 '
owners own own.0.gz
done_testing
