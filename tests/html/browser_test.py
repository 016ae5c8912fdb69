#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The HTML report in a browser: clicks, keys, filters, colours, widths, accessibility.

    browser_test.py --leak62 BIN --corpus FOLDER --tools FOLDER --pictures FOLDER

FOLDER of the tools keeps playwright-core and axe-core between runs (npm installs them
there once); no browser is fetched: Debian's chromium is used.  The pictures are left for
people to look at.
"""

import argparse
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

PACKAGES = {"playwright-core": "1.49.1", "axe-core": "4.10.2"}
NPM_SECONDS = 600
BROWSER_SECONDS = 600


class Failure(Exception):
    """One sentence that says why nothing could be tested."""


def install(tools):
    versions = [f"{name}@{version}" for name, version in PACKAGES.items()]
    stamp = tools / ("installed-" + "-".join(versions))
    if stamp.exists():
        return
    tools.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--prefix", str(tools), "--no-audit", "--no-fund", "--no-save",
               "--ignore-scripts", *versions]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=NPM_SECONDS, check=False)
    except FileNotFoundError:
        raise Failure("npm is missing, so no browser can be driven: apt-get install npm.") from None
    except subprocess.TimeoutExpired:
        raise Failure(f"npm did not install {' '.join(versions)} in {NPM_SECONDS} seconds: "
                      "check the network.") from None
    if done.returncode != 0:
        raise Failure(f"npm could not install {' '.join(versions)}: check the network. npm said:\n"
                      f"{done.stdout.rstrip()}")
    stamp.touch()


def leak62(options, folder, *args, expect):
    done = subprocess.run([options.leak62, *map(str, args)], cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=BROWSER_SECONDS, check=False)
    if done.returncode not in expect:
        raise Failure(f"leak62 {' '.join(map(str, args))} ended with {done.returncode}:\n"
                      f"{done.stdout}{done.stderr}")
    return done.stdout


def make_mydriver(options, folder):
    """The report of a driver that was run, with the run."""
    folder.mkdir()
    source = folder / "mydriver"
    shutil.copytree(options.corpus / "mydriver" / "leak", source)
    leak62(options, folder, "scan", "--confirm", *sorted(source.glob("*.c")), expect=(1,))
    [image] = (folder / ".leak62/confirm").glob("*/traced/*.sys")
    leak62(options, folder, "verify", image, "--ioctl", "0x22a004", "--json", "run.json",
           expect=(1,))
    leak62(options, folder, "report", "--html", "report", "--run", "run.json", expect=(0,))
    return folder / "report"


def make_hostile(options, folder):
    """What would run if it were not escaped, in all that the database says."""
    folder.mkdir()
    attack = "<img src=x onerror=pwned=1><script>pwned=1</script>"
    source = folder / ('a"<script>pwned=1<script>.c')
    [one] = (options.corpus / "teardown_flag" / "leak").glob("*.c")
    shutil.copy(one, source)
    leak62(options, folder, "scan", source, expect=(1,))
    database = sqlite3.connect(folder / ".leak62/driver.db")
    with database:
        for table, column in (("finding", "message"), ("finding_step", "message"),
                              ("function", "name"), ("slot", "text"), ("site", "variable"),
                              ("site", "tag")):
            database.execute(f"UPDATE {table} SET {column} = {column} || ?", (attack,))
    database.close()
    leak62(options, folder, "report", "--html", "report", expect=(0,))
    return folder / "report"


def make_several(options, folder):
    """The report of drivers of which one leaks; it is not the first by name."""
    folder.mkdir()
    for name, twin in (("zoo", "leak"), ("ant", "fixed")):
        shutil.copytree(options.corpus / "teardown_flag" / twin, folder / name)
    leak62(options, folder, "scan", *sorted(folder.glob("*/*.c")), expect=(1,))
    leak62(options, folder, "report", "--html", "report", expect=(0,))
    return folder / "report"


def main():
    parser = argparse.ArgumentParser(description="The HTML report in a browser.")
    parser.add_argument("--leak62", required=True, type=os.path.abspath)
    parser.add_argument("--corpus", required=True, type=pathlib.Path)
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--pictures", required=True, type=pathlib.Path)
    options = parser.parse_args()
    try:
        browser = shutil.which("chromium")
        if not browser:
            raise Failure("chromium is missing, so the pages cannot be looked at: "
                          "apt-get install chromium.")
        tools = options.tools.resolve()
        install(tools)
        options.pictures.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="leak62 html ") as name:
            folder = pathlib.Path(name).resolve()
            driver = make_mydriver(options, folder / "driver")
            hostile = make_hostile(options, folder / "hostile")
            several = make_several(options, folder / "several")
            script = pathlib.Path(__file__).resolve().with_name("browser.js")
            env = dict(os.environ, NODE_PATH=str(tools / "node_modules"))
            done = subprocess.run(["node", str(script), browser, str(driver), str(hostile),
                                   str(several), str(options.pictures.resolve())],
                                  env=env, timeout=BROWSER_SECONDS, check=False)
    except (Failure, OSError, subprocess.TimeoutExpired) as error:
        print(f"browser_test: {error}", file=sys.stderr)
        return 1
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
