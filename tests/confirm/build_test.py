#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""leak62 confirm: a driver's sources as an image, which leak62 verify then runs.

  build_test.py --leak62 BIN --clang CLANG --corpus DIR [GROUP [-v]]
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLS = None
# Prints NUMBER; g_Shared is defined in each file, without a value, as MSVC allows.
ENTRY = """#include <ntddk.h>
#include "number.h"
ULONG g_Shared;
VOID Help(VOID);
static VOID Unload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);
}
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNREFERENCED_PARAMETER(path);
	driver->DriverUnload = Unload;
	g_Shared = 40;
	Help();
	DbgPrint("entry %d\\n", NUMBER);
	return STATUS_SUCCESS;
}
"""
HELP = """#include <ntddk.h>
ULONG g_Shared;
#ifndef MORE
#define MORE 0
#endif
VOID Help(VOID)
{
	DbgPrint("help %d\\n", g_Shared + MORE);
}
"""
# Its body is put in.
ALONE = """#include <ntddk.h>
#include <ntstrsafe.h>
#include <wdmsec.h>
{before}
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{{
	UNREFERENCED_PARAMETER(driver);
	UNREFERENCED_PARAMETER(path);
	{body}
	return STATUS_UNSUCCESSFUL;
}}
"""
# Of a driver, as Visual Studio writes it.
PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<Project DefaultTargets="Build" xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <ItemGroup Label="ProjectConfigurations">
    <ProjectConfiguration Include="Debug|x64">
      <Configuration>Debug</Configuration>
      <Platform>x64</Platform>
    </ProjectConfiguration>
  </ItemGroup>
  <PropertyGroup Label="Configuration">
    <ConfigurationType>Driver</ConfigurationType>
    <PlatformToolset>WindowsKernelModeDriver10.0</PlatformToolset>
    <DriverType>WDM</DriverType>
  </PropertyGroup>
  <Import Project="$(VCTargetsPath)\\Microsoft.Cpp.Default.props" />
  <Import Project="$(VCTargetsPath)\\Microsoft.Cpp.props" />
  <ItemDefinitionGroup>
    <ClCompile>
      <PreprocessorDefinitions>MORE=3;%(PreprocessorDefinitions)</PreprocessorDefinitions>
    </ClCompile>
  </ItemDefinitionGroup>
  <ItemGroup>
    <ClCompile Include="entry.c" />
    <ClCompile Include="help.c" />
  </ItemGroup>
  <Import Project="$(VCTargetsPath)\\Microsoft.Cpp.targets" />
</Project>
"""


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = os.path.realpath(tempfile.mkdtemp(prefix="leak62 confirm-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def leak62(self, *args, env=None):
        return subprocess.run([TOOLS.leak62, *args], cwd=self.dir, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
                              encoding="utf-8", errors="replace", check=False)

    def confirm(self, *args, expect=(0, 1), **more):
        done = self.leak62("confirm", "--quiet", *args, **more)
        self.assertIn(done.returncode, expect, done.stdout + done.stderr)
        return done

    def image(self, *args, **more):
        """Builds; the image's path."""
        # Without DriverUnload there is an image, but no run comes to its end.
        done = self.confirm(*args, expect=(0, 1, 3), **more)
        found = re.search(r"^(.+): built as (.*\.sys)$", done.stdout, re.MULTILINE)
        self.assertIsNotNone(found, done.stdout + done.stderr)
        path = self.path(found[2])
        self.assertTrue(os.path.exists(path))
        self.assertTrue(os.path.exists(path[:-4] + ".pdb"))
        return path

    def not_built(self, *args, **more):
        """The reasons."""
        done = self.confirm(*args, expect=[3], **more)
        self.assertNotIn("built as", done.stdout)
        lines = [line for line in done.stderr.splitlines() if "not built" in line]
        for line in lines:
            self.assertRegex(line, r"^leak62: \S+: not built: ")
        return [line.split(": not built: ", 1)[1] for line in lines]

    def verify(self, *args, expect=0):
        done = self.leak62("verify", *args)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def printed(self, image):
        done = self.verify(image)
        return re.findall(r"^(entry|help) (\d+)$", done.stderr, re.MULTILINE)

    def two_files(self):
        self.write("demo/number.h", "#ifndef NUMBER\n#define NUMBER 1\n#endif\n")
        return [self.write("demo/entry.c", ENTRY), self.write("demo/help.c", HELP)]

    def database(self, entries):
        """entries: (file, [option])"""
        self.write("compile_commands.json", json.dumps(
            [{"directory": self.dir, "file": file,
              "arguments": ["cc", *options, "-c", file]} for file, options in entries]))

    def alone(self, body="", before=""):
        return self.write("demo/alone.c", ALONE.format(body=body, before=before))


