#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What leak62 scan leaves out of its report: findings that a comment or the project
file suppresses, and what lies in headers of the system.

  suppress_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
import json
import os
import re
import subprocess

import scan_test
from scan_test import LEAK, Case

SUPPRESSED = re.compile(r"; (\d+) suppressed: (.*)$", re.MULTILINE)


class Suppress(Case):
    LIGHT = True

    def leaking(self, name="leak.c", at="", site="", function="DriverEntry"):
        """A driver that leaks in one place, with text behind the exit and the site."""
        text = LEAK.format(extra="", name=function)
        text = text.replace("RESOURCES;\n", f"RESOURCES;{at}\n")
        return self.write(name, text.replace("'tset');\n", f"'tset');{site}\n"))

    def suppressed(self, done):
        found = SUPPRESSED.search(done.stdout)
        return found.group(2) if found else None

    def sarif(self):
        with open(self.path("out.sarif"), encoding="utf-8") as file:
            return json.load(file)["runs"][0]


class Comment(Suppress):
    def test_twins(self):
        """The same driver, with and without a comment that counts."""
        for at, site, says in ((" // leak62: ignore", "", True),
                               (" /* leak62: ignore LEAK6201 why */", "", True),
                               ("", " // leak62: ignore LeakOnPath", True),
                               ("", " // leak62:ignore", True),
                               ("", "", False),
                               ("", " /* leak62: LeakOnPath */", False),
                               (" // leak62: ignore LeakAtUnload", "", False),
                               (' (void)"// leak62: ignore";', "", False)):
            self.leaking(at=at, site=site)
            done = self.scan("leak.c", expect=0 if says else 1)
            self.assertEqual(self.count(done, "findings?:?"), 0 if says else 1)
            self.assertEqual(self.suppressed(done), "1 by comment" if says else None)
            self.assertEqual("leak.c(5)" in done.stdout, not says)

    def test_line_before_and_crlf(self):
        text = LEAK.format(extra="", name="DriverEntry")
        text = text.replace("\tPVOID p", "\t/* leak62: ignore LEAK6201\n\t   why */\n\tPVOID p")
        for end in ("\n", "\r\n"):
            with open(self.path("leak.c"), "w", encoding="utf-8", newline=end) as file:
                file.write(text)
            done = self.scan("leak.c", "--sarif", "out.sarif", expect=0)
            self.assertEqual(self.suppressed(done), "1 by comment")
            suppression = self.sarif()["results"][0]["suppressions"]
            self.assertEqual([s["kind"] for s in suppression], ["inSource"])
            self.assertEqual(suppression[0]["justification"], "why")

    def test_in_a_macro(self):
        """What a macro does is where the macro is used."""
        text = LEAK.format(extra="#define GET ExAllocatePoolWithTag(NonPagedPool, 16, 'tset')"
                                 "{define}", name="DriverEntry")
        text = text.replace("ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');", "GET;{use}", 1)
        for define, use, code in ((" // leak62: ignore", "", 1), ("", " // leak62: ignore", 0)):
            # The first GET is the definition's own name.
            self.write("leak.c", text.replace("{define}", define).replace("{use}", use)
                       .replace("#define GET GET;", "#define GET "))
            self.scan("leak.c", expect=code)

    def test_shown_if_wanted(self):
        self.leaking(at=" // leak62: ignore by design")
        done = self.scan("leak.c", "--show-suppressed", expect=0)
        self.assertIn("\nSuppressed:\n", "\n" + done.stdout)
        self.assertIn("suppressed by leak.c(8): by design", done.stdout)
        self.assertNotIn("## Driver Verification List", done.stdout)
        self.assertIn("0 findings; 1 suppressed: 1 by comment", done.stdout)

    def test_misspelt_rule(self):
        self.leaking(at=" // leak62: ignore LEAK9999")
        done = self.scan("leak.c", expect=1)
        self.assertIn("leak.c(8): there is no rule 'LEAK9999'", done.stderr)

    def test_edited_comment_counts_at_once(self):
        self.leaking(at=" // leak62: ignore")
        self.scan("leak.c", expect=0)
        self.leaking()
        self.scan("leak.c", expect=1)


