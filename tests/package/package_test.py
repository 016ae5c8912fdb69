#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Debian package, and leak62 installed at a place that it was not built for.

  package_test.py --build DIR --source DIR --cmake P --cpack P --scan-build P --clang P
                  --make P --mingw DIR [GROUP [-v]]

Package    cpack makes it; it names what it needs; lintian has no error
Installed  the package unpacked elsewhere: scan, verify, scan-build and the lines for
           CodeChecker of the README find what the corpus leaks
Moved      cmake --install, then the tree is renamed
"""
import argparse
import glob
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

O = None
LEAK = "error_path_return"  # LeakOnPath, in one file


def run(*command, cwd=None, env=None):
    return subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="leak62-package-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.dir = cls.temporary.name

    def ok(self, *command, **options):
        ended = run(*command, **options)
        self.assertEqual(ended.returncode, 0, f"{command}: {ended.stdout}")
        return ended.stdout

    def package(self):
        folder = os.path.join(self.dir, "package")
        self.ok(O.cpack, "--config", os.path.join(O.build, "CPackConfig.cmake"), "-B", folder)
        found = glob.glob(os.path.join(folder, "*.deb"))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def work(self):
        """A folder of nobody, for it to run in."""
        folder = tempfile.mkdtemp(prefix="work-", dir=self.dir)
        for twin in ("leak", "fixed"):
            shutil.copytree(os.path.join(O.source, "corpus", LEAK, twin),
                            os.path.join(folder, twin))
            shutil.copytree(os.path.join(O.source, "corpus", "mydriver", twin),
                            os.path.join(folder, "my" + twin))
        return folder

    def check(self, prefix):
        leak62 = os.path.join(prefix, "bin", "leak62")
        plugin = os.path.join(prefix, "lib", "leak62", "leak62.so")
        shim = os.path.join(prefix, "share", "leak62", "shim")
        folder = self.work()
        self.scan(leak62, shim, folder)
        self.verify(leak62, folder)
        self.scan_build(plugin, shim, folder)
        self.code_checker(plugin, shim, folder)

    def scan(self, leak62, shim, folder):
        for name, code in (("leak", 1), ("fixed", 0), ("myleak", 1), ("myfixed", 0)):
            files = sorted(os.path.relpath(f, folder)
                           for f in glob.glob(os.path.join(folder, name, "*.c")))
            ended = run(leak62, "scan", "--work", f"work-{name}", *files, cwd=folder)
            self.assertEqual(ended.returncode, code, ended.stdout)
        self.assertIn("3 findings: LeakAtUnload 3", run(
            leak62, "scan", "--work", "work-myleak", "myleak/handleioctl.c",
            "myleak/mydriver.c", cwd=folder).stdout)
        # It is this tree's headers that were read, not the sources'.
        with open(glob.glob(os.path.join(folder, "work-leak", "args", "*"))[0],
                  encoding="utf-8") as file:
            text = file.read()
        self.assertIn(os.path.realpath(shim), text)
        self.assertNotIn(os.path.join(O.source, "include"), text)

    def verify(self, leak62, folder):
        for twin, code in (("leak", 1), ("fixed", 0)):
            ended = run(leak62, "verify", "--ioctl", "0x22a004",
                        os.path.join(O.build, "corpus", "mydriver", twin, "MyDriver.sys"),
                        cwd=folder)
            self.assertEqual(ended.returncode, code, ended.stdout)

    def scan_build(self, plugin, shim, folder):
        makefile = os.path.join(O.source, "tests", "scan-build", "driver.mk")
        for twin, code in (("leak", 1), ("fixed", 0)):
            ended = run(O.scan_build, f"--use-cc={O.clang}", f"--use-analyzer={O.clang}",
                        "-load-plugin", plugin, "-enable-checker", "leak62", "--status-bugs",
                        "-o", os.path.join(folder, "reports"), O.make, "-B", "-f", makefile,
                        f"DRIVER={folder}/{twin}", f"SHIM={shim}", f"MINGW={O.mingw}",
                        cwd=folder)
            self.assertEqual(ended.returncode, code, ended.stdout)

    def code_checker(self, plugin, shim, folder):
        """What CodeChecker runs with the README's file of arguments: its own are others."""
        with open(os.path.join(O.source, "README.md"), encoding="utf-8") as file:
            line, = re.findall(r"^ +(-Xclang -load .*)$", file.read(), re.M)
        self.assertIn("/usr/lib/leak62/leak62.so", line)
        arguments = shlex.split(line.replace("/usr/lib/leak62/leak62.so", plugin))
        for twin in ("leak", "fixed"):
            source, = glob.glob(os.path.join(folder, twin, "*.c"))
            out = os.path.join(folder, twin + ".plist")
            self.ok(O.clang, "--analyze", "-Qunused-arguments", "-Xclang",
                    "-analyzer-opt-analyze-headers", *arguments, "--analyzer-no-default-checks",
                    "-Xclang", "-analyzer-output=plist-multi-file", "-o", out,
                    "--target=x86_64-w64-mingw32", "-std=gnu11", "-fms-extensions", "-w",
                    "-D_KERNEL_MODE=1", "-D_AMD64_=1", "-DAMD64=1", "-D_WIN64=1",
                    "-D_WIN32_WINNT=0x0A00", "-DWINVER=0x0A00", "-DNTDDI_VERSION=0x0A000000",
                    "-include", f"{shim}/leak62_driver.h", "-isystem", shim,
                    "-isystem", f"{O.mingw}/ddk", "-isystem", O.mingw, source, cwd=folder)
            with open(out, "rb") as file:
                found = [d["type"] for d in plistlib.load(file)["diagnostics"]
                         if d["check_name"].startswith("leak62")]
            self.assertEqual(found, ["LeakOnPath"] if twin == "leak" else [])