class Corpus(Case):
    def twins(self, pattern, expect, *options):
        for twin, code in (("leak", expect), ("fixed", 0)):
            folder = os.path.join(TOOLS.corpus, pattern, twin)
            sources = [os.path.join(folder, name) for name in sorted(os.listdir(folder))
                       if name.endswith(".c")]
            self.assertGreater(len(sources), 1)
            image = self.image("--work", self.path(twin), *sources)
            self.assertEqual(os.path.basename(image), pattern + ".sys")
            yield self.verify(image, *options, expect=code), sources

    def test_mydriver(self):
        (leak, sources), (fixed, _) = self.twins(
            "mydriver", 1, "--ioctl", "0x22a004")
        self.assertIn("0x000000c4", leak.stdout)
        # The lines are those of the sources that the scan reads.
        self.assertRegex(leak.stdout, re.escape(sources[0]) + r"\(38\)")
        self.assertIn("left nothing behind", fixed.stdout)

    def test_helper_in_other_file(self):
        (leak, _), (fixed, _) = self.twins("helper_in_other_file", 1, "--ioctl", "0x22a180")
        self.assertIn("0x000000c4", leak.stdout)
        self.assertIn("left nothing behind", fixed.stdout)


class Flags(Case):
    def test_default(self):
        self.assertEqual(self.printed(self.image(*self.two_files())),
                         [("help", "40"), ("entry", "1")])

    def test_command_line(self):
        sources = self.two_files()
        forced = self.write("forced.h", "#define MORE (NUMBER + 1)\n")
        self.assertEqual(self.printed(self.image("-D", "NUMBER=7", "--include", forced, *sources)),
                         [("help", "48"), ("entry", "7")])

    def test_database(self):
        """Each file with its own options: -D, a folder, a forced include."""
        entry, helper = self.two_files()
        os.unlink(self.path("demo/number.h"))
        self.write("include/number.h", "#define NUMBER 5\n")
        forced = self.write("forced.h", "#define MORE TWO\n")
        self.database([(entry, ["-Iinclude"]), (helper, ["-DTWO=2", "-include", forced])])
        self.assertEqual(self.printed(self.image("-p", ".")), [("help", "42"), ("entry", "5")])

    def test_assembler(self):
        """Of a build's assembler sources, what the driver lacks without."""
        entry, helper = self.two_files()
        self.write("demo/help.c", HELP.replace("g_Shared + MORE", "FromAssembler()")
                   .replace("VOID Help", "int FromAssembler(void);\nVOID Help"))
        self.assertEqual(self.not_built(entry, helper), [
            f"{helper}(9): FromAssembler is defined in no file of the driver, and no library of "
            "the kernel's that leak62 has exports it"])
        text = ".globl FromAssembler\nFromAssembler: movl $ANSWER, %eax\nret\n"
        assembler = self.write("demo/from.S", text)
        self.database([(entry, []), (helper, []), (assembler, ["-DANSWER=99"])])
        self.assertEqual(self.printed(self.image("-p", ".")), [("help", "99"), ("entry", "1")])
        self.write("demo/from.S", "wrong\n")
        reasons = self.not_built("-p", ".")
        self.assertEqual(len(reasons), 2)
        self.assertIn(f"{assembler}(1): ", reasons[1])

    def test_hostile_option(self):
        entry, helper = self.two_files()
        self.database([(entry, ["-fplugin=/nonexistent.so"]), (helper, [])])
        done = self.confirm("-p", ".")
        self.assertIn('option "-fplugin=/nonexistent.so"', done.stderr)

    def test_other_processor(self):
        entry, helper = self.two_files()
        self.database([(entry, ["-m32"]), (helper, [])])
        reasons = self.not_built("-p", ".")
        self.assertEqual(len(reasons), 1)
        self.assertIn(f"{entry}: is compiled for i686", reasons[0])


