#!/usr/bin/env python3
"""kill-tmda.py random ROUNDS SEED | step SYSCALL,... | fail ERROR SYSCALL,...
    -- COMMAND [ARG ...]

As kill.py, for mailkeep-tmda: "live/mail" is a TMDA directory.  Its list
lists/deleted gets the senders of what goes: at any moment those of all that is
gone, each once, every line whole, and what was there before as it was.

fail: in place of being killed the first, second, ... call of each SYSCALL fails
with ERROR.  What the run then says and leaves undone is its own affair: after
that nothing may be gone that was not due, and the next run finishes.
"""

import os
import re
import sys

import kill

LIST = b"lists/deleted"
kill.KEPT_FILES = (os.path.basename(LIST),)


class TmdaKiller(kill.Killer):
    def __init__(self, command):
        super().__init__(command)
        with open(b"pristine/mail/" + LIST, "rb") as f:
            self.list = f.read()
        self.senders = {
            path: re.search(rb"^Return-Path: <(.*)>$", value[0], re.M)[1]
            for path, value in self.pristine.items()
            if path in self.due and b":3," not in path}

    def check_gone(self, where):
        gone = super().check_gone(where)
        with open(b"live/mail/" + LIST, "rb") as f:
            text = f.read()
        lines = text.split(b"\n")
        if not text.startswith(self.list) or lines[-1] != b"":
            self.fault(where, "the list:", text)
        for path in gone:
            sender = self.senders.get(path)
            if sender and sender not in lines:
                self.fault(where, "gone, and not on the list:", sender)
        for line in set(lines):
            if line and lines.count(line) != 1:
                self.fault(where, "twice on the list:", line)
            if line not in self.list and line not in self.senders.values():
                self.fault(where, "nobody's on the list:", line)
        return gone

    def check_litter(self, where):
        """Caches of TMDA's begin with a dot, too: by name what is ours."""
        for top, _, files in os.walk(b"live"):
            for name in files:
                if (name.startswith(b".mailkeep") or name.endswith(b".part") or
                        name.endswith(b".tmp")):
                    self.fault(where, "litter:", os.path.join(top, name))

    def count(self, call):
        """How often an undisturbed run makes it."""
        self.renew()
        self.run(prefix=("strace", "-f", "-qq", "-o", "calls",
                         "-e", "trace=" + call))
        with open("calls", "rb") as f:
            return sum(b"(" in line for line in f)

    def fail(self, error, calls):
        for call in calls:
            for n in range(1, self.count(call) + 1):
                self.renew()
                status = self.run(prefix=(
                    "strace", "-f", "-qq", "-o", "/dev/null",
                    "-e", "trace=" + call, "-e",
                    "inject=%s:error=%s:when=%d" % (call, error, n)))
                where = "%s %d failed with %s" % (call, n, error)
                if status != 0:
                    self.killed += 1
                if status < 0 or status == 70:
                    self.fault(where, "status", status, self.said())
                gone = self.check_gone(where)
                if status == 0 and gone != self.due:
                    self.fault(where, "exit 0, and left", self.due - gone)
                self.check_finished(where, False)


def main():
    args = sys.argv[1:]
    at = args.index("--")
    killer = TmdaKiller(args[at + 1:])
    if args[0] == "random":
        killer.random(int(args[1]), int(args[2]))
    elif args[0] == "fail":
        killer.fail(args[1], args[2].split(","))
    else:
        killer.step(args[1].split(","))
    print("%d runs, %d killed" % (killer.runs, killer.killed))
    sys.exit(killer.faults != 0)


main()
