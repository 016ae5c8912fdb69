#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the fuzzers begin with.

  seeds.py LEAK62 SOURCE.c OUT    OUT/config, OUT/database and OUT/facts

The facts are those of a real file, in pages of 512 bytes, so that mutations hit what matters.
"""
import glob
import os
import sqlite3
import subprocess
import sys

CONFIG = """suppress:
  - rule: LEAK6201
    file: 'vendor/**/a[b]?.c'
    function: ReadTable
    tag: mdrv
    variable: ext->Buffer
    reason: |
      freed by
      the port driver
drivers:
  - name: mydriver
    files: [src/mydriver/, &log src/log.c]
  - {name: other, files: *log}
resources:
  - acquire: PoolTake
    kind: POOL
    at: return
    size: 0
    tag: 1
    fails: null
  - {release: PoolGive, kind: pool, at: 0}
"""

DATABASE = r"""[
  {"directory": "/src/build", "file": "../a.c", "output": "CMakeFiles/my.dir/a.c.o",
   "command": "clang -I\"inc lude\" -DA='\"b\"' -isystem /sys -include x.h -std=gnu11 -c ../a.c"},
  {"directory": "build", "file": "C:\\src\\b.cpp",
   "command": "cl.exe /nologo /Iinc /D\"X=1\" /FIpch.h /kernel /Fob.obj \"C:\\src\\b.cpp\""},
  {"directory": "/src", "file": "c.c",
   "arguments": ["clang-cl", "--target=x86_64-pc-windows-msvc", "/imsvc", "wdk", "--", "c.c"]}
]
"""


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def main():
    leak62, source, out = sys.argv[1:]
    write(os.path.join(out, "config", "all"), CONFIG.encode())
    write(os.path.join(out, "database", "all"), DATABASE.encode())
    work = os.path.join(out, "work")
    done = subprocess.run([leak62, "scan", "--quiet", "--work", work, source],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"seeds.py: leak62 scan ended with {done.returncode}")
    target = os.path.join(out, "facts", "one")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.exists(target):
        os.unlink(target)
    with sqlite3.connect(glob.glob(os.path.join(work, "facts", "*.db"))[0]) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA page_size = 512")
        db.execute("VACUUM INTO ?", (target,))
    with sqlite3.connect(target) as db:
        db.execute(f"PRAGMA user_version = {version}")


if __name__ == "__main__":
    main()
