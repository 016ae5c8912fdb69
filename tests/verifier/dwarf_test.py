#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An image with DWARF and no .pdb: the same names and lines as the other one's.

  dwarf_test.py --leak62 BIN --driver MyDriver.sys --pdb-driver MyDriver.sys
"""
import argparse
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import unittest

ARGS = None
FILL = "0x22a004"


def verify(driver, *options):
    return subprocess.run([ARGS.leak62, "verify", driver, "--ioctl", FILL, *options],
                          capture_output=True, text=True, errors="replace", timeout=100,
                          check=False)


def near(text):
    """For each `ln` its two lines, without addresses."""
    found = re.findall(r"kd> ln 0x\w+\n(.*)\n(.*)", text)
    return [(line, re.sub(r"\(\w{8}`\w{8}\)", "", symbols)) for line, symbols in found]


class Dwarf(unittest.TestCase):
    maxDiff = None

    def test_same_as_pdb(self):
        ours, theirs = verify(ARGS.driver), verify(ARGS.pdb_driver)
        self.assertEqual((ours.returncode, ours.stderr), (1, ""))
        self.assertEqual(len(near(ours.stdout)), 3)
        self.assertEqual(near(ours.stdout), near(theirs.stdout))
        self.assertTrue(near(ours.stdout)[0][0].startswith(
            "d:\\coding\\wdmdrivers\\mydriver\\handleioctl.c("))

        def stacks(text):
            return re.findall(r"(?m)^\w{16} (\w+!\w+\+0x\w+)$", text)
        self.assertEqual(stacks(ours.stdout), stacks(theirs.stdout))
        self.assertGreater(len(stacks(ours.stdout)), 10)

    def test_pdb_comes_first(self):
        """A .pdb that is named must be right, whatever the image has."""
        result = verify(ARGS.driver, "--pdb", "/nowhere.pdb")
        self.assertEqual(result.returncode, 2)
        self.assertIn("/nowhere.pdb", result.stderr)

    def test_neither(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "MyDriver.sys")
            with open(ARGS.pdb_driver, "rb") as file, open(path, "wb") as copy:
                copy.write(file.read())
            result = verify(path)
        self.assertEqual(result.returncode, 1)
        self.assertIn("leak62: no symbols: cannot read", result.stderr)

    def test_damaged(self):
        """Debug information is a courtesy: the verdict does not change."""
        with open(ARGS.driver, "rb") as file:
            image = file.read()
        header, = struct.unpack_from("<I", image, 60)
        count, = struct.unpack_from("<H", image, header + 6)
        table = header + 24 + struct.unpack_from("<H", image, header + 20)[0]
        rows = [struct.unpack_from("<8sIIII", image, table + 40 * i) for i in range(count)]
        debug = [(offset, size) for name, _, _, size, offset in rows if name.startswith(b"/")]
        self.assertGreaterEqual(len(debug), 4)
        chance = random.Random(62)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "MyDriver.sys")
            for i in range(40):
                data = bytearray(image)
                offset, size = debug[i % len(debug)]
                for _ in range(1 + i // 4):
                    struct.pack_into("<I", data, offset + chance.randrange(size - 4),
                                     chance.choice((0, 1, 0x7fffffff, 0xffffffff,
                                                    chance.randrange(2 ** 32))))
                with open(path, "wb") as file:
                    file.write(data)
                result = verify(path)
                self.assertEqual(result.returncode, 1, f"{i}: {result.stderr}")
                self.assertLessEqual(result.stderr.count("\n"), 1, result.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--pdb-driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
