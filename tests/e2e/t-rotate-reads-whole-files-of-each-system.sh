# Whole files in the manner of NetBSD's, FreeBSD's and OpenBSD's newsyslog.conf
# are read by their dialects without a complaint and do what they say there; a
# line that can't be read is told with file and number, and the others are
# carried out.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
u=$(id -un) g=$(id -gn)

# again NAME ...: logs of 60 KiB, and nothing else
again()
{
	rm -rf root
	rm -f "$STATE"/*
	for _log; do
		file "root$_log" 2
		yes 'a line of a log, as long as it is' 2>/dev/null |
		    head -c 61440 >"root$_log"
	done
}
# rotate DIALECT FILE [ARG ...]
rotate()
{
	_dialect=$1 _file=$2
	shift 2
	run mailkeep-rotate $r -o "rotate.dialect=$_dialect" -f "$_file" \
	    -o "rotate.syslog-pid=$PWD/none.pid" -d "$PWD/root" -s "$@"
}

# ---- NetBSD: six fields; # at a line's start.
cat >netbsd.conf <<-END
	#	\$NetBSD\$
	#
	# Configuration file for newsyslog(8).
	#
	# logfilename		[owner:group]	mode ngen size when flags \
[/path/to/pidfile] [sigtype]
	/var/cron/log		$u:$g	600  3    10   *    Z
	/var/log/aculog			640  7    *    24   Z
	/var/log/authlog		600  5    35   *    Z
	/var/log/kerberos.log		640  7    *    24   ZN
	/var/log/lpd-errs		640  7    10   *    Z
	/var/log/maillog		600  7    *    24   XN
	/var/log/messages		644  5    250  *    Z
	/var/log/wtmp		$u:$g	664  7    *    168  ZBN
	/var/log/lastlogx		664  7    200  *    ZB
	/var/log/xferlog	$u.$g	640  7    250  *    J0
	/var/log/daemon			640  2    30   \$W0D3 PC /run/d.pid HUP
	   	/var/log/indented	640  2    30   @T00	-
END
again /var/cron/log /var/log/aculog /var/log/authlog /var/log/kerberos.log \
    /var/log/lpd-errs /var/log/maillog /var/log/messages /var/log/wtmp \
    /var/log/lastlogx /var/log/xferlog /var/log/daemon /var/log/indented
rotate netbsd netbsd.conf
exits 0
silent
holds root/var/cron log log.0.gz
holds root/var/log aculog aculog.0.gz authlog authlog.0.gz kerberos.log \
    kerberos.log.0.gz lpd-errs lpd-errs.0.gz maillog maillog.0.xz messages \
    wtmp wtmp.0.gz lastlogx xferlog daemon daemon.0 indented indented.0
is "$(stat -c %a root/var/log/wtmp root/var/log/authlog root/var/log/daemon |
    tr '\n' ' ')" '664 600 640 ' 'modes are those of the lines'
ok 'B: no notice' not test -s root/var/log/wtmp
ok 'without B: one' grep -q 'newsyslog\[.*logfile turned over' \
    root/var/log/authlog

# ---- FreeBSD: comments, <include>, <default>, <compress>, G, R, T, U.
mkdir -p conf.d
cat >freebsd.conf <<-END
	# configuration file for newsyslog
	# logfilename          [owner:group]    mode count size when  flags \
[/pid_file] [sig_num]
	<compress> legacy
	/var/log/all.log			600  7	   *	@T00  J
	/var/log/auth.log			600  7     50	@0101T JC
	/var/log/console.log			600  5	   1000	*     J
	/var/log/cron				600  3	   50	*     JC	# a comment
	/var/log/lpd-errs			644  7	   1000	*     JC
	/var/log/maillog			640  7	   *	168   JCN
	/var/log/a\\#b				640  7	   10	*
	<include> $PWD/conf.d/[!.]*.conf
	<include> $PWD/none.d/*.conf
	<default>			$u:$g	640  2	   *	*     XN
	<COMPRESS> zstd
	/var/log/messages			644  5	   50	@0101T JC
	/var/log/plain				644  5	   50	*
	<compress> none
	/var/log/ppp.log	$u:$g	640  3	   10	*     JC
	/var/log/utx.log			644  3	   *	@01T05 B
END
# What is included is read behind all that the file itself says.
printf '<compress> zstd\n/var/log/app/*.log 640 2 10 * GZTN\n' \
    >conf.d/app.conf
echo '/var/log/hidden 640 2 10 * Z' >conf.d/.hidden.conf
again /var/log/all.log /var/log/auth.log /var/log/console.log /var/log/cron \
    /var/log/lpd-errs /var/log/maillog '/var/log/a#b' /var/log/messages \
    /var/log/plain /var/log/ppp.log /var/log/utx.log /var/log/app/1.log \
    /var/log/app/2.log /var/log/app/2.txt /var/log/hidden /var/log/named
rotate freebsd freebsd.conf
exits 0
silent
holds root/var/log all.log auth.log auth.log.0.bz2 console.log cron \
    cron.0.bz2 lpd-errs maillog maillog.0.bz2 'a#b' 'a#b.0' messages \
    messages.0.zst plain plain.0 ppp.log ppp.log.0 utx.log hidden named
holds root/var/log/app 1.log 1.log.0.zst 2.log 2.log.0.zst 2.txt
ok 'T: the notice is as RFC 5424 has it' grep -Eq \
    '^<14>1 [0-9-]+T[0-9:]+[-+]..:.. [^ ]+ newsyslog [0-9]+ - - logfile' \
    root/var/log/app/1.log
rotate freebsd freebsd.conf -F "$PWD/root/var/log/named" \
    "$PWD/root/var/log/app/2.txt"
exits 0
silent
is "$(printf '%s ' root/var/log/named* root/var/log/app/2.txt*)" \
    "root/var/log/named root/var/log/named.0.xz root/var/log/app/2.txt \
root/var/log/app/2.txt.0.xz " '<default>, for what is named'
ok 'which the notice says' \
    grep -q 'due to -F request using <default> rule$' root/var/log/named

# ---- OpenBSD: blank halves of the owner, a command in quotes, M.
cat >openbsd.conf <<-END
	#	\$OpenBSD\$
	# logfile_name		owner:group     mode count size when  flags
	/var/cron/log		$u:$g	600  3     10   *     Z
	/var/log/authlog	$u:	640  7     *    168   Z
	/var/log/daemon		:$g	640  5     30   *     Z
	/var/log/lpd-errs			640  7     10   *     Z
	/var/log/maillog			640  7     *    24    Z
	/var/log/messages			644  5     300  *     Z
	/var/log/secure				600  7     0    168   Z
	/var/log/wtmp				644  7     *    \$W6D4 B ""
	/var/log/xferlog			640  7     250  *     Z
	/var/log/pflog				600  3     10   *     ZB "true x"
	/var/www/logs/access.log		644  4     *    1     M root \
/run/httpd.pid SIGUSR1
END
again /var/cron/log /var/log/authlog /var/log/daemon /var/log/lpd-errs \
    /var/log/maillog /var/log/messages /var/log/secure /var/log/wtmp \
    /var/log/xferlog /var/log/pflog /var/www/logs/access.log
echo little >root/var/log/secure
rotate openbsd openbsd.conf
exits 0
silent
holds root/var/cron log log.0.gz
holds root/var/log authlog authlog.0.gz daemon daemon.0.gz lpd-errs \
    lpd-errs.0.gz maillog maillog.0.gz messages secure wtmp xferlog pflog \
    pflog.0.gz
holds root/var/www/logs access.log access.log.0
is "$(cat root/var/log/secure)" little 'under 256 bytes: not rotated'

# ---- Each file in another's language: those lines alone are refused.
again /var/log/all.log /var/log/cron /var/log/plain '/var/log/a#b'
rotate netbsd freebsd.conf
exits 78
says 'freebsd\.conf:3: freebsd has <compress>, netbsd has not'
says 'freebsd\.conf:7: '
says 'freebsd\.conf:16: has no flags; netbsd wants them'
never_says 'freebsd\.conf:(4|5|6|8|9):'
holds root/var/log all.log cron plain 'a#b' auth.log lpd-errs maillog \
    messages ppp.log	# by C

# ---- Lines that can't be read, between good ones.
good='644 3 10 * Z'
cat >bad.conf <<-END
	/var/log/good1 $good
	relative $good
	/var/log/a
	/var/log/b 999 3 10 * Z
	/var/log/c no-such-user:$g $good
	/var/log/d $u:no-such-group $good
	/var/log/e 644 many 10 * Z
	/var/log/f 644 3 10k * Z
	/var/log/g 644 3 10 @T25 Z
	/var/log/h 644 3 10 \$W7 Z
	/var/log/i 644 3 10 * Q
	/var/log/j 644 3 10 * Z /run/x.pid SIGNONE
	/var/log/k 644 3 10 * Z /run/x.pid 99
	/var/log/../l $good
	/var/log/m 4644 3 10 * Z
	/var/log/n 644 3 10 * Z /run/x.pid HUP more
	/var/log/good1 600 9 * * -
	/var/log/good2 $good
END
printf '/var/log/\000nul %s\n/var/log/good3 %s\r\n/var/log/good4 %s' \
    "$good" "$good" "$good" >>bad.conf
again /var/log/good1 /var/log/good2 /var/log/good3 /var/log/good4 \
    /var/log/a /var/log/b /var/log/c /var/log/d /var/log/e /var/log/f \
    /var/log/g /var/log/h /var/log/i /var/log/j /var/log/k /var/log/l \
    /var/log/m /var/log/n
rotate netbsd bad.conf -v
exits 78
for i in 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 19; do
	grep -Eq "^mailkeep-rotate: bad\.conf:$i: .{6}" "$ERR" ||
	    flunk "says bad.conf:$i:"
	is "$(grep -c "bad\.conf:$i:" "$ERR")" 1 "line $i is told once"
done
says ':2: relative is not absolute'
says ':5: there is no user no-such-user'
says ':6: there is no group no-such-group'
says ':11: flag "Q" is of no dialect; netbsd has B C '
says ':17: .*/var/log/good1 stands in bad\.conf:1 already'
never_says 'bad\.conf:(1|18|20|21):'
holds root/var/log a b c d e f g h i j k l m n good1 good1.0.gz good2 \
    good2.0.gz good3 good3.0.gz good4 good4.0.gz
is "$(stat -c %a root/var/log/good1)" 644 'by the first line'
done_testing
