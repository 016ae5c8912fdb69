#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""leak62 gate on git repositories as people have them.

  story_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

import scan_test  # noqa: E402
from scan_test import Case  # noqa: E402

WDM = """
typedef struct _DEVICE_OBJECT *PDEVICE_OBJECT;
struct _DRIVER_OBJECT {
	void (*DriverUnload)(struct _DRIVER_OBJECT *);
};
NTSTATUS Ready(ULONG length);
NTSTATUS Send(ULONG length);
"""
ENTRY = """#include <wdm.h>

static VOID Unload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNREFERENCED_PARAMETER(path);
	driver->DriverUnload = Unload;
	return STATUS_SUCCESS;
}
"""
# OldLeak loses its request where Ready fails; Request is in order.
IO = """#include <wdm.h>

#define TAG 'tset'

NTSTATUS OldLeak(ULONG length)
{
	PVOID request = ExAllocatePoolWithTag(NonPagedPool, length, TAG);
	NTSTATUS status;

	if (!request)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = Ready(length);
	if (status < 0)
		return status;
	status = Send(length);
	ExFreePoolWithTag(request, TAG);
	return status;
}

NTSTATUS Request(ULONG length)
{
	PVOID buffer = ExAllocatePoolWithTag(NonPagedPool, length, TAG);
	NTSTATUS status;

	if (!buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = Ready(length);
	if (status < 0) {
		ExFreePoolWithTag(buffer, TAG);
		return status;
	}
	status = Send(length);
	ExFreePoolWithTag(buffer, TAG);
	return status;
}
"""
FREE_OF_REQUEST = """	if (status < 0) {
		ExFreePoolWithTag(buffer, TAG);
		return status;
	}
"""
FREE_DELETED = """	if (status < 0) {
		return status;
	}
"""
NEW_LEAK = """
NTSTATUS Another(VOID)
{
	PVOID more = ExAllocatePoolWithTag(NonPagedPool, 64, 'wena');

	return more ? Ready(0) : STATUS_INSUFFICIENT_RESOURCES;
}
"""
SUMMARY = re.compile(r"^leak62: gate: (\d+) new findings?, (\d+) known, (\d+) fixed; "
                     r"compared with (.+)$", re.MULTILINE)


