#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a driver must give back and is no pool: bug checks, lists, the ring.

  ledgers_test.py --leak62 BIN --driver ledgers.sys [GROUP...]
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))


def code(name):
    """The control code of a request: by its place in the driver's table."""
    with open(os.path.join(HERE, "ledgers", "ledgers.c"), encoding="utf-8") as file:
        table = re.search(r"Requests\[\]\)\(PDEVICE_EXTENSION\) = \{(.*?)\};", file.read(), re.S)
    return hex(0x220000 | (0x800 + re.findall(r"\w+", table.group(1)).index(name)) << 2)


class Case(unittest.TestCase):
    def run_driver(self, name, *options, typed=""):
        """(exit code, output, the JSON)"""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.json")
            result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", code(name),
                                     "--json", path, *options], input=typed,
                                    capture_output=True, text=True, timeout=100, check=False)
            self.assertEqual(result.stderr, "")
            with open(path, encoding="utf-8") as file:
                return result.returncode, result.stdout, json.load(file)


class Stops(Case):
    def bugcheck(self, name, number, *arguments):
        """arguments: numbers, or None for any."""
        returned, out, run = self.run_driver(name)
        self.assertEqual(returned, 1, out)
        self.assertEqual(run["bugCheck"]["code"], f"0x{number:08x}", out)
        values = [int(value, 16) for value in run["bugCheck"]["arguments"]]
        for want, have in zip(arguments, values):
            if want is not None:
                self.assertEqual(want, have, out)
        stack = [frame.get("symbol") for frame in run["bugCheck"]["stack"]]
        self.assertEqual(stack[0], "KeBugCheckEx")
        self.assertIn("IopUnloadDriver", stack)
        return values, out, run

    @staticmethod
    def near(run, address):
        """Whether it lies in the image."""
        base = int(run["driver"]["base"], 16)
        return base <= address < base + run["driver"]["size"]

    def test_timer_in_image(self):
        values, out, run = self.bugcheck("TimerInImage", 0xc7, 0)
        self.assertTrue(self.near(run, values[1]))
        base = int(run["driver"]["base"], 16)
        self.assertEqual(values[2:], [base, base + run["driver"]["size"]])
        self.assertIn("TIMER_OR_DPC_INVALID (c7)", out)
        self.assertRegex(out, r"(?m)^  timer that is set 0x\w{16}, from ledgers!SetTimer\+0x")

    def test_routine_in_image(self):
        values, out, run = self.bugcheck("TimerByRoutine", 0xc7, 2)
        self.assertTrue(self.near(run, values[1]))
        self.assertIn("Arg1: 0000000000000002, The DPC's routine lies in the driver's image.", out)

    def test_dpc_in_image(self):
        values, _, run = self.bugcheck("DpcInImage", 0xc7, 1)
        self.assertTrue(self.near(run, values[1]))

    def test_thread(self):
        """It would go on behind its wait."""
        values, out, run = self.bugcheck("Thread", 0xce, None, 0x10, None, 0)
        self.assertEqual(values[0], values[2])
        self.assertTrue(self.near(run, values[0]))
        self.assertIn("system thread that has not ended 0x", out)

    def test_lookaside_in_image(self):
        values, _, run = self.bugcheck("LookasideInImage", 0xce, None, 0, 0, 0)
        self.assertTrue(self.near(run, values[0]))

    def test_locked_pages(self):
        values, _, run = self.bugcheck("LockedOfProgram", 0xcb, None, 0, None, 2)
        self.assertNotEqual(values[0], 0)
        mdl, = [block for block in run["blocks"] if block["tag"] == "VMdl"]
        self.assertEqual(values[2], int(mdl["address"], 16))
        # Of pool tracking; without, it is listed.
        returned, out, run = self.run_driver("LockedOfProgram", "--flags", "1")
        self.assertEqual((returned, run["verdict"]), (1, "clean"))
        self.assertRegex(out, r"(?m)^  locked pages 0x\w{16}, from ledgers!LockedOfProgram\+")


