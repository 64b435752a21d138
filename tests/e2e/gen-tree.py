#!/usr/bin/env python3
"""gen-tree.py ROOT OUTSIDE SEED MESSAGES NOW [pause]: a tree full of traps.

The same arguments make the same tree.  Below ROOT: Maildir++ mailboxes in
pp.example, mailboxes of the fs layout in fs.example.  Watched by a rule for
Trash and Junk are ROOT/pp.example/*/.Trash and .Junk with what is below them
(.Trash.A), and ROOT/fs.example/*/Trash and Junk likewise (Trash/A).  NOW is
the clock to come; many files are 10 days old then, to the second.  OUTSIDE
gets what links in ROOT point to, mail that looks due; and the file "half",
made when half of the mail was; with "pause", all later mail is made in later
seconds.
"""

import os
import random
import socket
import sys
import time

DAY = 86400
LIMIT = 10 * DAY


def main():
    root, outside = (os.fsencode(p) for p in sys.argv[1:3])
    seed, messages, now = (int(n) for n in sys.argv[3:6])
    Tree(root, outside, seed, messages, now).make("pause" in sys.argv[6:])


class Tree:
    def __init__(self, root, outside, seed, messages, now):
        self.root, self.outside = root, os.path.abspath(outside)
        self.rng = random.Random(seed)
        self.wanted, self.made, self.serial = messages, 0, 0
        self.now = now
        self.dirs = []			# cur and new that get mail
        self.linkable = None		# a message to make hard links of

    def folder(self, *path, subs=(b"cur", b"new", b"tmp")):
        path = os.path.join(*path)
        for sub in subs:
            os.makedirs(os.path.join(path, sub), exist_ok=True)
        for sub in (b"cur", b"new"):
            if sub in subs:
                self.dirs.append(os.path.join(path, sub))
        return path

    def name(self):
        """A file name; most are ordinary, some are not."""
        r = self.rng
        self.serial += 1
        when = self.now - r.randrange(400 * DAY)
        uniq = b"%d.M%dP%d.mx" % (when, r.randrange(10 ** 6), self.serial)
        flags = b"".join(f for f in (b"D", b"F", b"P", b"R", b"S", b"T")
                         if r.random() < (.1 if f == b"F" else .3))
        info = r.choice([b":2," + flags] * 6 + [b"", b":2,", b":1,F",
                        b":2,Sabc", b":2,S,F", b":2F", b":", b":2,S:2,F",
                        b":1,S:2,F"])
        if r.random() < .3:
            uniq += b",S=%d" % r.randrange(10 ** 5)
        if r.random() < .85:
            return uniq + info
        kind = r.randrange(14)
        if kind == 0:
            return uniq + b"\nnew line\n" + info
        if kind == 1:
            return b" blanks\tand tabs " + uniq + info + b" "
        if kind == 2:
            return b"-rf " + uniq + info
        if kind == 3:
            return b"\xff\xfe\xc3(\x80" + uniq + info
        if kind == 4:
            return (uniq + info).ljust(255, b"x")
        if kind == 5:
            return b"\n" * (255 - len(uniq)) + uniq
        if kind == 6:
            return b"\x01\x1b[31m\x7f\\n\\\\" + uniq + info
        if kind == 7:
            return b"*?[a-z]$(touch x)`x`'\"" + uniq + info
        if kind == 8:
            return b"Trash%d" % self.serial
        if kind == 9:
            return b"~" + uniq + info
        if kind == 10:
            return (b"\xf0\x9f\x93\xa7" * 63)[:252 - 7] + b"%07d" % self.serial
        if kind == 11:
            return b"%d" % self.serial
        # Never mail, whatever their age.
        return r.choice([b".hidden", b"dovecot.index", b"dovecot-uidlist",
                         b"courierimapuiddb", b"mailkeep.old", b"."]) \
            + b"%d" % self.serial

    def mtime_ns(self):
        r = self.rng
        due = self.now - LIMIT
        kind = r.randrange(20)
        second = 10 ** 9
        if kind < 3:			# at the boundary, to the second
            return (due + r.choice([-2, -1, 0, 1, 2])) * second
        if kind == 3:			# half a second beyond
            return due * second - second // 2
        if kind == 4:
            return (due + 1) * second + second // 2
        if kind == 5:			# future
            return (self.now + r.choice([1, 60, DAY, 400 * DAY])) * second
        if kind == 6:			# before 1970, 1970, 2038, 2106, 2400
            return r.choice([-1, -DAY, -2 ** 31, 0, 1, 2 ** 31, 2 ** 32,
                             13569465600]) * second
        if kind < 12:
            return (self.now - r.randrange(LIMIT)) * second
        return (due - r.randrange(1, 700 * DAY)) * second

    def message(self, where):
        """One more entry, most often a file."""
        r = self.rng
        path = os.path.join(where, self.name())
        mtime = self.mtime_ns()
        kind = r.random()
        self.made += 1
        if kind < .97 or self.linkable is None:
            with open(path, "wb") as f:
                f.write(b"Subject: %d\n\n" % self.serial)
            if self.linkable is None or r.random() < .01:
                self.linkable = path
        elif kind < .98:
            os.link(self.linkable, path)
            return			# its time is the other's
        elif kind < .985:
            self.link(os.path.join(self.outside, b"letter"), path)
        elif kind < .99:
            os.mkfifo(path)
        elif kind < .995:
            self.socket(path)
        else:
            os.mkdir(path)
            with open(os.path.join(path, b"1.inside"), "wb"):
                pass
            os.utime(os.path.join(path, b"1.inside"), ns=(mtime, mtime))
        os.utime(path, ns=(mtime, mtime), follow_symlinks=False)

    def link(self, target, path):
        """Relative, so that two trees are the same."""
        os.symlink(os.path.relpath(target, os.path.dirname(path)), path)
        os.utime(path, (self.now,) * 2, follow_symlinks=False)

    @staticmethod
    def socket(path):
        here = os.open(".", os.O_RDONLY)
        os.chdir(os.path.dirname(path))	# a socket's path is short
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.bind(b"s")
            os.rename(b"s", os.path.basename(path))
        finally:
            os.fchdir(here)
            os.close(here)

    def mailboxes(self):
        pp = os.path.join(self.root, b"pp.example")
        fs = os.path.join(self.root, b"fs.example")
        users = [b"u%d" % i for i in range(12)] + [
            b"Trash", b"Junk", b"-n", b"a b", b"new\nline", b"\xff\xfe",
            b"x" * 255]
        for user in users:
            box = self.folder(pp, user)
            self.folder(box, b".Trash")
            self.folder(box, b".Junk")
        self.folder(pp, b"u0", b".Trash.Old")
        self.folder(pp, b"u0", b".Trash.Old.Older")
        self.folder(pp, b"u1", b".Trash.\xff\n -")
        self.folder(pp, b"u2", b".Junk." + b"y" * 249)
        # None of these is Trash or Junk.
        for name in (b".NotTrash", b".Old.Trash", b".INBOX.Trash", b".trash",
                     b".TrashX", b".Trash.", b".Trash..X", b"..Trash",
                     b".Archive"):
            self.folder(pp, b"u3", name)
        self.folder(pp, b"u4", b"Trash")
        self.folder(pp, b"u5", b".Trash", b"curious", subs=(b"cur",))
        self.folder(pp, b"u6only", b".Trash", subs=(b"cur",))
        self.folder(pp, b"u6only")
        for user in (b"v0", b"v1", b"v2", b"Trash", b"a\nb", b"\xff"):
            box = self.folder(fs, user)
            self.folder(box, b"Trash")
            self.folder(box, b"Junk")
            self.folder(box, b"Archive", b"Trash")
        self.folder(fs, b"v0", b"Trash", b"2025")
        self.folder(fs, b"v0", b"Trash", b"Trash")
        self.folder(fs, b"v1", b"Junk", b"a\nb", b"\xfe")
        self.folder(fs, b"v1", b"NotTrash")

    def links(self):
        """Links where a mailbox, a folder, a cur and a new could be."""
        out = self.outside
        pp = os.path.join(self.root, b"pp.example")
        for name in (b"box", b"folder"):
            for sub in (b"cur", b"new", b"tmp"):
                os.makedirs(os.path.join(out, name, sub))
                os.makedirs(os.path.join(out, name, b".Trash", sub))
        targets = [os.path.join(out, n) for n in (
            b"letter", b"box/cur/1.a:2,S", b"box/.Trash/cur/1.b:2,S",
            b"folder/cur/1.c:2,S", b"folder/new/1.d")]
        for target in targets:
            with open(target, "wb") as f:
                f.write(b"Subject: not yours\n\n")
            os.utime(target, (self.now - 400 * DAY,) * 2)
        self.link(os.path.join(out, b"box"), os.path.join(pp, b"linkbox"))
        self.link(os.path.join(pp, b"u0"), os.path.join(pp, b"linkuser"))
        os.makedirs(os.path.join(pp, b"u7", b".Trash.Link"))
        self.link(os.path.join(out, b"folder"),
                  os.path.join(pp, b"u8", b".Trash.Link"))
        self.folder(pp, b"u9", b".Trash.Half", subs=(b"new", b"tmp"))
        self.link(os.path.join(out, b"folder/cur"),
                  os.path.join(pp, b"u9", b".Trash.Half", b"cur"))
        self.folder(pp, b"u9", b".Junk.Half", subs=(b"cur", b"tmp"))
        self.link(os.path.join(pp, b"u9", b".Trash", b"new"),
                  os.path.join(pp, b"u9", b".Junk.Half", b"new"))

    def make(self, pause):
        os.makedirs(self.outside)
        self.mailboxes()
        self.links()
        # Two of three are watched; the names tell which.
        watched = [d for d in self.dirs if b"Trash" in d or b"Junk" in d]
        others = [d for d in self.dirs if d not in set(watched)]
        half = os.path.join(self.outside, b"half")
        while self.made < self.wanted:
            pool = watched if self.rng.random() < .67 else others
            self.message(self.rng.choice(pool))
            if self.made == self.wanted // 2:
                with open(half, "wb"):
                    pass
                os.utime(half, (self.now,) * 2)
                second = int(os.stat(half).st_ctime)
                while pause and time.time() < second + 1.02:
                    time.sleep(.05)


main()
