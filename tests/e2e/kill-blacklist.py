#!/usr/bin/env python3
"""kill-blacklist.py random ROUNDS SEED | step SYSCALL,... | fail SYSCALL,...
    -- COMMAND [ARG ...]

End a run of COMMAND (mailkeep-blacklist -c conf, in the working directory) at
any moment, and look.  "old" and "new" are feeds, the outputs and the state
are live/out and live/state, the feed that is read is live/feed.  The command
on-change adds a line to live/changed.

	random	SIGKILL after a random time, while others read
	step	SIGKILL, by strace, before the first, second, ... call of each
		SYSCALL, until a run comes through
	fail	the call fails instead: no space left on device

Each time the published list is that of "old" and the feed "new".  After the
kill each output is whole: byte for byte the old or the new one (of a dbm: all
its keys), of mode 0644.  After a failed call all are the old ones, with their
inodes, or all are new, and nothing lies about.  Then COMMAND runs undisturbed,
and exits 0; all is new, and nothing lies about; --why knows the new lines;
on-change has run since.  One more run writes nothing.

Prints a line for each fault and, at the end, counts: "N runs, M killed".
Exit 0: no fault.
"""

import hashlib
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time

EXIM = shutil.which("exim4")
OUT = "live/out"
KEY = b"192.0.2.1/32"		# is in both lists
NEW = "192.0.2.77"		# is in "new" alone


def cdb_get(data, key):
    """As Exim does.  None where there is none; an error where it is cut."""
    h = 5381
    for c in key:
        h = ((h * 33) & 0xffffffff) ^ c
    pos, n = struct.unpack_from("<II", data, (h & 255) * 8)
    for i in range(n):
        at = pos + ((h >> 8) + i) % n * 8
        slot, record = struct.unpack_from("<II", data, at)
        if record == 0:
            return None
        if slot == h:
            klen, dlen = struct.unpack_from("<II", data, record)
            if data[record + 8:record + 8 + klen] == key:
                found = data[record + 8 + klen:record + 8 + klen + dlen]
                if len(found) != dlen:
                    raise ValueError("cut short")
                return found
    return None


