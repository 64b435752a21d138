#!/usr/bin/env python3
"""rotate-writer.py [-i] LOG ...

A daemon that keeps its logs open: a thread for each LOG appends lines "LOG N"
with N from 1, a write each, until SIGTERM.  On SIGHUP all logs are opened
anew; -i: they are not.  Its number is in "pid", how many SIGHUP came and were
followed by all threads in "hups", and in the end the last N of each LOG in
"last", a line "LOG N" each.
"""

import os
import signal
import sys
import threading
import time


class Writer(threading.Thread):
    def __init__(self, log):
        super().__init__()
        self.log = log
        self.n = 0
        self.wanted = self.opened = 0
        self.stop = False

    def run(self):
        fd = -1
        while not self.stop:
            wanted = self.wanted
            if fd == -1 or wanted != self.opened:
                if fd != -1:
                    os.close(fd)
                fd = os.open(self.log, os.O_WRONLY | os.O_APPEND)
                self.opened = wanted
            os.write(fd, b"%s %d\n" % (self.log.encode(), self.n + 1))
            self.n += 1
            if self.n % 4 == 0:
                time.sleep(0.001)
        os.close(fd)


def put(name, text):
    with open(name + ".new", "w") as f:
        f.write(text)
    os.rename(name + ".new", name)


def main():
    logs = sys.argv[1:]
    ignore = logs[0] == "-i"
    if ignore:
        del logs[0]
    signal.pthread_sigmask(signal.SIG_BLOCK,
                           [signal.SIGHUP, signal.SIGTERM])
    writers = [Writer(log) for log in logs]
    for w in writers:
        w.start()
    put("hups", "0\n")
    put("pid", "%d\n" % os.getpid())
    hups = 0
    while signal.sigwait([signal.SIGHUP, signal.SIGTERM]) == signal.SIGHUP:
        hups += 1
        for w in writers:
            w.wanted += not ignore
        while any(w.opened != w.wanted for w in writers):
            time.sleep(0.001)
        put("hups", "%d\n" % hups)
    for w in writers:
        w.stop = True
    for w in writers:
        w.join()
    put("last", "".join("%s %d\n" % (w.log, w.n) for w in writers))


main()
