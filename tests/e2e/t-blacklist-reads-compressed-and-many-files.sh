# A feed may be compressed, a pipe, standard input, a directory or a glob; the
# lists of all are one list.
. tests/e2e/lib.sh

options="-o state-dir=$STATE -o lock-dir=$LOCK -o blacklist.never-self=no"
[ "${MK_SANITIZE-}" = 1 ] && options="$options -o sandbox=no"

# lists PREFIX ...: so say the list that was printed, and the status
lists()
{
	exits 0
	is "$(cat "$ERR")" '' 'no complaint'
	is "$(cat "$OUT")" "$(printf '%s\n' "$@")" "$_what: the whole list"
}

print()
{
	run mailkeep-blacklist -o blacklist.never-self=no --print plain "$@"
}

# ---- compressed, whatever the name is

printf '192.0.2.9 one\n2001:db8::9 two\n' >list
gzip -c list >list.gz
gzip -c list >gzipped
xz -c list >list.xz
zstd -q -c list >list.zst
bzip2 -c list >list.bz2
{ printf '192.0.2.9\n' | gzip -c; printf '2001:db8::9\n' | gzip -c; } >two.gz
for file in list list.gz gzipped list.xz list.zst list.bz2 two.gz; do
	print "$file"
	lists 192.0.2.9/32 2001:db8::9/128
done
# ... and each format is told inside of it.
printf '192.0.2.9\t1\n192.0.2.11\t3\n' | xz -c >counted
printf '192.0.2.0/25 ; SBL1\n; EOF\n' | gzip -c >drop
printf '198.51.100.1 - 198.51.100.2\n' | bzip2 -c >ranges
print counted drop ranges list.zst
lists 192.0.2.0/25 198.51.100.1/32 198.51.100.2/32 2001:db8::9/128

# ---- cut short or damaged: nothing of it

for file in list.gz list.xz list.zst list.bz2; do
	size=$(wc -c <"$file")
	head -c $((size - 3)) "$file" >short
	print short
	exits 65
	one_line
	says 'feed "short": short: '
	is "$(cat "$OUT")" '' 'nothing is printed'
done
{ cat list.gz; printf 'rubbish'; } >short
print short
exits 65
says 'feed "short": short: '

# ---- standard input and pipes

for file in list list.gz list.xz; do
	run sh -c "mailkeep-blacklist $options --print plain - <$file"
	lists 192.0.2.9/32 2001:db8::9/128
	run sh -c "cat $file | mailkeep-blacklist $options --print plain -"
	lists 192.0.2.9/32 2001:db8::9/128
done
mkfifo pipe
cat list.gz >pipe &
print pipe ranges
wait
lists 192.0.2.9/32 198.51.100.1/32 198.51.100.2/32 2001:db8::9/128
print -
exits 65
one_line
says 'standard input is a device: redirect it'

# ---- a directory: its lists, not what editors and fetchers leave there

mkdir lists lists/below
echo 192.0.2.1 >lists/b
echo 192.0.2.3 | gzip -c >lists/a.gz
for name in .hidden old~ fetched.tmp below/c; do
	echo 203.0.113.1 >"lists/$name"
done
mkfifo lists/pipe
ln -s ../list lists/link
ln -s /dev/null lists/device
print lists
lists 192.0.2.1/32 192.0.2.3/32 192.0.2.9/32 2001:db8::9/128
print lists/
lists 192.0.2.1/32 192.0.2.3/32 192.0.2.9/32 2001:db8::9/128
# ... by name, so that the first has the word.
echo '192.0.2.1 first' >lists/a
echo '192.0.2.1 second' >lists/b
run mailkeep-blacklist -o blacklist.never-self=no --why 192.0.2.1 lists
exits 0
is "$(cat "$OUT")" "$(printf '192.0.2.1: listed
\t192.0.2.1/32\tlists\tlists/a:1\tfirst
\t192.0.2.1/32\tlists\tlists/b:1\tsecond')" 'by name'

# ---- a glob, and a file whose name looks like one

mkdir glob
echo 192.0.2.1 >glob/one.netset
echo 192.0.2.3 >glob/two.netset
echo 192.0.2.5 >glob/three.txt
echo 192.0.2.7 >'glob/[x].netset'
print 'glob/*.netset'
lists 192.0.2.1/32 192.0.2.3/32 192.0.2.7/32
print 'glob/t[a-w]*'
lists 192.0.2.3/32 192.0.2.5/32
print 'glob/[x].netset'
lists 192.0.2.7/32
mkdir glob/dir.netset
print 'glob/*.netset'
exits 65
says 'glob/dir.netset is a directory'

# ---- several feeds, one list

cat >conf <<'END'
blacklist {
	never-self = no  plain = "out.plain"  cdb = "out.cdb"
	feed "first"  { file = "list.gz" }
	feed "second" { file = "lists" }
	feed "third"  { file = "glob/t*" }
}
END
run mailkeep-blacklist -c conf
exits 0
silent
is "$(cat out.plain)" "$(printf '%s\n' 192.0.2.1/32 192.0.2.3/32 \
    192.0.2.5/32 192.0.2.9/32 2001:db8::9/128)" 'one list'
run mailkeep-blacklist --check out.cdb 192.0.2.9 192.0.2.1 192.0.2.5
exits 0
prints '^out.cdb: cdb, 5 keys$'
prints '^192.0.2.9: listed, by 192.0.2.9/32 in out.cdb: first: one$'
prints '^192.0.2.1: listed, by 192.0.2.1/32 in out.cdb: second: first$'
prints '^192.0.2.5: listed, by 192.0.2.5/32 in out.cdb: third$'
done_testing
