#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What routines of resources.def take and give back, on a running driver; wrong frees.

  resources_test.py --leak62 BIN --driver resources.sys [GROUP...]
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


def code(name, back):
    """The control code of a request: by its place in the driver's table."""
    with open(os.path.join(HERE, "resources", "resources.c"), encoding="utf-8") as file:
        table = re.search(r"Requests\[\]\)\(PDEVICE_EXTENSION, BOOLEAN\) = \{(.*?)\};",
                          file.read(), re.S)
    place = re.findall(r"\w+", table.group(1)).index(name)
    return hex(0x220000 | (0x800 + 2 * place + int(back)) << 2)


class Case(unittest.TestCase):
    def run_driver(self, *options, typed=""):
        """(exit code, output, messages, the JSON)"""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.json")
            result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--json", path, *options],
                                    input=typed, capture_output=True, text=True, timeout=100,
                                    check=False)
            with open(path, encoding="utf-8") as file:
                return result.returncode, result.stdout, result.stderr, json.load(file)

    def request(self, name, back=False, **more):
        return self.run_driver("--ioctl", code(name, back), **more)


class Left(Case):
    # request: what is listed, its rule, bytes
    KINDS = {
        "Resource": ("eresource", "ResourceObjectLeak", 0),
        "RemoveLock": ("removeLock", "RemoveLockLeak", 0),
        "Rundown": ("rundown", "RemoveLockLeak", 0),
        "Process": ("attachedProcess", "ThreadStateLeak", 0),
        "Floating": ("processorState", "ThreadStateLeak", 0),
        "Subject": ("subjectContext", "SubjectContextLeak", 0),
        "ErrorLog": ("errorLogEntry", "KernelObjectLeak", 0),
        "NotifyProcess": ("registration", "RegistrationLeak", 0),
        "Image": ("registration", "RegistrationLeak", 0),
        "Cookie": ("registration", "RegistrationLeak", 0),
        "PlugPlay": ("registration", "RegistrationLeak", 0),
        "Pages": ("pages", "ContiguousMemoryLeak", 0),
        "View": ("view", "MappingLeak", 0x1000),
        "DmaAdapter": ("dmaAdapter", None, 0),
        "CommonBuffer": ("commonBuffer", "ContiguousMemoryLeak", 0x2000),
        "FileSystem": ("fileSystem", None, 0),
        "WorkItem": ("workItem", "KernelObjectLeak", 0),
        "Impersonation": ("impersonation", "ThreadStateLeak", 0),
        "PowerRequest": ("powerRequest", "KernelObjectLeak", 0),
        "RundownObject": ("rundownObject", "KernelObjectLeak", 0),
        "BugCheckCallback": ("registration", "RegistrationLeak", 0),
        "CallbackObject": ("registration", "RegistrationLeak", 0),
        "Events": ("registration", "RegistrationLeak", 0),
    }

    def test_kinds(self):
        for name, (what, rule, size) in self.KINDS.items():
            with self.subTest(name):
                returned, out, _, run = self.request(name)
                self.assertEqual((returned, run["verdict"]), (1, "clean"), out)
                entry, = run["leftBehind"]
                self.assertEqual((entry["what"], entry["rule"], entry["fails"], entry["size"]),
                                 (what, rule, True, size))
                symbols = [frame.get("symbol") for frame in entry["stack"]]
                self.assertIn(name, symbols)
                self.assertIn("Dispatch", symbols)
                self.assertRegex(out, r", from resources!\w+\+0x\w+ \[\S+/resources\.c @ \d+\]\n")

    def test_given_back(self):
        for name in [*self.KINDS, "RemoveLockAwaited", "RundownRefused"]:
            with self.subTest(name):
                returned, out, errors, run = self.request(name, back=True)
                self.assertEqual((returned, run["leftBehind"], errors), (0, [], ""), out)

    def test_refused_is_not_held(self):
        returned, out, _, run = self.request("RundownRefused")
        self.assertEqual((returned, run["leftBehind"]), (0, []), out)

    def test_attachment(self):
        """The device is left as well, and the one below it is deleted with it on top: I/O
        verification stops that."""
        returned, out, _, run = self.run_driver("--flags", "8", "--ioctl", code("Attached", False))
        self.assertEqual(returned, 1, out)
        self.assertEqual({entry["what"] for entry in run["leftBehind"]}, {"attachment", "device"})
        returned, out, _, run = self.request("Attached", back=True)
        self.assertEqual((returned, run["leftBehind"]), (0, []), out)

    def test_hang(self):
        """Who holds a remove lock that is waited for without end is said."""
        returned, out, errors, run = self.request("RemoveLockAwaited")
        self.assertIn("waits in IoReleaseRemoveLockAndWaitEx", errors)
        self.assertEqual((returned, run["verdict"]), (1, "incomplete"))
        entry, = run["leftBehind"]
        self.assertEqual((entry["what"], entry["caller"]["symbol"]), ("removeLock", "RemoveLock"))
        self.assertRegex(out, r"has left behind:\n  held remove lock 0x\w+, from resources!RemoveL")

    def test_newest_of_the_routine(self):
        """What the same request takes twice and gives back once is its newest."""
        returned, _, _, run = self.run_driver("--ioctl", code("ReferenceOfAnother", False),
                                              "--ioctl", code("ReferenceOfAnother", True))
        entry, = run["leftBehind"]
        self.assertEqual((returned, entry["what"], entry["count"]), (0, "reference", 1))


