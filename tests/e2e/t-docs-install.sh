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
for dir in etc cron docs; do
	ok "$dir is there, all of it" diff -r "$TOP/$dir" "$DOC/$dir"
done
for unit in "$TOP"/cron/*.service "$TOP"/cron/*.timer; do
	ok "${unit##*/} is where systemd looks" cmp "$unit" \
	    "$DEST/usr/local/lib/systemd/system/${unit##*/}"
done
for main in "$TOP"/bin/mailkeep-*.c; do
	program=${main##*/}
	program=${program%.c}
	for file in "bash/$program bash-completion/completions/$program" \
	    "zsh/_$program zsh/site-functions/_$program" \
	    "fish/$program.fish fish/vendor_completions.d/$program.fish"; do
		ok "completion ${file% *} is there" \
		    cmp "$B/completions/${file% *}" \
		    "$DEST/usr/local/share/${file#* }"
	done
done
is "$(find "$DEST" -path '*/etc/*' ! -path '*/share/doc/*')" '' \
    'nothing is put below /etc'
(cd "$DEST" && find . ! -type d) | sed 's/^\.//' | sort >there
make -s -C "$TOP" files >told
ok 'make files tells of all of them' diff told there

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

# What others have in the same directories stays, and nothing else.
rm -rf "$DEST"
file "$DEST/usr/local/sbin/mailkeep-mine" 3
file "$DEST/usr/local/lib/systemd/system/mailkeep-mine.timer" 3
file "$DEST/usr/local/share/zsh/site-functions/_other" 3
mkdir -p "$DEST/usr/local/share/bash-completion/completions" \
    "$DEST/usr/local/share/fish/vendor_completions.d" \
    "$DEST/usr/local/share/doc" "$DEST/usr/local/share/man/man5" \
    "$DEST/usr/local/share/man/man7" \
    "$DEST/usr/local/share/man/man8"
snapshot "$DEST" >before
run make -C "$TOP" -o all "B=$B" "DESTDIR=$DEST" install
exits 0
run make -C "$TOP" "DESTDIR=$DEST" uninstall
exits 0
same_tree before "$DEST"

run make -C "$TOP" -o all "B=$B" "DESTDIR=$DEST" install
echo mine >"$DOC/etc/exim/mine"
run make -C "$TOP" "DESTDIR=$DEST" uninstall
exits 0
is "$(cd "$DEST" && find . ! -type d -path '*/doc/*')" \
    ./usr/local/share/doc/mailkeep/etc/exim/mine \
    'uninstall leaves what was not installed'
rm -rf "$DOC/etc/exim/mine" "$DEST"/usr/local/sbin/* \
    "$DEST"/usr/local/lib/systemd/system/* \
    "$DEST"/usr/local/share/zsh/site-functions/*
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
    '^ExecStart=/usr/sbin/mailkeep-expire ' \
    "$DEST/usr/share/doc/mailkeep/cron/mailkeep-expire.service"
ok 'and so does the crontab' grep -qx 'PROG=/usr/sbin/mailkeep' \
    "$DEST/usr/share/doc/mailkeep/cron/mailkeep"
ok 'so does the service that systemd reads' grep -q \
    '^ExecStart=/usr/sbin/mailkeep-expire ' \
    "$DEST/usr/lib/systemd/system/mailkeep-expire.service"
is "$(find "$DEST" -type f ! -path '*/sbin/*' ! -perm 644)" '' \
    'modes of what is no program'
mkdir -p "$DEST/usr/share/doc/other"
run make -C "$TOP" "DESTDIR=$DEST" PREFIX=/usr uninstall
exits 0
is "$(find "$DEST" ! -type d)" '' 'uninstall leaves no file there, either'
ok 'and what others have put beside' test -d "$DEST/usr/share/doc/other"
done_testing
