#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Man pages and bash completion say what the commands say.

  manual_test.py --leak62 BIN --manual DIR --source DIR [GROUP [-v]]
"""
import argparse
import glob
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

O = None


def output(*args):
    return subprocess.run(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def commands():
    """From main.c, where those for leak62's own use have no help."""
    with open(os.path.join(O.source, "analyzer", "main.c"), encoding="utf-8") as file:
        found = re.findall(r'\{"([a-z-]+)", l62_cmd_\w+,\s*(NULL|")', file.read())
    return [name for name, text in found if text != "NULL"]


def options(command):
    """What --help names at the beginning of a row."""
    rows = re.findall(r"^  (-\S.*)$", output(O.leak62, command, "--help"), re.M)
    found = set()
    for row in rows:
        for part in re.split(r", (?=-)", re.split(r"\s{2,}", row)[0]):
            found.add(re.match(r"--?[A-Za-z][\w-]*", part).group(0))
    return found


class Manual(unittest.TestCase):
    def test_every_command_helps_with_an_example(self):
        self.assertIn("scan", commands())
        self.assertIn("verify", commands())
        for command in commands():
            text = output(O.leak62, command, "--help")
            self.assertRegex(text, rf"(?m)^Usage: leak62 {command} ")
            self.assertRegex(text, rf"(?m)^Examples?:\n  leak62 {command} ")

    def test_a_page_for_each(self):
        pages = {os.path.basename(p) for p in glob.glob(os.path.join(O.manual, "man1", "*"))}
        self.assertEqual(pages, {"leak62.1.gz"} | {f"leak62-{c}.1.gz" for c in commands()})

    def test_every_option_is_there(self):
        for command in commands():
            with gzip.open(os.path.join(O.manual, "man1", f"leak62-{command}.1.gz"), "rt",
                           encoding="utf-8") as file:
                page = file.read()
            rows = re.findall(r"(?m)^\.TP\n\.B (.*)\n(.+)$", page)
            terms = " ".join(term for term, _ in rows).replace("\\-", "-").replace(",", " ")
            self.assertEqual(set(t for t in terms.split() if t.startswith("-")),
                             options(command))
            for part in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "SEE ALSO"):
                self.assertIn(f".SH {part}\n", page)

    def test_groff_has_nothing_to_say(self):
        if not shutil.which("groff"):
            self.skipTest("there is no groff here")
        for path in glob.glob(os.path.join(O.manual, "man1", "*.gz")):
            with gzip.open(path, "rb") as file:
                done = subprocess.run(["groff", "-man", "-ww", "-z", "-K", "utf8"],
                                      input=file.read(), stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, check=False)
            self.assertEqual((done.returncode, done.stdout), (0, b""), path)


class Completion(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="leak62-completion-")
        self.addCleanup(temporary.cleanup)
        self.dir = temporary.name
        os.mkdir(os.path.join(self.dir, "a folder"))
        for name in ("driver.sys", "drive.c", "a file.c"):
            with open(os.path.join(self.dir, name), "w", encoding="utf-8"):
                pass

    def complete(self, *words):
        """What a person is offered who has typed these words and hits the tab key."""
        script = ('. "$0"; complete -p leak62 >/dev/null || exit 9; COMP_WORDS=("$@"); '
                  "COMP_CWORD=$(($# - 1)); compopt() { :; }; _leak62; "
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "--norc", "-c", script,
                               os.path.join(O.manual, "leak62.bash"), "leak62", *words],
                              cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return sorted(done.stdout.split("\n")[:-1])

    def test_commands(self):
        self.assertEqual(self.complete(""), sorted(commands() + ["--help", "--version"]))
        self.assertEqual(self.complete("sc"), ["scan"])

    def test_options(self):
        for command in commands():
            self.assertEqual(self.complete(command, "-"), sorted(options(command)))
        self.assertEqual(self.complete("verify", "--win"), ["--windbg"])
        self.assertEqual(self.complete("verify", "--nothing"), [""])

    def test_arguments(self):
        self.assertEqual(self.complete("verify", "driver"), ["driver.sys"])
        self.assertEqual(self.complete("scan", "dri"), ["drive.c", "driver.sys"])
        self.assertEqual(self.complete("scan", "a"), ["a file.c", "a folder"])
        self.assertEqual(self.complete("scan", "-p", "a"), ["a folder"])
        self.assertEqual(self.complete("scan", "--sarif", "a"), ["a file.c", "a folder"])
        self.assertEqual(self.complete("scan", "-j", ""), [""])
        self.assertEqual(self.complete("verify", "--windbg", ""), ["classic", "modern"])
        self.assertEqual(self.complete("verify", "--windbg", "m"), ["modern"])


def main():
    global O
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("leak62", "manual", "source"):
        parser.add_argument(f"--{name}", required=True)
    O, rest = parser.parse_known_args()
    unittest.main(argv=sys.argv[:1] + rest)


if __name__ == "__main__":
    main()
