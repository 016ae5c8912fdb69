#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What kernel services promise, by a driver that checks it.

  services_test.py --leak62 BIN --driver services.sys [GROUP...]
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
    """The control code of a group: by its place in the driver's table."""
    driver = os.path.splitext(os.path.basename(ARGS.driver))[0]
    with open(os.path.join(HERE, driver, driver + ".c"), encoding="utf-8") as file:
        table = re.search(r"Groups\[\]\)\(PDEVICE_EXTENSION\) = \{(.*?)\};", file.read(), re.S)
    names = re.findall(r"\w+", table.group(1))
    return hex(0x220000 | (0x800 + names.index(name)) << 2)


def run(name, *options):
    return subprocess.run([ARGS.leak62, "verify", ARGS.driver,
                           *(options or ("--ioctl", code(name)))],
                          capture_output=True, text=True, timeout=100, check=False)


class Case(unittest.TestCase):
    def kept(self, *names):
        for name in names:
            with self.subTest(name):
                result = run(name)
                self.assertEqual((result.returncode, result.stderr), (0, ""),
                                 result.stdout[:300])

    def bugcheck(self, name, number, *arguments):
        """arguments: numbers, or None for any address."""
        result = run(name)
        self.assertEqual((result.returncode, result.stderr), (1, ""), result.stdout)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], f"*** Fatal System Error: 0x{number:08x}")
        self.assertNotIn("BUGCODE_UNKNOWN", result.stdout)
        values = [int(v, 16) for v in lines[1].strip(" ()").split(",")]
        for want, have in zip(arguments, values):
            if want is None:
                self.assertNotEqual(have, 0)
            else:
                self.assertEqual(have, want, lines[1])
        return result.stdout

    def hang(self, name, words, returned=3):
        result = run(name)
        self.assertEqual(result.returncode, returned, result.stdout + result.stderr)
        self.assertIn(words, result.stderr)


class Locks(Case):
    def test_kept(self):
        self.kept("Mutexes", "Semaphores", "WaitForSeveral", "Resources", "RemoveLocks", "Lists",
                  "OldWorkItems", "ResourceOfMany")

    def test_mutex_not_owned(self):
        self.bugcheck("MutexNotOwned", 0x3b, 0xc0000046)

    def test_mutex_kept_by_thread(self):
        self.bugcheck("MutexKept", 0x4000008a, None, None)

    def test_semaphore_limit(self):
        self.bugcheck("SemaphoreLimit", 0x3b, 0xc0000047)

    def test_resource_not_owned(self):
        self.bugcheck("ResourceNotOwned", 0xe3, None, None)

    def test_resource_deleted(self):
        self.hang("ResourceDeleted", "an ERESOURCE is acquired that is not initialized")

    def test_remove_lock_kept(self):
        """A finding: it is known who holds it."""
        self.hang("RemoveLockKept", "waits in IoReleaseRemoveLockAndWaitEx", 1)


class Pools(Case):
    def test_kept(self):
        self.kept("Lookasides", "Mdls")

    def test_string_left(self):
        out = self.bugcheck("StringLeak", 0xc4, 0x62, None, None, 1)
        self.assertIn("services!StringLeak", out)

    def test_contiguous_freed_twice(self):
        self.bugcheck("Contiguous", 0xc2, 0x60, None)

    def test_lookaside_entry_left(self):
        out = self.bugcheck("LookasideLeak", 0xc4, 0x62, None, None, 1)
        self.assertRegex(out, r"0x00000040\s.*lasy")
        self.assertRegex(out, r"services!LookasideLeak\+0x")


class Objects(Case):
    def test_relations_before_unload(self):
        self.kept("Relations")

    def test_kept(self):
        self.kept("Handles")

    def test_dereferenced_too_often(self):
        self.bugcheck("DereferenceTwice", 0x18, 0, None)

    def test_closed_twice(self):
        self.bugcheck("CloseTwice", 0x93, None, 1)

    def test_process_notify(self):
        out = self.bugcheck("ProcessNotify", 0xc4, 0x62, None, None, 1)
        self.assertIn("services!OnProcess", out)


class Texts(Case):
    def test_kept(self):
        self.kept("Strings", "Registry", "Files")

    def test_print(self):
        result = run("Prints")
        self.assertEqual((result.returncode, result.stderr), (0, "leak62 says 62\n"))


