# A rule's patterns choose folders by their names, level by level, in both
# layouts; what they do not name stays.
. tests/e2e/lib.sh

for folder in . .Trash .Trash.2025 .Trash.2025.Jan .trash .Trashy .NotTrash \
    .Old.Trash .INBOX.Trash '.Deleted Messages' '.Entw&APw-rfe' .Müll; do
	message "plus/$folder/cur/1.M1P1.mx:2,S" 40
done
for folder in . Trash Trash/2025 Trashy NotTrash Old/Trash A.B; do
	message "slash/$folder/cur/1.M1P1.mx:2,S" 40
done
mkdir tree
mv plus slash tree

# gone RULE WANT: RULE removes the message from the folders WANT of tree/$BOX,
# and from no other.
gone()
{
	rm -rf home
	mkdir home
	cp -a "tree/$BOX" home
	echo "mail-root = \"home\" expire \"it\" { older-than = \"10d\"
	    age = \"received\" $1 }" >conf
	run mailkeep-expire -c conf
	is "$STATUS$(cat "$ERR")" 0 "$BOX: $1: done"
	(cd "tree/$BOX" && find . -type f | sort) >before
	(cd "home/$BOX" && find . -type f ! -name mailkeep.ledger | sort) >after
	is "$(comm -23 before after | sed 's,^\./,,; s,/*cur/1.*,,; s,^$,.,' |
	    tr '\n' '|')" "$2" "$BOX: $1"
	is "$(comm -13 before after)" '' "$BOX: $1: nothing else is there"
}

BOX=plus
gone 'folder = {"Trash"}' '.Trash.2025.Jan|.Trash.2025|.Trash|'
gone 'folder = {"Trash"} subfolders = no' '.Trash|'
gone 'folder = {"Trash/2025"}' '.Trash.2025.Jan|.Trash.2025|'
gone 'folder = {"Trash.2025"}' '.Trash.2025.Jan|.Trash.2025|'
gone 'folder = {"Trash.2025"} subfolders = no' '.Trash.2025|'
gone 'folder = {"[Tt]rash"} subfolders = no' '.Trash|.trash|'
gone 'folder = {"Tr*"} subfolders = no' '.Trash|.Trashy|'
gone 'folder = {"*/Trash"}' '.INBOX.Trash|.Old.Trash|'
gone 'folder = {"Deleted Messages", "Trashy"}' '.Deleted Messages|.Trashy|'
gone 'folder = {"INBOX"} subfolders = no' '.|'
gone 'folder = {"Entwürfe", "Müll"}' '.Entw&APw-rfe|.Müll|'
gone 'folder = {"*"} subfolders = no' '.Deleted Messages|.Entw&APw-rfe|'\
'.Müll|.NotTrash|.Trash|.Trashy|.trash|.|'
gone 'folder = {"Trash"} exclude = {"Trash/2025"}' '.Trash|'
gone 'folder = {"Trash"} exclude = {"*/Jan", "*/*/Jan"}' '.Trash.2025|.Trash|'
gone 'folder = {"*"} exclude = {"[!O]*"}' '.Old.Trash|'

BOX=slash
gone 'folder = {"Trash"}' 'Trash/2025|Trash|'
gone 'folder = {"Trash"} subfolders = no' 'Trash|'
gone 'folder = {"Trash/2025"}' 'Trash/2025|'
gone 'folder = {"*/Trash"}' 'Old/Trash|'
gone 'folder = {"A.B"}' 'A.B|'
gone 'folder = {"Trash"} exclude = {"Trash/2*"}' 'Trash|'

# A dot is a separator in Maildir++ alone.
cp -a tree/slash home/again
run mailkeep-expire -c conf --folder Trash.2025 --older-than 0s home/again
exits 66
says 'nothing matched'
same_tree tree/slash home/again
done_testing
