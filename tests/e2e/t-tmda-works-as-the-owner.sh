# Started by root with owner = "mail:mail" it has that account's rights and no
# others, and what it makes belongs to it; another account is told in one line
# what it may not; without owner root stays root.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

[ "$(id -u)" = 0 ] || skip_all 'needs root'
id mail >/dev/null 2>&1 || skip_all 'needs user mail'

d15=$((NOW - 15 * 86400))
queue first <<END
	hold =$d15.1 a@example.net alice@example.test
	hold =$d15.2 b@example.net alice@example.test
	hold 1 c@example.net alice@example.test
	list deleted x@example.net
END
chmod 755 .
mkdir own
cat >conf <<'END'
owner = "mail:mail"
state-dir = "own/state"
lock-dir = "own/lock"
metrics = "own/m/tmda.prom"
safety { max-percent = "100%" }
tmda "q" { dir = "q" archive = "own/archive" append-deleted = yes
    delete-append = "lists/new" }
END
# fresh OWNER
fresh()
{
	rm -rf q own
	mkdir own own/m
	chown mail own/m
	cp -a first q
	chown -R "$1" q
	keep q
}
fresh mail:mail
clock run mailkeep-tmda -c conf
exits 0
silent
holds q/pending "$((NOW - 86400)).1001.msg"
for made in own/state own/lock own/archive own/state/* own/lock/* \
    own/archive/* own/archive/*/* own/m/tmda.prom q/lists/new; do
	is "$(stat -c %U:%G "$made")" mail:mail "the owner of $made"
done
is "$(find own -type f -perm /007 ! -name '*.prom')" '' 'they are not for all'
clock run mailkeep-tmda -c conf --restore own/archive/*
exits 0
is "$(stat -c %U:%G:%a q/pending/$d15.1.msg)" mail:mail:644 'restored'

# Another's queue is out of its reach.
fresh games:games
chmod 700 q/pending
clock run mailkeep-tmda -c conf
exits 77
one_line
says 'q/lists/confirmed|q/pending: Permission denied|open q'
want q
fresh mail:mail
chown root q/pending
chmod 755 q/pending
keep q
clock run mailkeep-tmda -c conf
exits 77
says 'Permission denied'
ok 'nothing is gone' [ -f q/pending/$d15.1.msg ]
# A link that leads out of a directory of its own.
fresh mail:mail
rm -rf q/pending/*
mkdir roots
cp -a first/pending roots
rm -rf q/pending
ln -s ../roots/pending q/pending
keep roots
clock run mailkeep-tmda -c conf
ok 'a status' [ "$STATUS" != 0 ]
want roots
# What another user has put there is his name's age, too; and is removed.
fresh mail:mail
chown games q/pending/$d15.1.msg
clock run mailkeep-tmda -c conf
exits 0
ok 'it went' [ ! -e q/pending/$d15.1.msg ]

# As the account itself; as another.
fresh mail:mail
chown mail own
cp conf conf.readable
clock as mail run mailkeep-tmda -c conf.readable
exits 0
silent
holds q/pending "$((NOW - 86400)).1001.msg"
for mode in 700 755; do
	fresh mail:mail
	chmod $mode q q/pending
	keep q
	clock as games run mailkeep-tmda -c conf.readable -o owner= \
	    -o "state-dir=$STATE" -o "lock-dir=$LOCK" -o metrics= \
	    -o tmda.q.archive= -o tmda.q.append-deleted=no \
	    -o tmda.q.delete-append=
	exits 77
	says 'Permission denied'
	want q
done
clock as games run mailkeep-tmda -c conf.readable -o metrics=
exits 77
one_line
says 'owner|own/state'
chmod 600 conf.readable
clock as games run mailkeep-tmda -c conf.readable
exits 77
one_line
says 'conf.readable: .*Permission denied'
want q
clock run mailkeep-tmda -c conf -o owner=nobody.at.all
exits 67
one_line

# Root without owner: what it makes in the queue is its owner's.
sed '/^owner/d' conf >conf.root
fresh games:games
clock run mailkeep-tmda -c conf.root
exits 0
silent
is "$(stat -c %U:%G:%a q/lists/new)" games:games:600 "the list is the queue's"
is "$(stat -c %U own/state)" root 'the state is not'
done_testing
