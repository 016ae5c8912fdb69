#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""leak62 scan as its users meet it: exit codes, sentences, hostile input,
incremental and interrupted runs.

  scan_test.py --leak62 BIN --clang CLANG [GROUP [-v]]

GROUP is one of the classes below.  Needs the built plugin beside BIN.
"""
import argparse
import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import unittest

TOOLS = None

# Leaks on a path in line 5.
LEAK = """#include <wdm.h>
{extra}
NTSTATUS {name}(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{{
	PVOID p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	UNREFERENCED_PARAMETER(driver);
	UNREFERENCED_PARAMETER(path);
	return p ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}}
"""
CLEAN = """#include <wdm.h>
{extra}
NTSTATUS {name}(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{{
	PVOID p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	UNREFERENCED_PARAMETER(driver);
	UNREFERENCED_PARAMETER(path);
	if (p)
		ExFreePoolWithTag(p, 'tset');
	return STATUS_SUCCESS;
}}
"""


# As much of a WDK as these drivers need, for tests that are about other things.
WDM = """typedef long NTSTATUS; typedef void *PVOID; typedef void VOID;
typedef unsigned long ULONG; typedef unsigned __int64 SIZE_T; typedef int POOL_TYPE;
typedef struct _DRIVER_OBJECT *PDRIVER_OBJECT; typedef struct _UNICODE_STRING *PUNICODE_STRING;
PVOID ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size, ULONG tag);
void ExFreePoolWithTag(PVOID p, ULONG tag);
#define NonPagedPool 0
#define STATUS_SUCCESS 0
#define STATUS_INSUFFICIENT_RESOURCES ((NTSTATUS)0xC000009AL)
#define UNREFERENCED_PARAMETER(p) (void)(p)
"""


class Case(unittest.TestCase):
    LIGHT = False  # use WDM in place of mingw-w64's headers

    def setUp(self):
        self.dir = os.path.realpath(tempfile.mkdtemp(prefix="leak62 scan-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        if self.LIGHT:
            self.write("wdk/wdm.h", WDM)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text, mode=None):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        if mode is not None:
            os.chmod(path, mode)
        return path

    def leak(self, name="leak.c", extra="", function="DriverEntry"):
        return self.write(name, LEAK.format(extra=extra, name=function))

    def clean(self, name="clean.c", extra="", function="DriverEntry"):
        return self.write(name, CLEAN.format(extra=extra, name=function))

    def database(self, entries, name="compile_commands.json"):
        """entries: (file, command), command a string or a list."""
        rows = []
        for file, command in entries:
            key = "command" if isinstance(command, str) else "arguments"
            rows.append({"directory": self.dir, "file": file, key: command})
        return self.write(name, json.dumps(rows))

    def run_leak62(self, *args, env=None, cwd=None):
        return subprocess.run([TOOLS.leak62, *args], cwd=cwd or self.dir, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
                              encoding="utf-8", errors="replace")

    def scan(self, *args, expect=None, **more):
        light = ["-I", self.path("wdk")] if self.LIGHT else []
        done = self.run_leak62("scan", *light, *args, **more)
        if expect is not None and done.returncode != expect:
            self.fail(f"exit code {done.returncode}, not {expect}\n"
                      f"{done.stdout}\n{done.stderr}")
        return done

    def refuses(self, *args, words, command="scan", **more):
        """Exit code 2 and one sentence that holds the words."""
        done = self.run_leak62(*([command] if command else []), *args, **more)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("leak62: "), done.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def count(self, done, what):
        """The number before `what` in the summary line."""
        summary = [line for line in done.stdout.splitlines() if line.startswith("leak62: ")]
        self.assertEqual(len(summary), 1, done.stdout)
        found = re.search(r"(\d+) " + what, summary[0])
        self.assertIsNotNone(found, summary[0])
        return int(found.group(1))


class Usage(Case):
    def test_help_and_version(self):
        for args, word in ((["--help"], "scan"), (["scan", "--help"], "Examples:"),
                           (["scan", "-h"], "leak62 scan -p build"),
                           (["scan", "--rules"], "LeakAtUnload"), (["--version"], "leak62 ")):
            done = self.run_leak62(*args)
            self.assertEqual(done.returncode, 0)
            self.assertIn(word, done.stdout)
            self.assertEqual(done.stderr, "")

    def test_unknown(self):
        self.refuses(words=["no command"], command=None)
        self.refuses(words=["unknown command 'frobnicate'"], command="frobnicate")
        self.refuses(words=["unknown option '--frobnicate'"], command="--frobnicate")
        self.refuses("--frobnicate", words=["unknown option '--frobnicate'"])
        self.refuses("a.c", "-q", words=["unknown option '-q'"])
        self.refuses("--sarif", words=["'--sarif' needs an argument"])
        self.refuses("-p", words=["'-p' needs an argument"])
        self.refuses(words=["for leak62's own use"], command="analyze-tu")

    def test_values(self):
        source = self.clean()
        for value in ("0", "x", "", "-1", "99999999999"):
            self.refuses("-j", value, source, words=["-j needs a number", f"'{value}'"])
        self.refuses("--tu-timeout", "1s", source, words=["--tu-timeout needs a number"])
        self.refuses("--quiet", "--verbose", source, words=["exclude each other"])
        self.refuses("--wdk", self.dir, "--driver-headers", source, words=["exclude each other"])
        self.refuses("--wdk", "none", source, words=["none is not a folder"])
        self.refuses("--source-root", "none", source, words=["none is not a folder"])
        self.refuses("--sarif", "none/x.sarif", source, words=["none/x.sarif"])
        self.refuses("--sarif", self.dir, source, words=["it is a folder"])
        self.refuses("--work", source, source, words=[source, "--work"])

    def test_files(self):
        self.refuses("none.c", words=["none.c cannot be read: No such file"])
        self.refuses(self.dir, words=["is not a file"])
        self.refuses(self.write("a.txt", ""), words=["a.txt is not a C or C++ source file"])
        if os.geteuid() != 0:
            self.refuses(self.write("a.c", "", 0), words=["cannot be read: Permission denied"])

    def test_one_line_even_for_odd_names(self):
        done = self.run_leak62("scan", "a\n\033[31mb.c")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertNotIn("\033", done.stderr)


class Database(Case):
    def test_missing(self):
        self.refuses(words=["no compile_commands.json here", "-p BUILD_DIR"])
        self.refuses("-p", "build", words=["there is no compile database", "/build"])
        os.mkdir(self.path("build"))
        self.refuses("-p", "build", words=["/build/compile_commands.json"])

    def test_broken(self):
        for text, words in (("[\n{,}]", ["compile_commands.json(2): malformed JSON"]),
                            ("", ["malformed JSON"]), ("[]", ["is empty"]),
                            ("{}", ["must be a JSON array"]),
                            ('[{"file": "a.c"}]', ["entry 1", '"directory"'])):
            self.write("compile_commands.json", text)
            self.refuses(words=words)
        os.remove(self.path("compile_commands.json"))
        os.mkdir(self.path("compile_commands.json"))
        self.refuses(words=["compile_commands.json is not a file"])

    def test_files_pick_from_it(self):
        self.leak("a.c")
        self.clean("b.c", function="Other")
        self.database([("a.c", "gcc -c a.c"), ("b.c", "gcc -c b.c")])
        self.scan("-p", ".", expect=1)
        self.scan("-p", ".", "b.c", expect=0)
        done = self.scan("-p", "compile_commands.json", self.path("a.c"), expect=1)
        self.assertEqual(self.count(done, "translation unit"), 1)
        self.assertEqual(self.count(done, "re-analysed"), 0)
        self.clean("c.c")
        self.refuses("-p", ".", "c.c", words=["c.c is not in", "compile_commands.json"])
        self.refuses("-p", ".", "none.c", words=["none.c cannot be read"])

    def test_found_in_the_current_folder(self):
        self.leak("a.c")
        self.database([("a.c", "gcc -c a.c")])
        self.scan(expect=1)
        with open(self.path(".leak62/.gitignore"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "*\n")

    def test_a_source_that_is_not_there(self):
        self.leak("a.c")
        self.database([("a.c", "gcc -c a.c"), ("gone.c", "gcc -c gone.c")])
        done = self.scan(expect=3)
        self.assertIn("gone.c", done.stdout)
        self.assertIn("cannot be read", done.stdout)
        self.assertIn("a.c(5)", done.stdout)
        self.assertEqual(self.count(done, "failed"), 1)

    def test_configurations(self):
        self.clean("a.c", extra="#ifdef SECOND\n#error second\n#endif\n")
        self.database([("a.c", "gcc -c a.c"), ("a.c", "gcc -DSECOND -c a.c")])
        done = self.scan(expect=0)
        self.assertIn("has several commands; the first is used", done.stderr)

    def test_cl_command_lines(self):
        self.write("inc dir/own.h", "#define OWN_HEADER 1\n")
        self.write("pre.h", "#define FORCED 1\n")
        self.leak("src/a.c", extra="#include <own.h>\n"
                  "#if OWN_HEADER != 1 || FORCED != 1 || A != 1 || B != 2 || C != 3\n"
                  "#error definitions\n#endif")
        self.database([("src\\a.c", ["C:\\VS\\bin\\cl.exe", "/nologo", "/Iinc dir", "/DA", "/DB=2",
                                     "-DC#3", "/FIpre.h", "/Zi", "/GS", "/c", "src\\a.c"])])
        done = self.scan(expect=1)
        self.assertIn("src/a.c(8)", done.stdout)
        self.database([("src\\a.c", "\"C:\\Program Files\\LLVM\\clang-cl.exe\" /I \"inc dir\" "
                                    "/D A -DB=2 /DC=3 /FI pre.h --target=x86_64-pc-windows-msvc "
                                    "/c src\\a.c")])
        done = self.scan(expect=1)
        self.assertIn("src/a.c(8)", done.stdout)

    def test_cross_gcc(self):
        self.leak("a.c", extra="#ifndef _WIN64\n#error not Windows\n#endif")
        self.database([("a.c", "x86_64-w64-mingw32-gcc -std=c11 -I/usr/share/mingw-w64/include/ddk "
                               "-O2 -Wall -MD -MF a.d -o a.o -c a.c")])
        self.scan(expect=1)


class Headers(Case):
    MSVC = "#ifndef _MSC_VER\n#error -fms-compatibility is missing\n#endif\n"

    def test_wdk_instead_of_mingw(self):
        self.write("wdk/km/wdm.h", WDM + self.MSVC)
        source = self.leak(extra="#ifdef __MINGW32__\n#error mingw\n#endif")
        self.scan("--wdk", "wdk/km", source, expect=1)

    def test_own_headers_of_a_build(self):
        self.write("wdk/km/wdm.h", WDM + self.MSVC)
        self.leak("a.c")
        self.database([("a.c", "cl.exe /Iwdk\\km /c a.c")])
        self.scan(expect=1)
        # The build's folders still come first.
        done = self.scan("--driver-headers", expect=3)
        self.assertIn("-fms-compatibility is missing", done.stdout)

    def test_assertion_of_checked_builds(self):
        """Nothing is lost where an assertion does not hold."""
        for give_back, expect in (("ExFreePoolWithTag(p, 'tset');", 0), ("", 1)):
            source = self.write("checked.c", f"""
#include <ntddk.h>
NTSTATUS Check(ULONG n)
{{
	PVOID p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');

	if (!p)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (n == 3) {{
		NT_ASSERT(!"three");
		goto out;
	}}
	NT_ASSERTMSG("four", n == 4);
out:
	{give_back}
	return STATUS_SUCCESS;
}}
""")
            self.scan("--driver-headers", "-D", "DBG=1", source, expect=expect)

    def test_none(self):
        source = self.leak()
        done = self.scan("--no-driver-headers", source, expect=3)
        self.assertIn("wdm.h", done.stdout)

    def test_extra_options(self):
        self.write("one/a.h", "#define A 1\n")
        self.write("two/b.h", "#define B 1\n")
        self.write("three.h", "#define C 1\n")
        source = self.leak(extra="#include <a.h>\n#include <b.h>\n"
                           "#if !A || !B || !C || D != 4 || defined(E)\n#error lost\n#endif")
        self.scan("-Ione", "--isystem", "two", "--include", "three.h", "-D", "D=4", "-DE", "-UE",
                  source, expect=1)

    def test_environment_does_not_matter(self):
        self.write("evil/wdm.h", "#error from CPATH\n")
        env = dict(os.environ, CPATH=self.path("evil"), C_INCLUDE_PATH=self.path("evil"),
                   CCC_OVERRIDE_OPTIONS="+-DSTATUS_SUCCESS=oops")
        self.scan(self.leak(), env=env, expect=1)


class Toolchain(Case):
    def fake_clang(self, says):
        return self.write("fake-clang", f"#!/bin/sh\necho '{says}'\n", 0o755)

    def test_wrong_clang(self):
        source = self.clean()
        built = TOOLS.clang_version
        other = self.fake_clang("Debian clang version 14.0.6")
        self.refuses("--clang", other, source, words=["is clang 14.0.6", f"for clang {built}"])
        major, minor, patch = built.split(".")
        near = f"{major}.{minor}.{int(patch) + 1}"
        other = self.fake_clang(f"clang version {near}")
        self.refuses("--clang", other, source, words=[f"is clang {near}", f"for clang {built}"])

    def test_no_clang(self):
        source = self.clean()
        self.refuses("--clang", self.fake_clang("gcc 12"), source, words=["is not a clang"])
        self.refuses("--clang", "/none/clang", source, words=["/none/clang", "not found"])
        self.refuses("--clang", self.write("plain", ""), source, words=["not an executable"])

    def test_wrong_plugin(self):
        source = self.clean()
        self.refuses("--plugin", "none.so", source, words=["none.so", "not found"])
        self.refuses("--plugin", self.write("x.so", "ELF"), source,
                     words=["x.so is not leak62's plugin"])
        built = TOOLS.clang_version
        odd = self.write("y.so", "leak62-plugin clang=99.0.0 version=0.1.0;")
        self.refuses("--plugin", odd, source, words=[f"is clang {built}", "for clang 99.0.0"])
        odd = self.write("z.so", f"leak62-plugin clang={built} version=99.9;")
        self.refuses("--plugin", odd, source, words=["z.so is of leak62 99.9", "this is leak62"])

    def test_nothing_is_written_for_a_mistake(self):
        self.run_leak62("scan", "--clang", self.fake_clang("clang version 14.0.6"), self.clean())
        self.assertFalse(os.path.exists(self.path(".leak62")))

    def test_no_ninja(self):
        env = dict(os.environ, PATH=self.dir)
        self.refuses("--clang", TOOLS.clang, self.clean(), words=["ninja was not found"], env=env)


class Hostile(Case):
    LIGHT = True

    def setUp(self):
        super().setUp()
        self.mark = self.path("mark")
        self.plugin = self.path("evil.so")
        source = self.write("evil.c", "#include <fcntl.h>\n__attribute__((constructor)) static void "
                            f'go(void) {{ open("{self.mark}", O_CREAT | O_WRONLY, 0600); }}\n')
        subprocess.run([TOOLS.clang, "-shared", "-fPIC", "-o", self.plugin, source], check=True)
        self.script = self.write("evil.sh", f"#!/bin/sh\n: > '{self.mark}'\n", 0o755)
        self.leak("a.c")

    def test_the_bait_works(self):
        subprocess.run([TOOLS.clang, "-fsyntax-only", f"-fplugin={self.plugin}", "evil.c"],
                       cwd=self.dir, check=False, capture_output=True)
        self.assertTrue(os.path.exists(self.mark))
        os.remove(self.mark)
        subprocess.run([self.script], check=True)
        self.assertTrue(os.path.exists(self.mark))

    def attempt(self, *args, program="gcc", expect=1):
        self.database([("a.c", [program, *args, "-c", "a.c"])])
        done = self.scan(expect=expect)
        self.assertFalse(os.path.exists(self.mark), args)
        self.assertEqual("a.c(5)" in done.stdout, expect == 1)
        with open(self.path(".leak62/build.ninja"), encoding="utf-8") as file:
            self.assertNotIn("evil", file.read())
        return done

    def test_loading(self):
        for args in (["-fplugin=" + self.plugin], ["-Xclang", "-load", "-Xclang", self.plugin],
                     ["-Xclang=-load", "-Xclang=" + self.plugin],
                     ["-load", self.plugin], ["-fpass-plugin=" + self.plugin],
                     ["-mllvm", "-load=" + self.plugin], ["-Xarch_host", "-fplugin=" + self.plugin],
                     ["-Wp,-fplugin=" + self.plugin], ["--config", self.path("evil.cfg")],
                     ["-Xpreprocessor", "-fplugin=" + self.plugin]):
            self.write("evil.cfg", "-fplugin=" + self.plugin)
            done = self.attempt(*args)
            self.assertIn(f'"{args[0]}', done.stderr)
            self.assertIn("a.c is dropped: it could load or run something", done.stderr)
            self.attempt(*args, program="clang-cl")

    def test_response_files(self):
        self.write("evil.rsp", f"-Xclang -load -Xclang {self.plugin} -DFINE=1")
        done = self.attempt("@evil.rsp")
        self.assertIn('"-Xclang -load"', done.stderr)
        done = self.attempt("@none.rsp")
        self.assertIn('"@none.rsp"', done.stderr)

    def test_programs(self):
        self.attempt(program=self.script)
        self.attempt(program="./evil.sh")
        self.attempt("-wrapper", self.script, program="gcc")
        self.attempt("-B", self.dir)
        self.attempt("-specs=" + self.script)
        self.attempt("-ccc-gcc-name", self.script)
        self.attempt("-o", f"|{self.script}")

    def test_values_are_not_options(self):
        for option in ("-I", "-isystem", "-iquote"):
            self.attempt(option, "-fplugin=" + self.plugin)
        # Not a macro's name: as for the build's own compiler, an error.
        for option in ("-D", "-U"):
            self.attempt(option, "-fplugin=" + self.plugin, expect=3)
        self.attempt("/clang:-fplugin=" + self.plugin, program="cl.exe")

    def test_shell_and_ninja(self):
        evil = f"$(touch {self.mark});`touch {self.mark}`&touch {self.mark}\n\ttouch {self.mark}"
        self.attempt("-DX=" + evil, "-I" + evil)
        self.leak("$(touch mark).c")
        os.remove(self.path("a.c"))
        self.database([("$(touch mark).c", "gcc -c x.c")])
        self.scan(expect=1)
        self.assertFalse(os.path.exists(self.mark))
        self.assertFalse(os.path.exists(self.path(".leak62/mark")))

    def test_precompiled_header_next_to_a_header(self):
        self.write("pre.h", "#define PRE 1\n")
        self.write("pre.h.pch", "not a precompiled header")
        self.write("pre.h.gch", "not a precompiled header")
        self.leak("a.c", extra="#if PRE != 1\n#error pre.h\n#endif")
        self.database([("a.c", "gcc -include pre.h -c a.c")])
        self.scan(expect=1)


class OddPaths(Case):
    LIGHT = True

    def test_names(self):
        names = ["two words.c", "$HOME.c", "it's.c", 'quo"ted.c', "C:colon.c", "pi|pe.c", "h#sh.c",
                 "ä メモリ.c", "semi;colon.c", "back\\slash.c", "per%cent.c", "(x) & y.c",
                 "-load.c", "@file.c", "com,ma=.c", "~.c", "tab\there.c"]
        for folder in ("plain", "a b$c:d|e 'f\" é"):
            files = []
            for number, name in enumerate(names):
                # clang takes a backslash in an #include for a slash.
                header = self.write(f"{folder}/inc/{name}.h".replace("\\", "_"), "")
                files.append(self.leak(os.path.join(folder, name), function=f"Entry{number}",
                                       extra=f'#include <{os.path.basename(header)}>'))
            self.database([(file, ["gcc", "-I", folder + "/inc", "-c", file]) for file in files])
            done = self.scan("-j2", "--work", folder + "/.work", expect=1)
            self.assertEqual(self.count(done, "translation unit"), len(names))
            self.assertEqual(self.count(done, "failed"), 0)
            self.assertEqual(self.count(done, "findings"), len(names))
            again = self.scan("-j2", "--work", folder + "/.work", expect=1)
            self.assertEqual(self.count(again, "re-analysed"), 0)
            for header in os.listdir(self.path(folder + "/inc")):
                os.utime(self.path(f"{folder}/inc/{header}"))
            again = self.scan("-j2", "--work", folder + "/.work", expect=1)
            self.assertEqual(self.count(again, "re-analysed"), len(names))

    def test_a_line_break(self):
        source = self.leak("a\nb.c")
        self.refuses(source, words=["line break"])


class Incremental(Case):
    LIGHT = True

    def setUp(self):
        super().setUp()
        self.write("inc/one.h", "#define ONE 1\n")
        self.write("inc/two.h", "#define TWO 2\n")
        self.leak("a.c", extra="#include <one.h>", function="A")
        self.leak("b.c", extra="#include <one.h>\n#include <two.h>", function="B")
        self.clean("c.c", function="C")
        self.commands({"a.c": "", "b.c": "", "c.c": ""})
        self.first = self.again(3)

    def commands(self, options):
        self.database([(file, f"gcc -Iinc {more} -c {file}") for file, more in options.items()])

    def again(self, expected, *args, expect=1):
        done = self.scan(*args, expect=expect)
        self.assertEqual(self.count(done, "re-analysed"), expected, done.stdout + done.stderr)
        return done

    def touch(self, name):
        os.utime(self.path(name))

    def test_nothing_changed(self):
        done = self.again(0)
        strip = re.compile(r"\d+ re-analysed")
        self.assertEqual(strip.sub("", done.stdout), strip.sub("", self.first.stdout))
        self.assertEqual(done.stderr, "")

    def test_one_source(self):
        self.touch("c.c")
        self.again(1)
        self.again(0)

    def test_a_header_and_its_users(self):
        self.touch("inc/two.h")
        self.again(1)
        self.touch("inc/one.h")
        self.again(2)
        self.again(0)

    def test_a_header_that_goes(self):
        os.remove(self.path("inc/two.h"))
        done = self.again(1, expect=3)
        self.assertIn("two.h", done.stdout)
        self.write("inc/two.h", "#define TWO 2\n")
        self.again(1)
        self.again(0)

    def test_another_command(self):
        self.commands({"a.c": "-DX", "b.c": "", "c.c": "-O3 -Wall"})
        self.again(1)
        self.again(0)

    def test_a_content_that_changes(self):
        self.clean("a.c", function="A")
        self.touch("a.c")
        done = self.again(1)
        self.assertNotIn("a.c(", done.stdout)

    def test_failed_files_are_tried_again(self):
        self.write("c.c", "#error no\n")
        self.touch("c.c")
        self.again(1, expect=3)
        self.again(1, expect=3)
        self.clean("c.c", function="C")
        self.touch("c.c")
        self.again(1)

    def test_damaged_facts(self):
        facts = self.path(".leak62/facts")
        files = sorted(name for name in os.listdir(facts) if name.endswith(".db"))
        with open(os.path.join(facts, files[0]), "r+b") as file:
            file.truncate(700)
        with open(os.path.join(facts, files[1]), "wb") as file:
            file.write(b"not a database")
        os.remove(os.path.join(facts, files[2]))
        self.again(3)
        self.again(0)

    def test_damaged_logs(self):
        for name in (".ninja_log", ".ninja_deps", "driver.db", "build.ninja"):
            with open(self.path(".leak62/" + name), "wb") as file:
                file.write(os.urandom(999))
        self.scan(expect=1)
        self.again(0)

    def test_files_do_not_drop_others(self):
        self.touch("b.c")
        self.again(0, "-p", ".", "a.c")
        self.again(1, "-p", ".", "b.c")
        self.again(0)


class Failures(Case):
    LIGHT = True

    def test_parse_error(self):
        self.leak("a.c")
        self.write("bad.c", "#include <wdm.h>\nint x = ;\n")
        done = self.scan("a.c", "bad.c", expect=3)
        self.assertIn("a.c(5)", done.stdout)
        self.assertIn("bad.c(2)", done.stdout)
        self.assertIn("expected expression", done.stdout)
        self.assertEqual(self.count(done, "failed"), 1)

    def test_crash(self):
        self.leak("a.c")
        self.write("crash.c", "#pragma clang __debug crash\n")
        done = self.scan("a.c", "crash.c", expect=3)
        self.assertIn("a.c(5)", done.stdout)
        self.assertRegex(done.stdout, r"crash\.c.*\n?.*signal \d+")
        self.assertEqual(self.count(done, "failed"), 1)

    def test_timeout(self):
        self.leak("a.c")
        self.write("slow.c", "#if __INCLUDE_LEVEL__ < 100\n#include __FILE__\n"
                   "#include __FILE__\n#endif\n")
        start = time.monotonic()
        done = self.scan("-j2", "--tu-timeout", "4", "a.c", "slow.c", expect=3)
        self.assertLess(time.monotonic() - start, 30)
        self.assertIn("a.c(5)", done.stdout)
        self.assertIn("took longer than 4 seconds (--tu-timeout)", done.stdout)
        self.assertEqual(self.count(done, "failed"), 1)

    def test_stdout_holds_the_report_alone(self):
        done = self.scan("--verbose", self.leak("a.c"), expect=1)
        self.assertIn("analyze-tu", done.stderr)
        self.assertNotIn("analyze-tu", done.stdout)
        for work, *options in (("one",), ("two", "--quiet")):  # no terminal, no progress
            done = self.scan(*options, "--work", work, "a.c", expect=1)
            self.assertEqual(done.stderr, "")

    def test_sarif(self):
        self.write("bad.c", "int x = ;\n")
        self.leak("a.c")
        done = self.run_leak62("scan", "-Iwdk", "--sarif", "out.sarif", "a.c", "bad.c", "-D", "X=a b")
        self.assertEqual(done.returncode, 3)
        with open(self.path("out.sarif"), encoding="utf-8") as file:
            run = json.load(file)["runs"][0]
        self.assertEqual(len(run["results"]), 1)
        self.assertEqual(run["invocations"][0]["exitCode"], 3)
        self.assertEqual(run["invocations"][0]["commandLine"],
                         "leak62 scan -Iwdk --sarif out.sarif a.c bad.c -D 'X=a b'")


class Interrupted(Case):
    FILES = 12

    def setUp(self):
        super().setUp()
        for number in range(self.FILES):
            self.leak(f"f{number:02}.c", function=f"F{number}")
        self.database([(f"f{number:02}.c", f"gcc -c f{number:02}.c")
                       for number in range(self.FILES)])

    def start(self):
        scan = subprocess.Popen([TOOLS.leak62, "scan", "-j2", "-p", "."], cwd=self.dir,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        self.addCleanup(scan.wait)
        self.addCleanup(scan.kill)
        return scan

    def wait_for_facts(self, scan, least, folder="facts", ending=".db"):
        folder = self.path(".leak62/" + folder)
        deadline = time.monotonic() + 120
        while scan.poll() is None and time.monotonic() < deadline:
            if os.path.isdir(folder) and \
                    sum(name.endswith(ending) for name in os.listdir(folder)) >= least:
                return
            time.sleep(0.01)
        self.fail("the scan does not get on")

    def users_of_the_folder(self):
        """Processes that mention or sit in the test's folder."""
        users = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    command = file.read()
                cwd = os.readlink(f"/proc/{pid}/cwd")
            except OSError:
                continue
            if int(pid) != os.getpid() and (self.dir.encode() in command or
                                            cwd.startswith(self.dir)):
                users.append(command)
        return users

    def assert_complete(self):
        done = self.scan(expect=1)
        self.assertEqual(self.count(done, "translation unit"), self.FILES)
        self.assertEqual(self.count(done, "failed"), 0)
        self.assertEqual(self.count(done, "findings"), self.FILES)
        folder = self.path(".leak62/facts")
        for name in os.listdir(folder):
            self.assertTrue(name.endswith((".db", ".db.log")), name)
        for name in os.listdir(self.path(".leak62/skel")):
            self.assertTrue(name.endswith((".skel", ".db", ".db.log")), name)
        for name in os.listdir(self.path(".leak62/sums")):
            self.assertTrue(name.endswith(".sum"), name)
        for name in [os.path.join(folder, name) for name in os.listdir(folder)
                     if name.endswith(".db")] + [self.path(".leak62/driver.db")]:
            database = sqlite3.connect(f"file:{name}?mode=ro", uri=True)
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            database.close()
        self.assertEqual(self.count(self.scan(expect=1), "re-analysed"), 0)
        return done

    def test_kill_9(self):
        for least, folder, ending in ((0, "skel", ".skel"), (3, "skel", ".skel"),
                                      (1, "sums", ".sum"), (1, "facts", ".db"),
                                      (6, "facts", ".db")):
            shutil.rmtree(self.path(".leak62"), ignore_errors=True)
            scan = self.start()
            self.wait_for_facts(scan, least, folder, ending)
            time.sleep(0.1)
            scan.send_signal(signal.SIGKILL)
            self.assertEqual(scan.wait(), -signal.SIGKILL)
            done = self.assert_complete()
            self.assertLessEqual(self.count(done, "re-analysed"), self.FILES)
            self.assertEqual(self.users_of_the_folder(), [])

    def test_kill_9_of_everything(self):
        scan = self.start()
        self.wait_for_facts(scan, 2)
        # Ninja and what it started are in process groups of their own.
        children = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True,
                                  check=True).stdout.split()
        parents = dict(zip(map(int, children[::2]), map(int, children[1::2])))
        family = {scan.pid}
        while True:
            more = {pid for pid, parent in parents.items() if parent in family} - family
            if not more:
                break
            family |= more
        for pid in sorted(family):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        scan.wait()
        self.assert_complete()

    def test_signals_end_everything(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            scan = self.start()
            self.wait_for_facts(scan, 1)
            scan.send_signal(number)
            self.assertEqual(scan.wait(timeout=30), -number)
            deadline = time.monotonic() + 10
            while self.users_of_the_folder() and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertEqual(self.users_of_the_folder(), [])
        self.assert_complete()

    def test_two_at_once(self):
        scan = self.start()
        self.wait_for_facts(scan, 1)
        second = self.scan("-p", ".", expect=1)
        self.assertEqual(scan.wait(), 1)
        self.assertIn("another scan uses", second.stderr)
        self.assertEqual(self.count(second, "re-analysed"), 0)


def main():
    global TOOLS
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True, type=os.path.abspath)
    parser.add_argument("--clang", required=True)
    TOOLS, rest = parser.parse_known_args()
    TOOLS.clang = os.path.abspath(shutil.which(TOOLS.clang))
    version = subprocess.run([TOOLS.clang, "--version"], capture_output=True, text=True, check=True)
    TOOLS.clang_version = re.search(r"clang version (\d+\.\d+\.\d+)", version.stdout).group(1)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()