class Config(Suppress):
    ENTRY = "suppress:\n  - {{{keys}, reason: the port driver frees it}}\n"

    def entry(self, keys, name=".leak62.yml"):
        return self.write(name, self.ENTRY.format(keys=keys))

    def test_criteria(self):
        self.leaking("src/leak.c")
        for keys, code in (("rule: LeakOnPath", 0), ("rule: LEAK6201", 0),
                           ("rule: LeakAtUnload", 1), ("file: 'src/*.c'", 0),
                           ("file: 'src/'", 0), ("file: '*.c'", 1), ("file: '**/leak.c'", 0),
                           ("function: DriverEntry", 0), ("function: Driver", 1),
                           ("tag: test", 0), ("tag: tset", 1), ("variable: p", 0),
                           ("variable: q", 1), ("variable: p, tag: tset", 1),
                           ("variable: p, tag: test, file: src/leak.c", 0)):
            self.entry(keys)
            done = self.scan("src/leak.c", expect=code)
            self.assertEqual(self.suppressed(done), None if code else "1 by configuration")
            self.assertEqual(".leak62.yml(2): this suppression fits no finding" in done.stderr,
                             code == 1, done.stderr)

    def test_places(self):
        """Beside the database, here, at the top of the work tree; the first counts."""
        source = self.leaking("src/leak.c")
        self.database([(source, ["clang", "-c", source])], "build/compile_commands.json")
        os.makedirs(self.path("other/deep"))
        subprocess.run(["git", "init", "-q", self.path("other")], check=True)
        scan = ["-p", self.path("build")]
        deep = self.path("other/deep")
        self.scan(*scan, cwd=deep, expect=1)
        self.entry("file: 'src/*'", "other/.leak62.yml")
        self.scan(*scan, cwd=deep, expect=1)
        self.entry("file: '../src/*'", "other/.leak62.yml")
        self.scan(*scan, cwd=deep, expect=0)
        self.entry("tag: none", "other/deep/.leak62.yml")
        self.scan(*scan, cwd=deep, expect=1)
        self.entry("file: '../src/*'", "build/.leak62.yml")
        self.scan(*scan, cwd=deep, expect=0)
        self.entry("tag: none", "named.yml")
        self.scan(*scan, "--config", self.path("named.yml"), cwd=deep, expect=1)

    def test_errors(self):
        self.leaking()
        self.refuses("leak.c", "--config", "none.yml", words=["none.yml", "No such file"])
        for text, line, word in (("suppress: [\n", 1, "not YAML"),
                                 ("supress: []\n", 1, "'supress'"),
                                 ("suppress:\n- rule: LEAK6201\n", 2, "reason"),
                                 ("suppress:\n- rule: LEAK1\n  reason: x\n", 2, "'LEAK1'"),
                                 ("suppress:\n- tag: [a]\n  reason: x\n", 2, "'tag'")):
            self.write(".leak62.yml", text)
            self.refuses("leak.c", words=[f".leak62.yml({line}): ", word])
        # Nothing was analysed for that.
        self.assertFalse(os.path.exists(self.path(".leak62")))

    def test_unused_entry_of_a_part(self):
        """Only a scan of everything can say that an entry is of no use."""
        files = [self.leaking("a.c"), self.leaking("b.c", function="Other")]
        self.database([(f, ["clang", "-c", f]) for f in files])
        self.entry("function: Other")
        done = self.scan("-p", ".", "a.c", expect=1)
        self.assertNotIn("fits no finding", done.stderr)
        done = self.scan("-p", ".", expect=1)
        self.assertNotIn("fits no finding", done.stderr)
        self.assertEqual(self.suppressed(done), "1 by configuration")
        self.entry("function: Third")
        self.assertIn("fits no finding", self.scan("-p", ".", expect=1).stderr)
        self.write("b.c", "#error\n")
        self.assertNotIn("fits no finding", self.scan("-p", ".", expect=3).stderr)

    def test_both(self):
        self.leaking("a.c", at=" // leak62: ignore")
        self.leaking("b.c", function="Other")
        self.leaking("c.c", function="Third")
        self.entry("file: '[ab].c'")
        done = self.scan("a.c", "b.c", "c.c", "--sarif", "out.sarif", expect=1)
        self.assertIn("; 1 finding: LeakOnPath 1; 2 suppressed: 1 by comment, 1 by configuration\n",
                      done.stdout)
        kinds = [[s["kind"] for s in r["suppressions"]] for r in self.sarif()["results"]]
        self.assertEqual(kinds, [["inSource"], ["external"], []])


class Places(Suppress):
    def test_inside_a_header_of_the_system(self):
        """The finding is at the driver's call, where a comment finds it too."""
        self.write("wdk/lose.h", "static inline int Lose(void)\n{\n"
                                 "\tchar *p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');\n"
                                 "\tif (!p)\n\t\treturn 1;\n\treturn 0;\n}\n")
        text = "#include <wdm.h>\n#include <lose.h>\nint F(void)\n{\n\treturn Lose();\n}\n"
        self.write("a.c", text)
        done = self.scan("a.c", "--sarif", "out.sarif", expect=1)
        self.assertIn("inside lose.h(6), which is called here", done.stdout)
        place = self.sarif()["results"][0]["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "a.c")
        self.assertEqual(place["region"]["startLine"], 5)
        self.write("a.c", text.replace("Lose();", "Lose(); // leak62: ignore"))
        self.scan("a.c", expect=0)

    def test_each_exit_and_its_hint(self):
        self.write("a.c", "#include <wdm.h>\n"
                          "int F(int a, int b)\n"
                          "{\n"
                          "\tint result = 0;\n"
                          "\tchar *p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');\n"
                          "\tif (!p)\n"
                          "\t\treturn 1;\n"
                          "\tif (a) {\n"
                          "\t\tresult = a;\n"
                          "\t\tgoto out;\n"
                          "\t}\n"
                          "\tif (b) {\n"
                          "\t\tresult = b;\n"
                          "\t\tgoto out;\n"
                          "\t}\n"
                          "\tExFreePoolWithTag(p, 'tset');\n"
                          "out:\n"
                          "\treturn result;\n"
                          "}\n")
        done = self.scan("a.c", expect=1)
        self.assertEqual(re.findall(r"lost at a\.c\((\d+)\)\n", done.stdout), ["10", "14"])
        self.assertEqual(done.stdout.count("; another path frees it\n"
                                           "    fix: free it here as line 16 does\n"), 2)
        self.assertIn("'p' from ExAllocatePoolWithTag (tag test, 16 bytes)", done.stdout)
        # One allocation, however often it is lost.
        self.assertIn("Arg4: 00000001", done.stdout)


if __name__ == "__main__":
    scan_test.main()
