#!/usr/bin/env python3
"""scanmailboxes.py [--lean] ROOT: the article's scanner, as it may have been.

Print the messages in inboxes below ROOT whose X-Spam-Status has a score of 7
or more: by os.walk and email.parser, headers only; --lean reads the lines
itself.
"""

import email.parser
import os
import re
import sys

SCORE = re.compile(r"score=(-?[0-9.]+)")


def score(path, lean):
    if lean:
        with open(path, "rb") as f:
            for line in f:
                if line in (b"\n", b"\r\n"):
                    return None
                if line.startswith(b"X-Spam-Status:"):
                    found = SCORE.search(line.decode("latin-1"))
                    return float(found.group(1)) if found else None
        return None
    with open(path, encoding="latin-1") as f:
        header = email.parser.Parser().parse(f, headersonly=True)
    found = SCORE.search(header.get("X-Spam-Status", ""))
    return float(found.group(1)) if found else None


def main():
    lean = sys.argv[1] == "--lean"
    for where, _, names in os.walk(sys.argv[-1]):
        if os.path.basename(where) not in ("cur", "new"):
            continue
        for name in names:
            path = os.path.join(where, name)
            found = score(path, lean)
            if found is not None and found >= 7:
                print(path)


main()