class Entry(Case):
    def fail(self, way):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "scenario.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"format": "leak62-scenario", "version": 1,
                           "registry": {"": {"Fail": way}}, "steps": [{"do": "load"}]}, file)
            return self.run_driver("--scenario", path)

    def test_left(self):
        """Windows unloads the image: what DriverEntry has left is left for good."""
        returned, out, errors, run = self.fail(1)
        self.assertEqual(returned, 1, out)
        self.assertIn("DriverEntry returned 0xC000009A", errors)
        self.assertEqual([entry["what"] for entry in run["leftBehind"]],
                         ["device", "symbolicLink", "registration"])
        self.assertIn("resources.sys has left behind:\n  device object 0x", out)

    def test_nothing_left(self):
        returned, out, errors, run = self.fail(2)
        self.assertIn("DriverEntry returned 0xC000009A", errors)
        self.assertEqual((returned, out, run["leftBehind"]), (3, "", []))


class WrongFree(Case):
    KINDS = {
        "MdlAsPool": ("MDL", "IoAllocateMdl", "ExFreePool"),
        "IrpAsPool": ("IRP", "IoAllocateIrp", "ExFreePool"),
        "WorkItemAsPool": ("work item", "IoAllocateWorkItem", "ExFreePool"),
        "EntryAsPool": ("lookaside entry", "ExAllocateFromLookasideList", "ExFreePoolWithTag"),
    }

    def test_listed(self):
        for name, (kind, made_by, given_to) in self.KINDS.items():
            with self.subTest(name):
                returned, out, _, run = self.request(name)
                self.assertEqual((returned, run["verdict"]), (1, "clean"), out)
                wrong, = run["wrongFrees"]
                self.assertEqual((wrong["kind"], wrong["madeBy"], wrong["givenTo"], wrong["count"]),
                                 (kind, made_by, given_to, 1))
                for stack in ("stack", "allocation"):
                    self.assertIn(name, [frame.get("symbol") for frame in wrong[stack]])
                self.assertEqual(wrong["caller"]["symbol"], name)
                self.assertRegex(out, rf"\n  {kind} 0x\w+ was given to {given_to}, from resources!"
                                 rf"{name}\+0x\w+ \[\S+/resources\.c @ \d+\]\n"
                                 rf"    it was made by {made_by}, from resources!")

    def test_right(self):
        for name in [*self.KINDS, "MdlOfPages"]:
            with self.subTest(name):
                returned, out, _, run = self.request(name, back=True)
                self.assertEqual((returned, run["wrongFrees"]), (0, []), out)

    def test_mixed(self):
        """L62_MIX: the MDL of pages may be given to both."""
        returned, out, _, run = self.request("MdlOfPages")
        self.assertEqual((returned, run["wrongFrees"]), (0, []), out)

    def test_counted_and_asked(self):
        again = code("MdlAsPool", False)
        returned, out, _, run = self.run_driver("--ioctl", again, "--ioctl", again, "--kd",
                                                typed="!wrongfrees\n")
        wrong, = run["wrongFrees"]
        self.assertEqual((returned, wrong["count"]), (1, 2))
        self.assertEqual(out.count("was given to ExFreePool 2 times, from"), 2)
        _, out, _, _ = self.request("MdlAsPool", back=True)
        self.assertNotIn("given to", out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
