#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""I/O verification, by a driver that treats an IRP in each wrong way, and in right ones.

  irps_test.py --leak62 BIN --driver irps.sys [GROUP...]
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
    with open(os.path.join(HERE, "irps", "irps.c"), encoding="utf-8") as file:
        table = re.search(r"Requests\[\]\)\(PDEVICE_OBJECT, PIRP\) = \{(.*?)\};", file.read(), re.S)
    return re.findall(r"\w+", table.group(1))


def run(name, *options, flags="0x81b"):
    code = hex(0x220000 | (0x800 + names().index(name)) << 2)
    return subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", code, "--flags", flags,
                           *options], capture_output=True, text=True, timeout=100, check=False)


class Case(unittest.TestCase):
    def stops(self, name, number, *arguments, words="", flags="0x81b"):
        """arguments: numbers, or None for any address."""
        with self.subTest(name):
            result = run(name, flags=flags)
            self.assertEqual((result.returncode, result.stderr), (1, ""), result.stdout)
            lines = result.stdout.splitlines()
            self.assertEqual(lines[0], f"*** Fatal System Error: 0x{number:08x}")
            values = [int(v, 16) for v in lines[1].strip(" ()").split(",")]
            for want, have in zip(arguments, values):
                if want is None:
                    self.assertNotEqual(have, 0, lines[1])
                else:
                    self.assertEqual(have, want, lines[1])
            self.assertIn(words, result.stdout)


class Irps(Case):
    def test_completed_twice(self):
        self.stops("CompleteTwice", 0x44, None, 0, 0, 0)
        self.stops("CompleteAgain", 0x44, None, 0, 0, 0, words="An IRP was completed twice.")

    def test_forgotten(self):
        self.stops("Forget", 0xc9, 0x226, None, None, None,
                   words="Arg1: 0000000000000226, A dispatch routine returned without")
        self.stops("ForgetAfterForward", 0xc9, 0x226, None, None, None)

    def test_pending(self):
        self.stops("PendingNotMarked", 0xc9, 0x23d, None, None, None)
        self.stops("PendingNotMarkedBelow", 0xc9, 0x23d, None, None, None)
        self.stops("MarkedNotPending", 0xc9, 0x23e, None, None, None)
        self.stops("PendingNotPassedOn", 0xc9, 0x228, None, None, None)

    def test_status(self):
        self.stops("OtherStatus", 0xc9, 0x224, None, None, None)
        self.stops("IllegalStatus", 0xc9, 0x225, None, None, None)
        self.stops("CompleteAsPending", 0xc9, 6, 0x103, None, 0)
        self.stops("TooMuchInformation", 0xc9, 0x312, None, None, None)

    def test_cancel_routine(self):
        self.stops("CompleteWithCancel", 0xc9, 7, None, None, 0)
        self.stops("CancelIgnored", 0xc4, 0x135, None, 300000, 0)
        self.stops("CallWithCancel", 0xc9, 0x203, None, None, None)

    def test_irql(self):
        self.stops("CompleteAtHigh", 0xc9, 0x0e, 15, None, 0)
        self.stops("CallAtHigh", 0xc9, 0x10, 15, 0, 0)
        self.stops("LeaveIrqlRaised", 0xc9, 5, None, 0, 1)
        # What Force IRQL checking says to it.
        self.stops("CompleteAtHigh", 0xc4, 0xe5, 15, 0, 0, flags="2")

    def test_calls(self):
        self.stops("CallWithNoIrp", 0xc9, 3, None, 0, 0)
        self.stops("CallNoDevice", 0xc9, 4, None, 0, 0)
        self.stops("CallNobody", 0xc9, 0x204, None, None, 0)

    def test_memory(self):
        self.stops("FreeInUse", 0xc9, 0x20b, None, None, None)
        self.stops("ReuseInUse", 0xc9, 0x310, None, None, None)
        self.stops("ReuseBuilt", 0xc9, 0x311, None, None, 0)
        self.stops("InitializeAllocated", 0xc9, 0x20d, None, None, 0)

    def test_unload(self):
        """An IRP of the driver's own that has not come back is pool that is left."""
        self.stops("OwnIrpNotBack", 0xc4, 0x62, None, None, 1)

    def test_devices(self):
        self.stops("DeleteTwice", 0xc9, 0x240, None, 0, None)
        self.stops("DeleteAttached", 0xc9, 0x201, None, 0, None)
        self.stops("DetachTwice", 0xc9, 0x202, None, 0, None)
        self.stops("NoDetachAtRemove", 0xc9, 0x21d, None, None, None)
        self.stops("NoDeleteAtRemove", 0xc9, 0x21e, None, None, None)

    def test_unwound(self):
        self.stops("ResultUnwound", 0xc9, 0x0c, None, 0, 0)
        self.stops("EventUnwound", 0xc9, 0x0d, None, 0, 0)

    def test_plug_and_play(self):
        self.stops("PnpStatus", 0xc9, 0x20e, None, None, None)
        self.stops("PowerStatus", 0xc9, 0x20f, None, None, None)
        self.stops("PnpFailedPassedOn", 0xc9, 0x215, None, None, None)
        self.stops("RemoveFails", 0xc9, 0x306, None, None, None)

    def test_stack(self):
        out = run("CompleteWithCancel", "--windbg=modern").stdout
        self.assertRegex(out, r"nt!IofCompleteRequest\+0x11\n.*irps!Complete\+0x\w+ .*\n"
                              r".*irps!CompleteWithCancel\+0x\w+ .*\n")
        self.assertIn("DRIVER_VERIFIER_IOMANAGER_VIOLATION (c9)", out)

    def test_only_with_the_flag(self):
        for name in ("MarkedNotPending", "OtherStatus", "IllegalStatus", "CompleteWithCancel",
                     "TooMuchInformation", "DetachTwice"):
            with self.subTest(name):
                self.assertNotIn("(c9)", run(name, flags="0x80b").stdout)


class Right(Case):
    def test_all(self):
        right = [name for name in names() if name.startswith("Right")]
        self.assertGreater(len(right), 10)
        for name in right:
            for flags in ("standard", "0x10", "8"):
                with self.subTest(name, flags=flags):
                    result = run(name, flags=flags)
                    self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
