#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MyDriver.sys and .pdb cut short and changed at many places, given to the command.

  damage_test.py --leak62 BIN --driver MyDriver.sys [GROUP...]

Whatever is in the file, the command ends with one of its exit codes, and where it could
not do its work it says so in one sentence.
"""
import argparse
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

ARGS = None
FILL = "0x22a004"
EXTREMES = (0, 1, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff)


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.image = read(ARGS.driver)
        self.pdb = read(os.path.splitext(ARGS.driver)[0] + ".pdb")

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def verify(self, data, what, options=()):
        path = self.write("MyDriver.sys", data)
        result = subprocess.run([ARGS.leak62, "verify", path, "--ioctl", FILL, "--timeout", "1",
                                 *options], capture_output=True, timeout=100, check=False)
        error = result.stderr.decode("utf-8", "replace")
        self.assertIn(result.returncode, (0, 1, 2, 3), f"{what}: {error}")
        self.assertNotIn("ERROR: AddressSanitizer", error, what)
        self.assertNotIn("runtime error:", error, what)
        error = "".join(line for line in error.splitlines(True)
                        if not line.startswith("leak62: no symbols: "))
        if result.returncode > 1:
            self.assertTrue(error.startswith("leak62"), f"{what}: {error}")
            self.assertEqual(error.count("\n"), 1, f"{what}: {error}")
            self.assertFalse([c for c in error[:-1] if ord(c) < 32], f"{what}: {error!r}")
        return result.returncode, error


class Image(Case):
    def test_whole(self):
        self.assertEqual(self.verify(self.image, "whole")[0], 1)

    def test_truncated(self):
        """Anywhere in the headers and behind them."""
        lengths = [*range(0, 0x240, 17), *range(0x240, len(self.image), 151)]
        for length in lengths:
            code, error = self.verify(self.image[:length], f"{length} bytes")
            self.assertEqual(code, 2 if length == 0 else 3, error)

    def test_headers(self):
        """Each word of them, up to the end of the section table, made extreme."""
        header, = struct.unpack_from("<I", self.image, 60)
        for at in range(header, header + 0x180, 4):
            value = EXTREMES[at // 4 % len(EXTREMES)]
            data = bytearray(self.image)
            struct.pack_into("<I", data, at, value)
            self.verify(data, f"{value:#x} at {at:#x}")

    def test_anywhere(self):
        """Behind the headers: import names, relocations, code, unwind data."""
        chance = random.Random(62)
        for _ in range(80):
            data = bytearray(self.image)
            at = chance.randrange(0x240, len(data) - 4)
            if chance.random() < 0.5:
                data[at] = chance.randrange(256)
            else:
                struct.pack_into("<I", data, at, chance.choice(EXTREMES))
            self.verify(data, f"{data[at:at + 4].hex()} at {at:#x}")


    def test_control_characters(self):
        """What is quoted of a file cannot steer the terminal."""
        name = b"MmBuildMdlForNonPagedPool"
        data = self.image.replace(name, b"Mm\x1b[2J\nForNonPagedPool\x7f\x01P")
        self.assertNotEqual(data, self.image)
        code, error = self.verify(data, "escape sequence")
        self.assertEqual(code, 3)
        self.assertIn("calls Mm?[2J?ForNonPagedPool??P of ntoskrnl.exe", error)


class Symbols(Case):
    def test_control_characters(self):
        pdb = self.pdb.replace(b"DeviceControlDispatch", b"DeviceControl\x1b[2J\x07tch")
        self.assertNotEqual(pdb, self.pdb)
        self.write("MyDriver.pdb", pdb)
        path = self.write("MyDriver.sys", self.image)
        out = subprocess.run([ARGS.leak62, "verify", path, "--ioctl", FILL], timeout=100,
                             capture_output=True, check=False).stdout
        self.assertIn(b"MyDriver!DeviceControl?[2J?tch+0x", out)
        self.assertNotIn(b"\x1b", out)

    def check(self, pdb, what):
        """Beside the image it is a courtesy: the verdict does not change."""
        self.write("MyDriver.pdb", pdb)
        code, error = self.verify(self.image, what)
        self.assertEqual(code, 1, f"{what}: {error}")
        code, error = self.verify(self.image, what, ["--pdb", os.path.join(self.folder,
                                                                          "MyDriver.pdb")])
        self.assertIn(code, (1, 2, 3), what)

    def test_truncated(self):
        for length in range(1, len(self.pdb), len(self.pdb) // 20):
            self.check(self.pdb[:length], f"{length} bytes")

    def test_anywhere(self):
        chance = random.Random(62)
        places = [32, 36, 40, 44, 48, 52, *(chance.randrange(len(self.pdb) - 4) for _ in range(25))]
        for at in places:
            data = bytearray(self.pdb)
            struct.pack_into("<I", data, at, chance.choice(EXTREMES))
            self.check(data, f"{data[at:at + 4].hex()} at {at:#x}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