class Package(Case):
    def test_package(self):
        package = self.package()
        fields = self.ok("dpkg-deb", "--field", package)
        version = self.ok(O.clang, "-dumpversion").strip()
        major = version.split(".")[0]
        depends = re.search(r"^Depends: (.*)$", fields, re.M).group(1)
        for name in (f"clang-{major}", f"libclang1-{major}"):
            self.assertIn(f"{name} (>= 1:{version}~)", depends)
            self.assertRegex(depends, rf"{name} \(<< 1:{major}\.")
        for name in (f"lld-{major}", "mingw-w64-common", "ninja-build", "libsqlite3-0",
                     "libyaml-0-2", "libglib2.0-0"):
            self.assertRegex(depends, rf"(^|, ){re.escape(name)}( |,|$)")
        with self.subTest("lintian"):
            if not shutil.which("lintian"):
                self.skipTest("there is no lintian here")
            ended = run("lintian", "--allow-root", package)
            self.assertNotRegex(ended.stdout, r"(?m)^E: ")
            self.assertEqual(ended.returncode, 0, ended.stdout)

    def test_nothing_of_the_build(self):
        folder = os.path.join(self.dir, "content")
        self.ok("dpkg-deb", "-x", self.package(), folder)
        for name in ("usr/bin/leak62", "usr/lib/leak62/leak62.so"):
            said = self.ok("readelf", "-d", os.path.join(folder, name))
            self.assertNotRegex(said, "R(UN)?PATH")


class Installed(Case):
    def test_installed(self):
        folder = os.path.join(self.dir, "root")
        self.ok("dpkg-deb", "-x", self.package(), folder)
        self.check(os.path.join(folder, "usr"))


class Moved(Case):
    def test_moved(self):
        first, second = (os.path.join(self.dir, n) for n in ("first", "second"))
        self.ok(O.cmake, "--install", O.build, "--prefix", first)
        os.rename(first, second)
        self.check(second)


def main():
    global O
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("build", "source", "cmake", "cpack", "scan-build", "clang", "make", "mingw"):
        parser.add_argument(f"--{name}", required=True)
    O, rest = parser.parse_known_args()
    unittest.main(argv=sys.argv[:1] + rest)


if __name__ == "__main__":
    main()
