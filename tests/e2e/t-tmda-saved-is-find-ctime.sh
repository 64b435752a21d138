# age = "saved" with 15d is what find -ctime +14 has always taken, whatever the
# names and mtimes say; by the name a restored or touched file is as old as
# before.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

NOW=$(date +%s)
queue q <<-'END'
	hold 400 a@example.net alice@example.test
	hold 16 b@example.net alice@example.test
	hold 1 c@example.net alice@example.test
	hold -300 d@example.net alice@example.test
	leftover 1 C
END
queue m maildir <<-'END'
	hold =1159383896.419 a@example.net alice@example.test
	hold -300 b@example.net alice@example.test
	read 1159383896.419
END
touch -d '2001-01-01' q/pending/*.100[12].msg
touch -d '2099-01-01' m/pending/*/*
keep q
keep m
cat >conf <<-'END'
	safety { clock-slack = "400d" max-percent = "100%" }
	tmda "q" { dir = "q" pending-lifetime = "15d" age = "saved" }
	tmda "m" { dir = "m" pending-lifetime = "15d" age = "saved" }
END
# A ctime can't be set, so the clock moves, for find as for us.
last=$(find q/pending m/pending -type f -printf '%C@\n' | sort -n | tail -n 1)
NOW=${last%.*}
for later in 0 1209600 1295999; do
	at "$(date -d "@$((NOW + later - 86400))" '+%F %T')" run find q/pending \
	    m/pending -type f -ctime +14
	silent
	at "$(date -d "@$((NOW + later - 86400))" '+%F %T')" \
	    run mailkeep-tmda -c conf
	exits 0
	silent
	want q
	want m
done
at "$(date -d "@$((NOW + 1296001))" '+%F %T')" run find q/pending m/pending \
    -type f -ctime +14
sort "$OUT" >goes
is "$(wc -l <goes)" 7 'find takes them all'
at "$(date -d "@$((NOW + 1296001))" '+%F %T')" run mailkeep-tmda -c conf -n
exits 0
cut -f 1 "$OUT" | sort >would
ok '-n names what find finds' cmp goes would
prints 'q: 15d since saved'
# To the second; the youngest one is touched once more, so it is that.
young=$(find q/pending -name '*.1003.msg')
touch -d '2001-01-01' "$young"
since=$(stat -c %Z "$young")
at "$(date -d "@$((since + 1295999))" '+%F %T')" run mailkeep-tmda -c conf
exits 0
silent
ok 'a second before its time it is there' [ -f "$young" ]
at "$(date -d "@$((since + 1296000))" '+%F %T')" run mailkeep-tmda -c conf
exits 0
silent
holds q/pending
holds m/pending/new
holds m/pending/cur

# By the name: what a copy or chown has made young again is old.
rm -rf q
cp -a before/q q
at "$(date -d "@$NOW" '+%F %T')" run mailkeep-tmda -c conf --force \
    -o tmda.q.age=name --queue q
exits 0
silent
gone=$(cd before/q/pending && echo *.1001.msg *.1002.msg)
# shellcheck disable=SC2086	# words
want q pending/${gone% *} pending/${gone#* }
done_testing
