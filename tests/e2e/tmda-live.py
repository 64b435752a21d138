#!/usr/bin/env python3
"""tmda-live.py SECONDS SEED DIR ... -- COMMAND [ARG ...]

For each DIR, which tmda-queue.py has made, be the TMDA of a busy host: hold
messages, have some confirmed, deleted or opened by a mail reader, record
replies, append to lists, rewrite the cache, all as TMDA does it on the disk
(format original: open(NAME, "w") and write; maildir: tmp, link, unlink).  And
run COMMAND, which has to remove what is older than 14 days from all of them,
again and again, until SECONDS are over.

Always:

 - nothing is gone that was not due, or whose sender was on lists/confirmed
   before it came; nor records of replies of the last day;
 - COMMAND exits 0 and says nothing, but that messages are kept.

In the end, when only COMMAND has run once more:

 - all that is due is gone, and all else there, byte for byte;
 - all lines that TMDA has appended to lists/deleted are whole, and so are all
   senders of what COMMAND has removed, if COMMAND appends them.

Prints a line for each fault, and at the end counts.  Exit 0: no fault.
"""

import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time

DAY = 86400
LIFETIME = 14 * DAY


class Message:
    def __init__(self, path, text, due, sender):
        self.path, self.text, self.due = path, text, due
        self.sender = sender


