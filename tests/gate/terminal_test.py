#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What leak62 writes to a terminal, and to what is none.

  terminal_test.py --leak62 BIN --clang CLANG [GROUP [-v]]
"""
import os
import pty
import subprocess

import story_test
from story_test import Repository, scan_test

ESCAPE = "\033["


class Terminal(Repository):
    def run_on_terminal(self, *args, **env):
        """(exit code, what the terminal got)"""
        ours, theirs = pty.openpty()
        variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        variables.update({"TERM": "xterm"}, **env)
        process = subprocess.Popen([scan_test.TOOLS.leak62, *args], cwd=self.dir, env=variables,
                                   stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
        os.close(theirs)
        text = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            text += part
        os.close(ours)
        return process.wait(), text.decode("utf-8", "replace")

    def test_progress_and_colour(self):
        code, text = self.run_on_terminal("scan", "-p", "build")
        self.assertEqual(code, 1, text)
        self.assertRegex(text, r"\r\033\[K\[\d+/\d+\] (\d+:\d\d left: )?read src/io\.c")
        self.assertIn("\033[1;31m", text)
        # The report begins on a line of its own.
        self.assertIn("\r\033[K## Driver Verification List", text)

    def test_quiet(self):
        code, text = self.run_on_terminal("scan", "--quiet", "-p", "build")
        self.assertEqual(code, 1, text)
        self.assertNotIn("read src/io.c", text)

    def test_no_colour(self):
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            _, text = self.run_on_terminal("scan", "-p", "build", **env)
            self.assertNotIn(ESCAPE + "1", text)
        self.assertNotIn(ESCAPE, text)

    def test_no_terminal(self):
        done = self.run_leak62("scan", "-p", "build")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "")
        self.assertNotIn(ESCAPE, done.stdout)

    def test_verbose(self):
        done = self.run_leak62("scan", "--verbose", "-p", "build")
        self.assertIn("analyze-tu", done.stderr)

    def test_help_has_an_example(self):
        done = self.run_leak62("--help")
        commands = [line.split()[0] for line in done.stdout.splitlines()
                    if line.startswith("  ") and not line.startswith("   ")]
        self.assertIn("gate", commands)
        for command in commands:
            done = self.run_leak62(command, "--help")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stdout, rf"Examples?:\n +leak62 {command} ", command)


if __name__ == "__main__":
    assert story_test
    scan_test.main()
