# Messages are removed over and over while clients read, star, move, and
# deliver in the same folder.  No client is told of an error, and at the end
# each message is accounted for: what a client saved is there, and nothing
# went that was not due.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers dovecot

user=alice@example.test box=root/example.test/alice
mail_root root
start_dovecot root 'mail_max_userip_connections = 50'
cat >conf <<EOT
mail-root = "$(pwd)/root"
owner = "$MAIL_USER:$MAIL_GROUP"
expire "trash" { folder = {"Trash"} older-than = "1s"
    archive = "$(pwd)/archive" }
EOT
imap $user create Trash -- create Saved

# Each client appends messages of its own to Trash and does one thing to each:
# star it, move it to Saved, copy it to Saved, read it, or leave it alone.
for client in 1 2 3; do
	python3 "$TOP/tests/e2e/imap.py" "$IMAP_PORT" $user \
	    churn Trash Saved c$client 18 >churn.$client 2>churn.err.$client &
	eval "churn$client=\$!"
	reap $!
done
python3 "$TOP/tests/e2e/imap.py" "$IMAP_PORT" $user read-loop Trash 18 \
    >read.out 2>read.err &
reader=$!
reap $reader

runs=0 bad=0 removed=0
# shellcheck disable=SC2154	# churn1: by eval
while kill -0 "$churn1" 2>/dev/null; do
	run mailkeep-expire -c conf -v --force
	runs=$((runs + 1))
	# 75: the folder was held; nothing else may go wrong
	[ "$STATUS" = 0 ] || {
		bad=$((bad + 1))
		diag "status $STATUS"
		sed '/^mailkeep-expire: removed/d; s/^/# /' "$ERR" >&2
	}
	removed=$((removed + $(grep -c '^mailkeep-expire: removed ' "$ERR")))
done
for client in 1 2 3; do
	eval "wait \$churn$client"
	is $? 0 "client $client has met no error"
	cat "churn.err.$client" >&2
done
wait "$reader"
is $? 0 'nor has the reader'
cat read.err >&2
is $bad 0 "none of $runs runs has met one"
idle

cat churn.? >did
count()
{
	grep -c "^$1" did
}
diag "$runs runs removed $removed; $(cat read.out); $(wc -l <did) operations:" \
    "$(count star) starred, $(count move) moved, $(count copy) copied"
ok 'messages were removed' [ "$removed" -gt 10 ]
ok 'and met by the clients as they went' [ "$(count missed)" -gt 0 ]
ok 'thousands of operations were done' [ "$(wc -l <did)" -gt 1000 ]

# Where each message is now, by the token in its text.
where()
{
	find "$box/$1/cur" "$box/$1/new" -type f -exec \
	    sed -n 's/^X-Token: //p' {} + | sort
}
where .Trash >trash
where .Saved >saved
sed -n 's/^move //p; s/^copy //p' did | sort >must.save
is "$(comm -13 saved must.save)" '' 'all that was moved or copied is in Saved'
is "$(comm -23 saved must.save)" '' 'and nothing else'
sed -n 's/^star //p' did | sort >must.star
is "$(comm -13 trash must.star)" '' 'all that was starred is in Trash'
sed -n 's/^append //p' did | sort >all
is "$(sort trash saved | sort -u | comm -13 all -)" '' 'nothing is made up'

# Two more runs, one second and more apart: then only stars are left there.
for _ in 1 2; do
	run mailkeep-expire -c conf -v --force
	exits 0
	sleep 2
done
where .Trash >trash
is "$(comm -23 trash must.star)" '' 'then nothing else is'
is "$(comm -13 trash must.star)" '' 'and all of those still are'

# What went is in the archives.
mkdir back
chown "$MAIL_USER" back
for archive in archive/*; do
	run mailkeep-expire -c conf --restore "$archive" --to back -v
	[ "$STATUS" = 0 ] || exits 0
done
find back -type f -exec sed -n 's/^X-Token: //p' {} + | sort >went
sed -n 's/^move //p' did | sort >moved
is "$(sort trash moved went | uniq | comm -13 - all)" '' \
    'removed, starred or moved: no message is missing'
is "$(find back -type f -name '*:2,*F*')" '' 'no starred one was removed'
is "$(sort went | uniq -d)" '' 'none was removed twice'
imap $user dump >dump
is "$(grep -c '^Trash [0-9]' dump) $(grep -c '^Saved [0-9]' dump)" \
    "$(wc -l <trash) $(wc -l <saved)" 'the client sees them all'
is "$(grep '^Trash [0-9]' dump | grep -vc Flagged)" 0 'with their stars'
ok 'the log of Dovecot has no error' not \
    grep -iE 'error|warn|fatal|panic' "$DOVECOT/log"
says=$(_maildirsize $user)
adm quota recalc -u $user
diag "quota: $says, counted anew $(_maildirsize $user)"
done_testing
