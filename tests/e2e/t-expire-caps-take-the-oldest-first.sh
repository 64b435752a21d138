# max-messages and max-bytes take the oldest mail first and no more than they
# must; starred mail counts and stays.
. tests/e2e/lib.sh

old1=1.M1P1.mx,S=1000:2,S
old2=2.M2P2.mx,S=2000:2,S
star=3.M3P3.mx,S=3000:2,FS
mid=4.M4P4.mx,S=4000
young=5.M5P5.mx,S=5000:2,S
message "tree/.Junk/cur/$old1" 5
message "tree/.Junk/cur/$old2" 4
message "tree/.Junk/cur/$star" 3
message "tree/.Junk/new/$mid" 2
message "tree/.Junk/cur/$young" 1
message tree/cur/1.M1P1.mx,S=9000:2,S 5

# capped KEYS
capped()
{
	rm -rf home
	cp -a tree home
	echo "mail-root = \"home\" expire \"cap\" { folder = {\"Junk\"}
	    age = \"received\" $1 }" >conf
	run mailkeep-expire -c conf
	exits 0
	silent
	holds home/cur 1.M1P1.mx,S=9000:2,S
}

capped 'max-messages = 5'
holds home/.Junk/cur "$old1" "$old2" "$star" "$young"
holds home/.Junk/new "$mid"
capped 'max-messages = 4'
holds home/.Junk/cur "$old2" "$star" "$young"
holds home/.Junk/new "$mid"
capped 'max-messages = 2'
holds home/.Junk/cur "$star" "$young"
holds home/.Junk/new
capped 'max-messages = 0'
holds home/.Junk/cur "$star"
holds home/.Junk/new
capped 'max-messages = 0 flagged = yes'
holds home/.Junk/cur
holds home/.Junk/new
capped 'max-messages = 2 unread = no'
holds home/.Junk/cur "$star"
holds home/.Junk/new "$mid"
capped 'max-bytes = "15000B"'
holds home/.Junk/cur "$old1" "$old2" "$star" "$young"
holds home/.Junk/new "$mid"
capped 'max-bytes = "14999B"'
holds home/.Junk/cur "$old2" "$star" "$young"
holds home/.Junk/new "$mid"
capped 'max-bytes = "8KiB"'
holds home/.Junk/cur "$star" "$young"
holds home/.Junk/new
capped 'max-messages = 4 max-bytes = "12kB"'
holds home/.Junk/cur "$star" "$young"
holds home/.Junk/new "$mid"
capped 'older-than = "4d" max-messages = 2'
holds home/.Junk/cur "$star" "$young"
holds home/.Junk/new
capped 'older-than = "4d" max-messages = 3'
holds home/.Junk/cur "$star" "$young"
holds home/.Junk/new "$mid"

# What one rule takes does not count under another rule's cap.
rm -rf home
cp -a tree home
echo 'mail-root = "home"
expire "cap" { folder = {"Junk"} age = "received" max-messages = 3 }
expire "age" { folder = {"Junk"} age = "received" older-than = "4d" }' >conf
run mailkeep-expire -c conf
exits 0
silent
holds home/.Junk/cur "$star" "$young"
holds home/.Junk/new "$mid"

# Two caps on one folder, each with an order of its own: what the second one
# takes first would leave the first one nothing to do.
rm -rf home
now=$(date +%s)
i=0
while [ $i -lt 6 ]; do
	i=$((i + 1))
	message "home/.Junk/cur/$((now - i)).M${i}P1.mx:2,S" $((7 - i))
done
cat >conf <<END
mail-root = "home"
expire "lax"    { folder = {"Junk"} age = "name"     max-messages = 4 }
expire "strict" { folder = {"Junk"} age = "received" max-messages = 2 }
END
run mailkeep-expire -c conf --json
exits 0
holds home/.Junk/cur "$((now - 3)).M3P1.mx:2,S" "$((now - 4)).M4P1.mx:2,S"
prints '"removed":4,.*"vanished":0,'

# By the time in the folder: the ledger's order, then the name's.
rm -rf home
message home/.Junk/cur/30.M1P1.mx:2,S 1
message home/.Junk/cur/4.M1P1.mx:2,S 9
message home/.Junk/cur/500.M1P1.mx:2,S 5
# None of them was there before this, whatever second it was written in.
touch home/.Junk
echo 'mail-root = "home" expire "cap" { folder = {"Junk"}
    max-messages = 3 }' >conf
at +1d run mailkeep-expire -c conf
exits 0
holds home/.Junk/cur 30.M1P1.mx:2,S 4.M1P1.mx:2,S 500.M1P1.mx:2,S
message home/.Junk/cur/1.M2P2.mx:2,S 99
at +2d run mailkeep-expire -c conf
exits 0
silent
holds home/.Junk/cur 30.M1P1.mx:2,S 500.M1P1.mx:2,S 1.M2P2.mx:2,S
done_testing