class Irps(Case):
    def test_kept(self):
        self.kept("RequestsOfOwn", "CancelSafeQueue")

    def test_left(self):
        out = self.bugcheck("IrpLeak", 0xc4, 0x62, None, None, 1)
        self.assertRegex(out, r"Irp ")
        self.assertIn("services!IrpLeak", out)

    def test_free_of_threaded(self):
        self.bugcheck("FreeOfThreadedIrp", 0xc9, 2, None)


class Registry(Case):
    """This and what follows: callbacks.sys."""

    def test_kept(self):
        self.kept("RegistryCallbacks", "Keys", "Transactions", "KeyNotification")

    def test_object_of_a_callback(self):
        for name, left in (("KeyElsewhere", False), ("KeyElsewhereLeak", True)):
            result = run(name)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
            self.assertEqual("object reference" in result.stdout, left, result.stdout)


class Handles(Case):
    def test_kept(self):
        self.kept("HandleCallbacks", "Links", "Directories", "Sections", "Security", "Rundown", "Tags",
                  "System")

    def test_directory_left(self):
        result = run("DirectoriesLeak")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stdout, r"handle 0x[0-9a-f]+ \(Directory\)")

    def test_rundown_released_twice(self):
        self.hang("RundownTwice", "releases run-down protection that it does not have")

    def test_unregistered_twice(self):
        self.hang("UnregisterTwice", "ObUnRegisterCallbacks is given what")


class Devices(Case):
    def test_kept(self):
        self.kept("StartPackets", "Interrupts", "WorkItems", "Completions", "PlugPlay", "Versions")

    def test_completion_context_left(self):
        out = self.bugcheck("CompletionLeak", 0xc4, 0x62, None, None, 1)
        self.assertIn("callbacks!CompletionLeak", out)

    def test_processor_state_restored_twice(self):
        self.hang("RestoreTwice", "that this thread has not saved")

    def test_own_bugcheck(self):
        result = run("OwnBugCheck")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr,
                         "Break instruction exception - code 80000003 (first chance)\n")
        self.assertEqual(result.stdout.splitlines()[:2], [
            "*** Fatal System Error: 0x000000e2",
            " " * 23 + "(0x0000000000000001,0x0000000000000002,0x0000000000000003,"
            "0x0000000000000004)"])


class Library(Case):
    def test_kept(self):
        self.kept("Tables", "SplayTables", "Times", "Numbers", "Processors", "ReaderLocks",
                  "SystemCallbacks")

    def test_reader_waits_for_itself(self):
        self.bugcheck("ReaderLockTwice", 0x0f, None)


class Memory(Case):
    def test_kept(self):
        self.kept("Pages", "Dma", "FileSections", "UserMapping")

    def test_without_special_pool(self):
        result = run("", "--flags", "8", "--ioctl", code("UserMapping"))
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)

    def test_unmapped_twice(self):
        self.hang("UnmapTwice", "unmaps from a program what is not mapped there")

    def test_user_mapping_at_dispatch_level(self):
        result = run("", "--flags", "8", "--ioctl", code("UserMappingTooHigh"))
        self.assertEqual(result.stdout.splitlines()[0], "*** Fatal System Error: 0x0000000a")

    def test_files_of_scenario(self):
        scenario = {"format": "leak62-scenario", "version": 1,
                    "files": {"\\SystemRoot\\win.ini": "5b 66 5d", "\\SystemRoot\\empty": 0},
                    "steps": [{"do": "create"}, {"do": "ioctl", "code": code("FileOfScenario")}]}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "files.json")
            for files, wanted in ((scenario["files"], 0), ([], 2), ({"\\a": "5"}, 2)):
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(scenario | {"files": files}, file)
                result = run("", "--scenario", path)
                self.assertEqual(result.returncode, wanted, result.stdout + result.stderr)

    def test_common_buffer_freed_twice(self):
        self.hang("CommonBufferTwice", "frees a common buffer that it does not have")

    def test_imports(self):
        result = subprocess.run([ARGS.leak62, "verify", "--imports", ARGS.driver],
                                capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        self.assertRegex(result.stdout, r"\n(\d+) imports: \1 implemented, 0 missing\n$")

    def test_mdl_left(self):
        out = self.bugcheck("PagesLeak", 0xc4, 0x62, None, None, 1)
        self.assertRegex(out, r"0x00000038\s+Mdl ")
        self.assertIn("callbacks!AllocatePages", out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
