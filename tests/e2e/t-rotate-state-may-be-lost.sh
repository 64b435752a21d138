# The state: missing, cut, or random bytes, it is told, and the logs are
# rotated all the same; a directory that others can write, or that is not
# there, is refused before anything is touched; one that can't be written to
# is told, and what is due is done; a lock that is held: 75.
. tests/e2e/lib.sh

[ "$(id -u)" = 0 ] || skip_all 'needs root'

logs=$PWD/logs state=$PWD/state/rotate.state
cat >conf <<-END
	$logs/size 640 3 4 * ZN
	$logs/night 640 3 * @T00 N
	$logs/hours 640 3 * 24 N
END
again()
{
	rm -rf logs state
	mkdir logs
	yes 'a line' 2>/dev/null | head -c 5000 >logs/size
	echo line >logs/night
	echo line >logs/hours
}
rotate()
{
	run mailkeep-rotate -f conf -o "rotate.state-dir=$PWD/state" "$@"
}
# None: it is made; the night is waited for, size and hours are due.
again
TZ=UTC at '@2026-11-23 12:00:00' run mailkeep-rotate -f conf \
    -o "rotate.state-dir=$PWD/state"
exits 0
silent
holds logs size size.0.gz night hours hours.0
is "$(find state ! -user root -o -perm /022)" '' "nobody else's to write"
is "$(stat -c %a state/mailkeep-rotate.lock)" 600 "nor the lock to take"
holds state history.jsonl rotate.state mailkeep-rotate.lock

# Damaged in each way: told, and the size is due as it was.
damaged()
{
	yes 'a line' 2>/dev/null | head -c 5000 >logs/size
	rm -f logs/size.0.gz
	run mailkeep-rotate -f conf -o "rotate.state-dir=$PWD/state" --force
	exits 65
	one_line
	says 'state: .*(taken as new)'
	ok 'what is due was rotated' test -f logs/size.0.gz
	run mailkeep-rotate -f conf -o "rotate.state-dir=$PWD/state" --force
	exits 0
	silent
}
again
rotate
head -c 4000 /dev/urandom >"$state"
damaged
head -c -10 "$state" >part && cp part "$state"
damaged
head -c 30 "$state" >part && cp part "$state"
damaged
: >"$state"
damaged
printf 'mailkeep-rotate state 9\n' >"$state"
damaged
sed 's/	/ /' "$state" >part && cp part "$state"
damaged
# It is a link, a directory, a FIFO: none is followed, none holds us up.
echo 'a secret' >secret
rm "$state"
ln -s "$PWD/secret" "$state"
rotate --force
exits 65
is "$(cat secret)" 'a secret' 'a link is not followed'
rm -f "$state"
mkfifo "$state"
rotate --force -F
ok 'a FIFO does not hold us up' test $STATUS -ne 124

# The directory.
again
install -d -m 777 state
rotate
exits 77
one_line
says "state"
holds logs size night hours
again
echo 'no directory' >state
rotate
one_line
says 'state'
ok 'not done' test $STATUS -ne 0
holds logs size night hours
again
run mailkeep-rotate -f conf -o "rotate.state-dir=$PWD/none/state"
ok 'not done' test $STATUS -ne 0
one_line
says 'none.*(install -d|No such file)'
holds logs size night hours

# It can't be written to: a full disk.
again
rm -rf state
if small_disk state 40k; then
	chmod 700 state
	rotate
	head -c 60k /dev/zero >state/ballast 2>/dev/null
	yes 'a line' 2>/dev/null | head -c 5000 >logs/size
	rm logs/size.0.gz
	rotate
	exits 75
	says 'state: .*No space left on device.*'
	is "$(grep -vc 'state: ' "$ERR")" 0 'of nothing else'
	ok 'what is due was rotated' test -f logs/size.0.gz
	rm state/ballast
	rotate
	exits 0
	silent
	umount state
	_mounts=
	rmdir state
else
	skip 'cannot mount a small disk' 6
fi

# Another run at work.
again
rotate
yes 'a line' 2>/dev/null | head -c 5000 >logs/size
snapshot logs >before
python3 -c '
import fcntl, sys, time
f = open(sys.argv[1], "r+")
fcntl.flock(f, fcntl.LOCK_EX)
open("held", "w").close()
time.sleep(60)' state/mailkeep-rotate.lock &
kid=$!
reap $kid
i=0
while [ ! -e held ] && [ $i -lt 600 ]; do
	sleep 0.05
	i=$((i + 1))
done
rotate -F
exits 75
one_line
says "mailkeep-rotate\.lock: held"
same_tree before logs
rotate -n
exits 0		# needs no lock
_stop $kid
_forget $kid
rotate
exits 0
silent
ok 'then it is done' test -f logs/size.1.gz
done_testing
