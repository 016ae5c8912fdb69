#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Man pages and bash completion, from what `leak62 COMMAND --help` says.

  manual.py LEAK62 FOLDER    FOLDER/man1/leak62.1.gz, FOLDER/man1/leak62-COMMAND.1.gz and
                             FOLDER/leak62.bash

A help text has `Usage:` in its first line, then what the command does; below `Options:` a
row for each option (what does not begin with a dash goes on with the one before), and
`Exit code:`, `Example:` or `Examples:`.
"""
import glob
import gzip
import os
import re
import subprocess
import sys

COLUMN = 25  # where help begins behind an option


def helped(leak62, *args):
    done = subprocess.run([leak62, *args, "--help"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.rstrip("\n").split("\n")


class Help:
    """A help text in its parts."""

    def __init__(self, lines):
        self.usage = lines[0].removeprefix("Usage: ")
        self.rows = {}  # heading: lines
        heading = "Description"
        for line in lines[1:]:
            found = re.match(r"(Options|Commands|Exit code|Examples?):\s*(.*)$", line)
            if found:
                heading = found.group(1).removesuffix("s")
                line = found.group(2)
                self.rows[heading] = []
                if not line:
                    continue
            self.rows.setdefault(heading, []).append(line)
        for lines_of in self.rows.values():
            while lines_of and not lines_of[-1].strip():
                lines_of.pop()
        self.options = list(self.terms())

    def commands(self):
        """(name, what it does)."""
        for line in self.rows.get("Command", []):
            found = re.match(r"  ([a-z][a-z-]*)\s+(\S.*)$", line)
            if found:
                yield found.groups()

    def terms(self):
        """(term, help) of each option."""
        term, text = None, []
        for line in self.rows.get("Option", []):
            if line.startswith("  -"):
                if term:
                    yield term, " ".join(text)
                # A long term stands alone.
                short = len(line) > COLUMN and line[COLUMN - 1] == " " and line[COLUMN] != " "
                term = (line[:COLUMN] if short else line).strip()
                text = [line[COLUMN:].strip()] if short else []
            else:
                text.append(line.strip())
        if term:
            yield term, " ".join(text)

    def names(self):
        """(option, its argument or "") of each name of each option."""
        for term, _ in self.options:
            for name in re.split(r", (?=-)", term):
                option, _, argument = name.partition(" ")
                yield option, argument


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^(?=[.'])", r"\\&", text)


def paragraphs(lines):
    return [roff(" ".join(p.split())) for p in re.split(r"\n\s*\n", "\n".join(lines)) if p.strip()]


def man_page(name, brief, text, version, others):
    out = [f'.TH {name.upper().replace("-", chr(92) + "-")} 1 "" "{version}"', ".SH NAME",
           f"{roff(name)} \\- {roff(brief)}", ".SH SYNOPSIS", roff(text.usage), ".SH DESCRIPTION"]
    out.append("\n.PP\n".join(paragraphs(text.rows.get("Description", []))))
    commands = list(text.commands())
    if commands:
        out.append(".SH COMMANDS")
        out += [f".TP\n.B {roff(c)}\n{roff(what)}" for c, what in commands]
    if text.options:
        out.append(".SH OPTIONS")
        out += [f".TP\n.B {roff(term)}\n{roff(what)}" for term, what in text.options]
    if "Exit code" in text.rows:
        out += [".SH EXIT STATUS", "\n.PP\n".join(paragraphs(text.rows["Exit code"]))]
    if "Example" in text.rows:
        out += [".SH EXAMPLES", ".nf", roff("\n".join(text.rows["Example"])), ".fi"]
    if others:
        out += [".SH SEE ALSO", ",\n".join(f".BR {roff(o)} (1)" for o in others).replace(",\n", "\n")]
    return "\n".join(out) + "\n"


def words_for(argument):
    """What bash completes an option's argument with."""
    word = argument.rstrip(".")
    if re.fullmatch(r"[a-z0-9]+(\|[a-z0-9]+)+", word):
        return "words " + word.replace("|", " ")
    return {"DIR": "dirs", "FILE": "files", "PATH": "files"}.get(word, "none")


def completion(helps):
    out = ["# Completion of leak62 for bash.  Generated from the commands' --help.",
           "_leak62_complete()", "{", "\tlocal IFS=$'\\n'", '\tcase "$1" in',
           '\tfiles) compopt -o filenames; COMPREPLY=($(compgen -f -- "$2")) ;;',
           '\tdirs) compopt -o filenames; COMPREPLY=($(compgen -d -- "$2")) ;;',
           '\twords\\ *) COMPREPLY=($(IFS=$\' \\n\' compgen -W "${1#words }" -- "$2"))'
           ' ;;',
           "\tesac", "}", "", "_leak62()", "{",
           '\tlocal word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"',
           "\tlocal options=''", "\tCOMPREPLY=()", "\tif [ \"$COMP_CWORD\" -eq 1 ]; then",
           f"\t\t_leak62_complete 'words {' '.join(helps)} --help --version' \"$word\"",
           "\t\treturn", "\tfi", '\tcase "${COMP_WORDS[1]}" in']
    for command, text in helps.items():
        names = dict(text.names())
        out += [f"\t{command})", f"\t\toptions='{' '.join(names)}'", '\t\tcase "$before" in']
        groups = {}
        for option, argument in names.items():
            if argument:
                groups.setdefault(words_for(argument), []).append(option)
        out += [f"\t\t{'|'.join(options)}) _leak62_complete '{words}' \"$word\"; return ;;"
                for words, options in groups.items()]
        out += ["\t\tesac", "\t\t;;"]
    out += ["\tesac", '\tcase "$word" in', '\t-*) _leak62_complete "words $options" "$word" ;;',
            '\t*) _leak62_complete files "$word" ;;', "\tesac", "}", "",
            "complete -F _leak62 leak62"]
    return "\n".join(out) + "\n"


def main():
    leak62, folder = sys.argv[1:]
    man = os.path.join(folder, "man1")
    os.makedirs(man, exist_ok=True)
    for old in glob.glob(os.path.join(man, "*.gz")):
        os.unlink(old)
    version = subprocess.run([leak62, "--version"], stdout=subprocess.PIPE, text=True,
                             check=True).stdout.split(" (")[0].strip()
    top = Help(helped(leak62))
    commands = dict(top.commands())
    helps = {name: Help(helped(leak62, name)) for name in commands}
    pages = {"leak62": man_page("leak62", "find what Windows drivers leave behind at unload", top,
                                version, [f"leak62-{name}" for name in commands])}
    for name, text in helps.items():
        pages[f"leak62-{name}"] = man_page(f"leak62-{name}", commands[name], text, version,
                                           ["leak62"])
    for name, text in pages.items():
        with open(os.path.join(man, name + ".1.gz"), "wb") as file:
            file.write(gzip.compress(text.encode(), 9, mtime=0))
    with open(os.path.join(folder, "leak62.bash"), "w", encoding="utf-8") as file:
        file.write(completion(helps))


if __name__ == "__main__":
    main()
