# The Debian packages build, lintian finds nothing, and on a fresh Debian the
# commands of README.md's first screen make a checked and scheduled host of it.
# Before a rule is switched on nothing happens; mail that was there is the same,
# byte for byte, after install, upgrade, remove and purge; conffiles and state
# go when Debian policy says so.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/package.sh"
. "$TOP/tests/e2e/package-root.sh"
plain_build
needs dpkg-buildpackage dh lintian

# ---- building, while a root is fetched

[ "$(id -u)" != 0 ] || begin_root
copy_tree src/tree
snapshot src/tree >before
(cd src/tree && dpkg-checkbuilddeps -d \
    "$(sed -n '/^Build-Depends:/,/^$/{s/^Build-Depends://;/nocheck/d;p;}' \
    debian/control | tr -d '\n' | sed 's/,$//')" debian/control) >"$OUT" 2>&1 ||
    skip_all "$(tail -n 1 "$OUT")"
export DEB_BUILD_OPTIONS='parallel=2 nocheck'
run sh -c 'cd src/tree && dpkg-buildpackage -d -us -uc -b'
exits 0 || tail -n 20 "$OUT" >&2
cat "$OUT" "$ERR" >built
deb=$(ls src/mailkeep_*.deb)
examples=$(ls src/mailkeep-exim_*_all.deb)
ok 'both packages are there' test -f "$deb" -a -f "$examples"
run lintian --allow-root --fail-on error,warning src/*.changes
exits 0
silent
is "$(grep -L '^# ' src/tree/debian/*.lintian-overrides)" '' \
    'each override tells its reason'

# The unit tests belong to the build, save with "nocheck", as here.
ok 'it was told to run no test, and ran none' \
    grep -q 'override_dh_auto_test" was omitted' built
ok 'else it would have' sh -c 'cd src/tree && DEB_BUILD_OPTIONS= dh build \
    --no-act | grep -q override_dh_auto_test &&
    grep -q "check-unit" debian/rules'
run sh -c 'cd src/tree && debian/rules clean'
exits 0
snapshot src/tree >after
ok 'a build writes nothing but what clean takes away' \
    diff before after

# What make install installs, and no more, is in them.
for package in "$deb" "$examples"; do
	dpkg-deb -c "$package" | grep -v '^d' | sed 's,.* \./,/,; s/\.gz$//'
done | grep -v '/changelog\.Debian$\|/copyright$' | sort -u >has
make -s -C "$TOP" files PREFIX=/usr UNITDIR=/lib/systemd/system \
    ZSHDIR=/usr/share/zsh/vendor-completions \
    EXAMPLEDIR=/usr/share/doc/mailkeep-exim/examples |
    grep -Ev '/cron/.*\.(service|timer)$|doc/mailkeep/LICENSE$' |
    sed -e 's,^.*/doc/mailkeep/cron/mailkeep$,/etc/cron.d/mailkeep,' \
    -e 's,^.*/cron/tmpfiles.conf$,/usr/lib/tmpfiles.d/mailkeep.conf,' \
    -e 's,/NEWS$,/changelog,' >wants
printf '%s\n' /etc/mailkeep/mailkeep.conf /etc/mailkeep/newsyslog.conf \
    /usr/share/doc/mailkeep-exim/changelog \
    /usr/share/lintian/overrides/mailkeep \
    /usr/share/lintian/overrides/mailkeep-exim >>wants
sort -o wants wants
ok 'what make install installs is in them' diff wants has
is "$(dpkg-deb -c "$examples" | grep -v '^d' |
    grep -v 'share/doc/mailkeep-exim/\|share/lintian')" '' \
    'mailkeep-exim has documents alone'

# ---- a fresh root, with mail in it

[ "$(id -u)" = 0 ] || { skip 'not root: nothing can be installed' 60
	done_testing; }
end_root
message root/var/mail/example.test/ann/cur/1700000001.M1P1.mx:2,S 40
message root/var/mail/example.test/ann/.Trash/cur/1700000002.M2P2.mx:2,S 400
message root/var/mail/new/1700000003.M3P3.mx 5
file root/var/mail/ann 2
chown -R 12345:12345 root/var/mail/example.test root/var/mail/ann
snapshot root/var/mail >mail
cp "$deb" "$examples" root/tmp

same_mail()
{
	snapshot root/var/mail | grep -v 'mailkeep\.ledger' >now
	ok "mail is the same $1" diff mail now
}

