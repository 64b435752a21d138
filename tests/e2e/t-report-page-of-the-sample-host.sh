# The page of a host as it is, made by mailkeep-report: Chromium finds nothing
# amiss in it, and it says what find(1) counts.
. tests/e2e/lib.sh
command -v chromium >/dev/null || skip_all 'chromium is not installed'
[ -x "$B/bin/mailkeep-report" ] || skip_all 'mailkeep-report is not built'
TZ=UTC
export TZ
sh "$TOP/tests/sample-host.sh" host >/dev/null || _die 'no sample host'
cd host || exit 1
run mailkeep-report -c mailkeep.conf
cp "$OUT" ../host.html

HOME=$SCRATCH LC_ALL=C.UTF-8 timeout -k 5 100 python3 \
    "$TOP/tests/e2e/page-look.py" chromium "$SCRATCH/profile" ../host.html \
    >"$SCRATCH/seen" 2>"$SCRATCH/look.err"
status=$?
[ $status != 2 ] || skip_all 'Chromium does not run here'
is "$STATUS, $status" '0, 0' 'the page was made, and looked at'
is "$(grep -c '^ok host ' "$SCRATCH/seen")" 96 'ninety-six claims hold'
is "$(grep -v '^ok ' "$SCRATCH/seen")" '' 'and no other does not'

run mailkeep-report -c mailkeep.conf --text
exits 0
messages=$(find mail -type f \( -path '*/cur/*' -o -path '*/new/*' \) \
    ! -path 'mail/.tmda/*' | wc -l)
prints "Mail .* $messages messages in "
ok 'the page says so, too' grep -q "<dd>$messages messages in " ../host.html
ok 'no line is wider than 80 columns' sh -c "! grep -E '.{81}' $OUT"
done_testing
