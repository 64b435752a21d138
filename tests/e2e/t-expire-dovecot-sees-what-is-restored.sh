# --restore is the undo: the IMAP client sees the messages again, with texts,
# flags and dates, and the quota counts them.  They stay their ten days.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers dovecot
export TZ=UTC0

user=alice@example.test box=root/example.test/alice
corpus=$TOP/tests/data/corpus old=1577880000
mail_root root
start_dovecot root
cat >conf <<EOT
mail-root = "$(pwd)/root"
owner = "$MAIL_USER:$MAIL_GROUP"
expire "trash" { folder = {"Trash"} older-than = "10d"
    archive = "$(pwd)/archive" }
EOT

imap $user create Trash -- create Trash.Deep
imap $user append Trash "$corpus/ham/001.eml" $old Seen Answered -- \
    append Trash "$corpus/spam/001.eml" $old '$Label1' -- \
    append Trash "$corpus/ham/002.eml" - Flagged -- \
    append Trash.Deep "$corpus/ham/003.eml" $old -- \
    append INBOX "$corpus/ham/004.eml" $old
imap $user quota >quota.before
# What a client sees of the messages, whatever their UIDs.
seen()
{
	{
		imap $user dump |
		    sed -E 's/^([^ ]+) [0-9]+ ([0-9]+ .{32})/\1 \2/'
		imap $user dates INBOX -- dates Trash -- dates Trash.Deep |
		    cut -d ' ' -f 2-
	} | sort
}
seen >before
run mailkeep-expire -c conf
exits 0
idle
cp -p "$box/.Trash/mailkeep.ledger" ledger
snapshot "$box" | grep -E '/(cur|new)/|  \./.*(cur|new)/' >files.before

at +11d run mailkeep-expire -c conf
exits 0
silent
is "$(find "$box/.Trash" "$box/.Trash.Deep" -path '*/[cn][ue][rw]/*' -type f \
    -printf '%f\n' | sed 's/.*://')" 2,F 'all but the starred one go'
seen >after
is "$(comm -13 before after)" '' 'the client sees nothing new'
is "$(comm -23 before after | wc -l)" 6 'and misses three, with their dates'
is_recounted $user 'the quota is right'
idle

# As after a kill in between, the ledger knows the messages still.
cp -p ledger "$box/.Trash/mailkeep.ledger"
sleep 2
set -- archive/*
run mailkeep-expire -c conf --restore "$1" -n
exits 0
is "$(wc -l <"$OUT")" 3 'three would be restored'
run mailkeep-expire -c conf --restore "$1"
exits 0
silent
snapshot "$box" | grep -E '/(cur|new)/|  \./.*(cur|new)/' >files.after
ok 'the files are back, owner, mode, time and all' \
    diff files.before files.after
seen >after
ok 'the client sees all as it was' diff before after
is "$(imap $user quota)" "$(cat quota.before)" 'and the quota'
is_recounted $user 'which is right'

back=$(find "$box/.Trash/cur" "$box/.Trash/new" -type f -printf '%C@\n' |
    sort -n | tail -n 1 | cut -d . -f 1)
run mailkeep-expire -c conf --restore "$1"
exits 0
seen >after
ok 'another time nothing comes twice' diff before after
is_recounted $user 'the quota is still right'

at "$(date -d "@$((back + 863999))" '+%Y-%m-%d %H:%M:%S')" \
    run mailkeep-expire -c conf
exits 0
seen >after
ok 'a second before their ten days are over all are there' diff before after
ok 'the log of Dovecot has no error' not \
    grep -iE 'error|warn|fatal|panic' "$DOVECOT/log"
done_testing