class Listed(Case):
    def left(self, request, what, noun, fails=1, **wanted):
        returned, out, run = self.run_driver(request)
        self.assertEqual(returned, fails, out)
        self.assertEqual((run["verdict"], run["bugCheck"]), ("clean", None))
        entry, = run["leftBehind"]
        self.assertEqual((entry["what"], entry["fails"]), (what, bool(fails)))
        for key, value in wanted.items():
            self.assertEqual(entry[key], value, key)
        self.assertEqual(entry["caller"]["module"], "ledgers")
        self.assertTrue(entry["caller"]["file"].endswith("/ledgers/ledgers.c"))
        lines = out.splitlines()
        self.assertTrue(lines[0].endswith("ledgers.sys was unloaded and has left behind:"))
        self.assertEqual(len(lines), 2)
        self.assertTrue(lines[1].startswith("  " + noun), lines[1])
        self.assertRegex(lines[1], r", from ledgers!\w+\+0x\w+ \[\S+/ledgers\.c @ \d+\]$")
        return lines[1]

    def test_timer(self):
        self.left("TimerElsewhere", "timer", "timer that is set 0x")

    def test_lookaside(self):
        self.left("LookasideElsewhere", "lookaside", "lookaside list 0x")

    def test_contiguous(self):
        self.left("Contiguous", "contiguous", "contiguous memory 0x", size=0x3000)
        _, out, run = self.run_driver("Contiguous", "--kd", typed="!verifier 3\n!left\n")
        self.assertRegex(out, r"Contiguous Memory Bytes: +0x00003000\n")
        self.assertEqual(out.count("  contiguous memory 0x"), 2)
        self.assertEqual(run["statistics"]["contiguousBytes"], 0x3000)

    def test_mapping(self):
        self.left("Mapping", "mapping", "mapping of device memory 0x", size=0x2000)

    def test_user_mapping(self):
        self.left("UserMapping", "userMapping", "mapping into a program 0x", size=0x2000)

    def test_device(self):
        self.left("Device", "device", "device object 0x", name="\\Device\\Second")

    def test_link(self):
        line = self.left("Link", "symbolicLink", "symbolic link (\\??\\Forgotten), from",
                         name="\\??\\Forgotten", address=None)
        self.assertIn("ledgers!Link+", line)

    def test_handle(self):
        self.left("Handle", "handle", "handle 0x", name="Thread")

    def test_reference(self):
        """Another owner may be about to give it back: no failure."""
        self.left("Reference", "reference", "object reference 0x", fails=0, name="Thread", count=1)
        line = self.left("ReferencesInLoop", "reference", "object reference 0x", fails=0, count=2)
        self.assertIn(", 2 times, from ledgers!ReferencesInLoop+", line)

    def test_references_by_place(self):
        """Three are taken of one object, one is given back: the newest of the same routine."""
        returned, _, run = self.run_driver("TwoReferences")
        first, second = run["leftBehind"]
        self.assertEqual(returned, 0)
        self.assertEqual(first["address"], second["address"])
        self.assertEqual((first["count"], second["count"]), (1, 1))
        self.assertEqual(first["caller"]["line"] + 1, second["caller"]["line"])

    def test_beside_pool(self):
        """The check of pool stops the run; the list is there all the same."""
        returned, out, run = self.run_driver("LockedOfKernel")
        self.assertEqual((returned, run["bugCheck"]["code"]), (1, "0x000000c4"))
        entry, = run["leftBehind"]
        self.assertEqual((entry["what"], entry["size"]), ("lockedPages", 3))
        self.assertIn("\nLeft behind besides pool:\n  locked pages 0x", out)

    def test_given_back(self):
        returned, out, run = self.run_driver("GiveBackAll")
        self.assertEqual((returned, run["leftBehind"]), (0, []), out)
        self.assertIn("left nothing behind", out)
        _, out, _ = self.run_driver("GiveBackAll", "--kd", typed="!left\n")
        self.assertIn("Nothing but pool is left behind, if any.\n", out)


class Ring(Case):
    def test_oldest_are_gone(self):
        """70,000 operations; the block of the first is live, but no longer in the log."""
        for flags in ("8", "9"):
            returned, out, run = self.run_driver("RingRunsOver", "--flags", flags, "--kd",
                                                 typed="!verifier 3\n")
            self.assertEqual(returned, 1)
            self.assertEqual(int(run["bugCheck"]["arguments"][3], 16), 2)
            self.assertEqual(run["log"], {"size": 65536, "operations": 70000, "kept": 65536,
                                          "lost": 4464})
            self.assertEqual(run["statistics"]["attempted"], 35001)
            self.assertEqual(run["statistics"]["freed"], 34999)
            self.assertIn("Pool Allocations Succeeded             0x88b9\n", out)
            blocks = {block["tag"]: block["address"] for block in run["blocks"]}
            self.assertEqual(set(blocks), {"frst", "last"})
            _, out, again = self.run_driver("RingRunsOver", "--flags", flags)
            first, last = [block["address"] for block in again["blocks"]]
            logs = dict(re.findall(r"kd> !verifier 0x80 (0x\w+)\n(.*?)(?=kd> |\Z)", out, re.S))
            logs = {int(address, 16): text for address, text in logs.items()}
            self.assertIn("Parsing 0x00010000 log entries", logs[int(first, 16)])
            self.assertNotRegex(logs[int(first, 16)], r"Size 0*18\b")
            self.assertRegex(logs[int(last, 16)], r"Pool block \w+, Size 0*28\b")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
