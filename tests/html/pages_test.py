#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""leak62 report --html: the pages as files, and the folder they are in.

  pages_test.py --leak62 BIN --clang CLANG [GROUP [-v]]

Needs tests/cli in PYTHONPATH.
"""
import html.parser
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess

import scan_test
from scan_test import Case

# Line 10 is the allocation; MyUnload frees it in the twin.
DRIVER = """#include <wdm.h>
typedef struct {{ PVOID Buffer; }} CONTEXT;
static CONTEXT g_Context;
static NTSTATUS MyControl(PVOID device, PVOID irp)
{{
	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(irp);
	if (g_Context.Buffer)
		ExFreePoolWithTag(g_Context.Buffer, {tag});
	g_Context.Buffer = ExAllocatePoolWithTag(NonPagedPool, 16, {tag});
	return STATUS_SUCCESS;
}}
static VOID MyUnload(struct _DRIVER_OBJECT *driver)
{{
	UNREFERENCED_PARAMETER(driver);
	{unload}
}}
NTSTATUS DriverEntry(struct _DRIVER_OBJECT *driver, PUNICODE_STRING path)
{{
	UNREFERENCED_PARAMETER(path);
	driver->MajorFunction[14] = MyControl;
	driver->DriverUnload = MyUnload;
	return STATUS_SUCCESS;
}}
"""
WDM = """
struct _DRIVER_OBJECT {
	void (*DriverUnload)(struct _DRIVER_OBJECT *);
	NTSTATUS (*MajorFunction[28])(PVOID, PVOID);
};
"""
FREES = "ExFreePoolWithTag(g_Context.Buffer, 'tset');"
VOID = {"meta", "link", "input", "br", "line", "circle", "rect", "path"}


class Page(html.parser.HTMLParser):
    """A page as a list of elements; fails on one that is not closed or that loads."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words, self.ids = [], [], [], set()
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, attrs))
        assert not any(name.startswith("on") or name == "style" for name in attrs), (tag, attrs)
        assert "src" not in attrs, (tag, attrs)
        if "id" in attrs:
            assert attrs["id"] not in self.ids, attrs["id"]
            self.ids.add(attrs["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open, self.getpos())
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))

    def links(self):
        return [attrs["href"] for tag, attrs in self.elements if tag == "a"]


class Html(Case):
    LIGHT = True

    def setUp(self):
        super().setUp()
        with open(self.path("wdk/wdm.h"), "a", encoding="utf-8") as file:
            file.write(WDM)

    def driver(self, name="src/my.c", unload="", tag="'tset'"):
        return self.write(name, DRIVER.format(unload=unload, tag=tag))

    def report(self, *args, expect=0, folder="report", **more):
        done = self.run_leak62("report", "--html", folder, *args, **more)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        if expect:
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        else:
            self.check_all(folder)
        return done

    def read(self, name, folder="report"):
        with open(self.path(os.path.join(folder, name)), encoding="utf-8") as file:
            return file.read()

    def pages(self, folder="report"):
        return sorted(name for name in os.listdir(self.path(folder)) if name.endswith(".html"))

    def check_all(self, folder):
        """Each page is well formed, and all links lead somewhere."""
        pages = {name: Page(self.read(name, folder)) for name in self.pages(folder)}
        for name, page in pages.items():
            for link in page.links():
                file, _, anchor = link.partition("#")
                self.assertIn(file or name, pages, f"{name}: {link}")
                if anchor:
                    self.assertIn(anchor, pages[file or name].ids, f"{name}: {link}")
        return pages

    def finding(self, folder="report"):
        [name] = [name for name in self.pages(folder) if name.startswith("finding-")]
        return Page(self.read(name, folder))

    def change(self, script, *values):
        with sqlite3.connect(self.path(".leak62/driver.db")) as database:
            database.execute(script, values)
        database.close()


