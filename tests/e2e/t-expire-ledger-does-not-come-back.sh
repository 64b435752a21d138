# A folder that is renamed out of Trash, and back weeks later, is as new there:
# the ledger that went with it does not count.
. tests/e2e/lib.sh
cat >conf <<END
mail-root = "root"
expire "trash" { folder = {"Trash"} older-than = "10d" }
expire "tmp" { tmp = yes older-than = "36h" }
END
box=root/example.org/alice
message $box/cur/9.M9P9.mx:2,S 0
message $box/.Trash/cur/8.M8P8.mx:2,S 0
message $box/.Trash.Project/cur/1.M1P1.mx:2,S 0
run mailkeep-expire -c conf
exits 0
ok 'a ledger was begun' [ -s $box/.Trash.Project/mailkeep.ledger ]
mv $box/.Trash.Project $box/.Project
at +5d run mailkeep-expire -c conf
exits 0
silent
ok 'out of Trash it is void' not [ -e $box/.Project/mailkeep.ledger ]
ok "another folder's stays" [ -s $box/.Trash/mailkeep.ledger ]
sleep 1.1
mv $box/.Project $box/.Trash.Project
back=$(stat -c %Z $box/.Trash.Project)
TZ=UTC0
export TZ
rm -f "${STATE:?}"/*			# time goes back a little
at "$(date -d "@$((back + 863999))" '+%F %T')" run mailkeep-expire -c conf
exits 0
holds $box/.Trash.Project/cur 1.M1P1.mx:2,S
at "$(date -d "@$((back + 864000))" '+%F %T')" run mailkeep-expire -c conf
exits 0
holds $box/.Trash.Project/cur
holds $box/cur 9.M9P9.mx:2,S
done_testing
