# -n lists what would move, and why, and changes nothing at all, state
# included; the run then does the same.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

mkdir all
cat >all/conf <<'END'
mail-root = "home"
state-dir = "state"
lock-dir = "lock"
spamscan { limit = 7 delete-above = 50 archive = "archive"
    folder = {"INBOX", "Work"} trust "mx.example.test" { } }
END
mkdir all/state all/lock
alice=all/home/example.test/alice
scored $alice/new/1.M1P1.mx 15.3
scored -d exim $alice/cur/2.M2P2.mx:2,Sab 7.0
scored $alice/cur/3.M3P3.mx:2,S 6.9
scored $alice/cur/4.M4P4.mx:2,S 50.1
scored $alice/cur/5.M5P5.mx:2,S 50.0
scored $alice/.Work/cur/6.M6P6.mx:2,S 20.0
scored $alice/.Other/cur/7.M7P7.mx:2,S 20.0
scored "$alice/new/$(printf 'esc\033[2J\nx')" 9.0
scored -t 8 $alice/cur/8.M8P8.mx:2,S 20.0
scored $alice/cur/9.M9P9.mx:2,S -
printf '0S\n5000 50\n' >$alice/maildirsize
snapshot all >before
stamps() { find all \( -type d -o -type f \) -printf '%p %T@ %C@\0' | sort -z; }
stamps >dirs.before

in_all()
{
	cd all || exit 1
	run mailkeep-spamscan -c conf "$@"
	cd .. || exit 1
}
untouched()
{
	same_tree before all
	stamps >dirs.after
	ok 'not even a time' cmp dirs.before dirs.after
}
in_all -n
exits 0
is "$(cat "$ERR")" '' 'no word on stderr'
untouched
sort "$OUT" >listed
path=home/example.test/alice
user=alice@example.test
cat >want <<END
$user: $path/.Work/cur/6.M6P6.mx:2,S: score 20 by header (spamassassin), limit 7: junk
$user: $path/cur/2.M2P2.mx:2,Sab: score 7 by header (exim), limit 7: junk
$user: $path/cur/4.M4P4.mx:2,S: score 50.1 by header (spamassassin), limit 7: delete
$user: $path/cur/5.M5P5.mx:2,S: score 50 by header (spamassassin), limit 7: junk
$user: $path/new/1.M1P1.mx: score 15.3 by header (spamassassin), limit 7: junk
$user: $path/new/esc\\x1B[2J\\nx: score 9 by header (spamassassin), limit 7: junk
END
ok 'what would move or go, a line each' diff want listed

in_all -nv
exits 0
prints "^$user: $path/cur/3.M3P3.mx:2,S: score 6.9 by .*, limit 7: keep\$"
prints "^$user: $path/cur/8.M8P8.mx:2,S: too old at first sight: keep\$"
prints "^$user: $path/cur/9.M9P9.mx:2,S: without a score: keep\$"
never_prints 7.M7P7
untouched
in_all -n -q
exits 0
untouched
in_all -n --json
exits 0
is "$(cat "$ERR")" '' 'nothing on stderr'
untouched
in_all -n --threads 4 --user '*alice' --metrics m.prom
exits 0
ok 'no metrics' [ ! -e all/m.prom ]
untouched
in_all -n --rescan
exits 0
sort "$OUT" >again
ok '--rescan -n: the same' cmp listed again
untouched

# The run, in the words of -v, and of what it did.
in_all -v
exits 0
sed -n "s/^mailkeep-spamscan: $user: /$user: /p" "$ERR" |
    grep -v ': keep$' | sort >told
ok 'the run does what -n lists' diff listed told
says '^mailkeep-spamscan: deleted home/example.test/alice/cur/4\.M4P4\.mx:2,S$'
holds $alice/new
holds $alice/cur 3.M3P3.mx:2,S 8.M8P8.mx:2,S 9.M9P9.mx:2,S
holds $alice/.Work/cur
holds $alice/.Other/cur 7.M7P7.mx:2,S
holds $alice/.Junk/new 1.M1P1.mx "$(printf 'esc\033[2J\nx')"
holds $alice/.Junk/cur 2.M2P2.mx:2,S 5.M5P5.mx:2,S 6.M6P6.mx:2,S
is "$(ls all/archive/*)" 'example.test%2Falice.tar.zst' 'an archive'
snapshot all >before
stamps >dirs.before
in_all -n
exits 0
silent
untouched

# Taken back by its user: -n knows, too.
mv "$alice/.Junk/new/1.M1P1.mx" "$alice/cur/1.M1P1.mx:2,S"
snapshot all >before
stamps >dirs.before
in_all -nv
exits 0
prints "$path/cur/1.M1P1.mx:2,S: taken back by its user: keep\$"
untouched
done_testing
