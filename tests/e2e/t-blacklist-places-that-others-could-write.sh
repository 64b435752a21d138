# A directory where somebody else could put a list of his own is refused; so is
# a place where Exim could not read the list.  The old list stays, and the text
# says which directory it is.
. tests/e2e/lib.sh
[ "$(id -u)" = 0 ] || skip_all 'needs root, for other accounts'
. "$TOP/tests/e2e/publish.sh"
mkdir top
mv out top/out
config
sed -i "s,$PWD/out/,$PWD/top/out/," conf
i=100

refused()
{
	_status=$1 _re=$2
	shift 2
	i=$((i + 1))
	echo "192.0.2.$i" >>feed
	look top >before
	run mailkeep-blacklist -c conf "$@"
	exits "$_status"
	one_line
	says "$_re"
	look top >after
	ok "$_what: all is as it was" cmp before after
}
accepted()
{
	i=$((i + 1))
	echo "192.0.2.$i" >>feed
	run mailkeep-blacklist -c conf "$@"
	exits 0
	silent
	ok "$_what: the new list is there" grep -q "192\.0\.2\.$i\|/3[01]" \
	    top/out/b.plain
	# shellcheck disable=SC2046	# names without blanks
	holds top/out $(names)
}
accepted

# Owners and modes.
chown mail top/out
chmod 777 "$STATE" "$LOCK"
rm "$LOCK"/* "$STATE"/*
refused 77 'top/out belongs to user 8, .*chown root'
rm "$STATE"/*				# the history is root's
accepted -o owner=mail
is "$(stat -c %U top/out/b.text)" mail 'the owner'\''s'
rm "$LOCK"/* "$STATE"/*
refused 77 'top/out belongs to user 8' -o owner=nobody
chown root top/out
for mode in 757 1777 777; do
	chmod $mode top/out
	refused 77 'anybody can write to .*top/out, .*chmod o-w'
done
chmod 775 top/out
accepted
chgrp mail top/out
refused 77 'group 8 can write to .*top/out, .*chmod g-w'
chmod 755 top/out
accepted
chgrp root top/out
# A file of somebody else's is made anew, and not his any more.
chown mail top/out/b.cdb
accepted
is "$(stat -c %U top/out/b.cdb)" root 'whom nobody trusts is not kept as owner'

# Who reads.
accepted -o blacklist.reader=mail
chmod 700 top/out
refused 77 "mail can't read .*b\.cdb: no right to search .*/top/out \(mode 0700\): chmod o\+x .*/top/out$" -o blacklist.reader=mail
chmod 711 top/out
accepted -o blacklist.reader=mail
chmod 755 top/out
for mode in 0700 0750 0644; do
	chmod $mode top
	refused 77 "mail can't read .*b\.cdb: no right to search .*/top \(mode $mode\): chmod o\+x .*/top$" -o blacklist.reader=mail
done
chgrp mail top
chmod 750 top
accepted -o blacklist.reader=mail
chmod 705 top
refused 77 "mail can't read .*: no right to search .*/top \(mode 0705\): chmod g\+x" -o blacklist.reader=mail
accepted -o blacklist.reader=nobody
accepted -o blacklist.reader=root
refused 67 'reader: there is no user nix; name the account that Exim runs as' \
    -o blacklist.reader=nix
chmod 755 top
chgrp root top

# As an ordinary account, which cannot try it as the reader.
as nobody true
chown -R nobody top "$STATE" "$LOCK"
user()
{
	i=$((i + 1))
	echo "192.0.2.$i" >>feed
	look top >before
	as nobody run mailkeep-blacklist -c conf "$@"
}
untouched()
{
	look top >after
	ok "$_what: all is as it was" cmp before after
}
user -o blacklist.reader=mail
exits 0
silent
chmod 700 top
user -o blacklist.reader=mail
exits 77
says "mail can't read .*b\.cdb: no right to search .*/top \(mode 0700\): chmod o\+x .*/top$"
untouched
user -o blacklist.reader=nobody
exits 0
silent
chmod 755 top
chown root top/out
user
exits 77
one_line
says '^mailkeep-blacklist: publish .*b\.cdb: .*Permission denied'
untouched
chown mail top/out
user
exits 77
one_line
says 'top/out belongs to user 8'
untouched
chown nobody top/out
user
exits 0
silent
chmod 600 feed
user
exits 77
one_line
says 'feed "one": open feed: Permission denied; nothing is published'
untouched
chmod 644 feed

# Its own files, that were closed even to itself, are made anew.
chmod 0 top/out/b.cdb top/out/b.text
user
exits 0
is "$(stat -c %a%U top/out/b.cdb top/out/b.text | tr '\n' ' ')" \
    '644nobody 644nobody ' 'they are open again'
chown root top/out/b.cdb
chmod 600 top/out/b.cdb
user
exits 0
is "$(stat -c %a%U top/out/b.cdb)" 644nobody 'another'\''s is replaced'
done_testing
