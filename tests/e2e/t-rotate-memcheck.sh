# valgrind finds no leak and no error on the main paths.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'the sanitizer looks for the same'
command -v valgrind >/dev/null || skip_all 'needs valgrind'

root=
[ "$(id -u)" = 0 ] || root=-r
mkdir log archive
tree()
{
	rm -rf log/* log/.[!.]* archive/* "${STATE:?}"/*
	for log in gz bz xz zst plain emptied; do
		seq -f "$log %g" 1 5000 >log/$log
		seq -f "old $log %g" 1 50 >log/$log.0
	done
	gzip log/gz.0
	: >log/empty
}
(trap '' HUP USR1; exec sleep 1000) &
reap $!
echo $! >pid
cat >newsyslog.conf <<END
<default>		600 3 50 * Z
$PWD/log/gz		600 2 * \$D0 ZC $PWD/pid
$PWD/log/bz		600 2 1 24 J $PWD/pid SIGUSR1
$PWD/log/xz		600 2 1 168\$W0D3 XT $PWD/none
$PWD/log/zst		600 2 1 @T00 YRB /bin/true
$PWD/log/pl*n		600 1 1 * GB $PWD/pid
$PWD/log/emptied	600 0 1 * NB
$PWD/log/empty		600 3 1 * NBE
$PWD/log/missing	600 3 1 * CN
<include> $PWD/included*
END
echo "$PWD/log/later 600 9 * * N" >included
cat >conf <<END
rotate {
	file = {"$PWD/newsyslog.conf"} dialect = "freebsd"
	compress-wait = "0s"
	log "all" { match = {"$PWD/log/*"} max-total = "20KiB" }
	log "records" { match = {"$PWD/log/emptied"} record = "paragraph" }
}
END
# Its warnings, "--1234-- ", are of system calls that it does not know yet: to
# the program they look like those of an older kernel.  A child has what its
# parent had, and ends without freeing it: it is silent, save in one run, which
# does not look for leaks.
ERRORS="valgrind -q --error-exitcode=99 --log-file=$SCRATCH/valgrind"
ALL="$ERRORS --leak-check=full --show-leak-kinds=all
    --errors-for-leak-kinds=all --child-silent-after-fork=yes"
# clean STATUS ARG ...
clean()
{
	_status=$1
	shift
	# shellcheck disable=SC2086	# none or one
	run mailkeep-rotate "$@" $root
	exits "$_status"
	ok "$_what: valgrind has nothing to say" \
	    not grep '^==' "$SCRATCH/valgrind"
}
MK_WRAP=$ALL
tree
clean 0 -c conf -n -v -F -C
clean 0 -c conf --lint
clean 0 -c conf -F -C
for log in gz bz xz zst; do
	set -- log/$log.0.*
	ok "$1 is compressed" [ -f "$1" ]
done
is "$(cat log/emptied)" '' 'emptied'
clean 0 -c conf --json --metrics m.prom
MK_WRAP=$ERRORS
echo more >>log/emptied
clean 0 -c conf -F -v
MK_WRAP=$ALL
clean 0 -c conf -F -v -a archive -t DEFAULT
clean 0 -c conf -R tag "$PWD/log/gz" "$PWD/log/other"
clean 0 -c conf -N -C
rm log/empty
ln -s gz log/empty
rm log/gz.*
clean 65 -c conf
echo nonsense >"$STATE/rotate.state"
clean 65 -c conf -F "$PWD/log/emptied"
printf 'mailkeep-rotate state 1\nx\t1\n' >"$STATE/rotate.state"
clean 65 -c conf -F "$PWD/log/emptied"
echo 'x 600 1 * *' >included
clean 78 -c conf -N
clean 66 -c conf -f nothing
clean 64 -F -N
clean 64 -c conf relative
echo 'rotate { file = {"a' >broken
clean 78 -c broken
clean 0 --help
done_testing