def contents(name):
    """What an output says; Berkeley DB numbers its files."""
    path = os.path.join(OUT, name)
    if name.endswith(".dbm"):
        p = subprocess.run(["mailkeep-blacklist", "--check", path, NEW],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return p.stdout
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def all_contents():
    return {name: contents(name) for name in os.listdir(OUT)}


def stamps():
    found = {}
    for top in (OUT, "live/state"):
        for name in set(os.listdir(top)) - {"history.jsonl"}:
            st = os.lstat(os.path.join(top, name))
            found[name] = (st.st_ino, st.st_mtime_ns, st.st_size)
    return found


class Killer:
    def __init__(self, command):
        self.command = command
        self.faults = self.runs = self.killed = self.read = 0
        self.stop = False
        os.mkdir("live")
        for d in ("out", "state", "lock"):
            os.mkdir("live/" + d)
        shutil.copyfile("new", "live/feed")
        self.must_run()
        self.new = all_contents()
        shutil.copyfile("old", "live/feed")
        self.must_run("--force")
        self.old = all_contents()
        os.unlink("live/changed")
        # The host list names the lengths: the same in both.
        assert self.old.keys() == self.new.keys()
        assert self.old["b.cdb"] != self.new["b.cdb"]
        subprocess.check_call(["cp", "-a", "live", "pristine"])

    def fault(self, what, *rest):
        self.faults += 1
        if self.faults < 20:
            print(what, *rest, flush=True)

    def run(self, *args, prefix=(), after=None):
        """The exit status, negative for a signal."""
        self.runs += 1
        with open("said", "wb") as out:
            p = subprocess.Popen([*prefix, *self.command, *args], stdout=out,
                                 stderr=out, stdin=subprocess.DEVNULL)
            if after is not None:
                time.sleep(after)
                p.kill()
            return p.wait()

    def must_run(self, *args):
        status = self.run(*args)
        if status != 0:
            sys.exit("%s: %d: %s" % (self.command, status, self.said()))

    @staticmethod
    def said():
        with open("said", "rb") as f:
            return f.read()

    def renew(self):
        """The old list in place, the new feed.  Names in out last, for those
        who read."""
        for d in ("state", "lock"):
            shutil.rmtree("live/" + d)
            subprocess.check_call(["cp", "-a", "pristine/" + d, "live/" + d])
        if os.path.exists("live/changed"):
            os.unlink("live/changed")
        for name in os.listdir("pristine/out"):
            tmp = "live/" + name
            shutil.copy2("pristine/out/" + name, tmp)
            os.rename(tmp, OUT + "/" + name)
        shutil.copyfile("new", "live/feed")

    def read_on(self):
        """Another program, that opens the list again and again."""
        known = (self.old["b.cdb"], self.new["b.cdb"])
        while not self.stop:
            try:
                with open(OUT + "/b.cdb", "rb") as f:
                    data = f.read()
                if cdb_get(data, KEY) is None:
                    self.fault("a reader met a list without", KEY)
                if hashlib.sha256(data).hexdigest() not in known:
                    self.fault("a reader met another list")
                with open(OUT + "/b.hostlist", "rb") as f:
                    if not f.read().endswith(b"\n"):
                        self.fault("a reader met a cut host list")
            except (OSError, ValueError, struct.error) as why:
                self.fault("a reader met", repr(why))
            self.read += 1

    def exim_on(self):
        """Exim itself, where it is."""
        test = "${lookup{%s}cdb{%s}{listed}{not listed}}" % (
            KEY.decode(), os.path.abspath(OUT + "/b.cdb"))
        while not self.stop:
            p = subprocess.run([EXIM, "-be", test], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
            if p.stdout != b"listed\n":
                self.fault("Exim says", p.stdout)
            self.read += 1
            time.sleep(0.05)

    def check_whole(self, where):
        for name in self.old:
            try:
                st = os.lstat(os.path.join(OUT, name))
                now = contents(name)
            except OSError as why:
                self.fault(where, name, repr(why))
                continue
            if now not in (self.old[name], self.new[name]):
                self.fault(where, name, "is neither old nor new")
            if st.st_mode != 0o100644:
                self.fault(where, name, "has mode %o" % st.st_mode)

    def check_litter(self, where):
        found = os.listdir(OUT)
        if set(found) != set(self.old):
            self.fault(where, "litter:", set(found) ^ set(self.old))
        if set(os.listdir("live/state")) - {"history.jsonl"} != {
                "blacklist.index"}:
            self.fault(where, "state:", os.listdir("live/state"))

    def check_finished(self, where):
        status = self.run()
        if status != 0 or self.said():
            self.fault(where, "the next run:", status, self.said())
        if all_contents() != self.new:
            self.fault(where, "the next run did not publish all")
        self.check_litter(where)
        if not os.path.exists("live/changed"):
            self.fault(where, "on-change was never run")
        if self.run("--why", NEW) != 0 or b"live/feed:" not in self.said():
            self.fault(where, "--why:", self.said())
        before = stamps()
        if self.run() != 0 or self.said() or stamps() != before:
            self.fault(where, "the run after that:", self.said())

    def random(self, rounds, seed):
        rng = random.Random(seed)
        self.renew()
        start = time.monotonic()
        self.run()
        took = time.monotonic() - start
        self.check_finished("undisturbed")
        readers = [threading.Thread(target=self.read_on) for _ in range(2)]
        if EXIM is not None:
            readers.append(threading.Thread(target=self.exim_on))
        for r in readers:
            r.start()
        for i in range(rounds):
            self.renew()
            status = self.run(after=rng.uniform(0, took))
            if status == -signal.SIGKILL:
                self.killed += 1
            elif status != 0:
                self.fault("status", status, self.said())
            self.check_whole("round %d" % i)
            self.check_finished("round %d" % i)
        self.stop = True
        for r in readers:
            r.join()

    def check_failed(self, where, status, before):
        now = stamps()
        out = [n for n in self.old if now.get(n) != before[n]]
        if status == 0:
            return
        if status not in (71, 73, 74, 75):
            self.fault(where, "status", status, self.said())
        if self.said().count(b"\n") != 1:
            self.fault(where, "said:", self.said())
        said = self.said()
        if b"is published" in said or b"are published" in said or \
                b"on-change" in said or b"aide" in said:
            return
        if out:
            self.fault(where, out, "changed:", said)
        if set(now) != set(before):
            self.fault(where, "litter:", set(now) ^ set(before))

    def step(self, calls, how):
        for call in calls:
            n = 0
            status = -signal.SIGKILL
            while status != 0 and self.faults < 20:
                n += 1
                self.renew()
                before = stamps()
                status = self.run(prefix=(
                    "strace", "-f", "-qq", "-o", "/dev/null",
                    "-e", "trace=" + call, "-e",
                    "inject=%s:%s:when=%d" % (call, how, n)))
                where = "%s at %s %d" % (how, call, n)
                if status in (-signal.SIGKILL, 128 + signal.SIGKILL):
                    self.killed += 1
                elif how.startswith("error"):
                    self.check_failed(where, status, before)
                self.check_whole(where)
                self.check_finished(where)


def main():
    args = sys.argv[1:]
    at = args.index("--")
    killer = Killer(args[at + 1:])
    if args[0] == "random":
        killer.random(int(args[1]), int(args[2]))
    else:
        killer.step(args[1].split(","), "signal=SIGKILL"
                    if args[0] == "step" else "error=ENOSPC")
    print("%d runs, %d killed, %d reads" %
          (killer.runs, killer.killed, killer.read))
    sys.exit(killer.faults != 0)


main()
