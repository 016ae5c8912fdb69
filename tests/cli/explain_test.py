#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""leak62 explain on what scans have left.

  explain_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
import json
import os
import re

import scan_test
from scan_test import Case

# Line 10 is the allocation; MyUnload frees it in the twin.
DRIVER = """#include <wdm.h>
typedef struct {{ PVOID Buffer; }} CONTEXT;
static CONTEXT g_Context;
static NTSTATUS MyControl(PVOID device, PVOID irp)
{{
	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(irp);
	if (g_Context.Buffer)
		ExFreePoolWithTag(g_Context.Buffer, 'tset');
	g_Context.Buffer = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	return STATUS_SUCCESS;
}}
static VOID MyUnload(struct _DRIVER_OBJECT *driver)
{{
	UNREFERENCED_PARAMETER(driver);
	{unload}
}}
NTSTATUS DriverEntry(struct _DRIVER_OBJECT *driver, PUNICODE_STRING path)
{{
	UNREFERENCED_PARAMETER(path);
	driver->MajorFunction[14] = MyControl;
	driver->DriverUnload = MyUnload;
	return STATUS_SUCCESS;
}}
"""
WDM = """
struct _DRIVER_OBJECT {
	void (*DriverUnload)(struct _DRIVER_OBJECT *);
	NTSTATUS (*MajorFunction[28])(PVOID, PVOID);
};
"""


