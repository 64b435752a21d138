# release-command runs as the TMDA directory's owner and with that account's
# group, whatever group the directory has; never as root; and it sees nothing of
# the environment that the program was started with.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

NOW=$(date +%s)
chmod 755 .
mkdir bin home
chmod 777 bin
# Who it is, and its environment; it releases.
cat >bin/tmda-pending <<-END
	#!/usr/bin/python3
	import glob, os, sys
	with open("$PWD/bin/log", "a") as log:
	    print(os.getuid(), os.getgid(), os.getgroups(),
	          *sorted(k for k in os.environ), file=log)
	    print(os.environ["HOME"], os.environ["USER"],
	          os.environ["LOGNAME"], file=log)
	for i in sys.argv[4:]:
	    for f in glob.glob("$PWD/home/.tmda/pending/" + i + ".*"):
	        os.unlink(f)
END
chmod 755 bin/tmda-pending
d15=$((NOW - 15 * 86400))
queue first <<-END
	hold =$d15.1 a@example.net alice@example.test
	list confirmed a@example.net
END
cat >conf <<-END
	tmda "shared" { dir = "$PWD/home/.tmda" rescue = "release"
	    release-command = "$PWD/bin/tmda-pending" }
END
# fresh OWNER:GROUP
fresh()
{
	rm -rf home/.tmda bin/log
	cp -a first home/.tmda
	[ "$(id -u)" != 0 ] || chown -R "$1" home/.tmda
	keep home
}
export MK_SECRET=password PYTHONPATH=/nonexistent

if [ "$(id -u)" = 0 ] && id mail >/dev/null 2>&1; then
	who=mail
else
	who=$(id -un)
fi
fresh "$who"
run mailkeep-tmda -c conf
exits 0
silent
holds home/.tmda/pending
is "$(sed -n '1s/.*\] //p' bin/log)" 'HOME LANG LOGNAME PATH USER' \
    'an environment of its own'
is "$(sed -n 2p bin/log)" "$PWD/home $who $who" "of the owner's"
if [ "$who" != mail ] || [ "$(id -u)" != 0 ]; then
	skip 'needs root and user mail' 12
	done_testing
fi

for group in shadow root; do
	fresh mail:$group
	chmod g+s home/.tmda home/.tmda/pending
	run mailkeep-tmda -c conf
	exits 0
	is "$(sed -n '1s/\].*/]/p' bin/log)" \
	    "$(id -u mail) $(id -g mail) [$(id -g mail)]" \
	    "the account's group, not $group"
done

# A configuration that somebody else may write, in root's directory.
fresh root:root
chown nobody home/.tmda/config
keep home
run mailkeep-tmda -c conf
exits 78
says 'belongs to root, and nothing is released as root: run tmda-pending'
want home
ok 'nobody was called' [ ! -e bin/log ]

# Nobody's.
fresh 4000000:4000000
run mailkeep-tmda -c conf
exits 67
says 'user 4000000, to whom the directory belongs, has no account'
want home
ok 'nobody was called' [ ! -e bin/log ]
done_testing
