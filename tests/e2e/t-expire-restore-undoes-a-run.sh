# What an archive took away --restore brings back as it was: content, name,
# flags, times, owner and mode; what is there already is passed by.
. tests/e2e/lib.sh

alice=example.org/alice
long=$(printf '%0244d' 1).mx:2,S
message "home/$alice/.Trash/cur/1.M1P1.mx,S=3000:2,RS" 40 ham/001.eml
message "home/$alice/.Trash/cur/2.M2P2.mx:2,S" 40 ham/002.eml
message "home/$alice/.Trash/new/3.M3P3.mx" 4000
message "home/$alice/.Trash/cur/$long" 50
message "home/$alice/.Trash/cur/new
line $(printf '\351')\\:2,S" 50
: >"home/$alice/.Trash/cur/empty:2,S"
message "home/$alice/.Trash/cur/4.M4P4.mx:2,FS" 40
message "home/$alice/.Trash.2025/cur/5.M5P5.mx:2,S" 40
message "home/$alice/.Junk/cur/6.M6P6.mx:2,S" 40
message "home/$alice/cur/1.M1P1.mx:2,S" 40
message home/bob/Trash/cur/7.M7P7.mx:2,S 40
message home/bob/cur/7.M7P7.mx:2,S 40
file home/stray/8.M8P8.mx 40
touch -d '2001-02-03 04:05:06.123456789' "home/$alice/.Trash/cur/empty:2,S"
touch -d '1969-02-03 04:05:06.5' "home/$alice/.Trash/cur/2.M2P2.mx:2,S"
chmod 640 "home/$alice/.Trash/cur/2.M2P2.mx:2,S"
chmod 400 "home/$alice/.Trash/new/3.M3P3.mx"
chmod 2770 "home/$alice"
chmod 711 home/bob home/bob/Trash
if [ "$(id -u)" = 0 ]; then
	chown -R nobody home/bob
	chown 1234:4321 "home/$alice/.Trash/cur/empty:2,S"
fi
cat >conf <<'END'
mail-root = "home"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received"
    archive = "archive" }
expire "stray" { path = "stray" older-than = "0s" age = "received"
    archive = "archive" }
expire "junk" { folder = {"Junk"} older-than = "10d" age = "received" }
END
snapshot home >before
cp -a home tree

# expired: the tree after a run, its archives in $RUN
expired()
{
	rm -rf home archive "${STATE:?}"/*
	cp -a tree home
	run mailkeep-expire -c conf
	exits 0
	silent
	set -- archive/*
	RUN=$1
}
# restored ARG ...
restored()
{
	run mailkeep-expire -c conf --restore "$@"
	exits 0
	silent
}

expired
is "$(cd archive && echo *)" "${RUN#*/}" 'one directory for the run'
is "$(cd "$RUN" && find . -type f | sort | tr '\n' ' ')" \
    './%.tar.zst ./bob.tar.zst ./example.org%2Falice.tar.zst ' \
    'an archive a mailbox'
is "$(stat -c %a "$RUN" "$RUN"/* | sort -u | tr '\n' ' ')" '600 700 ' \
    'nobody else can read them'
