#!/bin/sh
# The main job on a sample host: make run calls this with a directory to build
# the host in and the directory of the programs.
set -eu

HOST=$1
PATH=$(cd "$2" && pwd):$PATH

show() {
	printf '\n$ %s\n' "$*"
	"$@"
}

sh tests/sample-host.sh "$HOST"
cd "$HOST"
printf 'A sample host stands in %s: %s messages in %s mailboxes.\n' "$HOST" \
    "$(find mail -path '*/cur/*' -o -path '*/new/*' | wc -l)" \
    "$(find mail -mindepth 2 -name cur -not -path '*/.*' \
    -not -path '*/Trash/cur' -not -path '*/Junk/cur' | wc -l)"

printf '\nLook first: what would go from one mailbox, and why?\n'
show mailkeep-expire -c mailkeep.conf -n --user alice@example.test

printf '\nThe run that cron makes every night (with -v: cron is told nothing):\n'
show mailkeep-expire -c mailkeep.conf -v 2>/dev/null

printf '\nOnce more: nothing is due, nothing is said.\n'
show mailkeep-expire -c mailkeep.conf

printf '\nThe undo: what the rule "trash" removed lies in an archive.\n'
ls archive/*
show mailkeep-expire -c mailkeep.conf -v --user alice@example.test \
    --restore archive/* 2>/dev/null
