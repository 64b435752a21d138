# Names that a pattern finds, as anybody may have made them: with line ends,
# escape sequences, blanks, bytes that are no UTF-8, a "-" in front, or as long
# as can be; each is rotated as any other, or refused in one line with nothing
# lost; what is printed and remembered is escaped.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
# names MODE: make logs/NAME, or read back what was rotated
cat >names.py <<-'END'
	import glob, gzip, os, sys
	n = [b"-rf", b"--help", b"a b", b"a\nb", b"a\tb", b"\x1b[31mred\x1b]0;x\x07",
	    b"caf\xe9", b"\xff\xfe", "gr\u00fc\u00df".encode(), b"a;touch pwned",
	    b"$(touch pwned)", b"`touch pwned`", b"a'b\"c", b"*", b"[a-z]", b"?",
	    b"a\\b", b"%s%n%d", b"{a,b}", b"~", b"#x", b"a\rb", b"x" * 230,
	    "\u202eabc".encode(), b"end\nmailkeep-rotate state 1", b"a\x7f\x80b"]
	d = b"logs/"
	if sys.argv[1] == "make":
	    for i, name in enumerate(n):
	        with open(d + name, "w") as f:
	            f.write("line %d\n" % i)
	else:
	    kept = int(sys.argv[2])
	    have = set(os.listdir(d))
	    for i, name in enumerate(n):
	        got = b""
	        for g in range(kept, -1, -1):
	            p = d + name + b".%d.gz" % g
	            have.discard(p[5:])
	            if os.path.exists(p):
	                got += gzip.open(p).read()
	        have.discard(name)
	        got += open(d + name, "rb").read()
	        want = b"line %d\n" % i
	        if got != want:
	            sys.exit("%r: %r" % (name, got))
	    if have:
	        sys.exit("too many: %r" % have)
END
mkdir logs
python3 names.py make
echo "$PWD/logs/* 640 4 * * GZNB" >conf
rotate()
{
	run mailkeep-rotate $r -f conf -o rotate.dialect=freebsd "$@"
}
unprintable()
{
	ok "$1: nothing that a terminal could act on" python3 -c '
import sys, unicodedata
text = open(sys.argv[1], encoding="utf-8", newline="").read()
bad = [c for c in text if c not in "\n\t" and
    unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
sys.exit(repr(bad) if bad else 0)' "$2"
}
rotate -n -F
exits 0
unprintable '-n' "$OUT"
prints 'logs/a\\nb'
ok 'nothing was changed' python3 names.py read 0
rotate -v -F
exits 0
unprintable '-v' "$OUT"
unprintable '-v' "$ERR"
ok 'all were rotated, each once' python3 names.py read 0
is "$(find logs -name '*.0.gz' -print0 | tr -dc '\0' | wc -c)" 26 'to .0.gz'
for _ in 1 2; do
	rotate -F
	exits 0
	silent
done
ok 'and again, and each line is there once' python3 names.py read 2
rotate -F --json
exits 0
ok 'JSON' python3 -c 'import json, sys
logs = json.load(open(sys.argv[1], errors="surrogateescape"))["logs"]
assert len(logs) == 26' "$OUT"
rotate -F --metrics m.prom
exits 0
is "$(grep -Evc '^# |^mailkeep_[a-z_]+\{.*\} [0-9.]+$' m.prom)" 0 'metrics'
# What was remembered is found again: nothing is new, nothing unreadable.
rotate
exits 0
silent
ok 'no name was a command' not test -e pwned -o -e logs/pwned

# As long as can be: no room for what is made beside it, or for ".0.gz".
for len in 255 254 253 252 250 249 240 238 235; do
	rm -rf logs "${STATE:?}"/*
	mkdir logs
	name=$(head -c $len /dev/zero | tr '\0' x)
	echo 'the line' >"logs/$name"
	echo 'the other' >logs/short
	for _ in 1 2 3; do
		rotate -F
		case $STATUS in
		0)	silent ;;
		*)	one_line
			says 'File name too long|too long' ;;
		esac
	done
	ok "$len bytes: the log is there" test -f "logs/$name"
	is "$(find logs -name 'x*' -exec gzip -dcf {} + | grep -c 'the line')" \
	    1 'and its line, once'
	is "$(gzip -dc logs/short.?.gz | grep -c 'the other')" 1 \
	    'the log beside it was rotated'
	ok 'nothing is left beside it' not test "$(find logs -name '.?*')"
done
done_testing
