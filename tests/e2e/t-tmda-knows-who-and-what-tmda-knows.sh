# What TMDA executes before the configuration counts, as do all its lists, both
# addresses of a sender, and a header of any length; and each section's rescued
# messages are told of, whenever that section came to be.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/tmda.sh"

queue first <<-'END'
	hold =1159377144.1 a@example.net alice@example.test
END
rm -rf first/responses
file=pending/1159377144.1.msg
fresh()
{
	rm -rf q "${STATE:?}"/*
	cp -a first q
	cat >q/config
	keep q
}
cat >conf <<END
tmda "own" { dir = "q" pending-lifetime = "tmda"
    global-config = "$PWD/tmdarc" }
END

# The first file, which a plain assignment of the second one overrides.
fresh </dev/null
run mailkeep-tmda -c conf
exits 0
want q $file
echo "PENDING_LIFETIME = '99Y'" >tmdarc
fresh </dev/null
run mailkeep-tmda -c conf
exits 0
silent
want q
fresh <<-'END'
	PENDING_LIFETIME = '1d'
END
run mailkeep-tmda -c conf
exits 0
want q $file
for line in 'PENDING_LIFETIME = f()' 'execfile("/etc/x")' \
    'from site_config import *' 'exec("PENDING_LIFETIME = 5")' \
    'vars().update({"PENDING_LIFETIME": "99Y"})'; do
	printf 'PENDING_DIR = "pending"\n%s\n' "$line" >tmdarc
	fresh </dev/null
	run mailkeep-tmda -c conf
	exits 78
	says "tmdarc:2: .* can't be known; nothing is done"
	want q
	: >tmdarc
	fresh <<-END
		PENDING_LIFETIME = "1d"
		$line
	END
	run mailkeep-tmda -c conf
	exits 78
	says "q/config:2: .* can't be known; nothing is done"
	want q
done
# It may name other files.
for line in 'TMDARC = "/x"' 'CONFIG_EXEC = False'; do
	echo "$line" >tmdarc
	fresh <<-'END'
		PENDING_LIFETIME = '1d'
	END
	run mailkeep-tmda -c conf
	exits 78
	says "tmdarc:1: ${line%% *} may be set there"
	want q
done
mkdir dir
run mailkeep-tmda -c conf -o "tmda.own.global-config=$PWD/dir"
exits 65
want q
run mailkeep-tmda -c conf -o tmda.own.global-config=tmdarc
exits 78
want q
rm tmdarc

# Its lists.
for key in CONFIRM_APPEND BARE_APPEND PENDING_RELEASE_APPEND \
    PENDING_WHITELIST_APPEND; do
	fresh <<-END
		$key = "$PWD/q/lists/some"
	END
	echo a@example.net >q/lists/some
	keep q
	run mailkeep-tmda -c conf
	exits 0
	says '1 due message in q is kept'
	want q
done

# Below a mailbox: without a configuration its defaults.
for box in a b; do
	mkdir -p mail/$box/cur mail/$box/new mail/$box/tmp
	cp -a first mail/$box/.tmda
	rm -f mail/$box/.tmda/config
done
echo "PENDING_LIFETIME = '99Y'" >mail/b/.tmda/config
keep mail
cat >conf.boxes <<-END
	mail-root = "mail"
	safety { max-percent = "100%" }
	tmda "own" { mailbox-dir = ".tmda" pending-lifetime = "tmda"
	    global-config = "$PWD/none" }
END
run mailkeep-tmda -c conf.boxes
exits 0
silent
want mail a/.tmda/$file

# The cache is no message, whatever it is called.
fresh <<-END
	PENDING_CACHE = "$PWD/q/$file"
END
run mailkeep-tmda -c conf
exits 0
silent
want q

# Who.
cat >conf <<-'END'
	tmda "shared" { dir = "q" }
END
fresh </dev/null
sed -i '1a X-Primary-Address: <b@example.net>' q/$file
for who in a b; do
	echo $who@example.net >q/lists/confirmed
	keep q
	run mailkeep-tmda -c conf -v
	exits 0
	says "rescued: $who@example.net is on a list"
	want q
done
run mailkeep-tmda -c conf --list --json
prints '"listed":true'
rm q/lists/confirmed

# long LINES: a header of 72 bytes each before all that counts
long()
{
	fresh </dev/null
	{
		python3 -c 'import sys
for i in range(int(sys.argv[1])):
    print("X-%06d: %s" % (i, "x" * 61))' "$1"
		cat first/$file
	} >q/$file
	echo a@example.net >q/lists/confirmed
	keep q
}
long 8000
run mailkeep-tmda -c conf
exits 0
says 'is kept: the sender is on a list'
want q
long 90000
run mailkeep-tmda -c conf
exits 65
says "$file: its header has no Return-Path and no end; it stays"
want q
# What looks packed is text.
fresh </dev/null
printf '\037\213: \n' | cat - first/$file >q/$file
echo a@example.net >q/lists/confirmed
keep q
run mailkeep-tmda -c conf
exits 0
says 'is kept: the sender is on a list'
want q

# Two sections, of which one comes later.
fresh </dev/null
echo a@example.net >q/lists/confirmed
cp -a q later
keep q
keep later
run mailkeep-tmda -c conf
exits 0
says '"shared": 1 due message in q is kept'
run mailkeep-tmda -c conf
exits 0
silent
echo 'tmda "later" { dir = "later" }' >>conf
run mailkeep-tmda -c conf
exits 0
one_line
says '"later": 1 due message in later is kept'
run mailkeep-tmda -c conf
exits 0
silent
# One that could not be looked at is told of when it can be.
mv later gone
run mailkeep-tmda -c conf -o tmda.later.dir=gone/none
exits 66
mv gone elsewhere
run mailkeep-tmda -c conf -o tmda.later.dir=elsewhere
exits 0
one_line
says '"later": 1 due message in elsewhere is kept'
want q
done_testing
