# Several rules may watch one folder, each for its accounts: a message goes
# when any of them has it due.
. tests/e2e/lib.sh

for user in example.org/alice example.org/bob example.net/alice \
    example.net/c/carol/Maildir; do
	message "home/$user/.Trash/cur/1.M1P1.mx:2,S" 40
	message "home/$user/.Trash/cur/2.M2P2.mx:2,S" 20
	message "home/$user/.Trash/cur/3.M3P3.mx:2," 20
	message "home/$user/.Trash/cur/4.M4P4.mx:2,S" 2
done
{
	echo 'mail-root = "home"'
	rule='folder = {"Trash"} age = "received"'
	echo "expire \"long\" { $rule older-than = \"30d\" }"
	echo "expire \"short\" { $rule older-than = \"10d\" unread = no
	    account = {\"example.net/*\"} }"
	echo "expire \"alice\" { $rule older-than = \"1d\" unread = no
	    account = {\"alice@*\"} exclude = {\"*/Keep\"} }"
	echo "expire \"carol\" { $rule older-than = \"10d\"
	    account = {\"carol@example.net\", \"nobody@*\"} }"
} >conf
message home/example.org/alice/.Trash.Keep/cur/5.M5P5.mx:2,S 20

run mailkeep-expire -c conf --json
exits 0
holds home/example.org/bob/.Trash/cur 2.M2P2.mx:2,S 3.M3P3.mx:2, 4.M4P4.mx:2,S
holds home/example.org/alice/.Trash/cur 3.M3P3.mx:2,
holds home/example.net/alice/.Trash/cur 3.M3P3.mx:2,
holds home/example.net/c/carol/Maildir/.Trash/cur 4.M4P4.mx:2,S
holds home/example.org/alice/.Trash.Keep/cur 5.M5P5.mx:2,S
# Each message counts once in what was removed: for the first rule.
is "$(python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
print(report["total"]["removed"],
    {r["rule"]: r["removed"] for r in report["rules"]})' "$OUT")" \
    "10 {'long': 4, 'short': 2, 'alice': 3, 'carol': 1}" 'counted once'

# Two ages in one folder: by the ledger and by what the file says.
message two/.Junk/cur/1.M1P1.mx:2,S 40
message two/.Junk/cur/2.M2P2.mx:2,S 4
echo 'mail-root = "two"
expire "here" { folder = {"Junk"} older-than = "3d" }
expire "received" { folder = {"Junk"} older-than = "30d" age = "received" }
' >conf
run mailkeep-expire -c conf
exits 0
silent
holds two/.Junk/cur 2.M2P2.mx:2,S
at +3d run mailkeep-expire -c conf
exits 0
silent
holds two/.Junk/cur
done_testing
