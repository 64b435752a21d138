# A configuration with anything wrong in it is refused whole: one line with
# file:line, the key and the nearest known one, status 78, nothing touched.
. tests/e2e/lib.sh

message home/.Trash/cur/1.M1P1.mx:2,S 40
message home/cur/2.M2P2.mx:2,S 40
cp -a home tree
rule='expire "trash" { folder = {"Trash"} older-than = "10d" }'

# wrong RE LINE ...: the configuration of these lines is; its first is 1
wrong()
{
	_re=$1
	shift
	printf '%s\n' "$@" >conf
	run mailkeep-expire -c conf --force
	exits 78
	one_line
	says "^mailkeep-expire: $_re"
	same_tree tree home
	is "$(find "$STATE" "$LOCK" -type f)" '' 'no state, no lock'
}
# The sound one, for comparison.
printf '%s\n' 'mail-root = "home"' "$rule" >conf
run mailkeep-expire -c conf -n
exits 0
silent

# Unknown keys and sections.
wrong 'conf:2: .*mail-rot.*mail-root' "$rule" 'mail-rot = "home"'
wrong 'conf:3: .*oder-than.*older-than' 'mail-root = "home"' \
    'expire "trash" { folder = {"Trash"}' 'oder-than = "10d" }'
wrong 'conf:2: .*max-precent.*max-percent' "$rule" \
    'safety { max-precent = "50%" }'
wrong 'conf:2: .*exprie.*expire' 'mail-root = "home"' \
    'exprie "trash" { folder = {"Trash"} older-than = "10d" }'
wrong 'conf:1: .*folders.*folder' \
    'expire "trash" { folders = {"Trash"} older-than = "10d" }'
# Units.
wrong 'conf:2: older-than: "10".* unit' 'mail-root = "home"' \
    'expire "trash" { folder = {"Trash"} older-than = "10" }'
wrong 'conf:1: older-than: "10x"' \
    'expire "trash" { folder = {"Trash"} older-than = "10x" }'
wrong 'conf:1: older-than: "1O?d?.*"' \
    'expire "trash" { folder = {"Trash"} older-than = "1Od" }'
wrong 'conf:1: older-than' \
    'expire "trash" { folder = {"Trash"} older-than = "-10d" }'
wrong 'conf:1: older-than' \
    'expire "trash" { folder = {"Trash"} older-than = "" }'
wrong 'conf:2: max-percent' "$rule" 'safety { max-percent = "50" }'
wrong 'conf:2: max-bytes' 'mail-root = "home"' \
    'expire "trash" { folder = {"Trash"} max-bytes = "10" }'
wrong 'conf:2: max-messages' 'mail-root = "home"' \
    'expire "trash" { folder = {"Trash"} max-messages = "10d" }'
# Out of range.
wrong 'conf:2: max-percent' "$rule" 'safety { max-percent = "101%" }'
wrong 'conf:2: clock-slack' "$rule" 'safety { clock-slack = "1m" }'
wrong 'conf:2: min-messages' "$rule" 'safety { min-messages = -1 }'
wrong 'conf:2: threads' "$rule" 'threads = 65'
wrong 'conf:1: older-than' \
    'expire "trash" { folder = {"Trash"} older-than = "99999999d" }'
# Words.
wrong 'conf:1: age: "recieved".*received' \
    'expire "trash" { folder = {"Trash"} older-than = "10d" age = "recieved" }'
wrong 'conf:1: flagged: "maybe"' \
    'expire "trash" { folder = {"Trash"} older-than = "10d" flagged = maybe }'
# Structure: braces, quotes, half a file, twice the same.
wrong 'conf:[23]: ' 'mail-root = "home"' \
    'expire "trash" { folder = {"Trash"} older-than = "10d"'
wrong 'conf:[23]: ' 'mail-root = "home"' \
    'expire "trash" { folder = {"Trash" older-than = "10d" }'
wrong 'conf:[23]: ' 'mail-root = "home"' "$rule }"
wrong 'conf:[123]: ' 'mail-root = "home' "$rule"
wrong 'conf:2: ' 'mail-root = "home"' 'expire { folder = {"Trash"} }'
wrong 'conf:2: .*trash' "$rule" "$rule"
# Rules that make no sense.
wrong 'conf:1: .*trash.* when it is due: add older-than' \
    'expire "trash" { folder = {"Trash"} }'
wrong 'conf:1: .*trash.* names no place: add folder' \
    'expire "trash" { older-than = "10d" }'
wrong 'conf:1: .*has path, which goes with none of' \
    'expire "trash" { path = "new" folder = {"Trash"} older-than = "10d" }'
wrong 'conf:1: .*has a cap' 'expire "trash" { tmp = yes max-messages = 5 }'
for path in ../up /var/mail/new new/.. new/../../up; do
	wrong "conf:2: .*has path = \"$path\", which is no path below" \
	    'mail-root = "home"' \
	    "expire \"x\" { path = \"$path\" older-than = \"0s\" }"
done
wrong "conf:1: .*path is empty" 'expire "x" { path = "" older-than = "0s" }'
# No such account: a status of its own.
printf '%s\n' 'mail-root = "home"' 'owner = "nobodyatall:mail"' "$rule" >conf
run mailkeep-expire -c conf
exits 67
one_line
says 'owner: there is no user nobodyatall; make it '
same_tree tree home
# The line is that of the file that it is in.
printf '%s\n' '# a comment' 'expire "x" { oldr-than = "10d" }' >part
wrong 'part:2: .*oldr-than.*older-than' 'mail-root = "home"' 'include("part")'
# A message stays on one line whatever is in the file.
wrong 'conf:1: ' "expire \"a$(printf '\033')[31m\" { fodler = {\"x\"} }"
is "$(tr -d '\n -~' <"$ERR")" '' 'no control byte reaches a terminal'

# -o is checked as well.
printf '%s\n' 'mail-root = "home"' "$rule" >conf
for option in 'safety.max-percent=50' 'safety.max-precent=50%' \
    'expire.trash=1' 'expire.tresh.older-than=1d' 'mail-root' '=x' \
    'threads=many'; do
	run mailkeep-expire -c conf -o "$option"
	exits 64
	one_line
	says "^mailkeep-expire: -o ${option%%=*}"
done
same_tree tree home
chmod 000 conf
if [ "$(id -u)" = 0 ]; then
	as nobody run mailkeep-expire -c conf
	exits 77
	one_line
	says 'conf: Permission denied'
else
	skip 'needs root' 3
fi
same_tree tree home
done_testing
