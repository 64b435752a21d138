#!/bin/sh
# dist.sh - make the tarball of a release: the same bytes from the same commit.
#
# usage: packaging/dist.sh NAME FILE
#
# FILE gets all files of the tree, below NAME/.  Which these are git says; in
# what such a tarball unpacked to, where there is no git, all but products.
# Names are sorted, owners root's, modes 644 and 755, and the time that of the
# commit, which the files of an unpacked one have.  SOURCE_DATE_EPOCH overrides
# it.
set -eu
LC_ALL=C
export LC_ALL
umask 022

if [ $# != 2 ]; then
	echo 'usage: dist.sh NAME FILE' >&2
	exit 64
fi
if ! tar --version 2>/dev/null | grep -q 'GNU tar'; then
	echo 'dist.sh: tar is not GNU tar, which it takes' >&2
	exit 69
fi
list=$(mktemp)
new=$2.new
trap 'rm -f "$list" "$new" "$new.tar"' EXIT
trap 'exit 1' HUP INT TERM

if [ -e .git ]; then
	git ls-files >"$list"
	[ -z "$(git status --porcelain)" ] ||
	    echo 'dist.sh: note: the tree has changes that are in no' \
		'commit' >&2
	time=$(git log -1 --format=%ct)
else
	find . -path './build*' -prune -o -path './debian/*/*' \
	    ! -path './debian/source/*' ! -path './debian/tests/*' -prune \
	    -o ! -type d ! -name "$1.tar.gz*" -print |
	    sed 's,^\./,,' >"$list"
	time=$(stat -c %Y Makefile)
fi
sort -o "$list" "$list"
tar -c --format=ustar --no-recursion --owner=0 --group=0 --numeric-owner \
    --mode='u=rwX,go=rX' --mtime="@${SOURCE_DATE_EPOCH:-$time}" \
    --transform="s,^,$1/,S" -T "$list" >"$new.tar"
gzip -9n <"$new.tar" >"$new"
mv "$new" "$2"
