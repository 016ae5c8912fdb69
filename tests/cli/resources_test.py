#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The project's own allocator, as `resources:` of .leak62.yml describes it.

  resources_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
import scan_test
from scan_test import Case

ROWS = """resources:
  - acquire: ArenaTake
    kind: pool
    size: 0
    tag: 1
  - release: ArenaGive
    kind: pool
    at: 0
  - acquire: ArenaCopy
    kind: pool
    at: 1
    fails: status
"""

HEADER = """#include <ntddk.h>
PVOID ArenaTake(SIZE_T size, ULONG tag);
VOID ArenaGive(PVOID block);
NTSTATUS ArenaCopy(PVOID from, PVOID *to);
"""

# Blocks out of one array: nothing that the kernel knows of is acquired.
ARENA = """#include "arena.h"
static UCHAR Blocks[64][64];
static PVOID Last;
PVOID ArenaTake(SIZE_T size, ULONG tag)
{
	static ULONG next;
	UNREFERENCED_PARAMETER(tag);
	if (size > sizeof(Blocks[0]) || next == 64)
		return NULL;
	Last = Blocks[next++];
	return Last;
}
VOID ArenaGive(PVOID block) { UNREFERENCED_PARAMETER(block); }
NTSTATUS ArenaCopy(PVOID from, PVOID *to)
{
	PVOID block = ArenaTake(64, 'ypoc');
	if (!block)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlCopyMemory(block, from, 64);
	*to = block;
	return STATUS_SUCCESS;
}
"""

# {early}: leaves by the refusal; {unload}: what DriverUnload does; {late}: the copy.
DRIVER = """#include "arena.h"
static PVOID Table;
static VOID Unload(PDRIVER_OBJECT driver)
{{
	UNREFERENCED_PARAMETER(driver);
	{unload}
}}
static NTSTATUS Ioctl(PDEVICE_OBJECT device, PIRP irp)
{{
	PVOID note = ArenaTake(32, 'eton'), copy;
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
	UNREFERENCED_PARAMETER(device);
	if (note) {{
		status = ArenaCopy(irp, &copy);
		if (!NT_SUCCESS(status)) {{
			{early}
			goto out;
		}}
		{late}
		ArenaGive(note);
	}}
out:
	irp->IoStatus.Status = status;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}}
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{{
	UNREFERENCED_PARAMETER(path);
	driver->DriverUnload = Unload;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Ioctl;
	Table = ArenaTake(48, 'lbat');
	return Table ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}}
"""


class Resources(Case):
    def driver(self, unload="ArenaGive(Table);", early="ArenaGive(note);",
               late="ArenaGive(copy);"):
        self.write("arena.h", HEADER)
        self.write("arena.c", ARENA)
        self.write("driver.c", DRIVER.format(unload=unload, early=early, late=late))

    def find(self, **forgotten):
        """{(line, rule)} of driver.c, with pieces of it left out."""
        self.driver(**{name: "" for name in forgotten})
        done = self.scan("driver.c", "arena.c", expect=1 if forgotten else 0)
        self.assertNotIn("arena.c(", done.stdout)
        return done

    def test_twins(self):
        self.write(".leak62.yml", ROWS)
        self.find()
        done = self.find(unload=True)
        self.assertEqual(self.count(done, "findings?:"), 1)
        self.assertIn("LeakAtUnload", done.stdout)
        self.assertIn("'Table' from ArenaTake (48 bytes, tag tabl)", done.stdout)
        done = self.find(early=True)
        self.assertEqual(self.count(done, "findings?:"), 1)
        self.assertRegex(done.stdout, r"LeakOnPath")
        self.assertIn("'note' from ArenaTake (tag note, 32 bytes)", done.stdout)
        done = self.find(late=True)
        self.assertEqual(self.count(done, "findings?:"), 1)
        self.assertIn("'copy' from ArenaCopy", done.stdout)
        done = self.find(unload=True, early=True, late=True)
        self.assertEqual(self.count(done, "findings?:"), 3)

    def test_without_rows(self):
        self.driver(unload="", early="", late="")
        self.scan("driver.c", "arena.c", expect=0)

    def test_a_changed_row_analyses_again(self):
        self.driver(unload="")
        self.write(".leak62.yml", ROWS)
        self.assertEqual(self.count(self.scan("driver.c", "arena.c", expect=1), "re-analysed"), 2)
        self.assertEqual(self.count(self.scan("driver.c", "arena.c", expect=1), "re-analysed"), 0)
        self.write(".leak62.yml", ROWS.replace("tag: 1", "tag: 0"))
        self.assertEqual(self.count(self.scan("driver.c", "arena.c", expect=1), "re-analysed"), 2)
        self.write(".leak62.yml", "resources: []\n")
        self.assertEqual(self.count(self.scan("driver.c", "arena.c", expect=0), "re-analysed"), 2)

    def test_wrong_family(self):
        """A resource of the project, of another kind than the routine that frees it."""
        self.write(".leak62.yml", ROWS.replace("kind: pool", "kind: mdl"))
        self.driver()
        self.scan("driver.c", "arena.c", expect=0)
        self.driver(early="ExFreePool(note);")
        done = self.scan("driver.c", "arena.c", expect=1)
        self.assertIn("goes to ExFreePool, not to ArenaGive", done.stdout)

    def test_an_error_names_file_and_line(self):
        self.driver()
        self.write(".leak62.yml", ROWS.replace("kind: pool\n    at: 0", "kind: pond\n    at: 0"))
        self.refuses("driver.c", "arena.c", words=[".leak62.yml(7): there is no kind 'pond'"])


if __name__ == "__main__":
    scan_test.main()
