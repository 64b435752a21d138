# Two runs at once: one works, the other says so in a line.  Two hosts on one
# store, each with a lock of its own: every message is moved once, by one of
# them, and Junk is made once.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"

cat >conf <<'END'
mail-root = "home"
threads = 2
spamscan { trust "mx.example.test" { } }
END
scored -t 3h home/example.test/alice/new/1.M1P1.mx 9.0
snapshot home >before
exec 9>"$LOCK/mailkeep-spamscan.lock"	# as another run has it
flock 9
run mailkeep-spamscan -c conf
exits 75
one_line
same_tree before home
run mailkeep-spamscan -c conf -n
exits 0
prints 'new/1.M1P1.mx'
exec 9>&-
run mailkeep-spamscan -c conf
exits 0
silent
holds home/example.test/alice/.Junk/new 1.M1P1.mx

# The two hosts, over and over, a tree of its own each time
scored -t 3h template/new/1.M1P1.mx 9.0
rounds=12
[ "${MK_SLOW-}" = 1 ] && rounds=200
python3 - $rounds >list <<'END'
import os, shutil, sys
text = open("template/new/1.M1P1.mx").read()
for r in range(int(sys.argv[1])):
    for box in ("a", "b", "c"):
        for sub in ("new", "cur", "tmp"):
            os.makedirs("trees/%d/%s/%s" % (r, box, sub))
        for i in range(60):
            path = "trees/%d/%s/%s/%d.M%dP1.mx" % (
                r, box, "new" if i % 2 else "cur", i, i)
            with open(path + ("" if i % 2 else ":2,S"), "w") as f:
                f.write(text.replace("Subject: ", "Subject: %s.%d" % (box, i)))
            print("%s.%d" % (box, i))
END
head -n 180 list | sort >all
for host in 1 2; do
	mkdir lock.$host state.$host
done
wrong=0 lost=0 twice=0 left=0 held=0
round=0
while [ $round -lt $rounds ]; do
	start mailkeep-spamscan -c conf -o mail-root=trees/$round \
	    -o lock-dir=lock.1 -o state-dir=state.1
	run mailkeep-spamscan -c conf -o mail-root=trees/$round \
	    -o lock-dir=lock.2 -o state-dir=state.2
	second=$STATUS
	cat "$ERR" >said
	finish
	cat "$ERR" >>said
	for status in $second $STATUS; do
		case $status in
		0)	;;
		75)	held=$((held + 1)) ;;
		*)	wrong=$((wrong + 1)); diag "status $status" ;;
		esac
	done
	grep -v 'held by another process' said >&2 && wrong=$((wrong + 1))
	run mailkeep-spamscan -c conf -o mail-root=trees/$round
	if [ "$STATUS" != 0 ] || [ -s "$ERR" ]; then
		wrong=$((wrong + 1))
		sed 's/^/# /' "$ERR" >&2
	fi
	find trees/$round -type f ! -name 'mailkeep.*' -exec \
	    sed -n 's/^Subject: \([abc]\.[0-9]*\)Mess.*/\1/p' {} + |
	    sort >found
	[ "$(sort -u found | comm -13 - all)" = '' ] || lost=$((lost + 1))
	[ "$(uniq -d found)" = '' ] || twice=$((twice + 1))
	[ "$(find trees/$round/[abc]/cur trees/$round/[abc]/new \
	    trees/$round/[abc]/tmp -mindepth 1)" = '' ] ||
	    left=$((left + 1))
	[ "$(find trees/$round -mindepth 3 -maxdepth 3 -type d | wc -l)" = \
	    9 ] || wrong=$((wrong + 1))
	round=$((round + 1))
done
is $wrong 0 'no run says but that the other has a folder'
is "$lost $twice $left" '0 0 0' 'none is lost, none doubled, none left'
diag "$rounds rounds, $held times one met the other"
done_testing
