# spamd gets no message that is empty, too long, packed to be too long, or
# encrypted, and none for which an earlier source has a score; it is told whose
# a message is, as the configuration has it.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
. "$TOP/tests/e2e/spamd-faults.sh"

box=home/example.test/alice
configure 'trust "mx.example.test" { }'

# long FILE: make it so
long()
{
	yes 'and a lot more of it' 2>/dev/null | head -c 2000 >>"$1"
}
# subject FILE NAME
subject()
{
	sed -i "/^Subject:/s/.*/Subject: $2/" "$1"
}

: >text
message $box/new/empty.M1P1.mx 0 text
asks long $box/new/long.M2P2.mx 15.0
long $box/new/long.M2P2.mx
asks fits $box/new/fits.M3P3.mx 15.0
printf 'CRYPTED\003\007 Subject: crypted\nX-Points: 15.0\n\nx\n' >text
message $box/new/crypted.M4P4.mx 0 text
asks packed $box/new/packed.M5P5.mx 15.0
gzip $box/new/packed.M5P5.mx
mv $box/new/packed.M5P5.mx.gz $box/new/packed.M5P5.mx
{
	printf 'Subject: bomb\nX-Points: 15.0\n\n'
	yes 'and a lot more of it' 2>/dev/null | head -c 3000000
} | gzip >text
message $box/new/bomb.M6P6.mx 0 text
scored $box/new/marked.M7P7.mx 15.3
long $box/new/marked.M7P7.mx
scored $box/new/both.M8P8.mx 15.3
subject $box/new/both.M8P8.mx both
scored $box/cur/forged.M9P9.mx:2,S 15.3 mx.example.org
subject $box/cur/forged.M9P9.mx:2,S forged
{
	printf 'Subject: exact\nX-Points: 15.0\n\n'
	yes 'and a lot more of it' 2>/dev/null
} | head -c 2000 >text
message $box/cur/exact.M10P10.mx:2, 0 text
echo x >>text
message $box/cur/above.M11P11.mx:2, 0 text
mv home template

again()
{
	rm -rf home "$STATE"
	mkdir "$STATE"
	cp -a template home
	: >asked
	run mailkeep-spamscan -c conf -o spamscan.spamd.max-size=2kB "$@"
	exits 0
	silent
	find home -name '*P[0-9]*.mx*' -exec cat {} + | wc -c >size
	is "$(cat size)" "$(find template -type f -exec cat {} + | wc -c)" \
	    'all is there'
}

stand_in good
again -o 'spamscan.source=spamd,header'
is "$(sed 's/.* //' asked | sort | tr '\n' ' ')" \
    'both exact fits forged packed ' 'it gets what it may'
holds $box/.Junk/new fits.M3P3.mx marked.M7P7.mx packed.M5P5.mx
holds $box/.Junk/cur exact.M10P10.mx:2,
holds $box/new both.M8P8.mx bomb.M6P6.mx crypted.M4P4.mx empty.M1P1.mx \
    long.M2P2.mx
holds $box/cur above.M11P11.mx:2, forged.M9P9.mx:2,S
ok 'packed as it was' cmp template/example.test/alice/new/packed.M5P5.mx \
    $box/.Junk/new/packed.M5P5.mx
run mailkeep-spamscan -c conf -o spamscan.spamd.max-size=2kB \
    -o 'spamscan.source=spamd,header'
exits 0
is "$(wc -l <asked)" 5 'once'

again -o 'spamscan.source=header,spamd'
is "$(sed 's/.* //' asked | sort | tr '\n' ' ')" 'exact fits forged packed ' \
    'it gets what has no trusted score'
holds $box/.Junk/new both.M8P8.mx fits.M3P3.mx marked.M7P7.mx packed.M5P5.mx
holds $box/.Junk/cur exact.M10P10.mx:2,
holds $box/new bomb.M6P6.mx crypted.M4P4.mx empty.M1P1.mx long.M2P2.mx
holds $box/cur above.M11P11.mx:2, forged.M9P9.mx:2,S

again -o spamscan.source=spamd
holds $box/.Junk/new fits.M3P3.mx packed.M5P5.mx
holds $box/new both.M8P8.mx bomb.M6P6.mx crypted.M4P4.mx empty.M1P1.mx \
    long.M2P2.mx marked.M7P7.mx

again -o spamscan.source=header
is "$(cat asked)" '' 'by headers alone it gets none'
holds $box/.Junk/new both.M8P8.mx marked.M7P7.mx
holds $box/new bomb.M6P6.mx crypted.M4P4.mx empty.M1P1.mx fits.M3P3.mx \
    long.M2P2.mx packed.M5P5.mx
holds $box/cur above.M11P11.mx:2, exact.M10P10.mx:2, forged.M9P9.mx:2,S

# What was read with one source is asked for when there is another.
run mailkeep-spamscan -c conf -o spamscan.spamd.max-size=2kB \
    -o 'spamscan.source=header,spamd'
exits 0
is "$(sed 's/.* //' asked | sort | tr '\n' ' ')" 'exact fits forged packed ' \
    'with a new source, what had no score is asked for'
holds $box/.Junk/new both.M8P8.mx fits.M3P3.mx marked.M7P7.mx packed.M5P5.mx

# A dry run asks, and changes nothing; too old is not asked.
rm -rf home "$STATE"
mkdir "$STATE"
cp -a template home
touch -d '-40 days' $box/cur/exact.M10P10.mx:2,
snapshot home >before
: >asked
run mailkeep-spamscan -c conf -n -o spamscan.spamd.max-size=2kB
exits 0
same_tree before home
is "$(ls "$STATE")" '' 'no state'
ok 'spamd was asked' grep -q fits asked
is "$(grep -c exact asked)" 0 'not about what is too old'
prints 'fits.M3P3.mx: score 15 by spamd, limit 5: junk'
never_prints 'both.M8P8.mx'

# Whose it is.
rm -rf home "$STATE"
mkdir "$STATE"
for who in email local-part none; do
	rm -rf home
	asks "$who" $box/new/1.M1P1.mx 1.0
	asks "$who" home/example.org/alice/new/1.M1P1.mx 1.0
	asks "$who" home/example.net/bob/new/1.M1P1.mx 1.0
	asks "$who" 'home/example.org/al ice/new/1.M1P1.mx' 1.0
	: >asked
	run mailkeep-spamscan -c conf -o spamscan.spamd.user=$who
	exits 0
	sort asked | tr '\n' ' ' >>users
done
is "$(cat users)" '- email alice@example.org email alice@example.test email bob@example.net email - local-part alice local-part alice local-part bob local-part - none - none - none - none ' \
    'the user, as spamd is told'
end_stand_in
done_testing
