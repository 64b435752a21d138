# max-total and min-free remove rotated files, the oldest of all their logs
# first, until they are met; one stays of each log, the logs stay, and what a
# process still writes to; -n shows which; what cannot be met is said.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
logs=$PWD/logs
# generation NAME DAYS: of 8 KiB, that can't be compressed
generation()
{
	head -c 8192 /dev/urandom >"$1"
	touch -d "$2 days ago" "$1"
}
# again DIR
again()
{
	rm -rf "${1:?}"/* "${STATE:?}"/*
	mkdir -p "$1"
	for i in 0 1 2 3; do
		generation "$1/a.$i.gz" $((2 * i + 1))
		generation "$1/b.$i.gz" $((2 * i + 2))
		generation "$1/c.$i.gz" $((i + 100))
	done
	generation "$1/a" 0
	generation "$1/b" 0
	generation "$1/c" 0
	generation "$1/a.old" 400
	generation "$1/a.99.gz" 500
}
for log in a b c; do
	echo "$logs/$log 640 4 * * ZN"
done >conf
cat >mailkeep.conf <<-END
	rotate {
		log "ab" { match = {"$logs/a", "$logs/b"}  max-total = "40KiB" }
	}
END
rotate()
{
	run mailkeep-rotate $r -c mailkeep.conf -f conf "$@"
}
again logs
rm logs/a.99.gz
snapshot logs >before
rotate -n
exits 0
is "$(grep '	' "$OUT")" "	rm -f $logs/b.3.gz
	rm -f $logs/a.3.gz
	rm -f $logs/b.2.gz" '-n shows the oldest'
same_tree before logs
rotate
exits 0
silent
holds logs a a.0.gz a.1.gz a.2.gz a.old b b.0.gz b.1.gz c c.0.gz c.1.gz \
    c.2.gz c.3.gz
rotate
exits 0
silent
holds logs a a.0.gz a.1.gz a.2.gz a.old b b.0.gz b.1.gz c c.0.gz c.1.gz \
    c.2.gz c.3.gz
# After a rotation, in the same run.
rotate -F
exits 0
silent
ok 'within 40 KiB' test "$(du -k logs/a.?.gz logs/b.?.gz |
    awk '{ n += $1 } END { print n }')" -le 40
ok 'and not by more than that' test "$(printf '%s\n' logs/[ab].?.gz |
    wc -l)" -ge 3
ok 'the new ones are there' test -f logs/a.0.gz -a -f logs/b.0.gz
# One of each stays, and its log, however small the budget.
again logs
rotate -o rotate.log.ab.max-total=1KiB
exits 0
silent
holds logs a a.0.gz a.old b b.0.gz c c.0.gz c.1.gz c.2.gz c.3.gz \
    a.99.gz	# which is somebody's
# A log that is not rotated in this run, and a second section.
again logs
cat >mailkeep.conf <<-END
	rotate {
		log "c" { match = {"$logs/c"}  max-total = "24KiB" }
		log "all" { match = {"$logs/?"}  max-total = "1000KiB" }
	}
END
rotate -F "$logs/c"
exits 0
silent
is "$(printf '%s ' logs/c.?.gz)" 'logs/c.0.gz logs/c.1.gz ' 'c alone'
is "$(printf '%s\n' logs/[ab].?.gz | wc -l)" 8 'and none of the others'
rotate --json
ok 'a report' python3 -m json.tool "$OUT" /dev/null

# What is still written to stays, though it is the oldest.
again logs
rm logs/a.99.gz
echo "$logs/a 640 4 * * N" >plain
mv logs/a.3.gz logs/a.3
exec 7>>logs/a.3
touch -d '50 days ago' logs/a.3
run mailkeep-rotate $r -c mailkeep.conf -f plain \
    -o rotate.log.all.max-total=17KiB
exits 0
silent
exec 7>&-
holds logs a a.0.gz a.3 a.old b b.0.gz b.1.gz b.2.gz b.3.gz c c.0.gz c.1.gz \
    c.2.gz c.3.gz
run mailkeep-rotate $r -c mailkeep.conf -f plain \
    -o rotate.log.all.max-total=9KiB
holds logs a a.0.gz a.old b b.0.gz b.1.gz b.2.gz b.3.gz c c.0.gz c.1.gz \
    c.2.gz c.3.gz

# min-free, on a disk of its own; 12 + 5 files of 8 KiB on 200 KiB.
if small_disk disk 200k; then
	again disk
	rm disk/a.99.gz
	for log in a b c; do
		echo "$PWD/disk/$log 640 4 * * ZN"
	done >conf
	free=$(($(stat -f -c '%a * %S' disk) / 1024))
	cat >mailkeep.conf <<-END
		rotate { log "disk" {
			match = {"$PWD/disk/*"}
			min-free = "$((free + 23))KiB"
		} }
	END
	rotate -n
	is "$(grep '	' "$OUT")" "	rm -f $PWD/disk/c.3.gz
	rm -f $PWD/disk/c.2.gz
	rm -f $PWD/disk/c.1.gz" '-n shows the oldest'
	rotate
	exits 0
	silent
	holds disk a a.0.gz a.1.gz a.2.gz a.3.gz a.old b b.0.gz b.1.gz b.2.gz \
	    b.3.gz c c.0.gz
	ok 'so much is free' test $((free + 23)) -le \
	    $(($(stat -f -c '%a * %S' disk) / 1024))
	rotate -o rotate.log.disk.min-free=10MiB
	exits 75
	one_line
	says 'rotate log "disk": .*/disk: min-free wants 10\.0 MiB.*, and no rotat'
	holds disk a a.0.gz a.old b b.0.gz c c.0.gz
else
	skip 'cannot mount a small disk' 9
fi
done_testing
