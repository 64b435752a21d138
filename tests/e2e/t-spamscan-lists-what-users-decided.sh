# With learn = yes --learn-list tells which messages users moved to Junk
# themselves, and which they took back; not what was delivered there, nor what
# the program moved.  --tell tells spamd of each once.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
. "$TOP/tests/e2e/servers.sh"

cat >conf <<'END'
mail-root = "home"
spamscan { limit = 7 learn = yes trust "mx.example.test" { } }
END
alice=home/example.test/alice

# lists CLASS [PATH ...]: these alone, in any order, and nothing is changed
lists()
{
	_class=$1
	shift
	snapshot home >before
	run mailkeep-spamscan -c conf --learn-list "$_class"
	exits 0
	is "$(sort "$OUT")" "$(for _path; do
		echo "home/example.test/$_path"
	done)" "$_class: $*"
	is "$(cat "$ERR")" '' 'nothing on stderr'
	same_tree before home
}
scan()
{
	run mailkeep-spamscan -c conf
	exits 0
}

# All were delivered hours ago, and met there by a run in between.
mkdir -p $alice/.Junk/cur $alice/.Junk/new $alice/.Junk/tmp
scored -t 3h $alice/cur/1.M1P1.mx:2,S 2.0
scored -t 3h $alice/cur/2.M2P2.mx:2,S 3.0
scored -t 3h $alice/new/3.M3P3.mx 15.0
scored -t 3h $alice/new/4.M4P4.mx 16.0
scored -t 3h $alice/.Junk/new/5.M5P5.mx 9.0
at -2h run mailkeep-spamscan -c conf
exits 0
holds $alice/cur 1.M1P1.mx:2,S 2.M2P2.mx:2,S
holds $alice/new
holds $alice/.Junk/new 3.M3P3.mx 4.M4P4.mx 5.M5P5.mx
holds $alice/.Junk/cur
lists spam
lists ham

# Its user puts one into Junk, as IMAP servers do: by a rename.
mv $alice/cur/1.M1P1.mx:2,S $alice/.Junk/cur/1.M1P1.mx:2,S
# One takes another way, under a new name: its time stays.
mv $alice/cur/2.M2P2.mx:2,S $alice/.Junk/cur/22.M2P2.mx:2,Sab
# One is delivered into Junk by a filter meanwhile.
scored $alice/.Junk/new/6.M6P6.mx 9.0
# One that we moved is taken back.
mv $alice/.Junk/new/3.M3P3.mx $alice/cur/3.M3P3.mx:2,S
lists spam
at -1h run mailkeep-spamscan -c conf
exits 0
holds $alice/cur 3.M3P3.mx:2,S
holds $alice/.Junk/cur 1.M1P1.mx:2,S 22.M2P2.mx:2,Sab
holds $alice/.Junk/new 4.M4P4.mx 5.M5P5.mx 6.M6P6.mx
lists spam alice/.Junk/cur/1.M1P1.mx:2,S alice/.Junk/cur/22.M2P2.mx:2,Sab
lists ham alice/cur/3.M3P3.mx:2,S

# As often as is asked, by whatever name it has now; until it is moved back.
mv $alice/.Junk/cur/1.M1P1.mx:2,S $alice/.Junk/cur/1.M1P1.mx:2,FS
lists spam alice/.Junk/cur/1.M1P1.mx:2,FS alice/.Junk/cur/22.M2P2.mx:2,Sab
mv $alice/.Junk/cur/22.M2P2.mx:2,Sab $alice/cur/22.M2P2.mx:2,S
scan
lists spam alice/.Junk/cur/1.M1P1.mx:2,FS
lists ham alice/cur/3.M3P3.mx:2,S
holds $alice/cur 22.M2P2.mx:2,S 3.M3P3.mx:2,S
holds $alice/.Junk/cur 1.M1P1.mx:2,FS
holds $alice/.Junk/new 4.M4P4.mx 5.M5P5.mx 6.M6P6.mx

# JSON, a line each; and only some
run mailkeep-spamscan -c conf --learn-list ham --json
exits 0
is "$(cat "$OUT")" '{"user":"alice@example.test","message":"example.test/alice/cur/3.M3P3.mx:2,S","class":"ham","told":false}' \
    'an object a message'
run mailkeep-spamscan -c conf --learn-list ham --user 'bob@*'
is "$(cat "$OUT")" '' 'not for another user'
run mailkeep-spamscan -c conf --learn-list ham $alice
is "$(cat "$OUT")" "home/example.test/alice/cur/3.M3P3.mx:2,S" 'of a MAILDIR'

