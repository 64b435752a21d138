#!/bin/sh
# sample-host.sh - build a small virtual-mail host out of tests/data.
#
# usage: tests/sample-host.sh DIR [NOW]
#
# DIR/mail is the mail root, with TMDA's files in .tmda, DIR/lists has lists of
# unwanted hosts, DIR/log logs of Exim, DIR/newsyslog.conf says how these are
# rotated, and DIR/mailkeep.conf is a configuration for all.  All is the same
# each time but for the clock: a message's mtime, the time in its name, in logs
# and, in mail with a score, in its Received line are so many days before NOW
# (seconds since the Epoch; the present).
# What an earlier run left in DIR is replaced; any other DIR is refused.
set -eu
LC_ALL=C
export LC_ALL
umask 077

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
	echo 'usage: sample-host.sh DIR [NOW]' >&2
	exit 64
fi
now=${2:-$(date +%s)}
mark='# Made by tests/sample-host.sh; made anew by it without asking.'
here=$(dirname -- "$0")
corpus=$(cd -- "$here/data/corpus" && pwd)

if [ -e "$1" ] && [ -n "$(ls -A -- "$1")" ] &&
    ! grep -qsxF -- "$mark" "$1/mailkeep.conf"; then
	echo "sample-host.sh: $1: not empty, and not a sample host" >&2
	exit 73
