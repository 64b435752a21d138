# Each output says the same to the program that it is for: Exim by every lookup
# type, cdb(1), db_dump(1), nft(8), rbldnsd(8), Postfix where there is one.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim cdb

cat >bad <<-END
	192.0.2.7 one host
	198.51.100.0/24 a net
	203.0.113.0/29
	2001:db8::25 one host of six
	2001:db8:1:2::/64 six net
END
# listed ADDRESS REASON; the rest of the addresses are not.
cat >listed <<-END
	192.0.2.7	bad: one host
	198.51.100.0	bad: a net
	198.51.100.255	bad: a net
	203.0.113.7	bad
	2001:db8::25	bad: one host of six
	2001:db8:1:2:ffff:ffff:ffff:ffff	bad: six net
END
cat >unlisted <<-END
	192.0.2.6
	192.0.2.8
	198.51.99.255
	198.51.101.0
	203.0.113.8
	2001:db8::24
	2001:db8:1:3::
	192.0.2.0
END
mkdir out
cat >conf <<-END
	blacklist {
	    feed "bad" { file = "bad" }
	    never-private = no  never-self = no
	    cdb = "out/b.cdb"  dbm = "out/b.db"  hostlist = "out/b.hostlist"
	    text = "out/b.text"  plain = "out/b.plain"
	    postfix = "out/b.postfix"  nft = "out/b.nft"  rbldnsd = "out/b.rbl"
	    max-lengths = 4
	}
END
run mailkeep-blacklist -c conf
exits 0
silent
chmod 755 "$SCRATCH" "$PWD" out

# ---- Exim

cat >exim.conf <<-END
	keep_environment =
	tls_advertise_hosts =
	log_file_path = $PWD/log-%s
	primary_hostname = mx.example.test
	.include $PWD/out/b.hostlist
	hostlist by_dbm = net32-dbm;$PWD/out/b.db : net24-dbm;$PWD/out/b.db : \\
	    net29-dbm;$PWD/out/b.db : net64-dbm;$PWD/out/b.db : \\
	    net128-dbm;$PWD/out/b.db
	hostlist by_text = net-iplsearch;$PWD/out/b.text
	hostlist by_plain = $PWD/out/b.plain
	begin acl
END
exim()
{
	exim4 -C "$PWD/exim.conf" "$@" 2>&1
}
exim -bV >/dev/null
is $? 0 'Exim takes the host list'
# asked LIST ADDRESS FILE: yes or no for each line of FILE.
asked()
{
	awk -v list="$1" '{ a = $1; gsub(":", "::", a)
		printf "${if match_ip{%s}{+%s}{yes}{no}}\n", $1, list }' "$2" |
	    exim -be | sed 's/^> //' | grep . | sort | uniq -c |
	    awk '{ print $2, $1 }'
}
for list in blacklisted_hosts by_dbm by_text by_plain; do
	is "$(asked $list listed)" 'yes 6' "Exim, $list: all that are listed"
	is "$(asked $list unlisted)" 'no 8' "Exim, $list: and no other"
done
is "$(grep -c 'net[0-9]*-cdb' out/b.hostlist)" 1 'the host list is one line'
is "$(exim -be "\${lookup{198.51.100.0/24}cdb{$PWD/out/b.cdb}}")" \
    'bad: a net' 'a cdb has the reason'
is "$(exim -be "\${lookup{192.0.2.7/32}dbm{$PWD/out/b.db}}")" \
    'bad: one host' 'a dbm has the reason'
is "$(exim -be "\${lookup{2001:db8:1:2::9}iplsearch{$PWD/out/b.text}}")" \
    'bad: six net' 'a text has the reason'

# ---- its databases, by others

is "$(cdb -q out/b.cdb \
    2001.0db8.0001.0002.0000.0000.0000.0000/64)" 'bad: six net' 'cdb -q'
