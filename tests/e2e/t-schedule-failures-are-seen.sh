# Of what fails, the journal has the program's one line, systemctl the status;
# the manual's recipe mails both; the manual's strict fence works where mail lies
# where it says; and a failed night is followed by a good one.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/machine.sh"

machine
sample_host
cp "$ROOT/etc/mailkeep/mailkeep.conf" conf

# What the manual has put into FILE, by its heredoc.
recipe()
{
	awk -v file="$1" '$0 == "# cat >" file " <<END" { on = 1; next }
	    $0 == "END" { on = 0 }
	    on' "$TOP/man/mailkeep.7"
}
install_recipe()
{
	mkdir -p "$ROOT${1%/*}"
	recipe "$1" >"$ROOT$1"
	ok "the manual has ${1##*/system/}" test -s "$ROOT$1"
}

install_recipe /etc/systemd/system/mail-failure@.service
install_recipe /etc/systemd/system/mailkeep-.service.d/mail.conf
rm -f "$ROOT/usr/sbin/sendmail"
printf '#!/bin/sh\n{ echo "To: $*"; cat; } >/run/mail; mv /run/mail /run/mailed\n' >"$ROOT/usr/sbin/sendmail"
chmod 755 "$ROOT/usr/sbin/sendmail"
inside systemctl daemon-reload
echo 'expire "x" { foldr = {"Junk"} }' >>"$ROOT/etc/mailkeep/mailkeep.conf"
for program in expire spamscan tmda rotate blacklist; do
	run inside systemctl start "mailkeep-$program"
	exits 1
	is "$(inside systemctl show -P ExecMainStatus "mailkeep-$program")" \
	    78 "$program: systemctl knows the status"
	inside journalctl --sync
	is "$(inside journalctl -q -o cat --no-pager -p warning \
	    -t "mailkeep-$program" | wc -l)" 1 \
	    "$program: the journal has one line of it"
	tries=0
	until [ -e "$ROOT/run/mailed" ] || [ $tries = 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	ok "$program: the line is mailed" grep -q \
	    "mailkeep-$program: .*unknown key.*foldr" "$ROOT/run/mailed"
	ok "$program: and the status" grep -q 'status=78' "$ROOT/run/mailed"
	ok "$program: to root" grep -q '^To: root$' "$ROOT/run/mailed"
	rm -f "$ROOT/run/mailed"
done

cp conf "$ROOT/etc/mailkeep/mailkeep.conf"
run inside systemctl start mailkeep-expire
exits 0
ok 'no mail of a good one' test ! -e "$ROOT/run/mailed"
is "$(due_left)" '' 'the night after, all that is due goes'

# The strict one.
sample_host
strict=/etc/systemd/system/mailkeep-expire.service.d/strict.conf
install_recipe $strict
sed -i 's,/srv/mail,/srv/host,' "$ROOT$strict"
mkdir -p "$ROOT/var/lib/mailkeep"
inside systemctl daemon-reload
run inside systemctl start mailkeep-expire
exits 0
is "$(due_left)" '' 'what is due goes within the strict fence'
sed -i 's,/srv/host,/var/mail,' "$ROOT$strict"
sample_host
inside systemctl daemon-reload
run inside systemctl start mailkeep-expire
exits 1
is "$(due_left)" "$(cat due)" 'nothing goes where it does not lead'
done_testing
