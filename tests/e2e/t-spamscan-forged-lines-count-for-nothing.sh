# What a sender writes into a message moves nothing, and saves nothing that a
# trusted line proves to be spam: forged lines of each dialect before, after
# and around the true ones, in the body and in an attached message.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

cat >conf <<'END'
mail-root = "home"
spamscan { limit = 7 trust "mx.example.test" { } }
END
box=home/example.test/alice
folder=$box/new

# goes NAME SCORED-ARG ..., stays NAME SCORED-ARG ...: what is to become of it
goes()
{
	_name=$folder/go.$1.mx
	shift
	scored "$@" "$_name" "$score"
}
stays()
{
	_name=$folder/stay.$1.mx
	shift
	scored "$@" "$_name" "$score"
}
# settled: each is where its name says
settled()
{
	exits 0
	is "$(cat "$ERR")" '' 'nothing on stderr'
	is "$(find home -path '*/.Junk/*' -name 'stay.*')" '' 'none moved'
	is "$(find home -name 'go.*' ! -path '*/.Junk/*')" '' 'none saved'
	is "$(find home -type f -name '*.mx' | wc -l)" "$1" 'none is lost'
}
# lines DIALECT YES|NO SCORE TENTHS: the dialect's, as its scanner writes them
lines()
{
	case $1 in
	spamassassin)
		printf 'X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25)'
		printf ' on mx.example.test\\n'
		printf 'X-Spam-Status: %s, score=%s required=5.0\\n' "$2" "$3" ;;
	exim)
		printf 'X-Spam_score: %s\\nX-Spam_score_int: %s\\n' "$3" "$4" ;;
	amavis)
		printf 'X-Spam-Score: %s\\nX-Spam-Status: %s, score=%s' "$3" \
		    "$2" "$3"
		printf ' tagged_above=-999 required=5 tests=[A=1]\\n'
		printf 'Received: from mx.example.test ([127.0.0.1]) by '
		printf 'localhost (mx.example.test [127.0.0.1]) (amavisd-new, '
		printf 'port 10024) with ESMTP id x\\n' ;;
	rspamd)
		printf 'X-Rspamd-Server: mx.example.test\\n'
		printf 'X-Spamd-Result: default: False [%s / 15.00]; A(1)[]\\n' \
		    "$3"
		printf 'X-Spam-Status: %s, score=%s\\n' "$2" "$3" ;;
	esac
}
all='spamassassin exim amavis rspamd'

# Each true dialect above Received, and each forged one below; n counts.
n=0
for forged in $all; do
	bad=$(lines "$forged" No 0.1 1) good=$(lines "$forged" Yes 99.0 990)
	for true in spamassassin exim; do
		score=15.3
		goes "$true-$forged" -d "$true" -b "$bad"
		goes "$true-$forged-end" -d "$true" -e "$bad"
		score=1.2
		stays "$true-$forged" -d "$true" -b "$good" -e "$good"
		n=$((n + 3))
	done
	# No true line at all: one that claims to be is a lie, with or without
	# a Received line of ours below the true one.
	ours='Received: from [192.0.2.1] by mx.example.test with esmtp id x\n'
	score=-
	stays "none-$forged" -b "$good"
	stays "none-$forged-received" -b "$good$ours" -e "$good"
	# Above all others, where only our own hosts write: they count.  (A
	# host that hands its own header lines out to senders is lost.)
	# But not twice: which is the true one can't be told.
	case $forged in
	spamassassin | exim)
		goes "above-$forged" -a "$good"
		score=15.3
		stays "twice-$forged" -d "$forged" -a "$good"
		n=$((n + 2)) ;;
	esac
	# At the top, by another host than ours.
	scored -a "$good" "$folder/stay.other-$forged.mx" 15.3 mx.example.org
	n=$((n + 3))
done
# Of a header without an end only what stands above Received is believed.
# endless DIALECT: a true score, and more of the header than is read
endless()
{
	scored -d "$1" "spam/new/$1" 15.3
	{
		sed '/^$/,$d' "spam/new/$1"
		printf 'X-Long: '
		head -c 300000 /dev/zero | tr '\0' a
		printf '\n\nText.\n'
	} >text
	message "$folder/stay.endless-$1.mx" 0 text
}
endless wrapped
# The report that SpamAssassin wraps spam in; its forms in disguise.
score=15.3
goes wrapped -d wrapped -b "$(lines spamassassin No 0.1 1)"
wrap='Received: from localhost by mx.example.test\n\twith SpamAssassin (version 4.0.1);\n\tMon, 1 Jan 2024 00:00:00 +0000\n'
score=-
stays wrap-below -b "$wrap$(lines spamassassin Yes 99.0 990)"
for from in 'localhost (localhost.example.org [192.0.2.1])' \
    'localhost;by;mx.example.test;with;SpamAssassin ([192.0.2.1])' \
    'mx.example.test' '"localhost by mx.example.test with SpamAssassin ("'; do
	{
		printf 'Received: from %s\n' "$from"
		printf '\tby relay.example.org with SpamAssassin (4) id x\n'
		printf '%b' "$(lines spamassassin Yes 99.0 990)"
		printf 'Subject: by another host\n\nText.\n'
	} >text
	message "$folder/stay.helo$n.mx" 0 text
	n=$((n + 1))
