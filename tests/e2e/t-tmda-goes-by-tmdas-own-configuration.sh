# pending-lifetime = "tmda": lifetime, places and lists are those that TMDA's
# own configuration says, in TMDA's units and by TMDA's rules for "~".
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

mkdir home
queue home/.tmda <<-'END'
	hold 1s a@example.net alice@example.test
	hold 1m a@example.net alice@example.test
	hold 2m b@example.net alice@example.test
	hold 59 c@example.net alice@example.test
	hold 60 d@example.net alice@example.test
	hold 729 e@example.net alice@example.test
	hold 730 f@example.net alice@example.test
	respond 15 r@example.net
END
cp -a home first
cat >conf <<-'END'
	safety { max-percent = "100%" }
	tmda "own" { dir = "home/.tmda" pending-lifetime = "tmda"
	    global-config = "" }
END
# left CONFIG AGES: what a run leaves of the queue, by the ages' last letters
left()
{
	rm -rf home
	cp -a first home
	printf '%s\n' "$1" >home/.tmda/config
	snapshot home/.tmda/lists >lists
	clock run mailkeep-tmda -c conf
	exits 0
	silent
	is "$(whose home/.tmda/pending)" "$2" "$1: what stays"
	same_tree lists home/.tmda/lists
}
left "PENDING_LIFETIME = '2M'" aabc
left "PENDING_LIFETIME = '2m'" aa
left "PENDING_LIFETIME = '2Y'" aabcde
left 'PENDING_LIFETIME="""1w"""' aab
left "PENDING_LIFETIME = '61' 'd'" aabcd
left "PENDING_LIFETIME = ('61s')  # short" aa
left "PENDING_LIFETIME = '1440h'" aabc
left "PENDING_LIFETIME = u'1s'" ''
left '' aab				# TMDA's own 14 days
left "#PENDING_LIFETIME = '1s'" aab
left "'''
PENDING_LIFETIME = '1s'
'''
PENDING_LIFETIME = '60d' ; X = 1
PENDING_LIFETIMES = '1s'
PENDING_LIFETIME = \\
	'61d'" aabcd
left "PENDING_QUEUE_FORMAT = 'maildir'
PENDING_CACHE = '/etc/cache'
PENDING_CLEANUP_ODDS = 0.0
import os, sys
if os.environ.get('X'):
    LOGFILE_INCOMING = os.path.expanduser('~/.tmda/logs/incoming')
MAX_AUTORESPONSES_PER_DAY = 5" aab
holds home/.tmda/responses

# Places.  DIR's text stands for PENDING_DIR; what is elsewhere stays.
host=$(uname -n)
queue first/q maildir <<-'END'
	hold 13 g@example.net alice@example.test
	hold =1159377144.1 h@example.net alice@example.test
END
queue first/.tmda/sub <<-'END'
	hold =1159377144.2 i@example.net alice@example.test
	respond =1159377144.3 i@example.net
END
queue elsewhere <<-'END'
	hold =1159377144.4 j@example.net alice@example.test
	respond =1159377144.5 j@example.net
END
rm -rf before
# place CONFIG DIR FILE ...: that these are gone of DIR, and all else stays
place()
{
	rm -rf home elsewhere.now
	cp -a first home
	cp -a elsewhere elsewhere.now
	printf '%s\n' "$1" | sed "s,ELSEWHERE,$PWD/elsewhere.now,
	    s,HERE,$PWD/home," >home/.tmda/config
	keep home
	keep elsewhere.now
	_changed=$2
	shift 2
	clock run mailkeep-tmda -c conf
	exits 0
	silent
	for _tree in home elsewhere.now; do
		if [ "$_tree" = "$_changed" ]; then
			want "$_tree" "$@"
		else
			want "$_tree"
		fi
	done
}
none="RESPONSE_DIR = None"
place "import os.path
PENDING_DIR = os.path.expanduser('~/q/pending')
$none" home "q/pending/new/1159377144.1.$host"
place "PENDING_DIR = '~/q/pending'
$none" home "q/pending/new/1159377144.1.$host"
place "PENDING_DIR = 'HERE/q/pending/'
$none" home "q/pending/new/1159377144.1.$host"
place "PENDING_DIR = 'HERE/.tmda/sub//./pending'
$none" home .tmda/sub/pending/1159377144.2.msg
place "PENDING_DIR = 'sub/pending'
$none" home .tmda/sub/pending/1159377144.2.msg
place "DATADIR = os.path.join(os.path.expanduser('~'), '.tmda', 'sub')
PENDING_DIR = 'pending'
$none" home .tmda/sub/pending/1159377144.2.msg
place "PENDING_DIR = 'nowhere'
RESPONSE_DIR = os.path.expanduser('~/.tmda/sub/responses')" home \
    .tmda/sub/responses/1159377144.3.i@example.net
place "PENDING_DIR = 'ELSEWHERE/pending'
RESPONSE_DIR = 'ELSEWHERE/responses'" elsewhere.now \
    pending/1159377144.4.msg responses/1159377144.5.j@example.net
place "PENDING_DIR = 'ELSEWHERE/pending'
$none
PENDING_LIFETIME = '99Y'" none
# A configuration of another name, by itself.
rm -rf home
cp -a first home
echo "PENDING_LIFETIME = '99Y'" >home/.tmda/config
echo "PENDING_LIFETIME = '60d'; RESPONSE_DIR = None" >home/.tmda/other
echo "PENDING_LIFETIME = '730d'; RESPONSE_DIR = None" >other
keep home
clock run mailkeep-tmda -c conf -o "tmda.own.config=$PWD/other"
exits 0
silent
want home ".tmda/pending/$((NOW - 730 * 86400)).1007.msg"
clock run mailkeep-tmda -c conf -o tmda.own.config=other
exits 0
silent
is "$(whose home/.tmda/pending)" aabc 'what is younger than sixty days'

# Lists: where a confirmed sender is kept in, where one who is deleted goes.
cat >conf <<-'END'
	safety { max-percent = "100%" }
	tmda "own" { dir = "home/.tmda" pending-lifetime = "tmda"
	    global-config = "" append-deleted = yes }
END
# lists CONFIG KEPT: the senders whose messages stay
lists()
{
	rm -rf home elsewhere.now
	cp -a first home
	cp -a elsewhere elsewhere.now
	mkdir home/lists
	echo d@example.net >home/lists/confirmed
	echo e@example.net >elsewhere.now/list
	echo f@example.net >home/.tmda/lists/whitelist
	printf '%s\n' "$1" | sed "s,ELSEWHERE,$PWD/elsewhere.now," \
	    >home/.tmda/config
	clock run mailkeep-tmda -c conf -q
	exits 0
	is "$(whose home/.tmda/pending)" "$2" "$1: who stays"
}
lists '' aabf
lists "CONFIRM_APPEND = os.path.expanduser('~/lists/confirmed')" aabdf
lists "CONFIRM_APPEND = '~/lists/confirmed'
BARE_APPEND = 'ELSEWHERE/list'" aabdef
lists "CONFIRM_APPEND = None
PENDING_DELETE_APPEND = os.path.expanduser('~/lists/deleted')" aabf
is "$(tr '\n' ' ' <home/lists/deleted)" \
    'c@example.net d@example.net e@example.net ' 'who was deleted'
lists "PENDING_DELETE_APPEND = 'ELSEWHERE/list'
PENDING_LIFETIME = '60d'" aabcf
is "$(tr '\n' ' ' <elsewhere.now/list)" 'e@example.net d@example.net ' \
    'who was deleted, once each'
done_testing
