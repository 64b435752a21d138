#!/usr/bin/env python3
"""imap.py - an IMAP client for the end-to-end tests.

usage: imap.py PORT USER COMMAND [ARG ...] [-- COMMAND [ARG ...]] ...

All commands of one call share one session.  FOLDER is "INBOX", "Trash",
"Trash.Old"; UIDS an IMAP set, or "all".  Anything that the server refuses
ends the program with status 1 and a line on standard error.

  append FOLDER FILE [DATE [FLAG ...]]  DATE: seconds since the Epoch, or "-"
  move FOLDER UIDS TARGET
  copy FOLDER UIDS TARGET
  flag FOLDER UIDS +FLAG|-FLAG ...      FLAG: Seen, Flagged, a keyword ...
  expunge FOLDER [UIDS]                 with UIDS: flag them Deleted before
  create FOLDER
  delete FOLDER
  rename FOLDER NEW
  list                                  the folders, sorted
  list-uids FOLDER                      in one line
  uidvalidity FOLDER
  fetch-all FOLDER                      "UID BYTES MD5 FLAGS" a message, as
                                        wc and md5sum see its file
  dump                                  of each folder "FOLDER uidvalidity N",
                                        then the lines of fetch-all after its
                                        name: all that a client can see
  dates FOLDER                          "UID SECONDS" a message, INTERNALDATE
                                        since the Epoch
  quota                                 "STORAGE 3 10240", "MESSAGE 1 1000"
  churn FOLDER TARGET NAME SECONDS      append, star, move, copy and read its
                                        own messages over and over; a line
                                        each, "star NAME.7"; "missed NAME.7"
                                        where it had been removed before
  read-loop FOLDER SECONDS              list and fetch over and over; then
                                        "N rounds, N read, N vanished"
"""

import hashlib
import imaplib
import random
import re
import sys
import time

PASSWORD = "secret"
imaplib._MAXLINE = 10_000_000


class Refused(Exception):
    """The server said NO or BAD."""


def check(answer):
    """The data of an answer that is OK."""
    status, data = answer
    if status != "OK":
        raise Refused(" ".join(repr(d) for d in data))
    return data


def quote(folder):
    return '"%s"' % folder.replace("\\", "\\\\").replace('"', '\\"')


def flag_name(flag):
    system = ("Seen", "Flagged", "Answered", "Deleted", "Draft")
    return "\\" + flag if flag in system else flag


def uid_set(text):
    return "1:*" if text == "all" else text


