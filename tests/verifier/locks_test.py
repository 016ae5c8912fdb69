#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Deadlock detection, by a driver that uses locks in each wrong way, and in right ones.

  locks_test.py --leak62 BIN --driver locks.sys [GROUP...]
"""
import argparse
import os
import re
import subprocess
import sys
import unittest

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))


def names():
    with open(os.path.join(HERE, "locks", "locks.c"), encoding="utf-8") as file:
        table = re.search(r"Uses\[\]\)\(void\) = \{(.*?)\};", file.read(), re.S)
    return re.findall(r"\w+", table.group(1))


def run(name, *options, flags="0x2b"):
    code = hex(0x220000 | (0x800 + names().index(name)) << 2)
    return subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", code, "--flags", flags,
                           *options], capture_output=True, text=True, timeout=100, check=False)


class Case(unittest.TestCase):
    def stops(self, name, *arguments, words=""):
        """arguments of 0xC4: numbers, or None for any address."""
        with self.subTest(name):
            result = run(name)
            self.assertEqual((result.returncode, result.stderr), (1, ""), result.stdout)
            lines = result.stdout.splitlines()
            self.assertEqual(lines[0], "*** Fatal System Error: 0x000000c4")
            values = [int(v, 16) for v in lines[1].strip(" ()").split(",")]
            for want, have in zip(arguments, values):
                if want is None:
                    self.assertNotEqual(have, 0, lines[1])
                else:
                    self.assertEqual(have, want, lines[1])
            self.assertIn(words, result.stdout)
            return values


class Wrong(Case):
    def test_self(self):
        self.stops("SpinTwice", 0x1000, None, 0, 0,
                   words="Arg1: 0000000000001000, A driver acquired a lock that the thread held")
        self.stops("FastTwice", 0x1000, None, 0, 0)
        self.stops("GuardedTwice", 0x1000, None, 0, 0)

    def test_order(self):
        self.stops("OtherOrder", 0x1001, None, 0, 0, words="acquired in different orders")
        self.stops("Circle", 0x1001, None, 0, 0)
        self.stops("OtherOrderOfMutexes", 0x1001, None, 0, 0)
        self.stops("GateOnce", 0x1001, None, 0, 0)

    def test_initialization(self):
        self.stops("NotInitialized", 0x1002, None, 0, 0)
        self.stops("InitializedTwice", 0x1005, None, 0, 0)

    def test_release(self):
        self.stops("SpinNotHeld", 0x1007, None, 0, 0)
        self.stops("SpinReleasedTwice", 0x1007, None, 0, 0)
        self.stops("FastNotHeld", 0x1007, None, 0, 0)
        for name in ("FastByAnother", "MutexByAnother"):
            values = self.stops(name, 0x1004, None, None, None)
            self.assertNotEqual(values[2], values[3])

    def test_kind(self):
        self.stops("QueuedAfterPlain", 0x1008, None, 0, 0)
        self.stops("PlainReleaseOfQueued", 0x1009, None, 0, 0)

    def test_end(self):
        self.stops("ThreadEnds", 0x100a, None, None, 0)
        self.stops("FreedWhileHeld", 0x100b, None, None, 0)

    def test_stack(self):
        out = run("OtherOrder", "--windbg=modern").stdout
        self.assertRegex(out, r"nt!VfDeadlockAcquireResource\+0x\w+\n.*locks!Both\+0x\w+ .*\n"
                              r".*locks!OtherOrder\+0x\w+ ")

    def test_only_with_the_flag(self):
        for name in ("OtherOrder", "Circle", "QueuedAfterPlain"):
            with self.subTest(name):
                self.assertEqual(run(name, flags="0x81b").returncode, 0)


class Right(Case):
    def test_all(self):
        right = [name for name in names() if name.startswith("Right")]
        self.assertGreater(len(right), 5)
        for name in right:
            for flags in ("standard", "0x20", "8"):
                with self.subTest(name, flags=flags):
                    result = run(name, flags=flags)
                    self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
