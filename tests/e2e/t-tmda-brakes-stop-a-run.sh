# The brake: a section in which more messages would go than a part and a number
# is left alone, the others are done; a clock far from the last run's stops all;
# -n says so, --force goes on; records of replies do not count.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

queue big <<-'END'
	fill 60 20
	fill 40 1
	respond 15 r@example.net
END
queue small <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
	fill 9 1
END
queue replies <<-'END'
	hold 1 a@example.net alice@example.test
END
python3 - "$((NOW - 20 * 86400))" <<-'END'
	import os, sys
	when = int(sys.argv[1])
	for i in range(50):
	    path = "replies/responses/%d.%d.a@example.net" % (when, i)
	    open(path, "x").close()
	    os.utime(path, (when, when))
END
cat >conf <<-'END'
	safety { max-percent = "50%" min-messages = 59 clock-slack = "30d" }
	tmda "big" { dir = "big" }
	tmda "small" { dir = "small" }
	tmda "replies" { dir = "replies" }
END
fresh()
{
	rm -rf "${STATE:?}"/*
	for d in big small replies; do
		[ -d before/$d ] || keep $d
		rm -rf $d
		cp -a before/$d $d
	done
}
fresh
clock run mailkeep-tmda -c conf
exits 75
one_line
says 'brake: 60 of 100 watched messages \(60'
says '\-\-force'
want big
want small pending/1159377144.1.msg
holds replies/responses
clock run mailkeep-tmda -c conf
exits 75
want big
clock run mailkeep-tmda -c conf -n
exits 0
one_line
says 'a run without -n would stop here: brake: 60 of 100'
is "$(grep -c 'big/pending' "$OUT")" 60 '-n goes on'
want big
# Not more than so many, not more than such a part: no brake.
for option in safety.min-messages=60 safety.max-percent=60%; do
	fresh
	clock run mailkeep-tmda -c conf -o $option
	exits 0
	silent
	is "$(find big/pending -name '*.msg' | wc -l)" 40 "$option: they went"
done
fresh
clock run mailkeep-tmda -c conf --force
exits 0
silent
is "$(find big/pending -name '*.msg' | wc -l)" 40 '--force: they went'
# By default a thousand are no matter.
fresh
sed '/^safety/d' conf >conf.default
clock run mailkeep-tmda -c conf.default
exits 0
silent
is "$(find big/pending -name '*.msg' | wc -l)" 40 'they went'
# What is rescued does not go, so it does not count.
fresh
echo spam@example.net >big/lists/confirmed
clock run mailkeep-tmda -c conf
exits 0
says '60 due messages in big are kept'
is "$(find big/pending -name '*.msg' | wc -l)" 100 'they stay'

# The clock.
fresh
sed 's/min-messages = 59/min-messages = 1000/' conf >conf.clock
sed -i 's/dir = "big"/& pending-lifetime = "3650d" responses-lifetime = "3650d"/;
    s/dir = "replies"/& responses-lifetime = "3650d"/' conf.clock
clock -2592000 run mailkeep-tmda -c conf.clock --queue replies
exits 0
is "$(ls "$STATE")" history.jsonl 'a part of a run tells no time'
clock run mailkeep-tmda -c conf.clock
exits 0
rm "$STATE/history.jsonl"
cp -a "$STATE" state
keep small
for later in 2592001 31536000 -2592001; do
	clock $later run mailkeep-tmda -c conf.clock
	exits 75
	one_line
	says 'clock: it says [0-9-]+ [0-9:]+ UTC, .* the last run at .*--force'
	want big
	want small
	want replies
	is "$(grep -c '"status":75,"note":"clock: ' "$STATE/history.jsonl")" \
	    1 'the history tells of it'
	rm "$STATE/history.jsonl"
	same_tree state "$STATE"
done
clock 31536000 run mailkeep-tmda -c conf.clock --older-than 1d small
exits 75
want small
clock 31536000 run mailkeep-tmda -c conf.clock -n
exits 0
says 'a run without -n would stop here: clock: '
prints 'small/pending'
clock 2592000 run mailkeep-tmda -c conf.clock
exits 0
silent
is "$(find small/pending -type f)" '' 'within the slack they go'
clock 31536000 run mailkeep-tmda -c conf.clock --force
exits 0
clock 31536000 run mailkeep-tmda -c conf.clock
exits 0
silent
at '@1990-01-01 00:00:00' run mailkeep-tmda -c conf.clock
exits 75
rm -rf "${STATE:?}"/*
at '@1990-01-01 00:00:00' run mailkeep-tmda -c conf.clock
exits 75
is "$(ls "$STATE")" history.jsonl 'there is no such time'
want big
done_testing
