#!/usr/bin/env python3
"""kill.py random ROUNDS SEED | step SYSCALL,...  -- COMMAND [ARG ...]

End a run of COMMAND (which finds its configuration in the working directory)
at any moment, and look: in a tree of its own, below "live", made anew each
time from "pristine" (directories mail, state, lock, archive).

	random	SIGKILL after a random time
	step	SIGKILL, by strace, before the first, second, ... call of each
		SYSCALL, until a run comes through

After each kill:

 - what has gone from mail is in the file "due" (paths, each ended by a NUL),
   and is whole in the archives: same bytes, mode and mtime;
 - nothing else is changed.

Then COMMAND runs undisturbed, and

 - exits 0, and all that was due has gone, and is in the archives;
 - nothing lies about that a run without a kill does not leave;
 - quota: the sum of live/mail's maildirsize is at least the truth, and the
   same where the kill left it alone.

Prints a line for each fault and, at the end, counts: "N runs, M killed".
Exit 0: no fault.
"""

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time

KEPT_FILES = (b"maildirsize", b"mailkeep.ledger")


def listing(top):
    """{path: (bytes, mode, mtime in ns)} of the files below TOP."""
    found = {}
    for where, _, files in os.walk(top):
        for name in files:
            path = os.path.join(where, name)
            st = os.lstat(path)
            with open(path, "rb") as f:
                found[os.path.relpath(path, top)] = (
                    f.read(), stat.S_IMODE(st.st_mode), st.st_mtime_ns)
    return found


def is_kept(path):
    return os.path.basename(path) in KEPT_FILES


def mail_of(files):
    return {p: v for p, v in files.items() if not is_kept(p)}


class Killer:
    def __init__(self, command):
        self.command = command
        self.faults = self.runs = self.killed = 0
        self.pristine = mail_of(listing(b"pristine/mail"))
        with open("due", "rb") as f:
            self.due = set(f.read().split(b"\0")[:-1])
        assert self.due and self.due < set(self.pristine)

    def fault(self, what, *rest):
        self.faults += 1
        if self.faults < 20:
            print(what, *rest, flush=True)

    def renew(self):
        shutil.rmtree("live", ignore_errors=True)
        shutil.copytree("pristine", "live")

    def run(self, prefix=(), after=None, by=signal.SIGKILL):
        """The exit status, negative for a signal."""
        self.runs += 1
        with open("out", "wb") as out:
            p = subprocess.Popen([*prefix, *self.command], stdout=out,
                                 stderr=out, stdin=subprocess.DEVNULL)
            if after is not None:
                time.sleep(after)
                p.send_signal(by)
            return p.wait()

    def archived(self):
        """All that the archives give back."""
        back = {}
        for run in sorted(os.listdir("live/archive")):
            path = os.path.join("live/archive", run)
            if not any(n.endswith(".tar.zst") for n in os.listdir(path)):
                continue
            shutil.rmtree("back", ignore_errors=True)
            os.mkdir("back")
            with open("out", "wb") as out:
                status = subprocess.call(
                    [*self.command, "--restore", path, "--to", "back"],
                    stdout=out, stderr=out)
            if status != 0:
                self.fault(path, "is not readable:", status, self.said())
            back.update(listing(b"back"))
        return back

    @staticmethod
    def said():
        with open("out", "rb") as f:
            return f.read()

    def check_gone(self, where):
        left = mail_of(listing(b"live/mail"))
        gone = set(self.pristine) - set(left)
        for path in gone - self.due:
            self.fault(where, "went and was not due:", path)
        for path, was in left.items():
            if self.pristine.get(path) != was and not self.is_litter(path):
                self.fault(where, "is new or changed:", path)
        back = self.archived() if gone else {}
        for path in gone:
            if back.get(path) != self.pristine[path]:
                self.fault(where, "not whole in an archive:", path)
        return gone

    @staticmethod
    def is_litter(path):
        return os.path.basename(path).startswith(b".mailkeep.")

    def check_litter(self, where):
        for top, _, files in os.walk(b"live"):
            for name in files:
                if (name.startswith(b".") or name.endswith(b".part") or
                        name.endswith(b".tmp")):
                    self.fault(where, "litter:", os.path.join(top, name))

    def quota(self):
        total = {}
        for top, _, files in os.walk(b"live/mail"):
            if b"maildirsize" in files:
                with open(os.path.join(top, b"maildirsize"), "rb") as f:
                    lines = f.read().splitlines(True)
                if not all(li.endswith(b"\n") for li in lines):
                    self.fault("a torn line in a maildirsize:", lines)
                total[top] = [sum(int(li.split()[i]) for li in lines[1:])
                              for i in (0, 1)]
        return total

    def truth(self):
        total = {}
        for top, _, files in os.walk(b"live/mail"):
            if b"maildirsize" not in files:
                continue
            total[top] = [0, 0]
            for where, _, names in os.walk(top):
                if os.path.basename(where) in (b"cur", b"new"):
                    for name in names:
                        total[top][0] += os.path.getsize(
                            os.path.join(where, name))
                        total[top][1] += 1
        return total

    def check_quota(self, where, exact):
        quota, truth = self.quota(), self.truth()
        for box in truth:
            if (quota[box] != truth[box] if exact else
                    quota[box] < truth[box]):
                self.fault(where, "quota", quota[box], "truth", truth[box])

    def check_finished(self, where, exact):
        status = self.run()
        if status != 0 or self.said():
            self.fault(where, "the next run:", status, self.said())
        gone = self.check_gone(where + ", next run:")
        if gone != self.due:
            self.fault(where, "the next run left", self.due - gone)
        self.check_litter(where)
        self.check_quota(where, exact)
        if self.run() != 0 or self.said():
            self.fault(where, "the run after that:", self.said())
        if mail_of(listing(b"live/mail")).keys() != \
                self.pristine.keys() - self.due:
            self.fault(where, "the run after that changed something")

    def random(self, rounds, seed):
        rng = random.Random(seed)
        self.renew()
        start = time.monotonic()
        self.run()
        took = time.monotonic() - start
        self.check_finished("undisturbed", True)
        for i in range(rounds):
            self.renew()
            status = self.run(after=rng.uniform(0, took))
            if status == -signal.SIGKILL:
                self.killed += 1
            elif status != 0:
                self.fault("status", status, self.said())
            self.check_gone("round %d" % i)
            self.check_finished("round %d" % i, False)

    def step(self, calls):
        for call in calls:
            n = 0
            status = -signal.SIGKILL
            while status != 0 and self.faults < 20:
                n += 1
                self.renew()
                status = self.run(prefix=(
                    "strace", "-f", "-qq", "-o", "/dev/null",
                    "-e", "trace=" + call, "-e",
                    "inject=%s:signal=SIGKILL:when=%d" % (call, n)))
                where = "killed at %s %d" % (call, n)
                if status in (-signal.SIGKILL, 128 + signal.SIGKILL):
                    self.killed += 1
                elif status != 0:
                    self.fault(where, "status", status, self.said())
                self.check_gone(where)
                self.check_finished(where, False)


def main():
    args = sys.argv[1:]
    at = args.index("--")
    killer = Killer(args[at + 1:])
    if args[0] == "random":
        killer.random(int(args[1]), int(args[2]))
    else:
        killer.step(args[1].split(","))
    print("%d runs, %d killed" % (killer.runs, killer.killed))
    sys.exit(killer.faults != 0)


if __name__ == "__main__":
    main()
