# Names that are not ASCII are modified UTF-7 on disk; the configuration has
# them in UTF-8, as people read them.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers dovecot

user=alice@example.test box=root/example.test/alice
text=$TOP/tests/data/corpus/ham/001.eml
mail_root root
start_dovecot root
cat >conf <<EOT
mail-root = "$(pwd)/root"
owner = "$MAIL_USER:$MAIL_GROUP"
expire "trash" { folder = {"Papelera", "Gelöschte Elemente", "ごみ箱", "R&D"}
    exclude = {"Papelera/Wichtig*"}  older-than = "10d" }
EOT

# "&" and what is not ASCII, as IMAP writes it: RFC 3501, 5.1.3.
umlaut='Papelera.&AMQ-nderung' kept='Papelera.Wichtig &AOkA6A-'
german='Gel&APY-schte Elemente' japanese='&MFQwf3ux-' and='R&-D'
other='Gel&APY-scht' emoji='Papelera.&2D3eAA-'
for folder in Papelera "$umlaut" "$kept" "$german" "$japanese" "$and" \
    "$other" "$emoji"; do
	imap $user create "$folder" -- append "$folder" "$text" ||
	    flunk "create $folder"
done
ok 'on disk they are encoded' [ -d "$box/.Papelera.&AMQ-nderung/cur" ]
imap $user dump >before
idle
run mailkeep-expire -c conf
exits 0
silent
at +11d run mailkeep-expire -c conf
exits 0
silent
imap $user dump >after
diff before after | sed -n 's/^< \(.*\) 1 1077 .*/\1/p' | sort >went
printf '%s\n' Papelera "$umlaut" "$german" "$japanese" "$and" "$emoji" |
    sort >want
ok 'mail went from the folders that are named' diff want went
is "$(sed -n 's/ 1 1077 .*//p' after | sort | tr '\n' ';')" "$other;$kept;" \
    'and from no other'
is "$(diff before after | grep -c '^>')" 0 'nothing came'

at +11d run mailkeep-expire --folder 'Gelöscht*' --older-than 10d \
    -o "mail-root=$(pwd)/root" -o "owner=$MAIL_USER:$MAIL_GROUP" -n --list
exits 0
is "$(sed 's|.*/\.\(.*\)/cur/.*|\1|; s|.*/\.\(.*\)/new/.*|\1|' "$OUT")" \
    "$other" 'the same on the command line'
ok 'the log of Dovecot has no error' not \
    grep -iE 'error|warn|fatal|panic' "$DOVECOT/log"
done_testing
