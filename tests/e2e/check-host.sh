# tests/e2e/check-host.sh - a small host at which mailkeep-check has nothing to
# find, in the test's directory.
#
#   sound_host			make it anew: conf, mail, state, lock, rstate,
#				lists, log, tmda, newsyslog.conf, and root, for
#				--root, with systemd and timers
#   ran PROGRAM STATUS AGE [NOTE]
#				a line of history
#   look [OPTION ...]		run mailkeep-check over all of it but Exim and
#				the database; $OUT as of check() in check.sh
#   people [OPTION ...]		the same, as people see it
#
# shellcheck shell=sh
. "$TOP/tests/e2e/check.sh"

ME=$(id -un)
PARTS='--only configuration --only mail-root --only spamd --only newsyslog
    --only tmda --only schedule --only runs'

ran()
{
	_ended=$(($(date +%s) - $(_seconds "$3")))
	_history=state/history.jsonl
	[ "$1" != rotate ] || _history=rstate/history.jsonl
	_note=null
	[ $# -lt 4 ] || _note="\"$4\""
	echo "{\"program\":\"$1\",\"version\":\"0\",\"started\":$_ended,\
\"finished\":$_ended,\"seconds\":0.5,\"status\":$2,\"note\":$_note,\
\"total\":{}}" >>"$_history"
}

timer()
{
	_units=root/etc/systemd/system
	ln -s "/lib/systemd/system/mailkeep-$1.timer" \
	    "$_units/timers.target.wants/mailkeep-$1.timer"
	: >"root/lib/systemd/system/mailkeep-$1.timer"
}

sound_host()
{
	rm -rf mail state lock rstate lists log tmda root conf newsyslog.conf
	message mail/example.org/alice/.Trash/cur/1.M1P1.mx:2,S 1
	mkdir -p state lock rstate lists log tmda/pending tmda/responses \
	    root/etc/cron.d root/var/spool/cron/crontabs root/usr/sbin \
	    root/run/systemd/system root/lib/systemd/system \
	    root/etc/systemd/system/timers.target.wants root/etc/logrotate.d
	: >root/usr/sbin/cron
	: >tmda/config
	echo 192.0.2.7 >lists/own
	echo line >log/main
	echo "$PWD/log/main 640 3 100 * N" >newsyslog.conf
	for _program in expire blacklist spamscan tmda rotate; do
		timer "$_program"
		ran "$_program" 0 5m
	done
	cat >conf <<-CONF
	mail-root = "$PWD/mail"
	owner = "$ME"
	state-dir = "$PWD/state"
	lock-dir = "$PWD/lock"
	expire "trash" { folder = {"Trash", "Junk"} older-than = "30d" }
	blacklist {
		feed "own" { file = "$PWD/lists/own" }
		plain = "$PWD/lists/plain"
	}
	spamscan { trust "mx.example.org" { } }
	rotate {
		file = {"$PWD/newsyslog.conf"}
		state-dir = "$PWD/rstate"
	}
	tmda "shared" { dir = "$PWD/tmda" }
	CONF
}

look()
{
	# shellcheck disable=SC2086	# words
	run mailkeep-check -c conf --root root $PARTS --json "$@"
	python3 -c '
import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    print(f["severity"], f["area"], f["place"] + ": " + f["what"] + "; " +
        f["advice"])
' "$OUT" >found
	cat found >"$OUT"
}

people()
{
	# shellcheck disable=SC2086	# words
	run mailkeep-check -c conf --root root $PARTS "$@"
}
