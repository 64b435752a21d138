# One wide network does not make up for all the addresses that a list loses
# beside it; prefixes that became one wider are no loss.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/publish.sh"
config

seq -f '11.0.0.%g' 1 2 199 >many
{
	cat many
	echo 20.0.0.0/8
} >feed
run mailkeep-blacklist -c conf
exits 0
look out "$STATE" >before
echo 20.0.0.0/8 >feed
run mailkeep-blacklist -c conf
exits 75
one_line
says 'shrink from 101 prefixes to 1, '
same before
printf '%s\n' 20.0.0.0/8 11.0.0.0/24 >feed
run mailkeep-blacklist -c conf
exits 0
silent
tidy
done_testing
