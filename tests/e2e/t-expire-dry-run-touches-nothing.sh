# -n shows what would go and changes nothing at all, state included; --list
# and --print0 name exactly the files that the run then removes.
. tests/e2e/lib.sh

# What is compared before and after: everything a run could reach.
mkdir all
cd all || exit 1
cat >conf <<'END'
mail-root = "home"
state-dir = "state"
lock-dir = "lock"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received"
    archive = "archive" }
expire "junk" { folder = {"Junk"} older-than = "10d" }
expire "stray" { path = "new" older-than = "0s" age = "received" }
expire "tmp" { tmp = yes older-than = "36h" age = "received" }
END
trash=home/example.org/alice/.Trash
message $trash/cur/1.M1P1.mx,S=2048:2,S 12
message $trash/cur/2.M2P2.mx:2,FS 40
message $trash/cur/3.M3P3.mx:2,S 4
message $trash/new/4.M4P4.mx,S=1 40
message home/example.org/alice/.Junk/cur/5.M5P5.mx:2,S 40
message home/example.org/alice/tmp/6.M6P6.mx 40h
file home/new/7.M7P7.mx 0
long=$(printf '%0255d' 8)
for name in 'new
line:2,S' ' blank :2,S' '-rf:2,S' "$(printf 'caf\351:2,S')" 'tab	:2,S' \
    'back\slash' "$long" 'colon:::2,S' 'Müll:2,S' '*:2,S' "$(printf 'bel\a')"
do
	message "$trash/cur/$name" 40
done
cd .. || exit 1
snapshot all >before
stamps() { find all \( -type d -o -type f \) -printf '%p %T@ %C@\0' | sort -z; }
stamps >dirs.before

cd all || exit 1
run mailkeep-expire -c conf -n
cd .. || exit 1
exits 0
is "$(cat "$ERR")" '' 'no word on stderr'
same_tree before all
stamps >dirs.after
ok 'not even a time' cmp dirs.before dirs.after
prints "^$trash/new/4.M4P4.mx,S=1	trash: 40d since received, 1 B\$"
prints "^$trash/cur/1.M1P1.mx,S=2048:2,S	trash: 12d since .*, 2.0 KiB\$"
prints '^home/example.org/alice/tmp/6.M6P6.mx	tmp: 1d16h since received, '
prints '^home/new/7.M7P7.mx	stray: '
prints "^$trash/cur/new\\\\nline:2,S	trash: "
prints '/caf\\xE9:2,S	'
prints '/Müll:2,S	'
prints '/bel\\x07	'
never_prints '2.M2P2'
never_prints '3.M3P3'
never_prints '5.M5P5'
is "$(tr -d '\n\t -~' <"$OUT" | tr -d 'ü')" '' 'no control bytes'

cd all || exit 1
run mailkeep-expire -c conf -n --list
cd .. || exit 1
exits 0
is "$(grep -c . "$OUT")" 15 '--list: one line a message'
never_prints '	'
same_tree before all
cd all || exit 1
run mailkeep-expire -c conf -n --print0
cd .. || exit 1
exits 0
sort -z "$OUT" >listed
same_tree before all
(cd all && find home -type f -print0 | sort -z) >files.before

# Now for good.
cd all || exit 1
run mailkeep-expire -c conf -n --print0 --threads 2
sort -z "$OUT" | cmp - ../listed || flunk 'the same with two threads'
run mailkeep-expire -c conf
cd .. || exit 1
exits 0
silent
(cd all && find home -type f ! -name mailkeep.ledger -print0 |
    sort -z) >files.after
LC_ALL=C comm -z -23 files.before files.after >gone
ok 'gone is what --print0 listed' cmp gone listed
holds all/$trash/cur 2.M2P2.mx:2,FS 3.M3P3.mx:2,S
holds all/home/example.org/alice/.Junk/cur 5.M5P5.mx:2,S
holds all/home/new

# -n makes no state or lock directory and needs none; nor an archive's.
rm -rf home
message home/.Trash/cur/1.M1P1.mx:2,S 40
echo 'mail-root = "home" state-dir = "no/state" lock-dir = "no/lock"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received"
    archive = "no/archive" }' >conf
run mailkeep-expire -c conf -n --list
exits 0
is "$(cat "$OUT")" home/.Trash/cur/1.M1P1.mx:2,S 'listed'
ok 'nothing was made' [ ! -e no ]
# Nor write access: it may be run by anyone who can read.
if [ "$(id -u)" = 0 ]; then
	chmod -R a+rX home
	as nobody run mailkeep-expire -c conf -n --list
	exits 0
	prints '^home/.Trash/cur/1.M1P1.mx:2,S$'
else
	skip 'needs root' 2
fi
# Nothing due: nothing said, and so with -q.
rm home/.Trash/cur/*
run mailkeep-expire -c conf -n
exits 0
silent
done_testing
