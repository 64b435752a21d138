# A feed that is broken as a whole publishes nothing: the last good files stay
# byte for byte, the same files; an optional feed is left out instead.
. tests/e2e/lib.sh

printf '192.0.2.1 good\n198.51.100.0/24\n2001:db8::/32\n' >good
cat >conf <<'END'
blacklist {
	never-self = no  max-shrink = "100%"
	cdb = "out/b.cdb"  dbm = "out/b.db"  text = "out/b.text"
	hostlist = "out/b.hostlist"  plain = "out/b.plain"
	postfix = "out/b.postfix"  nft = "out/b.nft"  rbldnsd = "out/b.rbldnsd"
	feed "sure" { file = "good" }
	feed "f" { file = "feed" KEYS }
}
END
mkdir out
printf '203.0.113.0/24\n' >feed
sed 's/KEYS//' conf >conf.plain
run mailkeep-blacklist -c conf.plain
exits 0
silent
all=$(printf '%s\n' 192.0.2.1/32 198.51.100.0/24 203.0.113.0/24 2001:db8::/32)
is "$(cat out/b.plain)" "$all" 'the first list'
holds out b.cdb b.db b.text b.hostlist b.plain b.postfix b.nft b.rbldnsd
state()
{
	stat -c '%n %i %s %y %a' out/* "$STATE/blacklist.index"
	md5sum out/* "$STATE/blacklist.index"
}
state >before

# stays: all as before, then the same with optional: the others are published
stays()
{
	state >after
	ok "$_what: all files are as they were" cmp before after
	run mailkeep-blacklist --check out/b.cdb 203.0.113.9 192.0.2.1
	exits 0
}

# refuses STATUS RE [KEYS]
refuses()
{
	sed "s/KEYS/${3-}/" conf >conf.now
	run mailkeep-blacklist -c conf.now --force
	exits "$1"
	one_line
	says "^mailkeep-blacklist: feed \"f\": $2.*; nothing is published"
	stays
	sed "s/KEYS/${3-} optional = yes/" conf >conf.now
	cp -pR out saved
	cp -p "$STATE/blacklist.index" saved.index
	run mailkeep-blacklist -c conf.now
	exits "$1"
	one_line
	says "^mailkeep-blacklist: feed \"f\": $2.*; the list is made without"
	is "$(cat out/b.plain)" "$(cat good.plain)" 'the others are published'
	run mailkeep-blacklist --check out/b.cdb 203.0.113.9
	exits 68
	prints '^out/b.cdb: cdb, 3 keys$'
	# as it was, for the next
	rm -rf out
	cp -pR saved out
	rm -rf saved
	cp -p saved.index "$STATE/blacklist.index"
	state >before
}
printf '192.0.2.1/32\n198.51.100.0/24\n2001:db8::/32\n' >good.plain

# An error page in place of a list.
cat >feed <<'END'
<!DOCTYPE html>
<html><body><h1>503 Service Unavailable</h1>
203.0.113.1
</body></html>
END
refuses 65 'feed is HTML or XML, no list: an error page\?'
{ printf '\357\273\277\n \n'; cat feed; } >feed.bom
mv feed.bom feed
refuses 65 'feed is HTML or XML'
gzip -c feed >feed.gz
mv feed.gz feed
refuses 65 'feed is HTML or XML'
# Nothing, nothing but comments, nothing but rubbish.
: >feed
refuses 65 'feed is empty'
printf '# nothing today\n; \n\n' >feed
refuses 65 'feed is empty'
printf '; nothing\n; EOF\n' >feed
refuses 65 'feed is empty'
printf '' | gzip -c >feed
refuses 65 'feed is empty'
printf 'one\ntwo\n' >feed
sed 's/KEYS//' conf >conf.now
run mailkeep-blacklist -c conf.now
exits 65
says 'feed "f": feed: none of its lines is an entry, 2 are rejected; nothing'
stays
# Cut short, by what the list says itself.
printf '203.0.113.0/24 ; SBL1\n203.0.113.128/25 ; SB' >feed
refuses 65 'feed is cut short: "; EOF" is not its last line'
printf '203.0.113.0/24 ; SBL1\n; EOF\n203.0.112.0/24 ; SBL2\n' >feed
refuses 65 'feed is cut short'
json='{"cidr":"203.0.113.0\/24","sblid":"SBL1"}'
echo "$json" >feed
refuses 65 'feed is cut short: its last line is not the metadata'
for records in 0 2 -1 99999999999999999999; do
	printf '%s\n{"type":"metadata","records":%s}\n' "$json" $records >feed
	sed 's/KEYS//' conf >conf.now
	run mailkeep-blacklist -c conf.now
	exits 65
	says 'feed "f": feed.*; nothing is published'
	stays
done
printf '%s\n{"type":"metadata","records":2}\n' "$json" >feed
refuses 65 'feed:2: 2 records are announced, 1 are there'
# No text.
printf '203.0.113.1\n\000\n' >feed
refuses 65 'feed: is no text: a NUL byte in line 2'
printf '203.0.113.1\n' | iconv -f ASCII -t UTF-16 >feed
refuses 65 'feed: is no text: a NUL byte in line 1 \(UTF-16: save it as UTF-8\)'
# Old.
printf '203.0.113.0/24\n' >feed
touch -d '3 days ago' feed
refuses 65 'feed is 72 hours old, more than max-age: is it still fetched' \
    'max-age = "2d"'
touch -d '3 days' feed
refuses 65 'feed is from the future, by 7[12] hours' 'max-age = "2d"'
# Large.
seq -f '203.0.113.%.0f' 0 255 | gzip -c >feed
refuses 65 'feed: has more than max-size, 1024 bytes, unpacked' \
    'max-size = "1KiB"'
# Not there; no file; no counts.
rm feed
refuses 66 'open feed: No such file'
ln -s feed feed
refuses 65 'open feed: Too many levels of symbolic links'
rm feed
mkdir feed
refuses 66 'no list in the directory feed'
rmdir feed
printf '203.0.113.0/24\n' >feed
refuses 65 'feed has no counts, which min-count asks for' 'min-count = 2'
printf 'a,b\n203.0.113.0/24,1\n' >feed
sed 's/KEYS/format = "csv" column = "ip"/' conf >conf.now
run mailkeep-blacklist -c conf.now
exits 65
says 'the first line does not name the column'
stays

# What is young enough, small enough, there: published as before.
printf '203.0.113.0/24\n' >feed
touch -d '47 hours ago' feed
sed 's/KEYS/max-age = "2d" max-size = "15B"/' conf >conf.now
run mailkeep-blacklist -c conf.now
exits 0
silent
stays
# allow-empty lets a list be empty, and the others are published.
for text in '' '# nothing today' '; EOF'; do
	printf '%s' "$text" >feed
	sed 's/KEYS/allow-empty = yes/' conf >conf.now
	run mailkeep-blacklist -c conf.now
	exits 0
	silent
	is "$(cat out/b.plain)" "$(cat good.plain)" 'the others are published'
done
rm feed
mkdir feed
run mailkeep-blacklist -c conf.now
exits 0
silent
is "$(cat out/b.plain)" "$(cat good.plain)" 'an empty directory'
rmdir feed
echo '<html>' >feed
run mailkeep-blacklist -c conf.now
exits 65
says 'feed is HTML'
is "$(cat out/b.plain)" "$(cat good.plain)" 'a page is no empty list'
done_testing
