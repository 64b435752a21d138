# Each format of a list is read in full, told by itself or named, and what it
# says of an entry reaches the database.
. tests/e2e/lib.sh

rejected=	# what is said of a line, if one is

# lists KEYS PREFIX ...: the feed in the file "list", with these keys, makes
# this list and no other.
lists()
{
	_keys=$1
	shift
	rm -f out.*
	cat >conf <<-END
		blacklist {
			never-private = no  never-self = no  max-lengths = 129
			plain = "out.plain"  cdb = "out.cdb"
			feed "f" { file = "list" $_keys }
		}
	END
	run mailkeep-blacklist -c conf
	exits $((${#rejected} > 0 ? 65 : 0))
	if [ -n "$rejected" ]; then
		says "$rejected"
	else
		silent
	fi
	is "$(cat out.plain)" "$(printf '%s\n' "$@")" "the list of $_keys"
	run mailkeep-blacklist --check out.cdb
	exits 0
	prints "^out.cdb: cdb, $# keys$"
}

# says_of KEY DATA: what the database has under the key
says_of()
{
	is "$(cdb -q out.cdb "$1")" "$2" "what is said of $1"
}

# formats FORMAT PREFIX ...: named, and told by itself
formats()
{
	_format=$1
	shift
	lists "format = \"$_format\"" "$@"
	lists '' "$@"
}

# ---- text: the first field; comments; the other words are the reason

cat >list <<'END'
# a comment
; another, and an empty line

192.0.2.9 caught in a trap	# said at noon
  198.51.100.0/24   runs    of blanks
203.0.113.7# nothing said
203.0.113.9;nothing either
203.0.113.64/26 - behind a dash
	2001:db8:a::/48	a tab
END
formats text 192.0.2.9/32 198.51.100.0/24 203.0.113.7/32 203.0.113.9/32 \
    203.0.113.64/26 2001:db8:a::/48
says_of 192.0.2.9/32 'f: caught in a trap'
says_of 198.51.100.0/24 'f: runs of blanks'
says_of 203.0.113.7/32 f
says_of 203.0.113.9/32 f
says_of 203.0.113.64/26 'f: behind a dash'
says_of 2001.0db8.000a.0000.0000.0000.0000.0000/48 'f: a tab'
lists 'reason = "see example.org"' 192.0.2.9/32 198.51.100.0/24 \
    203.0.113.7/32 203.0.113.9/32 203.0.113.64/26 2001:db8:a::/48
says_of 192.0.2.9/32 'f: caught in a trap'
says_of 203.0.113.7/32 'f: see example.org'

# No newline at the end; and what looks like an address is not in a reason.
printf '192.0.2.9 like 10.1\n192.0.2.11' >list
formats text 192.0.2.9/32 192.0.2.11/32
says_of 192.0.2.9/32 'f: like 10.1'

# What strangers write is one line of clean text there.
printf '192.0.2.9 \033[31mred\007 \377\n' >list
formats text 192.0.2.9/32
says_of 192.0.2.9/32 'f: ?[31mred? ?'

# A byte order mark, and lines as DOS ends them.
printf '\357\273\277192.0.2.9\r\n192.0.2.11 said\r\n\r\n# all\r\n' >list
formats text 192.0.2.9/32 192.0.2.11/32
says_of 192.0.2.11/32 'f: said'

# ---- netset: an address and nothing beside

printf '# ipset\n192.0.2.9\n198.51.100.0/24\n2001:db8::/32 # all\n' >list
formats netset 192.0.2.9/32 198.51.100.0/24 2001:db8::/32
printf '192.0.2.9\n192.0.2.11 word\n' >list
rejected='list:2: rejected: words behind the address'
lists 'format = "netset"' 192.0.2.9/32
rejected=

# ---- drop: "; SBL1" is the reason, "; EOF" the end

cat >list <<'END'
; Spamhaus DROP List 2026/11/01 - (c) 2026 The Spamhaus Project
; Last-Modified: Sun, 01 Nov 2026 00:00:00 GMT
192.0.2.0/25 ; SBL256894
198.51.100.0/24 ; SBL434604
; EOF
END
formats drop 192.0.2.0/25 198.51.100.0/24
says_of 192.0.2.0/25 'f: SBL256894'

# ---- drop-json: one object a line, and how many there are

cat >list <<'END'
{"cidr":"192.0.2.0/25","sblid":"SBL256894","rir":"apnic"}
{"rir":"ripencc", "sblid":"SBL4\u0033", "cidr":"2001:db8::/32"}
{"type":"metadata","timestamp":1,"size":1,"records":2,"copyright":"(c)"}
END
formats drop-json 192.0.2.0/25 2001:db8::/32
says_of 192.0.2.0/25 'f: SBL256894'
says_of 2001.0db8.0000.0000.0000.0000.0000.0000/32 'f: SBL43'

# ---- counted: an address and on how many lists it is

printf '# IP\tcount\n192.0.2.9\t1\n192.0.2.11\t3\n2001:db8::1\t5\n' >list
formats counted 192.0.2.9/32 192.0.2.11/32 2001:db8::1/128
says_of 192.0.2.11/32 'f: count 3'
lists 'min-count = 3' 192.0.2.11/32 2001:db8::1/128
lists 'min-count = 4' 2001:db8::1/128
lists 'min-count = 4 reason = "often"' 2001:db8::1/128
says_of 2001.0db8.0000.0000.0000.0000.0000.0001/128 'f: often'

# ---- csv: columns by number or by name

cat >list <<'END'
id,when,"ip","why, in words"
1,2026-11-01,192.0.2.9,"spam, ""much"""
2,2026-11-02, 198.51.100.0/24 ,virus
3,2026-11-03,"2001:db8::9",
END
csv='192.0.2.9/32 198.51.100.0/24 2001:db8::9/128'
# shellcheck disable=SC2086	# prefixes
{
	lists 'format = "csv" column = "ip"' $csv
	lists 'format = "csv" column = "3"' $csv
	lists 'column = "ip"' $csv
	lists 'format = "csv" column = "ip" reason-column = "why, in words"
	    reason = "else"' $csv
	says_of 192.0.2.9/32 'f: spam, "much"'
	says_of 198.51.100.0/24 'f: virus'
	says_of 2001.0db8.0000.0000.0000.0000.0000.0009/128 'f: else'
	lists 'format = "csv" column = "3" reason-column = "2"' $csv
	says_of 198.51.100.0/24 'f: 2026-11-02'
	sed 's/why, in words/why/; s/spam, //; s/,/;/g' list >list.new
	mv list.new list
	lists 'format = "csv" column = "ip" reason-column = "why"' $csv
	says_of 192.0.2.9/32 'f: "much"'
	tr ';' '\t' <list >list.new
	mv list.new list
	lists 'format = "csv" column = "ip"' $csv
}
printf '192.0.2.9,80\n192.0.2.11,443\n' >list
formats csv 192.0.2.9/32 192.0.2.11/32
printf '# Firstseen,DstIP,DstPort\n2026-11-01,192.0.2.9,80\n' >list
lists 'format = "csv" column = "DstIP"' 192.0.2.9/32

# ---- ranges: ends, prefixes as ends, dotted masks

cat >list <<'END'
192.0.2.8-192.0.2.15
192.0.2.32 - 192.0.2.40
198.51.100.0/25 - 198.51.100.128/25
2001:db8::1-2001:db8::2
END
formats ranges 192.0.2.8/29 192.0.2.32/29 192.0.2.40/32 198.51.100.0/24 \
    2001:db8::1/128 2001:db8::2/128
printf '%s\n' 192.0.2.0/255.255.255.128 198.51.100.9/255.255.255.255 \
    203.0.113.1-203.0.113.1 >list
lists 'format = "ranges"' 192.0.2.0/25 198.51.100.9/32 203.0.113.1/32
lists 'format = "text"' 192.0.2.0/25 198.51.100.9/32 203.0.113.1/32
printf '0.0.0.0 - 255.255.255.255\n:: - ::2\n' >list
run mailkeep-blacklist --print plain -o blacklist.never-private=no \
    -o blacklist.never-self=no list
exits 0
is "$(cat "$OUT")" "$(printf '0.0.0.0/0\n::/127\n::2/128')" \
    'all, and nothing beyond'

# ---- the forms of IPv6 (RFC 4291, 2.2), and those of others

cat >list <<'END'
ABCD:EF01:2345:6789:ABCD:EF01:2345:6789
2001:DB8:0:0:8:800:200C:417A
2001:db8:0001:0000:0000:0000:0000:0000/48
FF01::101
2001:db8:2::/48
2001:db8:3:4:5:6:7::
::2:3:4:5:6:7:8
2001:db8:5::13.1.68.3
0:0:0:0:0:FFFF:192.0.2.38
::FFFF:192.0.2.40
::ffff:c000:230
::ffff:198.51.100.0/120
[2001:db8:6::]/48
[2001:db8:7::1]
END
formats text 192.0.2.38/32 192.0.2.40/32 192.0.2.48/32 198.51.100.0/24 \
    0:2:3:4:5:6:7:8/128 2001:db8::8:800:200c:417a/128 2001:db8:1::/48 \
    2001:db8:2::/48 2001:db8:3:4:5:6:7:0/128 2001:db8:5::d01:4403/128 \
    2001:db8:6::/48 2001:db8:7::1/128 \
    abcd:ef01:2345:6789:abcd:ef01:2345:6789/128 ff01::101/128
done_testing
