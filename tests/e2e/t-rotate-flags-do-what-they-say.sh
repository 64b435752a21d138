# Flags: each compressed file is read by the program whose it is, and is what
# was rotated; B, C, D, E, G, N, P and p, also "0"; a pattern matches none of
# its own archives, however often it is asked.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
logs=$PWD/logs
mkdir logs
rotate()
{
	run mailkeep-rotate $r -o rotate.dialect=freebsd -f conf "$@"
}

# Four programs read what was compressed: text, noise, and nothing.
cat >conf <<-END
	$logs/j 640 3 * * JBN
	$logs/x 640 3 * * XBN
	$logs/y 640 3 * * YBN
	$logs/z 640 3 * * ZBN
	$logs/n 640 3 * * BN
END
for i in 1 2 3; do
	for log in j x y z n; do
		case $i in
		1)	seq 1 200000 ;;
		2)	head -c 300000 /dev/urandom ;;
		3)	: ;;
		esac >logs/$log
		cp logs/$log $log.$i
	done
	rotate -F
	exits 0
	silent
done
holds logs j j.0.bz2 j.1.bz2 j.2.bz2 x x.0.xz x.1.xz x.2.xz \
    y y.0.zst y.1.zst y.2.zst z z.0.gz z.1.gz z.2.gz n n.0 n.1 n.2
# reads PROGRAM LOG SUFFIX
reads()
{
	if ! command -v "$1" >/dev/null; then
		skip "needs $1" 6
		return
	fi
	for _i in 0 1 2; do
		ok "$1 finds logs/$2.$_i.$3 whole" \
		    "$1" -qt "logs/$2.$_i.$3"
		ok 'and in it what was rotated' sh -c '
			"$1" -dc "$2" | cmp -s - "$3"' - \
		    "$1" "logs/$2.$_i.$3" "$2.$((3 - _i))"
	done
}
reads bzip2 j bz2
reads xz x xz
reads zstd y zst
reads gzip z gz
for i in 0 1 2; do
	ok "plain n.$i" cmp -s logs/n.$i n.$((3 - i))
done
is "$(find logs -name '?' -size +0)" '' 'B: no notice in the new logs'

# P and p: the newest stays plain, and is compressed by the next rotation.
rm -rf logs/*
cat >conf <<-END
	$logs/P 640 3 * * PZN
	$logs/p 640 3 * * pzn
	$logs/E 640 3 * * EN
	$logs/e 640 3 * * -N
	$logs/D 640 3 * * DN
	$logs/C 644 3 * * CN
	$logs/c 644 3 * * N
END
for i in 1 2 3; do
	echo "round $i" >>logs/P
	echo "round $i" >>logs/p
	echo "round $i" >>logs/D
	: >logs/E
	: >logs/e
	rotate -F
	exits 0
	silent
done
holds logs P P.0 P.1.gz P.2.gz p p.0 p.1.gz p.2.gz E e e.0 e.1 e.2 D D.0 D.1 D.2
is "$(grep round logs/P.0; gzip -dc logs/P.1.gz | grep round)" "round 3
round 2" 'in their order'
echo something >logs/E
rotate -F
ok 'E: no longer empty' test -f logs/E.0
rotate -C
exits 0
holds logs P P.0 P.1.gz P.2.gz p p.0 p.1.gz p.2.gz E E.0 e e.0 e.1 e.2 D \
    D.0 D.1 D.2 C
case $(lsattr -d logs/D 2>/dev/null) in
*d*logs/D)	pass 'D: marked' ;;
*)	skip 'no such mark on this file system' ;;
esac

# C of NetBSD makes the log; "0" is its P.
rm -rf logs/*
cat >conf <<-END
	$logs/C 604 3 * * CN
	$logs/c 644 3 * * N
	$logs/zero 644 3 * * 0ZN
END
echo line >logs/zero
run mailkeep-rotate $r -f conf -F
exits 0
silent
holds logs C zero zero.0
is "$(stat -c %a logs/C)" 604 'its mode'

# G: what it matches, but nothing that was rotated.
rm -rf logs
mkdir -p logs/sub
for log in a.log b.log 'log' mail.2026 x.gz .hidden sub/c.log; do
	echo first >"logs/$log"
done
ln -s a.log logs/link.log
mkfifo logs/fifo.log
mkdir logs/dir.log
cat >conf <<-END
	$logs/* 640 3 * * GZNB
	$logs/*/*.log 640 3 * * GJNB
	$logs/b.log 600 1 * * NB
END
for i in 1 2 3 4 5; do
	rotate -F
	exits 0
	silent
	for log in a.log b.log log mail.2026 sub/c.log; do
		echo "after $i" >>"logs/$log"
	done
done
holds logs a.log a.log.0.gz a.log.1.gz a.log.2.gz b.log b.log.0 \
    log log.0.gz log.1.gz log.2.gz mail.2026 mail.2026.0.gz mail.2026.1.gz \
    mail.2026.2.gz x.gz .hidden link.log fifo.log
holds logs/sub c.log c.log.0.bz2 c.log.1.bz2 c.log.2.bz2
is "$(for i in 2 1 0; do gzip -dc logs/a.log.$i.gz; done)" "after 2
after 3
after 4" 'and each line once'
is "$(cat logs/b.log.0)" 'after 4' 'a line that names a log goes before'
is "$(stat -c '%a %h' logs/b.log logs/a.log | tr '\n' ' ')" '600 1 640 1 ' \
    'and has its mode'
is "$(cat logs/.hidden)" first '.hidden is not matched by *'
done_testing
