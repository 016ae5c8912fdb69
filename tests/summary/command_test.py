# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command leak62 summarise: its options, its list, its exit codes."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

LEAK62 = sys.argv.pop(1)
FREES = ("leak62-skeleton 2\nT /drv/a.c\n"
         "F frees e /drv/a.c 1 v 1 1 1\nV p\nB\nrel POOL v0\nR -\nE\n")
CALLS = ("leak62-skeleton 2\nT /drv/b.c\n"
         "F calls e /drv/b.c 1 v 1 1 1\nV p\nB\nC - frees e v0\nR -\nE\n")


class Summarise(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory()
        self.addCleanup(self.temp.cleanup)
        self.folder = pathlib.Path(self.temp.name)

    def run_list(self, content, *options):
        path = self.folder / "list"
        path.write_bytes(content)
        return subprocess.run([LEAK62, "summarise", "--units", path, *options],
                              capture_output=True, text=True, cwd=self.folder)

    def unit(self, name, text):
        (self.folder / (name + ".skel")).write_text(text)
        return b"%s.skel\0%s.sum\0" % (name.encode(), name.encode())

    def test_solves(self):
        run = self.run_list(self.unit("a", FREES) + self.unit("b", CALLS), "--all", "all")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))
        self.assertEqual((self.folder / "b.sum").read_text(),
                         "leak62-summaries 1\nS frees e 1 -\nO - - rel:0:.:POOL\n")
        self.assertEqual((self.folder / "a.sum").read_text(), "leak62-summaries 1\n")
        self.assertIn("S calls e 1 -\nO - - rel:0:.:POOL\n",
                      (self.folder / "all").read_text())

    def test_no_units(self):
        self.assertEqual(self.run_list(b"").returncode, 0)

    def test_warns(self):
        run = self.run_list(self.unit("a", "nothing\n") + self.unit("b", CALLS))
        self.assertEqual(run.returncode, 0)
        self.assertEqual(run.stderr, "leak62: a.skel(0): this is not a skeleton: its functions "
                         "count as unknown\n")
        self.assertEqual((self.folder / "b.sum").read_text(), "leak62-summaries 1\n")

    def test_bad_lists(self):
        for content in (b"a.skel\0", b"a.skel\0a.sum", b"a\0b\0c\0"):
            run = self.run_list(content)
            self.assertEqual(run.returncode, 4)
            self.assertRegex(run.stderr, r"^leak62: .*list does not hold pairs of paths.*\n$")

    def test_cannot_write(self):
        (self.folder / "a.skel").write_text(FREES)
        run = self.run_list(b"a.skel\0no/such/folder/a.sum\0")
        self.assertEqual(run.returncode, 4)
        self.assertIn("no/such/folder/a.sum cannot be written", run.stderr)

    def test_usage(self):
        for options in ([], ["--units"], ["--units", "x", "more"], ["--what"]):
            run = subprocess.run([LEAK62, "summarise", *options], capture_output=True,
                                 text=True)
            self.assertEqual(run.returncode, 2)
            self.assertRegex(run.stderr, r"^leak62: summarise.*\n$")

    def test_missing_list(self):
        run = subprocess.run([LEAK62, "summarise", "--units", "/no/such/list"],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 4)
        self.assertIn("/no/such/list", run.stderr)

    def test_hidden(self):
        run = subprocess.run([LEAK62, "--help"], capture_output=True, text=True)
        self.assertNotIn("summarise", run.stdout)


if __name__ == "__main__":
    unittest.main()
