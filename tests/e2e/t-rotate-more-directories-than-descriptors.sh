# A hundred logs in a hundred directories, and descriptors for some: those are
# rotated, the others told in one line and left to the next runs, which come to
# an end; what they owe is kept.  A soft limit alone stops nothing.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
i=0
while [ $i -lt 100 ]; do
	mkdir -p "logs/$i"
	echo "$PWD/logs/$i/log 644 3 1 * BN"
	i=$((i + 1))
done >conf
fill()
{
	for dir in logs/*; do
		head -c 2000 /dev/zero >"$dir/log"
	done
}
rotated()
{
	find logs -name 'log.0' -size +0 | wc -l
}
prlimit --pid $$ --nofile=64:1024
fill
run mailkeep-rotate $r -f conf
exits 0
silent
is "$(rotated)" 100 'all, by the hard limit'

prlimit --pid $$ --nofile=64:64
find logs -name 'log.0' -delete
fill
before=0 runs=0
while [ "$(rotated)" -lt 100 ] && [ $runs -lt 10 ]; do
	run mailkeep-rotate $r -f conf
	runs=$((runs + 1)) now=$(rotated)
	ok "run $runs rotates some of them" test "$now" -gt "$before"
	before=$now
	if [ "$now" -lt 100 ]; then
		exits 75
		one_line
		says "/log: no descriptor is left for its directory; so with \
$((99 - now)) more logs: .*ulimit -n"
	else
		exits 0
		silent
	fi
done
is "$before" 100 'all, in the end'
is "$(find logs -type f | wc -l)" 200 'and none twice'
is "$(find logs -name log -size +0 | wc -l)" 0 'a new log for each'
run mailkeep-rotate $r -f conf
exits 0
silent
done_testing
