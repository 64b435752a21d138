# Started by root with owner = "mail:mail" it has that account's rights and no
# others; what it makes belongs to it; in its hands restored mail does, too.
. tests/e2e/lib.sh

[ "$(id -u)" = 0 ] || skip_all 'needs root'
id mail >/dev/null 2>&1 || skip_all 'needs user mail'

message home/alice/.Trash/cur/1.M1P1.mx:2,S 40
message home/alice/.Trash/cur/2.M2P2.mx:2,S 4
chmod -R go-rwx home
chown -R mail:mail home
chmod 711 home
cat >conf <<'END'
mail-root = "home"
owner = "mail:mail"
state-dir = "own/state"
lock-dir = "own/lock"
metrics = "own/m/expire.prom"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received"
    archive = "own/archive" }
expire "young" { folder = {"Trash"} older-than = "100d" }
END
mkdir own own/m
chown mail own/m
chmod 755 .
run mailkeep-expire -c conf
exits 0
silent
holds home/alice/.Trash/cur 2.M2P2.mx:2,S
for made in own/state own/lock own/archive own/state/* own/lock/* \
    own/archive/* own/archive/*/* own/m/expire.prom \
    home/alice/.Trash/mailkeep.ledger; do
	is "$(stat -c %U:%G "$made")" mail:mail "the owner of $made"
done
is "$(stat -c %a own/state own/lock own/archive | tr '\n' ' ')" '755 750 750 ' \
    'their modes: others get at a list in the state-dir'
is "$(find own/state -type f -perm /007)" '' 'what is in it is not for all'
run mailkeep-expire -c conf --restore own/archive/*
exits 0
silent
holds home/alice/.Trash/cur 1.M1P1.mx:2,S 2.M2P2.mx:2,S
is "$(stat -c %U:%G:%a home/alice/.Trash/cur/1*)" mail:mail:600 \
    'restored: owner and mode'
run mailkeep-expire -c conf --restore own/archive/* --to own/to
exits 0
is "$(stat -c %U:%G own/to own/to/alice/.Trash/cur/1* | sort -u)" mail:mail \
    'and elsewhere'

# Another account's mail is out of its reach.
message home/root/.Trash/cur/3.M3P3.mx:2,S 40
chmod -R go-w home/root
run mailkeep-expire -c conf
exits 77
says 'home/root/.Trash.*: Permission denied'
holds home/root/.Trash/cur 3.M3P3.mx:2,S
holds home/alice/.Trash/cur 2.M2P2.mx:2,S
rm -rf home/root

# So is a state directory of root's; the advice says what to do.
rm -rf own/state
mkdir -m 755 own/state
run mailkeep-expire -c conf
exits 77
one_line
says 'own/state'
rm -rf own/state
# A lock that root left behind.
rm -rf own/lock
mkdir -m 755 own/lock
: >own/lock/mailkeep-expire.lock
chmod 600 own/lock/mailkeep-expire.lock
run mailkeep-expire -c conf
exits 77
one_line
says 'own/lock|mailkeep-expire.lock'
rm -rf own/lock

# As the account itself it is no different; as another it is told.
cp conf conf.readable
chmod 644 conf.readable
chown mail own
message home/alice/.Trash/cur/4.M4P4.mx:2,S 40
chown mail:mail home/alice/.Trash/cur/4*
as mail run mailkeep-expire -c conf.readable
exits 0
silent
holds home/alice/.Trash/cur 2.M2P2.mx:2,S
as nobody run mailkeep-expire -c conf.readable -o state-dir=/tmp/none -n
ok 'as another account: an error' [ "$STATUS" = 77 ]
says 'Permission denied'

# Without the key root stays root, and its files are the mailbox's.
sed '/^owner/d' conf >conf.root
rm -rf home/alice/.Trash/mailkeep.ledger own/state own/lock
run mailkeep-expire -c conf.root
exits 0
is "$(stat -c %U:%G home/alice/.Trash/mailkeep.ledger)" mail:mail \
    "the ledger is the folder's owner's"
done_testing
