#!/usr/bin/env python3
"""rotate-union.py LOG SAID

Read LOG and all its generations, as gzip and the like, and hold them against
SAID, what Exim answered (rotate-smtp.py).  Exim's lines must be there once:
for each "accepted ID" one with "<=", one with "=>" and "Completed", for each
"refused ADDRESS" and "discarded SENDER" one; and no others of the kind.  Where
LOG is a rejectlog only the last two.

Prints a line for each fault and, at the end, "N lines in M files, K others".
Exit 0: no fault.
"""

import collections
import glob
import gzip
import re
import sys

LINE = re.compile(rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (\S+) (<=|=>|Completed)")
REFUSED = re.compile(rb"rejected RCPT <(\S+)>: "
                     rb"|F=<(\S+)> RCPT <\S+>: discarded ")


def main():
    log, said = sys.argv[1:]
    want, found = collections.Counter(), collections.Counter()
    with open(said, "rb") as f:
        for line in f:
            what, who = line.split()
            if what != b"accepted":
                want[who] = 1
            elif not log.endswith("rejectlog"):
                for mark in (b"<=", b"=>", b"Completed"):
                    want[who + b" " + mark] = 1
    files = glob.glob(glob.escape(log) + "*")
    lines = odd = 0
    for path in files:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
            for line in f:
                if b": logfile turned over" in line:
                    continue
                lines += 1
                match = LINE.match(line)
                refused = REFUSED.search(line)
                if match:
                    found[match[1] + b" " + match[2]] += 1
                elif refused:
                    found[refused[1] or refused[2]] += 1
                else:
                    odd += 1
    faults = 0
    for key in want.keys() | found.keys():
        if want[key] != found[key]:
            faults += 1
            if faults < 10:
                print(key.decode(), "is there", found[key], "times, not",
                      want[key])
    print("%d lines in %d files, %d others" % (lines, len(files), odd))
    sys.exit(1 if faults or not want else 0)


main()
