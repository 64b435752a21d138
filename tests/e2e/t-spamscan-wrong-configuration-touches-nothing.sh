# A configuration with anything wrong in it is refused whole: one line with
# file:line and the key, status 78, nothing touched.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

scored home/alice/new/1.M1P1.mx 15.3
scored home/alice/cur/2.M2P2.mx:2,S 1.0
cp -a home tree
trust='trust "mx.example.test" { }'

# wrong RE LINE ...: the configuration of these lines is; its first is 1
wrong()
{
	_re=$1
	shift
	printf '%s\n' "$@" >conf
	run mailkeep-spamscan -c conf --force
	exits 78
	one_line
	says "^mailkeep-spamscan: $_re"
	is "$(cat "$OUT")" '' 'nothing on stdout'
	same_tree tree home
	is "$(find "$STATE" "$LOCK" -type f)" '' 'no state, no lock'
}
# key RE LINE: a line of the section spamscan, the third of the file; what is
# wrong with several of them is told of the second, where the section begins
key()
{
	wrong "conf:[23]: $1" 'mail-root = "home"' "spamscan { $trust" "$2" '}'
}
# The sound one, for comparison.
printf '%s\n' 'mail-root = "home"' "spamscan { $trust }" >conf
run mailkeep-spamscan -c conf -n
exits 0
is "$(wc -l <"$OUT")" 1 'it would move one'

# Nothing tells a score.
wrong '.*nothing tells a score: name who writes it, .*trust' \
    'mail-root = "home"'
wrong '.*nothing tells a score' 'mail-root = "home"' 'spamscan { limit = 7 }'
wrong '.*source = \{"spamd"\} wants spamd' 'mail-root = "home"' \
    "spamscan { source = {\"spamd\"} $trust }"
wrong '.*source = \{"header"\} wants trust' 'mail-root = "home"' \
    'spamscan { source = {"header"} spamd { socket = "127.0.0.1:783" } }'

# Unknown keys.
key '.*limt.*limit' 'limt = 7'
key '.*delete-abov.*delete-above' 'delete-abov = 7'
key '.*trsut.*trust' 'trsut "mx.example.test" { }'
key '.*dialekt.*dialect' 'trust "mx2.example.test" { dialekt = {"exim"} }'
key '.*sockt.*socket' 'spamd { sockt = "127.0.0.1:783" }'
wrong 'conf:2: .*spamscann.*spamscan' 'mail-root = "home"' \
    "spamscann { $trust }"
# Numbers.
key 'limit: "7,5"' 'limit = "7,5"'
key 'limit: "seven"' 'limit = seven'
key 'limit: "7\.555"' 'limit = 7.555'
key 'limit: "-1"' 'limit = -1'
key 'limit: "5001"' 'limit = 5001'
key 'limit: ""' 'limit = ""'
key 'limit: "7 "' 'limit = "7 "'
key 'limit: "1e1"' 'limit = 1e1'
key 'limit: "nan"' 'limit = nan'
key 'delete-above: "-5"' 'delete-above = -5'
key 'delete-above: "99999"' 'delete-above = 99999'
key 'max-age: "7".* unit' 'max-age = 7'
key 'max-age: "0s"' 'max-age = 0s'
key 'max-runtime: "0s"' 'max-runtime = 0s'
# Words.
key 'action: "jnuk"' 'action = "jnuk"'
key '.*source: "headers" is neither header nor spamd' 'source = {"headers"}'
key '.*source: "header" is named twice' 'source = {"header", "header"}'
key '.*source: names none' 'source = {}'
key '.*folder: names none' 'folder = {}'
key 'learn: "maybe"' 'learn = maybe'
for junk in a/../b ../a /Junk '' . .. INBOX inbox a//b Junk/ 'a.b' \
    "$(printf '%0300d' 0)"; do
	printf '%s\n' 'mail-root = "home"' "spamscan { $trust" \
	    "junk-folder = \"$junk\" }" >conf
	run mailkeep-spamscan -c conf
	exits 78
	one_line
	says '^mailkeep-spamscan: conf:2: spamscan: junk-folder: ".*" cannot be '
	same_tree tree home
done
key '.*"no host" is no host' 'trust "no host" { }'
key 'the title "" is empty' 'trust "" { }'
key '.*dialect: "spamassasin" is none of .*; did you mean "spamassassin"\?' \
    'trust "mx2.example.test" { dialect = {"spamassasin"} }'
key '.*received-by: "a b" is no host' \
    'trust "mx2.example.test" { received-by = {"a b"} }'
key '.*mx\.example\.test' "$trust"
# What does not fit together.
key '.*delete-above goes with action = "junk"' \
    'action = "report" delete-above = 20'
key '.*archive is for what delete-above removes' 'archive = "archive"'
# Half a file.
wrong 'conf:2: .*has no }' 'mail-root = "home"' "spamscan { $trust" 'limit = 7'
wrong 'conf:[34]: ' 'mail-root = "home"' "spamscan { $trust" 'limit = 7 } }'
# A message stays on one line whatever is in the file.
wrong 'conf:1: ' "spamscan { trust \"a$(printf '\033')[31m\" { } }"
is "$(tr -d '\n -~' <"$ERR")" '' 'no control byte reaches a terminal'
# Sections of other programs are checked, too.
wrong 'conf:2: .*fodler.*folder' "spamscan { $trust }" \
    'expire "x" { fodler = {"x"} older-than = "1d" }'

# -o is checked as well.
printf '%s\n' 'mail-root = "home"' "spamscan { $trust }" >conf
for option in spamscan.limit=7,5 spamscan.limt=7 spamscan.action=delete \
    spamscan.trust=mx spamscan.source=header,headers spamscan=1 \
    spamscan.junk-folder=a/../b; do
	run mailkeep-spamscan -c conf -o "$option"
	case $option in
	*junk* | *source*) exits 78 ;;	# by the whole section
	*)	exits 64 ;;
	esac
	one_line
done
same_tree tree home

# No configuration at all: the default file may be missing.
if [ -e /etc/mailkeep.conf ] || [ -e /etc/mailkeep/mailkeep.conf ]; then
	skip 'this host has a configuration' 5
else
	rm -rf "${STATE:?}"/* "${LOCK:?}"/*
	cp -a home/alice Maildir
	mailkeep-spamscan --trust mx.example.test \
	    ${MK_SANITIZE:+-o sandbox=no} Maildir >"$OUT" 2>"$ERR"
	STATUS=$? _what='without a configuration'
	exits 0
	silent
	holds Maildir/.Junk/new 1.M1P1.mx
	holds Maildir/cur 2.M2P2.mx:2,S
	mailkeep-spamscan Maildir >"$OUT" 2>"$ERR"
	STATUS=$? _what='without anything'
	exits 78
	one_line
	says 'nothing tells a score'
fi
run mailkeep-spamscan -c missing
exits 66
one_line
says 'missing: '
same_tree tree home
done_testing