class Sources(Case):
    def test_error(self):
        entry, helper = self.two_files()
        self.image(entry, helper)
        text = HELP.replace("DbgPrint(", "Nothing + (")
        self.write("demo/help.c", text)
        reasons = self.not_built(entry, helper)
        self.assertEqual(len(reasons), 1)
        self.assertTrue(reasons[0].startswith(f"{helper}(8): "), reasons)
        self.assertIn("Nothing", reasons[0])
        # What was built of the sources before is no image of these.
        self.assertFalse(os.path.exists(self.path(".leak62/confirm/demo/traced/demo.sys")))
        self.write("demo/help.c", HELP)
        self.image(entry, helper)

    def test_errors_of_each_file(self):
        entry, helper = self.two_files()
        for path in (entry, helper):
            with open(path, "a", encoding="utf-8") as file:
                file.write("one error;\nanother error;\n")
        reasons = self.not_built(entry, helper)
        self.assertEqual([reason.split("(")[0] for reason in reasons], [entry, helper])

    def test_inline(self):
        """A function of a header that MSVC defines in each file that does not inline it."""
        self.two_files()
        self.write("demo/number.h", "#define NUMBER Five()\ninline int Five(void) { return 5; }\n")
        entry = self.path("demo/entry.c")
        helper = self.write("demo/help.c", '#include "number.h"\n' +
                            HELP.replace("g_Shared + MORE", "NUMBER"))
        self.assertEqual(self.printed(self.image(entry, helper)), [("help", "5"), ("entry", "5")])

    def test_project(self):
        self.two_files()
        project = self.write("demo/demo.vcxproj", PROJECT)
        image = self.image(project)
        self.assertEqual(os.path.basename(image), "demo.sys")
        self.assertEqual(self.printed(image), [("help", "43"), ("entry", "1")])
        self.write("demo/help.c", HELP.replace("DbgPrint(", "Nothing + ("))
        self.assertIn("Nothing", self.not_built(project)[0])

    def test_error_in_header(self):
        sources = self.two_files()
        header = self.write("demo/number.h", "\nint x = ;\n")
        self.assertTrue(self.not_built(*sources)[0].startswith(f"{header}(2): "))

    def test_hangs(self):
        """A driver of which no run ends was not confirmed to be clean."""
        source = self.write("hang/hang.c", """#include <ntddk.h>
static volatile LONG Stop;
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNREFERENCED_PARAMETER(driver);
	UNREFERENCED_PARAMETER(path);
	while (!Stop)
		;
	return STATUS_SUCCESS;
}
""")
        done = self.confirm("--budget", "1", source, expect=[3])
        self.assertIn("leak62: hang: no run of it ended within 1 seconds: raise --budget",
                      done.stderr)

    def test_odd_names(self):
        """Paths with a space and quotes, and of drivers that are no file names."""
        self.two_files()
        os.rename(self.path("demo"), self.path("a 'b\" $c"))
        image = self.image("--driver", "../x/..y z", *[self.path("a 'b\" $c/" + name)
                                                       for name in ("entry.c", "help.c")])
        self.assertTrue(image.startswith(self.path(".leak62/confirm/")), image)
        self.assertEqual(os.path.relpath(image, self.path(".leak62/confirm")).count("/"), 2)
        self.verify(image)


