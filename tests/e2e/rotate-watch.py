#!/usr/bin/env python3
"""rotate-watch.py DIR NAME UID GID MODE

Watch the name of a log by inotify(7), until SIGTERM: every change of the name
in the directory is told by the kernel, none is missed between two looks.  To
begin with it makes the file "watching", where it stands.

Prints at the end "N taken", how often another file took the name, and a line
for each moment in which the name was gone, somebody made it anew, or it was
not a regular file of UID, GID and MODE.
"""

import ctypes
import os
import select
import signal
import stat
import struct
import sys

MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x40, 0x80, 0x100, 0x200
OVERFLOW = 0x4000


def main():
    top, name = sys.argv[1], sys.argv[2].encode()
    uid, gid, mode = int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5], 8)
    faults = []
    taken = 0
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init()
    if fd == -1 or libc.inotify_add_watch(
            fd, os.fsencode(top),
            MOVED_FROM | MOVED_TO | CREATE | DELETE) == -1:
        sys.exit("inotify: " + os.strerror(ctypes.get_errno()))
    wake, end = os.pipe()
    os.set_blocking(end, False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])

    def look():
        try:
            st = os.lstat(os.path.join(top, os.fsdecode(name)))
        except FileNotFoundError:
            faults.append("it was not there")
            return
        if not stat.S_ISREG(st.st_mode) or (st.st_uid, st.st_gid) != (
                uid, gid) or stat.S_IMODE(st.st_mode) != mode:
            faults.append("it was %o of %d:%d" % (st.st_mode, st.st_uid,
                                                  st.st_gid))

    look()
    open("watching", "w").close()
    stopping = False
    while True:
        ready = select.select([fd, wake], [], [], 0 if stopping else None)[0]
        if fd not in ready:
            if stopping:
                break
            stopping = True		# and what is there still
            continue
        data = os.read(fd, 65536)
        at = 0
        while at < len(data):
            _, mask, _, size = struct.unpack_from("iIII", data, at)
            who = data[at + 16:at + 16 + size].rstrip(b"\0")
            at += 16 + size
            if mask & OVERFLOW:
                faults.append("the watch overflowed")
            if who != name:
                continue
            if mask & MOVED_TO:
                taken += 1
            if mask & (MOVED_FROM | DELETE):
                faults.append("the name was gone")
            if mask & CREATE:
                faults.append("somebody made it anew")
        look()
    print("%d taken" % taken)
    print("".join(f + "\n" for f in faults), end="")


main()
