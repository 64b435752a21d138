#!/usr/bin/env python3
"""rotate-smtp.py SESSIONS MESSAGES REFUSED COMMAND [ARG ...]

Many messages for an Exim, quickly: SESSIONS times COMMAND ("exim -bs") at
once, each with MESSAGES messages to alice@example.test, and more until there
is a file "stop", from a sender of its own; and before each one REFUSED
recipients that are not there and have a name of their own.

Prints a line for each answer that Exim's log must have: "accepted ID",
"discarded SENDER" of the same message, and "refused ADDRESS".  Status 1 where
an answer is another.
"""

import itertools
import os
import subprocess
import sys
import threading

A_SESSION = 200			# messages; then a new process

lock = threading.Lock()
wrong = []


class Session:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.answer()
        self.ask("EHLO client.test")

    def answer(self):
        while True:
            line = self.process.stdout.readline().decode()
            if line[3:4] != "-":	# or nothing, at the end
                return line.rstrip()

    def ask(self, text):
        """The answer to TEXT."""
        self.process.stdin.write(text.encode() + b"\r\n")
        self.process.stdin.flush()
        return self.answer()


def send(session, name, refused, said):
    """One message."""
    sender = "from%s@example.test" % name
    session.ask("MAIL FROM:<%s>" % sender)
    for i in range(refused):
        address = "no%s-%d@example.test" % (name, i)
        answer = session.ask("RCPT TO:<%s>" % address)
        if not answer.startswith("550 "):
            wrong.append(answer)
        said.append("refused " + address)
    session.ask("RCPT TO:<alice@example.test>")
    session.ask("DATA")
    answer = session.ask("Subject: %s\r\n\r\nText.\r\n." % name)
    if not answer.startswith("250 OK id="):
        wrong.append(answer)
    said.append("discarded " + sender)
    said.append("accepted " + answer[len("250 OK id="):])


def talk(number, messages, refused, command):
    said = []
    for i in itertools.count():
        if i % A_SESSION == 0:
            session = Session(command)
        send(session, "%d-%d" % (number, i), refused, said)
        last = i >= messages and os.path.exists("stop")
        if last or i % A_SESSION == A_SESSION - 1:
            session.ask("QUIT")
            session.process.wait()
        if last:
            break
    with lock:
        print("\n".join(said))


def main():
    sessions, messages, refused = map(int, sys.argv[1:4])
    threads = [threading.Thread(target=talk, args=(
        n, messages, refused, sys.argv[4:])) for n in range(sessions)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for answer in wrong[:10]:
        print(answer, file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
