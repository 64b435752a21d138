# On a terminal of 80 columns tables fit it, whatever the names and numbers in
# them, and what is no table says so by being data; colours are there for
# errors and warnings alone, on a terminal alone, and never with NO_COLOR.
. tests/e2e/lib.sh
command -v python3 >/dev/null || skip_all 'there is no python3'

cat >terminal.py <<'END'
import os, pty, struct, sys, termios, fcntl
pid, fd = pty.fork()
if pid == 0:
  fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
  os.execvp(sys.argv[1], sys.argv[1:])
said = b""
while True:
  try:
    piece = os.read(fd, 65536)
  except OSError:
    break
  if not piece:
    break
  said += piece
sys.stdout.buffer.write(said.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
END
TERM=xterm
export TERM
unset NO_COLOR
# seen STATUS PROGRAM [ARG ...]: run it on a terminal; both outputs in $OUT.
seen()
{
	_want=$1 _program=$2
	shift 2
	python3 terminal.py "$B/bin/$_program" -o "state-dir=$STATE" \
	    -o "lock-dir=$LOCK" -o sandbox=no "$@" >"$OUT" 2>"$ERR"
	STATUS=$? _what="$_program $*"
	exits "$_want"
}
fits()
{
	is "$(LC_ALL=C.UTF-8 awk 'length($0) > 80' "$OUT")" '' \
	    "$_what: no line has more than 80 columns"
}
esc=$(printf '\033')

long='a rule with a name that is longer than any table has room for, by far'
message home/.Junk/cur/1.M1P1.mx,S=123456789:2,S 40
message home/.Junk/cur/2.M1P1.mx:2,S 3
printf 'mail-root = "home"\nexpire "%s" { folder = {"Junk"}\n%s\n' "$long" \
    'older-than = "10d" age = "received" }' >conf
awk 'BEGIN { for (i = 0; i < 3000; i++)
	printf "45.%d.%d.%d\n", i % 7, i / 250, i % 250 }' >list
printf 'blacklist { feed "%s" { file = "list" } text = "list.out" }\n' \
    "$(printf %s "$long" | tr -d ' ,')" >bconf

seen 0 mailkeep-expire -c conf --forecast 31
prints '^total '
fits
seen 0 mailkeep-expire -c conf --rule "$long"
prints '^total '
prints '^a rule with .*\.\.\.'
fits
never_prints "$esc"
seen 0 mailkeep-blacklist -c bconf
prints '^total '
fits
for program in "$TOP"/bin/mailkeep-*.c; do
	program=${program##*/}
	seen 0 "${program%.c}" --help
	prints '^usage: '
	fits
	never_prints "$esc"
done

# The name of the program, and no more of it.
seen 66 mailkeep-expire -c conf --user nobody
prints "^$esc\\[1;31mmailkeep-expire:$esc\\[0m home: nothing matched"
printf 'expire "other" { folder = {"Nowhere"} older-than = "1d" }\n' |
    cat conf - >conf2
seen 0 mailkeep-expire -c conf2 -n
prints "^$esc\\[33mmailkeep-expire:$esc\\[0m note: no folder is what rule"
NO_COLOR=1
export NO_COLOR
seen 66 mailkeep-expire -c conf --user nobody
prints '^mailkeep-expire: home: nothing matched'
never_prints "$esc"
NO_COLOR=
seen 66 mailkeep-expire -c conf --user nobody
prints "$esc"
unset NO_COLOR
TERM=dumb
seen 66 mailkeep-expire -c conf --user nobody
never_prints "$esc"
TERM=xterm
run mailkeep-expire -c conf --user nobody
exits 66
never_says "$esc"
done_testing
