# No rule, no mailbox, no folder that matches, a root that is missing, empty,
# unreadable or no directory: an error that says which, never silence.
. tests/e2e/lib.sh

rule='expire "trash" { folder = {"Trash"} older-than = "10d" }'

# fails STATUS RE CONF [ARG ...]
fails()
{
	_status=$1 _re=$2
	echo "$3" >conf
	shift 3
	run mailkeep-expire -c conf "$@"
	exits "$_status"
	one_line
	says "^mailkeep-expire: $_re"
}

mkdir empty
mkdir -p nobox/example.org/alice/cur nobox/example.org/alice/new
message box/alice/cur/1.M1P1.mx:2,S 40
message box/alice/.Trahs/cur/1.M1P1.mx:2,S 40
message box/Trash/cur/2.M2P2.mx:2,S 40
file plain 1
cp -a box tree

fails 78 'there is no rule, so nothing is done: write expire "NAME"' \
    'mail-root = "box"'
fails 78 'there is no rule' ''
fails 66 'mail-root: .*missing.*: No such file' "mail-root = \"missing\" $rule"
fails 66 'empty: no mailbox found' "mail-root = \"empty\" $rule"
fails 66 'empty: no mailbox found' "mail-root = \"empty\" $rule" -n
fails 66 'nobox: no mailbox found' "mail-root = \"nobox\" $rule"
fails 66 'box: nothing matched: no folder of the 2 mailboxes' \
    "mail-root = \"box\" $rule"
fails 66 'box: nothing matched' "mail-root = \"box\" $rule" --json --plan p
prints '"status":66,'
fails 66 'box: nothing matched.*--user' "mail-root = \"box\" $rule" --user x
fails 66 'box: nothing matched.*--rule trash' "mail-root = \"box\" $rule" \
    --rule trash
fails 66 'box: none of the directories .*path' \
    'mail-root = "box" expire "x" { path = "new" older-than = "0s" }'
fails 66 'box: nothing matched.*--folder Trsh' "mail-root = \"box\" $rule" \
    --folder Trsh --older-than 1d
echo "mail-root = \"plain\" $rule" >conf
run mailkeep-expire -c conf
ok 'a file is no mail root' [ "$STATUS" != 0 ]
one_line
says 'mail-root: .*plain'
same_tree tree box
is "$(find "$STATE" -type f ! -name history.jsonl)" '' \
    'none of these was a run to go by'
not_one=$(grep -c '"status":0' "$STATE/history.jsonl")
is "$not_one" 0 'nor one that went well'

if [ "$(id -u)" = 0 ]; then
	mkdir -m 700 secret secret/deep
	message open/alice/.Trash/cur/1.M1P1.mx:2,S 40
	chown -R nobody open
	message open/bob/.Trash/cur/1.M1P1.mx:2,S 40
	chmod 700 open/bob
	message shut/alice/.Trash/cur/1.M1P1.mx:2,S 40
	chmod 711 shut
	chmod 644 conf
	rm -f "${LOCK:?}"/* "${STATE:?}"/*
	echo "mail-root = \"secret\" $rule" >conf
	as nobody run mailkeep-expire -c conf
	exits 77
	one_line
	says 'mail-root: .*secret.*: Permission denied'
	echo "mail-root = \"shut\" $rule" >conf
	as nobody run mailkeep-expire -c conf
	exits 77
	one_line
	says 'shut.*: Permission denied'
	# One mailbox that can't be read does not keep the rest waiting.
	echo "mail-root = \"open\" $rule" | sed 's/10d/0s/' >conf
	as nobody run mailkeep-expire -c conf
	exits 77
	one_line
	says 'open/bob: cannot be read: Permission denied'
	holds open/alice/.Trash/cur
	holds open/bob/.Trash/cur 1.M1P1.mx:2,S
else
	skip 'needs root' 11
fi
done_testing
