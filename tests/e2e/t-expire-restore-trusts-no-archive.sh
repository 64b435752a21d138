# An archive is hostile until proven: what points out of the tree, is a link
# or no message is passed over, what is cut short or damaged is told, and
# nothing that is there is replaced.
. tests/e2e/lib.sh

cat >pack.py <<'END'
import io, sys, tarfile
out, entries = sys.argv[1], sys.argv[2:]
with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as tar:
    for entry in entries:
        kind, name, *target = entry.split("=>")
        info = tarfile.TarInfo(name)
        info.mtime = 1700000000
        info.mode = 0o6777
        if kind == "file":
            data = b"x" * 600
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
            continue
        info.type = {"link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE,
            "dir": tarfile.DIRTYPE, "fifo": tarfile.FIFOTYPE,
            "dev": tarfile.CHRTYPE}[kind]
        info.linkname = target[0] if target else ""
        tar.addfile(info)
END
echo 'mail-root = "home"' >conf
message home/bob/cur/1.M1P1.mx:2,S 40
mkdir outside
ln -s ../../outside home/bob/.Link
ln -s ../../../outside home/bob/cur/link
file outside/precious 40
cp -a home tree
snapshot outside >outside.before

# passed_over ENTRY ...: nothing of it arrives, each is said
passed_over()
{
	python3 pack.py bob.tar "$@"
	run mailkeep-expire -c conf --restore bob.tar
	ok "$*: an error" [ "$STATUS" != 0 ]
	is "$(wc -l <"$ERR")" $# "$*: one line each"
	same_tree tree home
	same_tree outside.before outside
	ok 'nothing beside' [ ! -e up ]
}
passed_over 'file=>../up' 'file=>bob/cur/../../../up' "file=>$PWD/up" \
    'file=>/etc/up' 'file=>./bob/cur/x' 'file=>bob//cur/x' 'file=>..' 'file=>x'
passed_over 'link=>bob/cur/2.M2P2.mx=>/etc/passwd' 'dir=>bob/cur/dir' \
    'hard=>bob/cur/3.M3P3.mx=>bob/cur/1.M1P1.mx:2,S' 'fifo=>bob/cur/fifo' \
    'dev=>bob/cur/dev'
passed_over 'file=>bob/.Link/cur/4.M4P4.mx' 'file=>bob/cur/link/new/4.M4P4.mx' \
    'file=>bob/.Link/4.M4P4.mx'
passed_over 'file=>bob/cur/.hidden' 'file=>bob/dovecot-uidlist' \
    'file=>bob/maildirsize' 'file=>bob/subscriptions' \
    'file=>bob/cur/mailkeep.ledger'

# Around them, what is sound arrives, without set-user bits; a name that is
# a link is there, and stays one.
python3 pack.py bob.tar 'file=>bob/cur/5.M5P5.mx:2,S' 'file=>../up' \
    'file=>bob/cur/link' 'file=>bob/new/6.M6P6.mx'
run mailkeep-expire -c conf --restore bob.tar
exits 65
one_line
says '\.\./up: is no message of ours, not restored'
holds home/bob/cur 1.M1P1.mx:2,S 5.M5P5.mx:2,S link
ok 'a link stays a link' [ -L home/bob/cur/link ]
is "$(stat -c %a home/bob/cur/5.M5P5.mx:2,S)" 777 'without set-user bits'
holds home/bob/new 6.M6P6.mx
holds home/bob/tmp
same_tree outside.before outside

# Cut short at any place, or with a bit flipped: told, and what is whole and
# comes before is restored, the rest not.
rm -rf home box archive
message box/.Trash/cur/1.M1P1.mx:2,S 40 ham/001.eml
message box/.Trash/cur/2.M2P2.mx:2,S 40 ham/002.eml
message box/.Trash/cur/3.M3P3.mx:2,S 40 ham/003.eml
mkdir home
mv box home
cp -a home sound
run mailkeep-expire -c conf -o mail-root=home --folder Trash --older-than 10d \
    --age received
exits 0
rm -rf home
cp -a sound home
cat >conf <<'END'
mail-root = "home"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received"
    archive = "archive" }
END
run mailkeep-expire -c conf
exits 0
holds home/box/.Trash/cur
set -- archive/*/box.tar.zst
size=$(stat -c %s "$1")
for cut in 0 1 100 $((size / 2)) $((size - 200)) $((size - 1)); do
	head -c "$cut" "$1" >cut.tar.zst
	rm -rf to
	run mailkeep-expire -c conf --restore cut.tar.zst --to to
	ok "cut at $cut of $size: an error" [ "$STATUS" = 65 ]
	says '^mailkeep-expire: .*cut.tar.zst'
	for name in to/box/.Trash/cur/*; do
		[ -e "$name" ] || continue
		cmp -s "$name" "sound/${name#to/}" || flunk "$name is whole"
	done
done
python3 -c '
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 0x10
open("flip.tar.zst", "wb").write(data)' "$1"
rm -rf to
run mailkeep-expire -c conf --restore flip.tar.zst --to to
exits 65
for name in to/box/.Trash/cur/*; do
	[ -e "$name" ] || continue
	cmp -s "$name" "sound/${name#to/}" || flunk "$name is whole"
done
ok 'no half message is left' [ -z "$(find to -name '*mailkeep*')" ]
file notes.txt 1
run mailkeep-expire -c conf --restore notes.txt
exits 65
one_line
says 'notes.txt'
holds home/box/.Trash/cur
# One bad archive of a run does not keep the others.
dir=${1%/*}
head -c 100 "$1" >"$dir/abc.tar.zst"
run mailkeep-expire -c conf --restore "$dir"
exits 65
one_line
says 'abc.tar.zst'
same_tree -l sound home
done_testing
