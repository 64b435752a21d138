# What cannot be read proves nothing: no fs layout, and no path outside of
# mailboxes.
. tests/e2e/lib.sh
[ "$(id -u)" = 0 ] || skip_all 'needs two accounts'
cat >conf <<END
mail-root = "root"
expire "trash" { folder = {"Trash"} older-than = "10d" age = "received" }
END
# A domain without a dot that got stray mail; alice is a mailbox for certain.
message root/intranet/new/1.M1P1.mx 40
message root/intranet/alice/new/2.M2P2.mx 40
file root/intranet/alice/subscriptions 0
message root/intranet/Trash/new/3.M3P3.mx 40
chown -R mail root
chmod 700 root/intranet/alice
chown root root/intranet/alice
as mail run mailkeep-expire -c conf
exits 77
one_line
says 'root/intranet/alice: cannot be read'
holds root/intranet/Trash/new 3.M3P3.mx

cat >conf <<END
mail-root = "root"
expire "stray" { path = "bob/new" older-than = "0s" age = "received" }
END
message root/bob/new/4.M4P4.mx 40
chown -R mail root/bob
chown root root/bob
chmod 711 root/bob
as mail run mailkeep-expire -c conf
# The twin must be able to list what it passes through, and stops there.
ok 'that it is a mailbox is seen, or not reached' \
    grep -Eq 'is a mailbox or lies in one|Permission denied' "$ERR"
holds root/bob/new 4.M4P4.mx
chmod 700 root/bob
as mail run mailkeep-expire -c conf
exits 77
holds root/bob/new 4.M4P4.mx
done_testing
