# valgrind finds no leak and no error on the main paths.
. tests/e2e/lib.sh
[ "${MK_SANITIZE-}" = 1 ] && skip_all 'the sanitizer looks for the same'
command -v valgrind >/dev/null || skip_all 'needs valgrind'

for box in a b; do
	message mail/$box/.Trash/cur/1.old,S=500:2,S 40
	message mail/$box/.Trash/cur/2.young:2,S 1
	message mail/$box/.Trash/new/3.old 40
	message mail/$box/.Junk/cur/4.old:2,FS 40
	message mail/$box/.Junk/cur/5.old:2,S 39
	message mail/$box/tmp/6.old 40
	message mail/$box/cur/7.inbox:2,S 40
	printf '0S\n5000 50\n' >mail/$box/maildirsize
done
file mail/stray/1.old 40
mkdir archive
cat >conf <<-END
	mail-root = "mail"
	expire "trash" { folder = {"Trash"} older-than = "10d"
	    age = "received" archive = "archive" }
	expire "junk" { folder = {"Junk", "Sp*m"} max-messages = 1
	    flagged = yes archive = "archive" }
	expire "stray" { path = "stray" older-than = "0s" age = "received" }
	expire "tmp" { tmp = yes older-than = "36h" age = "received" }
	expire "all" { folder = {"*"} older-than = "100d" exclude = {"X"}
	    account = {"a", "*@example.org"} }
END
# Its warnings, "--1234-- ", are of system calls that it does not know yet: to
# the program they look like those of an older kernel.
MK_WRAP="valgrind -q --leak-check=full --show-leak-kinds=all
    --errors-for-leak-kinds=all --error-exitcode=99
    --log-file=$SCRATCH/valgrind"
clean()
{
	ok "$_what: valgrind has nothing to say" \
	    not grep '^==' "$SCRATCH/valgrind"
}
run mailkeep-expire -c conf -n
exits 0
clean
run mailkeep-expire -c conf --plan plan
exits 0
clean
run mailkeep-expire -c conf --apply plan --json
exits 0
clean
holds mail/a/.Trash/cur 2.young:2,S
holds mail/a/.Junk/cur 5.old:2,S
run mailkeep-expire -c conf --restore archive/*
exits 0
clean
holds mail/a/.Trash/cur 1.old,S=500:2,S 2.young:2,S
run mailkeep-expire -c conf --metrics m.prom --threads 4
exits 0
clean
run mailkeep-expire -c conf
exits 0
silent
clean
run mailkeep-expire -c conf mail/a --user a --json
exits 0
clean
run mailkeep-expire -c conf --rule unknown
exits 64
one_line
clean
echo 'expire "x" { folder = {"a"' >broken
run mailkeep-expire -c broken
exits 78
one_line
clean
run mailkeep-expire --help
exits 0
clean
done_testing
