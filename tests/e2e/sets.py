"""sets.py - sets of addresses, computed with Python's ipaddress module.

usage: sets.py random SEED N DIR [4|6|46 [MIN4 MIN6]]
           make DIR/1 to DIR/N, each with the lists a, b and allow: prefixes,
           addresses and ranges that touch, overlap and repeat; no IPv4
           prefix shorter than MIN4, no IPv6 one than MIN6
       sets.py merge LIST ... [--except LIST ...]
           print the fewest prefixes with the addresses of the first lists but
           not of the others
       sets.py batch
           of lines "NAME FILE LIST ... [--except LIST ...]" on standard input:
           FILE must be, byte by byte, what merge would print
       sets.py same FILE FILE [FILE FILE] ...
           both of a pair have the same addresses, each once: lists as above,
           what iprange prints, or what "cdb -d" does
Says what differs and ends with 1 where something does.
"""
import ipaddress
import os
import random
import re
import sys

ALL = {4: 2**32, 6: 2**128}
MAKE = {4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}
CDB = re.compile(r"\+\d+,\d+:([^ ]+?)->")


def network(word):
    """From a prefix, an address or a key of Exim's: version, first, end."""
    if re.fullmatch(r"([0-9a-f]{4}\.){7}[0-9a-f]{4}/\d+", word):
        word = word.replace(".", ":")
    net = ipaddress.ip_network(word)
    return net.version, int(net[0]), int(net[-1]) + 1


def read(path):
    """The ranges (first, end) of a file, by version, as they come."""
    ranges = {4: [], 6: []}
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            key = CDB.match(line)
            if key:
                line = key.group(1)
            line = line.split("#")[0].strip()
            if not line:
                continue
            version, first, end = network(line.split("-")[0].strip())
            if "-" in line:
                end = network(line.split("-")[1].strip())[2]
            ranges[version].append((first, end))
    return ranges


def union(ranges):
    """Sorted, merged where they touch."""
    merged = []
    for first, end in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((first, end))
    return merged


def minus(ranges, others):
    """What RANGES have and OTHERS do not; both as of union()."""
    left = []
    for first, end in ranges:
        for a, b in others:
            if b <= first or a >= end:
                continue
            if a > first:
                left.append((first, a))
            first = max(first, b)
        if first < end:
            left.append((first, end))
    return left


def merge(words):
    """The lines that "merge" prints."""
    lists, spared = words, []
    if "--except" in words:
        at = words.index("--except")
        lists, spared = words[:at], words[at + 1:]
    out = []
    for version in 4, 6:
        some = union(sum((read(p)[version] for p in lists), []))
        but = union(sum((read(p)[version] for p in spared), []))
        make = MAKE[version]
        for first, end in minus(some, but):
            for net in ipaddress.summarize_address_range(
                    make(first), make(end - 1)):
                out.append(str(net))
    return out


def same(one, other):
    """Complaints, if the files do not have the same addresses, once each."""
    wrong = []
    sides = read(one), read(other)
    for version in 4, 6:
        sets = [union(side[version]) for side in sides]
        for path, side, merged in zip((one, other), sides, sets):
            held = sum(end - first for first, end in side[version])
            if held != sum(end - first for first, end in merged):
                wrong.append("%s has addresses twice" % path)
        for path, a, b in (one, *sets), (other, *reversed(sets)):
            for first, end in minus(a, b)[:3]:
                wrong.append("only in %s: %s to %s" % (
                    path, MAKE[version](first), MAKE[version](end - 1)))
    return wrong


def batch():
    """Complaints about the files of standard input."""
    wrong = []
    for line in sys.stdin:
        name, path, *words = line.split()
        want = merge(words)
        with open(path, encoding="latin-1") as file:
            got = file.read().split("\n")
        if got != want + [""]:
            less = [w for w in want if w not in set(got)]
            more = [g for g in got if g not in set(want + [""])]
            wrong.append("%s: missing %s, too many %s" % (
                name, less[:5], more[:5]))
    return wrong


def some_net(rnd, version, minimum, near):
    """A random prefix, now and then beside one that was."""
    bits = 32 if version == 4 else 128
    length = rnd.choice([bits, rnd.randint(minimum, bits)])
    size = 1 << (bits - length)
    if near and rnd.random() < 0.6:
        first = rnd.choice(near) + rnd.choice([-1, 0, 0, 1, 2]) * size
    else:
        first = rnd.getrandbits(bits)
        if rnd.random() < 0.5:      # in one corner, so that they meet
            first = first % (1 << 16) + (198 << (bits - 8))
    first = first % ALL[version] // size * size
    if version == 6 and first >> 32 == 0xffff:
        first = 0                   # that would be IPv4
    near.append(first)
    return first, size, length


def line_of(rnd, version, minimum, near):
    """One line of a list."""
    first, size, length = some_net(rnd, version, minimum, near)
    make = MAKE[version]
    if rnd.random() < 0.1:
        count = rnd.randint(1, 2000) if minimum <= 16 else rnd.randint(1, 20)
        last = min(first + count, ALL[version] - 1)
        return "%s - %s" % (make(first), make(last))
    if size == 1 and rnd.random() < 0.7:
        return str(make(first))
    return "%s/%d" % (make(first), length)


def make_random(seed, n, where, versions="46", min4="9", min6="20"):
    """The lists of "random"."""
    rnd = random.Random(seed)
    minima = {4: int(min4), 6: int(min6)}
    for i in range(1, int(n) + 1):
        near = {4: [], 6: []}
        os.makedirs("%s/%d" % (where, i))
        for name, most in ("a", 60), ("b", 60), ("allow", 20):
            with open("%s/%d/%s" % (where, i, name), "w") as file:
                for _ in range(rnd.randint(1, most)):
                    version = int(rnd.choice(versions))
                    print(line_of(rnd, version, minima[version],
                                  near[version]), file=file)


def main(command, *words):
    """The exit status."""
    wrong = []
    if command == "random":
        make_random(*words)
    elif command == "merge":
        print(*merge(list(words)), sep="\n")
    elif command == "batch":
        wrong = batch()
    elif command == "same":
        for pair in zip(words[::2], words[1::2]):
            wrong += same(*pair)
    else:
        sys.exit(__doc__)
    for line in wrong[:20]:
        print("#", line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
