# What a plan takes by a cap goes only while the folder is still over it.
. tests/e2e/lib.sh
cat >conf <<END
mail-root = "root"
expire "trash" { folder = {"Trash"} max-messages = 3 age = "name" }
END
trash=root/alice/.Trash/cur
message root/alice/cur/9.M9P9.mx:2,S 0
for i in 1 2 3 4 5 6; do message $trash/$i.M1P1.mx:2,S 0; done
run mailkeep-expire -c conf --plan plan
exits 0
is "$(grep -c cap plan)" 3 'three of six are too many'
rm $trash/5.M1P1.mx:2,S $trash/6.M1P1.mx:2,S
run mailkeep-expire -c conf --apply plan
exits 0
holds $trash 2.M1P1.mx:2,S 3.M1P1.mx:2,S 4.M1P1.mx:2,S
rm $trash/2.M1P1.mx:2,S
run mailkeep-expire -c conf --apply plan
exits 0
holds $trash 3.M1P1.mx:2,S 4.M1P1.mx:2,S
holds root/alice/cur 9.M9P9.mx:2,S
done_testing
