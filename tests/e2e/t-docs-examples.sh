# Every command that README.md and the manual pages show works, README.md shows
# what it prints, and every piece of configuration they show is understood.
#
# A command is a line "    $ command" of README.md, or "$ command" in a literal
# block or a .Dl of a page; a backslash at its end continues it.  It exits 0,
# or as a comment behind it says: "# exits 75".  What follows it in README.md,
# indented, is its output, but for what changes with the clock.  "make" is only
# asked for the target.  Each block of a page begins with a new sample host;
# README.md is one story.  What is for other programs, their configuration and
# scripts, stands in a page as -unfilled, not -literal.
. tests/e2e/lib.sh

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
	exits "$wanted"
}

# ---- README.md

where=README.md
awk '
	/^ *```/ { fenced = !fenced; next }
	fenced { next }
	/^ *\$ / && /^    / { sub(/^ *\$ /, ""); print "$ " $0; on = 1; next }
	/^    / && on { sub(/^    /, ""); print "> " $0; next }
	{ on = 0 }' "$TOP/README.md" >script
commands=0 outputs=0

compare()
{
	[ -s "$START/shown" ] || return 0
	outputs=$((outputs + 1))
	cat "$OUT" "$ERR" | normal >"$START/got"
	normal <"$START/shown" >"$START/want"
	ok "$_what: prints what is shown" diff "$START/want" "$START/got"
	: >"$START/shown"
}

fresh
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
ok "README.md: has commands ($commands)" test "$commands" -ge 15
ok "README.md: shows output ($outputs)" test "$outputs" -ge 4

# ---- the pages

# Literal blocks, each after a line "%%"; continued lines joined.
literal()
{
	awk '
		/^\.Dl / { sub(/^\.Dl /, ""); print "%%"; print; next }
		/^\.Bd -literal/ { print "%%"; on = 1; next }
		/^\.Ed/ { on = 0 }
		on' "$1" | sed -e 's/\\e/\\/g' -e 's/\\(dq/"/g' |
	    sed -e :a -e '/\\$/{N' -e 's/\\\n *//' -e ba -e '}'
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

for page in "$TOP"/man/*.[578]; do
	where=${page##*/} commands=0 block='' configurations=0
	{ literal "$page"; echo %%; } >"$START/script"
	exec 3<"$START/script"
	while IFS= read -r line <&3; do
		case $line in
		%%)
			case $block in
			*=*)	cd "$START" || exit 1
				configurations=$((configurations + 1))
				configuration "$where" "$block" ;;
			esac
			block='' begun=no ;;
		'$ '*)
			commands=$((commands + 1))
			if [ "$begun" = no ]; then
				fresh
				begun=yes
				case $line in
				*--restore*)
					mailkeep-expire >/dev/null ;;
				esac
			fi
			do_command "${line#??}" ;;
		*)	block="$block
$line" ;;
		esac
	done
	exec 3<&-
	echo "$where $commands $configurations" >>"$START/counted"
done
cd "$START" || exit 1
is "$(cat counted)" 'mailkeep-blacklist.8 13 2
mailkeep-expire.8 13 6
mailkeep-rotate.8 4 1
mailkeep-spamscan.8 13 2
mailkeep-tmda.8 8 2
mailkeep.7 5 0
mailkeep.conf.5 5 9' 'so many commands and pieces of configuration'

# What the last page's examples ran on is the sample host, and it alone.
ok 'metrics were written' test -s prometheus/mailkeep.prom
ok 'and those of the second program' test -s prometheus/blacklist.prom
ok 'and those of the third' test -s prometheus/spamscan.prom
ok 'and those of the fourth' test -s prometheus/tmda.prom
ok 'mail was restored elsewhere' test -d restored/example.test

# ---- the files to be copied

fresh
configuration README.md "$(awk '/^ *```/ { on = !on; next } on' \
    "$TOP/README.md")"
configuration etc/mailkeep.conf "$(cat "$TOP/etc/mailkeep.conf")"
ok 'etc/mailkeep.conf has rules' grep -q '^expire ' "$TOP/etc/mailkeep.conf"
grep -Ev '^#|^$' "$TOP/cron/mailkeep" | grep -v '^[A-Z]*=' |
    awk 'NF < 7 || $6 != "root" || $0 !~ /mailkeep-/' >lines
is "$(cat lines)" '' 'cron/mailkeep: five times, an account, a command'
for main in "$TOP"/bin/mailkeep-*.c; do
	program=${main##*/}
	program=${program%.c}
	ok "cron/mailkeep: has a line for $program" \
	    grep -Eq "^[0-9*].*	root	test .*$program" "$TOP/cron/mailkeep"
	for unit in service timer; do
		ok "cron/$program.$unit: is about $program" \
		    grep -q "man:$program(8)" "$TOP/cron/$program.$unit"
	done
	ok "cron/$program.service: calls it" grep -q \
	    "^ExecStart=/usr/local/sbin/$program\$" \
	    "$TOP/cron/$program.service"
done
# The systemd of the machine understands them, where it has one.
if command -v systemd-analyze >/dev/null && [ -d /lib/systemd/system ]; then
	mkdir units
	cp "$TOP"/cron/*.service "$TOP"/cron/*.timer units
	sed -i 's,^ExecStart=.*,ExecStart=/bin/true,' units/*.service
	systemd-analyze verify --man=no units/* >"$OUT" 2>&1
	grep 'mailkeep' "$OUT" >said
	is "$(cat said)" '' 'systemd understands the units'
else
	skip 'there is no systemd'
fi
# The keys of a blacklist that it shows are a blacklist; those of spamscan, but
# for an archive of what is not deleted, are one, too, and so are the accounts.
sed -n '/^#blacklist {/,/^#}/s/^#//p' "$TOP/etc/mailkeep.conf" |
    sed -e '/conninfo = /d' -e '/query = /d' >all-keys
configuration etc/mailkeep.conf "$(cat all-keys)"
sed -n -e '/^#accounts {/,/^#}/s/^#//p' -e '/^#spamscan {/,/^#}/s/^#//p' \
    "$TOP/etc/mailkeep.conf" | sed '/archive = /d' >all-keys
configuration etc/mailkeep.conf "$(cat all-keys)"
# So are those of the logs, and of a queue, which lies in one place.
sed -n -e '/^#rotate {/,/^#}/s/^#//p' -e '/^#tmda "/,/^#}/s/^#//p' \
    "$TOP/etc/mailkeep.conf" |
    sed -e '/mailbox-dir = /d' -e '/delete-append = /d' >all-keys
configuration etc/mailkeep.conf "$(cat all-keys)"
done_testing
