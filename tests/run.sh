#!/bin/sh
# The main jobs on a sample host: make run calls this with a directory to build
# the host in and the directory of the programs.
set -eu

HOST=$1
PATH=$(cd "$2" && pwd):$PATH
WHO=alice@example.test

# Say it as one would type it, and what it says; of a long list the beginning.
# It must exit 0, or as WANTED says.
show() {
	printf '\n$ %s\n' "$*"
	status=0
	"$@" >said 2>&1 || status=$?
	if [ $status -ne "${WANTED:-0}" ]; then
		cat said
		exit $status
	fi
	sed "s,$(pwd)/,,g" said | awk '
		function rest() {
			if (n > 4)
				print "  ... and " n - 4 " more"
			if (k > 2)
				print "  ... and " k - 2 " more that stay"
			n = k = 0
		}
		/: keep$/ { if (++k > 2) next; print; next }
		/: (removed|restored) / { if (++n > 4) next }
		!/: (removed|restored|score) / { rest() }
		{ print }
		END { rest() }'
	rm said
}

sh tests/sample-host.sh "$HOST"
cd "$HOST"
messages=$(find mail -type f \( -path '*/cur/*' -o -path '*/new/*' \) | wc -l)
printf 'A sample host: %s messages of five users, three lists of bad hosts,\n' \
    "$messages"
printf 'a queue of TMDA, logs of Exim, and a configuration, mailkeep.conf.\n'
printf 'It stands in %s; do with it what you like.\n' "$HOST"

printf '\n-- 1. Look first: what would go from one mailbox, and why?  And from all in
--    the next nights?\n'
show mailkeep-expire -c mailkeep.conf -n --user $WHO
show mailkeep-expire -c mailkeep.conf --forecast 7

printf '\n-- 2. The run that cron makes every night.  Here with -v: cron sees
--    none of this.\n'
show mailkeep-expire -c mailkeep.conf -v

printf '\n-- 3. Once more: nothing is due, so nothing is said.\n'
show mailkeep-expire -c mailkeep.conf

printf '\n-- 4. The undo: the rule "trash" put what it removed into archives.\n'
show ls archive/*
show mailkeep-expire -c mailkeep.conf -v --restore archive/* --user $WHO

printf '\n-- 5. A blacklist out of three lists, for Exim.  What is in it?\n'
show mailkeep-blacklist -c mailkeep.conf -n
show mailkeep-blacklist -c mailkeep.conf -v

printf '\n-- 6. Why does one host get through, and another does not?\n'
WANTED=68 show mailkeep-blacklist -c mailkeep.conf --why 203.0.113.7 \
    --why 198.51.100.25

printf '\n-- 7. Spam in the inboxes, by the scores that Exim has written: look,
--    then move it to Junk.  Once more: nothing is new, so nothing is said.\n'
show mailkeep-spamscan -c mailkeep.conf -n
show mailkeep-spamscan -c mailkeep.conf -v
show mailkeep-spamscan -c mailkeep.conf

printf '\n-- 8. One message claims 99.9 points.  Why did it stay?\n'
show mailkeep-spamscan -c mailkeep.conf \
    --explain "$(grep -l '^X-Spam_score: 99' mail/example.test/alice/new/*)"

printf '\n-- 9. How are the scores spread, and what would other limits catch?\n'
show mailkeep-spamscan -c mailkeep.conf --histogram all

printf '\n-- 10. What TMDA holds until its sender confirms: a list, then the run.
--     Grace has confirmed another message since: hers is told of, and stays.\n'
show mailkeep-tmda -c mailkeep.conf --list
show mailkeep-tmda -c mailkeep.conf -v

printf '\n-- 11. Logs: which are due, and what would be done?\n'
show mailkeep-rotate -c mailkeep.conf -nv

printf '\n-- 12. Rotate them.  Once more: nothing is due, so nothing is said.\n'
show mailkeep-rotate -c mailkeep.conf -rv
show ls log/exim4
show mailkeep-rotate -c mailkeep.conf -r

printf '\n-- 13. Is all well with the configuration, the queue and the runs?  Each
--     finding says what to do.  Without --only the whole host is looked at.\n'
show mailkeep-check -c mailkeep.conf --only configuration --only tmda \
    --only runs

printf '\n-- 14. A report: the beginning of its text, and as an HTML file.\n'
printf '\n$ mailkeep-report -c mailkeep.conf --text | head -n 20\n'
mailkeep-report -c mailkeep.conf --text >said
head -n 20 said
rm said
show mailkeep-report -c mailkeep.conf --output report.html
printf 'Open it in a browser: %s\n' "$(pwd)/report.html"

left=$(find mail -type f \( -path '*/cur/*' -o -path '*/new/*' \) | wc -l)
printf '\n%s of %s messages are there.  Next: README.md, or --help.\n' \
    "$left" "$messages"
