# valgrind finds no leak and no error on the main paths.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'the sanitizer looks for the same'
command -v valgrind >/dev/null || skip_all 'needs valgrind'

for box in a b; do
	scored tree/$box/new/1.M1P1.mx 15.3
	scored -d exim tree/$box/cur/2.M2P2.mx:2,S 9.5
	scored -d amavis tree/$box/cur/3.M3P3.mx:2,S 9.5
	scored -d rspamd -b 'X-Spam-Status: No, score=1.0\n' \
	    tree/$box/cur/4.M4P4.mx:2,S 9.5
	scored -d wrapped tree/$box/cur/5.M5P5.mx:2,S 60.0
	scored tree/$box/cur/6.M6P6.mx:2,S -
	gzip -c tree/$box/new/1.M1P1.mx >tree/$box/cur/7.M7P7.mx:2,S
	gzip -c tree/$box/new/1.M1P1.mx | head -c 100 \
	    >tree/$box/cur/8.M8P8.mx:2,S
	printf 'CRYPTED\003\007' >tree/$box/cur/9.M9P9.mx:2,S
	head -c 300000 /dev/zero | tr '\0' a |
	    cat tree/$box/new/1.M1P1.mx - >tree/$box/new/10.M10P10.mx
	{ printf 'X-A: '; tail -c 300000 tree/$box/new/10.M10P10.mx; } \
	    >tree/$box/new/11.M11P11.mx
	: >tree/$box/new/12.M12P12.mx
	printf '0S\n500000 50\n' >tree/$box/maildirsize
done
scored tree/a/.Junk/cur/13.M13P13.mx:2,S 60.0
cat >conf <<'END'
mail-root = "mail"
safety { max-percent = "100%" }
spamscan {
	limit = 7  delete-above = 50  archive = "archive"  learn = yes
	trust "mx.example.test" { }
	trust "mx2.example.test" { received-by = {"a", "b"} stripped = yes }
}
END
cp -a tree mail
# Its warnings, "--1234-- ", are of system calls that it does not know yet: to
# the program they look like those of an older kernel.
MK_WRAP="valgrind -q --leak-check=full --show-leak-kinds=all
    --errors-for-leak-kinds=all --error-exitcode=99
    --log-file=$SCRATCH/valgrind"
# clean STATUS ARG ...
clean()
{
	_status=$1
	shift
	run mailkeep-spamscan "$@"
	exits "$_status"
	ok "$_what: valgrind has nothing to say" \
	    not grep '^==' "$SCRATCH/valgrind"
}
clean 0 -c conf -n -v
clean 0 -c conf --explain mail/a/new/1.M1P1.mx
clean 0 -c conf --explain mail/a/cur/4.M4P4.mx:2,S --json
clean 0 -c conf --explain mail/a/new/11.M11P11.mx
clean 66 -c conf --explain mail/a/new/none
clean 0 -c conf --histogram all
clean 0 -c conf --histogram account --json mail/a
clean 0 -c conf --json --threads 4 --metrics m.prom
holds mail/a/.Junk/new 1.M1P1.mx 10.M10P10.mx
holds mail/a/.Junk/cur 13.M13P13.mx:2,S 2.M2P2.mx:2,S 7.M7P7.mx:2,S
holds mail/a/cur 3.M3P3.mx:2,S 4.M4P4.mx:2,S 6.M6P6.mx:2,S 8.M8P8.mx:2,S \
    9.M9P9.mx:2,S
clean 0 -c conf -v
mv mail/a/.Junk/new/1.M1P1.mx mail/a/cur/1.M1P1.mx:2,
clean 0 -c conf --rescan
holds mail/a/cur 1.M1P1.mx:2, 3.M3P3.mx:2,S 4.M4P4.mx:2,S 6.M6P6.mx:2,S \
    8.M8P8.mx:2,S 9.M9P9.mx:2,S
clean 0 -c conf --learn-list ham
clean 0 -c conf --learn-list spam --json
rm -rf mail "${STATE:?}"/*
cp -a tree mail
rm -rf mail/a/.Junk
echo >mail/a/.Junk
clean 65 -c conf
holds mail/b/.Junk/new 1.M1P1.mx 10.M10P10.mx
clean 66 -c conf --user nobody
clean 0 -c /dev/null --trust mx.example.test --trust mx2 -n mail/b
clean 64 -c /dev/null --trust mx.example.test --trust 'no host' mail/b
clean 64 -c conf --histogram some
echo 'spamscan { trust "x" {' >broken
clean 78 -c broken
clean 0 --help
done_testing
