#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The two rounds of leak62 scan, and --focus.  Usage: see scan_test.py, of which
this is the second part.  Class Rounds runs a stub for clang, so that it knows what
each source's skeleton says; class Focus runs the real one.
"""
import os
import shlex
import shutil
import sys

import scan_test

# A function that calls Take, and two ways for that to be.
CALLS = """// skel: F {name} e /{name}.c 1 v 1 1 1
// skel: V p
// skel: B
// skel: C - Take e v0
// skel: R -
// skel: E
"""
TAKE = """// skel: F Take e /b.c 1 v 1 1 1
// skel: V p
// skel: B
// skel: {what}
// skel: R -
// skel: E
"""
FREES, KEEPS = TAKE.format(what="rel POOL v0"), TAKE.format(what="W @Kept v0")


class Stubbed(scan_test.Case):
    LIGHT = True

    def setUp(self):
        super().setUp()
        stub = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stub_clang.py")
        words = [sys.executable, stub, scan_test.TOOLS.clang, self.path("log")]
        self.stub = self.write("clang", f"#!/bin/sh\nexec {shlex.join(words)} \"$@\"\n", 0o755)
        self.write("inc/all.h", "")
        self.a()
        self.b(FREES)
        self.c()
        self.commands("a.c", "b.c", "c.c")

    def a(self, extra=""):
        self.leak("a.c", extra="#include <all.h>\n" + CALLS.format(name="A") + extra, function="A")

    def b(self, skeleton, extra=""):
        self.leak("b.c", extra=skeleton + extra, function="B")

    def c(self, extra=""):
        self.clean("c.c", extra=extra, function="C")

    def commands(self, *files):
        self.database([(file, f"gcc -Iinc -c {file}") for file in files])

    def ran(self, expected, *args, expect=1):
        """Scans, and compares what ran: "skeleton ab paths a" and so on."""
        if os.path.exists(self.path("log")):
            os.remove(self.path("log"))
        done = self.scan("--clang", self.stub, *args, expect=expect)
        stages = {"skeleton": "", "paths": "", "alone": ""}
        if os.path.exists(self.path("log")):
            with open(self.path("log"), encoding="utf-8") as file:
                for line in sorted(file):
                    stage, source = line.split()
                    stages[stage] += source[:-2]
        found = " ".join(f"{stage} {files}" for stage, files in stages.items() if files)
        self.assertEqual(found, expected, done.stderr)
        paths = stages["paths"] + stages["alone"]
        self.assertEqual(self.count(done, "re-analysed"), len(paths), done.stdout)
        return done

    def work(self, folder, source):
        """The one file of a source in a folder of the work folder."""
        ends = {"skel": ".skel", "sums": ".sum"}.get(folder, ".db")
        folder = self.path(".leak62/" + folder)
        found = [name for name in os.listdir(folder)
                 if name.startswith(source + "-") and name.endswith(ends)]
        self.assertEqual(len(found), 1, found)
        return os.path.join(folder, found[0])

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()


class Rounds(Stubbed):
    ALL = "skeleton abc paths abc"

    def test_each_file_twice_and_then_never(self):
        first = self.ran(self.ALL)
        self.assertEqual(self.count(first, "findings"), 2)
        self.assertEqual(self.count(first, "failed"), 0)
        self.assertNotIn("focus", first.stdout)
        self.assertIn("S Take ", self.read(self.work("sums", "a.c")))
        self.assertNotIn("S Take ", self.read(self.work("sums", "c.c")))
        second = self.ran("")
        self.assertEqual(second.stdout, first.stdout.replace("3 re-analysed", "0 re-analysed"))

    def test_the_first_round_comes_first(self):
        self.ran(self.ALL, "-j", "2")
        stages = [line.split()[0] for line in self.read(self.path("log")).splitlines()]
        self.assertEqual(stages, sorted(stages, reverse=True))

    def test_the_same_skeleton(self):
        self.ran(self.ALL)
        before = os.stat(self.work("skel", "b.c"))
        os.utime(self.path("b.c"))
        self.ran("skeleton b paths b")
        self.assertEqual(os.stat(self.work("skel", "b.c")).st_mtime_ns, before.st_mtime_ns)
        self.ran("")
        os.utime(self.path("inc/all.h"))
        self.ran("skeleton a paths a")
        self.ran("")

    def test_another_skeleton_reaches_its_callers(self):
        self.ran(self.ALL)
        before = self.read(self.work("sums", "a.c"))
        self.b(KEEPS)
        self.ran("skeleton b paths ab")
        self.assertNotEqual(self.read(self.work("sums", "a.c")), before)
        self.ran("")
        self.b(FREES)
        self.ran("skeleton b paths ab")
        self.assertEqual(self.read(self.work("sums", "a.c")), before)
        self.ran("")

    def test_another_skeleton_that_nobody_calls(self):
        self.ran(self.ALL)
        self.c(TAKE.format(what="rel POOL v0").replace("Take", "Other"))
        self.ran("skeleton c paths c")
        self.ran("")

    def test_more_files_and_fewer(self):
        self.commands("a.c", "c.c")
        self.ran("skeleton ac paths ac")
        alone = self.read(self.work("sums", "a.c"))
        self.commands("a.c", "b.c", "c.c")
        self.ran("skeleton b paths ab")
        self.assertNotEqual(self.read(self.work("sums", "a.c")), alone)
        self.commands("a.c", "c.c")
        self.ran("paths a")
        self.assertEqual(self.read(self.work("sums", "a.c")), alone)

    def test_chosen_files_are_told_of_all(self):
        self.ran("skeleton abc paths a", "-p", ".", "a.c")
        self.ran("paths bc")

    def test_without_summaries(self):
        done = self.ran("alone abc", "--no-summaries")
        self.assertEqual(os.listdir(self.path(".leak62/skel")), [])
        self.ran("", "--no-summaries")
        both = self.ran(self.ALL)
        self.assertEqual(both.stdout, done.stdout)
        self.b(KEEPS)
        self.ran("alone b", "--no-summaries")
        self.ran("skeleton b paths ab")
        self.ran("", "--no-summaries")
        self.ran("")

    def test_a_file_with_errors(self):
        self.b(FREES, "#error no\n")
        done = self.ran(self.ALL, expect=3)
        self.assertEqual(self.count(done, "failed"), 1)
        self.assertEqual(done.stdout.count("b.c"), 2)  # its name and its error
        self.assertNotIn("warning", done.stderr)
        skeleton = self.read(self.work("skel", "b.c")).splitlines()
        self.assertEqual(skeleton[0], "leak62-skeleton 2")
        self.assertEqual(len(skeleton), 2)
        self.assertRegex(skeleton[1], r"^T /\S+/b\.c$")
        self.ran("skeleton b paths b", expect=3)
        self.b(FREES)
        self.ran("skeleton b paths ab")
        self.ran("")

    def test_a_skeleton_that_fails(self):
        for what, words in (("crash", "was ended by signal 11"), ("fail", "does not want to"),
                            ("none", "wrote no skeleton"), ("cut", "wrote no skeleton"),
                            ("sleep", "took longer than 2 seconds")):
            with self.subTest(what):
                shutil.rmtree(self.path(".leak62"), ignore_errors=True)
                self.b(FREES, f"// stub: skeleton {what}\n")
                done = self.ran(self.ALL, "--tu-timeout", "2")
                self.assertEqual(self.count(done, "failed"), 0)
                self.assertEqual(self.count(done, "findings"), 2)
                warnings = [line for line in done.stderr.splitlines() if "warning" in line]
                self.assertEqual(len(warnings), 1, done.stderr)
                self.assertIn("b.c", warnings[0])
                self.assertEqual(len(self.read(self.work("skel", "b.c")).splitlines()), 2)
                # Tried again, and to the same end.
                done = self.ran("skeleton b", "--tu-timeout", "2")
                self.assertIn("warning: the functions of", done.stderr)
                log = self.work("skel", "b.c").replace(".skel", ".db.log")
                self.assertIn(f"see {log}", warnings[0])
                self.assertIn(words, self.read(log))

    def test_paths_that_fail(self):
        self.b(FREES, "// stub: paths crash\n")
        done = self.ran(self.ALL, expect=3)
        self.assertEqual(self.count(done, "failed"), 1)
        self.assertNotIn("warning", done.stderr)
        self.ran("paths b", expect=3)
        self.assertEqual(self.count(self.ran("alone abc", "--no-summaries"), "failed"), 0)

    def test_damaged_files(self):
        first = self.ran(self.ALL)

        def cut(path):
            with open(path, "r+b") as file:
                file.truncate(20)

        def empty(path):
            with open(path, "wb"):
                pass
        for damage in (cut, empty, os.remove):
            damage(self.work("skel", "b.c"))
            self.ran("skeleton b")
            facts = self.work("skel", "b.c").replace(".skel", ".db")
            damage(facts)
            self.ran("skeleton b")
            damage(self.work("sums", "a.c"))
            self.ran("paths a")
            damage(self.work("facts", "a.c"))
            done = self.ran("paths a")
            self.assertEqual(done.stdout, first.stdout.replace("3 re-analysed", "1 re-analysed"))
            self.ran("")

    def test_a_source_that_is_gone(self):
        self.ran(self.ALL)
        os.rename(self.path("b.c"), self.path("kept"))
        done = self.ran("paths a", expect=3)
        self.assertEqual(self.count(done, "failed"), 1)
        os.rename(self.path("kept"), self.path("b.c"))
        self.ran("paths ab")
        self.ran("")

    def test_focus(self):
        done = self.ran("skeleton abc paths a", "--focus", "a.c")
        self.assertEqual(self.count(done, "finding"), 1)
        self.assertTrue(done.stdout.endswith("; focus: 1 of 3 files\n"), done.stdout)
        self.assertNotIn("b.c", done.stdout)
        self.ran("", "--focus", self.path("a.c"))
        self.assertEqual(self.count(self.ran("paths bc"), "findings"), 2)
        done = self.ran("", "--focus", "b.c")
        self.assertEqual(self.count(done, "finding"), 1)
        self.assertNotIn("a.c", done.stdout)
        self.ran("", "--focus", "c.c", expect=0)
        done = self.ran("", "--focus", "b.c", "--focus", "a.c", "--focus", "./b.c")
        self.assertEqual(self.count(done, "findings"), 2)
        self.assertTrue(done.stdout.endswith("; focus: 2 of 3 files\n"), done.stdout)
        self.ran("")

    def test_focus_and_what_changes(self):
        self.ran(self.ALL)
        self.b(KEEPS)
        self.ran("skeleton b paths a", "--focus", "a.c")
        self.ran("paths b")
        os.utime(self.path("c.c"))
        self.ran("skeleton c", "--focus", "a.c")
        self.ran("paths c")

    def test_focus_without_summaries(self):
        self.ran("skeleton bc alone a", "--focus", "a.c", "--no-summaries")
        self.ran("alone bc", "--no-summaries")
        self.ran("skeleton a paths a", "--focus", "a.c")

    def test_focus_beside_a_file_with_errors(self):
        self.b(FREES, "#error no\n")
        done = self.ran("skeleton abc paths a", "--focus", "a.c", expect=3)
        self.assertEqual(self.count(done, "failed"), 1)
        self.assertEqual(self.count(done, "finding"), 1)
        self.ran("skeleton b", "--focus", "a.c", expect=3)
        done = self.ran("skeleton b paths bc", expect=3)
        self.assertEqual(self.count(done, "failed"), 1)

    def test_focus_on_what_is_not_there(self):
        self.write("d.c", "")
        words = ["--focus d.c is not one of the files", "name one of", "compile_commands.json"]
        self.refuses("--focus", "d.c", words=words)
        self.refuses("--focus", "none.c", words=["--focus none.c is not one of the files"])
        self.refuses("-p", ".", "a.c", "b.c", "--focus", "c.c",
                     words=["--focus c.c is not one of the files"])
        self.refuses("a.c", "--focus", "b.c", words=["--focus b.c is not one of the files", "those given"])
        self.refuses("--focus", words=["'--focus' needs an argument"])


# What one file keeps, another file's unload routine frees or does not.
KEEPER = """#include <wdm.h>
PVOID Kept;
DRIVER_UNLOAD Unload;
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNREFERENCED_PARAMETER(path);
	Kept = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	driver->DriverUnload = Unload;
	return STATUS_SUCCESS;
}
"""
UNLOADER = """#include <wdm.h>
extern PVOID Kept;
VOID Unload(PDRIVER_OBJECT driver)
{{
	UNREFERENCED_PARAMETER(driver);
	{free}
}}
"""


class Focus(scan_test.Case):
    def setUp(self):
        super().setUp()
        self.write("keep.c", KEEPER)
        self.leak("other.c", function="Other")

    def unload(self, free):
        self.write("unload.c", UNLOADER.format(free=free))

    def focus(self, *files, expect):
        focus = [word for file in files for word in ("--focus", file)]
        return self.scan(*focus, "keep.c", "unload.c", "other.c", expect=expect)

    def test_slots_of_other_files(self):
        self.unload("ExFreePoolWithTag(Kept, 'tset');")
        done = self.focus("keep.c", expect=0)
        self.assertEqual(self.count(done, "re-analysed"), 1)
        self.focus("unload.c", expect=0)
        done = self.focus("other.c", expect=1)
        self.assertIn("other.c(5)", done.stdout)
        self.assertEqual(self.count(self.focus(expect=1), "re-analysed"), 0)

    def test_slots_that_nobody_frees(self):
        self.unload("")
        done = self.focus("keep.c", expect=1)
        self.assertIn("keep.c(7)", done.stdout)
        self.assertEqual(self.count(done, "finding"), 1)
        self.assertEqual(self.count(self.focus(expect=1), "findings"), 2)
        done = self.focus("unload.c", expect=1)
        self.assertIn("keep.c(7)", done.stdout)
        self.assertIn("missing at unload.c(7): Unload does not free global Kept", done.stdout)
        self.assertEqual(self.count(done, "finding"), 1)
        self.focus("other.c", expect=1)


if __name__ == "__main__":
    scan_test.main()
