#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every driver of the corpus under systematic low resources simulation:

  systematic_test.py --leak62 BIN --corpus DIR --drivers DIR [--jobs N] [PATTERN...]

Of each pair, sent what corpus_test.py sends it, with three failures of each stack:

  - the leaking driver's label is shown by a finding, of the baseline or of a run in which a
    call has failed; corpus.txt names those of which it is not, and why;
  - each finding's replay line shows it again;
  - the twin is clean, and no run of it is cut short.

Prints what is shown, what not, and how many runs that took.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

import corpus_test
from corpus_test import REASONS, codes, exceptions, labels, places, shows

ARGS = None
# Of rows with these reasons the label is shown; of others it is not.
SHOWN = {None, "call"}
# Rules of pool, for which the labelled line itself is looked for.
POOL = re.compile("Leak[A-Z]|WrongFree")


def command(pattern, twin):
    scenario = os.path.join(ARGS.corpus, pattern, "scenario.json")
    name = "MyDriver" if pattern == "mydriver" else pattern
    words = [ARGS.leak62, "verify", os.path.join(ARGS.drivers, pattern, twin, name + ".sys")]
    if os.path.exists(scenario):
        return words + ["--scenario", scenario]
    return words + [word for code in codes(pattern, twin) for word in ("--ioctl", hex(code))]


def run(words):
    """(exit code, its JSON or None, its message)"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.json")
        result = subprocess.run(words + ["--json", path], capture_output=True, text=True,
                                errors="replace", timeout=300, check=False)
        found = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
    return result.returncode, found, (result.stderr.strip().splitlines() or [""])[-1]


def campaign(pattern, twin):
    return run(command(pattern, twin) + ["--systematic", "--occurrences", "3"])


def lines(items):
    return {(re.split(r"[/\\]", item["place"]["file"])[-1], item["place"]["line"])
            for item in items if item["place"]["file"]}


def left_lines(run_of):
    return set().union(*(places(entry["stack"]) for entry in run_of["leftBehind"]), set())


def again(finding):
    """(whether the replay line shows the same, its run)"""
    code, found, message = run([ARGS.leak62] + shlex.split(finding["replay"])[1:])
    if code != finding["fails"] or not found:
        return f"the replay ends with {code}: {message}", found
    check = found["bugCheck"]
    failed = [call["call"] for call in found["faults"]["injected"]]
    if failed != ([finding["call"]["number"]] if finding["call"] else []):
        return f"the replay has failed {failed}", found
    if finding["kind"] == "left":
        there = lines(finding["items"]) <= left_lines(found)
    elif finding["kind"] == "wrongFree":
        there = lines(finding["items"]) <= {line for free in found["wrongFrees"]
                                            for line in places(free["stack"])}
    elif finding["kind"] == "leak":
        there = check and int(check["arguments"][0], 16) == 0x62 and lines(
            finding["items"]) <= {line for block in found["blocks"]
                                  for line in places([block["origin"]])}
    else:
        there = check and check["code"] == f"0x{int(finding['text'].split('/')[0].split(':')[0], 16):08x}"
    return None if there else "the replay shows something else", found


def judge_leak(pattern):
    """(whether the label is shown, what is wrong or None, how many runs)"""
    code, found, message = campaign(pattern, "leak")
    if not found:
        return False, f"ends with {code}: {message}", 0
    shown, runs, expected = False, found["counts"]["runs"], labels(pattern)
    for finding in found["findings"]:
        if finding["kind"] == "incomplete":
            continue
        problem, replayed = again(finding)
        if problem:
            return shown, f"{problem}: {finding['replay']}", runs
        shown = (shown or finding["kind"] == "left" or shows(replayed, expected) or
                 not any(POOL.match(rule) for _, _, rule in expected))
    if found["end"] != "complete" or (found["counts"]["incomplete"] and not shown):
        return shown, f"is not complete: {[f['text'] for f in found['findings']]}", runs
    return shown, None, runs


def judge_twin(pattern):
    code, found, message = campaign(pattern, "fixed")
    if code == 0 and found and found["end"] == "complete" and not found["findings"]:
        return None, found["counts"]["runs"]
    texts = [f["text"] for f in found["findings"]] if found else message
    return f"the twin ends with {code}: {texts}", found["counts"]["runs"] if found else 0


def judge(pattern, reason):
    """(what to print, whether that is how it must be, runs)"""
    if reason == "link":
        return "link", True, 0
    shown, problem, runs = judge_leak(pattern)
    twin_problem, twin_runs = judge_twin(pattern)
    runs += twin_runs
    if problem or twin_problem:
        return problem or twin_problem, False, runs
    if shown:
        # A gap that is closed does not belong to the list any more.
        return "is shown", reason in SHOWN, runs
    return REASONS.get(reason, "is not shown"), reason not in SHOWN, runs


def main():
    listed = exceptions()
    patterns = ARGS.patterns or sorted(
        name for name in os.listdir(ARGS.corpus)
        if os.path.isdir(os.path.join(ARGS.corpus, name, "leak")))
    count, wrong, all_runs, began = collections.Counter(), [], 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(ARGS.jobs) as pool:
        results = pool.map(lambda name: judge(name, listed.get(name)), patterns)
        for pattern, (text, right, runs) in zip(patterns, results):
            all_runs += runs
            count[text if right else "wrong"] += 1
            print(f"{'     ' if right else 'WRONG'} {pattern:28} {text}")
            if not right:
                wrong.append(pattern)
    print()
    for text, number in count.most_common():
        print(f"{number:5} {text}")
    print(f"{all_runs:5} runs in {time.monotonic() - began:.0f} s")
    # Nothing is wrong if nothing is run, either.
    return 1 if wrong or not count["is shown"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--drivers", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("patterns", nargs="*")
    ARGS = corpus_test.ARGS = parser.parse_args()
    sys.exit(main())
