#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which lines ran, by a driver whose lines say so; and that tracing changes nothing.

  trace_test.py --leak62 BIN --driver trace.sys --drivers DIR [GROUP...]
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "trace", "trace.c")


def verify(*args):
    return subprocess.run([ARGS.leak62, "verify", *args], capture_output=True, text=True,
                          timeout=100, check=False)


def read_lines(path):
    """{file: {line: hits}} of lcov's tracefile."""
    files, lines = {}, {}
    with open(path, encoding="utf-8") as file:
        for row in file:
            key, _, value = row.strip().partition(":")
            if key == "SF":
                lines = files.setdefault(value, {})
            elif key == "DA":
                number, hits = value.split(",")
                lines[int(number)] = int(hits)
    return files


def marks():
    """{line: how often}"""
    found = {}
    with open(SOURCE, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            mark = re.search(r"/\* (?:ran (\d+)|never) \*/$", line.rstrip())
            if mark:
                found[number] = int(mark.group(1) or 0)
    return found


def normal(text):
    return re.sub(r"[0-9a-f`]{8,}", "ADDRESS", text)


class Lines(unittest.TestCase):
    maxDiff = None

    def trace(self, *options, driver=None):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lines.info")
            result = verify(driver or ARGS.driver, "--lines", path, *options)
            return result, read_lines(path) if os.path.exists(path) else None

    def check(self, *options):
        result, files = self.trace(*options)
        self.assertEqual((result.returncode, result.stderr), (1, ""), result.stdout)
        (lines,) = [v for k, v in files.items() if k.endswith("trace/trace.c")]
        want = marks()
        self.assertGreater(len(want), 30)
        self.assertEqual({n: lines.get(n) for n in want}, want)

    def test_marks(self):
        self.check()

    def test_marks_under_other_flags(self):
        """Force IRQL checking takes pages away and gives them back; special pool faults."""
        for flags in ("0xa", "0xb", "0x8"):
            with self.subTest(flags):
                self.check("--flags", flags)

    def test_a_trace_changes_nothing(self):
        drivers = [(ARGS.driver,)]
        drivers += [(os.path.join(ARGS.drivers, twin, "MyDriver.sys"), "--ioctl", "0x22a004")
                    for twin in ("leak", "fixed")]
        for driver, *options in drivers:
            with self.subTest(driver):
                plain = verify(driver, *options)
                traced, _ = self.trace(*options, driver=driver)
                self.assertEqual(normal(traced.stdout), normal(plain.stdout))
                self.assertEqual((traced.returncode, traced.stderr),
                                 (plain.returncode, plain.stderr))

    def test_twins_differ_where_one_frees(self):
        """The corrected twin's unload frees: its lines ran, and the leaking one has none."""
        ran = {}
        for twin in ("leak", "fixed"):
            result, files = self.trace("--ioctl", "0x22a004",
                                       driver=os.path.join(ARGS.drivers, twin, "MyDriver.sys"))
            self.assertEqual(result.returncode, 1 if twin == "leak" else 0)
            ran[twin] = sum(1 for lines in files.values() for hits in lines.values() if hits)
        self.assertGreater(ran["fixed"], ran["leak"])

    def test_without_lines(self):
        """An image alone: said, and no file."""
        with tempfile.TemporaryDirectory() as folder:
            alone = os.path.join(folder, "alone.sys")
            shutil.copy(ARGS.driver, alone)
            result, files = self.trace(driver=alone)
        self.assertEqual(result.returncode, 2)
        self.assertIn("has no line numbers; give its .pdb with --pdb FILE", result.stderr)
        self.assertIsNone(files)

    def test_file_that_cannot_be_written(self):
        result = verify(ARGS.driver, "--lines", "/nowhere/lines.info")
        self.assertEqual(result.returncode, 2)
        self.assertIn("/nowhere/lines.info cannot be written", result.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--drivers", required=True)
    parser.add_argument("groups", nargs="*")
    ARGS = parser.parse_args()
    unittest.main(argv=[sys.argv[0], *ARGS.groups])
