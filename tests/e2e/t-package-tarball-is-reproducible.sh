# make dist gives the same bytes twice, from a clone of another umask, and from
# what the tarball unpacks to; it has all files of the commit, and no others.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/package.sh"
plain_build
needs git tar gzip

copy_tree one
commit_tree one
file one/junk 1
file one/build/product 1
file one/debian/mailkeep/product 1
run make -s -C one dist
exits 0
says 'note: the tree has changes that are in no commit'
rm one/junk
mv "one/$DIST.tar.gz" first.tar.gz

run make -s -C one dist "DISTDIR=$PWD"
exits 0
silent
ok 'the same bytes twice' cmp first.tar.gz "$DIST.tar.gz"

(umask 077 && git clone -q one two)
find two -name .git -prune -o -type f -exec touch -d 2001-02-03 '{}' +
run make -s -C two dist "DISTDIR=$PWD"
exits 0
ok 'the same bytes from a clone' cmp first.tar.gz "$DIST.tar.gz"

tar -xzf first.tar.gz
is "$(ls -d "$DIST"*/)" "$DIST/" 'it unpacks to one directory'
(cd one && git ls-files) | sort >want
(cd "$DIST" && find . ! -type d | sed 's,^\./,,') | sort >got
ok 'it has the files of the commit' diff want got
is "$(TZ=UTC tar --numeric-owner -tvzf first.tar.gz |
    awk '{ print $2, $4, $5 }' | sort -u)" \
    "0/0 2026-11-22 12:00" 'of one owner and one time'
is "$(tar -tvzf first.tar.gz | cut -c 1-10 | sort -u | tr '\n' ' ')" \
    '-rw-r--r-- -rwxr-xr-x ' 'of two modes'
file "$DIST/build-deb/product" 1
run make -s -C "$DIST" dist "DISTDIR=$PWD"
exits 0
ok 'the same bytes without git' cmp first.tar.gz "$DIST.tar.gz"
done_testing
