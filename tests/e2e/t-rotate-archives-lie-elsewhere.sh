# -a: rotated files go to a directory beside the log, to an absolute one, or to
# one on another file system, compressed, numbered and counted there; nothing
# is lost when a program still writes, when the archive is full, or when a file
# of an earlier run waits; the rights of both places are kept apart.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
logs=$PWD/logs
echo "$logs/log 640 3 * * ZN" >conf
echo "$logs/log 640 3 * * ZPN" >plain
echo "$logs/log 640 3 * * N" >bare
again()
{
	rm -rf logs
	rm -f "$STATE"/*
	mkdir logs
}
# rotate FILE ARG ...: one more line, and a run
n=0
rotate()
{
	n=$((n + 1))
	echo "line $n" >>logs/log
	_file=$1
	shift
	run mailkeep-rotate $r -f "$_file" -o rotate.compress-wait=0s -F "$@"
}
# lines DIR WANT: those of the log and of its generations in DIR, oldest first
lines()
{
	_got=
	for _i in 9 8 7 6 5 4 3 2 1 0; do
		for _g in "$1/log.$_i" "$1/log.$_i.gz"; do
			[ ! -f "$_g" ] || _got="$_got $(gzip -dcf "$_g" |
			    sed -n 's/^line //p' | tr '\n' ' ')"
		done
	done
	# shellcheck disable=SC2086	# words
	set -- "$1" "$2" $_got
	_dir=$1 _want=$2
	shift 2
	is "$*" "$_want" "$_dir has the lines $_want"
}

# Relative: below each log's directory; the last component is made.
again
for i in 1 2 3 4 5; do
	rotate conf -a old
	exits 0
	silent
done
holds logs log
holds logs/old log.0.gz log.1.gz log.2.gz
lines logs/old '3 4 5'
is "$(stat -c %a logs/old)" 755 'the directory that was made'
again
rotate conf -a none/old
exits 66
one_line
says "none: .*No such file"
holds logs log

# Absolute, and by the key; what was beside the log before stays there.
again
rotate plain
rotate plain
mkdir archive
rotate plain -a "$PWD/archive"
exits 0
silent
holds logs log log.0 log.1.gz
holds archive log.0
for i in 1 2; do
	rotate plain -o "rotate.archive-dir=$PWD/archive"
	exits 0
	silent
done
holds archive log.0 log.1.gz log.2.gz
lines archive "$((n - 2)) $((n - 1)) $n"
holds logs log log.0 log.1.gz
# By time.
again
rm -r archive
echo 'a line' >logs/log
TZ=UTC at '@2026-11-23 00:00:00' run mailkeep-rotate $r -f conf -F \
    -a "$PWD/archive" -t DEFAULT
exits 0
silent
holds logs log
holds archive log.20261123T000000.gz

# Another file system.
if small_disk other 300k; then
	again
	for i in 1 2 3 4 5; do
		rotate conf -a "$PWD/other"
		exits 0
		silent
	done
	holds logs log
	holds other log.0.gz log.1.gz log.2.gz
	lines other "$((n - 2)) $((n - 1)) $n"
	rm other/log*
	for i in 1 2 3; do
		rotate plain -a "$PWD/other"
		exits 0
		silent
	done
	holds other log.0 log.1.gz log.2.gz
	lines other "$((n - 2)) $((n - 1)) $n"
	rm other/log*
	rotate bare -a "$PWD/other"
	exits 0
	holds logs log
	holds other log.0
	rm other/log*

	# What was left plain beside the log before there was an archive.
	again
	rotate plain
	for i in 1 2; do
		rotate plain -a "$PWD/other"
		exits 0
		silent
	done
	holds logs log
	lines other "$((n - 2)) $((n - 1)) $n"
	rm other/log*

	# While a program writes, the file waits beside the log, and so does
	# the next rotation; then both are done.
	again
	echo "line $((n + 1))" >logs/log
	n=$((n + 1)) first=$n
	exec 7>>logs/log
	rotate conf -a "$PWD/other"
	exits 0
	holds logs log log.0
	holds other
	echo "line $((n + 1))" >&7
	n=$((n + 1))
	rotate conf -a "$PWD/other"
	exits 75
	one_line
	says 'logs/log: waits for log\.0, which is to be moved to .*/other first'
	holds logs log log.0
	exec 7>&-
	rotate conf -a "$PWD/other"
	exits 0
	silent
	holds logs log
	lines other "$first $((first + 1)) $((first + 2)) $((first + 3)) \
$((first + 4))"
	rm other/log*

	# A full archive: the file stays beside the log, whole.
	again
	rotate conf -a "$PWD/other"
	cp -p other/log.0.gz kept.gz
	head -c 400k /dev/zero >other/ballast 2>/dev/null
	head -c 100k /dev/urandom >>logs/log
	cp logs/log was
	rotate conf -a "$PWD/other"
	exits 75
	says 'compress .*/logs/log\.0 to .*/other/log\.0\.gz: .*No space left'
	ok 'all of it is there' test "$(head -c "$(stat -c %s was)" logs/log.0 |
	    md5sum)" = "$(md5sum <was)"
	holds other log.1.gz ballast
	ok 'the one before is as it was' cmp -s kept.gz other/log.1.gz
	rm other/ballast
	run mailkeep-rotate $r -f conf -a "$PWD/other"
	exits 0
	holds logs log
	holds other log.0.gz log.1.gz
	ok 'and is moved by the next run' test "$(gzip -dc other/log.0.gz |
	    head -c "$(stat -c %s was)" | md5sum)" = "$(md5sum <was)"
else
	skip 'cannot mount a small disk' 66
fi

# A log in a user's directory, an archive in root's.
if [ "$(id -u)" = 0 ] && id games >/dev/null 2>&1; then
	again
	chown games logs
	rm -rf archive
	mkdir -m 700 archive
	for i in 1 2 3 4 5; do
		echo "line $((n + i))" >>logs/log
		[ $i -gt 1 ] || chown games:games logs/log
		run mailkeep-rotate -f conf -F -a "$PWD/archive"
		exits 0
		silent
	done
	holds logs log
	holds archive log.0.gz log.1.gz log.2.gz
	lines archive "$((n + 3)) $((n + 4)) $((n + 5))"
	is "$(stat -c '%U:%G %a' archive/log.0.gz logs/log archive | tr '\n' ' ')" \
	    'games:games 640 games:games 640 root:root 700 ' 'whose they are'
else
	skip 'needs root and user games' 14
fi
done_testing
