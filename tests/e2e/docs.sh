# docs.sh - for tests of documents: their commands, on a sample host, and their
# pieces of configuration.  After lib.sh.
#
# A command is a line "    $ command" of Markdown, or "$ command" in a literal
# block or a .Dl of a page; a backslash at its end continues it.  It exits 0,
# or as a comment behind it says: "# exits 75", "# exits 0 or 65".  What follows
# it in Markdown, indented, is its output, but for what changes with the clock.
# "make" is only asked for the target.
#
# shellcheck shell=sh

START=$(pwd)
CONF=$START/build/sample-host/mailkeep.conf
HOST=$START/build/sample-host
HOME=$START/home
export HOME

# The programs of the examples: the host's files are the sample's.
mkdir -p build/bin home prometheus
ln -s "$TOP/tests" tests
confined=
[ "${MK_SANITIZE-}" != 1 ] || confined='-o sandbox=no'
for program in "$B"/bin/mailkeep-*[!.][!.]; do
	case $program in
	*.*)	continue ;;
	esac
	cat >"build/bin/${program##*/}" <<WRAP
#!/bin/sh
for arg; do
	case \$arg in
	-c)	exec "$program" $confined "\$@" ;;
	--folder | --trust | --older-than)
		: >"$START/none.conf"
		exec "$program" $confined -c "$START/none.conf" \\
		    -o lock-dir="$LOCK" -o state-dir="$STATE" "\$@" ;;
	esac
done
exec "$program" $confined -c "$CONF" "\$@"
WRAP
	chmod 755 "build/bin/${program##*/}"
done
PATH=$START/build/bin:$PATH
message home/Maildir/.Trash/cur/1.M1P1.mx:2,S 40
message home/Maildir/.Trash/cur/2.M2P2.mx:2,S 4

fresh()
{
	cd "$START" || exit 1
	rm -f plan
	sh tests/sample-host.sh build/sample-host || _die 'no sample host'
	mkdir -p "$HOST/mail/.tmda/pending" "$HOST/mail/.tmda/responses" \
	    "$HOST/mail/example.test/alice/.Lists.a/cur" \
	    "$HOST/mail/example.test/alice/.Lists.a/new" \
	    "$HOST/mail/example.test/alice/.Lists.a/tmp"
}

# The command as it is run here.
mapped()
{
	run_name=
	for run_name in "$HOST"/archive/*; do
		:
	done
	printf '%s\n' "$1" | sed \
	    -e "s,/etc/mailkeep/mailkeep.conf,$CONF,g" \
	    -e "s,/etc/mailkeep/newsyslog.conf,$HOST/newsyslog.conf,g" \
	    -e "s,/etc/mailkeep/,$HOST/lists/,g" \
	    -e "s,/var/cache/mailkeep/,$HOST/lists/,g" \
	    -e "s,/var/lib/mailkeep/,$HOST/state/,g" \
	    -e "s,/var/lib/mailkeep-blacklist/,$HOST/state/,g" \
	    -e "s,/var/backups/mailkeep/[0-9TZ-]*,$run_name,g" \
	    -e "s,/var/backups/mailkeep-tmda,$HOST/archive,g" \
	    -e "s,/var/log/,$HOST/log/,g" \
	    -e "s,/var/mail/,$HOST/mail/,g" \
	    -e "s,/var/lib/prometheus,$START/prometheus,g" \
	    -e "s,/var/tmp,$START,g"
}

# What differs from run to run, and how much room there is.
normal()
{
	sed -e 's,[^ 	]*/\(mail\|lists\|state\|log\)/,.../\1/,g' \
	    -e 's,[^ 	]*/newsyslog,.../newsyslog,g' \
	    -e 's/[0-9]\{10\}\.M[0-9]*P[0-9]*/MESSAGE/g' \
	    -e 's/here since [0-9-]*/here since DAY/' \
	    -e 's/^20[0-9-]* [0-2][0-9]:[0-5][0-9] /NIGHT /' \
	    -e 's/[ 	]\{1,\}/ /g' -e 's/ $//'
}

