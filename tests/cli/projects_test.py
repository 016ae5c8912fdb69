#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Scans of Visual Studio projects and solutions, and of a build that Bear records.

  projects_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
import os
import re
import shutil
import unittest

import scan_test
from drivers_test import ENTRY, SETUP, WDM, Several

PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<Project DefaultTargets="Build" xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <ItemGroup Label="ProjectConfigurations">
    <ProjectConfiguration Include="Debug|x64"><Configuration>Debug</Configuration>
      <Platform>x64</Platform></ProjectConfiguration>
    <ProjectConfiguration Include="Release|x64"><Configuration>Release</Configuration>
      <Platform>x64</Platform></ProjectConfiguration>
  </ItemGroup>
  <Import Project="$(VCTargetsPath)\\Microsoft.Cpp.Default.props" />
  <PropertyGroup Label="Configuration">
    <TargetVersion>Windows10</TargetVersion>
    <DriverType>{driver}</DriverType>
    <PlatformToolset>WindowsKernelModeDriver10.0</PlatformToolset>
    <ConfigurationType>{kind}</ConfigurationType>
  </PropertyGroup>
  <Import Project="$(VCTargetsPath)\\Microsoft.Cpp.props" />
  <PropertyGroup><TargetName>{name}</TargetName></PropertyGroup>
  <ItemDefinitionGroup><ClCompile>
    <AdditionalIncludeDirectories>{wdk};%(AdditionalIncludeDirectories)</AdditionalIncludeDirectories>
    <PreprocessorDefinitions>%(PreprocessorDefinitions);POOL_NX_OPTIN=1</PreprocessorDefinitions>
  </ClCompile></ItemDefinitionGroup>
  <ItemGroup>{items}</ItemGroup>
  {more}
  <Import Project="$(VCTargetsPath)\\Microsoft.Cpp.targets" />
