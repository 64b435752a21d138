# Two runs at once: the second says so in one line and touches nothing, however
# it was called; the first rotates once.  Of many at once no generation moves
# twice for one that said it did its work.
. tests/e2e/lib.sh

root=
[ "$(id -u)" = 0 ] || root=-r
mkdir log
echo one >log/main
echo two >log/other
# A command that waits: the first has its lock until then.
cat >waits <<END
#!/bin/sh
: >$PWD/began
until [ -e $PWD/go ]; do
	sleep 0.05
done
END
chmod 755 waits
cat >newsyslog.conf <<END
$PWD/log/main	600 999 * * ZNB
$PWD/log/other	600 999 * * RB $PWD/waits
END
cat >conf <<END
rotate { file = {"$PWD/newsyslog.conf"} dialect = "freebsd" }
END

# shellcheck disable=SC2086	# none or one
start mailkeep-rotate -c conf $root -F
until [ -e began ]; do
	kill -0 "$PID" 2>/dev/null || break
	sleep 0.05
done
snapshot log >before
for arguments in '' -F '-R tag' --force '-C -N'; do
	set -- "$PWD/log/main"
	[ "$arguments" = '-R tag' ] || set --
	# shellcheck disable=SC2086	# words
	run mailkeep-rotate -c conf $root $arguments "$@"
	exits 75
	one_line
	says "mailkeep-rotate\.lock.*: held by process $PID"
	same_tree before log
done
# shellcheck disable=SC2086	# none or one
run mailkeep-rotate -c conf $root -n -F
exits 0
same_tree before log
: >go
finish
exits 0
silent
holds log main main.0.gz other other.0
is "$(gzip -dc log/main.0.gz; cat log/other.0)" 'one
two' 'rotated once'

# Many: as many generations as there were runs that did it.
printf '%s/log/main 600 999 * * ZNB\n' "$PWD" >newsyslog.conf
again()
{
	_i=0
	while [ $_i -lt 25 ]; do
		(
			# shellcheck disable=SC2086	# none or one
			run mailkeep-rotate -c conf $root -F
			echo $STATUS >>"ended$1"
			cat "$ERR" >>"said$1"
		)
		_i=$((_i + 1))
	done
}
pids=
for i in 1 2 3; do
	(
		OUT=$SCRATCH/out$i ERR=$SCRATCH/err$i
		again $i
	) &
	reap $!
	pids="$pids $!"
done
# shellcheck disable=SC2086	# words
wait $pids
is "$(cat ended? | sort -u | tr '\n' ' ' | sed 's/75 $//')" '0 ' \
    'each ends with 0 or 75'
ok 'all that is said is who has the lock' \
    not grep -Ev 'mailkeep-rotate\.lock.*: (held by|the file is)' said?
is "$(find log -name 'main.*.gz' | wc -l)" \
    $(($(cat ended? | grep -c '^0') + 1)) \
    'as many generations as runs that did it'
is "$(gzip -dc log/main.*.gz)" one 'no line is lost'
is "$(find log -name '.*' -type f)" '' 'nothing lies about'
diag "$(cat ended? | sort | uniq -c | tr '\n' ';')"
done_testing
