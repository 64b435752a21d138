# mailkeep-check names what is wrong with the configuration and with each file
# that it names: the severity, the line, and what to do.  A configuration that
# can't be read is 78, and what does not need it is looked at all the same.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check-host.sh"

# Wrong: its line, 78, and the schedule without it.
sound_host
line=$(($(grep -n '^expire' conf | cut -d: -f1)))
sed -i 's/older-than/oldre-than/' conf
echo '* * * * * root mailkeep-expire' >root/etc/cron.d/own
people -n
exits 78
prints "^  ERROR    conf:$line: .*oldre-than"
prints '^  warning  /etc/cron.d/own:1: starts mailkeep-expire, as does'
prints '^           -> correct it: until then no program works;'
ran expire 70 1m
look -o state-dir="$PWD/state"
exits 78
finds "^error configuration conf:$line:"
finds '^error runs mailkeep-expire: its last run, .* ended with status 70'
never_finds '^(error|warning|note) (mail-root|tmda|newsyslog)'
printf '%s\n' 'expire "a" {' >conf
look
exits 78
rm conf
look
exits 78
finds '^error configuration conf: .*No such file'

# What the command line says wrongly is 64.
sound_host
for wrong in '--only mail' '--root ' 'conf' '-o expire.nowhere.age=name' \
    '--nonsense'; do
	# shellcheck disable=SC2086	# two words, or one
	run mailkeep-check -c conf $wrong
	exits 64
	one_line
done
run mailkeep-check -c conf --only mailroot
says 'did you mean mail-root'

# Files: feeds, lists, outputs, commands, accounts.
sound_host
sed -i '/^blacklist/,/^}/d' conf
cat >>conf <<CONF
blacklist {
	feed "fetched" { file = "$PWD/lists/fetched" max-age = "2d" }
	feed "gone" { file = "$PWD/lists/gone*" }
	feed "may" { file = "$PWD/lists/may" optional = yes }
	allow = {"$PWD/lists/allow"}
	postfix = "$PWD/nowhere/cidr"
	nft = "$PWD/lists"
	on-change = "$PWD/changed now"
	reader = "mailkeep-nobody"
}
CONF
file lists/fetched 5
: >changed
look
exits 65
finds '^error .* conf:[0-9]+: blacklist feed "fetched": .* not been written for 5d'
finds '^error .* conf:[0-9]+: blacklist feed "gone": .*/lists/gone\*: No such'
finds '^note .* conf:[0-9]+: blacklist feed "may"'
finds '^error .* conf:[0-9]+: allow: .*/lists/allow: No such file'
finds '^error .* conf:[0-9]+: blacklist.postfix: there is no directory .*/nowhere'
finds '^error .* conf:[0-9]+: blacklist.nft: .*/lists is no file'
finds '^error .* conf:[0-9]+: on-change: .*/changed is no program'
finds '^error .* conf:[0-9]+: reader: there is no user mailkeep-nobody'
is "$(grep -c '^error' found)" 7 'there are no more'
at=$(grep -n 'feed "gone"' conf | cut -d: -f1)
finds "^error configuration conf:$at: blacklist feed \"gone\""

# What mailkeep-blacklist would not publish to.
sound_host
ln -s own lists/plain
look
exits 65
finds '^error configuration conf:[0-9]+: plain: .*/lists/plain is a link'
rm lists/plain
chmod 777 lists
look
finds '^(error|note) .* conf:[0-9]+: anybody can write to .*/lists, .*chmod o-w'
chmod 755 lists

# Rules that do nothing, or fight.
sound_host
cat >>conf <<CONF
expire "late" { folder = {"Trash"} older-than = "60d" }
expire "none" { folder = {"A", "B/C"} exclude = {"A", "B"} older-than = "1d" }
expire "own" { folder = {"Trash"} flagged = yes older-than = "60d" }
CONF
sed -i 's/, "Junk"//' conf
look
exits 0
finds '^warning .* conf:[0-9]+: expire "late" never removes anything: "trash"'
finds '^warning .* conf:[0-9]+: expire "none" never removes anything: it excl'
finds '^note .* spam goes to the folder Junk, from which no rule'
is "$(grep -c '^warning' found)" 2 'there are no more'
look --strict
exits 65
sound_host
sed -i -e 's/^spamscan.*/spamscan { limit = 5 }/' -e '/plain =/d' conf
look
exits 65
finds '^error .* spamscan: nothing tells a score'
finds '^error .* blacklist has feeds, but no output'
is "$(grep -c '^error' found)" 2 'there are no more'

# Archives and metrics.
sound_host
cat >>conf <<CONF
metrics = "$PWD/nowhere/prometheus"
expire "a" { folder = {"A"} older-than = "1d" archive = "$PWD/nowhere/a" }
expire "b" { folder = {"B"} older-than = "1d" archive = "$PWD/mail/b" }
expire "c" { folder = {"C"} older-than = "1d" archive = "$PWD/c" }
expire "d" { folder = {"D"} older-than = "1d" archive = "$PWD/conf" }
CONF
mkdir mail/b c
look
exits 65
finds '^error .* conf:[0-9]+: an archive, .*/nowhere/a, is not there, nor is'
finds '^warning .* conf:[0-9]+: the archive .*/mail/b lies among the mail'
finds '^note .* conf:[0-9]+: the archive .*/c lies on the file system of'
finds '^error .* conf:[0-9]+: an archive, .*/conf, is no directory'
finds '^error .* the directory of the metrics, .*/nowhere, is not there'

# Who can change it, who can read a password.
sound_host
cat >>conf <<CONF
accounts { conninfo = "host=/run user=x password=secret" }
include("more.conf")
CONF
: >more.conf
chmod 666 more.conf
look
exits 65
finds '^error .* more.conf: anybody can write to more.conf, and so can have'
finds '^warning .* conf:[0-9]+: a password stands in conninfo'
ok 'the password is not told' not grep -q secret found
chmod 600 more.conf
chmod 640 conf
look
exits 0
never_finds '^(error|warning)'
sed -i 's,^accounts.*,accounts { conninfo = "postgresql://u:secret@h/d" },' conf
chmod 644 conf
look
finds '^warning .* conf:[0-9]+: a password stands in conninfo'
sed -i 's,^accounts.*,accounts { conninfo = "postgresql://u@h:5432/d" },' conf
look
never_finds password
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	chown nobody conf
	look
	finds '^warning .* conf: user [0-9]+, who is not root, owns conf'
	chown root:nogroup conf
	chmod 664 conf
	look
	finds '^warning .* conf: its group can write to conf'
else
	skip 'needs root, and nobody' 2
fi
done_testing
