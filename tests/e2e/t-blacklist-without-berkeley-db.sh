# Built without Berkeley DB, the program refuses the key dbm in one line, and
# does all the rest.
. tests/e2e/lib.sh
[ -n "${MK_WRAP-}" ] && skip_all 'is built, not wrapped'
mkdir "$SCRATCH/b"
cp -Rp "$B/lib" "$B/bin" "$SCRATCH/b/" || skip_all "needs the objects in $B"
rm "$SCRATCH/b/bin/mailkeep-blacklist"
sys=linux
[ -f "$B/lib/base/sys_linux.o" ] || sys=posix
(cd "$TOP" && make -s B="$SCRATCH/b" SYS=$sys DBM=dbm_none \
    "$SCRATCH/b/bin/mailkeep-blacklist") >make.out 2>&1 ||
    skip_all "cannot be linked here: $(tail -n 1 make.out)"
PATH=$SCRATCH/b/bin:$PATH
is "$(command -v mailkeep-blacklist)" "$SCRATCH/b/bin/mailkeep-blacklist" \
    'it is the one built here'
ok 'it is not linked to libdb' \
    not grep -q 'libdb-' "$SCRATCH/b/bin/mailkeep-blacklist"
. "$TOP/tests/e2e/publish.sh"
is "$OUTPUTS" 'cdb hostlist text plain postfix nft rbldnsd' 'no dbm'

config
run mailkeep-blacklist -c conf
exits 0
silent
tidy
look out "$STATE" >before
run mailkeep-blacklist -c conf
exits 0
same before
echo 192.0.2.77 >>feed
sed "s,^cdb.*,&\ndbm = \"$PWD/out/b.dbm\"," conf >with
look out "$STATE" >before
for arguments in '' -n '--print plain' --if-missing; do
	# shellcheck disable=SC2086	# words
	run mailkeep-blacklist -c with $arguments
	exits 78
	one_line
	says 'dbm: .*without Berkeley DB; use .*cdb'
	same before
done
run mailkeep-blacklist -c conf
exits 0
run mailkeep-blacklist -c conf --why 192.0.2.77
exits 0
run mailkeep-blacklist --check out/b.cdb 192.0.2.77
exits 0
head -c 12288 /dev/urandom >garbage
run mailkeep-blacklist --check garbage
exits 65
one_line
done_testing
