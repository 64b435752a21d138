# The scores that spamd gives are those that spamc gets for the same files, and
# what moves is exactly what has the limit or more; by either kind of socket,
# one message at a time or several.  MK_CORPUS, if it is set, is a directory of
# more messages to compare.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
. "$TOP/tests/e2e/spam.sh"
need_servers spamd
command -v spamc >/dev/null || skip_all 'needs spamc'

start_spamd -p --max-children=4
cat >conf <<END
mail-root = "home"
spamscan { source = {"spamd"} spamd { socket = "$SPAMD_SOCKET" } }
END
box=home/example.test/alice

# put FILE NAME: into the inbox
n=0
put()
{
	n=$((n + 1))
	if [ $((n % 2)) = 0 ]; then
		message "$box/new/$2.M${n}P1.mx" 0 "$1"
	else
		message "$box/cur/$2.M${n}P1.mx:2,S" 0 "$1"
	fi
}
printf 'Subject: x\n\n%s\n' "$GTUBE" >gtube
put gtube gtube
for file in "$TOP"/tests/data/corpus/*/*.eml; do
	name=${file%.eml}
	kind=${name%/*}
	put "$file" "${kind##*/}-${name##*/}"
done
is $n 62 'the corpus is there'
# With -x it does not say 0/0 where it could not ask.
find $box -type f -print0 | xargs -0 -n 1 -P 2 sh -c '
	for try in 1 2 3; do
		score=$(spamc -x -U "$0" -s 1000000 -c <"$1")
		[ $? -ge 64 ] || break
	done
	echo "$score ${1##*/}"' "$SPAMD_SOCKET" |
    sed 's,/[^ ]*,,' | sort >scores
is "$(wc -l <scores)" $n 'spamc has a score for each'
ok 'of very different ones' [ "$(awk '{ print int($1) }' scores | sort -u |
    wc -l)" -ge 5 ]
mv home all

# compared: what the run has told are the scores
compared()
{
	python3 -c '
import json, sys
for line in open(sys.argv[1]):
    o = json.loads(line)
    if "message" in o:
        assert o["source"] == "spamd" and o["state"] == "scored by spamd", o
        assert o["action"] == ("junk" if o["score"] >= 7 else "keep"), o
        print("%.1f" % o["score"], o["message"].split("/")[-1])' "$OUT" |
	    sort >told
	is "$(diff scores told)" '' "$1"
}
cp -a all home
run mailkeep-spamscan -c conf -n --json
exits 0
compared 'the scores are those of spamc'
same_tree all home

# Real runs, with those that are near the limits, and some others.
sort -n scores | awk 'NR % ($1 > 2.5 ? 2 : 16) == 0' >chosen
ok 'enough of them' [ "$(wc -l <chosen)" -ge 12 ]
# moves LIMIT CONNECTIONS SOCKET
moves()
{
	rm -rf home "$STATE" few
	mkdir "$STATE"
	while read -r _score _name; do
		case $_name in
		*:2,*)	_sub=cur ;;
		*)	_sub=new ;;
		esac
		mkdir -p home/example.test/alice/cur home/example.test/alice/new \
		    home/example.test/alice/tmp
		cp -p "all/example.test/alice/$_sub/$_name" "$box/$_sub"
	done <chosen
	cp -a home few
	run mailkeep-spamscan -c conf -o "spamscan.limit=$1" \
	    -o "spamscan.spamd.connections=$2" -o "spamscan.spamd.socket=$3"
	exits 0
	silent
	find $box/.Junk/cur $box/.Junk/new -type f 2>/dev/null |
	    sed 's,.*/,,' | sort >junk
	awk -v limit="$1" '$1 >= limit { print $2 }' chosen | sort >due
	ok "limit $1: what is in Junk has so many points" diff due junk
	find $box/cur $box/new -type f | sed 's,.*/,,' | sort >stay
	awk -v limit="$1" '$1 < limit { print $2 }' chosen | sort >wanted
	ok "limit $1: what stays has less" diff wanted stay
	is "$(find home -name '*P1.mx*' -exec md5sum {} + | sed 's/ .*//' |
	    sort | md5sum)" "$(find few -type f -exec md5sum {} + |
	    sed 's/ .*//' | sort | md5sum)" 'every message is there and whole'
}
moves 3 1 "$SPAMD_SOCKET"
ok 'some moved, some stayed' [ -s due ]
moves 5 4 "$SPAMD_SOCKET"
moves 7 1 "127.0.0.1:$SPAMD_PORT"
moves 10 4 "127.0.0.1:$SPAMD_PORT"
ok 'some stayed' [ -s wanted ]
is "$(grep -c gtube due)" 1 'GTUBE moves at any limit'

if [ -d "${MK_CORPUS-}" ]; then
	rm -rf home "$STATE"
	mkdir "$STATE"
	n=0
	find "$MK_CORPUS" -type f -size -400k | sort | head -n 300 >files
	while read -r file; do
		put "$file" more
	done <files
	find $box -type f -print0 | xargs -0 -n 1 -P 2 sh -c '
		echo "$(spamc -U "$0" -s 1000000 -c <"$1") ${1##*/}"' \
	    "$SPAMD_SOCKET" | sed 's,/[^ ]*,,' | sort >scores
	run mailkeep-spamscan -c conf -n --json
	exits 0
	compared "$n of MK_CORPUS: the scores are those of spamc"
else
	skip 'MK_CORPUS names no directory of more messages' 2
fi
done_testing
