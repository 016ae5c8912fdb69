#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Paged memory under Force IRQL checking, by a driver that uses it wrongly and rightly.

  paged_test.py --leak62 BIN --driver paged.sys [GROUP...]
"""
import argparse
import os
import re
import subprocess
import sys
import unittest

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))
READ, WRITE, EXECUTE = 0, 1, 8


def names():
    with open(os.path.join(HERE, "paged", "paged.c"), encoding="utf-8") as file:
        table = re.search(r"Uses\[\]\)\(void\) = \{(.*?)\};", file.read(), re.S)
    return re.findall(r"\w+", table.group(1))


def run(name, *options):
    code = hex(0x220000 | (0x800 + names().index(name)) << 2)
    return subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", code, *options],
                          capture_output=True, text=True, timeout=100, check=False)


class Case(unittest.TestCase):
    def stops(self, name, number, *arguments, options=()):
        """arguments: numbers, or None for any address."""
        with self.subTest(name, options=options):
            result = run(name, *options)
            self.assertEqual((result.returncode, result.stderr), (1, ""), result.stdout)
            lines = result.stdout.splitlines()
            self.assertEqual(lines[0], f"*** Fatal System Error: 0x{number:08x}", result.stdout)
            values = [int(v, 16) for v in lines[1].strip(" ()").split(",")]
            for want, have in zip(arguments, values):
                if want is None:
                    self.assertNotEqual(have, 0, lines[1])
                else:
                    self.assertEqual(have, want, lines[1])
            return values, result.stdout


class Wrong(Case):
    def test_pool(self):
        for flags in ("0x80b", "2"):
            options = ("--flags", flags)
            self.stops("WriteAtDispatch", 0xd1, None, 2, WRITE, None, options=options)
            self.stops("ReadAtDispatch", 0xd1, None, 2, READ, None, options=options)
            self.stops("ServiceAtDispatch", 0x0a, None, 2, WRITE, None, options=options)
            self.stops("ManyAtDispatch", 0xd1, None, 2, WRITE, None, options=options)
            self.stops("UnlockedAtDispatch", 0xd1, None, 2, WRITE, None, options=options)
            self.stops("InDpc", 0xd1, None, 2, READ, None, options=options)

    def test_special_pool_stays_what_it_is(self):
        self.stops("OverrunAtDispatch", 0xd6, None, WRITE, None, 0)
        self.stops("FreedAtDispatch", 0xd5, None, WRITE, None, 0)
        self.stops("OverrunBelow", 0xd6, None, WRITE, None, 0)

    def test_sections(self):
        for name in ("CodeAtDispatch", "CodeRaises", "CodeTakesLock"):
            values, out = self.stops(name, 0xd1, None, 2, EXECUTE, None,
                                     options=("--windbg=modern",))
            self.assertEqual(values[0], values[3])
            self.assertRegex(out, r"STACK_TEXT:  \n\S+ : paged!Pageable\w*(\+0x\w+ .*)?\n"
                                  r"\S+ : paged!" + name)
        self.stops("DataAtDispatch", 0xd1, None, 2, READ, None)

    def test_only_with_the_flag(self):
        for name in ("WriteAtDispatch", "CodeRaises", "DataAtDispatch"):
            with self.subTest(name):
                self.assertNotIn("(d1)", run(name, "--flags", "9").stdout)


class Right(Case):
    def test_all(self):
        for name in ("RightBelow", "RightLocked", "RightCode"):
            for flags in ("standard", "0xb", "2", "9"):
                with self.subTest(name, flags=flags):
                    result = run(name, "--flags", flags)
                    self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertEqual(run(name, "--verify-start").returncode, 0)

    def test_stack_through_pageable_code(self):
        _, out = self.stops("LeakFromPageable", 0xc4, 0x62, None, None, 1)
        self.assertRegex(out, r"paged!AllocateAtDispatch\+0x\w+\n\w+ paged!PageableAllocates\+")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
