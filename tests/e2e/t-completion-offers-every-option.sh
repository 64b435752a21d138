# bash, zsh and fish offer each option of --help, which are those of the manual
# page, and no other; and after an option the words, files or directories that
# it takes, the same as in the files that make has written.
. tests/e2e/lib.sh

HOME=$SCRATCH/test XDG_CONFIG_HOME=$HOME XDG_DATA_HOME=$HOME TERM=dumb
export HOME XDG_CONFIG_HOME XDG_DATA_HOME TERM
mkdir work work/adir work/.Trash
echo >work/afile

# What bash would offer for the words $2 ..., the last one to be completed, of
# the program $1, one a line.  In a file, for they say how a shell is asked.
cat >ask.bash <<'END'
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
spec=$(complete -p "$1") || exit 1
name=${spec#*-F }
"${name%% *}" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
END
in_bash()
{
	(cd work && bash --norc --noprofile ../ask.bash \
	    "$B/completions/bash/$1" "$@" 2>../bash.err) | sed '/^$/d' | sort
}

# A compadd of our own notes what completion adds, as the real one matches it.
cat >ask.zsh <<'END'
zmodload zsh/zpty
zpty asked zsh -f -i
zpty -w asked "PS1= PS2=; cd ${(q)PWD}/work; fpath=(${(q)1} \$fpath)
autoload -Uz compinit; compinit -u -D
compadd () {
	if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
		builtin compadd \"\$@\"
		return
	fi
	typeset -a hits
	builtin compadd -A hits \"\$@\"
	print -rl -- \$hits >>${(q)PWD}/hits
	builtin compadd \"\$@\"
}
asked() {
	_main_complete
	print >${(q)PWD}/asked
	exit
}
zle -C asked complete-word asked
bindkey '^X' asked; print ready >${(q)PWD}/ready"
for ((i = 0; i < 700; i++)) {
	[[ -e ready ]] && break
	zpty -r -t asked line
	sleep 0.02
}
zpty -w -n asked "$2"$'\x18'
for ((i = 0; i < 700; i++)) {
	[[ -e asked ]] && break
	zpty -r -t asked line
	sleep 0.02
}
zpty -d asked
END
in_zsh()
{
	rm -f hits asked ready
	timeout 30 zsh -f ask.zsh "$B/completions/zsh" "$1" >zsh.err 2>&1
	[ -f asked ] || echo "no answer for: $1"
	[ ! -f hits ] || sed '/^$/d' hits | sort -u
}

in_fish()
{
	(cd work && fish --no-config -c "source $B/completions/fish/$1.fish
	    complete -C '$1 $2'" 2>../fish.err) | sed 's/	.*//' | sort
}

have_bash=no have_zsh=no have_fish=no
! command -v bash >/dev/null || have_bash=yes
! command -v zsh >/dev/null || have_zsh=yes
! command -v fish >/dev/null || have_fish=yes

programs=0
for main in "$TOP"/bin/mailkeep-*.c; do
	program=${main##*/}
	program=${program%.c}
	programs=$((programs + 1))

	run "$program" --help
	sed -n -e 's/^  -\(.\), --\([a-z0-9-]*\).*/-\1 --\2/p' \
	    -e 's/^      --\([a-z0-9-]*\).*/--\1/p' "$OUT" | tr ' ' '\n' |
	    sort >helped
	sed -n -e 's/^\.It Fl -\([a-z0-9-]*\).*/--\1/p' \
	    -e 's/^\.It Fl \([A-Za-z]\) , Fl -\([a-z0-9-]*\).*/-\1 --\2/p' \
	    "$TOP/man/$program.8" | tr ' ' '\n' | sort >written
	ok "$program: --help and its page have the same options" \
	    diff helped written
	grep -e '^--' helped >long
	ok "$program has options" test "$(wc -l <long)" -gt 10

	for file in bash/$program zsh/_$program fish/$program.fish; do
		run "$program" --completion "${file%%/*}"
		exits 0
		ok "$file is what it prints" cmp "$OUT" "$B/completions/$file"
	done

	if [ $have_bash = yes ]; then
		in_bash "$program" - >offered
		ok "$program: bash offers every option" diff helped offered
		ok 'it says nothing' test ! -s bash.err
		is "$(in_bash "$program" --completion '' | tr '\n' ' ')" \
		    'bash fish zsh ' 'and words'
	else
		skip 'there is no bash' 3
	fi
	if [ $have_zsh = yes ]; then
		ok "$program: zsh reads it" \
		    zsh -n "$B/completions/zsh/_$program"
		in_zsh "$program --" | sed 's/=$//' >offered
		ok "$program: zsh offers every long option" diff long offered
	else
		skip 'there is no zsh' 2
	fi
	if [ $have_fish = yes ]; then
		in_fish "$program" -- | sort -u >offered
		ok "$program: fish offers every long option" diff long offered
		ok 'it says nothing' test ! -s fish.err
		in_fish "$program" - | grep -e '^-.$' >offered
		grep -e '^-.$' helped | diff - offered >differs
		ok "$program: fish offers every letter" test ! -s differs
	else
		skip 'there is no fish' 3
	fi
done
ok "there are programs ($programs)" test "$programs" -ge 5

# After an option, and without one.
p=mailkeep-expire
if [ $have_bash = yes ]; then
	is "$(in_bash $p --age '')" "$(printf '%s\n' in-folder name received \
	    saved)" 'bash: words'
	is "$(in_bash $p --age = r)" received 'bash: --age=r'
	is "$(in_bash $p --age =)" "$(in_bash $p --age '')" 'bash: --age='
	is "$(in_bash $p --plan a)" "$(printf '%s\n' adir afile)" 'bash: files'
	is "$(in_bash $p -nvc a)" "$(printf '%s\n' adir afile)" \
	    'bash: files after letters that stand together'
	is "$(in_bash $p --to a)" adir 'bash: a directory'
	is "$(in_bash $p -n a)" adir 'bash: MAILDIR'
	is "$(in_bash $p --rule a)" '' 'bash: a name is nothing to complete'
	is "$(in_bash $p --fo)" "$(printf '%s\n' --folder --force \
	    --forecast)" 'bash: what begins so'
	is "$(in_bash $p -- --fo)" '' 'bash: behind -- there are no options'
	is "$(in_bash mailkeep-blacklist a)" "$(printf '%s\n' adir afile)" \
	    'bash: FEED is a file'
	is "$(in_bash mailkeep-blacklist --print p)" "$(printf '%s\n' plain \
	    postfix)" 'bash: formats'
	if [ -f /usr/share/bash-completion/bash_completion ]; then
		is "$(BASH_COMPLETION_USER_DIR=$HOME/own bash --norc -c '
		    mkdir -p "$BASH_COMPLETION_USER_DIR/completions"
		    cp "$1"/* "$BASH_COMPLETION_USER_DIR/completions"
		    . /usr/share/bash-completion/bash_completion
		    _completion_loader mailkeep-tmda
		    complete -p mailkeep-tmda' bash "$B/completions/bash")" \
		    'complete -F _mailkeep_tmda mailkeep-tmda' \
		    'bash-completion finds it by its name'
	else
		skip 'there is no bash-completion'
	fi
fi
if [ $have_zsh = yes ]; then
	is "$(in_zsh "$p --age ")" "$(printf '%s\n' in-folder name received \
	    saved)" 'zsh: words'
	is "$(in_zsh "$p --plan a" | sed 's,/$,,')" \
	    "$(printf '%s\n' adir afile)" 'zsh: files'
	is "$(in_zsh "$p -n a" | sed 's,/$,,')" adir 'zsh: MAILDIR'
fi
if [ $have_fish = yes ]; then
	is "$(in_fish $p '--age ')" "$(printf '%s\n' in-folder name received \
	    saved)" 'fish: words'
	is "$(in_fish $p '--age=r')" --age=received 'fish: --age=r'
	is "$(in_fish $p '--plan a')" "$(printf '%s\n' adir/ afile)" \
	    'fish: files'
	is "$(in_fish $p '--rule a')" '' 'fish: a name is nothing to complete'
	is "$(in_fish $p '--fo')" "$(printf '%s\n' --folder --force \
	    --forecast)" 'fish: what begins so'
	is "$(in_fish $p '-n a')" adir/ 'fish: MAILDIR'
fi

run $p --completion tcsh
exits 64
one_line
says 'none of bash, zsh and fish'
run $p --completion
exits 64
one_line
run $p --completion '' -n
exits 64
mkdir called
ln -s "$B/bin/mailkeep-rotate" called/newsyslog
called/newsyslog --completion bash | tail -n 1 >last
is "$(cat last)" 'complete -F _newsyslog newsyslog' \
    'the other name of mailkeep-rotate has completions, too'
if [ -c /dev/full ]; then
	"$B/bin/$p" --completion bash >/dev/full 2>"$ERR"
	is $? 74 'a full disk is told'
else
	skip 'there is no /dev/full'
fi
done_testing
