#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a run is told as: the debugger's prompt, JSON, the newer layout, groups.

  kd_test.py --leak62 BIN --driver faults.sys --drivers DIR --schema FILE [GROUP...]
"""
import argparse
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import unittest

from faults_test import code

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))
FILL = "0x22a004"


def verify(*args, text=None):
    return subprocess.run([ARGS.leak62, "verify", *args], capture_output=True, text=True,
                          timeout=100, check=False, input=text)


def mydriver(twin):
    return os.path.join(ARGS.drivers, twin, "MyDriver.sys")


def session(output):
    """{command: answer} of what stands behind the prompts."""
    answers = {}
    for part in re.split(r"(?m)^kd> ", output)[1:]:
        command, _, answer = part.partition("\n")
        answers[command] = answer.strip("\n")
    return answers


class Prompt(unittest.TestCase):
    def ask(self, *commands, image=None, options=("--ioctl", FILL)):
        result = verify(image or mydriver("leak"), *options, "--kd", text="\n".join(commands))
        self.assertEqual(result.stderr.count("\n"), 1 if result.returncode == 3 else 0)
        return result, session(result.stdout)

    def test_answers_are_those_of_the_session(self):
        """The prompt prints what a run without it prints."""
        whole = session(verify(mydriver("leak"), "--ioctl", FILL).stdout)
        result, answers = self.ask("!analyze -v", "!verifier 3 mydriver.SYS", "!verifier 3")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(list(answers), ["!analyze -v", "!verifier 3 mydriver.SYS", "!verifier 3"])
        self.assertEqual(normal(answers["!analyze -v"]), normal(whole["!analyze -v"]))
        for command in list(answers)[1:]:
            self.assertEqual(normal(answers[command]), normal(whole["!verifier 3 MyDriver.sys"]))

    def test_log_and_near(self):
        """One command after the other, with addresses out of the answer before."""
        with subprocess.Popen([ARGS.leak62, "verify", mydriver("leak"), "--ioctl", FILL, "--kd"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            process.stdin.write("!verifier 3\n")
            process.stdin.flush()
            row = None
            while not row:
                line = process.stdout.readline()
                self.assertNotEqual(line, "")
                row = re.search(r"0x([0-9a-f]{16})  0x\w{8}  Vfwi  0x([0-9a-f]{16})", line)
            block, caller = row.groups()
            nears = ["ln " + spelling for spelling in
                     (caller, "0x" + caller, caller[:8] + "`" + caller[8:])]
            inside = f"!verifier 80 {int(block, 16) + 0x4f:x}"
            behind = f"!verifier 0x80 {int(block, 16) + 0x50:x}"
            output, _ = process.communicate("\n".join([*nears, inside, behind, ""]), 60)
            self.assertEqual(process.returncode, 1)
        answers = session(output)
        for near in nears:
            self.assertIn("handleioctl.c(72)", answers[near])
        self.assertIn(f"Pool block {block}, Size 0000000000000050, ", answers[inside])
        self.assertNotIn("Pool block", answers[behind])
        _, answers = self.ask("ln MyDriver!GetNecessaryObjects+1")
        self.assertRegex(answers["ln MyDriver!GetNecessaryObjects+1"],
                         r"MyDriver!GetNecessaryObjects\+0x1   \|  ")

    def test_one_sentence(self):
        for command, sentence in [
                ("dt nt!_KPCR", "leak62 does not know the command 'dt': '?' lists those it has."),
                ("!verifier 7", "!verifier does not know '7': only 3 and 0x80."),
                ("!verifier 3 disk.sys",
                 "'disk.sys' is not the driver of this run: that is MyDriver.sys."),
                ("!verifier 0x80", "An address is missing."),
                ("!verifier 0x80 xyz", "'xyz' is no address and no symbol of MyDriver.sys."),
                ("ln", "An address is missing."),
                ("ln nt!IofCallDriver", "'nt!IofCallDriver' is no address and no symbol of "
                                        "MyDriver.sys."),
                ("ln 0x10", "There is no symbol near 0000000000000010."),
                ("!analyze -f", "!analyze does not know '-f': only -v.")]:
            _, answers = self.ask(command)
            self.assertEqual(answers[command], sentence)

    def test_quit_and_help(self):
        _, answers = self.ask("?", "", "help", "q", "k")
        self.assertEqual(list(answers), ["?", "help", "q"])
        self.assertEqual(answers["?"], answers["help"])
        for command in ("!analyze -v", "!verifier", "ln", "!poolused", "k", "lm", "q"):
            self.assertRegex(answers["?"], "(?m)^" + re.escape(command))

    def test_stack_and_module(self):
        _, answers = self.ask("k")
        calls = re.findall(r"(?m)^\w\w \S+ nt!(\w+)", answers["k"])
        self.assertEqual(calls[:5], ["KeBugCheckEx", "VerifierBugCheckIfAppropriate",
                                     "VfPoolCheckForLeaks", "VfTargetDriversRemove",
                                     "VfDriverUnloadImage"])
        _, answers = self.ask("k", "lm", image=ARGS.driver, options=("--ioctl", code("DoubleFree")))
        rows = answers["k"].splitlines()
        self.assertEqual(rows[0].split(), ["#", "RetAddr", "Call", "Site"])
        self.assertRegex(rows[1], r"^00 [0-9a-f]{8}`[0-9a-f]{8} nt!VerifierExFreePoolWithTag\+0x44$")
        self.assertRegex(rows[2], r" faults!DoubleFree\+0x\w+ \[.*faults\.c @ \d+\]$")
        # Each row's return address is where the next one is.
        self.assertRegex(answers["lm"], r"(?m)^[0-9a-f]{8}`[0-9a-f]{8} [0-9a-f]{8}`[0-9a-f]{8}   faults +"
                                       r"\(private pdb symbols\)$")

    def test_clean_and_incomplete(self):
        result, answers = self.ask("!analyze -v", "k", "!leaks", image=mydriver("fixed"))
        self.assertEqual(result.returncode, 0)
        self.assertEqual(answers, {
            "!analyze -v": "There is no bug check: the driver was unloaded and has left nothing "
                           "behind.",
            "k": "There is no stack: the driver was unloaded.",
            "!leaks": "There are no live blocks."})
        result, answers = self.ask("!analyze -v", image=ARGS.driver,
                                   options=("--ioctl", code("MissingImport")))
        self.assertEqual(result.returncode, 3)
        self.assertIn("IoCreateController", answers["!analyze -v"])

    def test_pool_used(self):
        _, answers = self.ask("!poolused", image=ARGS.driver,
                              options=("--ioctl", code("LeakByWrapper")))
        rows = [row.split() for row in answers["!poolused"].splitlines()]
        self.assertEqual(rows[0], ["Tag", "Type", "Allocs", "Frees", "Diff", "Bytes", "Peak",
                                   "Bytes", "Per", "Alloc"])
        self.assertEqual(rows[1], ["fult", "Nonp", "4", "0", "4", "704", "704", "176"])
        self.assertEqual(rows[2], ["Vfwi", "Nonp", "1", "1", "0", "0", "80", "0"])

    def test_terminal(self):
        """On a terminal: a prompt, lines that can be edited, history."""
        master, slave = pty.openpty()
        with subprocess.Popen([ARGS.leak62, "verify", mydriver("leak"), "--ioctl", FILL, "--kd"],
                              stdin=slave, stdout=slave, stderr=slave,
                              env={**os.environ, "TERM": "vt100"}) as process:
            os.close(slave)
            os.write(master, b"lx\x7fm\r")  # a letter taken back
            os.write(master, b"\x10\r")     # the line before
            os.write(master, b"q\r")
            output = b""
            while True:
                try:
                    part = os.read(master, 65536)
                except OSError:
                    break
                if not part:
                    break
                output += part
            self.assertEqual(process.wait(60), 1)
        os.close(master)
        self.assertEqual(output.count(b"start             end"), 2)
        self.assertIn(b"kd> ", output)


class Json(unittest.TestCase):
    def read(self, *args, returns):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.json")
            result = verify(*args, "--json", path)
            self.assertEqual(result.returncode, returns, result.stderr)
            self.assertEqual(os.listdir(folder), ["run.json"])
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
        with open(ARGS.schema, encoding="utf-8") as file:
            schema = json.load(file)
        self.check(found, schema, schema, "run")
        return found

    def check(self, value, rule, schema, where):
        """The part of JSON Schema that the schema uses."""
        kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": float,
                 "boolean": bool, "null": type(None)}
        if "$ref" in rule:
            self.check(value, schema["$defs"][rule["$ref"].split("/")[-1]], schema, where)
        if "const" in rule:
            self.assertEqual(value, rule["const"], where)
        if "enum" in rule:
            self.assertIn(value, rule["enum"], where)
        if "type" in rule:
            names = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
            self.assertIn(type(value), [kinds[name] for name in names], where)
        if isinstance(value, str):
            self.assertRegex(value, rule.get("pattern", "^"), where)
            self.assertGreaterEqual(len(value), rule.get("minLength", 0), where)
            self.assertLessEqual(len(value), rule.get("maxLength", len(value)), where)
        if type(value) is int:
            self.assertGreaterEqual(value, rule.get("minimum", value), where)
            self.assertLessEqual(value, rule.get("maximum", value), where)
        if isinstance(value, dict) and "properties" in rule:
            self.assertLessEqual(set(rule["required"]), set(value), where)
            self.assertLessEqual(set(value), set(rule["properties"]), where)
            for key, member in value.items():
                self.check(member, rule["properties"][key], schema, f"{where}.{key}")
        if isinstance(value, list) and "items" in rule:
            self.assertGreaterEqual(len(value), rule.get("minItems", 0), where)
            for i, member in enumerate(value):
                self.check(member, rule["items"], schema, f"{where}[{i}]")

    def test_leak(self):
        run = self.read(mydriver("leak"), "--ioctl", FILL, returns=1)
        self.assertEqual((run["verdict"], run["reason"]), ("violation", None))
        self.assertEqual(run["bugCheck"]["code"], "0x000000c4")
        self.assertEqual([int(a, 16) for a in run["bugCheck"]["arguments"]][0::3], [0x62, 3])
        self.assertEqual({b["tag"]: (b["size"], b["caller"]["line"], b["kind"])
                          for b in run["blocks"]},
                         {"VMdl": (56, 50, "MDL"), "mdrv": (4096, 38, "pool"),
                          "Vfwi": (80, 72, "work item")})
        for block in run["blocks"]:
            symbols = [frame.get("symbol") for frame in block["stack"]]
            self.assertIn("AllIRPDispatch", symbols)
            self.assertIn("IofCallDriver", symbols)
            self.assertEqual((block["pool"], block["special"]), ("nonpaged", True))
        self.assertEqual(sum(b["length"] for b in run["blocks"]),
                         run["statistics"]["nonpaged"]["currentBytes"])
        self.assertEqual(run["log"], {"size": 65536, "operations": 3, "kept": 3, "lost": 0})

    def test_clean(self):
        run = self.read(mydriver("fixed"), "--ioctl", FILL, returns=0)
        self.assertEqual((run["verdict"], run["bugCheck"], run["blocks"]), ("clean", None, []))
        self.assertEqual((run["statistics"]["freed"], run["log"]["operations"]), (3, 6))
        for tag in run["tags"]:
            self.assertEqual((tag["allocations"], tag["frees"], tag["bytes"]), (1, 1, 0))

    def test_incomplete(self):
        run = self.read(ARGS.driver, "--ioctl", code("MissingImport"), returns=3)
        self.assertEqual(run["verdict"], "incomplete")
        self.assertIn("IoCreateController", run["reason"])

    def test_bugcheck_has_its_stack(self):
        run = self.read(ARGS.driver, "--ioctl", code("DoubleFree"), returns=1)
        frame = run["bugCheck"]["stack"][1]
        self.assertEqual((frame["module"], frame["symbol"]), ("faults", "DoubleFree"))
        self.assertTrue(frame["file"].endswith("faults.c"))

    def test_losses_of_the_log(self):
        run = self.read(ARGS.driver, "--ioctl", code("FillTheLog"), returns=0)
        self.assertEqual(run["log"], {"size": 65536, "operations": 70002, "kept": 65536,
                                      "lost": 4466})
        self.assertEqual(run["statistics"]["freed"], 35001)

    def test_not_written(self):
        """What cannot be written is said, and leaves what was there alone."""
        result = verify(mydriver("fixed"), "--json", "/nowhere/run.json")
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot write JSON to '/nowhere/run.json'", result.stderr)
        with tempfile.TemporaryDirectory() as folder:
            result = verify(mydriver("fixed"), "--json", folder)
            self.assertEqual(result.returncode, 2)
            self.assertIn("not a regular file", result.stderr)
            self.assertEqual(os.listdir(folder), [])


def normal(text):
    """Without what differs from run to run and from compiler to compiler."""
    for pattern, replacement in [
            (r"\b(?:0x)?(?!0{10})[0-9a-f]{16}\b|\b(?!0{8}`0{8})[0-9a-f]{8}`[0-9a-f]{8}",
             "ADDRESS"),
            (r"(BUGCHECK_P[23]: )[0-9a-f]+", r"\1ADDRESS"),
            (r"(kd> (?:ln|!verifier 0x80) )0x[0-9a-f]+", r"\1ADDRESS"),
            (r"((?:faults|MyDriver)!\w+)\+0x[0-9a-f]+", r"\1+OFFSET"),
            (r"(\.c\(\d+\))\+0x[0-9a-f]+", r"\1+OFFSET"),
            (r"(?m) +$", "")]:
        text = re.sub(pattern, replacement, text)
    return text


class Layout(unittest.TestCase):
    maxDiff = None

    def test_page(self):
        """The whole session in the newer layout."""
        result = verify(mydriver("leak"), "--ioctl", FILL, "--windbg=modern")
        with open(os.path.join(HERE, "golden", "modern.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), normal(result.stdout))

    def test_modern(self):
        result = verify(mydriver("leak"), "--ioctl", FILL, "--windbg=modern")
        out = session(result.stdout)
        analysis = out["!analyze -v"]
        order = ["Arguments:", "Debugging Details:", "BUGCHECK_CODE:  c4\n", "BUGCHECK_P1: 62\n",
                 "BUGCHECK_P2: ", "BUGCHECK_P3: ", "BUGCHECK_P4: 3\n",
                 "IMAGE_NAME:  MyDriver.sys\n", "MODULE_NAME: MyDriver\n",
                 "FAULTING_MODULE: 0000", "PROCESS_NAME:  System\n",
                 "STACK_TEXT:  \n",
                 "FAILURE_BUCKET_ID:  0xc4_62_VRF_LEAKED_POOL_IMAGE_MyDriver.sys\n"]
        places = [analysis.find(text) for text in order]
        self.assertEqual(places, sorted(places), analysis)
        self.assertGreaterEqual(places[0], 0)
        table = out["!verifier 3 MyDriver.sys"]
        entry = re.search(r"(?m)^Arg3: (\w+)", analysis).group(1)
        self.assertIn("Driver Verification List\n------------------------\n\n"
                      f"nt!_VF_TARGET_DRIVER 0x{entry}: MyDriver.sys (Loaded and Unloaded)\n", table)
        self.assertIn("      Address             Length      Tag   Caller Address    \n", table)
        self.assertRegex(table, r"  VMdl  0x\w{16}  MyDriver!DeviceControlDispatch\+0x\w+\n")
        self.assertNotIn("MODULE:", table)

    def test_stack_of_the_driver(self):
        result = verify(ARGS.driver, "--ioctl", code("DoubleFree"), "--windbg", "modern")
        self.assertRegex(result.stdout, r"(?m)^[0-9a-f]{8}`[0-9a-f]{8} : faults!DoubleFree\+0x\w+ "
                                        r"\[.*faults\.c @ \d+\] $")
        self.assertRegex(result.stdout, r"(?m)^SYMBOL_NAME:  faults!DoubleFree\+0x\w+$")
        self.assertIn("faults.sys (Loaded)\n", result.stdout)

    def test_unknown(self):
        result = verify(mydriver("leak"), "--windbg=preview")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("'preview' is no layout", result.stderr)


class Groups(unittest.TestCase):
    def test_wrapper(self):
        """Equal stacks are one row, and the caller is the one behind the wrapper."""
        result = verify(ARGS.driver, "--ioctl", code("LeakByWrapper"))
        out = session(result.stdout)
        rows = re.findall(r"0x(\w{8})  0x(\w{8})  fult  0x\w{16}  faults!LeakByWrapper\+0x\w+ "
                          r"\[.*faults\.c @ (\d+)\] by way of faults!Wrapped\n", out["!leaks"] + "\n")
        self.assertEqual([(int(c, 16), int(b, 16)) for c, b, _ in rows], [(1, 512), (3, 192)])
        self.assertNotEqual(rows[0][2], rows[1][2])
        # Driver Verifier's own table names the wrapper in each row.
        self.assertEqual(len(re.findall("  faults!Wrapped\n", out["!verifier 3 faults.sys"] + "\n")),
                         4)
        commands = [line.split()[1:3] for line in result.stdout.splitlines()
                    if line.startswith("kd> ")]
        self.assertEqual(sum(c[0] == "ln" for c in commands), 1)
        self.assertEqual(sum(c[-1] == "0x80" for c in commands), 2)

    def test_no_wrapper(self):
        """A routine that allocates in one place for itself is the caller."""
        out = session(verify(mydriver("leak"), "--ioctl", FILL).stdout)
        self.assertNotIn("!leaks", out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--drivers", required=True)
    parser.add_argument("--schema", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
