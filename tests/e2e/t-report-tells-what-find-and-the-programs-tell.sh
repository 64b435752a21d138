# On the sample host the report's numbers are those that find, awk and grep
# count, and those that the programs say themselves; and nothing changes, down
# to the last file.
. tests/e2e/lib.sh
command -v jq >/dev/null || skip_all 'needs jq'

sh "$TOP/tests/sample-host.sh" host >/dev/null || _die 'no sample host'
cd host || exit 1
# Without a rest in tmp/, and a mailbox whose names do not say the sizes.
message mail/example.org/erin/cur/1.M1P1.mx:2,S 3
message mail/example.org/erin/new/2.M2P2.mx 1
message mail/example.org/erin/.Junk/new/3.M3P3.mx,S=4000 1
snapshot . >"$SCRATCH/before"

run mailkeep-report -c mailkeep.conf --json
exits 0
is "$(wc -l <"$OUT")" 1 'one line'
ok 'nothing on standard error' test ! -s "$ERR"
same_tree "$SCRATCH/before" .
cp "$OUT" "$SCRATCH/json"

j()
{
	jq -r "$1" "$SCRATCH/json"
}

is "$(j '[.space,.forecast,.score,.hits,.pending,.runs,.quota] |
    map(.state) | unique[]')" told 'seven parts are told'
is "$(j .strangers.state)" absent 'the eighth has no database'
is "$(j .program),$(j .mail_root)" "report,$PWD/mail" 'who, and of what'

# ---- space: a line each message, its mailbox, its bytes
find mail -type f \( -path '*/cur/*' -o -path '*/new/*' \) \
    ! -path 'mail/.tmda/*' -printf '%s %P\n' >files
is "$(j .space.messages)" "$(wc -l <files)" 'messages, as find counts them'
is "$(j .space.bytes)" "$(awk '{ n += $1 } END { print n }' files)" \
    'bytes, as find counts them'
j '.space.largest[] | "\(.messages) \(.bytes) \(.mailbox)"' >boxes
while read -r messages bytes box; do
	is "$messages $bytes" "$(awk -v box="$box/" -v top="${box:+no}" '
		{ size = $1; sub(/^[0-9]+ /, "") }
		top == "" ? /^(cur|new)\// : index($0, box) == 1 {
			n++
			b += size
		}
		END { print n, b }' files)" "$box, as find counts it"
done <boxes
ok 'these are all' test "$(wc -l <boxes)" -eq 7
is "$(j '.space.folders[] | select(.folder == "Junk") |
    "\(.messages) \(.bytes)"')" \
    "$(grep '/\.*Junk/' files | awk '{ n++; b += $1 } END { print n, b }')" \
    'Junk, as find counts it'
is "$(j '.space.largest[] | select(.mailbox == "example.org/erin") |
    .folders[] | "\(.folder) \(.messages)"' | sort)" 'INBOX 2
Junk 1' 'the folders of a mailbox'
is "$(j .space.mailboxes)" "$(j '.space.largest | length')" \
    'so many mailboxes'

# ---- what the programs say
mailkeep-expire -c mailkeep.conf --forecast 7 --json >expire
is "$(j '.forecast.rules[] |
    [.rule, .age_messages, .age_bytes, .night_messages, .night_bytes] |
    tojson')" "$(jq -c '. as $all | .ages.rules[] | .rule as $r | [$r,
	.messages, .bytes,
	[$all.nights[].rules[] | select(.rule == $r) | .messages],
	[$all.nights[].rules[] | select(.rule == $r) | .bytes]]' expire)" \
    'the forecast is that of mailkeep-expire'
ok 'there is something to forecast' \
    test "$(j '[.forecast.rules[].night_messages[]] | add')" -gt 10

mailkeep-spamscan -c mailkeep.conf --histogram all --json >spamscan
is "$(j '.score | [.limit, .bins] | tojson')" \
    "$(jq -c '[.limit, .bins]' spamscan)" 'scores of mailkeep-spamscan'
is "$(j '.score.limits | map([.limit, .inbox + .junk, .junk]) | tojson')" \
    "$(jq -c '.limits | map([.limit, .caught, .in_junk])' spamscan)" \
    'what limits would catch, by mailkeep-spamscan'

