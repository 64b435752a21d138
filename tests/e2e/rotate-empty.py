#!/usr/bin/env python3
"""rotate-empty.py RUNS -- COMMAND [ARG ...]

Run COMMAND -F (mailkeep-rotate, which empties "log/halves" and "log/both")
RUNS times while others write records into the logs, as TMDA does: some lines
and an empty one.

	halves	one writer, that opens the log anew for 7 records at a time,
		and writes each in two halves
	both	two writers, a record a write: one opens the log for each
		record, one keeps it open for 25

The moment in which a log was emptied is told by the name, .LOG.mailkeep-old.N,
that its file gets then: N bytes of that were emptied, whatever is behind them
has to come into the new log.  (inotify tells all names, and a descriptor shows
what is in a file that has none.)  Then the writers end, and COMMAND runs until
nothing is left over.

Each record of both is to be whole in exactly one place: in what was emptied, or
in the log of the end.  The same holds for each half; but the first one counts
not where it is the last of what was emptied, for then the whole record has to
come into the new log; nor does what is cut there.  (Between two writes of one
record there may be others, which nobody can help who appends to a file.)

Prints a line for each fault and, at the end, counts.  Exit 0: no fault.
"""

import collections
import ctypes
import os
import re
import struct
import subprocess
import sys
import threading
import time

CREATE = 0x100
OLD = re.compile(r"^\.(\w+)\.mailkeep-old\.(\d+)(?:\.\d+)?$")
RECORD = re.compile(rb"X-Number: (\w+ \d+)\nFrom: a@example\.org\n"
                    rb"(?:Line \d+ of it\n)*End: \1\n\n")
HALF = re.compile(rb"X-Number: (\w+ \d+)\nFrom: a@example\.org\n|"
                  rb"(?:Line \d+ of it\n)*(End: \w+ \d+)\n\n")


def record(who, n):
    return b"X-Number: %s %d\nFrom: a@example.org\n%sEnd: %s %d\n\n" % (
        who, n, b"".join(b"Line %d of it\n" % i for i in range(n % 5)), who, n)


class Writer(threading.Thread):
    def __init__(self, log, who, at_a_time, halves):
        super().__init__()
        self.log, self.who = log, who
        self.at_a_time, self.halves = at_a_time, halves
        self.n = 0
        self.stop = False

    def run(self):
        while not self.stop:
            fd = os.open(self.log, os.O_WRONLY | os.O_APPEND)
            for _ in range(self.at_a_time):
                text = record(self.who, self.n + 1)
                half = text.index(b".org\n") + 5 if self.halves else 0
                if half:
                    os.write(fd, text[:half])
                    time.sleep(0.0005)
                os.write(fd, text[half:])
                self.n += 1
                time.sleep(0.0003)
            os.close(fd)


class Names:
    """What inotify tells of a directory."""

    def __init__(self, top):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init()
        if self.fd == -1 or libc.inotify_add_watch(
                self.fd, os.fsencode(top), CREATE) == -1:
            sys.exit("inotify: " + os.strerror(ctypes.get_errno()))
        os.set_blocking(self.fd, False)

    def new(self):
        found = []
        try:
            while True:
                data = os.read(self.fd, 65536)
                at = 0
                while at < len(data):
                    size = struct.unpack_from("iIII", data, at)[3]
                    found.append(os.fsdecode(
                        data[at + 16:at + 16 + size].rstrip(b"\0")))
                    at += 16 + size
        except BlockingIOError:
            return found


class Test:
    def __init__(self, command):
        self.command = command
        self.faults = 0
        self.emptied = []		# (log, descriptor, bytes)

    def fault(self, what, *rest):
        self.faults += 1
        if self.faults < 20:
            print(what, *rest, flush=True)

    def run(self, *args):
        p = subprocess.run([*self.command, *args], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT,
                           stdin=subprocess.DEVNULL)
        if p.returncode != 0 or p.stdout:
            self.fault("status", p.returncode, p.stdout)

    def empty(self, names, logs):
        before = {log: os.open("log/" + log, os.O_RDONLY) for log in logs}
        self.run("-F")
        moments = {}
        for name in names.new():
            match = OLD.match(name)
            if match:
                moments[match[1]] = int(match[2])
        for log in logs:
            if log not in moments:
                self.fault(log, "was not emptied")
            self.emptied.append((log, before[log], moments.get(log, 0)))

    def count(self, log, data, found, emptied):
        end = 0
        for match in (RECORD if log == "both" else HALF).finditer(data):
            if match.start() != end:
                self.fault(log, "has", data[end:match.start()])
            end = match.end()
            if not emptied or log == "both" or match[1] is None or \
                    end != len(data):
                found[match[1] or match[2]] += 1
        # A size that was seen in the midst of a write cuts a record, too.
        if end != len(data) and (not emptied or b"\n\n" in data[end:]):
            self.fault(log, "ends with", data[end:])

    def check(self, logs, writers):
        found = collections.Counter()
        in_the_end = 0
        for log, fd, size in self.emptied:
            data = os.pread(fd, size, 0)
            if len(data) != size:
                self.fault(log, "was", len(data), "and not", size, "long")
            self.count(log, data, found, True)
        for log in logs:
            with open("log/" + log, "rb") as f:
                data = f.read()
            last = collections.Counter()
            self.count(log, data, last, False)
            in_the_end += sum(last.values())
            found += last
        total = 0
        for w in writers:
            total += w.n
            for key in (prefix + b"%s %d" % (w.who, n)
                        for n in range(1, w.n + 1)
                        for prefix in (b"", b"End: ")[:1 + w.halves]):
                times = found.pop(key, 0)
                if times != 1:
                    self.fault(key.decode(), "is there", times, "times")
        if found:
            self.fault("never written:", found)
        if sorted(os.listdir("log")) != sorted(logs):
            self.fault("left over:", os.listdir("log"))
        if in_the_end < 3 * 20 - 1:
            self.fault("only", in_the_end, "records in the end")
        print("%d records, %d of them in the end" % (total, in_the_end))


def main():
    args = sys.argv[1:]
    runs, command = int(args[0]), args[2:]
    logs = ("both", "halves")
    test = Test(command)
    names = Names("log")
    writers = [Writer("log/halves", b"halves", 7, True),
               Writer("log/both", b"each", 1, False),
               Writer("log/both", b"kept", 25, False)]
    for w in writers:
        w.start()
    for _ in range(runs):
        test.empty(names, logs)
    # After the last moment, too.
    enough = {w: w.n + 20 for w in writers}
    while any(w.n < enough[w] for w in writers):
        time.sleep(0.001)
    for w in writers:
        w.stop = True
    for w in writers:
        w.join()
    test.run()
    test.check(logs, writers)
    sys.exit(test.faults != 0)


main()
