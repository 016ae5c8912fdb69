#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Structured exception handling, by a driver that checks itself: it stops with bug
check 0x139 and the number of the line that went wrong.

  seh_test.py --leak62 BIN --driver seh.sys [GROUP...]
"""
import argparse
import os
import re
import subprocess
import sys
import unittest

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))


def cases():
    with open(os.path.join(HERE, "seh", "seh.c"), encoding="utf-8") as file:
        table = re.search(r"Cases\[\]\)\(PDEVICE_OBJECT\) = \{(.*?)\};", file.read(), re.S)
    return re.findall(r"\w+", table.group(1))


def run(name, method=0):
    code = 0x220000 | (0x800 + cases().index(name)) << 2 | method
    # Too much memory must be refused, also by AddressSanitizer.
    options = os.environ.get("ASAN_OPTIONS", "") + ":allocator_may_return_null=1"
    return subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", hex(code)],
                          capture_output=True, text=True, timeout=100, check=False,
                          env={**os.environ, "ASAN_OPTIONS": options})


class Clean(unittest.TestCase):
    """Each case is a test; those that end in a bug check are in Stops."""


def add_case(name):
    def test(self):
        result = run(name, 3)  # METHOD_NEITHER
        self.assertEqual(result.returncode, 0, result.stdout[:600] + result.stderr)
    setattr(Clean, "test_" + name, test)


class Methods(unittest.TestCase):
    def test_buffers(self):
        for method in range(4):
            result = run("Buffers", method)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout[:600])


class Stops(unittest.TestCase):
    def bugcheck(self, name, number, *arguments):
        """arguments: numbers, or None for any address."""
        result = run(name)
        self.assertEqual((result.returncode, result.stderr), (1, ""), result.stdout)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], f"*** Fatal System Error: 0x{number:08x}", lines[1])
        values = [int(v, 16) for v in lines[1].strip(" ()").split(",")]
        for want, have in zip(arguments, values):
            if want is None:
                self.assertNotEqual(have, 0)
            else:
                self.assertEqual(have, want, lines[1])

    def test_request(self):
        self.bugcheck("Unhandled", 0x3b, 0xe0000062, None, None, 0)

    def test_request_fault(self):
        self.bugcheck("UnhandledFault", 0x3b, 0xc0000005, None, None, 0)

    def test_thread(self):
        self.bugcheck("UnhandledInThread", 0x7e, 0xffffffffc0000005, None, None, None)

    def test_dpc(self):
        self.bugcheck("UnhandledInDpc", 0x1e, 0xffffffffe0000062, None, 0, 0)

    def test_high_irql(self):
        self.bugcheck("FaultAtDispatch", 0xd1, 0x1010, 2, 1, None)

    def test_kernel_address(self):
        self.bugcheck("KernelAddress", 0x50, 0xffffc00000001000, 2, None, 0)

    def test_fast_fail(self):
        self.bugcheck("FastFail", 0x139, 3)

    def test_unlock_twice(self):
        self.bugcheck("UnlockTwice", 0xc4, 0x7c, None, None, 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    for case in cases()[:cases().index("Unhandled")]:
        if case != "UnlockTwice":
            add_case(case)
    unittest.main(argv=[sys.argv[0], *rest])
