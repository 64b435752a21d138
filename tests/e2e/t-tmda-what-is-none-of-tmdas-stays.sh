# What is due goes in both formats of the queue, by the second that its name
# tells, names from 2000000000 on and what TMDA before 1.1.3 left too; all else
# stays, byte for byte: younger ones, caches, directories, links, FIFOs, what
# others have put there, in pending/tmp, lists, logs and the configuration.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

d14=$((NOW - 14 * 86400))		# the second in which they become due
queue old <<END
	hold =$d14.1 a@example.net alice@example.test
	hold =$((d14 + 1)).2 a@example.net alice@example.test
	hold =$((d14 - 1)).3 "" alice@example.test
	hold =0.4 a@example.net alice@example.test
	hold =1159377144.3747 a@example.net alice@example.test
	hold =99999999999.5 a@example.net alice@example.test
	hold -1 a@example.net alice@example.test
	leftover =$d14.11 C
	leftover =$((d14 - 1)).12 R
	leftover =$((d14 + 1)).13 C
	cache
	list confirmed b@example.net
	list whitelist c@example.net
END
host=$(uname -n)
queue new maildir <<END
	hold =$d14.1 a@example.net alice@example.test
	hold =$((d14 + 1)).2 a@example.net alice@example.test
	hold =$((d14 - 2)).3 a@example.net alice@example.test
	hold =$((d14 + 3)).4 a@example.net alice@example.test
	hold =1159383896.419 a@example.net alice@example.test
	hold =1159383896.4198 a@example.net alice@example.test
	read $((d14 - 2)).3
	read $((d14 + 3)).4
END
# Due by their names, and yet not to go.
for q in old new; do
	file $q/logs/incoming 40
	file $q/logs/1159377144.1.msg 40
	file $q/filters/incoming 40
	file $q/1159377144.2.msg 40
	echo 'PENDING_LIFETIME = "1s"' >>$q/config
	mkdir -p "$q/pending/1159377144.20.msg" $q/pending/sub "$q/pending/x y"
	file $q/pending/sub/1159377144.21.msg 40
	ln -s ../config "$q/pending/1159377144.22.msg"
	ln -s nowhere "$q/pending/1159377144.23.msg"
	mkfifo "$q/pending/1159377144.24.msg"
	for name in 1159377144.25.msg.bak 1159377144.26.msg~ 1159377144.msg \
	    .1159377144.27.msg 1159377144.28.msg: -1159377144.29.msg \
	    '1159377144.30 .msg' 1159377144.x.msg 115937714400.31.msg \
	    1159377144.32.MSG notes README 1159377144.33.msg:3,X \
	    "$(printf '1159377144.34.msg\nx')" "$(printf '\351\033[1m')"; do
		file "$q/pending/$name" 40
	done
done
file old/pending/1159377144.35.host 40	# of the other format
for sub in new cur; do
	mkdir new/pending/$sub/1159377144.40."$host"
	ln -s ../../config new/pending/$sub/1159377144.41."$host"
	mkfifo new/pending/$sub/1159377144.42."$host"
	file new/pending/$sub/1159377144.host 40
	file new/pending/$sub/.nfs000001 40
done
file new/pending/tmp/1159377144.43."$host" 40
file new/pending/new/20240101.2.tar.gz 40
# Not of this TMDA directory at all.
file new/pending/.Sent/cur/1159377144.44."$host" 40
keep old
keep new
cat >conf <<-END
	tmda "old" { dir = "old" }
	tmda "new" { dir = "$PWD/new/" rescue = "no" }
END
clock run mailkeep-tmda -c conf -n
exits 0
want old
want new
clock -1 run mailkeep-tmda -c conf
exits 0
silent
want old pending/$((d14 - 1)).3.msg pending/0.4.msg \
    pending/1159377144.3747.msg "pending/$((d14 - 1)).12.msg:3,R"
want new "pending/cur/$((d14 - 2)).3.$host:2,S" \
    "pending/new/1159383896.419.$host" "pending/new/1159383896.4198.$host"
keep old
keep new
clock run mailkeep-tmda -c conf -v
exits 0
want old pending/$d14.1.msg "pending/$d14.11.msg:3,C"
want new "pending/new/$d14.1.$host"
says "removed old/pending/$d14.1.msg: tmda \"old\", 14d old"
for name in 1159377144.20.msg 1159377144.22.msg 1159377144.24.msg \
    1159377144.25.msg.bak 1159377144.32.MSG README sub; do
	for q in old "$PWD/new"; do
		says "$q/pending/$name: is none of TMDA's files, left alone"
	done
done
says "new/pending/cur/1159377144.42.$host: is none of TMDA's files"
says 'xE9.x1B.1m: is none'
never_says 'msgcache|tmpAb3|pending/(new|cur|tmp):'
clock run mailkeep-tmda -c conf --json
is "$(python3 -c 'import json, sys
for q in json.load(sys.stdin)["queues"]:
    print(q["queue"], q["watched"], q["removed"], q["foreign"])' <"$OUT" |
    tr '\n' ' ')" 'old 4 0 22 new 2 0 33 ' 'foreign files are counted'

# In 2033 TMDA's own listing stops to see a maildir's; and times of 11 digits.
queue later maildir <<END
	hold =1999999999.1 a@example.net alice@example.test
	hold =2000000000.2 a@example.net alice@example.test
	hold =2000000001.3 a@example.net alice@example.test
	hold =20000000000.4 a@example.net alice@example.test
	hold =2001209601.5 a@example.net alice@example.test
END
keep later
echo 'tmda "later" { dir = "later" }' >conf
rm -rf "${STATE:?}"/*
at "$(date -d @2001209600 '+%F %T')" run mailkeep-tmda -c conf
exits 0
silent
want later "pending/new/1999999999.1.$host" "pending/new/2000000000.2.$host"
at "$(date -d @2001209601 '+%F %T')" run mailkeep-tmda -c conf
exits 0
want later "pending/new/1999999999.1.$host" \
    "pending/new/2000000000.2.$host" "pending/new/2000000001.3.$host"
done_testing
