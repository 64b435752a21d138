#!/usr/bin/env python3
"""append.py FILE: append lines "1 1" until ended, as a delivery does; then
print how many."""

import os
import signal
import sys


def main():
    fd = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
    going = True

    def stop(*_):
        nonlocal going
        going = False

    signal.signal(signal.SIGTERM, stop)
    count = 0
    while going:
        # never so long that all programs would leave it alone
        if os.fstat(fd).st_size < 4500:
            os.write(fd, b"1 1\n")
            count += 1
    print(count)


main()