class Explain(Case):
    LIGHT = True

    def setUp(self):
        super().setUp()
        with open(self.path("wdk/wdm.h"), "a", encoding="utf-8") as file:
            file.write(WDM)

    def driver(self, name="src/my.c", unload=""):
        return self.write(name, DRIVER.format(unload=unload))

    def explain(self, *args, expect=None, **more):
        done = self.run_leak62("explain", *args, **more)
        if expect is not None and done.returncode != expect:
            self.fail(f"exit code {done.returncode}, not {expect}\n{done.stdout}\n{done.stderr}")
        return done

    def ids(self, done):
        return re.findall(r"^    \S.*!\S+   \S+   (\S+)$", done.stdout, re.MULTILINE)

    def test_story(self):
        """By id, by the start of one, by place in several spellings."""
        self.driver()
        [name] = self.ids(self.scan("src/my.c", expect=1))
        self.assertRegex(name, "^[0-9a-f]{8}$")
        told = self.explain(name, expect=0).stdout
        self.assertIn("src/my.c(10)\n", told)
        self.assertTrue(told.endswith(
            "Story of CONTEXT.Buffer:\n"
            "  run:\n"
            "    src/my.c(10): MyControl acquires 'g_Context.Buffer' from ExAllocatePoolWithTag "
            "(16 bytes, tag test)\n"
            "    src/my.c(10): stored in CONTEXT.Buffer\n"
            "    src/my.c(9): MyControl releases CONTEXT.Buffer with ExFreePoolWithTag\n"
            "      from src/my.c(4): IRP_MJ_DEVICE_CONTROL dispatch routine MyControl\n"
            "  teardown:\n"
            "    src/my.c(13): DriverUnload routine MyUnload releases nothing of it\n"
            "\n"), told)
        for other in (name[:4], "src/my.c:10", "my.c(10)", self.path("src/my.c") + ":10"):
            self.assertEqual(self.explain(other, expect=0).stdout, told, other)
        both = self.explain(name, "my.c:10", expect=0).stdout
        self.assertEqual(both, told + told)

    REQUEST = """#include <wdm.h>
typedef struct _IO_STACK_LOCATION {{ unsigned char MajorFunction; union {{ struct {{
	ULONG InputBufferLength, IoControlCode; }} DeviceIoControl; }} Parameters; }} STACK;
typedef struct _IRP {{ struct {{ PVOID SystemBuffer; }} AssociatedIrp; STACK *Stack; }} IRP;
#define IOCTL_LOSE 0x222004
#define STATUS_UNSUCCESSFUL ((NTSTATUS)0xC0000001)
static NTSTATUS Lose(const ULONG *words, ULONG length)
{{
	PVOID first, second;
	if (length < 8 || words[1] != 3)
		return STATUS_UNSUCCESSFUL;
	first = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	if (!first)
		return STATUS_UNSUCCESSFUL;
	second = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	if (!second) {{
		{release}
		return STATUS_UNSUCCESSFUL;
	}}
	ExFreePoolWithTag(first, 'tset');
	ExFreePoolWithTag(second, 'tset');
	return STATUS_SUCCESS;
}}
static NTSTATUS MyControl(PVOID device, PVOID request)
{{
	IRP *irp = request;
	UNREFERENCED_PARAMETER(device);
	switch (irp->Stack->Parameters.DeviceIoControl.IoControlCode) {{
	case IOCTL_LOSE:
		return Lose(irp->AssociatedIrp.SystemBuffer,
			irp->Stack->Parameters.DeviceIoControl.InputBufferLength);
	}}
	return STATUS_UNSUCCESSFUL;
}}
static VOID MyUnload(struct _DRIVER_OBJECT *driver) {{ UNREFERENCED_PARAMETER(driver); }}
NTSTATUS DriverEntry(struct _DRIVER_OBJECT *driver, PUNICODE_STRING path)
{{
	UNREFERENCED_PARAMETER(path);
	driver->MajorFunction[14] = MyControl;
	driver->DriverUnload = MyUnload;
	return STATUS_SUCCESS;
}}
"""

    def test_witness(self):
        """What the leaking path asks, in text and in SARIF; the twin has no finding."""
        self.write("src/io.c", self.REQUEST.format(release=""))
        [name] = self.ids(self.scan("src/io.c", "--sarif", "out.sarif", expect=1))
        self.assertIn(
            "To get there, by MyControl (DISPATCH):\n"
            "  IRP_MJ_DEVICE_CONTROL, control code 0x222004 (IOCTL_LOSE), input length >= 8, "
            "4 bytes at offset 4 of the system buffer = 3, "
            "ExAllocatePoolWithTag at src/io.c(15) returns NULL\n"
            "Story of first:\n", self.explain(name, expect=0).stdout)
        with open(self.path("out.sarif"), encoding="utf-8") as file:
            [result] = json.load(file)["runs"][0]["results"]
        witness = result["properties"]["leak62/witness"]
        self.assertTrue(witness["complete"])
        self.assertNotIn("why", witness)
        self.assertEqual((witness["entry"], witness["role"]), ("MyControl", "DISPATCH"))
        self.assertEqual(
            [(d["kind"], d.get("min"), d.get("max")) for d in witness["demands"]],
            [("major", 14, 14), ("ioctl", 0x222004, 0x222004), ("input_length", 8, None),
             ("buffer", 3, 3), ("returns", 0, 0)])
        buffer, returns = witness["demands"][3:]
        self.assertEqual((buffer["name"], buffer["offset"], buffer["width"]), ("system", 4, 4))
        self.assertEqual((returns["name"], returns["at"]["line"], returns["nth"]),
                         ("ExAllocatePoolWithTag", 15, 1))
        self.write("src/io.c", self.REQUEST.format(release="ExFreePoolWithTag(first, 'tset');"))
        self.scan("src/io.c", expect=0)

    def test_witness_with_gaps(self):
        """What cannot be put as a demand is said, and the witness is not complete."""
        self.write("src/io.c", self.REQUEST.format(release="").replace(
            "	first =", "	if (length % 3 != words[0] % 5)\n"
            "		return STATUS_UNSUCCESSFUL;\n	first ="))
        [name] = self.ids(self.scan("src/io.c", "--sarif", "out.sarif", expect=1))
        self.assertIn("  not known: length % 3 != words[0] % 5 (io.c(12))\n",
                      self.explain(name, expect=0).stdout)
        with open(self.path("out.sarif"), encoding="utf-8") as file:
            [result] = json.load(file)["runs"][0]["results"]
        witness = result["properties"]["leak62/witness"]
        self.assertFalse(witness["complete"])
        self.assertEqual(witness["why"], ["length % 3 != words[0] % 5 (io.c(12))"])

    def test_given_up(self):
        """Where the simulation of the slot does not follow, it says so; else nothing of it."""
        doubt = "  given up, nothing is claimed of ways that go on from there:\n"
        frees = "if ({}) {{ ExFreePoolWithTag(g_Context.Buffer, 'tset'); }}"
        known = "ExFreePoolWithTag(g_Context.Buffer, 'tset');"
        control = DRIVER.replace("if (g_Context.Buffer)\n", "if (0)\n")
        self.write("src/my.c", control.format(unload=frees.format("*(int *)g_Other")).replace(
            "static CONTEXT", "static PVOID g_Other;\nstatic CONTEXT"))
        [name] = self.ids(self.scan("src/my.c", expect=1))
        told = self.explain(name, expect=0).stdout
        self.assertTrue(told.endswith(
            doubt + "    src/my.c(17): MyUnload tests data that leak62 does not follow; it may tell "
            "whether CONTEXT.Buffer is still there\n\n"), told)
        self.write("src/my.c", control.format(unload=known))
        [name] = self.ids(self.scan("src/my.c", expect=1))
        self.assertNotIn("given up", self.explain(name, expect=0).stdout)

    def test_id_stays(self):
        """An id outlives lines that move and scans from another folder of the tree."""
        os.mkdir(self.path(".git"))
        self.driver()
        [name] = self.ids(self.scan("src/my.c", expect=1))
        self.write("src/my.c", "\n\n" + DRIVER.format(unload=""))
        self.assertEqual(self.ids(self.scan("src/my.c", expect=1)), [name])
        done = self.run_leak62("scan", "-I", "../wdk", "my.c", cwd=self.path("src"))
        self.assertEqual(self.ids(done), [name])
        self.explain(name, cwd=self.path("src"), expect=0)
        self.explain(name, "--source-root", self.path("src"), expect=2)

    def test_databases(self):
        """Where -p, --work and --db say."""
        source = self.driver()
        self.database([(source, f"clang -I{self.path('wdk')} -c {source}")],
                      "build/compile_commands.json")
        self.scan("-p", "build", expect=1)
        told = self.explain("-p", "build", "my.c:10", expect=0).stdout
        self.assertEqual(told, self.explain("-p", "build/compile_commands.json", "my.c:10",
                                            expect=0).stdout)
        self.assertEqual(told, self.explain("my.c:10", "--db", "build/.leak62/driver.db",
                                            expect=0).stdout)
        self.assertIn("    other!MyControl ", self.explain(
            "-p", "build", "--driver", "other", "my.c:10", expect=0).stdout)
        self.assertIn("there is no ", self.explain("my.c:10", expect=2).stderr)
        self.write("broken.db", "broken")
        self.assertEqual(self.explain("--db", "broken.db", "my.c:10").returncode, 2)

    def test_usage(self):
        for args, says in (([], "no finding given"), (["--db", "x", "-p", "y", "z"], "exclude"),
                           (["--nothing"], "unknown option '--nothing'"),
                           (["--db"], "an argument is missing after '--db'")):
            done = self.explain(*args, expect=2)
            self.assertIn(says, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)
        help_text = self.explain("--help", expect=0).stdout
        self.assertIn("Usage: leak62 explain [OPTIONS] FINDING...", help_text)
        self.assertIn("leak62 explain src/io.c:38", help_text)
        self.assertIn("  explain  ", self.run_leak62("--help").stdout)

    def test_no_such_finding(self):
        self.driver(unload="ExFreePoolWithTag(g_Context.Buffer, 'tset');")
        self.scan("src/my.c", expect=0)
        for name in ("my.c:10", "my.c:0", "my.c", "12345678", "", "(", ":", "my.c(10", "y.c:10"):
            done = self.explain(name, expect=2)
            self.assertIn("no finding '", done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    scan_test.main()
