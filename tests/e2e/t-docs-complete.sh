# The manual says all of it: every option of --help stands in the page, with
# its argument, and no other; every exit status that the sources can give is
# explained in both pages and in --help; the pages lint clean.
. tests/e2e/lib.sh

PAGE=$TOP/man/mailkeep-expire.8

# "-c, --config FILE" as "c config FILE"; "--list" as "- list ".
run mailkeep-expire --help
exits 0
sed -n 's/^  \(-[a-z],\|   \) --\([a-z0-9-]*\) *\([A-Z=]*\)  *.*/\1 \2 \3/p' \
    "$OUT" | sed -e 's/^-\(.\),/\1/' -e 's/^    */- /' | sort >helped
sed -n -e 's/^\.It Fl -\([a-z0-9-]*\)\( Ar \(.*\)\)*$/- \1 \3/p' \
    -e 's/^\.It Fl \([a-z]\) , Fl -\([a-z0-9-]*\)\( Ar \(.*\)\)*$/\1 \2 \4/p' \
    "$PAGE" | sed 's/ Ns = Ns Ar /=/' | sort >written
ok 'there are options' test "$(wc -l <helped)" -ge 20
ok '--help and mailkeep-expire(8) have the same options' diff helped written

# The statuses: names in the sources, numbers in the texts.
grep -ho 'EX_[A-Z]*' "$TOP"/bin/*.c "$TOP"/lib/base/*.c "$TOP"/lib/mail/*.c \
    "$TOP"/lib/expire/*.c | sort -u >names
awk 'NR == FNR { if ($1 == "#define" && $2 ~ /^EX_/) n[$2] = $3; next }
	$1 in n { print n[$1] }' /usr/include/sysexits.h names | sort -n >numbers
ok 'there are statuses' test "$(wc -l <numbers)" -ge 9
for page in mailkeep-expire.8 mailkeep.7; do
	sed -n '/^\.Sh EXIT STATUS/,/^\.Sh [^E]/s/^\.It \([0-9]*\)$/\1/p' \
	    "$TOP/man/$page" >explained
	ok "$page explains every exit status" diff numbers explained
done
run mailkeep-expire --help
sed -n '/^Exit status/,/^$/p' "$OUT" | grep -Eo '(^| )[0-9]+ ' |
    tr -d ' ' | sort -n >explained
ok '--help explains every exit status' diff numbers explained

# One meaning in both pages is one list; the name section is what --help says.
run mailkeep-expire --help
prints "^$(sed -n 's/^\.Nd //p' "$PAGE")\$"
ok 'bin/mailkeep-expire.c opens with the same line' grep -qF \
    "/* mailkeep-expire - $(sed -n 's/^\.Nd //p' "$PAGE"). */" \
    "$TOP/bin/mailkeep-expire.c"

# The order of sections, and the first example.
is "$(sed -n 's/^\.Sh //p' "$PAGE" | tr '\n' ' ')" "NAME SYNOPSIS DESCRIPTION\
 FILES EXIT STATUS EXAMPLES DIAGNOSTICS SEE ALSO CAVEATS " \
    "mailkeep-expire(8): mdoc's order"
is "$(sed -n '/^\.Sh EXAMPLES/,$s/^\.Dl \$ //p' "$PAGE" | head -n 1)" \
    'mailkeep-expire -n' 'the first example is the -n run'

if command -v mandoc >/dev/null; then
	for page in "$TOP"/man/*.[578]; do
		run mandoc -T lint -W warning "$page"
		exits 0
	done
else
	skip 'there is no mandoc' 3
fi
done_testing
