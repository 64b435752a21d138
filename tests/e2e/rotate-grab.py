#!/usr/bin/env python3
"""rotate-grab.py DIR UID FORGED

As user UID open for writing, by name, each file of a name with a dot before
it that comes into DIR (inotify(7)), and write FORGED into all that could be
had, once SIGTERM comes.  To begin with it makes the file "grabbing", where it
stands.  Prints how many it had.
"""

import ctypes
import os
import select
import signal
import struct
import sys

MOVED_TO, CREATE, OPEN = 0x80, 0x100, 0x20


def main():
    top, uid, forged = os.fsencode(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init()
    if fd == -1 or libc.inotify_add_watch(fd, top,
                                          MOVED_TO | CREATE | OPEN) == -1:
        sys.exit("inotify: " + os.strerror(ctypes.get_errno()))
    open("grabbing", "w").close()
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    wake, end = os.pipe()
    os.set_blocking(end, False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    had = {}
    while wake not in select.select([fd, wake], [], [])[0]:
        data = os.read(fd, 65536)
        pos = 0
        while pos < len(data):
            length = struct.unpack_from("iIII", data, pos)[3]
            name = data[pos + 16:pos + 16 + length].rstrip(b"\0")
            pos += 16 + length
            if not name.startswith(b".") or len(had) > 500:
                continue
            try:
                file = os.open(os.path.join(top, name),
                               os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
            except OSError:
                continue
            ino = os.fstat(file).st_ino
            if ino in had:
                os.close(file)
            else:
                had[ino] = file
    for file in had.values():
        os.write(file, forged.encode())
    print(len(had))


main()
