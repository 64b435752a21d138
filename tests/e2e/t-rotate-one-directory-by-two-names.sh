# One directory by two paths - "log//", a bind mount - is one: -a by another
# spelling is the log's own directory, and no log is lost there; two
# lines for one log by two paths rotate it once, and the second is told; nor
# are two logs of one name rotated into one archive.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
top=$PWD
mkdir log other x y
again()
{
	rm -rf log/* x/* y/* archive "$STATE/rotate.state"
	echo 'the only copy' >log/a
}
rotate()
{
	run mailkeep-rotate $r -f conf -F -o rotate.compress-wait=0s "$@"
}
# all DIR WANT: the lines in all files there, unpacked, sorted
all()
{
	is "$(for f in "$1"/* "$1"/.[!.]*; do
		[ ! -f "$f" ] || gzip -dcf "$f"
	done | sort | tr '\n' ' ')" "$2" "$1 has $2"
}

# -a names the log's own directory.
other=''
if [ "$(id -u)" = 0 ] && mount --bind log other 2>/dev/null; then
	_mounts="$top/other $_mounts"
	other=$top/other
fi
for flags in BN BZN; do
	echo "$top/log/a 644 5 * * $flags" >conf
	case $flags in
	*Z*)	z=.gz ;;
	*)	z= ;;
	esac
	for dir in "$top/log" "$top/log/" "$top//log" "/$top///log//" $other; do
		again
		TZ=UTC at '@2026-11-23 00:00:00' run mailkeep-rotate $r \
		    -f conf -F -o rotate.compress-wait=0s -t DEFAULT -a "$dir"
		exits 0
		silent
		holds log a "a.20261123T000000$z"
		all log 'the only copy '
		again
		for i in 1 2; do
			echo $i >>log/a
			rotate -a "$dir"
			exits 0
			silent
		done
		holds log a a.0$z a.1$z
		all log '1 2 the only copy '
	done
done
[ -n "$other" ] || skip 'cannot mount' 20

# Two lines, one log.
if [ -n "$other" ]; then
	again
	echo 'stays' >log/b
	cat >conf <<-END
		$top/log/a 644 5 * * BN
		$other/a 644 2 * * BN
		$other/b 644 5 * * BN
	END
	for i in 1 2 3; do
		rotate
		exits 78
		one_line
		says "conf:2: $other/a: is that of .*conf:1 already, $top/log/a"
	done
	holds log a a.0 a.1 a.2 b b.0 b.1 b.2
	all log 'stays the only copy '
	rotate -n
	exits 78
	says 'conf:2: .*conf:1 already'
	rotate "$other/a"
	exits 0
	holds log a a.0 a.1 b b.0 b.1 b.2
else
	skip 'cannot mount' 15
fi

# Two logs of one name, one archive: also where the first has nothing to do.
for dir in "$top/archive" "$top/archive/"; do
	again
	printf 'x\n' >x/log
	printf 'y\n' >y/log
	printf 'z\n' >y/log2
	cat >conf <<-END
		$top/x/log 644 5 * * BN
		$top/y/log 644 5 * * BN
		$top/y/log2 644 5 * * BN
	END
	rotate -a "$dir"
	exits 78
	one_line
	says "conf:2: $top/y/log: its rotated files would lie among those of \
$top/x/log \(.*conf:1\)"
	holds archive log.0 log2.0
	is "$(cat archive/log.0 y/log)" 'x
y' 'the first is rotated, the second stays'
	holds y log log2
done
echo "$top/x/log 644 5 * * BN" >conf
echo "$top/y/log 644 5 0 * BN" >>conf
sed 's/5 \* \*/5 9999 */; s/5 0 \*/5 1 */' conf >later
head -c 2000 /dev/zero | tr '\0' x >y/log
run mailkeep-rotate $r -f later -a "$top/archive"
exits 78
one_line
says 'later:2: '
holds y log log2
# Below each log's directory there is room for both; a line whose log is not
# there takes none.
rotate -a old
exits 0
silent
holds x/old log.0
holds y/old log.0
rm x/log archive/*
rotate -a "$top/archive"
exits 0
silent
holds archive log.0
done_testing
