#!/usr/bin/env python3
"""A stand-in for spamd that does what it is told, mostly what it should not.

usage: spamd-faults.py SOCKET MODE LOG

It listens on the unix socket SOCKET.  What it does to a message is the first
word of the file MODE at that moment, or what the message itself says in a line
"X-Spamd: WORD"; see the functions below.  The score is that of the message's
line "X-Points: 12.3", or 1.0.  LOG gets a line for each message that was sent
whole: the User (or "-"), and the Subject.
"""
import os
import re
import socket
import sys
import threading
import time

GOOD = b"SPAMD/1.1 0 EX_OK\r\n"
HANGS_S = 30
lock = threading.Lock()
taken = 0


class Talk:
    """One connection, and what came by it."""

    def __init__(self, client):
        self.client = client
        self.head = self.text = b""

    def read(self):
        """The request, to its end; False where there is none."""
        data = b""
        while chunk := self.client.recv(65536):
            data += chunk
        self.head, _, self.text = data.partition(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-length: (\d+)$", self.head)
        return (self.head.startswith(b"CHECK SPAMC/1.5\r\n") and
                length is not None and int(length[1]) == len(self.text))

    def line(self, name, default):
        found = re.search(rb"^%s: (.*?)\r?$" % name.encode(), self.text, re.M)
        return found[1].decode() if found else default

    def log(self):
        user = re.search(rb"\r\nUser: (.*)\r\n", self.head)
        with lock, open(LOG, "a", encoding="latin-1") as log:
            log.write("%s %s\n" % (user[1].decode("latin-1") if user else "-",
                                   self.line("Subject", "-")))

    def score(self, points=None, threshold="5.0", verdict=None):
        points = points or self.line("X-Points", "1.0")
        if verdict is None:
            verdict = float(points) >= float(threshold)
        return GOOD + b"Spam: %s ; %s / %s\r\n\r\n" % (
            str(verdict).encode(), points.encode(), threshold.encode())

    def say(self, what):
        self.client.sendall(what)

    def hang(self):
        time.sleep(HANGS_S)


def die(_talk):
    os._exit(0)


def endless(talk):
    while True:
        talk.say(b"x" * 1000)


def drip(talk):
    for byte in GOOD * 9:
        talk.say(bytes([byte]))
        time.sleep(0.2)


def slow(talk):
    time.sleep(1)
    talk.say(talk.score())


# Before anything is read.
UNREAD = {
    "deaf": lambda t: t.hang(),
    "closes": lambda t: None,
    "dies": die,
}
READ = {
    "good": lambda t: t.say(t.score()),
    "slow": slow,
    "silent": lambda t: t.hang(),
    "nothing": lambda t: None,
    "half": lambda t: (t.say(t.score()[:30]), t.hang()),
    "half-closes": lambda t: t.say(t.score()[:30]),
    "half-score": lambda t: t.say(t.score("15.0")[:-11]),
    "status": lambda t: (t.say(GOOD), t.hang()),
    "status-closes": lambda t: t.say(GOOD),
    "no-score": lambda t: t.say(GOOD + b"\r\n"),
    "drip": drip,
    "endless": endless,
    "garbage": lambda t: t.say(bytes(range(127, 256)) * 3),
    "escape": lambda t: t.say(b"\x1b[2JSPAMD\r\nx\r\n"),
    "http": lambda t: t.say(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "refuses": lambda t: t.say(b"SPAMD/1.0 76 Bad header line: x\r\n"),
    "timeout": lambda t: t.say(b"SPAMD/1.0 79 Timeout: (30 second)\r\n"),
    "absurd": lambda t: t.say(t.score("99999.9")),
    "absurd-below": lambda t: t.say(t.score("-99999.9")),
    "huge": lambda t: t.say(t.score("9" * 400)),
    "exponent": lambda t: t.say(t.score("1e2")),
    "comma": lambda t: t.say(GOOD + b"Spam: True ; 15,3 / 5,0\r\n\r\n"),
    "nan": lambda t: t.say(t.score("nan")),
    "inf": lambda t: t.say(t.score("inf")),
    "blank": lambda t: t.say(GOOD + b"Spam: True ;  / 5.0\r\n\r\n"),
    "liar": lambda t: t.say(t.score("15.0", verdict=False)),
    "twice": lambda t: t.say(t.score("15.0")[:-2] + t.score("1.0")[19:]),
    "nul": lambda t: t.say(t.score("15.0")[:-2] + b"X-A: \0\r\n\r\n"),
    "more": lambda t: t.say(t.score("15.0") + b"and more\r\n"),
}


def serve(client):
    global taken
    with open(MODE, encoding="ascii") as mode:
        word, _, n = mode.read().strip().partition("=")
    with lock:
        taken += 1
        if n and taken > int(n):
            os._exit(0)
    talk = Talk(client)
    try:
        if word in UNREAD:
            UNREAD[word](talk)
        elif not talk.read():
            with lock, open(LOG, "a", encoding="ascii") as log:
                log.write("? no request of the protocol\n")
        else:
            talk.log()
            READ[talk.line("X-Spamd", word)](talk)
    except OSError:
        pass
    client.close()


SOCKET, MODE, LOG = sys.argv[1:]
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(SOCKET + ".new")
    os.chmod(SOCKET + ".new", 0o666)
    listener.listen(100)
    os.rename(SOCKET + ".new", SOCKET)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],),
                         daemon=True).start()
