# Starred mail stays unless the rule says flagged = yes; unread mail, in new/
# or without the flag S, goes unless it says unread = no.
. tests/e2e/lib.sh

message tree/.Trash/cur/1.M1P1.mx:2,S 40
message tree/.Trash/cur/2.M2P2.mx:2,FS 40
message tree/.Trash/cur/3.M3P3.mx:2, 40
message tree/.Trash/cur/4.M4P4.mx 40
message tree/.Trash/cur/5.M5P5.mx:2,F 40
message tree/.Trash/cur/6.M6P6.mx:2,RSTa 40
message tree/.Trash/cur/7.M7P7.mx:2,RTf 40
message tree/.Trash/cur/8.MFP8.FS:1,FS 40
message tree/.Trash/new/9.M9P9.mx 40
message tree/.Trash/new/10.M10P10.mx:2,S 40
message tree/.Trash/new/11.M11P11.mx:2,F 40

# with KEYS
with()
{
	rm -rf home
	cp -a tree home
	echo "mail-root = \"home\" expire \"it\" { folder = {\"Trash\"}
	    older-than = \"10d\" age = \"received\" $1 }" >conf
	run mailkeep-expire -c conf
	exits 0
	silent
}

with ''
holds home/.Trash/cur 2.M2P2.mx:2,FS 5.M5P5.mx:2,F
holds home/.Trash/new 11.M11P11.mx:2,F
with 'flagged = no unread = yes'
holds home/.Trash/cur 2.M2P2.mx:2,FS 5.M5P5.mx:2,F
holds home/.Trash/new 11.M11P11.mx:2,F
with 'flagged = yes'
holds home/.Trash/cur
holds home/.Trash/new
with 'unread = no'
holds home/.Trash/cur 2.M2P2.mx:2,FS 3.M3P3.mx:2, 4.M4P4.mx 5.M5P5.mx:2,F \
    7.M7P7.mx:2,RTf 8.MFP8.FS:1,FS
holds home/.Trash/new 9.M9P9.mx 10.M10P10.mx:2,S 11.M11P11.mx:2,F
with 'unread = no flagged = yes'
holds home/.Trash/cur 3.M3P3.mx:2, 4.M4P4.mx 5.M5P5.mx:2,F 7.M7P7.mx:2,RTf \
    8.MFP8.FS:1,FS
holds home/.Trash/new 9.M9P9.mx 10.M10P10.mx:2,S 11.M11P11.mx:2,F
done_testing
