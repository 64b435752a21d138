#!/usr/bin/env python3
"""kill-rotate.py step SYSCALL,... | fail SYSCALL:ERRNO,... |
    twice ROUNDS SEED SYSCALL,... | random ROUNDS SEED
    -- COMMAND [ARG ...]

End a run of COMMAND (mailkeep-rotate, which finds its configuration in the
working directory, "live/newsyslog.conf" and "live/state") at any moment, and
look.  The logs, made anew each time, are those of the table LOGS: generations
as many as are kept, one too many, a gap in them, one of which a killed run has
left both files, a log that is emptied, a user's directory.  Nothing is due, so
-F is what rotates them; the runs after that one do without.

	step	SIGKILL, by strace, before the first, second, ... call of each
		SYSCALL of the run
	fail	the call fails instead, with ERRNO; openat means those that
		make a file
	twice	SIGKILL before a call by chance, of -F and of the next run too
	random	SIGKILL after a random time, of large logs, once or twice

After each:

 - all lines that are to be kept are there, whole, each generation has what it
   had or what the one before it had, and what has the name of a compressed
   file is one, as gzip -t has it;
 - each log is there, with its owner and mode.

After a call that failed the status says so, with one line, or it made no
difference.  Then COMMAND runs undisturbed, without -F, and

 - exits 0, silent; either no log was touched, or all were rotated once: each
   generation has what the one before it had, those beyond the count are gone
   and no others, and owner, mode and time have gone with them;
 - nothing lies about;
 - where they were rotated, the daemon was told since.

One more run changes nothing and tells nobody.

Prints a line for each fault and, at the end, counts: "N runs, M killed".
Exit 0: no fault.
"""

import gzip
import os
import pwd
import random
import shutil
import signal
import stat
import subprocess
import sys
import time

ROOT = os.geteuid() == 0
MAIL = pwd.getpwnam("mail")[2:4] if ROOT else (os.geteuid(), os.getegid())
SELF = (os.geteuid(), os.getegid())
OLD_NS = 1_600_000_000_000_000_000

# Path, owner, mode, count, flags, the generations ("1z": compressed), what
# they are to be (of which: "L" is the log), whether the daemon has it open.
LOGS = (
    ("log/a", MAIL, 0o640, 3, "Z", ("0z", "1z", "2z", "3z"),
     {"0z": "L", "1z": "0z", "2z": "1z"}, True),
    ("log/b", SELF, 0o644, 4, "B", ("0", "2"),
     {"0": "L", "1": "0", "2": "2"}, True),
    ("log/e", MAIL, 0o604, 3, "ZNB", ("0", "0z", "1z"),
     {"0z": "L", "1z": "0z", "2z": "1z"}, False),
    ("user/c", MAIL, 0o600, 3, "ZPB", ("0", "1z", "2z"),
     {"0": "L", "1z": "0", "2z": "1z"}, True),
    ("user/d", MAIL, 0o620, 0, "NB", (), {}, False),
    ("user/new", MAIL, 0o660, 2, "Z", (), {"0z": "L"}, True),
)


def file_of(path, which):
    """The name of a generation."""
    if which == "L":
        return path
    return "%s.%s%s" % (path, which[0], ".gz" if which[1:] else "")


def is_notice(line):
    return b" newsyslog[" in line and b": logfile turned over" in line


