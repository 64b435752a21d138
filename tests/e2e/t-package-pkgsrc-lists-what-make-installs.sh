# The pkgsrc recipe: bmake understands it, its flags are those of a make that
# installs exactly PLIST, and it invents no checksum.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/package.sh"
plain_build
needs bmake

# pkgsrc's own files are not here: empty ones, where the recipe wants them.
mkdir -p pkgsrc/mail
cp -R "$TOP/packaging/pkgsrc" pkgsrc/mail/mailkeep
sed -n 's,^\. *include "\.\./\.\./\([^"]*\)"$,\1,p' \
    pkgsrc/mail/mailkeep/Makefile pkgsrc/mail/mailkeep/options.mk |
    while IFS= read -r included; do
	mkdir -p "pkgsrc/${included%/*}"
	touch "pkgsrc/$included"
done
echo 'OPSYS = NetBSD' >pkgsrc/mk/bsd.prefs.mk
echo 'PKG_SYSCONFDIR = ${PKG_SYSCONFDIR.mailkeep}' >>pkgsrc/mk/bsd.prefs.mk
value()
{
	bmake -C pkgsrc/mail/mailkeep "$@" PREFIX=/usr/pkg PKGMANDIR=man \
	    PKG_OPTIONS="${options-bdb}" REAL_ROOT_USER=root \
	    REAL_ROOT_GROUP=wheel 2>"$ERR"
}
is "$(value -V DISTNAME)" "$DIST" 'bmake reads it: the name'
ok 'bmake has nothing to say' test ! -s "$ERR"
is "$(value -V LICENSE)" isc 'the licence'
is "$(value -V BUILDLINK_TRANSFORM)" rm:-ldl 'NetBSD has no libdl'
flags=$(value -V '${MAKE_FLAGS}')
# shellcheck disable=SC2086	# words
make -s -C "$TOP" files $flags | sed -n 's,^/usr/pkg/,,p' | sort >wants
sed 1d "$TOP/packaging/pkgsrc/PLIST" >has
ok 'PLIST is what make installs (else: make plist)' diff has wants
# shellcheck disable=SC2086	# words
run make -C "$TOP" -o all "B=$B" "DESTDIR=$PWD/dest" install $flags
exits 0
(cd dest/usr/pkg && find . ! -type d) | sed 's,^\./,,' | sort >there
ok 'and it is there, below PREFIX' diff has there
is "$(cd dest && ls -A) $(cd dest/usr && ls -A)" 'usr pkg' 'and nowhere else'
for conf in $(value -V '${CONF_FILES}'); do
	case $conf in
	/usr/pkg/*) ok "there is ${conf##*/}" test -f "dest$conf" ;;
	*)	is "${conf%/*}" /etc/mailkeep 'and where it goes' ;;
	esac
done
# With its path of Linux nothing would find another program.
ok 'texts tell of /usr/pkg' grep -q '^PROG=/usr/pkg/sbin/mailkeep$' \
    dest/usr/pkg/share/doc/mailkeep/cron/mailkeep
is "$(options='' value -V '${MAKE_FLAGS:MDBM=*:u}')" DBM=dbm_none \
    'without the option bdb, no Berkeley DB'
is "$(echo "$flags" | grep DBM)" '' 'with it, as make finds it'
is "$(sed 1d "$TOP/packaging/pkgsrc/distinfo")" '' 'no checksum is invented'
is "$(awk 'length > 80' "$TOP/packaging/pkgsrc/DESCR")" '' 'DESCR is narrow'
done_testing