fi
mkdir -p -- "$1"
cd -- "$1"
dir=$(pwd)
case $dir in
*[\"\\\$[:space:]]*)
	echo "sample-host.sh: $dir: no name to be quoted in a file" >&2
	exit 64 ;;
esac
echo "$mark" >mailkeep.conf
rm -rf mail state lock archive lists log newsyslog.conf

# Each line: mailbox, folder, subdirectory, flags, ham or spam, ages in days.
# "-" is nothing.  Folders with a dot are Maildir++, without one fs layout.
plan() {
	cat <<'PLAN'
example.test/alice		-			new	-	ham	0 0 1
example.test/alice		-			cur	S	ham	1 2 5 9 14 30 60 200 400
example.test/alice		-			cur	FS	ham	12 90
example.test/alice		-			tmp	-	ham	0 3
example.test/alice		.Junk			new	-	spam	0 1 3 8 9 11 12 20 45
example.test/alice		.Junk			cur	S	spam	2 10 15
example.test/alice		.Trash			cur	S	ham	1 4 9 10 11 31 365
example.test/alice		.Trash			cur	FS	ham	50
example.test/alice		.Trash			new	-	ham	13
example.test/alice		.Trash.Lists		cur	S	ham	7 25
example.test/alice		.Sent			cur	S	ham	3 33 333
example.test/bob		-			new	-	ham	0 2 15 40
example.test/bob		.Junk			new	-	spam	1 4 6 11 14 17 28 70
example.test/bob		.Deleted_Messages	cur	S	ham	5 12 100
example.test/bob		.Deleted_Messages	cur	RS	ham	9 16
example.test/bob		.NotTrash		cur	S	ham	80 120
example.test/Trash		-			cur	S	ham	20 40 80
example.test/Trash		.Trash			cur	S	ham	2 22
example.org/carol		-			cur	S	ham	1 50 500
example.org/carol		Trash			cur	S	ham	3 18 36
example.org/carol		Trash			new	-	ham	11
example.org/carol		Junk			cur	-	spam	6 13
example.org/carol		Archive			cur	S	ham	600 700
example.net/d/dave/Maildir	-			new	-	ham	0 7
example.net/d/dave/Maildir	.Spam			cur	S	spam	5 19 21
example.net/d/dave/Maildir	.Trash			cur	ST	ham	8 30
.				-			new	-	spam	0 1 9
PLAN
}

# Each message to make: its corpus file, its time, its name below mail/.
{
	cd "$corpus"
	stat -c '%n %s' ham/*.eml spam/*.eml
	plan
} | awk -v now="$now" '
	NF == 2 {
		kind = substr($1, 1, index($1, "/") - 1)
		text[kind, count[kind]++] = $1
		size[$1] = $2
		next
	}
	{
		folder = $1 ($2 == "-" ? "" : "/" $2)
		sub(/_/, " ", folder)
		for (i = 6; i <= NF; i++) {
			file = text[$5, used[$5]++ % count[$5]]
			n++
			sec = now - $i * 86400 - n * 131 % 3600
			# Microseconds and pids that look like any.
			name = sec ".M" n * 735719 % 999983 "P" \
			    4000 + n * 7919 % 28000 ".mx.example.test"
			if ($3 != "tmp")
				name = name ",S=" size[file]
			if ($3 == "cur")
				name = name ":2," ($4 == "-" ? "" : $4)
			print file, sec, folder "/" $3 "/" name
		}
	}' >messages

mkdir -m 770 mail
cd mail
while read -r file sec name; do
	path=${name%/*}
	if [ ! -d "$path" ]; then
		folder=${path%/*}
		mkdir -p "$folder/cur" "$folder/new" "$folder/tmp"
	fi
	cp "$corpus/$file" "$name"
	touch -d "@$sec" "$name"
done <../messages

# Mail in inboxes as Exim delivers it by etc/exim/exim.conf: above its Received
# line, the only place where no sender can write, the score of SpamAssassin.
# Each line: mailbox, subdirectory, flags, text, score, age in days; and the
# score that its sender claims, below.
scored() {
	cat <<'SCORED'
example.test/alice		new	-	spam/001	15.3	0
example.test/alice		new	-	spam/004	7.0	1
example.test/alice		cur	S	spam/007	9.8	2
example.test/alice		new	-	ham/003		2.6	0
example.test/alice		new	-	ham/005		1.8	0	99.9
example.test/bob		new	-	spam/002	22.4	0	-5.0
example.test/bob		new	-	spam/009	6.9	1
example.org/carol		new	-	spam/011	8.1	0
example.net/d/dave/Maildir	new	-	spam/012	12.7	2
example.net/d/dave/Maildir	cur	S	spam/014	31.0	20
SCORED
}
n=0
scored | while read -r box sub flags text score age claim; do
	n=$((n + 1))
	sec=$((now - age * 86400 - n * 977 % 3600))
	{
		printf 'X-Spam_score: %s\nX-Spam_score_int: %s\n' "$score" \
		    "${score%.*}${score#*.}"
		printf "X-Spam_bar: %.${score%.*}s\n" \
		    ++++++++++++++++++++++++++++++++
		printf 'Return-path: <sender@example.com>\n'
		printf 'Received: from client.example.com ([192.0.2.%d])\n' $n
		printf '\tby mx.example.test with esmtp (Exim 4.96)\n'
		printf '\t(envelope-from <sender@example.com>)\n'
		printf '\tid 1xV3Pd-%06d-1u\n\tfor user@example.test;\n' $n
		printf '\t%s\n' "$(date -u -R -d "@$sec")"
		[ -z "$claim" ] || printf 'X-Spam_score: %s\n' "$claim"
		cat "$corpus/$text.eml"
	} >message
	name=$sec.M$((n * 104729 % 999983))P$((4000 + n * 919)).mx.example.test
	name=$box/$sub/$name,S=$(wc -c <message)
	[ "$sub" = new ] || name=$name:2,$flags
	mv message "$name"
	touch -d "@$sec" "$name"
	echo "$text $sec $name" >>../messages
done
find . -type d -exec chmod 770 {} +
find . -type f -exec chmod 660 {} +

# What else a mailbox holds.  Alice has a quota, and a file that counts it; so
# have Bob, who is nearly through with his, and Carol, whose file was spoilt.
for folder in */*/.[TDNS]* */*/*/*/.T*; do
	: >"$folder/maildirfolder"
done
printf 'Junk\nSent\nTrash\nTrash.Lists\n' >example.test/alice/subscriptions
counted() {
	awk -v box="$1/" -v limit="$2" '
	index($3, box) == 1 && $3 !~ /\/tmp\// {
		sub(/.*,S=/, "")
		bytes += $0
		n++
	} END {
		print limit
		print bytes + 0, n + 0
	}' ../messages
}
counted example.test/alice 52428800S,0C >example.test/alice/maildirsize
counted example.test/bob 131072S,500C >example.test/bob/maildirsize
printf '10485760S\n59237 12\n-1O24 -1\n' >example.org/carol/maildirsize

cd ..
rm messages
mkdir state lock archive lists

# Lists of hosts, one of each kind, and who must get through.  All addresses
# are for documentation: they are nobody's.
soon=$(date -u -d "@$((now + 30 * 86400))" +%F)
past=$(date -u -d "@$((now - 30 * 86400))" +%F)
cat >lists/blacklist <<LIST
# Our own: an address, a prefix or a range, and why.
192.0.2.7		sent 300 letters in an hour
192.0.2.64/27		until=$soon somebody else's worm
192.0.2.128		until=$past forgiven
203.0.113.7		guessed passwords
2001:db8:bad::/48	a farm of spammers
LIST
cat >lists/drop.txt <<'LIST'
; Nets of criminals, in the form of Spamhaus DROP
198.51.100.0/24 ; SBL000001
2001:db8:bad:1::/64 ; SBL000002
; EOF
LIST
printf '%s\t%s\n' '# address' 'lists that have it' 203.0.113.7 9 \
    203.0.113.12 1 203.0.113.13 4 203.0.113.66 2 203.0.113.200 3 \
    >lists/ipsum.txt
echo '198.51.100.25	our customer, in a bad neighbourhood' >lists/allow

# What TMDA holds back until its sender confirms: a message a file, named by the
# time and TMDA's process.  Each line: age in days, sender, recipient, subject.
held() {
	cat <<'HELD'
0	eve@example.com		alice@example.test	Hello
1	offers@example.net	bob@example.test	Our offers of this week
6	frank@example.org	alice@example.test	Your talk
13	news@example.com	bob@example.test	News, number 12
16	grace@example.org	alice@example.test	About your letter
19	offers@example.net	bob@example.test	Our offers of last month
33	bounce@example.com	carol@example.org	Delivery delayed
HELD
}
mkdir -m 700 mail/.tmda
(
	cd mail/.tmda
	mkdir pending responses lists logs
	n=0
	held | while read -r age sender recipient subject; do
		n=$((n + 1))
		sec=$((now - age * 86400 - 9000 - n * 977 % 3600))
		name=pending/$sec.$((4000 + n * 919)).msg
		cat >"$name" <<HELD
Return-Path: <$sender>
X-TMDA-Recipient: $recipient
From: $sender
To: $recipient
Subject: $subject
Date: $(date -u -R -d "@$sec")

Held until its sender confirms.
HELD
		touch -d "@$sec" "$name"
		# TMDA has asked the sender: that is remembered, too.
		: >"responses/$sec.$((4000 + n * 919)).$sender"
		touch -d "@$sec" "responses/$sec.$((4000 + n * 919)).$sender"
		printf 'Date: %s\nSndr: %s\nFrom: %s\n  To: %s\n' \
		    "$(date -u -d "@$sec" '+%a %b %d %H:%M:%S UTC %Y')" \
		    "$sender" "$sender" "$recipient" >>logs/incoming
		printf 'Subj: %-51s (%s)\nActn: CONFIRM pending %s\n\n' \
		    "$subject" "$(wc -c <"$name")" \
		    "$sec.$((4000 + n * 919))" >>logs/incoming
	done
	# Grace has confirmed another of her messages meanwhile.
	echo grace@example.org >lists/confirmed
	echo '*@example.edu' >lists/whitelist
	cat >config <<CONFIG
# TMDA runs this file as Python.
PENDING_LIFETIME = "14d"
CONFIRM_APPEND = "$dir/mail/.tmda/lists/confirmed"
BARE_APPEND = "$dir/mail/.tmda/lists/whitelist"
LOGFILE_INCOMING = "$dir/mail/.tmda/logs/incoming"
LOGFILE_DEBUG = "$dir/mail/.tmda/logs/debug"
CONFIG
	yes 'IOError: [Errno 2] No such file or directory' | head -n 30 \
	    >logs/debug
)

# Exim's logs, and what there is of them from other days.  Its main logs have a
# line for each connection of a host on the blacklist.
mkdir -p log/exim4
exim_log() {
	day=$(date -d "@$((now - $1 * 86400))" +%F)
	awk -v day="$day" -v n="$2" -v days="$1" -v main="${3-}" 'BEGIN {
		if (main == "")
			listed = 0
		else
			listed = 14 + days * 37 % 23
		for (i = 1; i <= listed; i++) {
			printf "%s 00:%02d:%02d mailkeep-blacklist: ", day, i,
			    i * 17 % 60
			if (i % 7 < 4)
				print "host=[203.0.113.7] listed: own: " \
				    "guessed passwords"
			else if (i % 7 < 6)
				print "host=[198.51.100." i + days \
				    "] listed: drop: SBL000001"
			else
				print "host=[203.0.113.13] listed: ipsum: " \
				    "count 4"
		}
		for (i = 1; i <= n; i++) {
			at = sprintf("%s %02d:%02d:%02d 1xV3Pd-%06d-1u", day,
			    i * 24 / (n + 1), i * 7 % 60, i * 13 % 60, i)
			print at " <= sender" i % 9 "@example.com " \
			    "H=client.example.com [192.0.2." i % 250 "] " \
			    "P=esmtp S=" 900 + i * 131 % 9000
			print at " => alice <alice@example.test> " \
			    "R=virtual_local_mailbox T=virtual_delivery"
			print at " Completed"
		}
	}'
}
(
	cd log/exim4
	exim_log 0 100 main >mainlog
	exim_log 0 4 >rejectlog
	for days in 1 2 3; do
		exim_log $days 80 main | gzip -n >mainlog.$((days - 1)).gz
		touch -d "@$((now - days * 86400))" mainlog.$((days - 1)).gz
	done
	exim_log 1 2 | gzip -n >rejectlog.0.gz
	chmod 640 ./*
)
cat >newsyslog.conf <<CONF
# log	mode count size when flags
$dir/log/exim4/mainlog		640 3 16 \$D0 ZN
$dir/log/exim4/rejectlog	640 3 16 \$D0 ZN
# Emptied: TMDA's logs grow for ever.
$dir/mail/.tmda/logs/incoming	600 0 1 @T03 NB
$dir/mail/.tmda/logs/debug	600 0 1 @T03 NB
CONF

# What the runs of the last thirty days have left: a line each.
awk -v now="$now" 'function run(program, at, ms, status, note, total) {
		printf "%d {\"program\":\"%s\",\"version\":\"0.1.0\"," \
		    "\"started\":%d,\"finished\":%d,\"seconds\":%.3f," \
		    "\"status\":%d,\"note\":%s,\"total\":{%s}}\n", at,
		    program, at, at + int(ms / 1000), ms / 1000, status, note,
		    total
	}
	BEGIN {
		for (day = 29; day >= 1; day--) {
			at = now - day * 86400
			braked = day == 12
			removed = braked ? 0 : 9 + day * 7919 % 31
			run("expire", at, 900 + day * 613 % 2100, braked * 75,
			    braked ? "\"brake: 61 of 90 watched messages " \
			    "are due, more than max-percent = 50%\"" : "null",
			    sprintf("\"watched\":%d,\"removed\":%d," \
			    "\"removed_bytes\":%d", 90 + day, removed,
			    removed * 7321))
			run("tmda", at + 300, 200 + day * 97 % 300, 0, "null",
			    sprintf("\"watched\":%d,\"removed\":%d," \
			    "\"removed_bytes\":%d", 7 + day % 5, day % 3,
			    day % 3 * 911))
			run("rotate", at + 600, 400 + day * 311 % 700, 0,
			    "null", sprintf("\"logs\":4,\"rotated\":%d," \
			    "\"removed\":%d,\"freed\":%d", 1 + day % 2,
			    day % 2, day % 2 * 3113))
			for (i = 0; i < 4; i++)
				run("blacklist", at + i * 21600 + 900,
				    300 + i * day * 53 % 900, 0, "null",
				    sprintf("\"lines\":16,\"added\":%d," \
				    "\"removed\":%d,\"prefixes\":14",
				    day % 4, i))
			for (i = 0; i < 8; i++)
				run("spamscan", at + i * 10800 + 120,
				    700 + (day + i) * 409 % 1300,
				    day == 20 && i == 3 ? 75 : 0, "null",
				    sprintf("\"messages\":%d,\"junked\":%d," \
				    "\"deleted\":0,\"deleted_bytes\":0",
				    40 + i, (day * i) % 4))
		}
	}' | sort -n | cut -d ' ' -f 2- >state/history.jsonl

owner=$(id -un 2>/dev/null || id -u):$(id -gn 2>/dev/null || id -g)
cat >mailkeep.conf <<CONF
$mark
#
# mailkeep.conf(5) explains the keys, etc/mailkeep.conf shows them all.

mail-root = "$dir/mail"
owner     = "$owner"
state-dir = "$dir/state"
lock-dir  = "$dir/lock"

# These two count from the day a message was received, as "find -mtime" does,
# so that the first run on this host has something to remove.
expire "junk" {
	folder     = {"Junk", "Spam"}
	older-than = "10d"
	age        = "received"
}
expire "trash" {
	folder     = {"Trash", "Deleted Messages"}
	older-than = "10d"
	age        = "received"
	archive    = "$dir/archive"
}

# On a host of your own leave "age" out.  Mailkeep then counts from the day
# that it first met the message in this folder: an old message that was moved
# to Trash today keeps its ten days, and a first run removes nothing.
#
# expire "trash" {
#	folder     = {"Trash", "Deleted Messages"}
#	older-than = "10d"
# }

# Mail that an incomplete Exim configuration delivers to nobody.
expire "stray" {
	path       = "new"
	older-than = "0s"
	age        = "received"
}

# Deliveries that were never finished.
expire "tmp" {
	tmp        = yes
	older-than = "36h"
	age        = "received"
}

# Spam that has come through, for Exim asks SpamAssassin and refuses nothing.
spamscan {
	# From this score on; an account in a database can have its own.
	limit = 7
	# Whose word counts: what Exim on this host, which is the name in its
	# Received lines, has written above them.
	trust "mx.example.test" { dialect = {"exim"} }
}

# What TMDA holds until its sender confirms, two weeks and no longer.
tmda "shared" {
	dir = "$dir/mail/.tmda"
}

# Logs.
rotate {
	file      = {"$dir/newsyslog.conf"}
	state-dir = "$dir/state"
	# Where one is emptied, cut it between two records.
	log "tmda" {
		match  = {"$dir/mail/.tmda/logs/incoming"}
		record = "paragraph"
	}
}

# Hosts whose mail is not wanted.
blacklist {
	feed "own"   { file = "$dir/lists/blacklist" }
	feed "drop"  { file = "$dir/lists/drop.txt" }
	# Only what three lists or more have.
	feed "ipsum" { file = "$dir/lists/ipsum.txt"  min-count = 3 }

	# Let it through, whatever the feeds say.
	allow        = {"$dir/lists/allow"}

	cdb          = "$dir/state/blacklist.cdb"
	hostlist     = "$dir/state/blacklist.hostlist"

	# Here alone: should this machine have one of these addresses, the
	# list is to be the same.
	never-self   = no
}

# What mailkeep-report shows beside all that: who was on the list and came.
report {
	exim-log = {"$dir/log/exim4/mainlog*"}
}
CONF