class Tree:
    """The logs before the run, and what is to be."""

    def __init__(self, lines):
        self.files = {}			# path: (data, mode, owner, mtime)
        self.text = {}			# (path, which): what it says
        for i, log in enumerate(LOGS):
            path, owner, mode, _, _, generations, _, _ = log
            for j, which in enumerate(("L", *generations)):
                text = b"".join(
                    b"%s %s line %d\n" % (path.encode(), which[:1].encode(), n)
                    for n in range(lines))
                data = gzip.compress(text, mtime=1) if which[1:] else text
                self.text[path, which] = text
                self.files[file_of(path, which)] = (
                    data, mode if which == "L" else 0o600 | 0o40 * (j & 1),
                    owner, OLD_NS - 10**9 * (100 * i + j))

    def make(self):
        shutil.rmtree("live", ignore_errors=True)
        for d, owner in (("", SELF), ("/log", SELF), ("/user", MAIL),
                         ("/state", SELF)):
            os.mkdir("live" + d, 0o755)
            os.chown("live" + d, *owner)
        for name, (data, mode, owner, mtime) in self.files.items():
            path = "live/" + name
            with open(path, "wb") as f:
                f.write(data)
            os.chown(path, *owner)
            os.chmod(path, mode)
            os.utime(path, ns=(mtime, mtime))
        with open("live/pid", "w") as f:
            f.write("%d\n" % os.getpid())
        with open("live/newsyslog.conf", "w") as f:
            for path, _, mode, count, flags, _, _, told in LOGS:
                f.write("%s/live/%s %o %d * * %s %s\n" % (
                    os.getcwd(), path, mode, count, flags,
                    os.getcwd() + "/live/pid" if told else ""))


