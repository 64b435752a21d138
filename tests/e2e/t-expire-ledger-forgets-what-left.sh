# A message that left its folder and comes back under its old name begins
# anew, whatever went wrong in the pass that should have noticed.
. tests/e2e/lib.sh
[ "$(id -u)" = 0 ] || skip_all 'needs root, to be another who may not read'

cat >conf <<EOT
mail-root = "$(pwd)/root"
expire "trash" { folder = {"Trash"} older-than = "10d" }
EOT
box=root/example.test/alice
pass_at()
{
	as nobody at "$1" run mailkeep-expire -c conf
}
begin()
{
	rm -rf root
	message $box/cur/9.M9P9.mx:2,S 0
	message $box/.Trash/cur/1.M1P1.mx:2,S 0
	message $box/.Trash/cur/2.M2P2.mx:2,S 0
	chown -R nobody root
	pass_at +0d
	exits 0
}
leave()
{
	mv $box/.Trash/cur/1.M1P1.mx:2,S $box/cur/
}
come_back()
{
	mv $box/cur/1.M1P1.mx:2,S $box/.Trash/cur/
}

begin
leave
pass_at +5d
exits 0
come_back
pass_at +11d
exits 0
holds $box/.Trash/cur 1.M1P1.mx:2,S
pass_at +22d
exits 0
holds $box/.Trash/cur

# The pass in between fails, as new cannot be read.
begin
leave
chmod 0 $box/.Trash/new
pass_at +5d
exits 77
one_line
says 'Trash/new.*Permission denied'
chmod 755 $box/.Trash/new
come_back
pass_at +11d
exits 0
holds $box/.Trash/cur 1.M1P1.mx:2,S

# Another message goes in the pass that does not see it.
begin
leave
pass_at +11d
exits 0
holds $box/.Trash/cur
come_back
pass_at +12d
exits 0
holds $box/.Trash/cur 1.M1P1.mx:2,S

# One that is new came after the last pass, also after one that only removed.
begin
pass_at +11d
exits 0
holds $box/.Trash/cur
message $box/.Trash/cur/3.M3P3.mx:2,S 0
chown -R nobody root
pass_at +12d
exits 0
holds $box/.Trash/cur 3.M3P3.mx:2,S
pass_at +22d
exits 0
holds $box/.Trash/cur
done_testing
