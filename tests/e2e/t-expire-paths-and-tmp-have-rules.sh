# A rule with a path empties a plain directory, a rule with tmp the leftovers
# in tmp/; neither goes further, and without them both are left alone.
. tests/e2e/lib.sh

message home/alice/cur/1.M1P1.mx:2,S 400
message home/alice/tmp/1.M1P1.mx 2
message home/alice/tmp/2.M2P2.mx:2,F 1d
message home/alice/.Trash/tmp/3.M3P3.mx 37h
message home/alice/.Old/tmp/4.M4P4.mx 37h
message home/bob/tmp/5.M5P5.mx 37h
file home/new/6.M6P6.mx 0
file home/new/7.M7P7.mx:2,F 400
file home/new/.hidden 400
file home/new/sub/8.M8P8.mx 400
file home/spool/in/9.M9P9.mx 11
file home/spool/in/10.M10P10.mx 9
file home/spool/11.M11P11.mx 400
cp -a home tree

# with RULES
with()
{
	rm -rf home
	cp -a tree home
	echo "mail-root = \"home\" $1" >conf
	run mailkeep-expire -c conf
}

with 'expire "stray" { path = "new" older-than = "0s" age = "received" }'
exits 0
silent
holds home/new .hidden
holds home/new/sub 8.M8P8.mx
rm -rf home/new tree.new
cp -a tree tree.new
rm -rf tree.new/new
same_tree -l tree.new home

with 'expire "in" { path = "spool/in" older-than = "10d" age = "received" }'
exits 0
silent
holds home/spool/in 10.M10P10.mx
holds home/spool 11.M11P11.mx
holds home/new 6.M6P6.mx 7.M7P7.mx:2,F .hidden

# ctime and mtime must both be that old unless the rule says otherwise.
with 'expire "tmp" { tmp = yes older-than = "36h" }'
exits 0
silent
same_tree -l tree home
with 'expire "tmp" { tmp = yes older-than = "36h" age = "received" }'
exits 0
silent
holds home/alice/tmp 2.M2P2.mx:2,F
holds home/alice/.Trash/tmp
holds home/alice/.Old/tmp
holds home/bob/tmp
holds home/alice/cur 1.M1P1.mx:2,S
with 'expire "tmp" { tmp = yes older-than = "36h" }'
at +37h run mailkeep-expire -c conf
exits 0
silent
holds home/alice/tmp
holds home/bob/tmp
holds home/alice/cur 1.M1P1.mx:2,S
with 'expire "tmp" { tmp = yes older-than = "36h" age = "received"
    folder = {"Trash"} account = {"alice"} }'
exits 0
silent
holds home/alice/tmp 1.M1P1.mx 2.M2P2.mx:2,F
holds home/alice/.Trash/tmp
holds home/alice/.Old/tmp 4.M4P4.mx
holds home/bob/tmp 5.M5P5.mx

# A path never reaches into a mailbox.
for path in alice alice/cur alice/.Trash/tmp; do
	with "expire \"p\" { path = \"$path\" older-than = \"0s\" }"
	exits 78
	one_line
	says "home/$path: is a mailbox or lies in one; use folder"
	same_tree tree home
done
# A name that only looks like "..", and a slash at the end.
with 'expire "p" { path = "new/" older-than = "0s" age = "received" }
    expire "q" { path = "spool/../spool" older-than = "0s" }'
exits 78
same_tree tree home
with 'expire "p" { path = "..new" older-than = "0s" age = "received" }
    expire "q" { path = "new/" older-than = "0s" age = "received" }'
exits 0
silent
holds home/new .hidden
holds home/new/sub 8.M8P8.mx
rm -rf home
cp -a tree home
ln -s ../tree/new home/link
run mailkeep-expire -c conf -o expire.p.path=link -o expire.q.path=link
ok 'a link: refused' [ "$STATUS" != 0 ]
rm home/link
same_tree tree home
# With --user or a MAILDIR a plain directory is not meant.
with 'expire "stray" { path = "new" older-than = "0s" }
    expire "tmp" { tmp = yes older-than = "36h" age = "received" }'
rm -rf home
cp -a tree home
run mailkeep-expire -c conf --user bob
exits 0
run mailkeep-expire -c conf home/bob
exits 0
holds home/new 6.M6P6.mx 7.M7P7.mx:2,F .hidden
holds home/bob/tmp
holds home/alice/tmp 1.M1P1.mx 2.M2P2.mx:2,F
run mailkeep-expire -c conf --rule stray --user bob
exits 64
one_line
says 'a rule with a path .* neither --user nor MAILDIR'
holds home/new 6.M6P6.mx 7.M7P7.mx:2,F .hidden
done_testing