keys=$(cdb -d out/b.cdb | sed -n 's/^+[0-9,]*:\(.*\)->.*/\1/p' | sort)
ok 'cdb -d shows the keys' [ "$(echo "$keys" | wc -l)" -ge 5 ]
if command -v db5.3_dump >/dev/null; then
	dumped=$(db5.3_dump -p out/b.db | sed -n 's/^ \(.*\/.*\)\\00$/\1/p' |
	    sort)
	is "$dumped" "$keys" 'db_dump shows the same keys, each with its NUL'
else
	skip 'there is no db5.3_dump'
fi
if command -v exim_dbmbuild >/dev/null; then
	cdb -d out/b.cdb | sed -n 's/^+[0-9,]*:\(.*\)->\(.*\)/"\1": \2/p' \
	    >source
	exim_dbmbuild "$PWD/source" "$PWD/theirs.db" >/dev/null
	is "$(db5.3_dump -p out/b.db | sed '1,/HEADER=END/d' | paste - - |
	    sort)" "$(db5.3_dump -p theirs.db | sed '1,/HEADER=END/d' |
	    paste - - | sort)" 'exim_dbmbuild makes the same records'
else
	skip 'there is no exim_dbmbuild'
fi

# ---- nft

if command -v nft >/dev/null && unshare -n nft list ruleset >/dev/null 2>&1
then
	ok 'nft -c takes the set' unshare -n nft -c -f out/b.nft
	unshare -n sh -c 'nft -f out/b.nft && nft -f out/b.nft &&
	    nft -j list ruleset' >ruleset
	is $? 0 'it can be loaded, and loaded again'
	for element in 192.0.2.7 198.51.100.0 203.0.113.0 2001:db8::25 \
	    2001:db8:1:2::; do
		ok "has $element" grep -qF "\"$element\"" ruleset
	done
else
	skip 'nft cannot be run here' 7
fi

# ---- rbldnsd

if command -v rbldnsd >/dev/null && id rbldns >/dev/null 2>&1; then
	port=$(_free_port)
	rbldnsd -n -u rbldns -b "127.0.0.1/$port" -w "$PWD/out" \
	    bl.test:combined:b.rbl >rbldnsd.log 2>&1 &
	reap $!
	cat >ask.py <<-'END'
	import ipaddress, socket, struct, sys, time
	port = int(sys.argv[1])
	for line in open(sys.argv[2]):
	    a = ipaddress.ip_address(line.split()[0])
	    name = a.reverse_pointer.rsplit(".", 2)[0] + ".bl.test"
	    q = b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
	    q = struct.pack(">6H", 7, 256, 1, 0, 0, 0) + q + b"\0\0\1\0\1"
	    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
	        s.settimeout(0.5)
	        for i in range(20):
	            s.sendto(q, ("127.0.0.1", port))
	            try:
	                r = s.recv(512)
	                break
	            except OSError:
	                time.sleep(0.2)
	        print("yes" if struct.unpack(">6H", r[:12])[3] else "no")
	END
	is "$(python3 ask.py "$port" listed | sort | uniq -c |
	    awk '{ print $2, $1 }')" 'yes 6' 'rbldnsd: all that are listed'
	is "$(python3 ask.py "$port" unlisted | sort | uniq -c |
	    awk '{ print $2, $1 }')" 'no 8' 'rbldnsd: and no other'
else
	skip 'there is no rbldnsd' 2
fi

# ---- Postfix

if command -v postmap >/dev/null; then
	ok 'postmap finds a net' postmap -q 198.51.100.7 cidr:out/b.postfix
	ok 'and not its neighbour' not postmap -q 198.51.101.7 \
	    cidr:out/b.postfix
else
	is "$(grep -v '^#' out/b.postfix | head -n 2)" '192.0.2.7/32 REJECT bad: one host
198.51.100.0/24 REJECT bad: a net' 'the table is one of cidr_table(5)'
	skip 'there is no postmap' 1
fi
done_testing
