#!/usr/bin/env python3
"""smtp.py - send one message.

usage: smtp.py PORT FROM TO FILE

Prints what the server said to it, "OK id=..."; status 1 where it refused.
"""

import smtplib
import sys

if len(sys.argv) != 5:
    sys.exit(__doc__)
port, sender, recipient, file = sys.argv[1:]
try:
    with open(file, "rb") as stream:
        text = stream.read()
    with smtplib.SMTP("127.0.0.1", int(port), "client.test", 60) as smtp:
        smtp.ehlo()
        options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        for code, answer in (smtp.mail(sender, options),
                             smtp.rcpt(recipient), smtp.data(text)):
            if code >= 300:
                sys.exit("smtp.py: %d %s" % (code, answer.decode()))
        print(answer.decode())
except (OSError, smtplib.SMTPException) as error:
    sys.exit("smtp.py: %s" % error)
