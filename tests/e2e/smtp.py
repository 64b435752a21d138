#!/usr/bin/env python3
"""smtp.py - send one message.

usage: smtp.py [-n] [-s SOURCE] PORT FROM TO FILE

Prints what the server said to it, "OK id=..."; status 1 and "550 Unknown
user" on standard error where it refused.  -s: from this address of 127.0.0.0/8;
-n: stop before DATA, and print what it said to the recipient.
"""

import getopt
import smtplib
import sys

try:
    options, words = getopt.getopt(sys.argv[1:], "ns:")
    port, sender, recipient, file = words
except (getopt.GetoptError, ValueError):
    sys.exit(__doc__)
options = dict(options)
try:
    with open(file, "rb") as stream:
        text = stream.read()
    smtp = smtplib.SMTP("127.0.0.1", int(port), "client.test", 60,
                        (options.get("-s", "127.0.0.1"), 0))
    try:
        smtp.ehlo()
        mime = " BODY=8BITMIME" if smtp.has_extn("8bitmime") else ""

        # mail() and rcpt() know better than their arguments
        def command(line):
            smtp.send(line.encode("utf-8", "surrogateescape") + b"\r\n")
            return smtp.getreply()

        steps = [lambda: command("MAIL FROM:<%s>%s" % (sender, mime)),
                 lambda: command("RCPT TO:<%s>" % recipient)]
        if "-n" not in options:
            steps.append(lambda: smtp.data(text))
        for step in steps:
            code, answer = step()
            answer = answer.decode(errors="replace")
            if code >= 300:
                sys.exit("smtp.py: %d %s" % (code, answer))
        print(answer)
    finally:
        try:
            smtp.send(b"QUIT\r\n")  # Exim takes 0.2 s to say goodbye
        except OSError:
            pass
        smtp.close()
except (OSError, smtplib.SMTPException) as error:
    sys.exit("smtp.py: %s" % error)