class Killer:
    def __init__(self, command, lines):
        self.command = command
        self.faults = self.runs = self.killed = 0
        self.tree = Tree(lines)
        self.inodes = {}
        self.told = []			# of each signal: came it after all?
        signal.signal(signal.SIGHUP, self.hear)

    def fault(self, what, *rest):
        self.faults += 1
        if self.faults < 20:
            print(what, *rest, flush=True)

    def renew(self):
        self.tree.make()
        self.inodes = {log[0]: os.stat("live/" + log[0]).st_ino
                       for log in LOGS}
        self.told = []

    def hear(self, _signum, _frame):
        self.told.append(all(
            os.stat("live/" + log[0]).st_ino != self.inodes[log[0]]
            for log in LOGS if log[7]))

    def run(self, *args, prefix=(), after=None):
        """The exit status, negative for a signal."""
        self.runs += 1
        with open("said", "wb") as out:
            p = subprocess.Popen([*prefix, *self.command, *args], stdout=out,
                                 stderr=out, stdin=subprocess.DEVNULL)
            if after is not None:
                time.sleep(after)
                p.kill()
            status = p.wait()
        if status in (-signal.SIGKILL, 128 + signal.SIGKILL):
            self.killed += 1
            status = -signal.SIGKILL
        return status

    @staticmethod
    def said():
        with open("said", "rb") as f:
            return f.read()

    # ---- what there is

    def lines_of(self, path):
        """What PATH says, without notices; None: a compressed file is cut."""
        with open(path, "rb") as f:
            data = f.read()
        if path.endswith(".gz"):
            try:
                data = gzip.decompress(data)
            except (OSError, EOFError) as why:
                self.fault(path, "is no whole compressed file:", why)
                return None
        return b"".join(line for line in data.splitlines(True)
                        if not is_notice(line))

    def check_log(self, where, log):
        path, owner, mode = log[:3]
        try:
            st = os.lstat("live/" + path)
        except OSError as why:
            self.fault(where, "no log:", why)
            return
        if not stat.S_ISREG(st.st_mode) or \
                stat.S_IMODE(st.st_mode) != mode or \
                (st.st_uid, st.st_gid) != tuple(owner):
            self.fault(where, path, "is", oct(st.st_mode), st.st_uid,
                       st.st_gid)

    def check_kept(self, where, log):
        """Nothing is lost, and nothing has moved two steps."""
        path, _, _, _, _, generations, after, _ = log
        top, name = os.path.split("live/" + path)
        found = {f: self.lines_of(os.path.join(top, f))
                 for f in os.listdir(top)
                 if f == name or f.startswith(name + ".")}
        for was in after.values():
            if self.tree.text[path, was] not in found.values():
                self.fault(where, "is lost:", path, was)
        text = {-1: self.tree.text[path, "L"]}
        for which in generations:
            text[int(which[0])] = self.tree.text[path, which]
        for f, now in found.items():
            n = int(f.split(".")[1]) if f != name else None
            if n is not None and now not in (text.get(n), text.get(n - 1)):
                self.fault(where, f, "is neither what it was nor what the one "
                           "before it was")

    def check_safe(self, where):
        for log in LOGS:
            self.check_log(where, log)
            self.check_kept(where, log)

    def about(self, name):
        st = os.lstat("live/" + name)
        return stat.S_IMODE(st.st_mode), (st.st_uid, st.st_gid), st.st_mtime_ns

    def is_turned(self, where, log):
        """Whether LOG is as after one rotation; else it is as it was."""
        path, _, mode, _, _, generations, after, _ = log
        log_now = self.lines_of("live/" + path)
        if log_now == self.tree.text[path, "L"]:
            want = {file_of(path, w): w for w in ("L", *generations)}
        else:
            if log_now:
                self.fault(where, "the new log", path, "has", log_now[:100])
            want = {file_of(path, now): was for now, was in after.items()}
        for name, was in want.items():
            if not os.path.exists("live/" + name):
                continue		# told by check_names
            if self.lines_of("live/" + name) != self.tree.text[path, was]:
                self.fault(where, name, "is not what was", was)
            had = self.tree.files[file_of(path, was)]
            now = self.about(name)
            # The notice in the old log is the last that was written to it.
            noticed = was == "L" and b"B" not in log[4].encode()
            if now[:2] != (had[1], tuple(had[2])) or \
                    (now[2] != had[3] and not noticed):
                self.fault(where, name, "was", had[1:], "and is", now)
        return want.keys() | {path}, log_now != self.tree.text[path, "L"]

    def check_finished(self, where):
        """True where all are rotated."""
        names, turned = set(), set()
        for log in LOGS:
            self.check_log(where, log)
            some, was = self.is_turned(where, log)
            names |= some
            turned.add(was)
        if len(turned) != 1:
            self.fault(where, "some are rotated, others are not")
        found = {os.path.join(d, f) for d in ("log", "user")
                 for f in os.listdir("live/" + d)}
        if found != names:
            self.fault(where, "missing:", names - found, "too many:",
                       found - names)
        litter = set(os.listdir("live/state")) - {"rotate.state",
                                                  "history.jsonl",
                                                  "mailkeep-rotate.lock"}
        if litter:
            self.fault(where, "litter in the state-dir:", litter)
        return turned == {True}

    def finish(self, where):
        status = self.run()
        if status != 0 or self.said():
            self.fault(where, "the next run:", status, self.said())
        turned = self.check_finished(where + ", next run:")
        if turned and not any(self.told):
            self.fault(where, "the daemon was not told after the last")
        self.told = []
        before = self.snapshot()
        status = self.run()
        if status != 0 or self.said() or self.told or \
                self.snapshot() != before:
            self.fault(where, "the run after that:", status, self.said())
        return turned

    @staticmethod
    def snapshot():
        found = {}
        for top, _, files in os.walk("live"):
            for name in files:
                if name.endswith(".lock") or name == "history.jsonl":
                    continue		# says who has it, what was done
                st = os.lstat(os.path.join(top, name))
                # The state's time is that of the last run.
                found[top, name] = (st.st_ino, st.st_size, st.st_mode,
                                    name == "rotate.state" or st.st_mtime_ns)
        return found

    # ---- the ways to end a run

    def counts(self, calls, args=("-F",)):
        """{call: [the N of each that counts]}, of the process that has
        most."""
        if self.run(*args, prefix=(
                "strace", "-f", "-qq", "-o", "trace",
                "-e", "trace=" + ",".join(calls))) != 0:
            self.fault("undisturbed:", self.said())
        found = {}
        with open("trace", "rb") as f:
            for line in f:
                pid, _, rest = line.decode(errors="replace").partition(" ")
                call, bracket, _ = rest.strip().partition("(")
                if not bracket or call not in calls:
                    continue
                n = found.setdefault(call, {}).setdefault(pid, [0, []])
                n[0] += 1
                if call != "openat" or "O_CREAT" in rest:
                    n[1].append(n[0])
        return {call: max((v[1] for v in by.values()), key=len)
                for call, by in found.items()}

    @staticmethod
    def inject(call, n, how):
        return ("strace", "-f", "-qq", "-o", "/dev/null",
                "-e", "trace=" + call,
                "-e", "inject=%s:%s:when=%d" % (call, how, n))

    def undisturbed(self):
        self.renew()
        if self.run("-F") != 0 or self.said():
            self.fault("undisturbed:", self.said())
        if not self.check_finished("undisturbed"):
            self.fault("undisturbed: nothing was rotated")
        if self.told != [True]:
            self.fault("undisturbed: the daemon was told", self.told)

    def step(self, calls):
        self.undisturbed()
        self.renew()
        for call, at in self.counts(calls).items():
            for n in at:
                where = "killed at %s %d" % (call, n)
                self.renew()
                self.run("-F", prefix=self.inject(call, n, "signal=SIGKILL"))
                self.check_safe(where)
                self.finish(where)

    def fail(self, pairs):
        hows = dict(pair.split(":") for pair in pairs)
        self.undisturbed()
        self.renew()
        for call, at in self.counts(tuple(hows)).items():
            for n in at:
                where = "%s at %s %d" % (hows[call], call, n)
                self.renew()
                status = self.run("-F", prefix=self.inject(
                    call, n, "error=" + hows[call]))
                said = self.said()
                lost = b"this run is not in the history\n" in said
                if (status == 0) != (said == b"" or lost) or \
                        (status != 0 and said.count(b"\n") != 1) or \
                        status not in (0, 71, 73, 74, 75, 77):
                    self.fault(where, "status", status, said)
                self.check_safe(where)
                if not self.finish(where) and status == 0:
                    self.fault(where, "nothing was rotated, and not said")

    def twice(self, rounds, seed, calls):
        rng = random.Random(seed)
        self.undisturbed()
        self.renew()
        points = [(call, n) for call, at in self.counts(calls).items()
                  for n in at]
        for _ in range(rounds):
            first, second = rng.choice(points), rng.choice(points)
            where = "killed at %s %d and %s %d" % (*first, *second)
            self.renew()
            self.run("-F", prefix=self.inject(*first, "signal=SIGKILL"))
            self.check_safe(where)
            # The second has less to do: not every call is there again.
            self.run(prefix=self.inject(*second, "signal=SIGKILL"))
            self.check_safe(where)
            self.finish(where)

    def random(self, rounds, seed):
        rng = random.Random(seed)
        self.undisturbed()
        self.renew()
        start = time.monotonic()
        self.run("-F")
        took = time.monotonic() - start
        for i in range(rounds):
            where = "round %d" % i
            self.renew()
            self.run("-F", after=rng.uniform(0, took))
            self.check_safe(where)
            if i % 2 == 0:
                self.run(after=rng.uniform(0, took))
                self.check_safe(where)
            self.finish(where)


def main():
    args = sys.argv[1:]
    at = args.index("--")
    mode, command = args[0], args[at + 1:]
    killer = Killer(command, 20000 if mode == "random" else 30)
    if mode == "step":
        killer.step(tuple(args[1].split(",")))
    elif mode == "fail":
        killer.fail(args[1].split(","))
    elif mode == "twice":
        killer.twice(int(args[1]), int(args[2]), tuple(args[3].split(",")))
    else:
        killer.random(int(args[1]), int(args[2]))
    print("%d runs, %d killed" % (killer.runs, killer.killed))
    sys.exit(killer.faults != 0)


main()
