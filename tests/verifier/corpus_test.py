#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every driver of the corpus on the verifier core: do the runs agree with the labels?

  corpus_test.py --leak62 BIN --corpus DIR --drivers DIR [--jobs N] [PATTERN...]

DIR of --drivers is where CMake has built them (target corpus_drivers).  A pair is run by
the scenario.json beside it; without one, in the default way, with the control codes that
its source defines.  They agree if

  - the leaking driver stops with 0xC4/0x62 and, where the label is at an allocation, a
    block that is left was made there; or what it leaves behind besides pool is of the rule
    of the label; or, at a wrong free, that line is in the stack of one that is listed or
    of the bug check;
  - its twin unloads cleanly.

corpus.txt names those of which that cannot be asked, and why.  Prints what agrees and what does
not, and which imports are missing.
"""
import argparse
import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
REASONS = {"call": "a call has to fail", "moment": "it needs a certain moment",
           "handle": "a program would have to pass a handle",
           "lacks": "leak62 lacks what it uses", "link": "it does not link"}
VALUES = {"FILE_DEVICE_KEYBOARD": 0x0B, "FILE_DEVICE_NETWORK": 0x12, "FILE_DEVICE_SOUND": 0x1D,
          "FILE_DEVICE_UNKNOWN": 0x22, "FILE_DEVICE_VIDEO": 0x23, "METHOD_BUFFERED": 0,
          "METHOD_IN_DIRECT": 1, "METHOD_OUT_DIRECT": 2, "METHOD_NEITHER": 3,
          "FILE_ANY_ACCESS": 0, "FILE_READ_ACCESS": 1, "FILE_WRITE_ACCESS": 2,
          "FILE_READ_DATA": 1, "FILE_WRITE_DATA": 2}
ARGS = None


def exceptions():
    found = {}
    with open(os.path.join(HERE, "corpus.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                pattern, reason = line.split()
                if pattern in found or reason not in REASONS:
                    sys.exit(f"corpus.txt: {line.strip()}")
                found[pattern] = reason
    return found


def sources(pattern, twin):
    for path in sorted(glob.glob(os.path.join(ARGS.corpus, pattern, twin, "*.[ch]"))):
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(path), file.read()


def labels(pattern):
    """[(file, line, rule)]"""
    return [(name, number, match.group(1))
            for name, text in sources(pattern, "leak")
            for number, line in enumerate(text.splitlines(), 1)
            if (match := re.search(r"/\* leak62: ([A-Z]\w+) \*/", line))]


def codes(pattern, twin):
    """The control codes of the CTL_CODE lines, as far as they are made of constants."""
    text = "".join(text for _, text in sources(pattern, twin))
    known = dict(VALUES)
    for name, value in re.findall(r"#define\s+(\w+)\s+(0x[0-9A-Fa-f]+|\d+)\s*$", text, re.M):
        known[name] = int(value, 0)

    def number(words):
        value = 0
        for word in re.findall(r"\w+", words):
            value |= known[word] if word in known else int(word, 0)
        return value
    for match in re.finditer(r"CTL_CODE\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text):
        try:
            device, function, method, access = map(number, match.group(1).split(","))
        except ValueError:
            continue
        yield device << 16 | access << 14 | function << 2 | method


def run(pattern, twin):
    """(exit code, its JSON or None, its message)"""
    scenario = os.path.join(ARGS.corpus, pattern, "scenario.json")
    name = "MyDriver" if pattern == "mydriver" else pattern
    command = [ARGS.leak62, "verify", os.path.join(ARGS.drivers, pattern, twin, name + ".sys")]
    if os.path.exists(scenario):
        command += ["--scenario", scenario]
    for code in codes(pattern, twin) if not os.path.exists(scenario) else ():
        command += ["--ioctl", hex(code)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.json")
        result = subprocess.run(command + ["--json", path], capture_output=True, text=True,
                                errors="replace", timeout=100, check=False)
        found = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
    return result.returncode, found, (result.stderr.strip().splitlines() or [""])[-1]


def places(stack):
    return {(re.split(r"[/\\]", frame["file"])[-1], frame["line"])
            for frame in stack if "file" in frame}


def shows(found, expected):
    """Whether the bug check, or the lists, are what the labels say."""
    check = found["bugCheck"]
    left = check and check["code"] == "0x000000c4" and int(check["arguments"][0], 16) == 0x62
    rules = {rule for _, _, rule in expected}
    lines = {(name, line) for name, line, _ in expected}
    if "WrongFree" in rules:
        stacks = [wrong["stack"] for wrong in found["wrongFrees"]]
        stacks += [check["stack"]] if check and not left else []
        return any(lines & places(stack) for stack in stacks)
    if not left:
        return bool(rules) and rules <= {entry["rule"] for entry in found["leftBehind"]}
    if rules == {"LeakAtUnload"}:
        return any(lines & places(block["stack"]) for block in found["blocks"])
    return True


def judge(pattern, reason):
    """(what to print, whether that is how it must be, the import that is missing)"""
    if reason == "link":
        return "link", not os.path.exists(os.path.join(ARGS.drivers, pattern, "leak")), None
    expected = labels(pattern)
    code, found, message = run(pattern, "leak")
    twin_code, _, twin_message = run(pattern, "fixed")
    missing = re.search(r"the driver calls (\w+) of \S+, which leak62 does not have", message)
    missing = missing.group(1) if missing else None
    # A reference that is left is no failure: another owner may give it back.
    references = found and all(entry["what"] == "reference" for entry in found["leftBehind"])
    agrees = found is not None and code == (0 if references and not found["bugCheck"] and
                                            not found["wrongFrees"] else 1) and \
        shows(found, expected)
    if code == 3 or twin_code == 3:
        text = re.sub(r"^leak62: \S+: ", "", message if code == 3 else twin_message)
        return "does not run: " + text, reason == "lacks", missing
    if twin_code != 0:
        return f"the twin ends with {twin_code}: {twin_message}", False, missing
    if agrees:
        # A gap that is closed does not belong to the list any more.
        return "agrees", reason is None, missing
    if code not in (0, 1):
        return f"the run ends with {code}: {message}", False, missing
    check = (found or {}).get("bugCheck") or {}
    text = f"stops with {check['code']} {check['arguments'][0]}" if check else "unloads cleanly"
    return f"{text}: {REASONS.get(reason, 'not as labelled')}", reason is not None, missing


def main():
    listed = exceptions()
    patterns = ARGS.patterns or sorted(
        name for name in os.listdir(ARGS.corpus)
        if os.path.isdir(os.path.join(ARGS.corpus, name, "leak")))
    unknown = set(listed) - set(patterns) if not ARGS.patterns else set()
    wrong, count, imports = [], collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(ARGS.jobs) as pool:
        results = pool.map(lambda name: judge(name, listed.get(name)), patterns)
        for pattern, (text, right, missing) in zip(patterns, results):
            count["agrees" if text == "agrees" else listed.get(pattern, "wrong")] += 1
            imports.update([missing] if missing else [])
            print(f"{'     ' if right else 'WRONG'} {pattern:28} {text}")
            if not right:
                wrong.append(pattern)
    print()
    for reason, number in count.most_common():
        print(f"{number:5} {REASONS.get(reason, reason)}")
    for name, number in sorted(imports.items()):
        print(f"      missing: {name} ({number})")
    for pattern in sorted(unknown):
        print(f"corpus.txt names {pattern}, which is no pattern")
    # Nothing is wrong if nothing is run, either.
    return 1 if wrong or unknown or not count["agrees"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--drivers", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("patterns", nargs="*")
    ARGS = parser.parse_args()
    sys.exit(main())
