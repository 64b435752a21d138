#!/usr/bin/env python3
"""kill-spamscan.py random ROUNDS SEED | term ROUNDS SEED | step SYSCALL,...
    -- COMMAND [ARG ...]

As kill.py, for mailkeep-spamscan: a run of COMMAND is ended at any moment, in
the tree "live", made anew each time from "pristine" (directories mail, state,
lock).  In mail a message is spam if its text says "This is spam", and none has
the text of another.  term: by SIGTERM.

After each kill:

 - every message is there once, whole, with its inode's mode and mtime; where
   it was or, spam alone, in its mailbox's .Junk, new in new and cur in cur;
 - there is no other file than the programs' own.

Then COMMAND runs undisturbed, and

 - exits 0, silent; all spam is in Junk but for one message at most, about
   which the kill has come between "this one I move" and the move;
 - Junk is whole, modes and owners as in the mailbox, and nothing lies about;
 - quota: the sum of live/mail's maildirsize is at least the truth, Junk not
   counted, and the same where nothing was killed;
 - of what is taken out of Junk again the next run moves nothing.

After SIGTERM the run exits 0, or 75 with one line, and no message is left.

Prints a line for each fault and, at the end, counts: "N runs, M killed".
Exit 0: no fault.
"""

import os
import random
import signal
import stat
import sys
import time

import kill

OWN_FILES = (b"maildirsize", b"mailkeep.ledger", b"mailkeep.moved",
             b"maildirfolder")
SUBS = (b"cur", b"new", b"tmp")


def messages_of(files):
    return {p: v for p, v in files.items()
            if os.path.basename(p) not in OWN_FILES}


class SpamKiller(kill.Killer):
    def __init__(self, command):
        self.command = command
        self.faults = self.runs = self.killed = 0
        self.one_may_stay = True
        self.pristine = messages_of(kill.listing(b"pristine/mail"))
        self.was = {v[0]: p for p, v in self.pristine.items()}
        assert len(self.was) == len(self.pristine)
        self.due = {p for p, v in self.pristine.items()
                    if b"This is spam" in v[0] and b"/.Junk/" not in p}
        assert self.due and self.due < set(self.pristine)

    def check_gone(self, where):
        """The spam that is in Junk, by the paths it had."""
        moved = {}
        left = messages_of(kill.listing(b"live/mail"))
        for path, now in left.items():
            if self.is_litter(path):
                continue
            was = self.was.get(now[0])
            if was is None:
                self.fault(where, "is new or changed:", path)
                continue
            if self.pristine[was] != now:
                self.fault(where, "has another mode or mtime:", path)
            if path == was:
                continue
            box, sub, _ = was.rsplit(b"/", 2)
            if was not in self.due or os.path.dirname(path) != \
                    box + b"/.Junk/" + sub:
                self.fault(where, "was", was, "and is now", path)
            if was in moved:
                self.fault(where, "is there twice:", was)
            moved[was] = path
        for path in self.pristine:
            if (path in moved) == (path in left):
                self.fault(where, "is lost or doubled:", path)
        return moved

    def check_junk(self, where):
        for top, directories, files in os.walk(b"live"):
            for name in files:
                if (name.startswith(b".") or name.endswith(b".part") or
                        name.endswith(b".tmp")):
                    self.fault(where, "litter:", os.path.join(top, name))
            if os.path.basename(top) == b"tmp" and directories:
                self.fault(where, "litter:", top, directories)
            if os.path.basename(top) == b".Junk":
                self.check_proper(where, top)

    def check_proper(self, where, junk):
        def about(path):
            st = os.lstat(path)
            return stat.S_IFMT(st.st_mode), st.st_mode, st.st_uid, st.st_gid

        box = os.path.dirname(junk)
        if about(junk) != about(box):
            self.fault(where, junk, about(junk))
        for sub in SUBS:
            path = os.path.join(junk, sub)
            if not os.path.isdir(path):
                self.fault(where, "is no directory:", path)
            elif about(path) != about(os.path.join(box, b"cur")):
                self.fault(where, path, about(path))
        path = os.path.join(junk, b"maildirfolder")
        if os.path.exists(path) and \
                about(path)[2:] != about(box)[2:]:
            self.fault(where, path, about(path))

    def truth(self):
        total = {}
        for top, _, files in os.walk(b"live/mail"):
            if b"maildirsize" not in files:
                continue
            total[top] = [0, 0]
            for sub in (b"cur", b"new"):
                where = os.path.join(top, sub)
                for name in os.listdir(where):
                    total[top][0] += os.path.getsize(os.path.join(where,
                                                                  name))
                    total[top][1] += 1
        return total

    def run_well(self, where):
        status = self.run()
        if status != 0 or self.said():
            self.fault(where, "the next run:", status, self.said())

    def check_finished(self, where, exact):
        self.run_well(where)
        moved = self.check_gone(where + ", next run:")
        stay = self.due - set(moved)
        if len(stay) > (0 if exact or not self.one_may_stay else 1):
            self.fault(where, "the next run left", stay)
        self.check_junk(where)
        self.check_quota(where, exact)
        # Out of Junk again, under other names.
        for i, (was, path) in enumerate(sorted(moved.items())):
            os.rename(b"live/mail/" + path, b"%s/back.%d:2,S" % (
                b"live/mail/" + was.rsplit(b"/", 2)[0] + b"/cur", i))
        kept = messages_of(kill.listing(b"live/mail")).keys()
        self.run_well(where)
        if kept != messages_of(kill.listing(b"live/mail")).keys():
            self.fault(where, "moved what was taken back")

    def term(self, rounds, seed):
        rng = random.Random(seed)
        self.one_may_stay = False
        self.renew()
        start = time.monotonic()
        self.run()
        took = time.monotonic() - start
        for i in range(rounds):
            self.renew()
            status = self.run_and_end(rng.uniform(0, took))
            self.check_gone("term %d" % i)
            self.check_finished("term %d" % i, status != -signal.SIGTERM)

    def run_and_end(self, after):
        status = self.run(after=after, by=signal.SIGTERM)
        said = self.said()
        if status == 75 and said.count(b"\n") == 1 and \
                b"interrupted" in said:
            self.killed += 1
        elif status == -signal.SIGTERM:
            pass                        # before it was ready for any
        elif status != 0 or said:
            self.fault("ended after", after, "status", status, said)
        return status


def main():
    args = sys.argv[1:]
    at = args.index("--")
    killer = SpamKiller(args[at + 1:])
    if args[0] == "step":
        killer.step(args[1].split(","))
    else:
        getattr(killer, args[0])(int(args[1]), int(args[2]))
    print("%d runs, %d killed" % (killer.runs, killer.killed))
    sys.exit(killer.faults != 0)


main()
