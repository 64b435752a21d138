#!/usr/bin/env python3
"""smtp-load.py - many messages, each by a connection of its own.

usage: smtp-load.py -P PORT [-p PARALLEL] [-d SECONDS] [-x HEADER]
           FROM TO N SOURCE ...

Sends N messages, at most PARALLEL (4) at a time, from the SOURCEs in turn,
addresses of 127.0.0.0/8; -d: until so many seconds are over, or N.  TO is a
list with commas, taken in turn as well.  A message's Message-ID is <I@SOURCE>
and its Subject "I from SOURCE", I its number from 1; -x: with these lines,
"X-A: 1\\nX-B: 2\\n", in the header, too.  Prints a line for each message: I,
SOURCE, the code that the last command got, or 0 where the server hung up, and
its text.  Status 1 unless all codes are 250.
"""

import getopt
import itertools
import smtplib
import sys
import threading
import time

TEXT = """%(more)sFrom: %(sender)s
To: %(to)s
Subject: %(i)d from %(source)s
Message-ID: <%(i)d@%(source)s>

A message.
"""


def attempt(port, sender, to, i, source, more):
    """One connection; the last code and its text."""
    text = TEXT % {"sender": sender, "to": to, "i": i, "source": source,
                   "more": more}
    try:
        smtp = smtplib.SMTP("127.0.0.1", port, "client.test", 60, (source, 0))
        try:
            code, answer = smtp.ehlo()
            for step in (lambda: smtp.docmd("MAIL", "FROM:<%s>" % sender),
                         lambda: smtp.docmd("RCPT", "TO:<%s>" % to),
                         lambda: smtp.data(text)):
                if code >= 300:
                    break
                code, answer = step()
            smtp.send(b"QUIT\r\n")  # Exim takes 0.2 s to say goodbye
        finally:
            smtp.close()
        return code, answer.decode(errors="replace")
    except smtplib.SMTPResponseException as error:
        return error.smtp_code, error.smtp_error.decode(errors="replace")
    except (OSError, smtplib.SMTPException) as error:
        return 0, str(error)


def main():
    try:
        options, words = getopt.getopt(sys.argv[1:], "P:p:d:x:")
        options = dict(options)
        sender, recipients, count, *sources = words
        if not sources:
            raise ValueError
        port, count = int(options["-P"]), int(count)
        parallel = int(options.get("-p", 4))
        more = options.get("-x", "").replace("\\n", "\n")
        end = time.monotonic() + float(options.get("-d", "inf"))
    except (getopt.GetoptError, KeyError, ValueError):
        sys.exit(__doc__)
    work = zip(range(1, count + 1), itertools.cycle(sources),
               itertools.cycle(recipients.split(",")))
    lock = threading.Lock()
    codes = set()

    def worker():
        while time.monotonic() < end:
            with lock:
                i, source, to = next(work, (0, "", ""))
            if i == 0:
                return
            code, text = attempt(port, sender, to, i, source, more)
            with lock:
                codes.add(code)
                print(i, source, code, " ".join(text.split()), flush=True)

    workers = [threading.Thread(target=worker) for _ in range(parallel)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    sys.exit(0 if codes <= {250} else 1)


main()
