# The JSON report and the metrics are valid, say the same, and add up with what
# is published; a run that publishes nothing says what it read.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
mkdir more
seq -f '11.0.0.%g' 1 2 99 >more/a
printf '%s\n' 192.0.2.9 rubbish 203.0.113.7 '2001:db8::1' >more/b
echo 11.0.0.0/28 >allow
config 'feed "more" { file = "more" }' 'allow = {"allow"}'

# report WANT ...: a run, and what must hold of it, in Python: t is the total,
# f the feeds by their names, m the metrics, r the report
report()
{
	_arguments=$1
	shift
	rm -f m.prom
	# shellcheck disable=SC2086	# words
	run mailkeep-blacklist -c conf --json --metrics "$PWD/m.prom" \
	    $_arguments
	for _want; do
		ok "$_what: $_want" python3 - "$OUT" "$_want" "$STATUS" <<-'END'
			import json, os, re, sys
			r = json.load(open(sys.argv[1]))
			t = r["total"]
			f = {x.get("feed", x.get("name")): x for x in r["feeds"]}
			m = {}
			if os.path.exists("m.prom"):
			    for line in open("m.prom"):
			        if not line.startswith("#"):
			            k, v = line.rsplit(" ", 1)
			            assert k not in m, k
			            m[k] = float(v)
			assert r["status"] == int(sys.argv[3])
			for key in "lines", "entries", "rejected", "expired":
			    assert t[key] == sum(x[key] for x in f.values()), key
			if not eval(sys.argv[2]):
			    print("#", t, f, m, file=sys.stderr)
			    sys.exit(1)
		END
	done
}

report '' 't["lines"] == 58 and t["entries"] == 57 and t["rejected"] == 1' \
    'r["note"].startswith("published: cdb ") and not r["dry_run"]' \
    't["added"] == t["prefixes"] == 47 and t["removed"] == 0' \
    'f["one"]["prefixes"] == 4 and f["more"]["prefixes"] == 43' \
    'm["mailkeep_last_run_lines{program=\"blacklist\",feed=\"more\"}"] == 54' \
    'm["mailkeep_last_run_status{program=\"blacklist\"}"] == 65' \
    'sum(m["mailkeep_last_run_entries{program=\"blacklist\",feed=\"%s\"}" % x] for x in f) == 57'
is "$(wc -l <out/b.plain)" 47 'so many are published'
report '' 'r["note"] == "unchanged"' 't["added"] == t["removed"] == 0' \
    't["prefixes"] == 47'
sed -i /rubbish/d more/b
sed -i '/^11\.0\.0\.[67]/d' more/a
report -n 'r["dry_run"] and not m' 't["removed"] == 10 and t["added"] == 0'
report '' 't["removed"] == f["more"]["removed"] == 10' 't["prefixes"] == 37' \
    'r["status"] == 0'
rm more/b
echo 192.0.2.77 >more/a
report '' 'r["status"] == 75 and "published" not in str(r["note"])' \
    'm["mailkeep_last_run_status{program=\"blacklist\"}"] == 75'
rm more/*
report '' 'r["status"] == 66'
done_testing
