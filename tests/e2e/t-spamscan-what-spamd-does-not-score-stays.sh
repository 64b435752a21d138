# What spamd does not score stays where it is, whatever spamd does in place of
# an answer; one line says so, and the next run does the rest.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/spam.sh"
. "$TOP/tests/e2e/spamd-faults.sh"

box=home/example.test/alice
configure 'trust "mx.example.test" { }'

fresh()
{
	rm -rf home "$STATE"
	mkdir "$STATE"
	cp -a template home
}

asks one $box/new/1.M1P1.mx 15.0
asks two $box/cur/2.M2P2.mx:2,S 5.0
asks three $box/cur/3.M3P3.mx:2, 4.9
asks four $box/new/4.M4P4.mx -3.2
mv home template

moved()
{
	holds $box/.Junk/new 1.M1P1.mx
	holds $box/.Junk/cur 2.M2P2.mx:2,S
	holds $box/new 4.M4P4.mx
	holds $box/cur 3.M3P3.mx:2,
	for _file in new/4.M4P4.mx cur/3.M3P3.mx:2,; do
		ok "$_file is whole" cmp template/example.test/alice/$_file \
		    $box/$_file
	done
	ok 'what moved is whole' cmp template/example.test/alice/new/1.M1P1.mx \
	    $box/.Junk/new/1.M1P1.mx
}
# The next run, with a spamd that answers.
goes_on()
{
	echo good >mode
	run mailkeep-spamscan -c conf
	exits 0
	silent
	moved
}
# fault WORD RE
fault()
{
	fresh
	echo "$1" >mode
	run mailkeep-spamscan -c conf
	exits 75
	one_line
	says "^mailkeep-spamscan: spamd at $PWD/socket: $2"
	says '; 4 messages were not scored and stay'
	is "$(tr -d '\n -~' <"$ERR" | wc -c)" 0 "$1: nothing but printable bytes"
	same_tree -l template home
}

stand_in good
fresh
run mailkeep-spamscan -c conf
exits 0
silent
moved
is "$(sort asked)" 'alice@example.test four
alice@example.test one
alice@example.test three
alice@example.test two' 'each was asked about once'
run mailkeep-spamscan -c conf
exits 0
is "$(wc -l <asked)" 4 'and never again'

slowly='not done within 1s'
fault deaf "(send|answer): $slowly"
goes_on
fault silent "answer: $slowly"
fault half "answer: $slowly"
goes_on
fault status "answer: $slowly"
fault drip "answer: $slowly"
fault closes ''
fault nothing 'answer: none'
fault half-closes 'answer: '
fault half-score 'answer: '
fault status-closes 'answer: '
fault no-score 'answer: '
fault endless 'answer: far too long'
goes_on
fault garbage "answer: not spamd's"
fault escape "answer: not spamd's"
fault http "answer: not spamd's"
fault refuses 'answer: 76 Bad header line: x'
fault timeout 'answer: 79 Timeout'
for word in absurd absurd-below huge exponent comma nan inf blank liar twice \
    nul more; do
	fault $word 'answer: '
done
goes_on
end_stand_in

# Nobody listens; nothing is there; something else is.
rm -f socket
fresh
run mailkeep-spamscan -c conf
exits 75
one_line
says "spamd at $PWD/socket: .*is spamd running\\?"
same_tree -l template home
python3 -c 'import socket
socket.socket(socket.AF_UNIX).bind("socket")'
run mailkeep-spamscan -c conf
exits 75
one_line
says "spamd at $PWD/socket: .*refused: is spamd running\\?; 4 messages"
same_tree -l template home
run mailkeep-spamscan -c conf -o spamscan.spamd.socket=127.0.0.1:1
exits 75
one_line
says 'spamd at 127.0.0.1:1: .*refused: is spamd running\?; 4 messages'
same_tree -l template home
rm socket
fresh
echo x >socket
run mailkeep-spamscan -c conf
exits 78
one_line
says "spamd at $PWD/socket: no socket"
same_tree template home
is "$(cat socket)" x 'nothing is written into it'
rm socket
mkdir socket
run mailkeep-spamscan -c conf
exits 78
one_line
same_tree template home
is "$(ls "$STATE")" history.jsonl 'nor is there a state'
rmdir socket

