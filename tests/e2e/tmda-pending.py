#!/usr/bin/python3
"""tmda-pending.py - a stand-in for TMDA's tmda-pending -b -q -r [-c FILE] ID ...

It lies as an executable where release-command points; a file "pending.how" in
its own directory says, by a word a line, what it is to do:

  release		remove each message of these ids, as TMDA does in the end:
			from $HOME/.tmda/pending, or beside the FILE of -c
  copy			a copy of each goes to "released" in its own directory
  sorry			remove none, and exit 1
  half			remove the first half
  later			remove them when it has ended already, after a while
  hang			never end, until it is killed

It appends a line to "pending.log" in its own directory: its
process id, user, groups, environment and arguments, as JSON.
"""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(sys.argv[0]))


def queue(args):
    if "-c" in args:
        return os.path.dirname(args[args.index("-c") + 1])
    return os.path.join(os.environ["HOME"], ".tmda")


def files(mail_id, pending):
    """TMDA's names of that id alone."""
    found = []
    for path in (glob.glob(os.path.join(pending, mail_id + ".*")) +
                 glob.glob(os.path.join(pending, "new", mail_id + ".*")) +
                 glob.glob(os.path.join(pending, "cur", mail_id + ".*"))):
        if os.path.isfile(path):
            found.append(path)
    return found


def main():
    args = sys.argv[1:]
    with open(os.path.join(HERE, "pending.how")) as f:
        how = f.read().split()
    pending = os.path.join(queue(args), "pending")
    ids = args[args.index("-r") + 1:]
    if ids and ids[0] == "-c":
        ids = ids[2:]
    with open(os.path.join(HERE, "pending.log"), "a") as log:
        log.write(json.dumps({
            "pid": os.getpid(), "uid": os.getuid(), "gid": os.getgid(),
            "groups": os.getgroups(), "home": os.environ.get("HOME"),
            "env": dict(os.environ), "args": args, "ids": ids,
            "sid": os.getsid(0) == os.getpid()}) + "\n")
    if "hang" in how:
        while True:
            signal.pause()
    if "sorry" in how:
        sys.stderr.write("tmda-pending: no\n")
        sys.exit(1)
    if "half" in how:
        ids = ids[:len(ids) // 2]
    if "copy" in how:
        os.makedirs(os.path.join(HERE, "released"), exist_ok=True)
        for mail_id in ids:
            for path in files(mail_id, pending):
                shutil.copy(path, os.path.join(HERE, "released"))
    doomed = [path for i in ids for path in files(i, pending)]
    if "later" in how:
        subprocess.Popen(["sh", "-c", 'sleep 1; rm -- "$@"', "rm"] + doomed,
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    elif "release" in how or "half" in how:
        for path in doomed:
            os.unlink(path)


main()