class Pages(Html):
    def test_twins(self):
        self.driver()
        self.scan("src/my.c", expect=1)
        self.assertEqual(self.report().stdout, "report/index.html\n")
        self.assertEqual(len(self.pages()), 2)
        index = Page(self.read("index.html"))
        self.assertIn("LeakAtUnload", index.text)
        self.assertIn("src/my.c(10)", index.text.replace(" ( ", "("))
        self.assertIn("!MyControl leak at unload", index.text)
        self.driver(unload=FREES)
        self.scan("src/my.c", expect=0)
        self.report()
        self.assertEqual(self.pages(), ["index.html"])
        index = Page(self.read("index.html"))
        self.assertIn("No finding.", index.text)
        self.assertNotIn("LeakAtUnload", index.text)

    def test_finding(self):
        """Each step has its line and each line its step; the slot's life is told."""
        self.driver()
        self.scan("src/my.c", expect=1)
        self.report()
        page = self.finding()
        steps = [name[2:] for name in page.ids if name.startswith("s-")]
        self.assertTrue({"a1", "t1"} <= set(steps), steps)
        for step in steps:
            self.assertIn("#n-" + step, page.links())
            self.assertIn("#s-" + step, page.links())
        self.assertIn("ExAllocatePoolWithTag ( NonPagedPool , 16 , 'tset' )",
                      re.sub(r"\s*([(),])\s*", r" \1 ", page.text))
        self.assertTrue(any(tag == "svg" and attrs.get("role") == "img"
                            for tag, attrs in page.elements))
        self.assertIn("Load: nothing happens to it.", page.text)
        self.assertIn("Unloaded: still Owned: bug check 0xC4, Arg1 0x62", page.text)
        self.assertIn("DriverUnload routine MyUnload releases nothing of it", page.text)
        kinds = {attrs.get("class") for tag, attrs in page.elements if tag == "line"}
        self.assertEqual(kinds, {"rail empty", "rail owned"})

    def test_path_leak(self):
        """Behind the place where it is lost nobody owns it."""
        self.leak("leak.c")
        self.scan("leak.c", expect=1)
        self.report()
        page = self.finding()
        self.assertIn("LeakOnPath", page.text)
        self.assertIn("nobody points to it: bug check 0xC4", page.text)
        self.assertIn("rail lost", {attrs.get("class") for tag, attrs in page.elements})
        self.assertIn("n-a1", page.ids)
        self.assertNotIn("n-t1", page.ids)

    def test_overwritten(self):
        """A later request takes the last pointer away: owned up to there."""
        text = DRIVER.format(unload=FREES, tag="'tset'")
        self.write("my.c", text.replace("\tif (g_Context.Buffer)\n"
                                        "\t\tExFreePoolWithTag(g_Context.Buffer, 'tset');\n", ""))
        self.scan("my.c", expect=1)
        self.report()
        page = self.finding()
        self.assertIn("LeakOnOverwrite", page.text)
        kinds = [attrs["class"] for tag, attrs in page.elements if tag == "line"]
        self.assertEqual([kind for kind in kinds if kind.startswith("rail")],
                         ["rail empty", "rail owned", "rail lost"])
        self.assertIn("nobody points to it: bug check 0xC4", page.text)

    def test_source_gone_and_short(self):
        path = self.driver()
        self.scan("src/my.c", expect=1)
        with open(path, "w", encoding="utf-8") as file:
            file.write("// short\n")
        self.report()
        self.assertIn("This line is not in the source as it is now", self.finding().text)
        os.remove(path)
        self.report()
        page = self.finding()
        self.assertIn("The source is not there", page.text)
        self.assertIn("n-a1", page.ids)

    def test_long_function(self):
        """Of a long function the lines around the steps, with what is left out counted."""
        text = DRIVER.format(unload="", tag="'tset'").replace(
            "\tif (g_Context.Buffer)\n", "\t/* filler */;\n" * 200 + "\tif (g_Context.Buffer)\n")
        self.write("my.c", text)
        self.scan("my.c", expect=1)
        self.report()
        page = self.finding()
        self.assertTrue({"f1-4", "f1-210", "f1-211"} <= page.ids, sorted(page.ids))
        self.assertNotIn("f1-100", page.ids)
        self.assertRegex(page.text, r"19\d lines")

    def test_same_bytes(self):
        self.driver()
        self.scan("src/my.c", expect=1)
        self.report()
        self.report(folder="again")
        self.assertEqual(self.pages(), self.pages("again"))
        for name in self.pages() + ["leak62-report.txt"]:
            self.assertEqual(self.read(name), self.read(name, "again"))

    def test_proofs(self):
        self.driver()
        self.scan("src/my.c", expect=1)
        self.report()
        self.assertNotIn('data-facet="proof"', self.read("index.html"))
        self.change("CREATE TABLE confirmation(finding INTEGER PRIMARY KEY, verdict TEXT NOT NULL,"
                    " evidence TEXT, replay TEXT, scenario TEXT)")
        self.change("INSERT INTO confirmation SELECT id, 'confirmed', 'left behind: 16 bytes',"
                    " 'leak62 verify my.sys --ioctl 0x1', NULL FROM finding")
        self.report()
        self.assertIn('data-facet="proof"', self.read("index.html"))
        self.assertIn('data-proof="confirmed"', self.read("index.html"))
        page = self.finding()
        self.assertIn("Proof: confirmed", page.text)
        self.assertIn("leak62 verify my.sys --ioctl 0x1", page.text)

    def test_unpredicted(self):
        self.driver()
        self.scan("src/my.c", expect=1)
        self.change("CREATE TABLE unpredicted(kind TEXT NOT NULL, noun TEXT, tag TEXT, file TEXT,"
                    " line INTEGER NOT NULL, function TEXT, runs INTEGER NOT NULL, replay TEXT,"
                    " scenario TEXT)")
        self.report()
        self.assertNotIn("predicted by no finding", self.read("index.html"))
        self.change("INSERT INTO unpredicted VALUES ('POOL', 'pool', 'a<b>', ?, 7, 'Other', 3,"
                    " 'leak62 verify my.sys', NULL)", self.path("src/my.c"))
        self.report()
        text = Page(self.read("index.html")).text
        for words in ("predicted by no finding", "a<b>", "src/my.c(7)", "leak62 verify my.sys"):
            self.assertIn(words, text)
        self.change("ALTER TABLE unpredicted DROP COLUMN noun")
        self.assertIn("confirm again", self.report(expect=2, folder="other").stderr)

    def test_suppressed(self):
        self.driver()
        self.write(".leak62.yml", "suppress:\n  - function: MyControl\n"
                                  "    reason: freed by <the> port driver\n")
        self.scan("src/my.c", expect=0)
        self.report()
        self.assertIn(" data-quiet>", self.read("index.html"))
        self.assertIn("freed by <the> port driver", self.finding().text)
        self.write("other.yml", "suppress:\n  - function: Another\n    reason: none\n")
        self.report("--config", "other.yml")
        self.assertNotIn(" data-quiet>", self.read("index.html"))

    def test_failed_file(self):
        self.driver()
        self.write("src/bad.c", '#include "nothing<here>.h"\n')
        self.scan("src/my.c", "src/bad.c", expect=3)
        self.report()
        text = Page(self.read("index.html")).text
        self.assertIn("Files that were not analysed", text)
        self.assertIn("nothing<here>.h", text)

    def test_several_drivers(self):
        self.driver("one/one.c")
        self.driver("two/two.c", unload=FREES)
        self.scan("one/one.c", "two/two.c", expect=1)
        self.report()
        self.assertEqual([name for name in self.pages() if not name.startswith("finding-")],
                         ["driver-one.html", "driver-two.html", "index.html"])
        index = Page(self.read("index.html"))
        self.assertIn("2 drivers, 1 with findings; 1 finding ", index.text)
        self.assertEqual([attrs["data-state"] for tag, attrs in index.elements if tag == "li"],
                         ["with findings", "no finding"])
        self.assertIn("No finding.", Page(self.read("driver-two.html")).text)
        self.report("--driver", "one")
        self.assertEqual(len(self.pages()), 2)
        # What leaks stands first, then what was not analysed, whatever they are called.
        self.driver("one/one.c", unload=FREES)
        self.driver("two/two.c")
        self.driver("zero/zero.c", unload=FREES)
        self.write("zero/bad.c", "#error broken\n")
        self.scan("one/one.c", "two/two.c", "zero/zero.c", "zero/bad.c", expect=3)
        self.report()
        text = self.read("index.html")
        names = [text.index(f"driver-{name}.html") for name in ("two", "zero", "one")]
        self.assertEqual(names, sorted(names))
        self.assertIn("3 drivers, 1 with findings; 1 finding; 1 file not analysed",
                      Page(text).text)

    def test_work_folder(self):
        self.driver()
        self.scan("src/my.c", "--work", "elsewhere", expect=1)
        self.report("--work", "elsewhere")
        self.assertEqual(len(self.pages()), 2)
        self.report("--db", "elsewhere/driver.db")


