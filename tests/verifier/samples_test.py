#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Drivers of Microsoft's Windows-driver-samples, as they are, from load to unload.

  samples_test.py --leak62 BIN --clang CLANG --lld LLD --build DIR --samples DIR
                  --library FILE... -- COMPILER-FLAG... -- SAMPLE

The environment's LEAK62_SAMPLES_DIR goes before --samples.  Neither: says so and ends with
77, which ctest shows as skipped.  The sources are not part of leak62.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

ARGS = None
FLAGS = []
HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
FOLDERS = {
    "sioctl": "general/ioctl/wdm/sys",
    "event": "general/event/wdm",
    "cancel": "general/cancel/sys",
    "startio": "general/cancel/startio",
    "obcallback": "general/obcallback/driver",
    "serenum": "serial/serenum",
}


def call(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise AssertionError(f"{' '.join(command)}\n{result.stderr}")


def compile_one(source, target, *options):
    name = re.sub(r"\W", "_", target)
    call(ARGS.clang, *FLAGS, "-D_WIN32_WINNT=0x0A00", "-DNTDDI_VERSION=0x0A000000", "-DDBG=1",
         f"-DInterlockedBitTestAndSet={name}_set", f"-DInterlockedBitTestAndReset={name}_reset",
         *options, "-c", source, "-o", target)


def build(name, folder, keep=lambda source: True):
    """folder's C files to NAME.sys, without those that only make a precompiled header."""
    out = os.path.join(ARGS.build, name)
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    objects = []
    for source in [*sorted(glob.glob(os.path.join(folder, "*.c"))),
                   *sorted(glob.glob(os.path.join(HERE, "../../analyzer/confirm/wdk/*.c")))]:
        base = os.path.splitext(os.path.basename(source))[0]
        if base == "pchsrc" or not keep(source):
            continue
        objects.append(os.path.join(out, base + ".obj"))
        compile_one(source, objects[-1])
    driver = os.path.join(out, name + ".sys")
    call(ARGS.lld, "-m", "i386pep", "--subsystem=native", "--entry=DriverEntry",
         "--image-base=0x140000000", "--dynamicbase", "--nxcompat", "--allow-multiple-definition",
         "--no-insert-timestamp", f"--pdb={driver[:-4]}.pdb", "-o", driver, *objects,
         *ARGS.libraries)
    return driver


def verify(*arguments):
    return subprocess.run([ARGS.leak62, "verify", *arguments], capture_output=True, text=True,
                          errors="replace", timeout=100, check=False)


class Samples(unittest.TestCase):
    def sample(self, name, *codes, scenario=None):
        driver = build(name, os.path.join(ARGS.samples, FOLDERS[name]))
        imports = verify("--imports", driver)
        self.assertEqual(imports.returncode, 0, imports.stdout)
        options = [f"--ioctl={code:#x}" for code in codes]
        if scenario:
            options.append("--scenario=" + os.path.join(HERE, "samples", scenario))
        return verify(driver, "--windbg=modern", *options)

    def clean(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_sioctl(self):
        result = self.sample("sioctl", 0x9c402408, 0x9c40240f, 0x9c402401, 0x9c402406)
        self.clean(result)
        for method in ["BUFFERED", "NEITHER", "IN_DIRECT", "OUT_DIRECT"]:
            self.assertIn(f"Called IOCTL_SIOCTL_METHOD_{method}", result.stderr)
        self.assertNotIn("unrecognized", result.stderr)

    def test_event(self):
        result = self.sample("event", scenario="event.json")
        self.clean(result)
        self.assertIn("RegisterIrpBasedNotification", result.stderr)
        self.assertIn("CustomTimerDPC", result.stderr)
        self.assertIn("Break instruction exception", result.stderr)

    def test_cancel(self):
        result = self.sample("cancel")
        self.clean(result)
        self.assertIn("CsampRead Enter", result.stderr)

    def test_startio(self):
        result = self.sample("startio")
        self.clean(result)
        self.assertIn("CsampInitiateIo", result.stderr)

    def test_obcallback(self):
        result = self.sample("obcallback", 0x222008, 0x22200c)
        self.clean(result)
        self.assertIn("DriverEntry: Driver loaded", result.stderr)

    def test_serenum(self):
        """It frees its interface's name twice when its device is removed."""
        result = self.sample("serenum")
        self.assertEqual(result.returncode, 1, result.stderr)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], "*** Fatal System Error: 0x000000c4")
        self.assertTrue(lines[1].strip().startswith("(0x0000000000000013,"), lines[1])
        self.assertRegex(result.stdout, r"serenum!Serenum_FDO_PnP\+0x\w+ \[.*pnp\.c @ 666\]")

    def test_serenum_without_second_free(self):
        folder = os.path.join(ARGS.build, "serenum-once-src")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(os.path.join(ARGS.samples, FOLDERS["serenum"]), folder)
        source = os.path.join(folder, "pnp.c")
        with open(source, encoding="latin-1") as file:
            text = file.read()
        once, count = re.subn(r"ExFreePoolWithTag \(DeviceData->DevClassAssocName[^;]*;", "", text)
        self.assertEqual(count, 1)
        with open(source, "w", encoding="latin-1") as file:
            file.write(once)
        self.clean(verify(build("serenum-once", folder)))


def main():
    global ARGS, FLAGS
    parser = argparse.ArgumentParser()
    for option in ["leak62", "clang", "lld", "build", "samples"]:
        parser.add_argument("--" + option, required=option != "samples", default="")
    parser.add_argument("--library", dest="libraries", action="append", default=[])
    own, rest = sys.argv[1:], []
    if "--" in own:
        own, rest = own[:own.index("--")], own[own.index("--") + 1:]
    ARGS = parser.parse_args(own)
    FLAGS, tests = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    ARGS.samples = os.environ.get("LEAK62_SAMPLES_DIR") or ARGS.samples
    names = [test.split(".")[-1].removeprefix("test_").split("_")[0] for test in tests]
    for name in names:
        if not ARGS.samples:
            print("skipped: LEAK62_SAMPLES_DIR is not set")
            sys.exit(SKIPPED)
        if not os.path.isdir(os.path.join(ARGS.samples, FOLDERS[name])):
            print(f"skipped: LEAK62_SAMPLES_DIR ({ARGS.samples}) has no {FOLDERS[name]}")
            sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *tests])


if __name__ == "__main__":
    main()
