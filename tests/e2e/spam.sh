# tests/e2e/spam.sh - messages with a score in their header.
#
# After lib.sh: ". tests/e2e/spam.sh" ($TOP/tests/e2e/spam.sh, as lib.sh has
# changed the directory).
#
#   scored [OPTION ...] FILE SCORE [HOST]
#				a message that HOST (mx.example.test) has taken
#				in, scanned and delivered.  FILE is as message
#				wants it, "box/new/1.M1P1.mx"; or it is a
#				directory, "box/cur", for a name as Exim makes
#				it, with the size.  Its path is in $SCORED.
#				SCORE is written as the scanner does, with one
#				decimal mostly; what is no number, "x", as it
#				is; "-" is a message without a score
#	-d DIALECT		spamassassin (the default), exim, amavis,
#				rspamd; or what other forms there are:
#				debian		Exim, at the end of the header
#				old		SpamAssassin 2.x: "hits="
#				wrapped		SpamAssassin, report_safe 1: the
#						message is a part of another
#				spec		Exim, as its manual has it:
#						"X-Spam-Score: 5.1 (+++++)"
#	-a TEXT			lines above all others but Return-path and
#				exim's
#	-b TEXT			lines that came with the message, below
#				Received: a sender may write there what he likes
#	-e TEXT			lines at the end of the header
#	-f FLAGS		of a name that is made, in cur: "S"
#	-n NUMBER		alike in all but the name: sender, subject and
#				Message-ID.  The default is a new one each time
#				(not in a subshell, which forgets it)
#	-t AGE			received so long ago; 0
#	-w HOST			who scanned, where that is not HOST
#   $GTUBE			a line by which SpamAssassin and rspamd find
#				spam, of 1000 points and more
#
# The forms, and the places of the lines, are those of SpamAssassin 4.0.1, Exim
# 4.96 with etc/exim/exim.conf, amavis 2.13 behind Postfix, and rspamd 3.4 as
# its milter.  TEXT is handed to printf, "X-A: 1\nX-B: 2\n"; each line ends.
#
# shellcheck shell=sh

# shellcheck disable=SC2034	# for tests
GTUBE='XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'
SCORED='' _scored_n=0

# What the scanners make of the score: with one and two decimals, as amavis
# trims three, ten times it; and what they show beside it.
_score_forms()
{
	# shellcheck disable=SC2154	# so it is, by read
	read -r _one _two _three _int _yes _bar _stars _action <<-END
	$(awk -v score="$1" 'BEGIN {
		number = score ~ /^-?[0-9]+([.][0-9]*)?$/
		points = number ? score + 0 : 0
		three = sprintf("%.3f", points)
		sub(/[.]?0+$/, "", three)
		whole = int(points < 0 ? -points : points)
		stars = bar = "/"
		for (i = 0; i < whole && i < 51; i++) {
			bar = (i ? bar : "") (points < 0 ? "-" : "+")
			if (points > 0 && i < 50)
				stars = (i ? stars : "") "*"
		}
		if (number)
			printf "%.1f %.2f %s %.0f ", points, points, three,
			    sprintf("%.1f", points) * 10
		else
			printf "%s %s %s %s ", score, score, score, score
		yes = points < 5 ? "No" : "Yes"
		action = points < 6 ? "no action" : "add header"
		if (points >= 15)
			action = "reject"
		print yes, bar, stars, action
	}')
	END
	[ "$_stars" != / ] || _stars=
}

# _received BY WITH: a Received line of a host.
_received()
{
	printf 'Received: from client.example.org ([192.0.2.%d])\n' \
	    $((_number % 250 + 1))
	printf '\tby %s with %s\n\tid 1xV3Pd-%06d-1u\n' "$1" "$2" "$_number"
	printf '\tfor alice@example.test;\n\t%s\n' "$_date"
}

_spamassassin_lines()
{
	printf 'X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25)'
	printf ' on %s\n' "$_scanner"
	[ "$_yes" = No ] || echo 'X-Spam-Flag: YES'
	[ -z "$_stars" ] || echo "X-Spam-Level: $_stars"
	printf 'X-Spam-Status: %s, score=%s required=5.0 tests=MISSING_MID,\n' \
	    "$_yes" "$_one"
	printf '\tTVD_SPACE_RATIO autolearn=no autolearn_force=no'
	printf ' version=4.0.1\n'
}

_old_lines()
{
	printf 'X-Spam-Status: %s, hits=%s required=5.0\n' "$_yes" "$_one"
	printf '\ttests=CLICK_BELOW,NO_REAL_NAME\n\tversion=2.44\n'
	[ "$_yes" = No ] || echo 'X-Spam-Flag: YES'
	[ -z "$_stars" ] || echo "X-Spam-Level: $_stars"
	printf 'X-Spam-Checker-Version: SpamAssassin 2.44 '
	printf '(1.115.2.24-2003-01-30-exp) on %s\n' "$_scanner"
}

_exim_lines()
{
	printf 'X-Spam_score: %s\nX-Spam_score_int: %s\n' "$_one" "$_int"
	printf 'X-Spam_bar: %s\n' "$_bar"
}

_amavis_lines()
{
	printf 'Received: from %s ([127.0.0.1])\n' "$_host"
	printf '\tby localhost (%s [127.0.0.1]) (amavisd-new, port 10024)\n' \
	    "$_scanner"
	printf '\twith ESMTP id ab%dcd for <alice@example.test>;\n\t%s\n' \
	    "$_number" "$_date"
}

