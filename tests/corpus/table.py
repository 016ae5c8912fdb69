#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the table of corpus/README.md: a row for each pair, the rule of its label, and
a pair for each rule and what may stand between a resource and its loss.

usage: table.py CORPUS"""
import os
import re
import sys

WORDS = ("global", "extension", "file", "list", "callback", "other file", "wrapper", "SEH",
         "failed load")
RULES = ("LeakOnPath", "LeakAtUnload", "LeakOnUnloadPath", "LeakOnOverwrite", "LeakWithOwner",
         "LeakOnFailedLoad", "LeakInCallback", "WrongFree")
# See the README.
IMPOSSIBLE = {("LeakAtUnload", "failed load"), ("LeakOnUnloadPath", "failed load"),
              ("LeakOnOverwrite", "failed load"), ("LeakWithOwner", "failed load"),
              ("LeakOnFailedLoad", "file")} | {
                  ("LeakInCallback", word) for word in ("global", "extension", "file", "list")}


def rows(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("| ") and len(cells) == 4 and cells[0] not in ("pattern", "---"):
                yield cells[0], cells[1], [word for word in cells[2].split(", ") if word]


def sources(folder):
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            yield name, file.read()


def complaints(corpus):
    covered, listed = set(), []
    for pattern, rule, words in rows(os.path.join(corpus, "README.md")):
        listed.append(pattern)
        folder = os.path.join(corpus, pattern, "leak")
        if not os.path.isdir(folder):
            yield f"{pattern}: has a row and no folder"
            continue
        files = dict(sources(folder))
        text = "".join(files.values())
        labels = set(re.findall(r"leak62: (\w+)", text))
        if labels != {rule}:
            yield f"{pattern}: the row says {rule}, the labels {', '.join(sorted(labels))}"
        for word in words:
            if word not in WORDS:
                yield f"{pattern}: unknown word '{word}'"
        if "other file" in words and sum(name.endswith(".c") for name in files) < 2:
            yield f"{pattern}: has one file only"
        if "SEH" in words and "__try" not in text:
            yield f"{pattern}: has no __try"
        covered.update((rule, word) for word in words)
    for pattern in sorted(os.listdir(corpus)):
        if os.path.isdir(os.path.join(corpus, pattern)) and listed.count(pattern) != 1:
            yield f"{pattern}: has {listed.count(pattern)} rows"
    for rule in RULES:
        for word in WORDS:
            if (rule, word) not in covered | IMPOSSIBLE:
                yield f"no pair shows {rule} with '{word}'"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(complaints(sys.argv[1]))
    for complaint in found:
        print(complaint)
    sys.exit(1 if found else 0)


main()
