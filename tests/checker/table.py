#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every row of resources.def, mechanically.

  table.py --clang P --plugin P --include DIR [GROUP]

Reads the rows as the preprocessor sees them, writes C with a leaking and a
correct use of each, and lets the plugin look.  Every function stands on one line,
so that -verify finds its report wherever in it the engine ends the path.
"""
import argparse
import ast
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

OPTIONS = None
MACROS = {
    "KIND": "kind noun tag counted rule loss",
    "ACQUIRE": "api kind at arg field size tag failure when when_arg zeroed",
    "RELEASE": "api kind at arg field",
    "RELEASE_IF": "api kind at arg field when when_arg",
    "MIX": "kind other",
    "HOLD": "api kind at arg failure",
    "UNHOLD": "api kind at arg",
    "TRANSFER": "api kind arg when",
    "COMPLETION": "api irp routine context",
    "SEND": "api irp",
    "ALIAS": "api to field from",
    "LIST_INSERT": "api head entry",
    "LIST_REMOVE": "api head",
    "EXCHANGE": "api target value",
    "COMPARE_EXCHANGE": "api target value comparand",
    "COPY": "api to from",
    "FILL": "api to value size",
    "RETURNS": "api arg",
    "RAISES": "api",
    "VERDICT": "api status",
}
BUILTIN = {"memcpy", "memmove", "memset"}
STRINGS = {"strcpy": "char", "strcat": "char", "strncpy": "char",
           "wcscpy": "unsigned short", "wcscat": "unsigned short", "wcsncpy": "unsigned short"}
NA = -1
SIZE = 24

PRELUDE = """
typedef long NTSTATUS; typedef unsigned char BOOLEAN; typedef unsigned long long SIZE_T;
struct string { unsigned short Length, MaximumLength; FIELDS };
struct object { void *Reserved[32]; };
struct entry { struct entry *Flink, *Blink; };
struct block { struct entry Link; void *Data; };
extern void *g_slot; extern struct entry g_list; extern int g_flag;
void *memcpy(void *, const void *, SIZE_T); void *memmove(void *, const void *, SIZE_T);
void *memset(void *, int, SIZE_T);
"""


def read_table(include):
    """The rows of resources.def: macro -> list of {column: value}."""
    source = "".join(f"#define L62_{m}(...) @{m} __VA_ARGS__\n" for m in MACROS)
    source += '#include "leak62/resources.def"\n'
    text = subprocess.run([OPTIONS.clang, "-E", "-P", "-xc", f"-I{include}", "-"], input=source,
                          capture_output=True, text=True, check=True).stdout
    table = {m: [] for m in MACROS}
    for macro, row in re.findall(r"^@(\w+) (.*)$", text, re.M):
        values = []
        for value in re.findall(r'"[^"]*"|[^,\s]+', row):
            if value.startswith('"'):
                value = ast.literal_eval(value)
            elif value == "NA":
                value = NA
            elif re.fullmatch(r"-?\d+", value):
                value = int(value)
            values.append(value)
        columns = MACROS[macro].split()
        if len(values) != len(columns):
            raise ValueError(f"L62_{macro}({row}) has {len(values)} columns")
        table[macro].append(dict(zip(columns, values)))
    return table


class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.table = read_table(OPTIONS.include)
        cls.kinds = {k["kind"]: k for k in cls.table["KIND"]}
        for macro, rows in cls.table.items():
            assert rows, f"no row of L62_{macro} was read"
        for r in cls.table["RELEASE"]:
            r.update(when="ALWAYS", when_arg=NA)
        cls.releases = cls.table["RELEASE"] + cls.table["RELEASE_IF"]
        cls.signatures = cls.make_signatures()

    @classmethod
    def make_signatures(cls):
        """API -> (type of the result, types of the arguments), wide enough for its rows."""
        results, arguments = {}, {}

        def put(api, index, kind):
            if index is not None and index >= 0:
                arguments.setdefault(api, {})[index] = kind

        for a in cls.table["ACQUIRE"] + cls.table["HOLD"]:
            api = a["api"]
            if a["at"] == "RETURN" or results.get(api) != "void *":
                results[api] = ("void *" if a["at"] == "RETURN" else
                                {"STATUS": "NTSTATUS", "BOOLEAN": "BOOLEAN",
                                 "NULL": "void *"}.get(a["failure"], "void"))
            put(api, a.get("size"), "SIZE_T")
            put(api, a.get("tag"), "unsigned")
        for when, kind in (("IF_NULL", "void *"), ("IF_TRUE", "BOOLEAN")):
            for r in cls.table["ACQUIRE"] + cls.releases:
                if r["when"] == when:
                    put(r["api"], r["when_arg"], kind)
        for macro in ("ACQUIRE", "RELEASE", "RELEASE_IF", "HOLD", "UNHOLD"):
            for r in cls.table[macro]:
                if r["at"] == "THREAD":
                    arguments.setdefault(r["api"], {})
                    put(r["api"], r["arg"], "void *")
                elif r["at"] != "RETURN":
                    put(r["api"], r["arg"], {"OUT": "void **", "FIELD": "struct string *",
                                             "OBJECT": "void *", "VALUE": "void *"}[r["at"]])
        for t in cls.table["TRANSFER"]:
            put(t["api"], t["arg"], "void *")
            if t["when"] == "SUCCESS":
                results.setdefault(t["api"], "NTSTATUS")
        for a in cls.table["ALIAS"]:
            put(a["api"], a["to"], "struct string *")
            put(a["api"], a["from"], "const void *")
        for macro in ("EXCHANGE", "COMPARE_EXCHANGE"):
            for e in cls.table[macro]:
                results[e["api"]] = "void *"
                put(e["api"], e["target"], "void *volatile *")
        for c in cls.table["COPY"]:
            put(c["api"], c["from"], "const void *")
        for r in cls.table["RETURNS"]:
            of = STRINGS.get(r["api"], "void")
            results[r["api"]] = f"{of} *"
            put(r["api"], r["arg"], f"{of} *")
            if r["api"] in STRINGS:
                put(r["api"], 1, f"const {of} *")
                if "n" in r["api"]:
                    put(r["api"], 2, "SIZE_T")
        for f in cls.table["FILL"]:
            put(f["api"], f["size"], "SIZE_T")
            put(f["api"], f["value"], "int")
        for v in cls.table["VERDICT"]:
            results[v["api"]] = "BOOLEAN"
            put(v["api"], v["status"], "NTSTATUS *")
        columns = {"COMPLETION": ("irp", "routine", "context"), "SEND": ("irp",),
                   "LIST_INSERT": ("head", "entry"), "LIST_REMOVE": ("head",),
                   "EXCHANGE": ("value",), "COMPARE_EXCHANGE": ("value", "comparand"),
                   "COPY": ("to",), "FILL": ("to",), "RAISES": ()}
        for macro, names in columns.items():
            for row in cls.table[macro]:
                arguments.setdefault(row["api"], {})
                for name in names:
                    if row[name] not in arguments[row["api"]]:
                        put(row["api"], row[name], "void *")
        found = {}
        for api in set(arguments) | set(results):
            known = arguments.get(api, {})
            found[api] = (results.get(api, "void"),
                          [known.get(i, "void *") for i in range(max(known, default=-1) + 1)])
        return found

    def declare(self):
        fields = {r["field"] for m in ("ACQUIRE", "RELEASE", "ALIAS") for r in self.table[m]}
        lines = [PRELUDE.replace("FIELDS", "".join(f"void *{f}; " for f in sorted(fields) if f))]
        for api, (result, arguments) in sorted(self.signatures.items()):
            if api not in BUILTIN:
                lines.append(f"__declspec(dllimport) {result} {api}({', '.join(arguments) or 'void'});")
        return "\n".join(lines) + "\n"

    def call(self, api, **given):
        """A call; arguments by index, the others harmless.  given: _0=..., _3=..."""
        _, types = self.signatures[api]
        return f"{api}(" + ", ".join(given.get(f"_{i}", "0") for i in range(len(types))) + ")"

    def condition(self, row, holds=True):
        """The argument that makes a row's condition hold, or not."""
        if row["when"] == "IF_TRUE":
            return {f"_{row['when_arg']}": "1" if holds else "0"}
        if row["when"] == "IF_NULL":
            other = "&g_flag" if "*" in self.signatures[row["api"]][1][row["when_arg"]] else "1"
            return {f"_{row['when_arg']}": "0" if holds else other}
        return {}

    def acquire(self, row, condition=True):
        """(declarations, the call, what tells success or None, handle) of a row, called
        so that the row's condition holds, or does not."""
        api, given = row["api"], self.condition(row, condition)
        if row["size"] != NA:
            given[f"_{row['size']}"] = str(SIZE)
        if row["tag"] != NA:
            given[f"_{row['tag']}"] = "'tset'"
        place = row["at"]
        if place == "RETURN" or row["arg"] == NA:
            declarations, handle = "void *p;", "p"
            call = "p = " + self.call(api, **given)
            ok = "p" if row["failure"] == "NULL" else None
        else:
            declarations, argument, handle = {
                "OUT": ("void *p = 0;", "&p", "p"),
                "FIELD": ("struct string s = {0};", "&s", f"s.{row['field']}"),
                "OBJECT": ("struct object o;", "&o", "&o"),
            }[place]
            given[f"_{row['arg']}"] = argument
            call, ok = self.call(api, **given), None
            if any(r["at"] == "RETURN" for r in self.table["ACQUIRE"] if r["api"] == api):
                call = "g_slot = " + call  # not what this is about
            elif row["failure"] == "STATUS":
                declarations += " NTSTATUS r;"
                call, ok = "r = " + call, "r >= 0"
            elif row["failure"] == "BOOLEAN":
                declarations += " BOOLEAN r;"
                call, ok = "r = " + call, "r"
            elif row["failure"] == "NULL":
                declarations += " void *r;"
                call, ok = "r = " + call, "r"
        return declarations, call, ok, handle

    def release(self, row, handle):
        """(declarations, statement) that frees what handle is."""
        given, more, before = self.condition(row), "", ""
        given[f"_{row['arg']}"] = handle
        if row["at"] == "FIELD":
            more, before = "struct string f = {0};", f"f.{row['field']} = {handle}; "
            given[f"_{row['arg']}"] = "&f"
        elif row["at"] == "OUT":
            given[f"_{row['arg']}"] = f"&{handle}"
        return more, before + self.call(row["api"], **given) + ";"

    def verify(self, functions, count=""):
        """functions: (text, expectation or None); all of them must come out so, count times."""
        self.assertTrue(functions)
        names, text = {}, self.declare()
        for number, (body, expected) in enumerate(functions):
            text += f"NTSTATUS f{number}(void *given) {body}"
            text += f" // expected-warning {count}{{{{{expected}}}}}\n" if expected else "\n"
            names[text.count("\n")] = body
        if not any(e for _, e in functions):
            text += "// expected-no-diagnostics\n"
        with tempfile.NamedTemporaryFile("w", suffix=".c", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            run = subprocess.run(
                [OPTIONS.clang, "-cc1", "-triple", "x86_64-w64-mingw32", "-fms-extensions", "-w",
                 "-load", OPTIONS.plugin, "-analyze", "-setup-static-analyzer",
                 "-analyzer-checker=core.builtin,leak62", "-verify", file.name],
                capture_output=True, text=True, check=False)
        wrong = [f"{line.strip()}\n      {names.get(int(number), '')}"
                 for line in run.stderr.splitlines()
                 for number in re.findall(r"Line (\d+):", line)[:1]]
        self.assertEqual((run.returncode, wrong), (0, []),
                         "\n".join(wrong) or run.stderr)

    def pool(self):
        """A row of the plainest allocator, for rows that need something to own."""
        return next(r for r in self.table["ACQUIRE"] if r["kind"] == "POOL" and r["at"] == "RETURN"
                    and r["failure"] == "NULL" and r["tag"] == NA)

    def of_kind(self, kind):
        return next(r for r in self.table["ACQUIRE"] if r["kind"] == kind)


class Acquire(Table):
    def leak(self, row, condition=True):
        declarations, call, ok, _ = self.acquire(row, condition)
        fails = "return -1; " if ok else ""
        check = f"if (!({ok})) {fails}" if ok else ""
        # What the system knows too is lost only by a routine that fails.
        status = -2 if self.kinds[row["kind"]]["loss"] == "FAILURE" else 0
        return f"{{ {declarations} {call}; {check}return {status}; }}"

    def test_leaks(self):
        functions = []
        for row in self.table["ACQUIRE"]:
            tag = "test" if row["tag"] != NA else self.kinds[row["kind"]]["tag"]
            said = f"tag {tag}" if tag else ""
            if row["size"] != NA:
                said += f"{', ' if said else ''}{SIZE} bytes"
            functions.append((self.leak(row),
                              f"from {row['api']}" + (f" ({said})" if said else "") + " is not"))
        self.verify(functions)

    def test_failure_acquires_nothing(self):
        functions = []
        for row in self.table["ACQUIRE"]:
            declarations, call, ok, handle = self.acquire(row)
            if ok:
                # The success is handed back, so that only the failure could be lost.
                functions.append((f"{{ {declarations} {call}; if (!({ok})) return -1; "
                                  f"g_slot = {handle}; return 0; }}", None))
        self.verify(functions)

    def test_condition(self):
        self.verify([(self.leak(row, condition=False), None) for row in self.table["ACQUIRE"]
                     if row["when"] != "ALWAYS"])

    def test_zeroed(self):
        functions = []
        for row in self.table["ACQUIRE"]:
            if row["at"] != "RETURN" or row["kind"] != "POOL":
                continue
            _, call, ok, _ = self.acquire(row)
            check = "if (!p) return -1; " if ok else ""
            body = (f"{{ struct block *p; {call}; {check}if (p->Data) return -2; "
                    f"g_slot = p; return 0; }}")
            functions.append((body, None if row["zeroed"] else f"from {row['api']}"))
        self.verify(functions)


class Release(Table):
    def freed(self, row, by):
        declarations, call, ok, handle = self.acquire(row)
        more, statement = self.release(by, handle)
        for other in self.table["ACQUIRE"]:  # what the same result is besides
            if (other["api"] == row["api"] and other["kind"] != row["kind"]
                    and NA == other["arg"] == row["arg"]):
                also = next(r for r in self.releases if r["kind"] == other["kind"])
                statement = " ".join(sorted((statement, self.release(also, handle)[1]),
                                            key=lambda s: "MmFreePages" not in s))
        check = f"if (!({ok})) return -1; " if ok else ""
        status = -2 if self.kinds[row["kind"]]["loss"] == "FAILURE" else 0
        return f"{{ {declarations} {more} {call}; {check}{statement} return {status}; }}"

    def test_every_kind_can_be_released(self):
        acquired = {r["kind"] for r in self.table["ACQUIRE"]}
        released = {r["kind"] for r in self.releases}
        self.assertEqual(acquired, released)
        held = {r["kind"] for r in self.table["HOLD"]}
        self.assertEqual(held, {r["kind"] for r in self.table["UNHOLD"]})
        self.assertEqual(acquired & held, set())
        self.assertEqual(acquired | held, set(self.kinds))

    def test_each_with_each(self):
        functions = [(self.freed(row, by), None) for row in self.table["ACQUIRE"]
                     for by in self.releases if by["kind"] == row["kind"]]
        self.assertGreater(len(functions), len(self.table["ACQUIRE"]))
        self.verify(functions)

    def test_another_one_is_not_this_one(self):
        # Releasing what was given releases nothing of this function's.
        functions = []
        for by in self.releases:
            row = self.of_kind(by["kind"])
            if by["at"] == "OUT":
                continue
            given = self.condition(by)
            declarations, call, ok, _ = self.acquire(row)
            check = f"if (!({ok})) return -1; " if ok else ""
            if by["at"] == "FIELD":
                given[f"_{by['arg']}"] = "(struct string *)given"
            else:
                given[f"_{by['arg']}"] = "given"
            statement = self.call(by["api"], **given)
            status = -2 if self.kinds[row["kind"]]["loss"] == "FAILURE" else 0
            functions.append((f"{{ {declarations} {call}; {check}{statement}; return {status}; }}",
                              f"from {row['api']}"))
        self.verify(functions)


    def test_condition(self):
        """A release whose condition does not hold releases nothing."""
        functions = []
        for by in self.table["RELEASE_IF"]:
            row = self.of_kind(by["kind"])
            declarations, call, ok, handle = self.acquire(row)
            check = f"if (!({ok})) return -1; " if ok else ""
            given = {**self.condition(by, holds=False), f"_{by['arg']}": handle}
            functions.append((f"{{ {declarations} {call}; {check}"
                              f"{self.call(by['api'], **given)}; return 0; }}", "leak: 'o' from"))
        # It may acquire instead, and then lose that as well.
        self.verify(functions, "1+")


class WrongFree(Table):
    def accepts(self, releases, row):
        """True if what releases that kind may be given what the row acquires."""
        return releases == row["kind"] or any(
            m["kind"] == releases and m["other"] in (row["kind"], row["api"])
            for m in self.table["MIX"])

    def freed(self, row, by):
        declarations, call, ok, handle = self.acquire(row)
        more, statement = self.release(by, handle)
        check = f"if (!({ok})) return -1; " if ok else ""
        return f"{{ {declarations} {more} {call}; {check}{statement} return 0; }}"

    def test_each_kind_with_each(self):
        functions, allowed = [], 0
        for kind in self.kinds:
            rows = [r for r in self.table["ACQUIRE"] if r["kind"] == kind
                    and r["at"] in ("RETURN", "OUT")]
            for by in self.releases:
                if not rows or by["at"] != "VALUE":
                    continue
                of = {r["kind"] for r in self.releases
                      if (r["api"], r["at"]) == (by["api"], "VALUE")}
                row = rows[0]
                if any(self.accepts(k, row) for k in of):
                    allowed += 1
                    continue
                if any(t["api"] == by["api"] for t in self.table["TRANSFER"]):
                    continue  # takes along what the object holds
                functions.append((self.freed(row, by),
                                  f"goes to {by['api']}, not to "))
        self.assertGreater(allowed, 20)
        self.assertGreater(len(functions), 1000)
        self.verify(functions)

    def test_mixes(self):
        functions = []
        for mix in self.table["MIX"]:
            self.assertIn(mix["kind"], self.kinds)
            rows = [r for r in self.table["ACQUIRE"] if mix["other"] in (r["kind"], r["api"])
                    and r["kind"] != "PAGES"]
            self.assertTrue(rows, mix)
            for by in self.releases:
                if by["kind"] == mix["kind"] and by["at"] == "VALUE":
                    declarations, call, ok, handle = self.acquire(rows[0])
                    check = f"if (!({ok})) return -1; " if ok else ""
                    more, statement = self.release(by, handle)
                    if rows[0]["api"].startswith("MmAllocate"):
                        statement = f"MmFreePagesFromMdl({handle}); " + statement
                    functions.append((f"{{ {declarations} {more} {call}; {check}{statement} "
                                      "return 0; }", None))
        self.verify(functions)

    def test_the_right_one_is_named(self):
        for mine, theirs in (("BCryptCreateHash", "BCryptDestroyHash"),
                             ("ExAllocateFromPagedLookasideList", "ExFreeToPagedLookasideList"),
                             ("ObReferenceObjectByHandle", "ObDereferenceObject"),
                             ("MmMapIoSpace", "MmUnmapIoSpace")):
            row = next(r for r in self.table["ACQUIRE"] if r["api"] == mine)
            by = next(r for r in self.releases if r["api"] == "IoFreeMdl")
            self.verify([(self.freed(row, by), f"goes to IoFreeMdl, not to {theirs}")])


class Hold(Table):
    HANDLE = {"VALUE": "o", "OBJECT": "&o->Link", "THREAD": "o"}

    def hold(self, row):
        """The start of a function, to where the hold succeeded."""
        # What is held is known to others too: it comes from a parameter.
        call, ok = self.call(row["api"], **{f"_{row['arg']}": self.HANDLE[row["at"]]}), ""
        if row["failure"] == "STATUS":
            call, ok = "NTSTATUS r = " + call, "if (r < 0) return r; "
        elif row["failure"] == "BOOLEAN":
            call, ok = "BOOLEAN r = " + call, "if (!r) return -1; "
        return f"{{ struct block *o = given; {call}; {ok}"

    def undo(self, row):
        arg = {f"_{row['arg']}": self.HANDLE[row["at"]]} if row["arg"] != NA else {}
        return self.call(row["api"], **arg) + ";"

    def undoing(self, row):
        return [u for u in self.table["UNHOLD"] if u["kind"] == row["kind"]]

    def test_failure_loses_it(self):
        self.verify([(f"{self.hold(row)} return -2; }}", f"from {row['api']} is not")
                     for row in self.table["HOLD"]])

    def test_success_keeps_it(self):
        self.verify([(f"{self.hold(row)} return 0; }}", None) for row in self.table["HOLD"]])

    def test_failure_to_hold(self):
        functions = []
        for row in self.table["HOLD"]:
            if row["failure"] in ("STATUS", "BOOLEAN"):
                functions.append((f"{self.hold(row)} return 0; }}", None))
        self.verify(functions)

    def test_each_with_each(self):
        functions = [(f"{self.hold(row)} {self.undo(by)} return -2; }}", None)
                     for row in self.table["HOLD"] for by in self.undoing(row)]
        self.assertGreater(len(functions), len(self.table["HOLD"]))
        self.verify(functions)

    def test_balance(self):
        """Undone on one way out and not on the other, which ends as well."""
        functions = []
        for row in self.table["HOLD"]:
            unbalanced = self.kinds[row["kind"]]["loss"] == "BALANCE"
            body = (f"{self.hold(row)} if (g_flag) {{ {self.undo(self.undoing(row)[0])} return 0; }} "
                    "return 0; }")
            functions.append((body, f"from {row['api']}" if unbalanced else None))
        self.verify(functions)


class HandOver(Table):
    def test_transfer(self):
        functions = []
        for row in self.table["TRANSFER"]:
            own = self.pool() if row["kind"] == "ANY" else self.of_kind(row["kind"])
            for r in self.table["RELEASE"]:
                if r["api"] == row["api"]:  # it takes along what the object holds
                    own = self.of_kind(r["kind"])
            declarations, call, _, handle = self.acquire(own)
            result = self.signatures[row["api"]][0]
            give = self.call(row["api"], **{f"_{row['arg']}": handle})
            start = f"{{ {declarations} {call}; if (!{handle}) return -1; "
            if row["when"] == "SUCCESS":
                more, free = self.release(next(r for r in self.table["RELEASE"]
                                               if r["kind"] == own["kind"] and r["at"] == "VALUE"),
                                          handle)
                self.assertIn(result, ("NTSTATUS", "BOOLEAN"), row)
                # Whatever else the routine acquires is not what this is about.
                others = [a for a in self.table["ACQUIRE"] if a["api"] == row["api"]]
                for a in others:
                    self.assertIn(a["at"], ("OUT", "OBJECT"))
                    give = self.call(row["api"], **{f"_{row['arg']}": handle,
                                                    f"_{a['arg']}": "&g_slot"})
                functions.append((f"{start}{more} {result} t = {give}; if (t < 0) {{ {free} "
                                  f"return -2; }} return 0; }}", None))
                functions.append((f"{start}{result} t = {give}; return 0; }}",
                                  f"from {own['api']}"))
            else:
                keep = "g_slot = " if result == "void *" else ""  # what it acquires itself
                functions.append((f"{start}{keep}{give}; return 0; }}", None))
        self.verify(functions)

    def test_transfer_of_a_kind_is_of_that_kind(self):
        functions = []
        for row in self.table["TRANSFER"]:
            if row["kind"] == "ANY":
                continue
            own = self.pool()
            if any(s["api"] == row["api"] for s in self.table["SEND"]):
                continue  # takes other kinds too
            declarations, call, _, handle = self.acquire(own)
            functions.append((f"{{ {declarations} {call}; if (!{handle}) return -1; "
                              + self.call(row["api"], **{f"_{row['arg']}": handle})
                              + "; return 0; }", f"from {own['api']}"))
        if functions:
            self.verify(functions)

    def test_send(self):
        functions = []
        for row in self.table["SEND"]:
            own = self.of_kind("IRP")
            declarations, call, _, handle = self.acquire(own)
            start = f"{{ {declarations} {call}; if (!{handle}) return -1; "
            functions.append((start + self.call(row["api"], **{f"_{row['irp']}": handle})
                              + "; return 0; }", None))
            functions.append((start + self.call(row["api"], **{f"_{row['irp']}": "given"})
                              + "; return 0; }", f"from {own['api']}"))
        self.verify(functions)

    def test_completion(self):
        functions = []
        for row in self.table["COMPLETION"]:
            own = self.pool()
            declarations, call, _, handle = self.acquire(own)
            for a in self.table["ACQUIRE"]:
                if a["api"] == row["api"]:  # the context it allocates is the caller's IRP's
                    self.assertEqual((a["at"], a["arg"]), ("OBJECT", row["irp"]))
            start = f"{{ {declarations} {call}; if (!{handle}) return -1; "
            functions.append((start + self.call(
                row["api"], **{f"_{row['irp']}": "given", f"_{row['context']}": handle})
                + "; return 0; }", None))
        self.verify(functions)


class Structure(Table):
    def own(self):
        declarations, call, _, handle = self.acquire(self.pool())
        return (f"{{ struct block *p; struct string s = {{0}}; void *v; {call}; "
                f"if (!p) return -1; "), f"from {self.pool()['api']}"

    def test_alias(self):
        start, said = self.own()
        functions = []
        for row in self.table["ALIAS"]:
            give = self.call(row["api"], **{f"_{row['to']}": "&s", f"_{row['from']}": "p"})
            functions.append((f"{start}{give}; return 0; }}", said))
            functions.append((f"{start}{give}; g_slot = s.{row['field']}; return 0; }}", None))
            give = self.call(row["api"], **{f"_{row['to']}": "(struct string *)given",
                                            f"_{row['from']}": "p"})
            functions.append((f"{start}{give}; return 0; }}", None))
        self.verify(functions)

    def test_list_insert(self):
        start, said = self.own()
        functions = []
        for row in self.table["LIST_INSERT"]:
            for head in ("&g_list", "given"):
                give = self.call(row["api"], **{f"_{row['head']}": head,
                                                f"_{row['entry']}": "&p->Link"})
                functions.append((f"{start}{give}; return 0; }}", None))
            give = self.call(row["api"], **{f"_{row['head']}": "&g_list",
                                            f"_{row['entry']}": "given"})
            functions.append((f"{start}{give}; return 0; }}", said))
        self.verify(functions)

    def test_list_remove(self):
        # Taking something off a list leaves what one owns alone.
        start, said = self.own()
        self.verify([(f"{start}" + self.call(row["api"], **{f"_{row['head']}": "&g_list"})
                      + "; return 0; }", said) for row in self.table["LIST_REMOVE"]])

    def test_exchange(self):
        start, said = self.own()
        functions = []
        for row in self.table["EXCHANGE"]:
            give = self.call(row["api"], **{f"_{row['target']}": "&g_slot",
                                            f"_{row['value']}": "p"})
            functions.append((f"{start}{give}; return 0; }}", None))
            # Taken out of a local again.
            give = self.call(row["api"], **{f"_{row['target']}": "&v", f"_{row['value']}": "0"})
            functions.append((f"{start}v = p; p = 0; g_slot = {give}; return 0; }}", None))
            functions.append((f"{start}v = p; p = 0; {give}; return 0; }}", said))
        for row in self.table["COMPARE_EXCHANGE"]:
            give = self.call(row["api"], **{f"_{row['target']}": "&g_slot",
                                            f"_{row['value']}": "p", f"_{row['comparand']}": "0"})
            free = self.release(self.table["RELEASE"][0], "p")[1]
            functions.append((f"{start}if ({give} != 0) {free} return 0; }}", None))
            functions.append((f"{start}{give}; return 0; }}", said))
        self.verify(functions)

    def test_copy(self):
        start, said = self.own()
        functions = []
        for row in self.table["COPY"]:
            types = self.signatures[row["api"]][1]
            size = {} if row["api"] not in BUILTIN else {"_2": "sizeof s"}
            self.assertLessEqual(len(types), 3)
            give = self.call(row["api"], **{f"_{row['to']}": "given", f"_{row['from']}": "&s"})
            if size:
                give = f"{row['api']}(given, &s, sizeof s)"
            functions.append((f"{start}s.Buffer = p; {give}; return 0; }}", None))
            functions.append((f"{start}{give}; return 0; }}", said))
        self.verify(functions)

    def test_fill(self):
        start, said = self.own()
        functions = []
        for row in self.table["FILL"]:
            given = {f"_{row['to']}": "&s", f"_{row['size']}": "sizeof s"}
            give = self.call(row["api"], **given)
            # Zero: the test of the field has one answer.
            free = self.release(self.table["RELEASE"][0], "p")[1]
            functions.append((f"{start}{give}; if (s.Buffer) return -2; {free} return 0; }}", None))
            if row["value"] != NA:
                give = self.call(row["api"], **given, **{f"_{row['value']}": "1"})
                functions.append((f"{start}{give}; if (s.Buffer) return -2; {free} return 0; }}",
                                  said))
        self.verify(functions)

    def test_returns(self):
        start, said = self.own()
        functions = []
        for row in self.table["RETURNS"]:
            of = STRINGS.get(row["api"], "void")
            same = self.call(row["api"], **{f"_{row['arg']}": f"({of} *)p"})
            if row["api"] in BUILTIN:
                same = f"{row['api']}(p, 0, 0)"
            free = self.release(self.table["RELEASE"][0], same)[1]
            functions.append((f"{start}{free} return 0; }}", None))
            functions.append((f"{start}{same}; return 0; }}", said))
        self.verify(functions)


    def test_verdict(self):
        """What the result says and the status are one: only the ways that both allow are followed."""
        start, said = self.own()
        free = self.release(self.table["RELEASE"][0], "p")[1]
        functions = []
        for row in self.table["VERDICT"]:
            ask = self.call(row["api"], **{f"_{row['status']}": "&status"})
            for denied, report in ((f"if (status < 0) {free}", None), (free, None),
                                   (f"if (status >= 0) {free}", said)):
                functions.append((f"{start}NTSTATUS status = 0; if ({ask}) {{ {free} return 0; }} "
                                  f"{denied} return status; }}", report))
            functions.append((f"{start}NTSTATUS status = 0; if (!{ask}) {{ {free} return status; }} "
                              f"if (status >= 0) {free} return 0; }}", None))
        self.verify(functions)


class Raises(Table):
    def test_handler(self):
        """Where a routine can raise, the handler has what was acquired before it."""
        declarations, call, _, _ = self.acquire(self.pool())
        free = self.release(self.table["RELEASE"][0], "p")[1]
        said = f"from {self.pool()['api']}"
        routines = [(r["api"], None) for r in self.table["RAISES"]]
        routines += [(r["api"], r) for r in self.table["ACQUIRE"] if r["failure"] == "RAISES"]
        functions = []
        for api, row in routines:
            more, act, undo = "", self.call(api), ""
            if row:
                more, act, _, handle = self.acquire(row)
                more, act, handle = (t.replace("p;", "q;").replace("p =", "q =").replace("o;", "oo;")
                                     .replace("&o", "&oo").replace("&p", "&q") for t in (more, act, handle + ";"))
                handle = "q" if handle.startswith(("p", "q")) else "&oo"
                by = next(r for r in self.table["RELEASE"] if r["kind"] == row["kind"]
                          and r["at"] in ("VALUE", "OBJECT"))
                undo = self.release(by, handle)[1]
            start = f"{{ {declarations} {more} {call}; if (!p) return -1; __try {{ "
            functions.append((f"{start}{act}; {undo} {free} }} __except (1) {{ return -2; }} "
                              "return 0; }", said))
            functions.append((f"{start}{act}; {undo} {free} }} __except (1) {{ {free} return -2; }} "
                              "return 0; }", None))
        self.verify(functions)

    def test_others_do_not(self):
        """An edge before the first statement that can raise, and none after it."""
        declarations, call, _, _ = self.acquire(self.pool())
        free = self.release(self.table["RELEASE"][0], "p")[1]
        raises = self.call(self.table["RAISES"][0]["api"])
        quiet = [r["api"] for r in self.table["LIST_REMOVE"]]
        self.verify([(f"{{ {declarations} __try {{ {raises}; {call}; if (!p) return -1; "
                      f"{self.call(api)}; {free} }} __except (1) {{ return -2; }} return 0; }}", None)
                     for api in quiet])


class Facts(Table):
    def facts(self, text, query):
        """What a query of the facts of a source gives."""
        with tempfile.TemporaryDirectory() as folder:
            source, facts = os.path.join(folder, "t.c"), os.path.join(folder, "t.db")
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
            subprocess.run(
                [OPTIONS.clang, "--no-default-config", "--target=x86_64-w64-mingw32",
                 "-fms-extensions", "-w", "-fsyntax-only", "-Xclang", "-load",
                 "-Xclang", OPTIONS.plugin, "-Xclang", "-plugin", "-Xclang", "leak62",
                 "-Xclang", "-plugin-arg-leak62", "-Xclang", f"out={facts}", source], check=True)
            database = sqlite3.connect(facts)
            rows = set(database.execute(query))
            database.close()
        return rows

    def test_sites(self):
        """Each row is a site with its kind, and the constant size and the tag it was given."""
        text, expected = self.declare(), set()
        for number, row in enumerate(self.table["ACQUIRE"]):
            declarations, call, _, handle = self.acquire(row)
            if row["at"] == "OBJECT" and row["arg"] == NA:
                continue  # it goes where the block it is in goes
            keep = f"g_slot = {handle};" if row["at"] != "OBJECT" else ""
            if not keep:  # an object is kept where it lies
                declarations = declarations.replace("struct object o;", "")
                call = call.replace("&o", "given")
            text += f"void f{number}(struct object *given) {{ {declarations} {call}; {keep} }}\n"
            tag = "test" if row["tag"] != NA else self.kinds[row["kind"]]["tag"] or None
            expected.add((f"f{number}", row["api"], row["kind"],
                          SIZE if row["size"] != NA else None, tag))
        found = self.facts(text, "SELECT f.name, s.api, s.kind, s.size, s.tag FROM site s "
                                 "JOIN function f ON f.id = s.function")
        self.assertEqual(sorted(map(str, expected - found)), [])

    def test_releases(self):
        """Each row is a release of its kind, of the slot that it is given."""
        text, expected = self.declare(), set()
        text += "struct ext { void *Value; struct string Name; struct object Object; };\n"
        for number, row in enumerate(self.table["RELEASE"]):
            argument, path = {
                "VALUE": ("e->Value", "ext.Value"), "OUT": ("&e->Value", "ext.Value"),
                "FIELD": ("&e->Name", f"ext.Name.{row['field']}"), "OBJECT": ("&e->Object", "ext.Object"),
            }[row["at"]]
            text += (f"void f{number}(struct ext *e) {{ "
                     + self.call(row["api"], **{f"_{row['arg']}": argument}) + "; }\n")
            expected.add((f"f{number}", row["api"], row["kind"], path))
        found = self.facts(text, "SELECT f.name, r.api, r.kind, r.path FROM release r "
                                 "JOIN function f ON f.id = r.function")
        self.assertEqual(sorted(expected - found), [], sorted(found - expected))


def main():
    global OPTIONS
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("clang", "plugin", "include"):
        parser.add_argument(f"--{name}", required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=sys.argv[:1] + rest)


if __name__ == "__main__":
    main()