class Hostile(Html):
    SCRIPT = "<script>pwned=1</script>"

    def test_everything_is_escaped(self):
        """In file names, tags, messages, functions, reasons and the source itself."""
        name = 'a<script>pwned=1<script>"\'&.c'
        self.driver(f"src/{name}", tag="'>b<x'")
        self.scan(f"src/{name}", expect=1)
        self.change("UPDATE finding SET message = ?", self.SCRIPT + "\x1b[31m\u202e'\"&")
        self.change("UPDATE finding_step SET message = message || ?", self.SCRIPT)
        self.change("UPDATE finding SET slot = slot")
        self.change("UPDATE function SET name = name || ?", self.SCRIPT)
        self.change("UPDATE slot SET text = ?", self.SCRIPT)
        self.report()
        for page in self.pages():
            text = self.read(page)
            self.assertEqual(text.count("<script"), 1, page)
            self.assertEqual(text.count("</script>"), 1, page)
            for bad in ("\x1b", "\u202e", "x<b>", "pwned=1<script>"):
                self.assertNotIn(bad, text)
        self.assertIn("x<b>", Page(self.read("index.html")).text)
        self.assertIn("pwned=1<script>\"'&.c", Page(self.read("index.html")).text)
        self.assertIn(self.SCRIPT, self.finding().text)

    def test_source_is_text(self):
        text = DRIVER.format(unload="", tag="'tset'").replace(
            "\treturn STATUS_SUCCESS;", '\t(void)"</code></script><script>pwned=1</script>";'
            " /* <!-- \u202e */\n\treturn STATUS_SUCCESS;", 1)
        self.write("my.c", text)
        self.scan("my.c", expect=1)
        with open(self.path("my.c"), "ab") as file:
            file.write(b"\xff\xfe\x00\x01")
        self.report()
        page = self.finding()
        self.assertIn("</code></script><script>pwned=1</script>", page.text)
        self.assertIn("\\u202e", page.text)

    def test_policy_names_the_script(self):
        """Nothing but the page's own script and style may take effect."""
        import base64
        import hashlib
        self.driver()
        self.scan("src/my.c", expect=1)
        self.report()
        for name in self.pages():
            text = self.read(name)
            policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
            self.assertIn("default-src 'none'", policy)
            for tag in ("style", "script"):
                inside = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL).group(1)
                digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
                self.assertIn(f"{tag}-src 'sha256-{digest}'", policy)
            self.assertNotRegex(text.replace("http-equiv", ""), r"https?:")

    def test_bad_database(self):
        self.driver()
        self.scan("src/my.c", expect=1)
        self.report()
        self.change("DROP TABLE finding_step")
        done = self.report(expect=2)
        self.assertIn("scan again", done.stderr)
        self.write(".leak62/driver.db", "no database\n" * 100)
        self.report(expect=2)
        self.assertEqual(len(self.pages()), 2, "the former report stays")


