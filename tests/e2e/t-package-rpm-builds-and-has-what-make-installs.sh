# rpmbuild makes both packages of the spec, from the tarball of make dist; what
# they have is what make install installs, and rpmlint finds nothing.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/package.sh"
plain_build
needs rpmbuild rpm rpmlint git

copy_tree tree
commit_tree tree
mkdir -p top/SOURCES
run make -s -C tree dist "DISTDIR=$PWD/top/SOURCES"
exits 0

# The spec's packages are not called as Debian's are, hence --nodeps.  Without
# the optimizer this takes half the time, and is about files.
run rpmbuild -bb --nodeps --nocheck --define "_topdir $PWD/top" \
    --define '_smp_mflags -j2' --define 'optflags -O0 -g0' \
    tree/packaging/rpm/mailkeep.spec
exits 0 || tail -n 20 "$ERR" >&2
package=$(find top/RPMS -name 'mailkeep-[0-9]*.rpm')
examples=$(find top/RPMS -name 'mailkeep-exim-[0-9]*.rpm')
ok 'both packages are there' test -n "$package" -a -n "$examples"
run rpmlint -r tree/packaging/rpm/mailkeep.rpmlintrc "$package" "$examples" \
    tree/packaging/rpm/mailkeep.spec
exits 0
prints ' 0 errors, 0 warnings'

# What a package file has needs no database of installed ones.
query()
{
	rpm --dbpath "$PWD/db" -qp "$@"
}

contents()
{
	query --qf '[%{FILENAMES} %{FILEMODES:perms}\n]' "$@" |
	    sed -n 's/ -[rwxst-]*$//p' | sed 's/\.gz$//' | sort
}

contents "$package" "$examples" >has
# In its place where make install has it as an example.
make -s -C "$TOP" files PREFIX=/usr UNITDIR=/usr/lib/systemd/system \
    EXAMPLEDIR=/usr/share/doc/mailkeep-exim/examples |
    sed -e '/doc.mailkeep.cron.*\.service$/d' \
    -e '/doc.mailkeep.cron.*\.timer$/d' \
    -e 's,^.*/doc/mailkeep/cron/mailkeep$,/etc/cron.d/mailkeep,' \
    -e 's,^.*/cron/tmpfiles.conf$,/usr/lib/tmpfiles.d/mailkeep.conf,' >wants
printf '%s\n' /etc/mailkeep/mailkeep.conf /etc/mailkeep/newsyslog.conf >>wants
sort -o wants wants
ok 'what make install installs is in them' diff wants has
contents "$examples" >has
is "$(grep -v '^/usr/share/doc/mailkeep-exim/examples/' has)" '' \
    'mailkeep-exim has examples alone'

run rpm --dbpath "$PWD/db" -qpc "$package"
is "$(cat "$OUT")" '/etc/cron.d/mailkeep
/etc/mailkeep/mailkeep.conf
/etc/mailkeep/newsyslog.conf' 'what is configuration'
run rpm --dbpath "$PWD/db" -qp --qf \
    '[%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME}\n]' \
    "$package"
prints '^/var/lib/mailkeep drwxr-xr-x vmail$'
prints '^/var/lib/mailkeep-rotate drwx------ root$'
for script in pre post preun postun; do
	query --qf "%{$(echo "$script" | sed -e 's/^pre$/PREIN/' \
	    -e 's/^post$/POSTIN/' | tr '[:lower:]' '[:upper:]')}" \
	    "$package" >"$script"
	ok "sh understands %$script" sh -n "$script"
done
ok '%pre makes the account' grep -q '^	useradd -r -g vmail' pre
# The timers of the spec are those of the tree.
is "$(sed -n 's/^%global timers //p' "$TOP/packaging/rpm/mailkeep.spec")" \
    "$(cd "$TOP/cron" && echo *.timer)" 'the timers are all of them'
done_testing
