# A user exchanges the directory of a log with a link to root's, and the log
# with a link to root's file, again and again, while root rotates 100 times:
# nothing of root's is changed, moved, given away, or read into the user's
# files; and what is made in the user's directory is made with his rights.
. tests/e2e/lib.sh

[ "$(id -u)" = 0 ] || skip_all 'needs root'
id games >/dev/null 2>&1 || skip_all 'needs user games'

mkdir -p users/dir root
chown games:games users users/dir
for name in log log.0 log.0.gz log.1.gz passwd .log.mailkeep-new; do
	echo "root's secret $name" >root/$name
done
chmod 600 root/*
touch -d '2026-01-01' root/* root
ln -s "$PWD/root" users/swap
chown -h games:games users/swap
echo 'the first line' >users/dir/log
chown games:games users/dir/log
echo "$PWD/users/dir/log games:games 640 3 * * ZN" >conf
# Its log, to be swapped with a link of the same user's.
mkdir users/files
echo 'the first line' >users/files/log
ln -s "$PWD/root/passwd" users/files/other
chown -hR games:games users/files
echo "$PWD/users/files/log games:games 640 3 * * ZN" >>conf
(cd root && snapshot . && stat -c '%n %Z %Y' . ./* .log*) >before

cp "$TOP/tests/e2e/swap.py" .
python=$(python3 -c 'import os, sys
print(os.path.realpath(sys.executable))')
for pair in 'users/dir users/swap' 'users/files/log users/files/other'; do
	# shellcheck disable=SC2086	# two names
	"$python" swap.py $pair &
	pid=$!
	reap $pid
done
sleep 0.2
kill -0 "$pid" 2>/dev/null || skip_all 'no renameat2(2) here'

n=0 rotated=0
while [ $n -lt 100 ]; do
	run mailkeep-rotate -f conf -F -o rotate.compress-wait=0s
	case $STATUS in
	0)	rotated=$((rotated + 1)) ;;
	65 | 66 | 73 | 74 | 75 | 77) ;;
	*)	exits 0 ;;
	esac
	n=$((n + 1))
done
diag "$rotated of $n runs without a complaint"
for kid in $_kids; do
	_stop "$kid"
done
(cd root && snapshot . && stat -c '%n %Z %Y' . ./* .log*) >after
same_tree before after
find users -type f -exec gzip -dcf {} + >all 2>/dev/null
ok "nothing of root's has come out" not grep -q secret all
is "$(find users ! -user games | wc -l)" 0 'all below is the user'\''s'

# Quiet again: it goes on by itself.
[ -L users/dir ] && mv users/dir users/link && mv users/swap users/dir
rm -f users/files/log
find users/files users/dir/ -type l -delete	# links, by further names too
find users -links +1 -type f -delete	# a log that was swapped in between
run mailkeep-rotate -f conf -F -CC
run mailkeep-rotate -f conf -F -CC
exits 0
silent
ok 'both are rotated' test -f users/dir/log.0.gz -a -f users/files/log.0.gz
done_testing