class Links(Case):
    def test_nobody_has_it(self):
        source = self.alone("NoSuchRoutine(1);\n\tNoSuchRoutine(2);",
                            "VOID NTAPI NoSuchRoutine(ULONG);")
        reasons = self.not_built(source)
        self.assertEqual(len(reasons), 1, reasons)
        self.assertIn(f"{source}(9): NoSuchRoutine is defined in no file of the driver",
                      reasons[0])

    def test_imported_by_declaration(self):
        source = self.alone("NoSuchRoutine();", "__declspec(dllimport) VOID NoSuchRoutine(VOID);")
        self.assertIn(f"{source}(9): NoSuchRoutine is defined in no file", self.not_built(source)[0])

    def test_library(self):
        source = self.alone("StorPortNothing();", "VOID NTAPI StorPortNothing(VOID);")
        self.assertEqual(self.not_built(source), [
            f"{source}(9): StorPortNothing is of storport.lib, which leak62 does not have"])

    def test_entries(self):
        entry, helper = self.two_files()
        self.assertEqual(self.not_built(helper), ["none of the 1 files defines DriverEntry"])
        other = self.write("demo/other.c", ENTRY)
        done = self.confirm(entry, helper, other)  # two drivers
        self.assertEqual(re.findall(r"^(\w+): built as", done.stdout, re.MULTILINE),
                         ["entry", "other"])

    def test_static_libraries(self):
        """What of the WDK's static libraries leak62 has does what it should."""
        source = self.alone("""
	WCHAR room[8];
	CHAR text[8];
	UNICODE_STRING string = {0, sizeof(room), room}, name;
	PDEVICE_OBJECT device;
	struct { UCHAR bytes[16]; } table;
	ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
	DbgPrint("copy %x %s\\n", RtlStringCchCopyA(text, 8, "too long"), text);
	DbgPrint("print %x %s\\n", RtlStringCbPrintfA(text, 8, "%d", 12), text);
	DbgPrint("string %x %wZ\\n", RtlUnicodeStringPrintf(&string, L"a%d", 34), &string);
	DbgPrint("cat %x %wZ\\n", RtlUnicodeStringCatString(&string, L"bcdefghi"), &string);
	RtlUnicodeStringInit(&name, L"\\\\Device\\\\One");
	DbgPrint("device %x\\n", IoCreateDeviceSecure(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0,
	                                            FALSE, &SDDL_DEVOBJ_SYS_ALL_ADM_ALL, NULL, &device));
	DbgPrint("sddl %wZ\\n", &SDDL_DEVOBJ_SYS_ALL_ADM_RX);
	__invlpg(driver);
	_disable();
	_enable();
	__halt();
	__wbinvd();
	__sidt(&table);
	_sgdt(&table);
	__nop();
	_ReadWriteBarrier();
	DbgPrint("counter %d\\n", __readpmc(0) == 0 || 1);
	IoDeleteDevice(device);""", "VOID __invlpg(PVOID);\nVOID _sgdt(PVOID);\nVOID __nop(VOID);\n"
                            "VOID _disable(VOID);\nVOID _enable(VOID);\nVOID __halt(VOID);\n"
                            "VOID __wbinvd(VOID);\nVOID __sidt(PVOID);\nULONG64 __readpmc(ULONG);\n"
                            "void _ReadWriteBarrier(void);")
        done = self.leak62("verify", self.image(source))
        for line in ["copy 80000005 too lon", "print 0 12", "string 0 a34",
                     "cat 80000005 a34bcdef", "device 0",
                     "sddl D:P(A;;GA;;;SY)(A;;GRGX;;;BA)", "counter 1"]:
            self.assertIn(line + "\n", done.stderr)

    def test_own_definition(self):
        """What a driver defines itself goes before; so does its second."""
        source = self.alone('ExInitializeDriverRuntime(1);\n\tIoCreateDeviceSecure(0,0,0,0,0,0,0,0,0);',
                            'VOID NTAPI ExInitializeDriverRuntime(ULONG flags)\n'
                            '{\n\tDbgPrint("own %d\\n", flags);\n}')
        self.assertIn("own 1\n", self.leak62("verify", self.image(source)).stderr)

    def test_services_and_others(self):
        """Variables, and what came after mingw-w64's libraries."""
        source = self.alone("""
	PVOID p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 'tset');
	DbgPrint("type %d %d\\n", *IoFileObjectType != NULL, p != NULL);
	ExFreePoolWithTag(p, 'tset');""")
        self.assertIn("type 1 1\n", self.leak62("verify", self.image(source)).stderr)