# What a trusted header says needs no spamd, away or not.
scored $box/new/5.M5P5.mx 15.3
run mailkeep-spamscan -c conf -o 'spamscan.source=header,spamd'
exits 75
one_line
holds $box/.Junk/new 5.M5P5.mx
holds $box/new 1.M1P1.mx 4.M4P4.mx

# It dies in the middle.
rm -rf home template
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	asks $i $box/new/$i.M${i}P1.mx $((i % 2 * 10)).0
done
cp -a home template
stand_in good=15
run mailkeep-spamscan -c conf -o spamscan.spamd.connections=1
exits 75
one_line
says "spamd at $PWD/socket: .*; 25 messages were not scored and stay"
is "$(sort -u asked | wc -l)" 15 '15 have their score'
sed -n 's/.* \([0-9]*[13579]\)$/\1.M\1P1.mx/p' asked >spam
# shellcheck disable=SC2046	# names without blanks
holds $box/.Junk/new $(cat spam)
is "$(find $box -type f -name '*P1.mx' | wc -l)" 40 'and all 40 are there'
mv asked asked.before
stand_in good
run mailkeep-spamscan -c conf
exits 0
silent
is "$(wc -l <asked)" 25 'the next run asks about the other 25'
is "$(sort asked.before asked | uniq -d)" '' 'and no other'
is "$(find $box/.Junk/new -type f | wc -l)" 20 '20 are in Junk'
is "$(find $box/new -type f | wc -l)" 20 '20 stay'
for file in "$box"/.Junk/new/* "$box"/new/*; do
	cmp "$file" "template/example.test/alice/new/${file##*/}" 2>&1
done >broken
is "$(cat broken)" '' 'each is whole'

# It is slow: a run ends in time, and the next one goes on.
fresh
echo slow >mode
: >asked
run mailkeep-spamscan -c conf -o spamscan.max-runtime=4s \
    -o spamscan.spamd.timeout=10s
exits 75
one_line
says '[0-9]+ messages were not scored and stay'
scored=$(sed -n 's/.*; \([0-9]*\) messages were.*/\1/p' "$ERR")
scored=$((40 - scored))
ok 'some were scored' [ $scored -gt 0 ]
ok 'not all were' [ $scored -lt 40 ]
is "$(find $box -type f -name '*P1.mx' | wc -l)" 40 'all 40 are there'
junked=$(find $box/.Junk/new -type f | wc -l)
ok 'no more moved than were scored' [ "$junked" -le $scored ]
echo good >mode
: >asked
run mailkeep-spamscan -c conf
exits 0
is "$(wc -l <asked)" $((40 - scored)) 'the next run asks about the others'
is "$(find $box/.Junk/new -type f | wc -l)" 20 '20 are in Junk'
is "$(find $box/new -type f | wc -l)" 20 '20 stay'

# A signal while it is asked: at once, and in one line.
fresh
echo silent >mode
: >asked
start mailkeep-spamscan -c conf -o spamscan.spamd.timeout=60s
tries=200
until [ -s asked ] || [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
kill "$PID"
finish
exits 75
one_line
same_tree -l template home
echo good >mode

# Many that spamd can do nothing with do not keep the others waiting for ever.
rm -rf home "$STATE"
mkdir "$STATE"
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	asks bad$i $box/new/bad$i.M${i}P1.mx 15.0 'X-Spamd: refuses'
done
asks good $box/new/good.M1P1.mx 15.0
asks more $box/new/more.M2P1.mx 15.0
tries=0
while [ $tries -lt 60 ] && [ "$(find $box/new -type f | wc -l)" -gt 40 ]; do
	tries=$((tries + 1))
	at +${tries}m run mailkeep-spamscan -c conf
done
holds $box/.Junk/new good.M1P1.mx more.M2P1.mx
is "$(find $box/new -type f | wc -l)" 40 'the others stay'
end_stand_in
done_testing
