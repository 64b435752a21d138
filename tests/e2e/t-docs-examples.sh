# Every command that README.md and the manual pages show works, README.md shows
# what it prints, and every piece of configuration they show is understood.
#
# Each block of a page begins with a new sample host; README.md is one story.
# What is for other programs, their configuration and scripts, stands in a page
# as -unfilled, not -literal.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/docs.sh"

# ---- README.md

story "$TOP/README.md" "$START"
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
mailkeep-check.8 6 0
mailkeep-expire.8 14 6
mailkeep-report.8 2 0
mailkeep-rotate.8 4 1
mailkeep-spamscan.8 13 2
mailkeep-tmda.8 8 2
mailkeep.7 7 0
mailkeep.conf.5 6 9' 'so many commands and pieces of configuration'

# What the last page's examples ran on is the sample host, and it alone.
ok 'metrics were written' test -s prometheus/mailkeep.prom
ok 'and those of the second program' test -s prometheus/blacklist.prom
ok 'and those of the third' test -s prometheus/spamscan.prom
ok 'and those of the fourth' test -s prometheus/tmda.prom
ok 'mail was restored elsewhere' test -d restored/example.test

# ---- the files to be copied

fresh
configuration README.md "$(fenced "$TOP/README.md")"
# No rule of etc/mailkeep.conf is active; README.md says how two become it.
ok 'etc/mailkeep.conf has no rule that is active' not grep -q '^expire ' \
    "$TOP/etc/mailkeep.conf"
switch_on=$(sed -n "s,^    # sed -Ei '\(.*\)' /etc/mailkeep/mailkeep.conf.*,\1,p" \
    "$TOP/README.md")
sed -E "$switch_on" "$TOP/etc/mailkeep.conf" >active.conf
is "$(sed -n 's/^expire "\([a-z]*\)" .*/\1/p' active.conf | xargs)" \
    'junk trash' 'README.md: switches on'
configuration etc/mailkeep.conf "$(cat active.conf)"
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
