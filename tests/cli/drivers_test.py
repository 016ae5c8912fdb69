#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Several drivers in one scan, and what the summary says of one.

  drivers_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
import json
import os
import re

import scan_test
from scan_test import Case

# A driver with a context in a global, which Setup of another file makes; Cleanup, of the
# same file, frees it.
ENTRY = """#include <wdm.h>
NTSTATUS Setup(VOID);
VOID Cleanup(VOID);
static VOID Unload(struct _DRIVER_OBJECT *driver)
{{
	UNREFERENCED_PARAMETER(driver);
	{unload}
}}
NTSTATUS DriverEntry(struct _DRIVER_OBJECT *driver, PUNICODE_STRING path)
{{
	UNREFERENCED_PARAMETER(path);
	driver->DriverUnload = Unload;
	{more}
	return Setup();
}}
"""
SETUP = """#include <wdm.h>
static PVOID g_Table;
NTSTATUS Setup(VOID)
{
	g_Table = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	return g_Table ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}
VOID Cleanup(VOID)
{
	if (g_Table)
		ExFreePoolWithTag(g_Table, 'tset');
}
"""
WDM = """
struct _DRIVER_OBJECT {
	void (*DriverUnload)(struct _DRIVER_OBJECT *);
};
"""
COUNTS = re.compile(r"^leak62: (?:(.+?): )?(\d+) translation units? analysed, (\d+) failed.*?"
                    r"; (\d+) findings?(.*)$", re.MULTILINE)


class Several(Case):
    LIGHT = True

    def setUp(self):
        super().setUp()
        with open(self.path("wdk/wdm.h"), "a", encoding="utf-8") as file:
            file.write(WDM)

    def entry(self, name, leaks=False, more=""):
        return self.write(name, ENTRY.format(unload="" if leaks else "Cleanup();", more=more))

    def setup_file(self, name):
        return self.write(name, SETUP)

    def build(self, targets):
        """A compile database of (file, target or None)."""
        self.database([(file, f"cc -I{self.path('wdk')} "
                        + (f"-o CMakeFiles/{target}.dir/{os.path.basename(file)}.o " if target else "")
                        + f"-c {file}") for file, target in targets])

    def counts(self, done):
        """{driver: (units, findings)}"""
        return {name: (int(units), int(findings))
                for name, units, _, findings, _ in COUNTS.findall(done.stdout)}

    def database_names(self):
        folder = self.path(".leak62/drivers")
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