class Repository(Case):
    LIGHT = True

    def setUp(self):
        super().setUp()
        with open(self.path("wdk/wdm.h"), "a", encoding="utf-8") as file:
            file.write(WDM)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Some One")
        self.git("config", "user.email", "some.one@example.com")
        self.write(".gitignore", ".leak62/\nbuild/\n*.sarif\n")
        self.write("src/entry.c", ENTRY)
        self.write("src/io.c", IO)
        self.compile_commands()
        self.commit("A driver")

    def git(self, *args, cwd=None):
        env = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")
        done = subprocess.run(["git", *args], cwd=cwd or self.dir, env=env, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def compile_commands(self, files=("src/entry.c", "src/io.c")):
        os.makedirs(self.path("build"), exist_ok=True)
        rows = [{"directory": self.path("build"), "file": f"../{file}",
                 "command": f"cc -I../wdk -c ../{file}"} for file in files]
        return self.write("build/compile_commands.json", json.dumps(rows))

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def edit(self, name, old, new):
        text = self.read(name)
        self.assertIn(old, text)
        self.write(name, text.replace(old, new, 1))

    def line_of(self, name, text, after=""):
        """The number of the first line that holds text, after one that holds after."""
        lines = self.read(name).splitlines()
        start = next((i for i, line in enumerate(lines) if after in line), 0)
        return next(i for i, line in enumerate(lines[start:], start + 1) if text in line)

    def gate(self, *args, expect, **more):
        env = {key: value for key, value in os.environ.items()
               if not key.startswith(("GITHUB_", "CI_MERGE", "SYSTEM_PULL"))}
        env.update(more.pop("env", {}))
        done = self.run_leak62("gate", "-p", "build", *args, env=env, **more)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def counts(self, done):
        """(new, known, fixed)"""
        found = SUMMARY.search(done.stdout)
        self.assertIsNotNone(found, done.stdout + done.stderr)
        return tuple(int(number) for number in found.groups()[:3])

    def check(self, expect, new=0, known=0, fixed=0, by=("--baseline", "leak62.baseline"),
              **more):
        done = self.gate(*by, expect=expect, **more)
        self.assertEqual(self.counts(done), (new, known, fixed), done.stdout + done.stderr)
        return done

    def baseline_of(self, name, *files):
        """What would be known now."""
        self.gate("--baseline", f"build/{name}", "--update-baseline", *files, expect=0)
        return self.read(f"build/{name}")

    def make_baseline(self):
        self.gate("--baseline", "leak62.baseline", "--update-baseline", expect=0)
        return self.commit("What is known")


class Story(Repository):
    """A driver, its baseline, and what happens to them."""

    def test_baseline_round_trip(self):
        self.make_baseline()
        first = self.read("leak62.baseline")
        lines = first.splitlines()
        self.assertEqual(json.loads(lines[0]), {"leak62-baseline": 1})
        entry = json.loads(lines[1])
        self.assertEqual((entry["rule"], entry["file"], entry["function"]),
                         ("LEAK6201", "src/io.c", "OldLeak"))
        self.assertEqual(len(lines), 2)
        self.check(0, known=1)
        self.gate("--baseline", "leak62.baseline", "--update-baseline", expect=0)
        self.assertEqual(self.read("leak62.baseline"), first)

    def test_deleted_free(self):
        """One finding, where the free was; the fix passes again."""
        self.make_baseline()
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        self.commit("One free less")
        done = self.check(1, new=1, known=1)
        line = self.line_of("src/io.c", "return status;", after="PVOID buffer")
        site = self.line_of("src/io.c", "PVOID buffer")
        self.assertRegex(done.stdout, rf"src/io\.c\({site}\)\n    .*!Request   LeakOnPath")
        self.assertIn(f"changed at src/io.c({line}): here stood "
                      "'ExFreePoolWithTag(buffer, TAG);'", done.stdout)
        self.assertNotIn("OldLeak", done.stdout)
        self.edit("src/io.c", FREE_DELETED, FREE_OF_REQUEST)
        self.check(0, known=1)

    def test_sarif(self):
        self.make_baseline()
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        self.gate("--baseline", "leak62.baseline", "--sarif", "out.sarif", expect=1)
        results = json.loads(self.read("out.sarif"))["runs"][0]["results"]
        self.assertEqual([result["baselineState"] for result in results],
                         ["unchanged", "new"])
        place = results[1]["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "src/io.c")
        self.assertEqual(place["region"]["startLine"],
                         self.line_of("src/io.c", "return status;", after="PVOID buffer"))
        related = {entry["message"]["text"]: entry["physicalLocation"]["region"]["startLine"]
                   for entry in results[1]["relatedLocations"]}
        self.assertEqual(related["Allocated here by ExAllocatePoolWithTag."],
                         self.line_of("src/io.c", "PVOID buffer"))
        self.assertIn("Changed: here stood 'ExFreePoolWithTag(buffer, TAG);'.",
                      results[1]["message"]["text"])

    def test_absent_in_sarif(self):
        self.make_baseline()
        self.edit("src/io.c", "	if (status < 0)\n		return status;\n", "")
        by = ("--baseline", "leak62.baseline", "--sarif", "out.sarif")
        self.check(0, fixed=1, by=by)
        self.assertEqual(json.loads(self.read("out.sarif"))["runs"][0]["results"], [])
        self.check(0, fixed=1, by=(*by, "--fixed-in-sarif"))
        result, = json.loads(self.read("out.sarif"))["runs"][0]["results"]
        self.assertEqual((result["baselineState"], result["ruleId"]), ("absent", "LEAK6201"))

    def test_deleted_free_of_unload(self):
        """A life-cycle finding is put where the free stood, far from the allocation."""
        text = self.read("src/entry.c")
        text = text.replace("static VOID Unload", "static PVOID g_Table;\n\nstatic VOID Unload")
        text = text.replace("	UNREFERENCED_PARAMETER(driver);\n",
                            "	UNREFERENCED_PARAMETER(driver);\n"
                            "	if (g_Table)\n"
                            "		ExFreePoolWithTag(g_Table, 'tset');\n")
        text = text.replace("	return STATUS_SUCCESS;",
                            "	g_Table = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');\n"
                            "	return g_Table ? STATUS_SUCCESS "
                            ": STATUS_INSUFFICIENT_RESOURCES;")
        self.write("src/entry.c", text)
        self.make_baseline()
        self.check(0, known=1)
        self.edit("src/entry.c",
                  "	if (g_Table)\n		ExFreePoolWithTag(g_Table, 'tset');\n", "")
        self.commit("Unload frees nothing")
        self.assertIn('"place": "::g_Table"',
                      self.baseline_of("more", "src/entry.c", "src/io.c"))
        done = self.check(1, new=1, known=1)
        line = self.line_of("src/entry.c", "}", after="UNREFERENCED_PARAMETER(driver)")
        self.assertIn("LeakAtUnload", done.stdout)
        self.assertIn(f"changed at src/entry.c({line}): here stood "
                      "'ExFreePoolWithTag(g_Table, 'tset');'", done.stdout)
        done = self.gate("--baseline", "leak62.baseline", "--format", "github", expect=1)
        self.assertIn(f"::error file=src/entry.c,line={line},", done.stdout)

    def test_shared_by_drivers(self):
        """What two drivers are made of is one finding, also when a third takes it."""
        for name in ("one", "two"):
            self.write(f"{name}/entry.c", ENTRY)
        rows = [{"directory": self.path("build"), "file": self.path(file),
                 "command": f"cc -I../wdk -o CMakeFiles/{target}.dir/x.o -c {self.path(file)}"}
                for target in ("one", "two") for file in (f"{target}/entry.c", "src/io.c")]
        self.write("build/compile_commands.json", json.dumps(rows[:2]))
        self.make_baseline()
        self.write("build/compile_commands.json", json.dumps(rows))
        done = self.check(0, known=1)
        self.assertEqual(done.stdout.count("0 new findings"), 3)
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        done = self.check(1, new=1, known=1)
        self.assertIn("one!Request", done.stdout)
        self.assertIn("two!Request", done.stdout)

    def test_fix_is_listed(self):
        self.make_baseline()
        self.edit("src/io.c", "	if (status < 0)\n		return status;\n", "")
        done = self.check(0, fixed=1)
        self.assertIn("Fixed:\n  src/io.c\n    LeakOnPath in OldLeak: request, allocated by "
                      "ExAllocatePoolWithTag\n", done.stdout)
        self.assertIn("take it out with --update-baseline", done.stdout)
        self.gate("--baseline", "leak62.baseline", "--update-baseline", expect=0)
        self.assertEqual(self.read("leak62.baseline"), '{"leak62-baseline": 1}\n')

    def test_suppressed_is_not_fixed(self):
        """It is there all the same; the baseline need not know it."""
        self.make_baseline()
        self.write(".leak62.yml", "suppress:\n  - file: src/io.c\n    reason: intended\n")
        done = self.check(0)
        self.assertIn("1 suppressed", done.stdout)
        self.check(0, by=("--since", "HEAD"))
        self.gate("--baseline", "leak62.baseline", "--update-baseline", expect=0)
        self.assertEqual(self.read("leak62.baseline"), '{"leak62-baseline": 1}\n')
        os.unlink(self.path(".leak62.yml"))
        self.check(1, new=1)

    def test_moved_lines(self):
        self.make_baseline()
        self.edit("src/io.c", "#define TAG", "/*\n * Words.\n */\n#define TAG")
        self.check(0, known=1)

    def test_new_leak(self):
        self.make_baseline()
        self.write("src/io.c", self.read("src/io.c") + NEW_LEAK)
        done = self.check(1, new=1, known=1)
        self.assertIn("!Another", done.stdout)
        # Its own lines are in the change already.
        self.assertNotIn("changed at", done.stdout)

    def test_renamed_file(self):
        """By git, and by hand without telling git."""
        self.make_baseline()
        os.rename(self.path("src/io.c"), self.path("src/requests.c"))
        self.compile_commands(("src/entry.c", "src/requests.c"))
        self.check(0, known=1)
        self.commit("Another name")
        self.check(0, known=1)

    def test_moved_and_renamed_function(self):
        self.make_baseline()
        start, end = IO.index("NTSTATUS OldLeak"), IO.index("NTSTATUS Request")
        function = IO[start:end].replace("OldLeak", "SendRequest")
        self.write("src/io.c", IO[:start] + IO[end:])
        self.write("src/send.c", "#include <wdm.h>\n\n#define TAG 'tset'\n\n" + function)
        self.compile_commands(("src/entry.c", "src/io.c", "src/send.c"))
        self.check(0, known=1)
        # A copy is new where the old one still leaks.
        self.write("src/io.c", IO)
        self.check(1, new=1, known=1)

    def test_copy_of_what_was_fixed(self):
        """The statement that lost it stands and loses nothing now; the copy is another."""
        self.make_baseline()
        start, end = IO.index("NTSTATUS OldLeak"), IO.index("NTSTATUS Request")
        self.edit("src/io.c", "	if (status < 0)\n		return status;\n",
                  "	if (status < 0)\n		ExFreePoolWithTag(request, TAG);\n"
                  "	if (status < 0)\n		return status;\n")
        self.write("src/send.c", "#include <wdm.h>\n\n#define TAG 'tset'\n\n"
                   + IO[start:end].replace("OldLeak", "SendRequest"))
        self.compile_commands(("src/entry.c", "src/io.c", "src/send.c"))
        self.check(1, new=1, fixed=1)

    def test_formatted_anew(self):
        """clang-format with a style of another world: braces, breaks, blanks."""
        self.make_baseline()
        tool = shutil.which("clang-format-19")
        self.assertIsNotNone(tool, "clang-format is missing: apt-get install clang-format-19")
        style = ("{BasedOnStyle: GNU, ColumnLimit: 40, InsertBraces: true, IndentWidth: 3, "
                 "AlwaysBreakAfterReturnType: All}")
        subprocess.run([tool, "-i", f"--style={style}", self.path("src/io.c")], check=True)
        self.assertNotEqual(self.read("src/io.c"), IO)
        self.check(0, known=1)

    def test_fixed_and_another_in_one_function(self):
        """The same function, variable and tag; the leak is not the one that is known."""
        self.make_baseline()
        self.edit("src/io.c", """	if (status < 0)
		return status;
	status = Send(length);
	ExFreePoolWithTag(request, TAG);
	return status;
""", """	if (status < 0) {
		ExFreePoolWithTag(request, TAG);
		return status;
	}
	status = Send(length);
	return status;
""")
        self.check(1, new=1, fixed=1)

    def test_another_exit_of_a_known_one(self):
        self.make_baseline()
        self.edit("src/io.c", "	status = Send(length);\n",
                  "	if (length > 100)\n		return STATUS_SUCCESS;\n"
                  "	status = Send(length);\n")
        done = self.gate("--baseline", "leak62.baseline", expect=1)
        self.assertEqual(self.counts(done)[0], 1)
        line = self.line_of("src/io.c", "return STATUS_SUCCESS")
        self.assertRegex(done.stdout, rf"(lost|changed) at src/io\.c\({line}\)")


class Since(Repository):
    def test_without_baseline(self):
        by = ("--since", "main")
        self.git("checkout", "-q", "-b", "work")
        done = self.check(0, known=1, by=by)
        self.assertRegex(done.stderr, r"^leak62: scanning [0-9a-f]{12} first, where HEAD and "
                                      r"'main' part\n$")
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        done = self.check(1, new=1, known=1, by=by)
        line = self.line_of("src/io.c", "return status;", after="PVOID buffer")
        self.assertIn(f"changed at src/io.c({line})", done.stdout)
        self.commit("One free less")
        # What happens on main meanwhile is not this branch's.
        self.git("checkout", "-q", "main")
        self.write("src/io.c", self.read("src/io.c") + NEW_LEAK)
        self.commit("Another leak")
        self.git("checkout", "-q", "work")
        self.check(1, new=1, known=1, by=by)
        self.edit("src/io.c", FREE_DELETED, FREE_OF_REQUEST)
        self.check(0, known=1, by=by)

    def test_nothing_is_left_behind(self):
        temporary = self.path("build/tmp")
        os.makedirs(temporary)
        before = self.git("status", "--porcelain", "--ignored")
        self.check(0, known=1, by=("--since", "HEAD"),
                   env={"TMPDIR": temporary})
        self.assertEqual(os.listdir(temporary), [])
        self.assertEqual(self.git("worktree", "list").count("\n"), 0)
        self.assertEqual(before.replace("!! build/\n", "").replace("!! build/", ""),
                         self.git("status", "--porcelain", "--ignored")
                         .replace("!! build/\n", "").replace("!! build/", ""))

    def test_files_come_and_go(self):
        by = ("--since", "main")
        self.git("checkout", "-q", "-b", "work")
        self.git("mv", "src/io.c", "src/requests.c")
        self.write("src/more.c", "#include <wdm.h>\n" + NEW_LEAK)
        self.compile_commands(("src/entry.c", "src/requests.c", "src/more.c"))
        done = self.check(1, new=1, known=1, by=by)
        self.assertIn("!Another", done.stdout)
        self.commit("Renamed")
        self.check(1, new=1, known=1, by=by)
        # A function goes to another file, and the old one goes away.
        start, end = IO.index("NTSTATUS OldLeak"), IO.index("NTSTATUS Request")
        self.write("src/more.c", "#include <wdm.h>\n#define TAG 'tset'\n" + IO[start:end])
        os.unlink(self.path("src/requests.c"))
        self.compile_commands(("src/entry.c", "src/more.c"))
        self.commit("Another file")
        self.check(0, known=1, by=by)

    def test_without_database(self):
        files = ["src/entry.c", "src/io.c"]
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        done = self.run_leak62("gate", "--since", "HEAD", "-Iwdk", *files)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(self.counts(done), (1, 1, 0))

    def test_commands_of_then(self):
        """Folders, forced includes and macros of both kinds of compilers are those of then;
        what a build generates is that of now."""
        self.write("src/force.h", "#define PUT(p) ExFreePoolWithTag(p, TAG)\n")
        self.write("src/inc/length.h", "#define LENGTH 8\n")
        self.write("build/made.h", "#define MADE 1\n")
        self.edit("src/io.c", "#include <wdm.h>\n",
                  '#include <wdm.h>\n#include <length.h>\n#include <made.h>\n'
                  "#if !MADE || !LENGTH || !defined(MORE)\n#error\n#endif\n")
        self.edit("src/io.c", FREE_OF_REQUEST,
                  FREE_OF_REQUEST.replace("ExFreePoolWithTag(buffer, TAG)", "PUT(buffer)"))
        self.commit("Headers")
        self.write("src/force.h", "#define PUT(p) (void)(p)\n")
        for command in (
                "cc -I../wdk -isystem ../src/inc -I . -include ../src/force.h '-DMORE=\"a b\"[0]' "
                "-std=gnu11 -o CMakeFiles/ferry.dir/io.o -c ../src/io.c",
                "clang-cl /I../wdk -imsvc ../src/inc /I. /FI../src/force.h /DMORE#3 /TC "
                "/FoCMakeFiles/ferry.dir/io.obj /c ../src/io.c"):
            self.write("build/compile_commands.json",
                       json.dumps([{"directory": self.path("build"), "file": "../src/io.c",
                                    "command": command}]))
            self.check(1, new=1, known=1, by=("--since", "HEAD"))

    def test_broken_then(self):
        """What could not be analysed then has no known findings, and that is said."""
        good = self.read("src/io.c")
        self.write("src/io.c", "#error broken\n")
        self.commit("Broken")
        self.write("src/io.c", good)
        done = self.check(1, new=1, by=("--since", "HEAD"))
        self.assertRegex(done.stderr, r"warning: at [0-9a-f]{12} src/io\.c could not be analysed, "
                                      r"so what is found there counts as new: .*broken")

    def test_interrupted(self):
        """A signal ends it, and nothing is left behind."""
        temporary = self.path("build/tmp")
        os.makedirs(temporary)
        began, clang = shlex.quote(self.path("build/began")), shlex.quote(scan_test.TOOLS.clang)
        stub = self.write("build/slow", f'#!/bin/sh\ncase "$*" in *--version*) exec {clang} "$@";; '
                          f"esac\n: > {began}\nexec sleep 30\n", mode=0o755)
        process = subprocess.Popen(
            [scan_test.TOOLS.leak62, "gate", "--since", "HEAD", "--clang", stub, "-p", "build"],
            cwd=self.dir, env=dict(os.environ, TMPDIR=temporary), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not os.path.exists(self.path("build/began")):
            time.sleep(0.05)
        self.assertIsNone(process.poll())
        self.assertNotEqual(os.listdir(temporary), [])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), -signal.SIGTERM)
        self.assertEqual(os.listdir(temporary), [])

    def test_header_of_then(self):
        """A free that was in a header of the commit is known to have been there."""
        self.write("src/put.h", "#include <wdm.h>\n#define PUT(p) ExFreePoolWithTag(p, 'tset')\n")
        self.edit("src/io.c", "#include <wdm.h>\n", '#include "put.h"\n')
        self.edit("src/io.c", FREE_OF_REQUEST,
                  FREE_OF_REQUEST.replace("ExFreePoolWithTag(buffer, TAG)", "PUT(buffer)"))
        self.commit("A macro")
        self.write("src/put.h", "#include <wdm.h>\n#define PUT(p) (void)(p)\n")
        done = self.check(1, new=1, known=1, by=("--since", "HEAD"))
        self.assertIn("changed at src/put.h(2): here stood '#define PUT(p) "
                      "ExFreePoolWithTag(p, 'tset')'", done.stdout)


class Refusals(Repository):
    def refused(self, *args, words, **more):
        self.refuses("-p", "build", *args, words=words, command="gate", **more)

    def test_usage(self):
        self.refused(words=["--baseline FILE or --since REV"])
        self.refused("--baseline", "a", "--since", "b", words=["exclude each other"])
        self.refused("--since", "HEAD", "--update-baseline", words=["needs the file"])
        self.refused("--baseline", "no", words=["no baseline no", "--update-baseline"])
        self.refused("--baseline", "no", "--format", "xml", words=["no format 'xml'", "github"])
        self.refused("--baseline", words=["needs an argument", "leak62 gate --help"])
        self.refused("--baseline", "no/such/folder", "--update-baseline",
                     words=["cannot be written", "no/such"])

    def test_revisions(self):
        self.refused("--since", "nonsense", words=["'nonsense' is no revision"])
        self.refused("--since", "--help-all", words=["'--help-all' is no revision"])
        self.git("checkout", "-q", "--orphan", "other")
        self.commit("Another beginning")
        self.refused("--since", "main", words=["no commit in common"])

    def test_shallow(self):
        self.git("checkout", "-q", "-b", "work")
        self.commit("Work")
        self.git("checkout", "-q", "main")
        self.commit("Meanwhile")
        self.git("checkout", "-q", "work")
        clone = self.path("build/clone")
        self.git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{self.dir}",
                 clone)
        done = self.run_leak62("gate", "--since", "origin/main", "-I", "wdk", "src/io.c",
                               cwd=clone)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn("shallow clone", done.stderr)
        self.assertIn("git fetch --unshallow", done.stderr)
        # As CI makes it, the other branch is not even named.
        self.git("clone", "-q", "--depth", "1", f"file://{self.dir}", clone + "-ci")
        for revision in ("origin/main", "HEAD~1"):
            done = self.run_leak62("gate", "--since", revision, "-I", "wdk", "src/io.c",
                                   cwd=clone + "-ci")
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn("shallow clone", done.stderr)
            self.assertIn("fetch-depth: 0", done.stderr)

    def test_no_repository(self):
        shutil.rmtree(self.path(".git"))
        self.refused("--since", "HEAD", words=["not in a git work tree", "--baseline FILE"])
        # A baseline needs none.
        self.gate("--baseline", "known", "--update-baseline", expect=0)
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        self.check(1, new=1, known=1, by=("--baseline", "known"))

    def test_damaged_baseline(self):
        self.make_baseline()
        good = self.read("leak62.baseline")
        entry = good.splitlines()[1]
        for text, words in (
                ("", ["(1)", "empty"]),
                ("hello\n", ["(1)"]),
                ("{}\n", ["(1)", "not a baseline"]),
                ('{"leak62-baseline": 99}\n', ["version 99"]),
                (good + "{\n", ["(3)"]),
                (good + entry.replace("LEAK6201", "") + "\n", ["(3)", "'rule'"]),
                (good + '{"file": 1}\n', ["(3)", "'file'"]),
                (good + "<<<<<<< HEAD\n", ["(3)", "merge conflict"]),
                (good[:-9], ["(2)"])):
            for more in ((), ("--update-baseline",)):
                self.write("leak62.baseline", text)
                self.refused("--baseline", "leak62.baseline", *more, words=words)
                self.assertEqual(self.read("leak62.baseline"), text)

    def test_failed_file(self):
        """New findings are said first; what could not be seen is not fixed."""
        self.write("src/more.c", "#include <wdm.h>\n" + NEW_LEAK)
        self.compile_commands(("src/entry.c", "src/io.c", "src/more.c"))
        self.make_baseline()
        before = self.read("leak62.baseline")
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        self.write("src/more.c", "#error broken\n")
        done = self.check(3, new=1, known=1)
        self.assertLess(done.stdout.index("!Request"), done.stdout.index("Not analysed:"))
        done = self.gate("--baseline", "leak62.baseline", "--update-baseline", expect=3)
        self.assertIn("kept in leak62.baseline without looking: 1 finding", done.stderr)
        after = self.read("leak62.baseline")
        self.assertTrue(set(before.splitlines()) < set(after.splitlines()), after)

    def test_one_file_alone(self):
        """Findings of files that were not looked at are neither fixed nor lost."""
        self.write("src/more.c", "#include <wdm.h>\n" + NEW_LEAK)
        self.compile_commands(("src/entry.c", "src/io.c", "src/more.c"))
        self.make_baseline()
        before = self.read("leak62.baseline")
        self.check(0, known=1, by=("--baseline", "leak62.baseline", "src/io.c"))
        self.gate("--baseline", "leak62.baseline", "--update-baseline", "src/io.c", expect=0)
        self.assertEqual(self.read("leak62.baseline"), before)
        # The same without a compile database.
        done = self.run_leak62("gate", "-Iwdk", "--baseline", "leak62.baseline",
                               "--update-baseline", "src/io.c")
        self.assertEqual(self.counts(done), (0, 1, 0), done.stdout + done.stderr)
        self.assertEqual(self.read("leak62.baseline"), before)


