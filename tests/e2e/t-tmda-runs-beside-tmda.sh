# While a TMDA holds, delivers and deletes messages, records replies and appends
# to its lists, in both formats: nothing that is not due is ever gone, all that
# is due goes, no run complains.  MK_SECONDS makes it longer.
. tests/e2e/lib.sh
[ -n "${MK_WRAP-}" ] && skip_all 'runs the program by itself'
. "$TOP/tests/e2e/tmda.sh"

small_disk disk 300m || mkdir disk
cd disk || exit 1
queue one </dev/null
queue two maildir </dev/null
mkdir archive
cat >conf <<END
state-dir = "$STATE"
lock-dir = "$LOCK"
sandbox = $([ "${MK_SANITIZE-}" = 1 ] && echo no || echo yes)
safety { max-percent = "100%" }
tmda "one" { dir = "one" append-deleted = yes
    delete-append = "lists/deleted" }
tmda "two" { dir = "two" archive = "archive" }
END
python3 "$TOP/tests/e2e/tmda-live.py" "${MK_SECONDS:-8}" "${MK_SEED:-$$}" \
    one two -- mailkeep-tmda -c conf >"$OUT"
STATUS=$? _what='a busy TMDA'
exits 0
prints '^[1-9][0-9]* runs, [1-9][0-9]* held, [1-9][0-9]* taken$'
diag "$(tail -n 1 "$OUT")"
done_testing
