# A message is due when the age that its rule goes by has reached older-than
# to the second: by its mtime, by its ctime, by its name, or by its time in
# the folder.
. tests/e2e/lib.sh

now=$(date +%s)
day=86400

# The clock stands still enough for one run: AT is a time in seconds.
at_second()
{
	_second=$1
	shift
	at "@$(date -d "@$_second" '+%Y-%m-%d %H:%M:%S')" "$@"
}

# rule FOLDER AGE OLDER
rule()
{
	echo "expire \"$2\" { folder = {\"$1\"} older-than = \"$3\"
	    age = \"$2\" }"
}
{
	echo 'mail-root = "home" safety { clock-slack = "3650d" }'
	rule Received received 10d
	rule Saved saved 240h
	rule Name name 14400m
	rule Folder in-folder 864000s
} >conf

# The mtime and the time in the name lie ten days before $now, to the second.
for folder in Received Saved Name Folder; do
	message "home/.$folder/cur/1000000000.M1P1.mx:2,S" 0
	message "home/.$folder/cur/$((now - 10 * day)).M2P2.mx:2,S" 0
	message "home/.$folder/cur/noname:2,S" 0
done
received=home/.Received/cur
name=home/.Name/cur
touch -d "@$((now - 10 * day))" "$received/1000000000.M1P1.mx:2,S"
touch -d "@$((now - 10 * day + 1))" "$received/noname:2,S"
touch -d "@$((now - 400 * day))" home/.[SNF]*/cur/*

at_second "$((now - 1))" run mailkeep-expire -c conf -n --list
exits 0
is "$(cat "$OUT")" "$name/1000000000.M1P1.mx:2,S" \
    'a second before, only the old name is due'
at_second "$now" run mailkeep-expire -c conf
exits 0
silent
holds $received "$((now - 10 * day)).M2P2.mx:2,S" noname:2,S
holds $name noname:2,S
holds home/.Saved/cur 1000000000.M1P1.mx:2,S \
    "$((now - 10 * day)).M2P2.mx:2,S" noname:2,S
holds home/.Folder/cur 1000000000.M1P1.mx:2,S \
    "$((now - 10 * day)).M2P2.mx:2,S" noname:2,S

# ctimes are true ones, of a moment ago.
last=$(stat -c %Z home/.[SF]*/cur/* | sort -n | tail -n 1)
first=$(stat -c %Z home/.[SF]*/cur/* | sort -n | head -n 1)
at_second "$((first + 10 * day - 1))" run mailkeep-expire -c conf
exits 0
holds home/.Saved/cur 1000000000.M1P1.mx:2,S \
    "$((now - 10 * day)).M2P2.mx:2,S" noname:2,S
holds home/.Folder/cur 1000000000.M1P1.mx:2,S \
    "$((now - 10 * day)).M2P2.mx:2,S" noname:2,S
at_second "$((last + 10 * day))" run mailkeep-expire -c conf
exits 0
silent
holds home/.Saved/cur
holds home/.Folder/cur
holds $name noname:2,S

# Without any limit, all of it: now.
message home/.Junk/new/1.M1P1.mx 0
message home/.Junk/cur/2.M1P1.mx:2,S -1d
run mailkeep-expire --folder Junk --older-than 0s --age received home
exits 0
holds home/.Junk/new
holds home/.Junk/cur 2.M1P1.mx:2,S
done_testing
