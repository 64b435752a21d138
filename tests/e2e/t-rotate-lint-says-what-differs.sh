# --lint says, by file and line, what another dialect would make of a line, on
# standard output; it names what it can't read with status 78; and touches
# nothing, not even the state.
. tests/e2e/lib.sh

u=$(id -un) g=$(id -gn)
logs="$PWD/logs"
file logs/a 40
file logs/b.c 40
cat >conf <<-END
	# nothing to say of this one
	$logs/a 644 3 10 * Z
	$logs/b 644 3 10 168\$D0 ZN
	$logs/c 644 3 10 @T00 CN
	$logs/d 755 3 10 * JN
	$logs/e $u.$g 644 3 * @31T00 - /run/e.pid 30
	$logs/f 644 3 10 * P /run/f.pid HUP
	$logs/g 644 3 10 * N /run/g.pid
	$logs/h 644 3 * \$MLD23 N
	$logs/i 644 3 10 * zJZ
	$logs/j 644 3 10 * ZZ
END
cp -a logs before
run mailkeep-rotate --lint -f conf
exits 0
is "$(cat "$ERR")" '' 'nothing on stderr'
never_prints '^conf:(1|2):'
prints '^conf:3: an interval and a time: either is enough in netbsd, both'
prints '^conf:4: flags CN: openbsd has no C, N'
prints '^conf:4: C makes the log with -C alone in freebsd, always in netbsd'
prints '^conf:4: a size and a time: '
prints '^conf:5: mode 755: freebsd makes it 644'
prints '^conf:5: .*openbsd has no J, N'
prints '^conf:6: "\." in the owner: '
prints '^conf:6: day 31: netbsd refuses'
prints '^conf:6: signal 30 '
prints '^conf:7: signal HUP: freebsd and openbsd name it as in SIGHUP'
prints '^conf:8: /run/g\.pid is not used, because of flag N'
prints '^conf:3: flags ZN: openbsd has no N'
prints '^conf:9: last day: of February in a leap year netbsd takes the 28th'
prints '^conf:10: flags zJZ: several ways to compress; the last one, Z, counts'
never_prints '^conf:11:'

# Two lines for one log, as a run says it.
cat >twice <<-END
	$logs/a 644 3 10 * ZN
	$logs/*.c 644 3 10 * GZN
	$logs/*.c 644 3 10 * GZN
	$logs/a 644 5 10 * ZN
END
run mailkeep-rotate --lint -f twice -o rotate.dialect=freebsd
exits 78
one_line
says "^mailkeep-rotate: twice:4: $logs/a stands in twice:1 already, and is"

# A log that another one's rotated file would be called, too.
cat >pair <<-END
	$logs/a 644 3 10 * ZN
	$logs/a.1 644 3 10 * ZN
END
run mailkeep-rotate --lint -f pair -o rotate.dialect=freebsd
exits 78
one_line
says "pair:2: .*pair:1"

cat >freebsd.conf <<-END
	<compress> zstd			# all
	<include> $PWD/included
	$logs/*.c 644 3 10 * GZTUR /bin/true
	$logs/x 644 3 10 *		# one
	$logs/y 644 3 10 bad
END
echo "$logs/z 644 3 10 * ZE" >included
run mailkeep-rotate --lint -f freebsd.conf -o rotate.dialect=freebsd
exits 78
one_line
says '^mailkeep-rotate: freebsd\.conf:5: '
prints '^freebsd\.conf:1: netbsd and openbsd have no <compress>'
prints '^freebsd\.conf:2: netbsd and openbsd have no <include>'
prints '^freebsd\.conf:3: flags GZTUR: netbsd has no G, T, U, R; openbsd has'
prints '^freebsd\.conf:4: netbsd and openbsd have no comments behind a line'
prints '^freebsd\.conf:4: no flags: netbsd refuses the line; write "-"'
prints "^$PWD/included:1: flags ZE: netbsd has no E; openbsd has no E"

cat >openbsd.conf <<-END
	$logs/a 644 3 10 * "pkill -USR1 a"
	$logs/b 644 3 10 * M root
	$logs/c 644 3 10 * F
END
run mailkeep-rotate --lint -f openbsd.conf -o rotate.dialect=openbsd
exits 78
one_line
says 'openbsd\.conf:3: flag F: links are not followed; name the file'
prints '^openbsd\.conf:1: netbsd and freebsd have no command in quotes'
prints '^openbsd\.conf:2: flag M: nothing is mailed to root here'
same_tree before logs
is "$(ls -A "$STATE")" '' 'no state'
# Anybody may ask.
if [ "$(id -u)" = 0 ]; then
	chmod 700 "$STATE"
	as nobody run mailkeep-rotate --lint -f conf
	exits 0
else
	skip 'needs root'
fi
done_testing