mailkeep-tmda -c mailkeep.conf --stats --json >tmda
is "$(j '.pending.queues | map([.queue, .messages, .due, .listed, .ages]) |
    tojson')" "$(jq -sc 'map([.queue, .pending, .due, .listed,
	[.ages[].pending]])' tmda)" 'the queue of mailkeep-tmda'
is "$(j '.pending.queues[0].oldest_s / 86400 | floor')" 33 'its oldest'

# ---- hits
{ cat log/exim4/mainlog; zcat log/exim4/mainlog.*.gz; } |
    grep -o 'listed: [a-z]*' >listed
is "$(j '.hits.feeds[] | "\(.total) listed: \(.feed)"')" \
    "$(sort listed | uniq -c | sort -rn | sed 's/^ *//')" \
    'hits, as grep counts them'
is "$(j '[.hits.feeds[].days] | transpose | map(add) | map(select(. > 0)) |
    join(" ")')" "$(for log in log/exim4/mainlog.2.gz log/exim4/mainlog.1.gz \
	log/exim4/mainlog.0.gz log/exim4/mainlog; do
	zcat -f $log | grep -c 'mailkeep-blacklist: '
    done | paste -sd ' ')" 'hits of each day'
is "$(j .hits.hosts)" "$({ cat log/exim4/mainlog
    zcat log/exim4/mainlog.*.gz; } | grep -o 'host=\[[^]]*' | sort -u |
    wc -l)" 'hosts, as sort counts them'

# ---- runs
is "$(j '.runs.programs[] | .program as $p | "\(.runs | length) \($p)"' |
    sort)" "$(jq -r .program state/history.jsonl | sort | uniq -c |
    sed 's/^ *//' | sort)" 'runs, as the history has them'
is "$(j '.runs.programs[] | select(.program == "expire") |
    [.failed, ([.runs[].count] | add), ([.runs[].bytes] | add)] | tojson')" \
    "$(jq -sc 'map(select(.program == "expire")) | [
	(map(select(.status != 0)) | length), (map(.total.removed) | add),
	(map(.total.removed_bytes) | add)]' state/history.jsonl)" \
    'what mailkeep-expire did'

# ---- quotas
is "$(j '.quota | "\(.limited) \(.troubled)"')" '3 2' 'quotas'
is "$(j '.quota.mailboxes[] | "\(.mailbox): \(.trouble)"')" \
    'example.test/bob: nearly full
example.org/carol: maildirsize is damaged: a line of it is no sum' \
    'who has trouble with them'

# A folder that quota does not count makes the sum of the file too high.
awk 'BEGIN { print "52428800S\n4000000 10" }' \
    >mail/example.org/erin/maildirsize
run mailkeep-report -c mailkeep.conf --json
is "$(jq -r '.quota.mailboxes[] | select(.mailbox == "example.org/erin") |
    .trouble' "$OUT")" 'maildirsize counts 3.8 MiB too much' 'a wrong sum'
file mail/example.org/erin/.Junk/cur/4.M4P4.mx,S=3990000:2,S 1
run mailkeep-report -c mailkeep.conf --json
is "$(jq -r '.quota.mailboxes[].mailbox' "$OUT" | grep -c erin)" 0 \
    'a right one'
run mailkeep-report -c mailkeep.conf --json -o quota-ignore=Junk
is "$(jq -r '.quota.mailboxes[].mailbox' "$OUT" | grep -c erin)" 1 \
    'with quota-ignore it is wrong'

# A run that is not over 30 days old, and mailkeep-rotate's own history.
mkdir rotate
printf '{"program":"rotate","started":%d,"finished":%d,"seconds":1.5,%s}\n' \
    $(($(date +%s) - 31 * 86400)) $(($(date +%s) - 31 * 86400)) \
    '"status":0,"note":null,"total":{"rotated":7}' \
    "$(date +%s)" "$(date +%s)" \
    '"status":0,"note":null,"total":{"rotated":5}' >rotate/history.jsonl
: >state/history.jsonl
run mailkeep-report -c mailkeep.conf --json -o "rotate.state-dir=$PWD/rotate"
exits 0
is "$(jq -c '.runs.programs | map([.program, (.runs | map(.count))])' \
    "$OUT")" '[["rotate",[5]]]' 'rotate has a history of its own'
done_testing