class Folder(Html):
    def setUp(self):
        super().setUp()
        self.driver()
        self.scan("src/my.c", expect=1)

    def test_replaces_a_report(self):
        os.mkdir(self.path("report"))
        self.report()
        [old] = [name for name in self.pages() if name.startswith("finding-")]
        self.change("UPDATE site SET variable = 'another'")
        self.change("UPDATE function SET name = 'Other' WHERE name = 'MyControl'")
        self.report()
        self.assertNotIn(old, self.pages())
        self.assertEqual(len(self.pages()), 2)

    def test_refuses_what_is_no_report(self):
        self.write("report/notes.txt", "mine")
        self.assertIn("'notes.txt'", self.report(expect=2).stderr)
        self.assertEqual(os.listdir(self.path("report")), ["notes.txt"])
        os.remove(self.path("report/notes.txt"))
        self.report()
        self.write("report/mine.html", "mine")
        self.assertIn("'mine.html'", self.report(expect=2).stderr)
        self.assertEqual(self.read("mine.html"), "mine")

    def test_list_names_pages_only(self):
        """A list that was tampered with removes nothing outside."""
        self.report()
        self.write("precious.html", "mine")
        with open(self.path("report/leak62-report.txt"), "a", encoding="utf-8") as file:
            file.write("../precious.html\n.html\nnot-there.html\n")
        self.report()
        self.assertTrue(os.path.exists(self.path("precious.html")))
        self.assertNotIn("not-there", self.read("leak62-report.txt"))

    def test_cannot_be_written(self):
        self.write("file", "mine")
        self.assertIn("file is not a folder", self.report(expect=2, folder="file").stderr)
        self.assertIn("cannot be made", self.report(expect=4, folder="file/below").stderr)
        self.assertIn("cannot be made", self.report(expect=4, folder="/proc/report").stderr)

    def cut_short(self, action):
        """A report that cannot make files longer than a few kilobytes; its exit code."""
        def limit():
            signal.signal(signal.SIGXFSZ, action)
            resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        return subprocess.run([scan_test.TOOLS.leak62, "report", "--html", "report"],
                              cwd=self.dir, capture_output=True, text=True, timeout=300,
                              preexec_fn=limit, check=False)

    def test_failed_write_says_so(self):
        done = self.cut_short(signal.SIG_IGN)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertIn("the report is not complete", done.stderr)
        self.assertEqual(self.pages(), [])
        self.report()
        self.assertEqual(len(self.pages()), 2)

    def test_killed_while_writing(self):
        """What it leaves is of a report, and goes with the next."""
        self.assertEqual(self.cut_short(signal.SIG_DFL).returncode, -signal.SIGXFSZ)
        self.assertTrue(any(".html." in name for name in os.listdir(self.path("report"))))
        self.report()
        self.assertEqual(len(os.listdir(self.path("report"))), 3)