</Project>
"""
SOLUTION = "\ufeff\nMicrosoft Visual Studio Solution File, Format Version 12.00\n"
LINE = 'Project("{{8BC9CEB8-8B4A-11D0-8D11-00A0C91BC942}}") = "{0}", "{0}", "{{0}}"\nEndProject\n'


class Vs(Several):
    def project(self, path, *sources, name="mydrv", driver="WDM", kind="Driver", more=""):
        items = "".join(f'<ClCompile Include="{source}" />' for source in sources)
        return self.write(path, PROJECT.format(name=name, driver=driver, kind=kind, more=more,
                                               items=items, wdk=self.path("wdk")))

    def solution(self, path, *projects):
        return self.write(path, SOLUTION + "".join(LINE.format(one) for one in projects))


class Projects(Vs):
    def test_leak_and_twin(self):
        """The driver is called as its target; a project whose driver frees is clean."""
        for leaks in (True, False):
            self.entry("Src/Entry.c", leaks)
            self.setup_file("Src/Setup.c")
            self.project("drv.vcxproj", "src\\entry.c", "SRC\\SET*.c")
            done = self.scan("drv.vcxproj", expect=1 if leaks else 0)
            self.assertEqual(self.counts(done), {"": (2, 1 if leaks else 0)})
            self.assertIn("mydrv: Debug|x64 of", done.stderr)
            self.assertEqual("mydrv!" in done.stdout, leaks)
        self.entry("Src/Entry.c", True)
        found = re.search(r"LeakAtUnload   ([0-9a-f]+)", self.scan("drv.vcxproj", expect=1).stdout)
        done = self.run_leak62("explain", "-p", "drv.vcxproj", found.group(1))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_configuration(self):
        """What is compiled depends on the configuration."""
        self.entry("entry.c", more="#ifdef LEAKY\nExAllocatePoolWithTag(0, 16, 'kael');\n#endif")
        self.setup_file("setup.c")
        self.project("drv.vcxproj", "entry.c", "setup.c", more="""<ItemDefinitionGroup
            Condition="'$(Configuration)'=='Release'"><ClCompile><PreprocessorDefinitions>LEAKY;%(PreprocessorDefinitions)
            </PreprocessorDefinitions></ClCompile></ItemDefinitionGroup>""")
        self.scan("drv.vcxproj", expect=0)
        self.scan("drv.vcxproj", "--configuration", "Release|x64", expect=1)
        self.refuses("drv.vcxproj", "--configuration", "Fast|x64",
                     words=["no configuration", "Debug|x64, Release|x64"])

    def test_case_and_backslashes(self):
        """Headers are found as Windows finds them, and once they appear."""
        self.entry("entry.c", more="SHARED")
        self.write("Inc/Sub/Shared.h", "#pragma once\n#define SHARED\n")
        source = self.write("setup.c", '#include "INC\\sub\\SHARED.h"\n' +
                            SETUP.replace("wdm.h", "WDM.H"))
        with open(self.path("entry.c"), encoding="utf-8") as file:
            text = file.read()
        self.write("entry.c", '#include "shared.H"\n#include "later.h"\n' + text)
        self.project("drv.vcxproj", "entry.c", "setup.c", more="""<ItemDefinitionGroup><ClCompile>
            <AdditionalIncludeDirectories>inc\\SUB\\;%(AdditionalIncludeDirectories)</AdditionalIncludeDirectories>
            </ClCompile></ItemDefinitionGroup>""")
        done = self.scan("drv.vcxproj", expect=3)
        self.assertIn("'later.h' file not found", done.stdout)
        self.write("inc2/x", "")
        self.write("Inc/Sub/LATER.h", "")
        self.scan("drv.vcxproj", expect=0)
        overlays = [name for name in os.listdir(self.path(".leak62")) if name.startswith("case-")]
        self.assertEqual(len(overlays), 1)
        self.assertTrue(os.path.exists(source))

    def test_solution(self):
        """Each driver for itself, a library where it is needed, the rest is named."""
        self.entry("one/entry.c", True)
        self.entry("two/entry.c")
        self.setup_file("lib/setup.c")
        self.write("app/main.c", "int main(void) { return 0; }\n")
        self.project("one/one.vcxproj", "entry.c", name="one")
        self.project("two/two.vcxproj", "entry.c", name="two")
        self.project("lib/lib.vcxproj", "setup.c", name="lib", kind="StaticLibrary")
        self.project("app/app.vcxproj", "main.c", name="app", kind="Application", driver="")
        self.project("um/um.vcxproj", "main.c", name="um", driver="UMDF", kind="DynamicLibrary")
        self.solution("all.sln", "one\\one.vcxproj", "Two\\two.vcxproj", "lib\\lib.vcxproj",
                      "app\\app.vcxproj", "um\\um.vcxproj", "gone\\gone.vcxproj")
        done = self.scan("all.sln", expect=1)
        self.assertEqual(self.counts(done), {"one": (2, 1), "two": (2, 0)})
        for words in ("um.vcxproj is a UMDF driver and left out", "gone.vcxproj is not there"):
            self.assertIn(words, done.stderr)
        self.assertEqual(self.counts(self.scan("all.sln", "--driver", "two", expect=0)),
                         {"": (2, 0)})

    def test_referred_library(self):
        """A project is scanned with the libraries that it is built with."""
        self.setup_file("lib/setup.c")
        self.write("app/main.c", "int main(void) { return 0; }\n")
        self.project("lib/lib.vcxproj", "setup.c", name="lib", kind="StaticLibrary")
        self.project("app/app.vcxproj", "main.c", name="app", kind="Application", driver="")
        for leaks in (True, False):
            self.entry("drv/entry.c", leaks)
            self.project("drv/drv.vcxproj", "entry.c", more="""<ItemGroup>
                <ProjectReference Include="..\\LIB\\lib.vcxproj" />
                <ProjectReference Include="..\\app\\app.vcxproj" /></ItemGroup>""")
            done = self.scan("drv/drv.vcxproj", expect=1 if leaks else 0)
            self.assertEqual(self.counts(done), {"": (2, 1 if leaks else 0)})
            self.assertNotIn("app", done.stderr)
        # One that cannot be read is missed, and said; the driver is scanned all the same.
        self.write("lib/lib.vcxproj", "<Project>")
        done = self.scan("drv/drv.vcxproj", expect=0)
        self.assertEqual(self.counts(done), {"": (1, 0)})
        self.assertRegex(done.stderr, r"left out, though a driver refers to it: .*lib\.vcxproj\(1\)")
        os.unlink(self.path("lib/lib.vcxproj"))
        done = self.scan("drv/drv.vcxproj", expect=0)
        self.assertIn("lib.vcxproj, which is not there", done.stderr)

    def test_missing_import_is_said_once(self):
        self.entry("entry.c")
        self.setup_file("setup.c")
        self.project("drv.vcxproj", "entry.c", "setup.c",
                     more='<Import Project="..\\gone.props" />' * 2)
        done = self.scan("drv.vcxproj", expect=0)
        self.assertEqual(done.stderr.count("which is not there"), 1)

    def test_missing_source_is_not_analysed(self):
        self.entry("entry.c")
        self.setup_file("setup.c")
        self.project("drv.vcxproj", "entry.c", "setup.c", "generated.c")
        done = self.scan("drv.vcxproj", expect=3)
        self.assertIn("generated.c", done.stdout)

    def test_refused(self):
        self.refuses("none.vcxproj", words=["none.vcxproj", "cannot be read"])
        self.refuses("none.sln", words=["none.sln", "cannot be read"])
        self.write("bad.vcxproj", "<Project>\n<ItemGroup>\n</Project>\n")
        self.refuses("bad.vcxproj", words=["bad.vcxproj(3): malformed XML"])
        self.write("bomb.vcxproj", '<!DOCTYPE P [<!ENTITY a "aaa">]>\n<Project>&a;</Project>')
        self.refuses("bomb.vcxproj", words=["bomb.vcxproj(1)", "no DOCTYPE"])
        self.project("empty.vcxproj")
        self.refuses("empty.vcxproj", words=["no ClCompile item"])
        self.project("loop.vcxproj", "a.c", more='<Import Project="loop.vcxproj" />')
        self.refuses("loop.vcxproj", words=["must not go in a circle"])
        self.project("um.vcxproj", "a.c", driver="UMDF")
        self.refuses("um.vcxproj", words=["no kernel driver to scan", "is a UMDF driver"])
        self.write("a.c", "")
        self.refuses("empty.vcxproj", "-p", ".", words=["exclude each other"])
        self.project("ok.vcxproj", "a.c")
        self.refuses("--quiet", "ok.vcxproj", "a.c", words=["a.c is no project"])


class Wdk(Vs):
    def test_tree(self):
        """The newest version that has kernel headers is taken, in any case."""
        shutil.rmtree(self.path("wdk"))
        more = "typedef unsigned long *PULONG;\n"
        self.write("kits/c/Include/10.0.9.0/km/wdm.h", "#error old\n")
        self.write("kits/c/Include/10.0.10.0/km/Wdm.h", scan_test.WDM + WDM + more)
        self.write("entry.c", ENTRY.format(unload="", more=""))
        self.write("setup.c", SETUP)
        self.project("drv.vcxproj", "entry.c", "setup.c")
        done = self.run_leak62("scan", "drv.vcxproj", "--wdk", "kits")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("LeakAtUnload", done.stdout)

    def test_wrong_folder(self):
        os.makedirs(self.path("other/lib"))
        self.setup_file("setup.c")
        self.project("drv.vcxproj", "setup.c")
        self.refuses("--quiet", "drv.vcxproj", "--wdk", "other",
                     words=["other holds no kernel headers", "km/wdm.h"])


@unittest.skipUnless(shutil.which("bear") and shutil.which("make"), "needs bear and make")
class Record(Vs):
    def makefile(self, more=""):
        self.write("Makefile", f"all: entry.o setup.o\n{more}%.o: %.c\n\t{scan_test.TOOLS.clang} "
                               "--target=x86_64-w64-mingw32 -fms-extensions -w -I wdk -c $<\n")

    def test_build(self):
        """Compile commands are recorded; a build with nothing to do keeps them."""
        self.entry("entry.c", True)
        self.setup_file("setup.c")
        self.makefile()
        done = self.run_leak62("scan", "--", "make")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(self.counts(done), {"": (2, 1)})
        self.assertNotIn("clang", done.stdout.split("\n")[0])
        self.assertTrue(os.path.exists(self.path(".leak62/compile_commands.json")))
        self.assertEqual(self.run_leak62("scan", "--", "make").returncode, 1)
        self.entry("entry.c")
        self.assertEqual(self.run_leak62("scan", "--", "make").returncode, 0)

    def test_what_the_build_says(self):
        """All that a build prints comes out at standard error; nothing is left for git."""
        self.write("broken.c", "#error so it is\n")
        self.write("Makefile", "all:\n\t@echo begins\n\t"
                               f"{scan_test.TOOLS.clang} -c broken.c\n")
        done = self.run_leak62("scan", "--", "make")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertEqual(done.stdout, "")
        for words in ("begins\n", "broken.c:1:2: error: so it is", "failed with exit code 2"):
            self.assertIn(words, done.stderr)
        with open(self.path(".leak62/.gitignore"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "*\n")

    def test_refused(self):
        self.refuses("--", "true", words=["compiled nothing"])
        self.refuses("-p", ".", "--", "true", words=["exclude each other"])
        self.refuses("--", "false", words=["failed with exit code 1"])
        tools = self.path("tools")
        os.makedirs(tools)
        self.refuses("--", "make", words=["needs Bear", "package bear"],
                     env={**os.environ, "PATH": tools})

    def test_files_after_dashes(self):
        """-- before a source file ends the options, as it did."""
        self.entry("-odd.c", True)
        self.setup_file("setup.c")
        done = self.scan("--", "-odd.c", "setup.c", expect=1)
        self.assertEqual(self.counts(done), {"": (2, 1)})


if __name__ == "__main__":
    scan_test.main()