# A request of METHOD_NEITHER; BODY: what the handler does.
NEITHER = """#include <ntddk.h>
static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\\\Device\\\\Neither");
static VOID Unload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
}
static NTSTATUS Done(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}
static NTSTATUS Open(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return Done(irp, STATUS_SUCCESS);
}
static NTSTATUS Take(PVOID user)
{
	PVOID copy = ExAllocatePoolWithTag(PagedPool, 16, 'rhtN');

	if (!copy)
		return STATUS_INSUFFICIENT_RESOURCES;
	__try {
		ProbeForRead(user, 16, 1);
		RtlCopyMemory(copy, user, 16);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		BODY
		return GetExceptionCode();
	}
	ExFreePoolWithTag(copy, 'rhtN');
	return STATUS_SUCCESS;
}
static NTSTATUS Control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

	UNREFERENCED_PARAMETER(device);
	if (stack->Parameters.DeviceIoControl.IoControlCode !=
	    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x862, METHOD_NEITHER, FILE_ANY_ACCESS))
		return Done(irp, STATUS_INVALID_DEVICE_REQUEST);
	return Done(irp, Take(stack->Parameters.DeviceIoControl.Type3InputBuffer));
}
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	PDEVICE_OBJECT device;

	UNREFERENCED_PARAMETER(path);
	driver->DriverUnload = Unload;
	driver->MajorFunction[IRP_MJ_CREATE] = Open;
	driver->MajorFunction[IRP_MJ_CLOSE] = Open;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	return IoCreateDevice(driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
"""

# The same with a handle in the buffer of METHOD_BUFFERED.
TAKE = NEITHER[NEITHER.index("static NTSTATUS Take"):NEITHER.index("static NTSTATUS Control")]
HANDLE = NEITHER.replace(TAKE, """static NTSTATUS Take(HANDLE *from)
{
	PVOID event, copy;
	NTSTATUS status = ObReferenceObjectByHandle(*from, EVENT_MODIFY_STATE, *ExEventObjectType,
	                                            UserMode, &event, NULL);

	if (!NT_SUCCESS(status))
		return status;
	ObDereferenceObject(event);
	copy = ExAllocatePoolWithTag(PagedPool, 16, 'rhtN');
	if (!copy)
		return STATUS_INSUFFICIENT_RESOURCES;
	BODY
	return STATUS_SUCCESS;
}
""").replace("METHOD_NEITHER", "METHOD_BUFFERED").replace(
    "stack->Parameters.DeviceIoControl.Type3InputBuffer", "irp->AssociatedIrp.SystemBuffer")


class Plan(Case):
    """What is tried."""

    def tried(self, text, body):
        return self.confirm(self.write("tried/tried.c", text.replace("BODY", body))).stdout

    def shown_by(self, text, trial, free):
        """The leak by that trial and its replay; nothing of the corrected twin."""
        leak = self.tried(text, "")
        self.assertIn("of 1 findings 1 confirmed", leak)
        self.assertRegex(leak, r"of (\d+) allocation sites \1 ran\n")
        self.assertRegex(leak, r"confirmed: left behind: 16 bytes of pool \(tag Nthr\)")
        # Of many ways to show it the one in which no call fails.
        replay = re.search(rf"replay: leak62 (verify .*{trial}.*\.json)$", leak, re.MULTILINE)
        self.assertIsNotNone(replay, leak)
        done = self.leak62(*replay[1].split())
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        fixed = self.tried(text, free)
        self.assertIn("of 0 findings", fixed)
        self.assertNotIn("left behind", fixed)

    def test_bad_addresses(self):
        """The handler runs only if the program gives an address where nothing is."""
        self.shown_by(NEITHER, "bad", "ExFreePoolWithTag(copy, 'rhtN');")

    def test_handle(self):
        """What the buffer holds must be a handle of an event."""
        self.shown_by(HANDLE, "numbers", "ExFreePoolWithTag(copy, 'rhtN');")


