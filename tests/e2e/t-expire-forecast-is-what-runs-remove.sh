# --forecast N tells of each night what real runs, night by night, then remove,
# also by caps, ledgers, leftovers in tmp and paths; how old is all that the
# rules watch; and it changes nothing, whatever an index knows.
. tests/e2e/lib.sh

cat >conf <<-'END'
	mail-root = "home"
	safety { max-percent = 100% }
	expire "junk" { folder = {"Junk"} older-than = "10d" age = "received" }
	expire "both" { folder = {"Junk", "Trash"} older-than = "8d"
	    age = "received" unread = no }
	expire "cap" { folder = {"Lists"} older-than = "14d" age = "received"
	    max-messages = 3 }
	expire "laid" { folder = {"Laid"} older-than = "5d" }
	expire "tmp" { tmp = yes older-than = "3d" age = "received" }
	expire "stray" { path = "stray" older-than = "2d" age = "received" }
END
# An age in hours, so that no message is due just as a night ends.
n=0
for hours in 1 30 100 150 170 180 200 230 300 2000 9000; do
	n=$((n + 1))
	message "tree/a/.Junk/cur/$n.M1P1.mx,S=${n}00:2,S" "${hours}h"
	message "tree/a/.Trash/new/$n.M1P1.mx,S=10" "${hours}h"
	message "tree/b/.Trash/cur/$n.M1P1.mx:2,S" "${hours}h"
	message "tree/b/.Lists/cur/$n.M1P1.mx,S=1000:2,S" "${hours}h"
	message "tree/b/.Laid/cur/$n.M1P1.mx,S=7:2,S" "${hours}h"
	message "tree/b/tmp/$n.M1P1.mx" "${hours}h"
	file "tree/stray/$n.M1P1.mx" "${hours}h"
done
message "tree/a/.Junk/cur/99.M1P1.mx,S=50:2,FS" 400
cp -a tree home

# The same night by night, as "RULE NIGHT MESSAGES BYTES", without zeros.
run mailkeep-expire -c conf --forecast 6 --json
exits 0
ok 'nothing on standard error' test ! -s "$ERR"
is "$(wc -l <"$OUT")" 1 'the JSON is one line'
same_tree tree home
is "$(ls -A "$STATE")$(ls -A "$LOCK")" '' \
    'no state and no lock is left behind'
cp "$OUT" forecast.json
python3 - "$(date +%s)" <<-'END' >told || echo bad >told
	import json, sys
	f = json.load(open("forecast.json"))
	now = int(sys.argv[1])
	assert f["program"] == "expire"
	assert list(f) == ["program", "nights", "ages"]
	assert len(f["nights"]) == 6
	for k, night in enumerate(f["nights"]):
	  assert abs(night["at"] - (now + (k + 1) * 86400)) < 3600
	  for r in night["rules"]:
	    if r["messages"] > 0:
	      print(r["rule"], k + 1, r["messages"], r["bytes"])
	    assert r["bytes"] > 0 or r["messages"] == 0
END
# What the runs of these nights do.  They also write the first ledgers, so
# that the last of them has had a folder for as many days as "laid" says.
for night in 1 2 3 4 5 6; do
	at "+${night}d" run mailkeep-expire -c conf --json
	exits 0
	cp "$OUT" "night$night.json"
done
python3 - <<-'END' >removed
	import json
	for night in range(1, 7):
	  for r in json.load(open("night%d.json" % night))["rules"]:
	    if r["removed"] > 0:
	      print(r["rule"], night, r["removed"], r["removed_bytes"])
END
ok 'it tells what the runs of these nights remove' diff removed told
ok 'a night has several rules, a rule several nights' test \
    "$(cut -d ' ' -f 1 told | sort -u | wc -l)" -eq 6 -a \
    "$(grep -c '^both ' told)" -ge 3
ok 'a cap is reckoned in the first night alone' test \
    "$(grep '^cap ' told)" = 'cap 1 8 8000'
ok 'a ledger that is not there yet counts from now' \
    grep -q '^laid 5 11 77$' told

# An index and ledgers that know of nothing due do not hide what will be.
rm -rf home
mkdir home
message home/a/.Laid/cur/1.M1P1.mx,S=7:2,S 1h
printf '%s\n' 'mail-root = "home"' 'safety { clock-slack = "99d" }' \
    'expire "laid" { folder = {"Laid"} older-than = "5d" }' >conf
touch -d '1 hour ago' home/a/.Laid/cur home/a/.Laid/new
run mailkeep-expire -c conf
exits 0
snapshot "$STATE" >state
at +3d run mailkeep-expire -c conf --forecast 3 --json
exits 0
snapshot "$STATE" | diff state - >/dev/null
is $? 0 'the index stays as it was'
# night MESSAGES BYTES, and all of it.
night()
{
	printf '{"at":0,"rules":[{"rule":"laid","messages":%s,"bytes":%s}]}' \
	    "$1" "$2"
}
is "$(sed 's/"at":[0-9]*/"at":0/g' "$OUT")" \
    "{\"program\":\"expire\",\"nights\":[$(night 0 0),$(night 1 7),\
$(night 0 0)],\"ages\":{\"days\":[1,3,7,14,30,90,365],\"rules\":[{\
\"rule\":\"laid\",\"messages\":[0,0,1,0,0,0,0,0],\
\"bytes\":[0,0,7,0,0,0,0,0]}]}}" 'the JSON has this form'

# All ages, starred or not, due or not.
cp -a tree home2
echo 'mail-root = "home2" expire "junk" { folder = {"Junk"}
    older-than = "10d" age = "received" }' >conf2
run mailkeep-expire -c conf2 --forecast 1 --json
exits 0
prints '"messages":\[1,1,2,5,0,1,0,2\]'
prints '"bytes":\[100,200,700,3500,0,1000,0,1150\]'
done_testing
