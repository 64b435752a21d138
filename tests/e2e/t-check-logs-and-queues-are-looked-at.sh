# mailkeep-check finds lines of newsyslog.conf that can't be read, logs that
# logrotate rotates as well, pid files that are missing, who can write to the
# file; and of TMDA missing directories, configurations and commands.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check-host.sh"

see()
{
	look --only "$@"
}
PARTS=

sound_host
see newsyslog
exits 0
finds '^ok newsyslog .*newsyslog.conf: is understood: lines 1'

cat >newsyslog.conf <<CONF
$PWD/log/main 640 3 100 * N
$PWD/log/bad	640 many 100 * N
# a comment
$PWD/log/main 640 3 100 * N
$PWD/log/pid 640 3 100 * - $PWD/nowhere.pid
CONF
: >log/pid
see newsyslog
exits 65
finds '^error newsyslog .*newsyslog.conf:2: .*many'
is "$(grep -c '^error' found)" 1 'the others are no error'
sed -i 2d newsyslog.conf
see newsyslog
finds '^error newsyslog .*newsyslog.conf:3: .*log/main'
sed -i 3d newsyslog.conf
see newsyslog
exits 0
finds '^note newsyslog .*newsyslog.conf:3: there is no pid file .*/nowhere.pid'

# logrotate has one of them, by a pattern.
cat >root/etc/logrotate.d/own <<CONF
# $PWD/log/pid
$PWD/elsewhere/* $PWD/log/m* {
	daily
}
CONF
cp root/etc/logrotate.d/own root/etc/logrotate.d/own.dpkg-old
see newsyslog
exits 0
finds '^warning newsyslog .*newsyslog.conf:1: .*/log/main is rotated by logrotate as well, by root/etc/logrotate.d/own:2'
is "$(grep -c '^warning' found)" 1 'the other log is not, nor by an old file'
rm root/etc/logrotate.d/own

# Who can write to it; what mailkeep-rotate itself says; no file at all.
chmod 666 newsyslog.conf
see newsyslog
exits 65
finds '^error newsyslog .*: anybody can write to .*newsyslog.conf, and so can have root run commands'
chmod 644 newsyslog.conf
mv newsyslog.conf kept
mkfifo newsyslog.conf
see newsyslog
exits 65
finds '^error newsyslog .*/newsyslog.conf: is no file'
mv kept newsyslog.conf
rm log/main
ln -s pid log/main
see newsyslog
exits 0
finds '^(warning|note) newsyslog mailkeep-rotate -n: .*log/main: is no regular'
echo '# nothing yet' >newsyslog.conf
look --only newsyslog --only schedule --only runs
exits 0
finds '^note newsyslog .*newsyslog.conf: names no log'
never_finds 'mailkeep-rotate'
rm newsyslog.conf
see newsyslog
exits 65
finds '^error newsyslog .*newsyslog.conf: .*No such file'
sed -i '/^rotate/,/^}/d' conf
[ -e /etc/mailkeep/newsyslog.conf ] || see newsyslog
[ -e /etc/mailkeep/newsyslog.conf ] || exits 0

# The other programs are asked; they may not be there.
sound_host
mkdir bin
cp "$B/bin/mailkeep-check" bin
run bin/mailkeep-check -c conf --only newsyslog
exits 0
prints '^  warning  mailkeep-rotate -n: could not be asked: '

# TMDA: each thing that can be missing.
sound_host
see tmda
exits 0
finds '^ok tmda conf:[0-9]+: tmda "shared": .*/tmda can be read'
rmdir tmda/pending
see tmda
exits 65
finds '^error tmda conf:[0-9]+: tmda "shared": pending, .*/tmda/pending, is not'
mkdir tmda/pending
rm tmda/config
see tmda
exits 0
finds '^note tmda conf:[0-9]+: tmda "shared": there is no .*/tmda/config'
see tmda -o tmda.shared.pending-lifetime=tmda
exits 65
finds '^error tmda conf:[0-9]+: tmda "shared": .*/tmda/config: No such file'
: >tmda/config
see tmda -o tmda.shared.rescue=release -o \
    tmda.shared.release-command="$PWD/tmda-pending"
exits 65
finds '^error tmda .*release-command: .*/tmda-pending: No such file'
echo exit >tmda-pending
see tmda -o tmda.shared.rescue=release -o \
    tmda.shared.release-command="$PWD/tmda-pending"
exits 65
finds '^error tmda .*release-command: .*/tmda-pending cannot be run'
chmod 755 tmda-pending
see tmda -o tmda.shared.rescue=release -o \
    tmda.shared.release-command="$PWD/tmda-pending"
exits 0
see tmda -o tmda.shared.dir="$PWD/nowhere"
exits 65
finds '^error tmda conf:[0-9]+: tmda "shared": dir, .*/nowhere, is not there'
sed -i 's/^tmda.*/tmda "own" { mailbox-dir = ".tmda" }/' conf
see tmda
exits 0
finds '^note tmda conf:[0-9]+: tmda "own": the directories .tmda of all'
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	sound_host
	chown -R nobody mail state lock
	see tmda -o owner=nobody
	exits 65
	finds '^error tmda .*/tmda, cannot be written to by nobody'
	chown nobody tmda
	see tmda -o owner=nobody
	exits 65
	finds '^error tmda .*/tmda/pending, cannot be written to by nobody'
else
	skip 'needs root, and nobody' 4
fi
done_testing
