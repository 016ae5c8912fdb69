#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Scans one pattern of the corpus and compares the findings with its labels.

  check.py --leak62 BIN --work DIR [--text FILE] corpus/PATTERN

leak/  exit code 1, and the results' (file, line, rule) are exactly the labels
       /* leak62: RULE */ at line ends (more than one rule: separated by commas)
fixed/ exit code 0, no label and no result
Both:  every .c file was analysed, wholly
--text FILE  strings, one a line, that the text of leak/ must contain
"""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse

LABEL = re.compile(r"/\*\s*leak62:\s*([A-Za-z, ]+?)\s*\*/\s*$")


class Problem(Exception):
    pass


def sources(folder):
    """The .c and .h files of a folder, relative to it."""
    found = []
    for root, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(root, n), folder) for n in names
                  if n.endswith((".c", ".h"))]
    return sorted(found)


def labels(folder):
    """(file, line, rule) for each label; a label that cannot be read is a problem."""
    found = collections.Counter()
    for name in sources(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if "leak62:" not in line:
                    continue
                match = LABEL.search(line)
                if not match:
                    raise Problem(f"{name}:{number}: this is no label: {line.strip()}")
                for rule in match.group(1).split(","):
                    found[name, number, rule.strip()] += 1
    return found


def results(sarif, folder):
    """(file, line, rule name) for each result of a SARIF log."""
    found = collections.Counter()
    for run in sarif["runs"]:
        names = {r["id"]: r["name"] for r in run["tool"]["driver"]["rules"]}
        for result in run["results"]:
            place = result["locations"][0]["physicalLocation"]
            uri = urllib.parse.unquote(place["artifactLocation"]["uri"])
            if uri.startswith("file://"):
                uri = os.path.relpath(uri[len("file://"):], folder)
            found[uri, place["region"]["startLine"], names[result["ruleId"]]] += 1
    return found


def difference(expected, found):
    """One line for each thing that is not the same on both sides."""
    lines = [f"  not reported: {f}:{n}: {r}" for f, n, r in sorted((expected - found).elements())]
    lines += [f"  reported without a label: {f}:{n}: {r}"
              for f, n, r in sorted((found - expected).elements())]
    return lines


def scan(leak62, folder, work):
    """Exit code, text, diagnostics and SARIF log of a scan into a new work folder."""
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    log = os.path.join(work, "out.sarif")
    files = [n for n in sources(folder) if n.endswith(".c")]
    if not files:
        raise Problem(f"{folder} holds no .c file")
    run = subprocess.run(
        [leak62, "scan", "--quiet", "-j1", "--source-root", folder, "--sarif", log,
         "--work", os.path.join(work, "work"), *files],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if not os.path.exists(log):
        raise Problem(f"exit code {run.returncode} and no SARIF log\n{run.stdout}{run.stderr}")
    with open(log, encoding="utf-8") as file:
        return run.returncode, run.stdout, run.stderr, json.load(file)


def check(leak62, pattern, variant, work, strings):
    folder = os.path.join(pattern, variant)
    if not os.path.isdir(folder):
        raise Problem(f"{pattern} has no folder {variant}")
    expected = labels(folder)
    if variant == "leak" and not expected:
        raise Problem(f"{folder} has no label")
    if variant == "fixed" and expected:
        raise Problem(f"{folder} has a label")
    code, text, errors, sarif = scan(leak62, folder, os.path.join(work, variant))
    wrong = difference(expected, results(sarif, folder))
    if code != (1 if expected else 0):
        wrong.append(f"  exit code {code}")
    for run in sarif["runs"]:
        for invocation in run.get("invocations", []):
            for note in invocation.get("toolExecutionNotifications", []):
                if note.get("level") in ("error", "warning"):
                    wrong.append(f"  {note['message'].get('text')}")
    wrong += [f"  the text does not show: {s}" for s in strings if s not in text]
    if wrong:
        raise Problem(f"{folder}:\n" + "\n".join(wrong) + f"\n\n{text}{errors}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--text")
    parser.add_argument("pattern")
    args = parser.parse_args()
    strings = []
    if args.text:
        with open(args.text, encoding="utf-8") as file:
            strings = [s.rstrip("\n") for s in file if s.strip() and not s.startswith("#")]
    failed = False
    for variant in ("leak", "fixed"):
        try:
            check(os.path.abspath(args.leak62), os.path.abspath(args.pattern), variant,
                  os.path.abspath(args.work), strings if variant == "leak" else [])
        except Problem as problem:
            print(problem)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