class Queue:
    """One TMDA, with a thread of its own."""

    def __init__(self, directory, seed, faults):
        self.dir = directory
        self.pending = os.path.join(directory, "pending")
        self.maildir = os.path.isdir(os.path.join(self.pending, "new"))
        self.random = random.Random(seed)
        self.faults = faults
        self.lock = threading.Lock()
        self.messages, self.replies = {}, {}
        self.confirmed, self.appended = [], []
        self.removed_senders = set()
        self.taken_senders = set()      # of what was due: perhaps appended
        self.pid = 1000
        self.counts = {"held": 0, "taken": 0, "faults": 0}

    def fault(self, *what):
        self.faults.append(" ".join(str(w) for w in (self.dir, *what)))

    def next_pid(self):
        self.pid += 1
        return self.pid

    def hold(self):
        due = self.random.random() < 0.4
        age = (LIFETIME + self.random.randrange(3600, 400 * DAY) if due
               else self.random.randrange(0, LIFETIME - 3600))
        old = due
        if self.confirmed and self.random.random() < 0.1:
            sender = self.random.choice(self.confirmed)
            due = False                 # it is rescued
        else:
            sender = "s%d@example.net" % self.pid
        text = ("From: %s\nReturn-Path: <%s>\n"
                "X-TMDA-Recipient: alice@example.test\nSubject: x\n\n%s\n" % (
                    sender, sender, "text " * self.random.randrange(2000)))
        mail_id = "%d.%d" % (time.time() - age, self.next_pid())
        if self.maildir:
            name = mail_id + "." + socket.gethostname()
            path = os.path.join(self.pending, "new", name)
            tmp = os.path.join(self.pending, "tmp", name)
            with open(tmp, "x") as f:
                f.write(text)
                os.fsync(f.fileno())
            self.messages[mail_id] = Message(path, text, due, sender)
            os.link(tmp, path)
            os.unlink(tmp)
        else:
            path = os.path.join(self.pending, mail_id + ".msg")
            self.messages[mail_id] = Message(path, text, due, sender)
            # What is old came long ago: it is whole when it appears.
            with open(path if not old else self.dir + "/new", "w") as f:
                f.write(text[:100])
                f.flush()
                f.write(text[100:])
            if old:
                os.rename(self.dir + "/new", path)
        self.counts["held"] += 1

    def some(self):
        if not self.messages:
            return None, None
        mail_id = self.random.choice(list(self.messages))
        return mail_id, self.messages[mail_id]

    def take(self):
        """Confirmed, released or deleted: TMDA removes it."""
        mail_id, message = self.some()
        if message is None:
            return
        try:
            with open(message.path) as f:
                text = f.read()
            os.unlink(message.path)
            if text != message.text:
                self.fault("changed:", message.path)
            if message.due:
                self.taken_senders.add(message.sender)
        except FileNotFoundError:
            if not message.due:
                self.fault("was not due and is gone:", message.path)
            self.removed_senders.add(message.sender)
        del self.messages[mail_id]
        self.counts["taken"] += 1

    def read(self):
        """A mail reader moves it from new to cur, or changes its flags."""
        _, message = self.some()
        if message is None or not self.maildir:
            return
        base = os.path.basename(message.path).split(":")[0]
        path = os.path.join(self.pending, "cur", base + ":2," +
                            self.random.choice(["", "S", "RS", "FS"]))
        try:
            os.rename(message.path, path)
            message.path = path
        except FileNotFoundError:
            if not message.due:
                self.fault("was not due and is gone:", message.path)

    def reply(self):
        name = "%d.%d.s@example.net" % (time.time(), self.next_pid())
        path = os.path.join(self.dir, "responses", name)
        with open(path, "w"):
            pass
        self.replies[path] = True
        if len(self.replies) > 50:
            path = self.random.choice(list(self.replies))
            try:
                os.unlink(path)
            except FileNotFoundError:
                self.fault("a reply of today is gone:", path)
            del self.replies[path]

    def confirm(self):
        sender = "c%d@example.net" % self.next_pid()
        with open(os.path.join(self.dir, "lists", "confirmed"), "a+") as f:
            f.seek(0)
            if sender not in f.read().split():
                f.write(sender + "\n")
        self.confirmed.append(sender)

    def delete(self):
        sender = "d%d@example.net" % self.next_pid()
        with open(os.path.join(self.dir, "lists", "deleted"), "a+") as f:
            f.write(sender + "\n")
        self.appended.append(sender)

    def cache(self):
        ids = [m for m in self.messages if not self.messages[m].due]
        fd, tmp = tempfile.mkstemp(dir=self.pending, prefix="tmp")
        with os.fdopen(fd, "w") as f:
            f.write("(lp0\n" + "\n".join(ids))
        try:
            os.rename(tmp, os.path.join(self.pending, ".msgcache"))
        except FileNotFoundError:
            self.fault("a cache is gone:", tmp)

    def live(self, until):
        doings = ([self.hold] * 12 + [self.take] * 6 + [self.read] * 6 +
                  [self.reply] * 4 + [self.confirm, self.delete, self.cache])
        while time.monotonic() < until:
            with self.lock:
                self.random.choice(doings)()
            time.sleep(self.random.choice((0, 0, 0.001, 0.004)))

    def check(self):
        with self.lock:
            there = set()
            for sub in ("", "new", "cur") if self.maildir else ("",):
                where = os.path.join(self.pending, sub)
                there.update(os.path.join(where, n) for n in os.listdir(where))
            for message in self.messages.values():
                if not message.due and message.path not in there:
                    self.fault("was not due and is gone:", message.path)
            there = set(os.listdir(os.path.join(self.dir, "responses")))
            for path in self.replies:
                if os.path.basename(path) not in there:
                    self.fault("a reply of today is gone:", path)

    def check_end(self, appends):
        self.check()
        wanted = {".msgcache"}
        for message in self.messages.values():
            if message.due:
                self.removed_senders.add(message.sender)
                continue
            wanted.add(os.path.basename(message.path))
            with open(message.path) as f:
                if f.read() != message.text:
                    self.fault("changed:", message.path)
        for where, _, names in os.walk(self.pending):
            for name in names:
                if name not in wanted:
                    self.fault("is left:", where, name)
        for path in os.listdir(os.path.join(self.dir, "responses")):
            if os.path.join(self.dir, "responses", path) not in self.replies:
                self.fault("is left:", path)
        with open(os.path.join(self.dir, "lists", "deleted")) as f:
            text = f.read()
        lines = text.split("\n")
        missing = set(self.appended) - set(lines)
        if appends:
            missing |= self.removed_senders - set(lines)
            strange = (set(lines) - set(self.appended) - {""} -
                       self.removed_senders - self.taken_senders)
            if strange:
                self.fault("on the list:", strange)
        if missing:
            self.fault("not on the list:", missing)


def main():
    args = sys.argv[1:]
    at = args.index("--")
    seconds, seed, faults = float(args[0]), int(args[1]), []
    queues = [Queue(d, seed + i, faults) for i, d in enumerate(args[2:at])]
    command = args[at + 1:]

    def run():
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT)
        said = [line for line in done.stdout.splitlines()
                if b"the sender is on a list by now" not in line]
        if done.returncode != 0 or said:
            faults.append("exit %d: %r" % (done.returncode, said))

    for queue in queues:
        queue.delete()
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=q.live, args=(until,)) for q in queues]
    for thread in threads:
        thread.start()
    runs = 0
    while time.monotonic() < until and len(faults) < 20:
        run()
        runs += 1
        for queue in queues:
            queue.check()
    for thread in threads:
        thread.join()
    for queue in queues:
        queue.cache()
    run()
    for i, queue in enumerate(queues):
        queue.check_end(i == 0)
    for fault in faults[:20]:
        print(fault[:1000])
    print("%d runs, %d held, %d taken" % (
        runs, sum(q.counts["held"] for q in queues),
        sum(q.counts["taken"] for q in queues)))
    sys.exit(bool(faults))


main()