# What dpkg and its hooks must have left after $1.
installed()
{
	for dir in '/var/lib/mailkeep vmail:vmail 755' \
	    '/var/lib/mailkeep-rotate root:root 700' \
	    '/etc/mailkeep root:root 755'; do
		is "$(chroot root stat -c '%n %U:%G %a' "${dir%% *}")" "$dir" \
		    "$1: whose is ${dir%% *}"
	done
	is "$(cd root/etc/systemd/system/timers.target.wants &&
	    echo mailkeep-*)" "$(cd "$TOP/cron" && echo *.timer)" \
	    "$1: the timers are enabled"
	is "$(chroot root dpkg -V mailkeep | grep -v ' c /etc/mailkeep')" '' \
	    "$1: all files are as in the package"
	same_mail "after $1"
}

in_root apt_install "./${deb##*/}"
exits 0
installed 'the installation'
is "$(in_passwd vmail | cut -d : -f 6-)" '/var/mail:/usr/sbin/nologin' \
    'there is an account'
is "$(chroot root id -gn vmail)" vmail 'with a group of its own'
ok 'of the system' test "$(chroot root id -u vmail)" -lt 1000
is "$(stat -c '%U:%G %a' root/var/mail)" 'root:mail 2775' 'Debian'"'s /var/mail"
ok 'what mailkeep-check found was shown' \
    grep -q 'mail-root\|mailkeep.conf\|/var/mail' "$OUT" "$ERR"

# ---- nothing happens before the administrator says so

# nothing_happens WHEN: by cron and by timers.
nothing_happens()
{
	for service in "$TOP"/cron/*.service; do
		service=${service##*/}
		in_root sh -c "$(started_by "${service%.service}")"
		is "$STATUS $(cat "$OUT" "$ERR")" '0 ' \
		    "$1: $service has nothing to do, and says nothing"
	done
	cron_lines
	is "$(cat "$OUT" "$ERR")" '' "$1: cron has nothing to mail"
	same_mail "($1)"
}
nothing_happens 'as it is installed'
in_root mailkeep-expire
exits 78
one_line
says 'there is no rule, so nothing is done'

# The hook again, as after an interrupted installation.
snapshot root/var/lib >state
in_root sh -e /var/lib/dpkg/info/mailkeep.postinst configure ''
exits 0
snapshot root/var/lib | grep -v './systemd\|./dpkg' >now
grep -v './systemd\|./dpkg' state >was
ok 'the hook can be repeated' diff was now

# ---- README.md's first screen: one line, one look

# Somebody's new mailbox, as the server makes it.
box=root/var/mail/example.test/bob
message $box/cur/1700000004.M4P4.mx:2,S 3
message $box/.Trash/cur/1700000005.M5P5.mx:2,S 90
# And what mailkeep-check has told to do.
in_root chown -R vmail:vmail /var/mail/example.test
snapshot root/var/mail >mail
sed -n '/^\*\*From the package/,/^[^* ]/s/^    # //p' "$TOP/README.md" >commands
is "$(sed -n 's/^\([a-z-]*\).*/\1/p' commands | tr '\n' ' ')" \
    'apt sed mailkeep-check mailkeep-expire ' 'README.md has the commands'
sed 1d commands | while IFS= read -r command; do
	in_root sh -c "$command"
	echo "$STATUS"
done >statuses
is "$(tr '\n' ' ' <statuses)" '0 0 0 ' 'each of them succeeds'
is "$(grep '^expire ' root/etc/mailkeep/mailkeep.conf | sed 's/ *{.*//')" \
    'expire "junk"
expire "trash"' 'two rules are on'
in_root mailkeep-expire -n -o expire.trash.age=received --user '*bob'
exits 0
prints 'bob/.Trash/cur/1700000005.M5P5.mx:2,S'
same_mail '(-n changes nothing)'
in_root sh -c "$(started_by mailkeep-expire)"
exits 0
silent
cron_lines
is "$(cat "$OUT")" '' 'the night is quiet'
same_mail '(it has been in Trash since today)'
ok 'the run is remembered' grep -q '"program":"expire"' \
    root/var/lib/mailkeep/history.jsonl

# ---- upgrade, with what the administrator has changed, and broken

