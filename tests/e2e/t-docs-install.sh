# make install brings every program, every page and every file that the manual
# tells of, and make uninstall leaves nothing of it behind.
. tests/e2e/lib.sh

DEST=$PWD/dest
DOC=$DEST/usr/local/share/doc/mailkeep
unset MAKEFLAGS MAKELEVEL MFLAGS

# What is built is not built again: this tests what the rule copies.
run make -C "$TOP" -o all "B=$B" "DESTDIR=$DEST" install
exits 0

for main in "$TOP"/bin/mailkeep-*.c; do
	program=${main##*/}
	program=${program%.c}
	ok "$program is there" cmp "$B/bin/$program" \
	    "$DEST/usr/local/sbin/$program"
	ok "$program can be run" test -x "$DEST/usr/local/sbin/$program"
done
for page in "$TOP"/man/*.[1578]; do
	ok "${page##*/} is there" cmp "$page" \
	    "$DEST/usr/local/share/man/man${page##*.}/${page##*/}"
done
for doc in README.md NEWS LICENSE; do
	ok "$doc is there" cmp "$TOP/$doc" "$DOC/$doc"
done
for dir in etc cron; do
	ok "$dir is there, all of it" diff -r "$TOP/$dir" "$DOC/$dir"
done

# Where the manual says that they are, and what README.md says of the tree.
sed -n 's,^\.\(It \)*Pa \(/usr/local/[^ ]*\)$,\2,p' "$TOP"/man/*.[578] >told
ok 'the manual tells of a file' test -s told
while IFS= read -r path; do
	ok "the manual is right: $path" test -f "$DEST$path"
done <told
(cd "$TOP" && grep -o '`etc/[^`]*`\|`cron/[^`]*`' README.md) | tr -d '`' >told
while IFS= read -r path; do
	ok "README.md is right: $path" test -e "$DOC/$path"
done <told

echo mine >"$DOC/etc/exim/mine"
run make -C "$TOP" "DESTDIR=$DEST" uninstall
exits 0
is "$(cd "$DEST" && find . ! -type d)" \
    ./usr/local/share/doc/mailkeep/etc/exim/mine \
    'uninstall leaves what was not installed'
rm "$DOC/etc/exim/mine"
run make -C "$TOP" "DESTDIR=$DEST" uninstall
exits 0
is "$(find "$DEST" ! -type d)" '' 'uninstall leaves no file'
is "$(cd "$DEST" && find . -path '*mailkeep*')" '' 'nor a directory of ours'

# Elsewhere: pages, the crontab and the units say so.
run make -C "$TOP" -o all "B=$B" "DESTDIR=$DEST" PREFIX=/usr install
exits 0
is "$(grep -rE '/usr/local/(sbin|share/doc)/mailkeep' "$DEST")" '' \
    'nothing leads to /usr/local'
ok 'the service calls the program that is there' grep -q \
    '^ExecStart=/usr/sbin/mailkeep-expire$' \
    "$DEST/usr/share/doc/mailkeep/cron/mailkeep-expire.service"
ok 'and so does the crontab' grep -q 'test ! -x /usr/sbin/mailkeep-expire ' \
    "$DEST/usr/share/doc/mailkeep/cron/mailkeep"
is "$(find "$DEST" -type f ! -path '*/sbin/*' ! -perm 644)" '' \
    'modes of what is no program'
mkdir -p "$DEST/usr/share/doc/other"
run make -C "$TOP" "DESTDIR=$DEST" PREFIX=/usr uninstall
exits 0
is "$(find "$DEST" ! -type d)" '' 'uninstall leaves no file there, either'
ok 'and what others have put beside' test -d "$DEST/usr/share/doc/other"
done_testing
