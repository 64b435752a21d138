# Every wrong command line, and every configuration that cannot be used, ends
# with the status of its kind and one line that names what is wrong, and
# nothing is touched; a file alone (-f) is enough; --help fits a terminal.
. tests/e2e/lib.sh

if [ "$(id -u)" = 0 ]; then
	r=
else
	r=-r
fi
file logs/main 1 /etc/passwd
echo "$PWD/logs/main 644 3 * * NZ" >lines
cp -a logs before

# wrong STATUS RE ARG ...
wrong()
{
	_status=$1 _re=$2
	shift 2
	run mailkeep-rotate $r "$@"
	exits "$_status"
	one_line
	says "^mailkeep-rotate: .*$_re"
	is "$(cat "$OUT")" '' 'nothing on stdout'
}
wrong 64 'unknown option --trin; did you mean --trim' --trin -f lines
wrong 64 'unknown option -x' -x -f lines
wrong 64 'option --trim takes no argument' --trim=yes -f lines
wrong 64 'option -f needs an argument|option --file needs an argument' -f
wrong 64 'option --rotate needs an argument' -f lines -R
for option in -f -a -d -S -R; do
	wrong 64 'is empty' -f lines "$option" ''
done
wrong 64 '-F and -N do not go together' -f lines -F -N
wrong 64 '-R wants the logs to be named' -f lines -R backup
wrong 64 'logs/main: name the log by its absolute path' -f lines logs/main
wrong 64 "$PWD/logs: *|no log.s name" -F -f lines "$PWD/logs/../logs/main"
wrong 64 '%M:%Q|time format' -F -f lines -t '%Q/'
wrong 66 'nowhere.*No such file' -f nowhere
wrong 66 'nowhere.*No such file' -c nowhere
mkdir dir
wrong 65 'dir: Is a directory' -f dir
: >empty
wrong 78 'empty: names no log, so nothing is rotated' -f empty
printf '\n# only a comment\n\n' >empty
wrong 78 'empty: names no log, so nothing is rotated' -f empty
wrong 78 'names no log' -f -
wrong 78 'names no log' -o "rotate.file=$PWD/empty"
wrong 64 'unknown key "dialekt"; did you mean "dialect"' -f lines \
    -o rotate.dialekt=netbsd
wrong 64 'dialect.*"linux".*netbsd' -f lines -o rotate.dialect=linux
wrong 64 'compress-wait' -f lines -o rotate.compress-wait=11m
cat >conf <<-'END'
	rotate {
		file = {"lines"}
		dialekt = "netbsd"
	}
END
wrong 78 'conf:3: unknown key "dialekt" in rotate; did you mean "dialect"' \
    -c conf
echo 'rotate { log "a" { max-total = "1GiB" } }' >conf
wrong 78 'conf:1: .*"a".*names no log: write match' -c conf -f lines
echo 'rotate { log "a" { match = {"logs/*"} } }' >conf
wrong 78 'conf:1: .*"logs/\*" is no absolute path' -c conf -f lines
echo 'rotate { log "a" { match = {"/x"} record = "word" } }' >conf
wrong 78 'conf:1: .*record.*"word"' -c conf -f lines
if [ "$(id -u)" = 0 ]; then
	as nobody run mailkeep-rotate -f lines
	exits 77
	one_line
	says '^mailkeep-rotate: only root can .*; -r does what others can'
	chmod 600 lines
	as nobody run mailkeep-rotate -r -f lines
	exits 77
	one_line
	says 'lines: Permission denied'
	chmod 644 lines
	chown root "$STATE" "$LOCK"
else
	skip 'needs root' 6
fi
same_tree before logs

# No configuration and no newsyslog.conf: what there has to be is said.
if [ -e /etc/mailkeep/newsyslog.conf ] || [ -e /etc/mailkeep/mailkeep.conf ]
then
	skip 'this host has a configuration' 4
else
	wrong 66 '/etc/mailkeep/newsyslog.conf: .*; .*-f'
fi

# A file is enough.  Not due: silence, and the same tree.
run mailkeep-rotate $r -f lines
exits 0
silent
same_tree before logs
run mailkeep-rotate $r -f lines -F
exits 0
silent
holds logs main main.0.gz
# So is standard input.
(_become 0 mailkeep-rotate $r -F -f -) <lines >"$OUT" 2>"$ERR"
is $? 0 'lines from standard input'
silent
holds logs main main.0.gz main.1.gz
# Logs that are not there are no error; nothing is made.
mkdir none
echo "$PWD/none/main 644 3 * * NZ" >absent
run mailkeep-rotate $r -F -f absent
exits 0
silent
holds none
echo "$PWD/none/nothing/main 644 3 * * NZ" >absent
run mailkeep-rotate $r -F -f absent
exits 0
silent
holds none

run mailkeep-rotate --help
exits 0
is "$(cat "$ERR")" '' 'nothing on stderr'
is "$(awk 'length > 80' "$OUT")" '' '--help fits 80 columns'
for option in create trim no-rotate need-pid any-user no-signal rotate \
    syslog-pid archive-dir destdir file time-format lint force config option \
    dry-run verbose quiet json metrics help version; do
	grep -q -e "--$option" "$OUT" || flunk "--help names --$option"
done
run mailkeep-rotate --version
exits 0
is "$(cat "$OUT")" "mailkeep-rotate $(sed -n 's/^VERSION.*:= *//p' \
    "$TOP/Makefile")" 'one line'
if [ -c /dev/full ]; then
	for option in -n -nv; do
		mailkeep-rotate -o "rotate.state-dir=$STATE" -o sandbox=no \
		    $r -f lines -F $option >/dev/full 2>err
		is $? 75 "$option >/dev/full: a full disk may be empty tomorrow"
		is "$(cat err)" "mailkeep-rotate: standard output: No space \
left on device" 'which is said'
	done
else
	skip 'needs /dev/full' 4
fi
done_testing
