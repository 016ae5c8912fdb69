#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the path leaks of a facts file with the expectations in the source.

  leaks.py FACTS SOURCE

-verify looks where the engine ends its path; leak62 scan names the exit on which
the last reference is lost.  That is the line on which an expectation stands (its
@offset says where -verify finds it), with the start of the message.
"""
import collections
import re
import sqlite3
import sys

EXPECTED = re.compile(r"expected-warning(?:@[+-]?\d+)?( 0-1 )?\s*\{\{(.*?)\}\}")


def main():
    needed, allowed = collections.Counter(), set()
    with open(sys.argv[2], encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            for optional, message in EXPECTED.findall(line):
                if optional:
                    allowed.add((number, message))
                else:
                    needed[number, message] += 1
    failed = False
    for line, message in sqlite3.connect(sys.argv[1]).execute(
            "SELECT line, message FROM path_leak ORDER BY line"):
        for place in list(needed) + sorted(allowed):
            if place[0] == line and message.startswith(place[1]):
                needed[place] -= 1
                break
        else:
            failed = True
            print(f"{sys.argv[2]}:{line}: not expected: {message}")
    for (line, message), count in needed.items():
        if count > 0:
            failed = True
            print(f"{sys.argv[2]}:{line}: not found: {message}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
