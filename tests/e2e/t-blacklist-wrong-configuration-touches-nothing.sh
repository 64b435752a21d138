# A configuration with anything wrong in its blacklist section is refused
# whole: one line with file:line, the key and the nearest known one, status 78,
# nothing touched.
. tests/e2e/lib.sh

printf '192.0.2.1\n198.51.100.0/24\n' >list
mkdir out
good='feed "f" { file = "list" }'
cdb='cdb = "out/cdb"  plain = "out/plain"  never-self = no'

# The sound one, for comparison.
printf '%s\n' "blacklist { $cdb" "$good }" >conf
run mailkeep-blacklist -c conf
exits 0
silent
is "$(cat out/plain)" "$(printf '192.0.2.1/32\n198.51.100.0/24')" 'the list'
cp -a out tree
# Where the configuration is right, and a directory is not, a run has begun.
rm "$STATE/history.jsonl"
snapshot "$STATE" >state
echo 203.0.113.1 >>list

# wrong RE LINE ...: the configuration of these lines is; its first is 1
wrong()
{
	_re=$1
	shift
	printf '%s\n' "$@" >conf
	run mailkeep-blacklist -c conf --force
	exits 78
	one_line
	says "^mailkeep-blacklist: $_re"
	same_tree tree out
}

# key RE TEXT, feed RE TEXT: in the section, in its feed, in line 2
key()
{
	wrong "conf:2: $1" "blacklist { $cdb" "$2" "$good }"
}
feed()
{
	wrong "conf:3: $1" "blacklist { $cdb" 'feed "f" { file = "list"' \
	    "$2 } }"
}

# ---- unknown keys and sections

key '.*alow.*allow' 'alow = {"allow"}'
key '.*max-shrnk.*max-shrink' 'max-shrnk = "50%"'
key '.*hostlst.*hostlist' 'hostlst = "out/hostlist"'
key '.*fed.*feed' 'fed "x" { file = "list" }'
feed '.*fromat.*format' 'fromat = "csv"'
feed '.*max-aeg.*max-age' 'max-aeg = "2d"'
feed '.*optionl.*optional' 'optionl = yes'
wrong 'conf:1: .*blaklist.*blacklist' "blaklist { $cdb $good }"
wrong 'conf:1: .*feed.*; it belongs into blacklist' "$good" \
    "blacklist { $cdb $good }"

# ---- words, numbers, units

feed 'format: "csw".*csv' 'format = "csw"'
feed 'format: "TEXT"' 'format = "TEXT"'
feed 'host-bits: "maks".*mask' 'host-bits = "maks"'
feed 'optional: "maybe"' 'optional = maybe'
feed 'allow-empty: ' 'allow-empty = "perhaps"'
feed 'min-count' 'min-count = -1'
feed 'min-count' 'min-count = "3 lists"'
feed 'max-age: "2".* unit' 'max-age = "2"'
feed 'max-age: "-2d"' 'max-age = "-2d"'
feed 'max-age: "2 weeks"' 'max-age = "2 weeks"'
feed 'max-size: "10".* unit' 'max-size = "10"'
feed 'max-size' 'max-size = "0B"'
feed 'connect-timeout' 'connect-timeout = "0s"'
feed 'statement-timeout' 'statement-timeout = "10"'
key 'max-shrink' 'max-shrink = "50"'
key 'max-shrink' 'max-shrink = "101%"'
key 'min-prefix-v4' 'min-prefix-v4 = 33'
key 'min-prefix-v4' 'min-prefix-v4 = -1'
key 'min-prefix-v6' 'min-prefix-v6 = 129'
key 'max-lengths' 'max-lengths = 0'
key 'max-lengths' 'max-lengths = 130'
key 'never-private: "sometimes"' 'never-private = sometimes'
key '"never-self" is given twice; the first is at conf:1' 'never-self = yes'

# ---- what does not fit: told with the line of its section

