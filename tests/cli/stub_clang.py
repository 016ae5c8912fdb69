#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Stands in for clang where a test is about the build around it: what runs when,
and what becomes of what it leaves.

  stub_clang.py CLANG LOG ARGUMENT...

Facts are clang's own and those of the plugin, without help of summaries.  The
skeleton is what lines "// skel: TEXT" of the source say.  A line
"// stub: STAGE WHAT" lets a stage (skeleton, paths, alone) go wrong.  LOG gets a
line "STAGE SOURCE" for each run.
"""
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse

PLUGIN = ["-Xclang", "-plugin-arg-leak62", "-Xclang"]
OF_PATHS = ("way_arg", "demand", "way", "path_step", "path_rule", "path_leak", "outcome_slot", "outcome", "store",
            "site_release", "site")


def take(arguments, key):
    """The value of the plugin's argument, which is removed; None if it is not there."""
    for at in range(len(arguments) - len(PLUGIN)):
        if arguments[at:at + 3] == PLUGIN and arguments[at + 3].startswith(key):
            value = arguments[at + 3][len(key):]
            del arguments[at:at + 4]
            return value
    return None


def drop_paths(facts):
    database = sqlite3.connect(facts)
    with database:
        for table in OF_PATHS:
            database.execute(f"DELETE FROM {table}")
    database.close()


def write_skeleton(path, source, lines, cut):
    with open(path, "w", encoding="utf-8") as file:
        file.write("leak62-skeleton" if cut else f"leak62-skeleton 2\nT {urllib.parse.quote(source)}\n")
        file.writelines(line + "\n" for line in lines)


def go_wrong(what):
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif what == "sleep":
        time.sleep(60)
    elif what == "fail":
        sys.exit("stub: it does not want to")


def main():
    clang, log, *arguments = sys.argv[1:]
    if "--version" in arguments:
        os.execv(clang, [clang, "--version"])
    source = arguments[-1]
    skeleton, summaries = take(arguments, "skeleton="), take(arguments, "summaries=")
    out = take(arguments[:], "out=")
    stage = "skeleton" if skeleton else "paths" if summaries else "alone"
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{stage} {os.path.basename(source)}\n")
    with open(source, encoding="utf-8") as file:
        text = file.read()
    wrong = re.findall(fr"^// stub: {stage} (\w+)$", text, re.MULTILINE)
    for what in wrong:
        go_wrong(what)
    if summaries:
        with open(summaries, encoding="utf-8") as file:
            if file.readline() != "leak62-summaries 1\n":
                sys.exit("stub: these are no summaries")
    status = subprocess.run([clang, *arguments], check=False).returncode
    if skeleton and status == 0:
        drop_paths(out)
        if "none" not in wrong:
            write_skeleton(skeleton, source,
                           re.findall(r"^// skel: (.*)$", text, re.MULTILINE), "cut" in wrong)
    sys.exit(status)


if __name__ == "__main__":
    main()