RUN = {
    "format": "leak62-verify", "version": 1, "driver": {"name": "my.sys"},
    "verdict": "violation", "reason": None,
    "statistics": {"attempted": 3, "failed": 1, "freed": 1, "nonpaged": {"peakBytes": 4128},
                   "paged": {"peakBytes": 0}},
    "blocks": [{"sequence": 2, "tag": "<b>x", "size": 4096, "kind": "pool", "pool": "nonpaged",
                "origin": {"address": "0x0000000140001000", "module": "my", "symbol": "F<i>",
                           "offset": 18, "file": "/src/<a>.c", "line": 38},
                "stack": [{"address": "0x0000000140001000"}], "reach": "lost", "heldBy": None}],
    "leftBehind": [{"what": "device", "name": "\\Device\\<u>", "count": 2,
                    "rule": "DeviceObjectLeak", "caller": None, "stack": []}],
    "wrongFrees": [], "tags": [],
    "timeline": [{"tag": "<b>x", "pool": "nonpaged", "points": [[1, 16], [2, 4128], [4, 4112]]},
                 {"tag": "none", "pool": "paged", "points": [[3, 32]]}],
    "faults": {"count": 1, "calls": 7, "replay": "leak62 verify my.sys --fail-at 3",
               "injected": [{"call": 3, "routine": "ExAllocatePool2", "status": None,
                             "raised": False, "caller": {"address": "0x0000000140001000"},
                             "stack": []}]},
}


