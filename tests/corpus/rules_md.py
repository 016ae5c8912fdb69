#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""corpus/RULES.md: what each rule means, with a leaking and a fixed example.

  rules_md.py --clang CLANG --source DIR            is it what it must be?
  rules_md.py --clang CLANG --source DIR --write    makes it so

The words come from include/leak62/rules.def, the examples from the pairs of corpus/. Of
the pairs that are labelled with a rule alone, the one is taken that takes fewest lines:
the functions with a label, and those that differ between the twins.
"""
import argparse
import difflib
import os
import re
import subprocess
import sys

from check import labels, sources

HEAD = """# The rules

Made from `include/leak62/rules.def` and the pairs of this folder by `tests/corpus/rules_md.py --write`: change these. The comment
`/* leak62: RULE */` marks the line that is reported.
"""
MACRO = "#define L62_RULE(id, name, cwe, sev, level, brief, full, help) " \
        "(id, #name, cwe, sev, level, brief, full, help),\n"


def rules(clang, source):
    text = MACRO + '#include "leak62/rules.def"\n'
    done = subprocess.run([clang, "-E", "-P", "-x", "c", "-I", os.path.join(source, "include"), "-"],
                          input=text, stdout=subprocess.PIPE, text=True, check=True)
    # Rows of numbers and string literals, adjacent ones joined, as in C.
    return eval(f"[{done.stdout}]", {"__builtins__": {}})  # pylint: disable=eval-used


def functions(text):
    """{name: (first line, last line, text)} of what begins and ends with a brace at the margin."""
    lines = text.split("\n")
    found = {}
    for at, line in enumerate(lines):
        if line != "{":
            continue
        begin = at
        while begin and lines[begin - 1].strip() and not lines[begin - 1].startswith(("}", "#")) \
                and not lines[begin - 1].rstrip().endswith((";", "*/")):
            begin -= 1
        end = lines.index("}", at)
        head = " ".join(lines[begin:at])
        name = re.search(r"(\w+)\s*\(", head)
        if name:
            found[name.group(1)] = (begin + 1, end + 1, "\n".join(lines[begin:end + 1]))
    return found


class Pair:
    """What of a pair shows the rule; no text at all where more than functions differ."""

    def __init__(self, folder):
        self.name = os.path.basename(folder)
        self.labels = labels(os.path.join(folder, "leak"))
        self.rules = {rule for _, _, rule in self.labels}
        self.leak, self.fixed = [], []
        for name in sources(os.path.join(folder, "leak")):
            if name.endswith(".c"):
                self.add(folder, name)
        self.lines = sum(t.count("\n") for _, t in self.leak + self.fixed)

    def add(self, folder, name):
        texts = []
        for twin in ("leak", "fixed"):
            path = os.path.join(folder, twin, name)
            if not os.path.exists(path):
                return
            with open(path, encoding="utf-8") as file:
                texts.append(functions(file.read()))
        leak, fixed = texts
        marked = [line for file, line, _ in self.labels if file == name]
        for function, (begin, end, text) in leak.items():
            other = fixed.get(function, (0, 0, ""))[2]
            if text != other or any(begin <= line <= end for line in marked):
                self.leak.append((name, text))
        for function, (_, _, text) in fixed.items():
            other = leak.get(function, (0, 0, ""))[2]
            # A label alone is no difference.
            if text != re.sub(r"[ \t]*/\* leak62: [A-Za-z, ]+ \*/", "", other):
                self.fixed.append((name, text))


def block(title, parts):
    out = [f"{title}\n"]
    last = None
    out.append("```c")
    for name, text in parts:
        if name != last:
            out.append(f"/* {name} */")
        last = name
        out.append(text + "\n")
    return "\n".join(out).rstrip("\n") + "\n```\n"


def page(clang, source):
    corpus = os.path.join(source, "corpus")
    pairs = [Pair(os.path.join(corpus, n)) for n in sorted(os.listdir(corpus))
             if os.path.isdir(os.path.join(corpus, n))]
    out = [HEAD]
    for ident, name, cwe, severity, level, brief, full, help_text in rules(clang, source):
        fit = [p for p in pairs if p.rules == {name} and p.leak and p.fixed]
        out.append(f"## {ident} {name}\n\n{brief} {full}\n\n{help_text}\n\n"
                   f"CWE-{cwe}; severity {severity}; level {level}.\n")
        if not fit:
            out.append("No pair of the corpus shows it.\n")
            continue
        pair = min(fit, key=lambda p: (p.lines, p.name))
        out.append(block(f"Leaks (`{pair.name}/leak`):", pair.leak))
        out.append(block(f"Corrected (`{pair.name}/fixed`):", pair.fixed))
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clang", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    path = os.path.join(args.source, "corpus", "RULES.md")
    wanted = page(args.clang, args.source)
    if args.write:
        with open(path, "w", encoding="utf-8") as file:
            file.write(wanted)
        return
    with open(path, encoding="utf-8") as file:
        found = file.read()
    if found != wanted:
        sys.stdout.writelines(difflib.unified_diff(found.splitlines(True), wanted.splitlines(True),
                                                   "corpus/RULES.md", "as it must be", n=1))
        sys.exit("corpus/RULES.md is not what rules.def and the corpus say: run "
                 "tests/corpus/rules_md.py --write")


if __name__ == "__main__":
    main()
