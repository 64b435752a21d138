# Exim takes thousands of messages while its logs are rotated hundreds of times:
# every line is there once, in the log or in one of its generations, and at no
# moment is there a log missing, or one that Exim could not write.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim
[ -z "${MK_WRAP-}" ] || skip_all 'takes too long'

mail_root mail
chown root "$STATE" "$LOCK"	# to rotate takes a state of root's alone
start_exim mail
# The daemon delivers.  Beside it "exim -bs" accepts and discards, which it
# logs as a delivery, and refuses: that many lines take little time.
sed 's/^  require verify = recipient$/&\n  discard/' "$EXIM/exim.conf" \
    >"$EXIM/discard.conf"
for log in main reject; do
	: >>"$EXIM/${log}log"
	chown "$MAIL_USER:$MAIL_GROUP" "$EXIM/${log}log"
	chmod 640 "$EXIM/${log}log"
	printf '%s/%slog 640 999 * * Z%sN\n' "$EXIM" $log \
	    "$([ $log = main ] || echo B)"
done >newsyslog.conf
echo "rotate { file = {\"$PWD/newsyslog.conf\"} compress-wait = \"0s\" }" >conf

for log in main reject; do
	mkdir $log
	(cd $log && exec python3 "$TOP/tests/e2e/rotate-watch.py" "$EXIM" \
	    ${log}log "$(id -u "$MAIL_USER")" "$(id -g "$MAIL_USER")" 640 \
	    >said 2>&1) &
	eval "watch_$log=$!"
	reap $!
	until [ -e $log/watching ]; do
		kill -0 $! 2>/dev/null || break
		sleep 0.05
	done
done

(load -p 2 bob@example.test alice@example.test 100 127.0.0.1 >delivered) &
daemon=$!
reap $daemon
(python3 "$TOP/tests/e2e/rotate-smtp.py" 2 1000 3 \
    setpriv --reuid="$MAIL_USER" --regid="$MAIL_GROUP" --clear-groups \
    "$EXIM/exim" -C "$EXIM/discard.conf" -bs >discarded) &
local=$!
reap $local

runs=0 wrong=0
while [ $runs -lt 150 ] && kill -0 $local 2>/dev/null; do
	run mailkeep-rotate -c conf -F
	[ "$STATUS" = 0 ] && ! [ -s "$ERR" ] || wrong=$((wrong + 1))
	runs=$((runs + 1))
done
touch stop
is $runs 150 'hundreds of rotations beside them'
wait $daemon
is $? 0 'Exim takes all that are to be delivered'
wait $local
is $? 0 'and those that are to be discarded'
is $wrong 0 "$runs runs: none fails"
ok 'all are delivered' empty_queue
stop_exim
run mailkeep-rotate -c conf -F
exits 0
silent

{
	cat discarded
	sed -n 's/^.* 250 OK id=/accepted /p' delivered
} >said
messages=$(grep -c '^accepted' said)
ok 'Exim has accepted thousands' [ "$messages" -ge 2100 ]
for log in main reject; do
	eval "watch=\$watch_$log"
	# shellcheck disable=SC2154	# set by eval
	kill "$watch"
	wait "$watch"
	is "$(cat $log/said)" "$((runs + 1)) taken" \
	    "${log}log: another file takes the name by each run, no more"
	python3 "$TOP/tests/e2e/rotate-union.py" "$EXIM/${log}log" said >"$OUT"
	STATUS=$? _what="the union of ${log}log"
	exits 0
	diag "${log}log: $(tail -n 1 "$OUT"), $messages messages, $runs runs"
	is "$(find "$EXIM" -name "${log}log.*" ! -name '*.gz' \
	    -o -name ".${log}log*")" '' 'all generations are compressed'
	is "$(find "$EXIM" -name "${log}log*" ! -user "$MAIL_USER" -o \
	    -name "${log}log*" ! -perm 640)" '' 'with owner and mode'
	is "$(find "$EXIM" -name "${log}log.*" | wc -l)" $((runs + 1)) \
	    'as many as there were runs'
done
done_testing
