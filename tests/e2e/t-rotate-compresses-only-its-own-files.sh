# What is compressed is a rotated file of the log, whatever its name's length,
# once, in one format; what only looks like one is left alone, and a directory
# by two names takes nothing away.
. tests/e2e/lib.sh
r=
[ "$(id -u)" = 0 ] || r=-r
line()				# NAME FLAGS COUNT
{
	echo "$PWD/log/$1 644 $3 * * $2" >conf
}
rotate()
{
	# shellcheck disable=SC2086	# none or one
	run mailkeep-rotate -f conf $r -o rotate.compress-wait=0s "$@"
}
again()
{
	rm -rf log
	rm -f "$STATE"/*
	mkdir log
}

# Others' files beside, of names that go on where a rotated file's end.
again
for name in a a.0 a.7 a.2024; do
	echo "in $name" >"log/$name"
done
line a ZN 3
rotate -F
exits 0
silent
holds log a a.0.gz a.1.gz a.7 a.2024
is "$(cat log/a.7 log/a.2024)" "in a.7${_newline}in a.2024" 'as they were'
# One that follows without a gap is one of an earlier count.
again
for name in a a.0.gz a.1 a.2 a.3 a.5; do
	echo "in $name" >"log/$name"
done
gzip <log/a.1 >log/a.0.gz
line a ZN 2
rotate -F
exits 0
silent
holds log a a.0.gz a.1.gz a.5

# Long names: as long as the rotated file's own name can be.
long()				# N: a name of so many bytes
{
	printf "%0$1d" 0
}
for n in 230 236 241; do
	again
	name=$(long $n)
	echo 'a line' >"log/$name"
	line "$name" ZNB 3
	rotate -F
	exits 0
	silent
	holds log "$name" "$name.0.gz"
done
# Where the compressed one's can't be, the plain one stays; told that once.
again
name=$(long 238)
echo 'a line' >"log/$name"
line "$name" ZNB 3
exec 3>>"log/$name"
rotate -F -t %Y
exits 0
exec 3>&-
mv "log/$name".2* "log/$name.20261122T000000"
rotate -t %Y%m%dT%H%M%S
exits 65
one_line
says 'stays plain: its name would be too long with \.gz'
rotate -t %Y%m%dT%H%M%S
exits 0
silent
holds log "$name" "$name.20261122T000000"
is "$(cat "log/$name.20261122T000000")" 'a line' 'as it was'

# Left by a run that was killed while it compressed to another format.
again
name=.mailkeep-pack.96c20860cd93a249
echo 'half a file' >log/.mailkeep-pack.HASH
echo 'a line' >log/a
line a ZNB 3
rotate -F -v
exits 0
holds log a a.0.gz .mailkeep-pack.HASH
mv log/.mailkeep-pack.HASH "log/$name"
echo 'another line' >log/a
line a XNB 3
rotate -F
exits 0
silent
holds log a a.0.xz a.1.gz

# Killed when the compressed one had its name and the plain one had it still;
# then the line got another flag.
again
echo 'a line' >log/a
line a ZNB 3
rotate -F
exits 0
gzip -dc log/a.0.gz >log/a.0
echo 'another line' >log/a
exec 3>>log/a
line a XNB 3
rotate -F
exits 0
exec 3>&-
holds log a a.0 a.1.gz
rotate
exits 0
silent
holds log a a.0.xz a.1.gz
# Another content is another's.
again
echo 'a line' >log/a
line a NB 3
rotate -F
exits 0
echo 'other' | gzip >log/a.0.gz
line a XNB 3
echo 'another line' >log/a
rotate -F
exits 0
silent
holds log a a.0.xz a.1.xz a.1.gz

# The log's own directory, by another name, is its archive.
for dir in "$PWD/log/" "$PWD//log" "$PWD/same" .; do
	again
	[ -e same ] || ln -s log same
	for flags in NB ZNB; do
		rm -f log/* "$STATE"/*
		echo 'a line' >log/a
		line a $flags 3
		rotate -F -a "$dir" -t %Y
		rotate -a "$dir" -t %Y
		ok "-a $dir, $flags: it is there" sh -c \
		    'cat log/a* | gzip -dcf | grep -qx "a line"'
	done
done

# A count that was 0: what a process adds to the old file comes in still.
again
echo 1 >log/a
exec 3>>log/a
line a NB 0
rotate -F
exits 0
holds log a .a.mailkeep-old.2
echo late >&3
line a NB 5
rotate
exits 0
holds log a .a.mailkeep-old.2
echo 'the latest' >&3
exec 3>&-
rotate
exits 0
silent
holds log a
is "$(cat log/a)" "late${_newline}the latest" 'the lines are in the log'
done_testing