# The header from Received down to what the sender wrote.
_sender_lines()
{
	# shellcheck disable=SC2059	# lines with \n
	printf "$_below"
	printf 'From: Sender %d <sender%d@example.org>\n' "$_number" "$_number"
	printf 'To: alice@example.test\nSubject: Message %d\n' "$_number"
	printf 'Date: %s\nMessage-ID: <%d.scored@example.org>\n' "$_date" \
	    "$_number"
}

_scored_text()
{
	case $_score,$_dialect in
	-,*)	;;
	*,exim)	_exim_lines ;;
	esac
	printf 'Return-path: <sender%d@example.org>\n' "$_number"
	# shellcheck disable=SC2059	# lines with \n
	printf "$_above"
	case $_score,$_dialect in
	-,* | *,exim | *,debian | *,spec | *,rspamd) ;;
	*,spamassassin)	_spamassassin_lines ;;
	*,old)		_old_lines ;;
	*,amavis)
		_with='ESMTP (Postfix)'
		_received "$_host" "$_with"
		echo "X-Virus-Scanned: Debian amavisd-new at ${_scanner#*.}"
		[ "$_yes" = No ] || echo 'X-Spam-Flag: YES'
		echo "X-Spam-Score: $_three"
		echo "X-Spam-Level: $_stars"
		printf 'X-Spam-Status: %s, score=%s tagged_above=-999' "$_yes" \
		    "$_three"
		printf ' required=5\n\ttests=[NO_RELAYS=-0.001] autolearn=no\n'
		_amavis_lines ;;
	*,wrapped)
		printf 'Received: from localhost by %s\n' "$_scanner"
		printf '\twith SpamAssassin (version 4.0.1);\n\t%s\n' "$_date"
		_sender_lines | grep -v '^X-'
		_spamassassin_lines
		echo 'MIME-Version: 1.0'
		echo 'Content-Type: multipart/mixed; boundary="-=_1"'
		# shellcheck disable=SC2059	# lines with \n
		printf "$_end"
		printf '\nThis is a multi-part message in MIME format.\n\n'
		printf -- '---=_1\nContent-Type: text/plain; charset=UTF-8\n\n'
		printf 'Spam detection software, running on the system '
		printf '"%s",\nhas identified this email.\n' "$_scanner"
		printf '\n---=_1\nContent-Type: message/rfc822; '
		printf 'x-spam-type=original\n\n' ;;
	*)	_die "scored: no dialect $_dialect" ;;
	esac
	_received "$_host" "$_with"
	_sender_lines
	case $_score,$_dialect in
	-,*)	;;
	*,debian)	_exim_lines ;;
	*,spec)
		echo "X-Spam-Score: $_one ($_bar)" ;;
	*,rspamd)
		printf 'X-Rspamd-Server: %s\n' "$_scanner"
		printf 'X-Rspamd-Queue-Id: 1xV3Pd-%06d-1u\n' "$_number"
		printf 'X-Rspamd-Action: %s\n' "$_action"
		_verdict=False
		[ "$_action" != reject ] || _verdict=True
		printf 'X-Spamd-Result: default: %s [%s / 15.00];\n' \
		    $_verdict "$_two"
		printf '\tHFILTER_HOSTNAME_UNKNOWN(2.50)[];\n\tARC_NA(0.00)[]\n'
		printf 'X-Spamd-Bar: %s\n' "$_bar"
		[ -z "$_stars" ] || printf 'X-Spam-Level: %s\n' "$_stars"
		printf 'X-Spam-Status: %s, score=%s\n' "$_yes" "$_two" ;;
	esac
	# shellcheck disable=SC2059	# lines with \n
	[ "$_dialect" = wrapped ] || printf "$_end"
	printf '\nThe body of message %d.\n' "$_number"
	[ "$_dialect" != wrapped ] || printf '\n---=_1--\n\n'
}

scored()
{
	_dialect=spamassassin _above='' _below='' _end='' _letters='' _age=0
	_number='' _scanner='' _with=esmtp
	OPTIND=1
	while getopts a:b:d:e:f:n:t:w: _option; do
		case $_option in
		a)	_above=$OPTARG ;;
		b)	_below=$OPTARG ;;
		d)	_dialect=$OPTARG ;;
		e)	_end=$OPTARG ;;
		f)	_letters=$OPTARG ;;
		n)	_number=$OPTARG ;;
		t)	_age=$OPTARG ;;
		w)	_scanner=$OPTARG ;;
		*)	_die "scored: $*" ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# = 2 ] || [ $# = 3 ] || _die 'scored: FILE SCORE [HOST]'
	SCORED=$1 _score=$2 _host=${3-mx.example.test}
	_scored_n=$((_scored_n + 1))
	[ -n "$_number" ] || _number=$((1000 + _scored_n))
	[ -n "$_scanner" ] || _scanner=$_host
	_date=$(date -R -d "$(_touch_date "$_age")")
	_score_forms "$_score"
	_scored_text >"$SCRATCH/scored"
	case ${SCORED##*/} in
	cur | new | tmp)
		_base=$(date -d "$(_touch_date "$_age")" +%s).M${_scored_n}P$$
		_base=$_base.$_host,S=$(wc -c <"$SCRATCH/scored")
		[ "${SCORED##*/}" != cur ] || _base=$_base:2,$_letters
		SCORED=$SCORED/$_base ;;
	esac
	message "$SCORED" "$_age" "$SCRATCH/scored"
}
