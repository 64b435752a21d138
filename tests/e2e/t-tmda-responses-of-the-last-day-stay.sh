# Records of replies: an empty one goes when its lifetime is over by its name,
# and it is a day old by its name, mtime and ctime alike; a shorter lifetime is
# refused; what is not empty, or is no record, stays; --user leaves all alone.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

d14=$((NOW - 14 * 86400))
cut=$(awk 'BEGIN { for (i = 0; i < 233; i++) printf "x" }')
queue q <<END
	respond =$d14.1 a@example.net
	respond =$((d14 + 1)).2 a@example.net
	respond =$((d14 - 1)).3 "Odd Name/B@example.net"
	respond =$((d14 - 2)).4 ""
	respond =$((d14 - 2)).5 $cut@example.net
	respond =$((d14 - 2)).6 touched@example.net
	respond =$((d14 - 2)).7 day@example.net
	respond =$((d14 - 2)).8 future@example.net
	respond =$((d14 - 2)).9 full@example.net
	respond 1d young@example.net
	respond -1d later@example.net
	respond =2000000000.1 2033@example.net
	respond =$((d14 - 518400)).13 linked@example.net
	hold 30 a@example.net alice@example.test
END
cd q/responses || exit 1
# As TMDA makes it, of a sender that is empty: "<seconds>.<pid>.".
ok 'TMDA names odd senders so' [ -f "$((d14 - 1)).3.odd_name:b@example.net" ]
touch -d "@$((NOW - 86399))" -- *.6.*
touch -d "@$((NOW - 86400))" -- *.7.*
touch -d "@$((NOW + 5))" -- *.8.*
echo x >"$(echo ./*.9.*)"
touch -d "@$((d14 - 2))" -- *.9.*
ln -- *.linked@* "$(echo ./*.linked@*)2"	# of one inode
mkdir 1159377144.10.a@example.net
ln -s ../config 1159377144.11.a@example.net
mkfifo 1159377144.12.a@example.net
: >1159377144.a@example.net
: >notes
touch -d 2001-01-01 notes 1159377144.a@example.net
cd ../.. || exit 1
keep q
echo 'tmda "q" { dir = "q" pending-lifetime = "90d" }' >conf
linked=$((d14 - 518400)).13.linked@example.net
clock -86400 run mailkeep-tmda -c conf -n
exits 0
is "$(cut -f 1 "$OUT")" "q/responses/$linked${_newline}q/responses/${linked}2" \
    'a day before only those of 20 days'
clock run mailkeep-tmda -c conf --user alice@example.test
exits 0
silent
want q
clock run mailkeep-tmda -c conf
exits 0
silent
want q "responses/$d14.1.a@example.net" \
    "responses/$((d14 - 1)).3.odd_name:b@example.net" \
    "responses/$((d14 - 2)).5.$cut" \
    "responses/$((d14 - 2)).7.day@example.net" \
    "responses/$linked" "responses/${linked}2"

# By the ctime: all of these are of this very minute, and half an hour is
# nothing to the clock.
rm -rf q
cp -a before/q q
touch -d 2001-01-01 q/responses/*
keep q
for later in 0 1800; do
	at "$(date -d "@$(($(date +%s) + later))" '+%F %T')" \
	    run mailkeep-tmda -c conf --force
	exits 0
	silent
	want q
done
# ... with any lifetime, also one of the command line.
at "$(date -d "@$(($(date +%s) + 82800))" '+%F %T')" \
    run mailkeep-tmda --older-than 0s --force q
exits 0
for name in "$d14.1.a@example.net" "$((d14 - 2)).7.day@example.net"; do
	ok "$name is there" [ -f "q/responses/$name" ]
done
clock run mailkeep-tmda --older-than 0s --force q
exits 0
ok 'a day later it is gone' [ ! -e "q/responses/$d14.1.a@example.net" ]
ok 'the other one too' \
    [ ! -e "q/responses/$((d14 - 2)).7.day@example.net" ]
ok 'one of the future stays' [ -f q/responses/2000000000.1.2033@example.net ]
ok 'so does one with text' [ -f "q/responses/$((d14 - 2)).9.full@example.net" ]
ok 'and what is none' [ -f q/responses/notes ]

# A shorter lifetime is no configuration.
rm -rf q
cp -a before/q q
for short in 23h 86399s 0s 1m; do
	printf '\ntmda "q" {\n\tdir = "q"\n\tresponses-lifetime = "%s"\n}\n' \
	    $short >short
	clock run mailkeep-tmda -c short
	exits 78
	one_line
	says "^mailkeep-tmda: short:4: .*responses-lifetime.*24h"
	clock run mailkeep-tmda -c conf -o "tmda.q.responses-lifetime=$short"
	exits 64
	one_line
	says 'responses-lifetime.*24h'
done
want q
clock run mailkeep-tmda -c conf -o tmda.q.responses-lifetime=24h -n
exits 0
done_testing
