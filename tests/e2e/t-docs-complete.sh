# The manual says all of it: every option of a program's --help stands in its
# page, with its argument, and no other; every exit status that its sources can
# give is explained in its page and in --help, and those of all programs in
# mailkeep(7); every page names its neighbours; the pages lint clean.
. tests/e2e/lib.sh

# The exit statuses that the files $@ name, as numbers; words.c has words for
# those of other programs.
numbers_in()
{
	grep -o 'EX_[A-Z]*' "$@" /dev/null | grep -v '/words\.c:' |
	    sed 's/.*://' | sort -u >names
	awk 'NR == FNR { if ($1 == "#define" && $2 ~ /^EX_/) n[$2] = $3; next }
		$1 in n { print n[$1] }' /usr/include/sysexits.h names |
	    sort -n
}

# Those that the page $1 explains.
explained_in()
{
	sed -n '/^\.Sh EXIT STATUS/,/^\.Sh [^E]/s/^\.It \([0-9]*\)$/\1/p' "$1"
}

programs=0
: >all-numbers
for main in "$TOP"/bin/mailkeep-*.c; do
	program=${main##*/}
	program=${program%.c}
	engine=$TOP/lib/${program#mailkeep-}
	page=$TOP/man/$program.8
	programs=$((programs + 1))
	ok "$program has a page" test -f "$page" || continue
	ok "$program has an engine" test -d "$engine"

	# "-c, --config FILE" as "c config FILE"; "--list" as "- list ".
	run "$program" --help
	exits 0
	cp "$OUT" help
	sed -n 's/^  \(-[A-Za-z],\|   \) --\([a-z0-9-]*\) *\([A-Z=]*\)  *.*/\1 \2 \3/p' \
	    help | sed -e 's/^-\(.\),/\1/' -e 's/^    */- /' | sort >helped
	sed -n -e 's/^\.It Fl -\([a-z0-9-]*\)\( Ar \(.*\)\)*$/- \1 \3/p' \
	    -e 's/^\.It Fl \([A-Za-z]\) , Fl -\([a-z0-9-]*\)\( Ar \(.*\)\)*$/\1 \2 \4/p' \
	    "$page" | sed 's/ Ns = Ns Ar /=/' | sort >written
	ok "$program: there are options ($(wc -l <helped))" \
	    test "$(wc -l <helped)" -ge 15
	is "$(wc -l <helped)" "$(grep -c '^  \(-., \|    \)--' help)" \
	    "$program: each line of --help is understood here"
	ok "--help and $program(8) have the same options" diff helped written

	# The ways to call it, which in the page may say more.
	sed -n '/^usage:/,/^$/p' help | grep -o ' --[a-z-]*' |
	    sort -u >helped
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' "$page" |
	    sed -n 's/^\.\(Op \)*Fl -\([a-z-]*\).*/ --\2/p' |
	    sort -u >written
	is "$(comm -23 helped written)" '' \
	    "$program(8): its synopsis has the options of --help's"

	# The statuses: names in the sources, numbers in the texts.
	numbers_in "$main" "$TOP"/lib/base/*.c "$TOP"/lib/mail/*.c \
	    "$engine"/*.c >numbers
	cat numbers >>all-numbers
	ok "$program: there are statuses ($(wc -l <numbers))" \
	    test "$(wc -l <numbers)" -ge 9
	explained_in "$page" >explained
	ok "$program(8) explains every exit status" diff numbers explained
	sed -n '/^Exit status/,/^$/p' help | grep -Eo '(^| )[0-9]+ ' |
	    tr -d ' ' | sort -n >explained
	ok "$program --help explains every exit status" diff numbers explained

	# The name section is what --help and the source say.
	purpose=$(sed -n 's/^\.Nd //p' "$page")
	ok "$program --help says what the page does" \
	    grep -qxF "$purpose" help
	ok "bin/$program.c opens with the same line" \
	    grep -qxF "/* $program - $purpose. */" "$main"

	# The order of sections, and the first example.
	is "$(sed -n 's/^\.Sh //p' "$page" | tr '\n' ' ')" "NAME SYNOPSIS\
 DESCRIPTION FILES EXIT STATUS EXAMPLES DIAGNOSTICS SEE ALSO CAVEATS " \
	    "$program(8): mdoc's order"
	is "$(sed -n '/^\.Sh EXAMPLES/,$s/^\.Dl \$ //p' "$page" |
	    head -n 1)" "$program -n" "$program(8): the first example is -n"

	# Who reads one page finds the others.
	for other in mailkeep.7 mailkeep.conf.5; do
		ok "$other leads to $program(8)" grep -q \
		    "^\.Xr $program 8" "$TOP/man/$other"
		ok "$program(8) leads to $other" grep -q \
		    "^\.Xr ${other%.*} ${other##*.}" "$page"
	done
done
ok "there are programs ($programs)" test "$programs" -ge 5

sort -nu all-numbers >numbers
explained_in "$TOP/man/mailkeep.7" >explained
ok 'mailkeep(7) explains every exit status' diff numbers explained

if command -v mandoc >/dev/null; then
	for page in "$TOP"/man/*.[578]; do
		run mandoc -T lint -W warning "$page"
		exits 0
	done
else
	skip 'there is no mandoc' 10
fi
done_testing
