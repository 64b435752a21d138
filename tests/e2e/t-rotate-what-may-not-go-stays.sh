# What a rotation would lose stays, and a line says why: a log that is called
# as a rotated file of another one, a rotated file that a process still writes
# to, what is no file and stands where one is to go, and what was rotated beside
# a log that has an archive on another file system.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
again()
{
	rm -rf log
	rm -f "$STATE"/*
	mkdir log
}

# Two logs, one called as the other's generation: neither is touched, the
# others are; a budget does not reach them either.
again
printf '%s\n' "$PWD/log/a 644 2 * * ZN" "$PWD/log/a.1 644 2 * * ZN" \
    "$PWD/log/b 644 2 * * N" >conf
for i in a a.0 a.1 a.1.0 b; do
	echo "line of $i" >log/$i
done
cp -a log before
cat >mailkeep <<-END
	rotate {
		log "all" {
			match = {"$PWD/log/*"}
			max-total = "0B"
		}
	}
END
for i in 1 2; do
	run mailkeep-rotate $r -c mailkeep -f conf -F
	exits 78
	one_line
	says "conf:2: $PWD/log/a\.1 has the name of a rotated file of \
$PWD/log/a \(conf:1\), so neither is rotated"
	for j in a a.0 a.1 a.1.0; do
		ok "$j is as it was" cmp -s before/$j log/$j
	done
done
holds log a a.0 a.1 a.1.0 b b.0

# A process that never lets go of its file: that stays, and so does the log,
# until it does; nothing is changed meanwhile.
again
echo "$PWD/log/a 644 1 * * N" >conf
echo first >log/a
exec 7>>log/a
run mailkeep-rotate $r -f conf -F
exits 0
echo second >&7
cp -a log before2
for i in 1 2; do
	run mailkeep-rotate $r -f conf -F
	exits 75
	one_line
	says "$PWD/log/a\.0: would go, and a process writes to it still"
done
same_tree before2 log
echo third >&7
is "$(grep -v 'turned over' log/a.0 | tr '\n' ' ')" 'first second third ' \
    'nothing is lost'
exec 7>&-
run mailkeep-rotate $r -f conf
exits 0
holds log a a.0
ok 'it went when it was let go' not grep -q first log/a.0

# What is no file, in the way: nothing is done, by no run.
for i in 0 1; do
	again
	echo "$PWD/log/a 644 3 * * N" >conf
	echo first >log/a
	[ $i = 0 ] || echo zero >log/a.0
	mkdir log/a.$i
	rm -rf before3
	cp -a log before3
	for j in 1 2; do
		run mailkeep-rotate $r -f conf -F
		exits 65
		one_line
		says "$PWD/log/a\.$i: stands where .* is to go, and is no"
	done
	same_tree before3 log
	rmdir log/a.$i
	run mailkeep-rotate $r -f conf -F
	exits 0
	silent
	is "$(grep -c first log/a.0)" 1 'and then it is done'
done

# Killed between link and rename in a run with -t, and this one is without.
again
echo first >log/a
ln log/a log/a.20261123T000000
run mailkeep-rotate $r -f conf -F
exits 0
silent
holds log a a.20261123T000000
is "$(cat log/a.20261123T000000)" first 'what it has'
# Any other name: it says which.
again
echo first >log/a
ln log/a log/a.mine
run mailkeep-rotate $r -f conf -F
exits 65
one_line
says "log/a: has another name, $PWD/log/a\.mine, which is no rotated file of it"
rm log/a.mine
run mailkeep-rotate $r -f conf -F
exits 0
holds log a a.0

# With the archive, without it, and with it again: one run makes room, the next
# one rotates.
if small_disk other 300k; then
	again
	echo "$PWD/log/a 644 9 * * N" >conf
	a="-a $PWD/other" n=0
	for arg in "$a" '' "$a" "$a"; do
		n=$((n + 1))
		echo "line $n" >>log/a
		# shellcheck disable=SC2086	# none, or two
		run mailkeep-rotate $r -f conf -F $arg
		if [ $n = 3 ]; then
			exits 75
			one_line
			says 'log/a: waits for a\.0, which is to be moved'
		else
			exits 0
			silent
		fi
	done
	holds log a
	is "$(cat other/a.2 other/a.1 other/a.0 | sed -n 's/^line //p' |
	    tr '\n' ' ')" '1 2 3 4 ' 'all lines are in the archive'
else
	skip 'cannot mount a small disk' 12
fi
done_testing