# Do a command, in this shell: it may change directory.
do_command()
{
	wanted=${1##*\# exits }
	[ "$wanted" != "$1" ] || wanted=0
	case $1 in
	make\ *)
		_what="$where: $1"
		make -n -C "$TOP" "${1#make }" >"$OUT" 2>"$ERR"
		STATUS=$?
		exits 0
		return ;;
	esac
	eval "$(mapped "$1")" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	_what="$where: $1"
	case $wanted in
	*" or $STATUS")	wanted=$STATUS ;;
	*' or '*)	wanted=${wanted%% or *} ;;
	esac
	exits "$wanted"
}

# A piece of configuration, with the sample's places, for all programs that
# it has something for.  There is no database here, and no spamd, which a
# histogram does without.
configuration()
{
	mapped "$2" >piece
	for program in mailkeep-blacklist mailkeep-expire mailkeep-rotate \
	    mailkeep-spamscan mailkeep-tmda; do
		question=
		case $program in
		mailkeep-blacklist)
			grep -q '^blacklist ' piece || continue ;;
		mailkeep-expire)
			grep -q '^expire ' piece ||
			    echo 'expire "one" { folder = {"Trash"}' \
			    'older-than = "10d" }' >>piece ;;
		mailkeep-rotate)
			grep -q '^rotate ' piece || continue
			question="-f $HOST/newsyslog.conf" ;;
		mailkeep-tmda)
			grep -q '^tmda ' piece || continue ;;
		mailkeep-spamscan)
			grep -q '^spamscan ' piece || continue
			! grep -q 'socket *= *"[^"]' piece ||
			    question='--histogram all' ;;
		esac
		_what="$1: $program: $(head -n 1 piece) ..."
		# shellcheck disable=SC2086	# words
		"$B/bin/$program" -n -c piece -o "mail-root=$HOST/mail" \
		    $question -o accounts.source=tree -o owner= \
		    -o "state-dir=$STATE" -o "lock-dir=$LOCK" \
		    -o "rotate.state-dir=$STATE" \
		    ${confined:+-o sandbox=no} >"$OUT" 2>"$ERR"
		STATUS=$?
		if grep -q 'built without Berkeley DB' "$ERR"; then
			skip "$_what: no Berkeley DB"
		else
			exits 0
		fi
	done
}

compare()
{
	[ -s "$START/shown" ] || return 0
	outputs=$((outputs + 1))
	cat "$OUT" "$ERR" | normal >"$START/got"
	normal <"$START/shown" >"$START/want"
	ok "$_what: prints what is shown" diff "$START/want" "$START/got"
	: >"$START/shown"
}

# All commands of the Markdown FILE, on one new sample host, from DIR on; then
# $commands and $outputs are how many there were.
story()				# FILE DIR
{
	where=${1##*/} commands=0 outputs=0
	awk '
		/^ *```/ { fenced = !fenced; next }
		fenced { next }
		/^ *\$ / && /^    / {
			sub(/^ *\$ /, "")
			print "$ " $0
			on = 1
			next
		}
		/^    / && on { sub(/^    /, ""); print "> " $0; next }
		{ on = 0 }' "$1" >"$START/script"
	fresh
	cd "$2" || exit 1
	: >"$START/shown"
	exec 3<"$START/script"
	while IFS= read -r line <&3; do
		case $line in
		'$ '*)
			compare
			commands=$((commands + 1))
			do_command "${line#??}" ;;
		*)	printf '%s\n' "${line#??}" >>"$START/shown" ;;
		esac
	done
	exec 3<&-
	compare
}

# What the Markdown FILE shows of mailkeep.conf, in fences.
fenced()			# FILE
{
	awk '/^ *```/ { on = !on; next } on' "$1"
}
