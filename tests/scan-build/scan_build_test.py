#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The checker in scan-build: path leaks of the corpus are in its HTML and plist
reports, their corrected twins give none.

  scan_build_test.py --scan-build P --clang P --make P --plugin P --mingw DIR --shim DIR --corpus DIR
"""
import argparse
import glob
import html
import os
import plistlib
import re
import subprocess
import sys
import tempfile
import unittest

OPTIONS = None
MAKEFILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "driver.mk")


class ScanBuild(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="leak62-scan-build-")
        self.addCleanup(temporary.cleanup)
        self.dir = temporary.name
        self.out = os.path.join(self.dir, "reports")

    def scan(self, driver, *options):
        """Builds a driver of the corpus under scan-build; its exit code and output."""
        version = subprocess.run([OPTIONS.clang, "-dumpversion"], stdout=subprocess.PIPE,
                                 text=True, check=True).stdout
        if int(version.split(".")[0]) >= 22:  # mingw-w64 reads the time at a fixed address
            options = ["-disable-checker", "core.FixedAddressDereference", *options]
        run = subprocess.run(
            [OPTIONS.scan_build, f"--use-cc={OPTIONS.clang}", f"--use-analyzer={OPTIONS.clang}",
             "-load-plugin", OPTIONS.plugin, "-enable-checker", "leak62", "--status-bugs",
             "-o", self.out, *options, OPTIONS.make, "-f", MAKEFILE,
             f"DRIVER={OPTIONS.corpus}/{driver}", f"SHIM={OPTIONS.shim}",
             f"MINGW={OPTIONS.mingw}"],
            cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)
        objects = glob.glob(os.path.join(self.dir, "*.o"))
        sources = glob.glob(os.path.join(OPTIONS.corpus, driver, "*.c"))
        self.assertEqual(len(objects), len(sources), run.stdout)  # it was really built
        return run.returncode, run.stdout

    def reports(self, pattern):
        return glob.glob(os.path.join(self.out, "*", pattern))

    def html_bugs(self):
        """(file name, type, description) of each HTML report of leak62."""
        found = []
        for name in self.reports("report-*.html"):
            with open(name, encoding="utf-8") as file:
                text = file.read()
            fields = dict(re.findall(r"<!-- (BUG\w+) (.*?) -->", text))
            if fields.get("BUGCATEGORY") == "Kernel resource leak":
                found.append((os.path.basename(fields["BUGFILE"]), fields["BUGTYPE"],
                              html.unescape(fields["BUGDESC"])))
        return found

    def plist_bugs(self):
        found = []
        for name in self.reports("*.plist"):
            with open(name, "rb") as file:
                log = plistlib.load(file)
            found += [d for d in log["diagnostics"] if d["check_name"].startswith("leak62")]
        return found

    def finds(self, pattern, source, rule, message, note):
        """The leak is there in both formats, with the note that says where it began."""
        code, text = self.scan(f"{pattern}/leak", "-plist-html")
        self.assertEqual(code, 1, text)
        bugs = self.html_bugs()
        self.assertEqual([(f, t) for f, t, _ in bugs], [(source, rule)], text)
        self.assertRegex(bugs[0][2], message)
        bugs = self.plist_bugs()
        self.assertEqual([b["type"] for b in bugs], [rule], text)
        self.assertRegex(bugs[0]["description"], message)
        events = [p["message"] for p in bugs[0]["path"] if p["kind"] == "event"]
        self.assertTrue(any(re.search(note, e) for e in events), events)

    def is_silent(self, driver):
        code, text = self.scan(driver, "-plist-html")
        self.assertEqual(self.html_bugs() + self.plist_bugs(), [], text)
        self.assertEqual(code, 0, text)

    def test_early_return(self):
        self.finds("error_path_return", "ranges.c", "LeakOnPath",
                   r"^leak: '\w+' from ExAllocatePool\w+ \(.*\) is not freed on this path$",
                   r"^ExAllocatePool\w+ allocates .*pool \(tag ....\)$")

    def test_early_return_fixed(self):
        self.is_silent("error_path_return/fixed")

    def test_finally(self):
        self.finds("seh_finally", "message.c", "LeakOnPath",
                   r"^leak: '\w+' from ExAllocatePool", r"^ExAllocatePool\w+ allocates")

    def test_finally_fixed(self):
        self.is_silent("seh_finally/fixed")

    def test_handle(self):
        self.finds("handle_not_closed", "settings.c", "HandleLeak",
                   r"^leak: '\w+' from Zw\w+ is not closed on this path$",
                   r"^Zw\w+ opens a handle$")

    def test_handle_fixed(self):
        self.is_silent("handle_not_closed/fixed")

    def test_life_cycle_is_for_the_linker(self):
        # What is lost at unload, and not on a path, takes leak62 scan to see.
        self.is_silent("mydriver/leak")

    def test_html_by_default(self):
        code, text = self.scan("error_path_return/leak")
        self.assertEqual(code, 1, text)
        self.assertEqual([t for _, t, _ in self.html_bugs()], ["LeakOnPath"], text)

    def test_nothing_without_the_checker(self):
        code, text = self.scan("error_path_return/leak", "-plist-html",
                               "-disable-checker", "leak62")
        self.assertEqual(self.html_bugs() + self.plist_bugs(), [], text)
        self.assertEqual(code, 0, text)


def main():
    global OPTIONS
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("scan-build", "clang", "make", "plugin", "mingw", "shim", "corpus"):
        parser.add_argument(f"--{name}", required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=sys.argv[:1] + rest)


if __name__ == "__main__":
    main()
