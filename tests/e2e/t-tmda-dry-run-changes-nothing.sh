# -n names what a run then removes, no more and no less, and changes nothing: no
# file, no list, no archive, no state, no lock, nor anything where it may not
# write; it waits for no other run.  A run itself is silent.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

queue q <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
	hold 14 b@example.net bob@example.test
	hold 13 c@example.net alice@example.test
	hold 20 good@example.net alice@example.test
	leftover 20 R
	cache
	respond 15 r@example.net
	respond 13 s@example.net
	list confirmed good@example.net
END
: >"q/pending/1159377144.2.msg:3,C"
queue m maildir <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
	hold =1159377145.1 a@example.net alice@example.test
	read 1159377144.1
END
cat >conf <<-'END'
	safety { max-percent = "100%" }
	state-dir = "own/state"
	lock-dir = "own/lock"
	tmda "q" { dir = "q" archive = "own/archive" append-deleted = yes
	    delete-append = "lists/deleted" }
	tmda "m" { dir = "m" }
END
mkdir own
for d in q m own; do
	keep $d
done
unchanged()
{
	exits 0
	for _tree in q m own; do
		want $_tree
	done
}
for option in '' -v -q --progress --json --force '--user=*@example.*' '--queue m' \
    '--threads 7'; do
	# shellcheck disable=SC2086	# words
	clock run mailkeep-tmda -c conf -n $option
	unchanged
done
clock run mailkeep-tmda -c conf -n --user alice@example.test
unchanged
is "$(grep -c . "$OUT")" 3 'for alice: one and two, no record'
never_prints 'responses'
clock run mailkeep-tmda -n --older-than 14d m q
unchanged
clock run mailkeep-tmda -c conf -n --metrics own.prom
unchanged
rm -f own.prom
clock run mailkeep-tmda -c conf -n
unchanged
cut -f 1 "$OUT" | sort >would
is "$(sort "$OUT" | cut -f 1)" "$(cat would)" 'sorted'
clock run mailkeep-tmda -c conf -n -v
unchanged
prints 'dry run: nothing was changed'

# Another run holds the lock.
mkdir -p own/lock
mkfifo go
(
	flock 9
	: >held
	read -r _ <go
) 9<>own/lock/mailkeep-tmda.lock &
holder=$!
reap "$holder"
until [ -e held ]; do
	sleep 0.05
done
keep own
clock run mailkeep-tmda -c conf -n
unchanged
echo >go
wait "$holder"
rm -rf own/lock

# Where nothing can be written.
if small_disk ro 1m; then
	cp -a q m ro
	mount -o remount,ro ro
	sed 's,dir = "[qm]",&,; s,"q",&,; s,dir = "\([qm]\)",dir = "ro/\1",
	    s,own/,/proc/,' conf >conf.ro
	clock run mailkeep-tmda -c conf.ro -n
	exits 0
	is "$(cut -f 1 "$OUT" | sed 's,^ro/,,' | sort)" "$(cat would)" 'the same'
	clock run mailkeep-tmda -c conf.ro --list
	exits 0
	sed 's, archive = "[^"]*", ,; s,/proc/[a-z]*,own,; s/append-deleted = yes//
	    /delete-append/s/.*/}/' conf.ro >conf.rw
	clock run mailkeep-tmda -c conf.rw
	ok 'a run fails' [ "$STATUS" != 0 ]
	says 'Read-only file system'
	mount -o remount,rw ro
	same_tree ro/q q
	same_tree ro/m m
	rm -rf own/*
else
	skip 'needs root, to mount a small file system' 8
fi
find q m -type f | sort >all
clock run mailkeep-tmda -c conf
exits 0
one_line
says '1 due message in q is kept'
find q m -type f | sort >left
comm -23 all left >gone
ok 'what went is what -n has named' cmp would gone
is "$(comm -13 all left)" q/lists/deleted 'and a list is new'
done_testing