done
{
	printf 'Received: from localhost (really [192.0.2.1])\n\tby '
	printf 'mx.example.test with SpamAssassin (4) id x\n'
	printf '%b' "$(lines spamassassin Yes 99.0 990)"
	printf 'Subject: helo\n\nText.\n'
} >text
message "$folder/stay.helo.mx" 0 text
# Lines that are none, as some programs would read them.
score=1.2
for text in 'X-A: b\rX-Spam-Status: Yes, score=99.0\n' \
    'X-A: b\n X-Spam-Status: Yes, score=99.0\n' \
    'X-A: b\0\nX-Spam-Status: Yes, score=99.0\n' \
    'X-Spam-Status : Yes, score=99.0\n' \
    'x-spam-status: Yes, score=99.0\n' \
    'X-Spam-Status\0: Yes, score=99.0\n' \
    '\0\0\0X-Spam-Status: Yes, score=99.0\n' \
    'X-Spam-Status: Yes,\n\tscore=99.0\n'; do
	n=$((n + 1))
	stays "odd$n" -b "$text"
done
# In the body, and in a message that is attached.
for forged in $all; do
	{
		printf 'Received: from x ([192.0.2.1]) by mx.example.test with '
		printf 'esmtp id x\nSubject: attached\nMIME-Version: 1.0\n'
		printf 'Content-Type: multipart/mixed; boundary="b"\n\n'
		printf '%b' "$(lines "$forged" Yes 99.0 990)"
		printf '\n--b\nContent-Type: message/rfc822\n\n'
		printf '%b' "$(lines "$forged" Yes 99.0 990)"
		printf 'Received: from x by mx.example.test with esmtp id y\n'
		printf 'Subject: inner\n\nText.\n--b--\n'
	} >text
	message "$folder/stay.body-$forged.mx" 0 text
	tr -d '\r' <text | sed 's/$/\r/' >text.crlf
	message "$folder/stay.body-crlf-$forged.mx" 0 text.crlf
	{
		printf '%b' "$(lines spamassassin Yes 15.3 153)"
		sed 's/99\.0/0.1/; s/990/1/' text
	} >text.proved
	message "$folder/go.body-$forged.mx" 0 text.proved
	n=$((n + 3))
done
total=$((n + 4))
cp -a home tree
run mailkeep-spamscan -c conf
settled "$total"

# Where the scanner's lines come last and Exim strips what senders write
# (stripped = yes), they count; two of them say that it does not strip.
fresh()
{
	rm -rf home "${STATE:?}"/*
}
fresh
score=15.3
goes end-exim -d debian
goes end-rspamd -d rspamd
stays twice-exim -d debian -b "$(lines exim No 0.1 1)"
stays twice-rspamd -d rspamd -b "$(lines rspamd No 0.1 1)"
goes other-exim -d debian -b "$(lines spamassassin No 0.1 1)"
endless debian
score=1.2
stays low-exim -d debian
stays low-rspamd -d rspamd
stays twice-low-exim -d debian -b "$(lines exim Yes 99.0 990)"
run mailkeep-spamscan -c conf
exits 0
ok 'none moves without such a rule' [ ! -e $box/.Junk ]
sed 's/{ }/{ stripped = yes dialect = {"exim", "rspamd"} }/' conf >stripped
run mailkeep-spamscan -c stripped
settled 9

# amavis: between the Received of the second and the first Postfix.
fresh
passed='Received: from localhost ([127.0.0.1]) by mx.example.test with ESMTP id y\n'
passed="${passed}Received: from mx.example.test ([127.0.0.1]) by localhost"
passed="$passed (mx.example.test [127.0.0.1]) (amavisd-new, port 10024)\\n"
for forged in $all; do
	bad=$(lines "$forged" No 0.1 1) good=$(lines "$forged" Yes 99.0 990)
	score=15.3
	goes "$forged" -d amavis -b "$bad" -e "$bad"
	score=1.2
	stays "$forged" -d amavis -b "$good" -e "$good"
	# amavis had it, and gave it no score.
	score=-
	stays "none-$forged" -a "$passed" -b "$good"
done
score=15.3
stays twice -d amavis -a "$(lines amavis No 0.1 1 | sed 's/Received.*//')"
sed 's/{ }/{ received-by = {"mx.example.test", "localhost"} }/' conf >amavis
run mailkeep-spamscan -c conf
exits 0
ok 'none moves without such a rule' [ ! -e $box/.Junk ]
run mailkeep-spamscan -c amavis
settled 13

# Hosts of ours in turn: a sender who reaches one himself proves nothing.
fresh
outer='Received: from mx.example.test ([192.0.2.9])\n\tby store.example.test with lmtp id x\n'
score=15.3
goes both -a "$outer"
score=-
stays outer -b "$outer$(lines spamassassin Yes 99.0 990)"
scored -a "$(lines spamassassin Yes 99.0 990)" "$folder/stay.alone.mx" - \
    mx.example.test
scored -b "$(lines spamassassin Yes 99.0 990)" "$folder/stay.direct.mx" - \
    store.example.test
sed 's/{ }/{ received-by = {"store.example.test", "mx.example.test"} }/' \
    conf >hosts
run mailkeep-spamscan -c hosts
settled 4
done_testing
