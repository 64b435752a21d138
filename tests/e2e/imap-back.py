#!/usr/bin/env python3
"""imap-back.py PORT USER SECONDS back|work: a client that takes messages out of
Junk, or files some of the inbox into Work; and flags others in the inbox, over
and over, until the time is over.

Prints a line for each: "back ID", "work ID", "flag ID", ID as between the
brackets of Message-ID; "missed ID" where it had gone meanwhile.  What the
server refuses for another reason ends it with status 1.
"""

import random
import re
import sys
import time

from imap import Client, Refused, check

GONE = rb"EXPUNGED|no longer exist"
TASKS = {"back": ("Junk", "INBOX"), "work": ("INBOX", "Work")}
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "label", "work")


class Mover(Client):
    def some(self, folder, most):
        """[(UID, ID)]"""
        self.select(folder)
        uids = self.uids()
        found = []
        for uid in random.sample(uids, min(most, len(uids))):
            data = check(self.imap.uid(
                "FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"))
            for part in data:
                if isinstance(part, tuple) and b"<" in part[1]:
                    found.append((uid.decode(), re.search(
                        rb"<(.*)>", part[1])[1].decode()))
        return found

    def done(self, word, *command):
        """Whether COPY or MOVE has met the message."""
        self.imap.response("COPYUID")
        status, data = self.imap.uid(word, *command)
        if status != "OK" and not re.search(GONE, data[0]):
            raise Refused(repr(data))
        return self.imap.response("COPYUID")[1] != [None]

    def take(self, uid, folder):
        # COPY leaves what is moved before it is deleted in two places.
        if folder == "Work" or random.random() < 0.5:
            return self.done("MOVE", uid, folder)
        if not self.done("COPY", uid, folder):
            return False
        check(self.imap.uid("STORE", uid, "+FLAGS", "(\\Deleted)"))
        check(self.imap.expunge())
        return True

    def round(self, task):
        folder, target = TASKS[task]
        for uid, name in self.some(folder, 4):
            print(task if self.take(uid, target) else "missed", name)
        for uid, name in self.some("INBOX", 8):
            data = check(self.imap.uid(
                "STORE", uid, random.choice("+-") + "FLAGS",
                "(%s)" % random.choice(FLAGS)))
            print("flag" if data != [None] else "missed", name)


def main():
    port, user, seconds, task = sys.argv[1:]
    end = time.monotonic() + float(seconds)
    client = Mover(int(port), user)
    while time.monotonic() < end:
        client.round(task)
    client.imap.logout()


main()
