# 50 new lists are published while 240 connections come in: none is refused,
# every message is in the folder that its host's list entry says, throughout.
# An allowed address inside a blocked net gets into the inbox.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/servers.sh"
need_servers exim postgres

mail_root root
start_postgres
mkdir lists
chmod 755 "$SCRATCH" "$PWD" lists
start_site_exim root "BLACKLIST_CDB == $PWD/lists/blacklist.cdb"
box=root/example.test

echo '127.0.1.66' >allow
cat >conf <<-END
	blacklist {
	    feed "fixed" { file = "fixed" }
	    feed "moving" { file = "moving" }
	    allow = {"allow"}
	    never-private = no  never-self = no
	    cdb = "lists/blacklist.cdb"
	    dbm = "lists/blacklist.db"
	    reader = "$_site_user"
	}
END
echo '127.0.1.0/24 always bad' >fixed
awk 'BEGIN { for (i = 0; i < 4000; i++)
	printf "198.%d.%d.%d\n", 18 + i % 2, i / 256 % 256, i % 256 }' >moving
run mailkeep-blacklist -c conf
exits 0
silent

confined=
[ "${MK_SANITIZE-}" != 1 ] || confined='-o sandbox=no'
rebuild()
{
	_i=0
	while [ $_i -lt 50 ]; do
		# Another length, other keys, more or fewer of them.
		awk -v i=$_i 'BEGIN { for (n = 0; n < 3000 + 100 * i; n++)
			printf "198.%d.%d.%d\n", 18 + (n + i) % 2,
			    n / 256 % 256, n % 256
			printf "203.0.113.%d/%d round %d\n", 0, 24 + i % 9, i
			}' >moving.new
		mv moving.new moving
		# shellcheck disable=SC2086	# words
		mailkeep-blacklist -c conf -o "state-dir=$STATE" \
		    -o "lock-dir=$LOCK" $confined || return 1
		_i=$((_i + 1))
		echo $_i >rounds
	done
}
rebuild >rebuilt 2>&1 &
rebuilding=$!
reap $rebuilding
load -p 4 bob@example.test alice@example.test 240 \
    127.0.1.1 127.0.1.66 127.0.2.1 127.0.1.200 >loaded
is $? 0 'mail comes in meanwhile'
ok 'all lists were published' wait $rebuilding
is "$(cat rounds)" 50 'fifty of them'
is "$(cat rebuilt)" '' 'without a word'
is "$(awk '$1 != "-" { print $3 }' loaded | sort | uniq -c | awk '{ print $2, $1 }')" \
    '250 240' 'no connection was refused'
empty_queue
is "$(cat "$box"/alice/.Junk/new/* | grep -c '^X-Spam-Blacklisted: 127.0.1')" \
    120 'what is listed is in Junk'
is "$(find "$box/alice/new" -type f | wc -l)" 120 'the rest in the inbox'
is "$(cat "$box"/alice/new/* | grep -c X-Spam-Blacklisted)" 0 'unmarked'
ok 'no panic' [ ! -s "$EXIM/paniclog" ]
done_testing
