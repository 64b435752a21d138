# The guides in docs/ can be followed: each command works on the sample host, each
# piece of configuration is understood, each file and page they name is there,
# and each figure of the comparison was measured.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/docs.sh"

story "$TOP/docs/operations.md" "$HOST"
ok "operations.md: has commands ($commands)" test "$commands" -ge 15
cd "$START" || exit 1

# What the drill says of a mail account that is not root.
if [ "$(id -u)" -eq 0 ]; then
	fresh
	chmod 755 "$START" build build/sample-host
	chown -R nobody "$HOST/mail" "$HOST/state" "$HOST/lock" "$HOST/archive"
	run mailkeep-expire -c "$CONF" -o owner=nobody
	exits 0
	mkdir made-by-root
	for to in restored:0 made-by-root:77; do
		run mailkeep-expire -c "$CONF" -o owner=nobody \
		    --restore "$HOST"/archive/* --to "${to%:*}"
		exits "${to#*:}"
	done
	is "$(stat -c %U restored)" nobody 'the directory is the owner'"'s"
	fresh
else
	skip 'not root' 4
fi

configuration docs/migration.md "$(fenced "$TOP/docs/migration.md")"

# The article's lines, each of them.
for line in scanmailboxes.py 'pending -ctime +14' 'responses -ctime +14' \
    "'*Junk/cur*' -type f -mtime +10" "'*Trash/cur*' -type f -mtime +10" \
    '/var/mail/new/. -type f' '> /var/mail/.tmda/logs/incoming' \
    '> /var/mail/.tmda/logs/debug' 'exim/mainlog    mail:mail' \
    'exim/rejectlog  mail:mail' 'print $1"/32"' exim_dbmbuild \
    'exim restart' 'net32-dbm;'; do
	ok "migration.md: has $line" grep -Fq -e "$line" \
	    "$TOP/docs/migration.md"
done

# The new lines of newsyslog.conf.
grep -E '^    /var/.*(NB|ZN)$' "$TOP/docs/migration.md" | sed \
    -e "s,/var/mail/,$HOST/mail/,g" -e "s,/var/log/exim/,$HOST/log/exim4/,g" \
    -e 's/mail:mail//' >newsyslog.conf
is "$(wc -l <newsyslog.conf)" 4 'migration.md: four lines of newsyslog.conf'
run mailkeep-rotate -c "$CONF" -f newsyslog.conf -n
exits 0

# etc/README.md: how lines of the newsyslog.conf that is shipped come to count.
switch_on=$(sed -n "s,^ *sed -i '\(.*\)' /etc/mailkeep/newsyslog.conf$,\1,p" \
    "$TOP/etc/README.md")
sed "$switch_on" "$TOP/etc/newsyslog.conf" | sed -n 's,^\(/[^	]*\)	.*,\1,p' >on
is "$(xargs <on)" '/var/log/exim4/mainlog /var/log/exim4/rejectlog'\
' /var/log/exim4/paniclog' 'etc/README.md: the logs that are rotated'

# | label | 1.23x | `file` |
awk -F ' *[|] *' '$4 ~ /^`bench\/RESULTS/ {
	gsub(/`/, "", $4)
	sub(/, missed/, "", $3)
	print $4 "\t" $2 ": " $3 " "
}' "$TOP/docs/comparison.md" >figures
ok 'comparison.md: has figures' test "$(wc -l <figures)" -ge 15
while IFS='	' read -r file figure; do
	ok "$file: has $figure" grep -Fq "$figure" "$TOP/$file"
done <figures
awk -F ' *[|] *' '$3 ~ /missed/ && $4 ~ /^`bench/ {
	gsub(/`/, "", $4)
	print $4 "\t" $2 ": "
}' "$TOP/docs/comparison.md" | while IFS='	' read -r file figure; do
	grep -F "$figure" "$TOP/$file" | grep -v -F '**miss**'
done >said
is "$(cat said)" '' 'comparison.md: what it calls missed was missed'

# Links and names of files lead somewhere.
for guide in "$TOP"/docs/*.md "$TOP/README.md"; do
	sed -n 's/.*](\([^)#]*\)).*/\1/p' "$guide" | grep -v '^http' >links
	while IFS= read -r link; do
		ok "${guide##*/}: $link is there" \
		    test -e "${guide%/*}/$link"
	done <links
done
done_testing