class Drivers(Several):
    def test_folders(self):
        """Each folder with a DriverEntry is a driver, with all that lies below it."""
        for name, leaks in (("one", True), ("two", False)):
            self.entry(f"{name}/entry.c", leaks)
            self.setup_file(f"{name}/lib/setup.c")
        done = self.scan("one/entry.c", "one/lib/setup.c", "two/entry.c", "two/lib/setup.c",
                         expect=1)
        self.assertEqual(self.counts(done), {"one": (2, 1), "two": (2, 0)})
        self.assertEqual(re.findall(r"MODULE: (\S+)", done.stdout), ["one"])
        self.assertIn("one!Setup   LeakAtUnload", done.stdout)
        self.assertEqual(self.database_names(), ["one.db", "two.db"])
        self.assertFalse(os.path.exists(self.path(".leak62/driver.db")))
        # A driver alone is what it is for itself.
        done = self.scan("one/entry.c", "one/lib/setup.c", expect=1)
        self.assertEqual(self.counts(done), {"": (2, 1)})
        self.assertEqual(self.database_names(), [])
        self.assertTrue(os.path.exists(self.path(".leak62/driver.db")))

    def test_targets(self):
        """CMake's targets say more than folders; a shared source is of both."""
        one, two = self.entry("one.c", True), self.entry("two.c")
        shared = self.setup_file("setup.c")
        self.build([(one, "first"), (two, "second"), (shared, "first"), (shared, "second")])
        done = self.scan("-p", ".", expect=1)
        self.assertEqual(self.counts(done), {"first": (2, 1), "second": (2, 0)})

    def test_library(self):
        """What has no driver goes to those that need it; to nobody, it stands alone."""
        one, two = self.entry("one/one.c", True), self.entry("two/two.c")
        needed = self.setup_file("lib/setup.c")
        idle = self.leak("other/idle.c", function="Idle")
        done = self.scan(one, two, needed, idle, expect=1)
        self.assertEqual(self.counts(done), {"one": (2, 1), "two": (2, 0), "other": (1, 1)})
        self.build([(one, "first"), (two, "second"), (needed, "lib"), (idle, "tool")])
        done = self.scan("-p", ".", expect=1)
        self.assertEqual(self.counts(done), {"first": (2, 1), "second": (2, 0), "other": (1, 1)})
        self.assertEqual(done.stdout.count("No DriverEntry found"), 1)

    def test_library_of_a_library(self):
        far = "#include <wdm.h>\nPVOID Far(VOID) { return ExAllocatePoolWithTag(0, 9, 'tset'); }\n"
        near = "#include <wdm.h>\nPVOID Far(VOID);\nNTSTATUS Setup(VOID) { return Far() != 0; }\n"
        one, two = self.entry("one/one.c", True), self.clean("two/two.c")
        done = self.scan(one, two, self.write("lib/near.c", near), self.write("lib/far.c", far))
        self.assertEqual({k: v[0] for k, v in self.counts(done).items()}, {"one": 3, "two": 1})

    def test_one_folder(self):
        """Of several files with a DriverEntry each is a driver."""
        done = self.scan(self.leak("first.c"), self.clean("second.c"), expect=1)
        self.assertEqual(self.counts(done), {"first": (1, 1), "second": (1, 0)})

    def test_same_names(self):
        self.leak("a/drv/x.c")
        self.leak("b/drv/x.c")
        done = self.scan("a/drv/x.c", "b/drv/x.c", expect=1)
        self.assertEqual(self.counts(done), {"drv": (1, 1), "drv-2": (1, 1)})
        self.assertEqual(self.database_names(), ["drv-2.db", "drv.db"])

    def test_project_file(self):
        """drivers: of .leak62.yml comes first."""
        one, two = self.entry("one.c", True), self.entry("two.c")
        setup = self.setup_file("setup.c")
        self.write(".leak62.yml", "drivers:\n- name: mine\n  files: [one.c, setup.c]\n"
                                  "- name: yours\n  files:\n    - two.c\n    - set*.c\n"
                                  "- name: none\n  files: nowhere/\n")
        done = self.scan(one, two, setup, expect=1)
        self.assertEqual(self.counts(done), {"mine": (2, 1), "yours": (2, 0)})
        self.write(".leak62.yml", "drivers:\n- name: mine\n  files: [one.c]\n")
        done = self.scan(one, two, setup, expect=1)
        self.assertEqual(sorted(self.counts(done).values()), [(2, 0), (2, 1)])
        # setup.c is in the folder of two.c, and both need it.
        self.assertEqual(self.counts(done)["mine"], (2, 1))
        self.write(".leak62.yml", "drivers:\n- name: mine\n")
        self.assertIn("this driver has no 'files'", self.scan(one, expect=2).stderr)

    def test_chosen_by_name(self):
        self.leak("first.c")
        self.clean("second.c")
        done = self.scan("--driver", "second", "first.c", "second.c", expect=0)
        self.assertEqual(self.counts(done), {"": (1, 0)})
        done = self.scan("--driver", "third", "first.c", "second.c", expect=2)
        self.assertIn("none is called third: choose one of first, second", done.stderr)
        done = self.scan("--driver", "third", "first.c", expect=1)
        self.assertIn("third!DriverEntry", done.stdout)

    def test_focus(self):
        self.leak("first.c")
        self.leak("second.c")
        done = self.scan("--focus", "second.c", "first.c", "second.c", expect=1)
        self.assertEqual(self.counts(done), {"": (1, 1)})
        self.assertIn("second!DriverEntry", done.stdout)

    def test_failed_unit(self):
        """A file that does not compile is counted with its folder's driver."""
        self.entry("one/one.c")
        self.setup_file("one/setup.c")
        self.clean("two/two.c")
        self.write("two/broken.c", "#error broken\n")
        done = self.scan("one/one.c", "one/setup.c", "two/two.c", "two/broken.c", expect=3)
        self.assertEqual([(n, u, f) for n, u, f, _, _ in COUNTS.findall(done.stdout)],
                         [("one", "2", "0"), ("two", "1", "1")])

    def test_sarif_and_explain(self):
        """A run for each driver; explain finds what belongs to any of them."""
        self.leak("first.c")
        self.leak("second.c")
        done = self.scan("--sarif", "out.sarif", "first.c", "second.c", expect=1)
        with open(self.path("out.sarif"), encoding="utf-8") as file:
            runs = json.load(file)["runs"]
        self.assertEqual([run["automationDetails"]["id"].split("/")[-2] for run in runs],
                         ["first", "second"])
        self.assertEqual([len(run["results"]) for run in runs], [1, 1])
        self.assertEqual([len(run["artifacts"]) for run in runs], [1, 1])
        ids = re.findall(r"LeakOnPath   (\S+)", done.stdout)
        for name, driver in zip(ids, ("first", "second")):
            told = self.run_leak62("explain", name)
            self.assertEqual(told.returncode, 0, told.stderr)
            self.assertIn(f"    {driver}!DriverEntry ", told.stdout)
        self.assertEqual(self.run_leak62("explain", "--driver", "first", "first.c:5").returncode, 0)
        told = self.run_leak62("explain", "--driver", "first", "second.c:5")
        self.assertEqual(told.returncode, 2)
        self.assertIn("no finding 'second.c:5'", told.stderr)

    def test_suppressed_once(self):
        """An entry of the project file that fits in one driver is no warning in others."""
        self.leak("first.c")
        self.clean("second.c")
        self.write(".leak62.yml", "suppress:\n- file: first.c\n  reason: meant\n"
                                  "- file: third.c\n  reason: not there\n")
        done = self.scan("first.c", "second.c", expect=0)
        self.assertEqual(done.stderr.count("this suppression fits no finding"), 1)
        self.assertIn(".leak62.yml(4): ", done.stderr)


class Notes(Several):
    def test_without_unload(self):
        self.clean("a.c")
        done = self.scan("a.c", expect=0)
        self.assertIn("No unload routine: the driver cannot be unloaded, so bug check 0x62 does "
                      "not apply to it.\n\nleak62: ", done.stdout)

    def test_unknown_functions(self):
        self.entry("one.c", more="Setup(); Cleanup();")
        done = self.scan("one.c", expect=0)
        self.assertIn("Without a body in the files given: 2 functions, in 4 calls (Cleanup, Setup);",
                      done.stdout)
        self.setup_file("setup.c")
        done = self.scan("one.c", "setup.c")
        self.assertNotIn("Without a body", done.stdout)

    def test_framework(self):
        self.clean("a.c", extra="NTSTATUS NdisMRegisterMiniportDriver(PDRIVER_OBJECT);\n"
                                "NTSTATUS Register(PDRIVER_OBJECT d)\n"
                                "{ return NdisMRegisterMiniportDriver(d); }")
        done = self.scan("a.c", expect=0)
        self.assertIn("Not modelled: NDIS (NdisMRegisterMiniportDriver); ", done.stdout)
        self.assertNotIn("cannot be unloaded", done.stdout)


if __name__ == "__main__":
    scan_test.main()
