#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""leak62 gate where only a name has changed: what is known stays known, and nothing hides.

  renamed_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
from story_test import Repository  # puts tests/cli on the path

import scan_test

# Two alike: {leaks} is lost where Ready fails, {frees} is not.
PAIR = """#include <wdm.h>

#define TAG 'tset'

NTSTATUS Pair(ULONG length)
{{
	PVOID {leaks}, {frees};
	NTSTATUS status;

	{leaks} = ExAllocatePoolWithTag(NonPagedPool, length, TAG);
	if (!{leaks})
		return STATUS_INSUFFICIENT_RESOURCES;
	{frees} = ExAllocatePoolWithTag(NonPagedPool, length, TAG);
	if (!{frees}) {{
		ExFreePoolWithTag({leaks}, TAG);
		return STATUS_INSUFFICIENT_RESOURCES;
	}}
	status = Ready(length);
	ExFreePoolWithTag({frees}, TAG);
	if (status < 0)
		return status;
	ExFreePoolWithTag({leaks}, TAG);
	return Send(length);
}}
"""
UNLOAD = """#include <wdm.h>

struct {type} {{
	PVOID {field};
	PVOID {other};
}};
static struct {type} g_Data;

static VOID Unload(PDRIVER_OBJECT driver)
{{
	UNREFERENCED_PARAMETER(driver);
	if (g_Data.{other})
		ExFreePoolWithTag(g_Data.{other}, 'tset');
}}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{{
	UNREFERENCED_PARAMETER(path);
	driver->DriverUnload = Unload;
	g_Data.{other} = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	g_Data.{field} = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	return STATUS_SUCCESS;
}}
"""


class Renamed(Repository):
    def start(self, name, text):
        self.write(name, text)
        self.make_baseline()
        self.known = self.read("leak62.baseline").count('"rule"')
        self.check(0, known=self.known)

    def rename(self, name, *pairs):
        text = self.read(name)
        for old, new in pairs:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.write(name, text)

    def test_variable(self):
        self.make_baseline()
        self.rename("src/io.c", ("request", "packet"))
        self.check(0, known=1)
        # What is written is what is there now.
        self.gate("--baseline", "leak62.baseline", "--update-baseline", expect=0)
        self.assertIn('"place": "packet"', self.read("leak62.baseline"))
        self.check(0, known=1)

    def test_variable_since(self):
        self.rename("src/io.c", ("request", "packet"))
        self.check(0, known=1, by=("--since", "HEAD"))

    def test_variable_and_another_exit(self):
        """The new place of a known one is new under the new name as well."""
        self.make_baseline()
        self.rename("src/io.c", ("request", "packet"))
        self.edit("src/io.c", "	status = Send(length);\n",
                  "	status = Send(length);\n"
                  "	if (length > 100)\n		return STATUS_SUCCESS;\n")
        done = self.gate("--baseline", "leak62.baseline", expect=1)
        self.assertEqual(self.counts(done)[0], 1)

    def test_tag(self):
        """The macro's value, or the literal of the statement."""
        self.make_baseline()
        self.rename("src/io.c", ("'tset'", "'wena'"))
        self.check(0, known=1)
        self.rename("src/io.c", ("#define TAG 'wena'\n", ""), ("TAG", "'tset'"))
        self.gate("--baseline", "leak62.baseline", "--update-baseline", expect=0)
        self.rename("src/io.c", ("'tset'", "'wena'"))
        self.check(0, known=1)

    def test_tag_of_another_macro(self):
        """What it is cannot be seen from the statement."""
        self.make_baseline()
        self.rename("src/io.c", ("#define TAG 'tset'", "#define OTHER 'wena'"), ("TAG", "OTHER"))
        self.check(1, new=1, fixed=1)

    def test_field(self):
        names = {"type": "DATA", "field": "Buffer", "other": "Table"}
        self.start("src/entry.c", UNLOAD.format(**names))
        self.write("src/entry.c", UNLOAD.format(**dict(names, field="Copy")))
        self.check(0, known=self.known)
        self.write("src/entry.c", UNLOAD.format(**dict(names, type="STATE", field="Copy")))
        self.check(0, known=self.known)

    def test_another_field(self):
        """The one is freed now, the other is not: the names stand as they did."""
        names = {"type": "DATA", "field": "Buffer", "other": "Table"}
        self.start("src/entry.c", UNLOAD.format(**names))
        text = self.read("src/entry.c")
        start, end = text.index("	if (g_Data"), text.index("NTSTATUS DriverEntry")
        self.write("src/entry.c", text[:start] + text[start:end].replace("Table", "Buffer")
                   + text[end:])
        self.check(1, new=1, known=self.known - 1, fixed=1)

    def test_two_alike(self):
        """One is corrected and its twin leaks instead: that is a new one."""
        self.start("src/io.c", PAIR.format(leaks="first", frees="second"))
        self.rename("src/io.c", ("	ExFreePoolWithTag(second, TAG);\n	if (status < 0)\n		return",
                                 "	ExFreePoolWithTag(first, TAG);\n	if (status < 0)\n		return"),
                    ("	ExFreePoolWithTag(first, TAG);\n	return Send",
                     "	ExFreePoolWithTag(second, TAG);\n	return Send"))
        self.check(1, new=1, fixed=1)

    def test_two_renamed(self):
        """What follows a place where one is lost names the other: nothing is guessed."""
        self.start("src/io.c", PAIR.format(leaks="first", frees="second").replace(
            "	ExFreePoolWithTag(second, TAG);\n	if (status < 0)", "	if (status < 0)"))
        self.assertEqual(self.known, 3)
        self.rename("src/io.c", ("first", "one"))
        self.check(0, known=3)
        self.rename("src/io.c", ("second", "two"))
        self.check(1, new=1, known=2, fixed=1)

    def test_alike_but_for_the_names(self):
        """Which of them is which cannot be said: both are new."""
        self.start("src/io.c", PAIR.format(leaks="first", frees="second").replace(
            "	ExFreePoolWithTag(second, TAG);\n	if (status < 0)\n", "	if (status < 0)\n").replace(
            "	ExFreePoolWithTag(first, TAG);\n	return Send", "	return Send"))
        known = self.known
        self.rename("src/io.c", ("first", "one"), ("second", "two"))
        self.check(1, new=known, fixed=known)


if __name__ == "__main__":
    scan_test.main()
