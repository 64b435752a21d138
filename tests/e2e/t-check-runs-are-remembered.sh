# mailkeep-check tells of programs that have had no success for too long, whose
# last run failed, or that have never run, by the histories of the runs.
. tests/e2e/lib.sh
. "$TOP/tests/e2e/check-host.sh"

see()
{
	look --only runs "$@"
}
PARTS=

sound_host
see
exits 0
never_finds '^(error|warning|note)'
is "$(grep -c '^ok runs mailkeep-.*: its last success was 5m ago' found)" 5 \
    'all five are known'

# Too old: an hour, two days.
rm state/history.jsonl rstate/history.jsonl
ran spamscan 0 59m
ran expire 0 47h
ran blacklist 0 49h
ran tmda 0 30
ran rotate 0 47h
see
exits 0
finds '^warning runs mailkeep-blacklist: its last success was 2d ago, which is longer than two days'
finds '^warning runs mailkeep-tmda: its last success was 30d ago'
is "$(grep -c '^warning' found)" 2 'the others are young enough'
see --strict
exits 65
rm state/history.jsonl
ran spamscan 0 61m
see
finds '^warning runs mailkeep-spamscan: .* longer than an hour'

# Failed, and why; a success since; a failure that goes away by itself.
sound_host
ran expire 70 3m 'a note'
ran tmda 75 3m
ran blacklist 65 4m
ran blacklist 0 3m
see
exits 65
finds '^error runs mailkeep-expire: its last run, 3m ago, ended with status 70: a note; start it by hand'
finds '^warning runs mailkeep-tmda: its last run, 3m ago, ended with status 75; the next run tries again'
is "$(grep -Ec '^(error|warning)' found)" 2 'there are no more'
finds '^note runs mailkeep-blacklist: 1 of its 3 runs in two days failed; the last of them, 4m ago, ended with status 65'

# A night that failed, and runs of one rule since.
ran expire 0 2m
see
finds '^note runs mailkeep-expire: 1 of its 3 runs .*, 3m ago, ended with status 70'
echo 'expire "stray" { path = "new" older-than = "0s" }' >>conf
see
exits 0
finds '^warning runs mailkeep-expire: 1 of its 3 runs .*, 3m ago, ended with status 70'

# Never; and of a later time.
rm state/history.jsonl
ran spamscan 0 -3h
see
exits 0
finds '^note runs mailkeep-expire: has never run'
finds '^warning runs mailkeep-spamscan: 1 of its runs was later than now'
rm -r state
see
exits 0
is "$(grep -c '^note runs mailkeep-.*: has never run' found)" 4 \
    'no state-dir is no history'

# Lines that are none are passed over; what is no history is told.
sound_host
printf 'nonsense\n{"program":5}\n{"progr' >>state/history.jsonl
see
exits 0
never_finds '^(error|warning|note)'
rm state/history.jsonl
mkfifo state/history.jsonl
see
exits 0
finds '^warning runs .*/state: its history cannot be read: .*history.jsonl'
rm state/history.jsonl
ln -s /etc/passwd state/history.jsonl
see
finds '^warning runs .*/state: its history cannot be read: .*history.jsonl'

# Those that have nothing to do are not asked after.
sound_host
rm state/history.jsonl
sed -i -e '/^tmda/d' -e '/^spamscan/d' conf
see
never_finds 'mailkeep-(tmda|spamscan)'
finds '^note runs mailkeep-blacklist: has never run'

# What programs write themselves is understood.
sound_host
rm state/history.jsonl
run mailkeep-expire -c conf
exits 0
see
finds '^ok runs mailkeep-expire: its last success was just now'
done_testing
