#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Unit tests of check.py, on a leak62 that says what the test wants."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check.py")

# Stands in for leak62: exit code, text and results come from beside the sources.
FAKE = """#!{python}
import json, os, sys
said = json.load(open("said.json"))
place = lambda f, n: {{"physicalLocation": {{"artifactLocation": {{"uri": f}}, "region": {{"startLine": n}}}}}}
run = {{"tool": {{"driver": {{"rules": [{{"id": "R1", "name": "LeakOnPath"}}]}}}},
       "results": [{{"ruleId": "R1", "locations": [place(f, n)]}} for f, n in said["results"]],
       "invocations": [{{"toolExecutionNotifications":
                        [{{"level": "error", "message": {{"text": t}}}} for t in said["notes"]]}}]}}
json.dump({{"runs": [run]}}, open(sys.argv[sys.argv.index("--sarif") + 1], "w"))
print(said["text"])
sys.exit(said["code"])
"""


class Check(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.dir = temporary.name
        self.write("leak62", FAKE.format(python=sys.executable))
        os.chmod(os.path.join(self.dir, "leak62"), 0o755)
        self.variant("leak", "one;\nlost; /* leak62: LeakOnPath */\n", 1, [("a.c", 2)])
        self.variant("fixed", "one;\ntwo;\n", 0, [])

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def variant(self, name, source, code, results, text="", notes=()):
        self.write(f"p/{name}/a.c", source)
        self.write(f"p/{name}/said.json", json.dumps(
            {"code": code, "results": results, "text": text, "notes": list(notes)}))

    def check(self, *args):
        return subprocess.run(
            [sys.executable, CHECK, "--leak62", os.path.join(self.dir, "leak62"), "--work",
             os.path.join(self.dir, "work"), *args, os.path.join(self.dir, "p")],
            capture_output=True, text=True, check=False)

    def fails(self, sentence, *args):
        run = self.check(*args)
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertIn(sentence, run.stdout)

    def test_agreement(self):
        run = self.check()
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_missed(self):
        self.variant("leak", "lost; /* leak62: LeakOnPath */\n", 1, [])
        self.fails("not reported: a.c:1: LeakOnPath")

    def test_wrong_line(self):
        self.variant("leak", "one;\nlost; /* leak62: LeakOnPath */\n", 1, [("a.c", 1)])
        self.fails("reported without a label: a.c:1: LeakOnPath")

    def test_wrong_rule(self):
        self.variant("leak", "one;\nlost; /* leak62: LeakAtUnload */\n", 1, [("a.c", 2)])
        self.fails("not reported: a.c:2: LeakAtUnload")

    def test_reported_twice(self):
        self.variant("leak", "one;\nlost; /* leak62: LeakOnPath */\n", 1, [("a.c", 2)] * 2)
        self.fails("reported without a label: a.c:2: LeakOnPath")

    def test_finding_in_twin(self):
        self.variant("fixed", "one;\n", 0, [("a.c", 1)])
        self.fails("reported without a label: a.c:1: LeakOnPath")

    def test_label_in_twin(self):
        self.variant("fixed", "lost; /* leak62: LeakOnPath */\n", 1, [("a.c", 1)])
        self.fails("has a label")

    def test_no_label(self):
        self.variant("leak", "one;\n", 0, [])
        self.fails("has no label")

    def test_broken_label(self):
        self.variant("leak", "lost; /* leak62: LeakOnPath */ more\n", 1, [("a.c", 1)])
        self.fails("a.c:1: this is no label")

    def test_exit_code(self):
        self.variant("leak", "one;\nlost; /* leak62: LeakOnPath */\n", 3, [("a.c", 2)])
        self.fails("exit code 3")

    def test_unit_not_analysed(self):
        self.variant("fixed", "one;\n", 0, [], notes=["a.c was not analysed"])
        self.fails("a.c was not analysed")

    def test_text(self):
        self.write("expect", "# said\nArg4: 00000003\n")
        self.fails("the text does not show: Arg4: 00000003", "--text",
                   os.path.join(self.dir, "expect"))

    def test_no_twin(self):
        os.rename(os.path.join(self.dir, "p/fixed"), os.path.join(self.dir, "p/other"))
        self.fails("has no folder fixed")


if __name__ == "__main__":
    unittest.main()