for never in 10.1 192.0.2.0/33 host.example.org; do
	wrong "conf:[12]: .*never: \"$never\": " "blacklist { $cdb" \
	    "never = {\"$never\"}" "$good }"
done
key 'never: a word of the list is empty' 'never = {""}'
wrong 'conf:[12]: .*never: "192.0.2.1/24" has bits set after' \
    "blacklist { $cdb" 'never = {"192.0.2.1/24"}' "$good }"
wrong 'conf:[12]: .*f.* wants a file or a query, and not both' \
    "blacklist { $cdb" 'feed "f" { format = "csv" } }'
wrong 'conf:[12]: .*wants a file or a query, and not both' "blacklist { $cdb" \
    'feed "f" { file = "list" query = "SELECT 1" conninfo = "" } }'
wrong 'conf:[12]: .*a conninfo goes with a query' "blacklist { $cdb" \
    'feed "f" { file = "list" conninfo = "service=x" } }'
for name in 'a,b' 'a:b'; do
	wrong 'conf:[12]: .*name holds no comma and no colon' \
	    "blacklist { $cdb" "feed \"$name\" { file = \"list\" } }"
done
wrong 'conf:[123]: .*f' "blacklist { $cdb" "$good" "$good }"
wrong 'conf:[12]: ' "blacklist { $cdb" 'feed { file = "list" } }'
wrong 'conf:1: .*hostlist: it names a database for Exim .*: set cdb, dbm or' \
    "blacklist { hostlist = \"out/hostlist\" $good }"
wrong 'conf:[123]: ' "blacklist { $cdb" "$good }" "blacklist { $cdb $good }"

# ---- structure

wrong 'conf:[123]: ' "blacklist { $cdb" "$good"
wrong 'conf:[123]: ' "blacklist { $cdb" 'feed "f" { file = "list }'
wrong 'conf:[123]: ' "blacklist { $cdb" 'never = {"192.0.2.1"' "$good }"
wrong 'conf:[123]: ' "blacklist { $cdb" "$good } }"
# Another program's section is read, too.
wrong 'conf:2: .*oder-than.*older-than' "blacklist { $cdb $good }" \
    'expire "trash" { folder = {"Trash"} oder-than = "10d" }'

# ---- nothing to do, nowhere to put it

wrong 'there is no feed, so nothing is done' "blacklist { $cdb }"
wrong 'there is no output, so nothing is done' "blacklist { $good }"
wrong 'there is no feed, so nothing is done' 'mail-root = "home"'
wrong '.*have one file' \
    'blacklist { cdb = "out/cdb" plain = "out/../out/cdb"' "$good }"
ln -s cdb out/link
cp -a out/link tree
wrong 'cdb: .*out/link is a link' "blacklist { cdb = \"out/link\" $good }"
mkdir out/dir tree/dir
wrong 'cdb: .*out/dir is no regular file' \
    "blacklist { cdb = \"out/dir\" $good }"
for name in out/ . .. out/. out/.b.new out/.b.lock out/.b.old; do
	wrong 'cdb: ' "blacklist { cdb = \"$name\" $good }"
done
i=0
while [ $((i += 1)) -le 65 ]; do
	echo "feed \"f$i\" { file = \"list\" }"
done >feeds
wrong '65 feeds are too many: at most 64' \
    "blacklist { $cdb" "$(cat feeds)" '}'

# Directories that others can write to, or that are not there.
printf '%s\n' "blacklist { $cdb" "$good }" >conf
chmod 777 out
run mailkeep-blacklist -c conf
exits 77
one_line
says 'anybody can write to .*out, and put another list in place of ours: chmod'
chmod 755 out
run mailkeep-blacklist -c conf -o blacklist.cdb=nowhere/cdb
ok 'a directory that is not there is none' [ "$STATUS" != 0 ]
one_line
says 'nowhere'
same_tree tree out
rm "$STATE/history.jsonl"
snapshot "$STATE" >state.after
ok 'the state stays' cmp state state.after
done_testing
