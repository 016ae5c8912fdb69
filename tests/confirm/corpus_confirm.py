#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every leaking driver of the corpus: is what leak62 finds in it shown when it runs?

  corpus_confirm.py --leak62 BIN --corpus DIR [--jobs N] [--alone] [PATTERN...]

Each pattern's leaking driver goes through `leak62 confirm`, with the scenario.json beside it
if there is one; with --alone, which is for what leak62 finds out by itself, without.  Each finding must be confirmed, but for those that corpus.txt lists with
another verdict; none may be refuted.  The first replay command of each is run again and must
fail, or list what is left of it.  Prints a row a finding, and how many have which verdict.
"""
import argparse
import collections
import concurrent.futures
import glob
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
VERDICTS = ("confirmed", "not reached", "refuted", "not tried")
ARGS = None


def listed():
    """{pattern: (verdict, how many)} of what is not confirmed"""
    found = {}
    with open(os.path.join(HERE, "corpus.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                pattern, count, verdict = line.split("#")[0].split(None, 2)
                verdict = verdict.strip()
                if pattern in found or verdict not in VERDICTS[1:]:
                    sys.exit(f"corpus.txt: {line.strip()}")
                found[pattern] = (verdict, int(count))
    return found


def replay_agrees(replay, text, folder):
    """Whether the run fails, or lists what was left from the place that the proof ends with"""
    report = os.path.join(folder, "replay.json")
    command = [ARGS.leak62, *shlex.split(replay)[1:], "--json", report]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder,
                            errors="replace", timeout=100, check=False)
    if result.returncode == 1:
        return True
    place = re.search(r" from (\S+)\((\d+)\)$", text)
    if not place or not os.path.exists(report):
        return False
    with open(report, encoding="utf-8") as file:
        left = json.load(file)["leftBehind"]
    return any(os.path.basename(frame.get("file") or "") == place[1] and
               frame.get("line") == int(place[2]) for one in left for frame in one["stack"])


def confirm(pattern):
    """(exit code, [(verdict, place, text)], complaint)"""
    source = os.path.join(ARGS.corpus, pattern, "leak")
    scenario = os.path.join(ARGS.corpus, pattern, "scenario.json")
    with tempfile.TemporaryDirectory() as folder:
        sarif = os.path.join(folder, "confirm.sarif")
        command = [ARGS.leak62, "confirm", "--quiet", "-j1", "--work", os.path.join(folder, "work"),
                   "--driver", "driver", "--sarif", sarif]
        if os.path.exists(scenario) and not ARGS.alone:
            command += ["--scenario", scenario]
        command += sorted(glob.glob(os.path.join(source, "*.c")))
        result = subprocess.run(command, capture_output=True, text=True, errors="replace",
                                timeout=600, check=False, cwd=folder)
        rows, complaint = [], result.stderr.strip()
        if not os.path.exists(sarif):
            return result.returncode, rows, complaint or "no SARIF"
        with open(sarif, encoding="utf-8") as file:
            runs = json.load(file)["runs"]
        for found in (found for run in runs for found in run.get("results", [])):
            place = found["locations"][0]["physicalLocation"]
            bag = found.get("properties", {})
            verdict = bag.get("leak62/proof", "not tried")
            text = f"{os.path.basename(place['artifactLocation']['uri'])}" \
                   f"({place['region']['startLine']})"
            if verdict == "confirmed":
                replay = bag.get("leak62/replay", "")
                if not replay or not replay_agrees(replay, bag["leak62/proofText"], folder):
                    complaint += f"\nthe replay of {text} does not show it: {replay}"
            rows.append((verdict, text, bag.get("leak62/proofText", "")))
    return result.returncode, rows, complaint


def judge(pattern, expected):
    """(lines to print, what is wrong or None, the verdicts)"""
    try:
        code, rows, complaint = confirm(pattern)
    except subprocess.TimeoutExpired:
        return [], "it took too long", []
    lines = [f"{pattern:30} {verdict:12} {place:24} {text}" for verdict, place, text in rows]
    others = [verdict for verdict, _, _ in rows if verdict != "confirmed"]
    wrong = None
    if not rows:
        wrong = f"no finding; exit code {code}"
    elif "refuted" in others:
        wrong = "a true finding is refuted"
    elif others != [expected[0]] * expected[1]:
        wrong = f"{', '.join(others) or 'all confirmed'}, not as corpus.txt says"
    elif "does not show it" in complaint:
        wrong = complaint
    if wrong and complaint:
        wrong += ": " + complaint.splitlines()[0]
    return lines, wrong, [verdict for verdict, _, _ in rows]


def main():
    exceptions = listed()
    patterns = ARGS.patterns or sorted(
        name for name in os.listdir(ARGS.corpus)
        if os.path.isdir(os.path.join(ARGS.corpus, name, "leak")))
    unknown = set(exceptions) - set(patterns) if not ARGS.patterns else set()
    count, wrong = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(ARGS.jobs) as pool:
        results = pool.map(lambda name: judge(name, exceptions.get(name, ("", 0))), patterns)
        for pattern, (lines, problem, verdicts) in zip(patterns, results):
            print("\n".join(lines))
            if problem:
                print(f"WRONG {pattern}: {problem}")
                wrong.append(pattern)
            sys.stdout.flush()
            count.update(verdicts)
    print()
    for verdict in VERDICTS:
        print(f"{count[verdict]:5} {verdict}")
    for pattern in sorted(unknown):
        print(f"corpus.txt names {pattern}, which is no pattern")
    # Of ten findings, nine at least.
    few = ARGS.patterns == [] and count["confirmed"] * 10 < sum(count.values()) * 9
    if few:
        print("fewer than nine of ten are confirmed")
    return 1 if wrong or unknown or few or not count["confirmed"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("patterns", nargs="*")
    ARGS = parser.parse_args()
    ARGS.leak62, ARGS.corpus = map(os.path.abspath, (ARGS.leak62, ARGS.corpus))
    sys.exit(main())
