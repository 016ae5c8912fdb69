#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The filter manager, by a filter that prints what it is called for.

  filter_test.py --leak62 BIN --driver filter.sys
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import unittest

ARGS = None
NOTES = ("\\Device\\HarddiskVolume1\\leak62\\notes.txt: \\leak62\\ notes.txt [txt] []")
DATA = ("\\Device\\HarddiskVolume1\\leak62\\data: \\leak62\\ data [] []")
REST = ["after 0: 1", "before 3", "after 3: 16", "before 4", "after 2: 0"]


def run(*options):
    return subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--buffer", "16", *options],
                          capture_output=True, text=True, timeout=100, check=False)


class Filter(unittest.TestCase):
    def test_operations(self):
        result = run()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(result.stderr.splitlines(), [
            "attached", "before 0", NOTES, *REST, "before 0", DATA, *REST, "detaching", "detached"])

    def test_denied(self):
        """Who completes an operation is not called afterwards, and there is no handle."""
        result = run("--ioctl", "0x222008")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(result.stderr.splitlines(), [
            "attached", "before 0", NOTES, "before 0", DATA, "detaching", "detached"])

    def test_names_left(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.json")
            result = run("--ioctl", "0x222004", "--json", path)
            with open(path, encoding="utf-8") as file:
                left = json.load(file)["leftBehind"]
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual([(entry["what"], entry["name"], entry["fails"]) for entry in left], [
            ("fileName", name.split(":")[0], True) for name in (NOTES, DATA)])
        self.assertIn("file name of the filter manager 0x", result.stdout)

    def test_ends(self):
        for code, words in (("0x22200c", "neither completed nor passed on"),
                            ("0x222010", "returns without FltUnregisterFilter"),
                            ("0x222014", "or one that it has released"),
                            ("0x222018", "keeps an operation that is done")):
            with self.subTest(code):
                result = run("--ioctl", code)
                self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
                self.assertIn(words, result.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