# A first run, without any before, knows of no decision; nor does one without
# learn = yes.
cp -rp home later
find later -name 'mailkeep.*' -exec rm {} +
mv later/example.test/alice/cur/3.M3P3.mx:2,S \
    later/example.test/alice/.Junk/cur/
run mailkeep-spamscan -c conf -o mail-root=later
exits 0
run mailkeep-spamscan -c conf -o mail-root=later --learn-list spam
exits 0
silent
holds later/example.test/alice/.Junk/cur 1.M1P1.mx:2,FS 3.M3P3.mx:2,S
holds later/example.test/alice/cur 22.M2P2.mx:2,S

# Runs that look into Junk for another reason, or not at all, met nothing there:
# what a filter put into it was moved by nobody.
rm -r later
mkdir -p later/box/.Junk/cur later/box/.Junk/new later/box/.Junk/tmp
scored -t 9h later/box/cur/1.M1P1.mx:2,S 2.0
scored -t 9h later/box/.Junk/new/2.M2P2.mx 9.0
echo 'mail-root = "later" expire "j" { folder = {"Junk"} older-than = "9d" }' \
    >expire.conf
at -8h run mailkeep-expire -c expire.conf
at -7h run mailkeep-spamscan -c conf -o mail-root=later -o spamscan.learn=no
at -6h run mailkeep-spamscan -c conf -o mail-root=later
exits 0
run mailkeep-spamscan -c conf -o mail-root=later --learn-list spam
silent
scored -t 5h later/box/.Junk/new/3.M3P3.mx 9.0
at -4h run mailkeep-spamscan -c conf -o mail-root=later -o spamscan.learn=no
at -3h run mailkeep-spamscan -c conf -o mail-root=later
exits 0
scored -t 2h later/box/.Junk/new/4.M4P4.mx 9.0
at -1h run mailkeep-expire -c expire.conf
mv later/box/cur/1.M1P1.mx:2,S later/box/.Junk/cur/1.M1P1.mx:2,S
run mailkeep-spamscan -c conf -o mail-root=later
exits 0
run mailkeep-spamscan -c conf -o mail-root=later --learn-list spam
is "$(cat "$OUT")" 'later/box/.Junk/cur/1.M1P1.mx:2,S' 'but for one'

# ---- spamd is told

_why=$(need_servers spamd)
if [ -n "$_why" ]; then
	skip "${_why#*SKIP }" 30
	done_testing
fi
mail_root home
cat >tell.conf <<END
mail-root = "home"
spamscan { limit = 7 learn = yes trust "mx.example.test" { }
    spamd { socket = "$SPAMD_SOCKET" } }
END

# tells CLASS STATUS [PATH ...]: these are told, and no others
tells()
{
	_class=$1 _status=$2
	shift 2
	run mailkeep-spamscan -c tell.conf --learn-list "$_class" --tell
	exits "$_status"
	is "$(sort "$OUT")" "$(for _path; do
		echo "home/example.test/$_path"
	done)" "$_class told: $*"
}
has_heard()
{
	is "$(grep -c 'spamd: Tell: Setting local for ' "$SPAMD/log")" "$1" \
	    "spamd has heard of $1 messages"
}

snapshot home >before
tells spam 75				# it does not run
one_line
start_spamd
tells spam 69
one_line
says 'allow-tell'
has_heard 0
stop_spamd
start_spamd --allow-tell
tells spam 0 alice/.Junk/cur/1.M1P1.mx:2,FS
tells spam 0
has_heard 1
tells ham 0 alice/cur/3.M3P3.mx:2,S
tells ham 0
has_heard 2
same_tree -l before home
# what was told is still what its user decided, and a run does not forget it
lists spam alice/.Junk/cur/1.M1P1.mx:2,FS
mv $alice/.Junk/new/4.M4P4.mx $alice/cur/4.M4P4.mx:2,S
scan
lists ham alice/cur/3.M3P3.mx:2,S alice/cur/4.M4P4.mx:2,S
tells ham 0 alice/cur/4.M4P4.mx:2,S
tells spam 0
has_heard 3
holds $alice/cur 22.M2P2.mx:2,S 3.M3P3.mx:2,S 4.M4P4.mx:2,S
holds $alice/.Junk/cur 1.M1P1.mx:2,FS
holds $alice/.Junk/new 5.M5P5.mx 6.M6P6.mx
stop_spamd
done_testing
