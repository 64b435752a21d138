# valgrind finds no leak and no error on the main paths.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'the sanitizer looks for the same'
command -v valgrind >/dev/null || skip_all 'needs valgrind'
. "$TOP/tests/e2e/publish.sh"

seq -f '11.0.0.%g' 1 3 250 | gzip >more.gz
echo 192.0.2.64/26 >allow
config 'feed "more" { file = "more.gz" reason = "$x: \"y\"" }' \
    'allow = {"allow"}' 'never = {"203.0.113.0/29", "2001:db8:1::/48"}'
# A child has what its parent had, and ends without freeing it: $ERRORS, for
# runs that have one, looks for no leaks.
ERRORS="valgrind -q --error-exitcode=99 --log-file=$SCRATCH/valgrind"
# Its warnings, "--1234-- ", are of system calls that it does not know yet.
MK_WRAP="valgrind -q --leak-check=full --show-leak-kinds=all
    --errors-for-leak-kinds=all --error-exitcode=99
    --log-file=$SCRATCH/valgrind"
ALL=$MK_WRAP
# clean STATUS [ARG ...]
clean()
{
	_want=$1
	shift
	run mailkeep-blacklist "$@"
	exits "$_want"
	ok "$_what: valgrind has nothing to say" \
	    not grep '^==' "$SCRATCH/valgrind"
}
clean 0 -c conf -n
clean 0 -c conf
tidy
clean 0 -c conf -v
prints unchanged
rm out/b.cdb
clean 0 -c conf --if-missing
echo 192.0.2.1 >>feed
echo nonsense >>feed
clean 65 -c conf --json --metrics m.prom
clean 65 -c conf --strict
sed -i '$d' feed
MK_WRAP=$ERRORS
rm out/b.nft
clean 75 -c conf -o blacklist.on-change=false -o blacklist.reader=nobody
clean 0 -c conf -o blacklist.on-change=true -o blacklist.reader=nobody
clean 67 -c conf -o blacklist.reader=nix
MK_WRAP=$ALL
clean 68 -c conf --why "$FIRST" --why 203.0.113.1 --why 2001:db8:1::1
clean 0 -c conf --json --why "$FIRST"
rm "$STATE/blacklist.index"
clean 0 -c conf --why "$FIRST"
clean 0 -c conf --print hostlist
clean 68 --check out/b.cdb "$FIRST" 192.0.2.65
case " $OUTPUTS " in
*' dbm '*)
	clean 0 --json --check out/b.dbm "$FIRST" ;;
esac
echo "$FIRST" >feed
clean 75 -c conf -o blacklist.max-shrink=1%
head -c 9000 /dev/urandom >out/b.cdb
clean 65 --check out/b.cdb
mkdir out/.b.nft.new
echo 192.0.2.77 >>feed
clean 74 -c conf -o blacklist.max-shrink=100%
rmdir out/.b.nft.new
rm feed
clean 66 -c conf
clean 64 --why x
echo 'blacklist { feed "a' >broken
clean 78 -c broken
done_testing