echo 'mine = yes {' >>root/etc/mailkeep/mailkeep.conf
cp root/etc/mailkeep/mailkeep.conf broken.conf
version=$(dpkg-deb -f "$deb" Version)
# repack SUFFIX: the same once more as a newer one, with another newsyslog.conf.
repack()
{
	rm -rf again
	dpkg-deb -R "$deb" again
	sed -i "s/^Version: .*/&$1/" again/DEBIAN/control
	echo "# a line of $1" >>again/etc/mailkeep/newsyslog.conf
	dpkg-deb --root-owner-group -Znone -b again root/tmp/again.deb \
	    >/dev/null
}
repack +b1
in_root dpkg -i again.deb
exits 0
installed 'the upgrade'
ok 'the conffile that was changed is kept' \
    cmp broken.conf root/etc/mailkeep/mailkeep.conf
ok 'the one that was not is new' \
    grep -q 'a line of +b1' root/etc/mailkeep/newsyslog.conf
ok 'what is wrong with the former is told' \
    grep -q 'mailkeep.conf:[0-9]*' "$OUT" "$ERR"
is "$(chroot root dpkg-query -W -f '${Status} ${Version}' mailkeep)" \
    "install ok installed $version+b1" 'and all the same it is installed'

# A timer that was switched off stays off; a section makes the first blacklist.
rm root/etc/systemd/system/timers.target.wants/mailkeep-tmda.timer
sed -i '$d' root/etc/mailkeep/mailkeep.conf
cat >>root/etc/mailkeep/mailkeep.conf <<'EOF'
blacklist { feed "own" { file = "/etc/mailkeep/blacklist" }
	cdb = "/var/lib/mailkeep/blacklist.cdb" }
EOF
echo '192.0.2.7 guessed passwords' >root/etc/mailkeep/blacklist
repack +b2
in_root dpkg -i again.deb
exits 0
in_root mailkeep-blacklist --check /var/lib/mailkeep/blacklist.cdb 192.0.2.7
exits 0
ok 'the timer is off still' test ! -e \
    root/etc/systemd/system/timers.target.wants/mailkeep-tmda.timer
same_mail 'after the second upgrade'

# ---- remove, and purge

message root/var/lib/mailkeep/kept/cur/1.M1P1.mx:2,S 3
snapshot root/var/lib/mailkeep >state
in_root dpkg -r mailkeep
exits 0
is "$(find root/usr/sbin -name 'mailkeep*')" '' 'removed: no program is left'
ok 'the configuration is' test -f root/etc/mailkeep/mailkeep.conf
snapshot root/var/lib/mailkeep >now
ok 'and the state' diff state now
cron_lines
is "$(cat "$OUT" "$ERR")" '' 'the crontab that is left says nothing'
same_mail 'after the removal'

in_root dpkg -P mailkeep
exits 0
is "$(cd root && find etc var/lib/mailkeep* run usr -name '*mailkeep*' |
    sort | tr '\n' ' ')" \
    'etc/mailkeep var/lib/mailkeep ' 'purged: what is left of its name'
is "$(ls root/etc/mailkeep)" blacklist "the administrator's own list is one"
holds root/var/lib/mailkeep
holds root/var/lib/mailkeep/kept/cur 1.M1P1.mx:2,S
prints 'left: the account vmail'
prints 'left: /var/lib/mailkeep,'
prints 'left: /etc/mailkeep,'
never_prints 'left: /var/lib/mailkeep-rotate'
is "$(in_passwd vmail | cut -d : -f 1)" vmail 'the account stays'
same_mail 'after the purge'

# ---- an account of the administrator's own, and links

rm -r root/var/lib/mailkeep root/etc/mailkeep
chroot root userdel vmail
chroot root groupadd -g 5000 mailers
chroot root useradd -u 5000 -g mailers -d /srv/mail -s /bin/sh vmail
in_passwd vmail >was
mkdir root/srv/state
ln -s /srv/state root/var/lib/mailkeep
in_root dpkg -i "${deb##*/}" "${examples##*/}"
exits 0
in_passwd vmail >now
ok 'the account is as it was' diff was now
ok 'no group is made beside it' not chroot root getent group vmail
is "$(stat -c '%u %F' root/srv/state) $(readlink root/var/lib/mailkeep)" \
    '0 directory /srv/state' 'a link in place of the state is let alone'
same_mail 'all the time'
in_root dpkg -P mailkeep mailkeep-exim
exits 0
prints 'left: /var/lib/mailkeep,'
is "$(readlink root/var/lib/mailkeep)" /srv/state 'also by a purge'
same_mail 'to the end'
done_testing
