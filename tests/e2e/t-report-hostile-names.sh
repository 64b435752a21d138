# Whatever mailboxes, folders, feeds and reasons are called: JSON is JSON, a
# page has none of it as markup, a text none of it as an escape code; a client
# cannot write a line of ours into Exim's log; links are not followed.
. tests/e2e/lib.sh
command -v jq >/dev/null || skip_all 'needs jq'

esc=$(printf '\033') bad=$(printf '\377\376') nl=$(printf '\nx')
for name in '<script>alert(1)<' '"onload=x' "${esc}[31mred" "$bad" "$nl" \
    '&amp;' "a'b" ' ' '-rf' '${x}' '%s%n'; do
	message "mail/d/$name/cur/1.M1P1.mx,S=100:2,S" 3
	message "mail/d/u/.$name/cur/1.M1P1.mx,S=1000:2,S" 3
	printf '1000S\n990 1\n' >"mail/d/$name/maildirsize"
done
message "outside/cur/1.M1P1.mx,S=1000000:2,S" 3
ln -s ../../outside mail/d/link
ln -s ../../../outside mail/d/u/.Link
mkdir log
day=$(date +%F)
{
	for feed in '<script>x' "${esc}[31m" '"&' "$bad"; do
		printf '%s 00:00:00 mailkeep-blacklist: host=[192.0.2.1] ' \
		    "$day"
		printf 'listed: %s: why\n' "$feed"
	done
	printf '%s 00:00:01 1xV3Pd-000001-1u H=(%s 00:00:00 %s) [192.0.2.9]\n' \
	    "$day" "$day" \
	    'mailkeep-blacklist: host=[192.0.2.9] listed: forged: x'
} >log/mainlog
cat >conf <<-END
	mail-root = "$PWD/mail"
	state-dir = "$STATE"
	lock-dir = "$LOCK"
	rotate { state-dir = "$STATE" }
	report { exim-log = {"$PWD/log/mainlog"} }
END
printf '{"program":"expire","started":%d,"finished":%d,"seconds":1,%s}\n' \
    "$(date +%s)" "$(date +%s)" \
    '"status":75,"note":"<script>\u001b[31m\u0000\ud800","total":[]}{' \
    >"$STATE/history.jsonl"
printf '{"program":"<script>","started":%d,"finished":%d,%s}\n' \
    "$(date +%s)" "$(date +%s)" \
    '"seconds":-1e300,"status":75,"note":"\u001b[31m<script>","total":[]' \
    >>"$STATE/history.jsonl"
snapshot mail >before

run mailkeep-report -c conf --json
exits 0
ok 'it is JSON' jq empty "$OUT"
is "$(jq '.space.mailboxes' "$OUT")" 12 'all mailboxes'
is "$(jq '.space.messages' "$OUT")" 22 'and no message from outside'
is "$(jq '.quota.troubled' "$OUT")" 11 'all that are nearly full'
is "$(jq -r '[.hits.feeds[].total] | add' "$OUT")" 4 'no forged hit'
never_prints forged
never_prints "$esc"
ok 'what is left out is noted' \
    test "$(jq -r .space.note "$OUT" | grep -c 'not followed')" = 1
same_tree before mail

run mailkeep-report -c conf
exits 0
never_prints '<script>(alert|x|<)'
never_prints '"onload'
never_prints "$esc"
run mailkeep-report -c conf --text
exits 0
never_prints "$esc"
prints 'onload'
same_tree before mail

# Text that is no text at all in the history and the logs: no crash.
head -c 200000 /dev/urandom >"$STATE/history.jsonl"
head -c 2000000 /dev/urandom >log/mainlog
run mailkeep-report -c conf --json
exits 0
ok 'it is JSON still' jq empty "$OUT"
done_testing