class Runs(Html):
    def run_file(self, name="run.json", **changes):
        run = {key: value for key, value in {**RUN, **changes}.items() if value != "absent"}
        return self.write(name, json.dumps(run))

    def page(self, name="run-run.html"):
        return Page(self.read(name))

    def test_without_a_scan(self):
        self.run_file()
        self.report("--run", "run.json")
        self.assertEqual(self.pages(), ["index.html", "run-run.html"])
        page = self.page()
        for words in ("<b>x", "4128", "my ! F<i> +0x12".replace(" ", ""), "/src/<a>.c(38)",
                      "\\Device\\<u>", "leak62 verify my.sys --fail-at 3", "1 of 7 calls"):
            self.assertIn(words, page.text)
        lines = [attrs["d"] for tag, attrs in page.elements
                 if tag == "path" and attrs["class"].startswith("series")]
        self.assertEqual(len(lines), 2)
        self.assertEqual(sum(line.count("V") for line in lines), 4, "a step for each point")

    def test_older_run(self):
        self.run_file(timeline="absent")
        self.report("--run", "run.json")
        self.assertIn("recorded by an older leak62", self.page().text)
        self.assertNotIn("svg", {tag for tag, _ in self.page().elements})

    def test_clean_run(self):
        self.run_file(verdict="clean", blocks=[], leftBehind=[], timeline=[], faults={})
        self.report("--run", "run.json")
        text = self.page().text
        self.assertIn("clean", text)
        self.assertIn("The driver allocated no pool.", text)
        self.assertIn("No call was made to fail.", text)

    def test_with_a_scan_and_twice(self):
        self.driver()
        self.scan("src/my.c", expect=1)
        self.run_file()
        self.run_file("other/run.json", verdict="clean")
        self.report("--run", "run.json", "--run", "other/run.json")
        self.assertIn("run-run-2.html", self.pages())
        self.assertIn("run-run.html", Page(self.read("index.html")).links())

    def test_strange_numbers(self):
        self.run_file(timeline=[{"tag": "a", "pool": "paged", "points": [[0, 0]]},
                                {"tag": None, "points": [[2**62, 2**62], [-5, -5], "x", [], [1]]},
                                "x", {"points": []}, {}])
        self.report("--run", "run.json")
        self.assertNotRegex(self.read("run-run.html").split("</style>")[1].split("<script>")[0],
                            r"\b(nan|inf)\b")

    def test_bad_files(self):
        self.write("cut.json", json.dumps(RUN)[:200])
        self.run_file("format.json", format="another")
        self.run_file("version.json", version=2)
        self.run_file("blocks.json", blocks={})
        self.run_file("timeline.json", timeline="x")
        self.run_file("verdict.json", verdict=3)
        self.write("list.json", "[]")
        for name, words in (("cut.json", "cut.json(1)"), ("format.json", "leak62 verify --json"),
                            ("version.json", "version"), ("blocks.json", "'blocks'"),
                            ("timeline.json", "'timeline'"), ("verdict.json", "verdict"),
                            ("list.json", "is no run"), ("none.json", "cannot be read"),
                            (".", "cannot be read")):
            self.assertIn(words, self.report("--run", name, expect=2).stderr)
        self.assertFalse(os.path.exists(self.path("report")))


class Usage(Html):
    def test_usage(self):
        for args, words in ((["report"], "--html"), (["report", "--html"], "missing after"),
                            (["report", "--html", ""], "--html"),
                            (["report", "--html", "x", "y"], "'y' is one argument too many"),
                            (["report", "--nothing"], "unknown option '--nothing'"),
                            (["report", "--html", "x", "-p", ".", "--db", "y"], "exclude"),
                            (["report", "--html", "x"], "scan first"),
                            (["report", "--html", "x", "--work", "y"], "scan first")):
            self.refuses(*args, words=[words], command=None)
        self.assertFalse(os.path.exists(self.path("x")))

    def test_help(self):
        done = self.run_leak62("report", "--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("Usage: leak62 report --html DIR", done.stdout)
        self.assertIn("Example:", done.stdout)
        self.assertIn("  report ", self.run_leak62("--help").stdout)


if __name__ == "__main__":
    scan_test.main()
