# Whatever is wrong with the file of the blacklist, mail is delivered, to the
# inbox; and the log says so.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres cdb

mail_root root
start_postgres
start_site_exim root
file=$EXIM/blacklist.cdb
n=0

# arrives WHAT LOG: from a host that would be listed, into the inbox
arrives()
{
	n=$((n + 1))
	ok "$1" send -s 127.0.0.66 bob@example.test alice@example.test \
	    ham/001.eml
	set -- "$1" "$2" root/example.test/alice/new/*
	is $(($# - 2)) $n "$1: it is in the inbox"
	ok "$1: the log says so" grep -q "$2" "$EXIM/mainlog"
	: >"$EXIM/mainlog"
}

arrives 'the first list is not made yet' 'no blacklist: .*cdb is missing'
: >"$file"
arrives 'an empty file' 'no blacklist: '
head -c 2047 /dev/zero >"$file"
arrives 'a short one' 'no blacklist: '
blacklist 127.0.0.66/32=x
chmod 600 "$file"
chown root:root "$file"
arrives 'one that Exim cannot read' 'no blacklist: '
head -c 2048 "$file" >"$file.cut"
mv "$file.cut" "$file"
chmod 644 "$file"
arrives 'one that was cut' '<= bob@example.test'
head -c 5000 /dev/urandom >"$file"
arrives 'one of noise' '<= bob@example.test'
rm "$file"
mkdir "$file"
arrives 'a directory' 'no blacklist: '
rmdir "$file"
mkdir closed
blacklist 127.0.0.66/32=x
mv "$file" closed
chmod 700 closed
ln -s "$PWD/closed/blacklist.cdb" "$file"
arrives 'one in a directory that Exim cannot enter' 'no blacklist: '
rm "$file"
blacklist
arrives 'a list of nothing' '<= bob@example.test'
blacklist 127.0.0.66/32=x
ok 'a good one' send -s 127.0.0.66 bob@example.test alice@example.test \
    ham/001.eml
set -- root/example.test/alice/.Junk/new/*
ok 'is obeyed at once' [ -f "$1" ]
done_testing