class Client:
    def __init__(self, port, user):
        self.imap = imaplib.IMAP4("127.0.0.1", port, timeout=60)
        check(self.imap.login(user, PASSWORD))

    def select(self, folder, readonly=False):
        check(self.imap.select(quote(folder), readonly))

    def uids(self):
        return check(self.imap.uid("SEARCH", "ALL"))[0].split()

    def append(self, folder, file, date="-", *flags):
        with open(file, "rb") as stream:
            text = re.sub(rb"\r?\n", b"\r\n", stream.read())
        when = None if date == "-" else imaplib.Time2Internaldate(float(date))
        names = "(%s)" % " ".join(map(flag_name, flags)) if flags else None
        check(self.imap.append(quote(folder), names, when, text))

    def move(self, folder, uids, target):
        self.select(folder)
        check(self.imap.uid("MOVE", uid_set(uids), quote(target)))

    def copy(self, folder, uids, target):
        self.select(folder)
        check(self.imap.uid("COPY", uid_set(uids), quote(target)))

    def flag(self, folder, uids, *changes):
        self.select(folder)
        for change in changes:
            check(self.imap.uid("STORE", uid_set(uids), change[0] + "FLAGS",
                                "(%s)" % flag_name(change[1:])))

    def expunge(self, folder, uids=None):
        self.select(folder)
        if uids is not None:
            check(self.imap.uid("STORE", uid_set(uids), "+FLAGS",
                                "(\\Deleted)"))
        check(self.imap.expunge())

    def create(self, folder):
        check(self.imap.create(quote(folder)))

    def delete(self, folder):
        check(self.imap.delete(quote(folder)))

    def rename(self, folder, new):
        check(self.imap.rename(quote(folder), quote(new)))

    def folders(self):
        names = []
        for line in check(self.imap.list()):
            if line is None:
                continue
            if isinstance(line, tuple):         # the name is a literal
                names.append(line[1].decode())
            else:
                name = re.match(rb'\(.*?\) (?:"[^"]*"|NIL) (.*)', line)[1]
                names.append(name.decode().strip('"'))
        return sorted(names)

    def list(self):
        for name in self.folders():
            print(name)

    def list_uids(self, folder):
        self.select(folder, True)
        print(" ".join(uid.decode() for uid in self.uids()))

    def uidvalidity(self, folder):
        self.select(folder, True)
        print(self.imap.response("UIDVALIDITY")[1][0].decode())

    def fetch(self, uid):
        """The text and the flags of a message; None where it vanished."""
        text, about = None, b""
        for part in check(self.imap.uid("FETCH", uid, "(FLAGS BODY.PEEK[])")):
            if isinstance(part, tuple):
                about, text = about + part[0], part[1]
            elif part is not None:
                about += part
        flags = re.search(rb"FLAGS \((.*?)\)", about)
        return text, flags[1].decode() if flags else ""

    def dump(self):
        for name in self.folders():
            self.select(name, True)
            validity = self.imap.response("UIDVALIDITY")[1][0].decode()
            print(name, "uidvalidity", validity)
            self.fetch_all(name, name)

    def fetch_all(self, folder, *before):
        self.select(folder, True)
        for uid in self.uids():
            text, flags = self.fetch(uid)
            if text is None:
                raise Refused("no text for UID " + uid.decode())
            text = text.replace(b"\r\n", b"\n")
            flags = sorted(flags.replace("\\Recent", "").split())
            print(*before, uid.decode(), len(text), hashlib.md5(text).hexdigest(),
                  *flags)

    def dates(self, folder):
        self.select(folder, True)
        for uid in self.uids():
            data = check(self.imap.uid("FETCH", uid, "(INTERNALDATE)"))
            when = imaplib.Internaldate2tuple(data[0])
            print(uid.decode(), int(time.mktime(when)))

    def quota(self):
        for part in check(self.imap.getquotaroot("INBOX"))[1]:
            if part is not None:
                found = re.findall(rb"(STORAGE|MESSAGE) (\d+) (\d+)", part)
                for resource in found:
                    print(b" ".join(resource).decode())

    def churn(self, folder, target, name, seconds):
        end = time.monotonic() + float(seconds)
        mine, number = [], 0
        self.missed = 0
        self.select(folder)
        # On a slow machine longer, until enough has happened.
        while time.monotonic() < end or ((number < 300 or self.missed < 3)
                                         and time.monotonic() < end + 80):
            for _ in range(10):
                mine.append(self.churn_append(folder, "%s.%d" % (name, number)))
                number += 1
            random.shuffle(mine)
            for _ in range(random.randrange(20)):
                if mine:
                    self.churn_one(target, *mine.pop())

    def churn_append(self, folder, token):
        text = "From: a@example.org\r\nX-Token: %s\r\n\r\n%s\r\n" % (
            token, "A line of text. " * random.randrange(100))
        self.imap.response("APPENDUID")         # forget the last one's
        check(self.imap.append(quote(folder), None, None, text.encode()))
        print("append", token)
        uid = self.imap.response("APPENDUID")[1][0].split()[1]
        return token, uid.decode()

    def churn_one(self, target, token, uid):
        """What is done to a message, if it is there still."""
        what = random.choice(("star", "move", "copy", "read", "seen"))
        self.imap.response("COPYUID")
        if what == "star":
            check(self.imap.uid("STORE", uid, "+FLAGS", "(\\Flagged)"))
            # The answer is no proof: it may be of the index alone.
            done = self.fetch(uid)[0] is not None
        elif what == "seen":
            data = check(self.imap.uid("STORE", uid, "+FLAGS", "(\\Seen)"))
            done = data != [None]
        elif what == "read":
            done = self.fetch(uid)[0] is not None
        else:
            status, data = self.imap.uid(what.upper(), uid, quote(target))
            done = self.imap.response("COPYUID")[1] != [None]
            if status != "OK" and not re.search(rb"EXPUNGED|no longer exist",
                                                data[0]):
                raise Refused(repr(data))
        self.missed += not done
        print(what if done else "missed", token)

    def read_loop(self, folder, seconds):
        end = time.monotonic() + float(seconds)
        rounds = read = vanished = 0
        self.select(folder)
        while time.monotonic() < end:
            check(self.imap.noop())
            uids = self.uids()
            for uid in random.sample(uids, min(20, len(uids))):
                if self.fetch(uid)[0] is None:
                    vanished += 1
                else:
                    read += 1
            rounds += 1
            if not uids:
                time.sleep(0.01)
        print("%d rounds, %d read, %d vanished" % (rounds, read, vanished))


COMMANDS = {
    "append": Client.append, "churn": Client.churn, "copy": Client.copy,
    "create": Client.create, "dates": Client.dates, "delete": Client.delete,
    "dump": Client.dump, "expunge": Client.expunge,
    "fetch-all": Client.fetch_all, "flag": Client.flag, "list": Client.list,
    "list-uids": Client.list_uids, "move": Client.move, "quota": Client.quota,
    "read-loop": Client.read_loop, "rename": Client.rename,
    "uidvalidity": Client.uidvalidity,
}


def main(port, user, *words):
    client = Client(int(port), user)
    command = []
    for word in (*words, "--"):
        if word != "--":
            command.append(word)
            continue
        if command[0] not in COMMANDS:
            raise Refused("no such command")
        COMMANDS[command[0]](client, *command[1:])
        sys.stdout.flush()
        command = []
    client.imap.logout()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (OSError, imaplib.IMAP4.error, Refused) as error:
        sys.exit("imap.py %s: %s" % (" ".join(sys.argv[2:]), error))