class Formats(Repository):
    def test_github(self):
        self.make_baseline()
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        done = self.gate("--baseline", "leak62.baseline", "--format", "github", expect=1)
        line = self.line_of("src/io.c", "return status;", after="PVOID buffer")
        rows = [row for row in done.stdout.splitlines() if row.startswith("::")]
        self.assertEqual(len(rows), 1, done.stdout)
        self.assertTrue(rows[0].startswith(
            f"::error file=src/io.c,line={line},endLine={line},title=leak62 LeakOnPath "), rows)

    def test_github_escapes(self):
        name = "src/odd,na%me.c"
        self.write(name, "#include <wdm.h>\n" + NEW_LEAK)
        done = self.run_leak62("scan", "--format", "github", "-Iwdk", name)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("file=src/odd%2Cna%25me.c,line=", done.stdout)

    def test_json(self):
        self.make_baseline()
        self.edit("src/io.c", FREE_OF_REQUEST, FREE_DELETED)
        done = self.gate("--baseline", "leak62.baseline", "--format", "json", expect=1)
        log = json.loads(done.stdout)
        self.assertEqual((log["format"], log["version"], log["exitCode"]),
                         ("leak62-findings", 1, 1))
        states = {finding["function"]: finding["state"]
                  for finding in log["drivers"][0]["findings"]}
        self.assertEqual(states, {"OldLeak": "known", "Request": "new"})
        self.assertEqual({key: log["gate"][key] for key in ("with", "new", "known", "fixed")},
                         {"with": "leak62.baseline", "new": 1, "known": 1, "fixed": []})
        done = self.run_leak62("scan", "-p", "build", "--format", "json")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("gate", json.loads(done.stdout))

    def test_sarif(self):
        done = self.run_leak62("scan", "-p", "build", "--format", "sarif", "--sarif", "a.sarif")
        self.assertEqual(done.returncode, 1)
        printed, written = json.loads(done.stdout), json.loads(self.read("a.sarif"))
        self.assertEqual(printed["runs"][0]["results"], written["runs"][0]["results"])


if __name__ == "__main__":
    scan_test.main()
