#!/usr/bin/env python3
"""swap.py A B: exchange the names A and B, again and again, in one step each
(renameat2, RENAME_EXCHANGE), until ended.  Exit 69 where that is not known."""

import ctypes
import os
import sys

AT_FDCWD, EXCHANGE = -100, 2


def main():
    libc = ctypes.CDLL(None, use_errno=True)
    a, b = (os.fsencode(p) for p in sys.argv[1:])
    rename = getattr(libc, "renameat2", None)
    if rename is None or rename(AT_FDCWD, a, AT_FDCWD, b, EXCHANGE) != 0:
        sys.exit(69)
    parent = os.getppid()
    while os.getppid() == parent:
        for _ in range(1000):
            rename(AT_FDCWD, a, AT_FDCWD, b, EXCHANGE)


main()
