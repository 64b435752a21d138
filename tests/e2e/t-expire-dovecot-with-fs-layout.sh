# Dovecot with LAYOUT=fs: folders are plain directories.  Trash, its
# sub-folders, and a whole tree of folders renamed into it.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers dovecot
export TZ=UTC0

user=alice@example.test box=root/example.test/alice
text=$TOP/tests/data/corpus/ham/001.eml old=1577880000
mail_root root
start_dovecot root 'mail_location = maildir:~:LAYOUT=fs' \
    'namespace inbox {' 'separator = /' '}'
cat >conf <<EOT
mail-root = "$(pwd)/root"
owner = "$MAIL_USER:$MAIL_GROUP"
expire "trash" { folder = {"Trash"} older-than = "10d" }
EOT

imap $user create Trash -- create Old -- create Old/Deep -- \
    create Old/Deep/Est -- append INBOX "$text" -- append INBOX "$text" -- \
    append Trash "$text" $old Seen -- append Trash "$text" $old Flagged -- \
    append Old "$text" $old -- append Old/Deep "$text" $old Seen -- \
    append Old/Deep/Est "$text" $old -- quota >quota
ok 'the layout is what the test is about' [ -d "$box/Old/Deep/cur" ]
imap $user dump | sed 's|^Old|Trash/Old|' | sort >before
sleep 2
# Nobody looks into the deeper folders after this: their directories stay old.
imap $user rename Old Trash/Old
idle
moved=$(stat -c %Z "$box/Trash/Old")
snapshot root | grep -E 'dovecot|subscr|maildirfolder' >index.before

# One second before its time nothing that was renamed into Trash is due; the
# messages and the deeper folders are two seconds older than that.
at "$(date -d "@$((moved + 863999))" '+%Y-%m-%d %H:%M:%S')" \
    run mailkeep-expire -c conf
exits 0
silent
snapshot root | grep -E 'dovecot|subscr|maildirfolder' >index.after
ok 'files of Dovecot are as they were' diff index.before index.after
imap $user dump | sort >after
ok 'nothing went' diff before after

at +11d run mailkeep-expire -c conf
exits 0
silent
imap $user dump | sort >after
grep -Ev '^(Trash 1|Trash/Old(/Deep(/Est)?)? 1) ' before >want
ok 'then all of them go, the starred one and the inbox stay' diff want after
is "$(grep -c '^INBOX [0-9]' after) $(grep -c '^Trash 2 ' after)" '2 1' \
    'those are there'
is_recounted $user 'the quota is right'
is "$(imap $user list | tr '\n' ' ')" \
    'INBOX Trash Trash/Old Trash/Old/Deep Trash/Old/Deep/Est ' \
    'LIST shows no odd folder'
imap $user delete Trash/Old/Deep
ok 'IMAP deletes a folder above another' [ ! -d "$box/Trash/Old/Deep/cur" ]
imap $user delete Trash/Old/Deep/Est -- delete Trash/Old
is "$(find "$box/Trash/Old" -type f)" '' 'and all, ledgers too'
ok 'the log of Dovecot has no error' not \
    grep -iE 'error|warn|fatal|panic' "$DOVECOT/log"
done_testing