holds "home/$alice/.Trash/cur" 4.M4P4.mx:2,FS
holds "home/$alice/.Trash/new"
holds "home/$alice/.Junk/cur"
holds home/bob/Trash/cur
holds home/stray
rm -f "tree/$alice/.Junk/cur"/*		# was not archived
restored "$RUN"
same_tree -l tree home
restored "$RUN"
same_tree -l tree home
message "tree/$alice/.Junk/cur/6.M6P6.mx:2,S" 40

# Of one mailbox: an archive alone, or --user.
expired
restored "$RUN/bob.tar.zst"
holds home/bob/Trash/cur 7.M7P7.mx:2,S
holds "home/$alice/.Trash/new"
restored "$RUN" --user alice@example.org
holds "home/$alice/.Trash/new" 3.M3P3.mx
holds home/stray
run mailkeep-expire -c conf --restore "$RUN" --user carol
exits 66
one_line
says '--user'

# The folder, the mailbox and all are made again, as what they lie in is.
expired
rm -rf "home/$alice/.Trash" home/bob
restored "$RUN"
holds "home/$alice/.Trash/new" 3.M3P3.mx
ok 'the file is the same' cmp "home/$alice/.Trash/cur/1.M1P1.mx,S=3000:2,RS" \
    "tree/$alice/.Trash/cur/1.M1P1.mx,S=3000:2,RS"
is "$(stat -c %a "home/$alice/.Trash/cur")" 2770 "the mailbox's mode"
holds home/bob/Trash/cur 7.M7P7.mx:2,S
is "$(find home -name '*mailkeep*' ! -name mailkeep.ledger)" '' 'no leftover'

# A message that came back under other flags, or never went, is there.
expired
cp -p "tree/$alice/.Trash/cur/1.M1P1.mx,S=3000:2,RS" \
    "home/$alice/.Trash/cur/1.M1P1.mx,S=3000:2,"
cp -p "tree/$alice/.Trash/new/3.M3P3.mx" "home/$alice/.Trash/cur/3.M3P3.mx:2,S"
echo else >"home/$alice/.Trash/cur/2.M2P2.mx:2,S"
run mailkeep-expire -c conf --restore "$RUN" -v
exits 0
prints ' restored, 3 there already$'
holds "home/$alice/.Trash/cur" 1.M1P1.mx,S=3000:2, 3.M3P3.mx:2,S \
    2.M2P2.mx:2,S 4.M4P4.mx:2,FS "$long" empty:2,S "new
line $(printf '\351')\\:2,S"
holds "home/$alice/.Trash/new"
is "$(cat "home/$alice/.Trash/cur/2.M2P2.mx:2,S")" else 'nothing is replaced'
says 'restored home/bob/Trash/cur/7.M7P7.mx:2,S$'

# Elsewhere, to look first; -n says what, and makes nothing.
expired
snapshot home >after
run mailkeep-expire -c conf --restore "$RUN" -n
exits 0
prints "^home/$alice/.Trash/new/3.M3P3.mx\$"
is "$(grep -c ^home/ "$OUT")" 9 'nine messages'
is "$(wc -l <"$OUT")" 9 'each on one line'
same_tree after home
run mailkeep-expire -c conf --restore "$RUN" --to elsewhere -n
exits 0
ok '-n makes no directory' [ ! -e elsewhere ]
restored "$RUN" --to elsewhere
same_tree after home
(cd elsewhere && find . -type f -printf '%P %m %U %G %s %T@\n' | sort) >there
(cd tree && find . -type f -path '*Trash*' ! -name '4*' -printf \
    '%P %m %U %G %s %T@\n' -o -path './stray/*' -printf \
    '%P %m %U %G %s %T@\n' | sort) >wanted
ok 'names, modes, owners, sizes, times' cmp there wanted
# The restored are not expired again by the time they are in the folder.
sed 's/age = "received"//' conf >conf.ledger
restored "$RUN"
run mailkeep-expire -c conf.ledger
exits 0
holds "home/$alice/.Trash/new" 3.M3P3.mx

# Any program reads it.
if command -v zstd >/dev/null; then
	mkdir out
	zstd -dcq "$RUN/example.org%2Falice.tar.zst" | tar -xf - -C out \
	    2>/dev/null
	ok 'tar(1) reads it' cmp "out/$alice/.Trash/cur/1.M1P1.mx,S=3000:2,RS" \
	    "tree/$alice/.Trash/cur/1.M1P1.mx,S=3000:2,RS"
else
	skip 'needs zstd'
fi

# Each run has a directory of its own; one that takes nothing has none.
runs() { find archive -mindepth 1 -maxdepth 1 | wc -l; }
n=$(runs)
run mailkeep-expire -c conf
exits 0
is "$(runs)" $((n + 1)) 'another run'
run mailkeep-expire -c conf
exits 0
is "$(runs)" $((n + 1)) 'nothing, no directory'

run mailkeep-expire -c conf --restore archive/none
exits 66
one_line
says '--restore: archive/none: No such file'
run mailkeep-expire -c conf --restore archive
exits 66
one_line
says "archive: holds no archives .*name a run's directory"
done_testing