class Tools(Case):
    def refuses(self, *args, words, **more):
        done = self.confirm(*args, expect=[2], **more)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_named(self):
        sources = self.two_files()
        for option, tool in (("--lld", "ld.lld"), ("--dlltool", "llvm-dlltool")):
            self.refuses(option, "/nonexistent/x", *sources,
                         words=[tool, "/nonexistent/x", option])

    def test_missing(self):
        """A clang that has no LLVM beside it, and nothing on PATH."""
        clang = self.write("bin/clang", f'#!/bin/sh\nexec {TOOLS.clang} "$@"\n', 0o755)
        env = {"PATH": self.path("bin"), "HOME": self.dir}
        os.symlink(shutil.which("ninja"), self.path("bin/ninja"))
        sources = self.two_files()
        self.refuses("--clang", clang, *sources, env=env,
                     words=["ld.lld was not found", "install Debian's package lld-", "--lld"])
        lld = self.write("bin/lld", "#!/bin/sh\n", 0o755)
        self.refuses("--clang", clang, "--lld", lld, *sources, env=env,
                     words=["llvm-dlltool was not found", "install Debian's package llvm-"])

    def test_beside_clang(self):
        """The linker that is not LLVM's fails with a sentence, not with a crash."""
        lld = self.write("bin/lld", "#!/bin/sh\nexit 9\n", 0o755)
        reasons = self.not_built("--lld", lld, *self.two_files())
        self.assertEqual(len(reasons), 1)
        self.assertIn(lld, reasons[0])

    def test_scenario(self):
        """Found before anything is analysed."""
        sources = self.two_files()
        self.refuses("--scenario", "/nowhere.json", *sources, words=["/nowhere.json"])
        bad = self.write("bad.json", '{"format": "leak62-scenario", "version": 1, "steps": [{}]}')
        self.refuses("--scenario", bad, *sources, words=["bad.json(1)"])

    def test_usage(self):
        self.refuses("--frobnicate", words=["leak62 confirm --help"])
        self.refuses("--lld", words=["'--lld' needs an argument"])
        self.refuses(words=["compile_commands.json"])
        done = self.leak62("scan", "--lld", "x")
        self.assertEqual(done.returncode, 2)
        self.assertIn("add --confirm", done.stderr)
        done = self.confirm("--help")
        self.assertIn("--dlltool", done.stdout)


class Kept(Case):
    def made(self, *args):
        """What a build makes, by base name."""
        done = self.leak62("confirm", "--verbose", *args)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return sorted(os.path.basename(line.split("building ", 1)[1])
                      for line in done.stderr.splitlines()
                      if line.startswith("leak62: building "))

    def test_kept(self):
        sources = self.two_files()
        everything = ["demo.sys", "entry.c", "help.c"]
        self.assertEqual(self.made(*sources), everything)
        self.assertEqual(self.made(*sources), [])
        # A time is not a content.
        os.utime(self.path("demo/number.h"), (1, 1))
        self.assertEqual(self.made(*sources), [])
        self.write("demo/number.h", "#define NUMBER 3\n")
        self.assertEqual(self.made(*sources), ["demo.sys", "entry.c"])
        self.assertEqual(self.made("-D", "OTHER=1", *sources), everything)
        os.unlink(self.path(".leak62/confirm/demo/traced/demo.pdb"))
        self.assertEqual(self.made("-D", "OTHER=1", *sources), ["demo.sys"])

    def test_same_content_same_image(self):
        sources = self.two_files()
        with open(self.image("--work", "one", *sources), "rb") as file:
            first = file.read()
        shutil.rmtree(self.path("one"))
        with open(self.image("--work", "one", *sources), "rb") as file:
            self.assertEqual(file.read(), first)

    def test_damaged(self):
        """What does not agree with its key is made again."""
        sources = self.two_files()
        self.image(*sources)
        folder = self.path(".leak62/confirm/demo/traced")
        for suffix, expected in ((".obj", ["entry.c"]), (".key", ["entry.c"])):
            name = [name for name in os.listdir(folder)
                    if name.startswith("entry") and name.endswith(suffix)]
            self.assertEqual(len(name), 1)
            with open(os.path.join(folder, name[0]), "r+b") as file:
                file.truncate(100)
            # It is the same as it was, and so is the image.
            self.assertEqual(self.made(*sources), expected)
            self.verify(os.path.join(folder, "demo.sys"))


def main():
    global TOOLS
    parser = argparse.ArgumentParser()
    for option in ["leak62", "clang", "corpus"]:
        parser.add_argument("--" + option, required=True)
    TOOLS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
