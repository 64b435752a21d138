#!/usr/bin/python3
"""tmda-queue.py - make the files of a TMDA 1.1.x queue, as TMDA does.

usage: tmda-queue.py DIR COMMAND [ARG ...]

  init [original|maildir]	the directory, as tmda-filter makes it
  hold AGE SENDER RECIPIENT [SUBJECT]
				a message that waits for its confirmation
  read ID			a mail reader has opened it: new to cur, ":2,S"
  fill N AGE			N messages, the oldest AGE, a second apart
  respond AGE SENDER		an automatic response was sent
  leftover AGE C|R		confirmed or released by TMDA before 1.1.3
  cache				the list of ids that tmda-cgi keeps
  list NAME SENDER		append to lists/NAME, as CONFIRM_APPEND does
  batch				each line of standard input is a COMMAND

AGE is "40" (days) or "40d", "36h", "5m", "7s"; "-2d" lies in the future; it
counts from now, or from $NOW (seconds since the Epoch).  "=1159377144.3747" is
a whole id.  SENDER, RECIPIENT, SUBJECT may have escapes as "\\n" and "\\xff".
hold, leftover and respond print the name of what they made.

What TMDA leaves on disk, DIR being ~/.tmda:

  pending/			0700.  PENDING_QUEUE_FORMAT = "original":
    1159377144.3747.msg		seconds since the Epoch, process id; written in
				place, umask's mode: the whole message, to whose
				header TMDA has added Return-Path (the envelope
				sender) and X-TMDA-Recipient (for whom it is)
  pending/new, cur, tmp		"maildir":
    1159377144.3747.host	likewise, 0600, linked into new when whole
    1159377144.3747.host:2,S	in cur, once a mail reader has seen it
  pending/.msgcache		before 1.1.6; now .pendingcache beside pending:
				a Python pickle, protocol 0, of a list of ids
  pending/tmpXXXXXX		what is left of a cache when TMDA was killed
  pending/1159377144.3747.msg:3,C
				before 1.1.3: confirmed (3,R: released)
  responses/			0700
    1159377144.3747.alice@example.org
				empty; the sender in small letters, "/" as ":",
				blanks as "_", cut at 233 characters
  lists/confirmed, lists/whitelist
				an address a line
  config			Python
"""
import os
import pickle
import re
import shlex
import socket
import sys
import time

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1, "": 86400}


def seconds(age):
    now = int(os.environ.get("NOW") or time.time())
    sign, number, unit = re.fullmatch(r"(-?)([0-9]+)([dhms]?)", age).groups()
    return now - int(sign + "1") * int(number) * UNITS[unit]


def mail_id(age, directory):
    """(seconds, process id) of a new file."""
    if age[0] == "=":
        return tuple(int(part) for part in age[1:].split("."))
    return seconds(age), pids(directory)


def raw(text):
    """Bytes as latin-1 text, escapes undone."""
    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", lambda m: {
        "n": "\n", "t": "\t", "e": "\x1b"}.get(m[1]) or (
            chr(int(m[1][1:], 16)) if len(m[1]) == 3 else m[1]),
        text.encode().decode("latin-1"))


def pids(directory):
    """A process id that no name there has yet."""
    highest = 1000
    for path, _, names in os.walk(directory):
        for name in names:
            parts = name.split(".")
            if len(parts) > 2 and parts[1].isdigit():
                highest = max(highest, int(parts[1]))
    return highest + 1


def text(sender, recipient, subject):
    return (
        "Received: from mx.example.net by mx.example.org; Mon, 1 Jan 2024\n"
        f"From: Somebody <{sender or 'mailer-daemon@example.net'}>\n"
        f"To: {recipient}\n"
        f"Subject: {subject}\n"
        "Message-ID: <1@example.net>\n"
        f"Return-Path: <{sender}>\n"
        f"X-TMDA-Recipient: {recipient}\n"
        "\n"
        "Hello.\n"
    )


class Queue:
    def __init__(self, directory):
        self.dir = directory
        self.pending = os.path.join(directory, "pending")
        self.responses = os.path.join(directory, "responses")

    def is_maildir(self):
        return os.path.isdir(os.path.join(self.pending, "new"))

    def init(self, queue_format="original"):
        for path in self.dir, self.pending, self.responses:
            os.makedirs(path, exist_ok=True)
            os.chmod(path, 0o700)
        os.makedirs(os.path.join(self.dir, "lists"), exist_ok=True)
        if queue_format == "maildir":
            for sub in "tmp", "new", "cur":
                os.makedirs(os.path.join(self.pending, sub), 0o700, True)
        with open(os.path.join(self.dir, "config"), "a"):
            pass

    def put(self, when, pid, message):
        if not self.is_maildir():
            name = f"{when}.{pid}.msg"
            with open(os.path.join(self.pending, name), "x",
                      encoding="latin-1") as f:
                f.write(message)
            return name
        name = f"{when}.{pid}.{socket.gethostname()}"
        tmp = os.path.join(self.pending, "tmp", name)
        with open(tmp, "x", encoding="latin-1") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(message)
        os.link(tmp, os.path.join(self.pending, "new", name))
        os.unlink(tmp)
        return name

    def hold(self, age, sender, recipient, subject="Hello"):
        print(self.put(*mail_id(age, self.pending),
                       text(raw(sender), raw(recipient), raw(subject))))

    def read(self, which):
        new = os.path.join(self.pending, "new")
        for name in os.listdir(new):
            if name.startswith(which + "."):
                os.rename(os.path.join(new, name), os.path.join(
                    self.pending, "cur", name + ":2,S"))

    def fill(self, n, age):
        first = seconds(age)
        message = text("spam@example.net", "alice@example.org", "Buy")
        for i in range(int(n)):
            self.put(first + i, 1000 + i % 30000, message)

    def respond(self, age, sender):
        cleaned = sender.replace(" ", "_").replace("/", ":").lower()[:233]
        when, pid = mail_id(age, self.responses)
        name = f"{when}.{pid}.{cleaned}"
        path = os.path.join(self.responses, name)
        with open(path, "x"):
            pass
        os.utime(path, (when, when))
        print(name)

    def leftover(self, age, what):
        when, pid = mail_id(age, self.pending)
        name = f"{when}.{pid}.msg:3,{what}"
        with open(os.path.join(self.pending, name), "x") as f:
            f.write(text("old@example.net", "alice@example.org", "Old"))
        print(name)

    def cache(self):
        ids = [".".join(name.split(".")[:2])
               for name in os.listdir(self.pending) if name.endswith(".msg")]
        for path in os.path.join(self.pending, ".msgcache"), os.path.join(
                self.dir, ".pendingcache"):
            with open(path, "wb") as f:
                pickle.dump(sorted(ids, reverse=True), f, 0)
        with open(os.path.join(self.pending, "tmpAb3_xZ"), "wb") as f:
            f.write(b"(lp0\n")

    def list(self, name, sender):
        with open(os.path.join(self.dir, "lists", name), "a+") as f:
            f.write(sender + "\n")


    def batch(self):
        for line in sys.stdin:
            words = shlex.split(line, comments=True)
            if words:
                getattr(self, words[0])(*words[1:])


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in (
            "init", "hold", "read", "fill", "respond", "leftover", "cache",
            "list", "batch"):
        sys.exit(__doc__.split("\n\n")[1])
    getattr(Queue(sys.argv[1]), sys.argv[2])(*sys.argv[3:])


if __name__ == "__main__":
    main()
