# A disk that is full: a log is rotated all the same where no byte is needed
# for it, or left as it is; what cannot be compressed stays plain; one line
# says it, and with room again the next run finishes, with nothing due.
. tests/e2e/lib.sh
small_disk tiny 2m || skip_all 'needs root, to mount a small file system'
disk=$PWD/tiny/log
mkdir "$disk"

# lines N SEED: that do not shrink much
lines()
{
	awk -v n="$1" -v seed="$2" 'BEGIN {
		srand(seed)
		for (i = 0; i < n; i++)
			printf "%d %d %.12f %.12f\n", seed, i, rand(), rand()
	}'
}
leave()				# KIB: so much is free
{
	rm -f tiny/fill
	_free=$(df -k --output=avail tiny | tail -n 1)
	head -c $(((_free - $1) * 1024)) /dev/zero >tiny/fill
}
# An inode that Landlock held for an ended program is given back only later,
# by the kernel's own thread: so for half a second, none may come any more.
use_up_inodes()
{
	i=0 idle=0
	while [ $idle -lt 5 ]; do
		idle=$((idle + 1))
		while true >"tiny/i$i"; do
			i=$((i + 1)) idle=0
		done 2>/dev/null
		sleep 0.1
	done
}
rotate()
{
	run mailkeep-rotate -c conf "$@"
}
told()				# STATUS, in one line
{
	exits "$1"
	one_line
	says 'No space left on device'
}
has()				# FILE SEED: those lines, besides notices
{
	lines 6000 "$2" >want
	case $1 in
	*.gz)	gzip -dc "$1" ;;
	*)	cat "$1" ;;
	esac | grep -v 'newsyslog\[' >got
	ok "$1 has the lines of $2" cmp want got
}
start_over()			# FLAGS COUNT
{
	rm -rf "$disk" tiny/fill "${STATE:?}"/*
	mkdir "$disk"
	lines 6000 1 >"$disk/main"
	lines 6000 0 | gzip >"$disk/main.0.gz"
	echo "$disk/main 640 $2 * * $1" >newsyslog.conf
}
echo "rotate { file = {\"$PWD/newsyslog.conf\"} }" >conf

# B, no notice: nothing has to be written.
start_over ZNB 3
leave 0
rotate -F
told 75
holds tiny/log main main.0 main.1.gz
has tiny/log/main.0 1
has tiny/log/main.1.gz 0
is "$(stat -c '%s %a' tiny/log/main)" '0 640' 'the new log is empty, mode 640'
rotate
told 75
holds tiny/log main main.0 main.1.gz
has tiny/log/main.0 1
leave 60
rotate
told 75
holds tiny/log main main.0 main.1.gz
has tiny/log/main.0 1
rm tiny/fill
rotate
exits 0
silent
holds tiny/log main main.0.gz main.1.gz
has tiny/log/main.0.gz 1
has tiny/log/main.1.gz 0

# A notice is left out, and the log is rotated.
start_over ZN 3
leave 0
rotate -F
told 75
never_says 'main\.mailkeep-new'
holds tiny/log main main.0 main.1.gz
has tiny/log/main.0 1
has tiny/log/main.1.gz 0
is "$(stat -c '%s %a' tiny/log/main)" '0 640' 'the new log is empty, mode 640'
rm tiny/fill
rotate
exits 0
silent
holds tiny/log main main.0.gz main.1.gz
has tiny/log/main.0.gz 1
is "$(wc -c <tiny/log/main)" 0 'no notice comes later'
rotate -F
exits 0
silent
is "$(wc -l <tiny/log/main)" 1 'the next one has its notice'

# What goes makes the room, with a notice too.
for flags in ZNB ZN; do
	start_over $flags 1
	leave 0
	rotate -F
	exits 0
	silent
	holds tiny/log main main.0.gz
	has tiny/log/main.0.gz 1
done

# No inode is left for a new log.
start_over ZNB 3
if mount -o remount,nr_inodes=20 tiny 2>/dev/null; then
	use_up_inodes
	find tiny/log -printf '%p %i %s %m\n' | sort >before
	rotate -F
	told 75
	find tiny/log -printf '%p %i %s %m\n' | sort >after
	ok 'no inode: all is as it was' cmp before after
	rm tiny/i*
	rotate
	exits 0
	silent
	holds tiny/log main main.0.gz main.1.gz
	has tiny/log/main.0.gz 1
else
	skip 'cannot limit inodes' 8
fi

# The state's own disk: the logs are rotated, once.
start_over ZNB 3
sed -i 's/ \* \* / * 24 /' newsyslog.conf
small_disk full 64k
touch -d '2 days ago' tiny/log/main.0.gz
head -c 100k /dev/zero >full/fill 2>/dev/null
rotate -o "rotate.state-dir=$PWD/full"
exits 75
says 'No space left on device; killed now, this run would rotate again'
never_says "$disk"
holds tiny/log main main.0.gz main.1.gz
has tiny/log/main.0.gz 1
has tiny/log/main.1.gz 0
rotate -o "rotate.state-dir=$PWD/full"
exits 75
holds tiny/log main main.0.gz main.1.gz
rm full/fill
rotate -o "rotate.state-dir=$PWD/full"
exits 0
silent
holds tiny/log main main.0.gz main.1.gz
has tiny/log/main.0.gz 1
holds full history.jsonl mailkeep-rotate.lock rotate.state
done_testing
