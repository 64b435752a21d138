# The page reads well in Chromium, at the widths of a phone, a tablet and a
# desk, in both themes: nothing scrolls sideways, all text and all marks stand
# out, each drawing has a name, and nothing is asked of the network; a usual
# host, an empty one, one that could not be asked, and one with names and
# numbers of any kind.  A page that breaks these claims is seen to.
. tests/e2e/lib.sh
command -v chromium >/dev/null || skip_all 'chromium is not installed'
pages=$B/tests/unit/test_page
[ -x "$pages" ] || skip_all 'test_page is not built (make unit)'
TZ=UTC
export TZ

# look FILE ...: what Chromium sees, into $SCRATCH/seen
look()
{
	HOME=$SCRATCH LC_ALL=C.UTF-8 timeout -k 5 100 python3 \
	    "$TOP/tests/e2e/page-look.py" chromium "$SCRATCH/profile" "$@" \
	    >"$SCRATCH/seen" 2>"$SCRATCH/look.err"
	_status=$?
	rm -rf "$SCRATCH/profile"
	[ $_status != 2 ] || skip_all 'Chromium does not run here'
	ok 'Chromium looked' [ $_status = 0 ]
	[ $_status = 0 ] || diag "$(cat "$SCRATCH/look.err")"
}

cat >broken.html <<'END'
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; style-src 'unsafe-inline'"><title>x</title>
<style>body{color:#777;background:#888}</style></head>
<body><h1>x</h1><h3 onclick="0">grey on grey</h3>
<div style="width:2000px" id="a">wide</div><i id="a"></i>
<svg width="50" height="20"><rect class="c0" fill="#8a8a8a" width="9"
height="9"/><text y="9">one</text><text y="9">two</text></svg>
<script>1</script><img src="http://127.0.0.1:9/x.png" alt="">
<a href="#nowhere">to nowhere</a><table><tr><td class="n">1<br>2</td></tr></table>
</body></html>
END
for page in usual well empty failed extreme; do
	"$pages" $page >$page.html
done
look broken.html usual.html well.html empty.html failed.html extreme.html

is "$(grep '^not broken dark 360 ' "$SCRATCH/seen" | cut -d ' ' -f 5- |
    sed 's/:.*//' | sort)" 'every drawing has a name
every link leads somewhere
every table has headings
marks stand out, 3 to 1
no handler of events
no id is there twice
no number is broken
no script, no picture, no link to others
no words lie on others
nothing is asked of the network
nothing reaches beyond the window
nothing scrolls sideways
one title, and headings in order
text stands out, 4.5 to 1
the console says nothing
the ground is dark' 'a page that is broken is seen to be'

for page in usual well empty failed extreme; do
	is "$(grep -c "^ok $page " "$SCRATCH/seen")" 96 \
	    "$page: sixteen claims, two themes, three widths"
	is "$(grep "^not $page " "$SCRATCH/seen")" '' "$page: all hold"
done
done_testing
