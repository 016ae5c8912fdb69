#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Scenario files, by a driver that prints what it is asked.

  scenario_test.py --leak62 BIN --driver scenario.sys --schema FILE [GROUP...]
"""
import argparse
import json
import subprocess
import sys
import tempfile
import unittest

ARGS = None
PEND, FINISH, NEVER, LEAK, CRASH = 0x222400, 0x222404, 0x222408, 0x22240c, 0x222410
PENDING, CANCELLED = 0x103, 0xC0000120


def run(text, *more):
    """text: the file's; or the steps, or the whole scenario without its head."""
    if isinstance(text, list):
        text = {"steps": text}
    if isinstance(text, dict):
        text = json.dumps({"format": "leak62-scenario", "version": 1, **text}, indent=1)
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--scenario", file.name, *more],
                                capture_output=True, text=True, timeout=100, check=False)
        result.stderr = result.stderr.replace(file.name, "FILE")
    return result


class Case(unittest.TestCase):
    maxDiff = None

    def says(self, scenario, *lines):
        """A clean run in which the driver prints just that, before it is unloaded."""
        result = run(scenario)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr.split("unload")[0].splitlines(), list(lines))

    def stops(self, scenario, text, code=3):
        result = run(scenario)
        self.assertEqual(result.returncode, code, result.stdout)
        self.assertIn(text, result.stderr if code != 1 else result.stdout)


class Requests(Case):
    OPEN, SHUT = ["0: create ''"], ["0: cleanup", "0: close"]

    def one(self, step, line):
        self.says([{"do": "create"}, step], *self.OPEN, line, *self.SHUT)

    def test_methods(self):
        for method, how in enumerate((" buffer", " mdl of 6", " mdl of 6", " user")):
            code = 0x222800 | method
            self.one({"do": "ioctl", "code": hex(code), "input": "01 0203", "output": 6},
                     f"0: ioctl 0x{code:x}{how} in[3]=01 02 03 out[6]")
        for method, how in enumerate((" none", " no mdl", " no mdl", " none")):
            code = 0x222800 | method
            self.one({"do": "ioctl", "code": code}, f"0: ioctl 0x{code:x}{how} in[0] out[0]")

    def test_addresses(self):
        """Of a program that gives none of its own; the driver does not look."""
        self.one({"do": "ioctl", "code": "0x222c03", "input_address": 16, "input": 2,
                  "output_address": "0x7ffe0000", "output": 9},
                 "0: ioctl 0x222c03 addresses 0x10[2] 0x7ffe0000[9]")
        self.stops([{"do": "ioctl", "code": "0x222c00", "input_address": 16}],
                   "only a code with METHOD_NEITHER has addresses", 2)

    def test_bytes(self):
        for value, line in (
                (3, "[3]=62 62 62"), ("", "[0]"), ("0a Ff", "[2]=0a ff"),
                ([1, {"u16": "0x203"}, 255], "[4]=01 03 02 ff"),
                ({"u8": 1, "u32": 2, "u64": 3},
                 "[13]=01 02 00 00 00 03 00 00 00 00 00 00 00"),
                ({"text": "h\u00e9", "length": 5}, "[5]=68 c3 a9 00 00"),
                ({"utf16": "h\u20ac\U0001F600"}, "[8]=68 00 ac 20 3d d8 00 de"),
                ({"fill": 7, "length": "0x4"}, "[4]=07 07 07 07"),
                ({"hex": "aa", "length": 2, "fill": 1}, "[2]=aa 01")):
            line = f"0: internal 0x222800{' buffer' if line != '[0]' else ' none'} in{line} out[0]"
            self.one({"do": "internal_ioctl", "code": 0x222800, "input": value}, line)

    def test_access(self):
        self.one({"do": "read", "length": 9, "offset": 5}, "0: read at 5 out[9]")
        self.one({"do": "write", "input": "0102", "offset": "0x10"}, "0: write at 16 in[2]=01 02")
        self.says([{"do": "create", "device": 1}, {"do": "read", "length": 9},
                   {"do": "write", "input": 5}],
                  "1: create ''", "1: read at 0 mdl of 9", "1: write at 0 mdl of 5",
                  "1: cleanup", "1: close")

    def test_others(self):
        self.one({"do": "query_information", "class": 5, "length": 24},
                 "0: query class 5 length 24")
        self.one({"do": "set_information", "class": 20, "input": {"u64": 1}},
                 "0: set class 20 length 8")
        self.one({"do": "query_volume_information", "class": 4, "length": 8},
                 "0: volume class 4 length 8")
        self.one({"do": "flush"}, "0: flush")
        self.one({"do": "shutdown"}, "0: shutdown")
        self.one({"do": "request", "major": 12, "minor": 1}, "0: major 0xc")

    def test_files(self):
        """Several at once, by number, name and path; what is open is closed at the end."""
        self.says([{"do": "create", "handle": 5, "device": "\\Device\\scenario1", "path": "\\abc"},
                   {"do": "create"}, {"do": "flush", "handle": 5}, {"do": "flush"},
                   {"do": "cleanup", "handle": 5}, {"do": "close"},
                   {"do": "create", "handle": 0, "device": 0}],
                  "1: create '\\abc'", "0: create ''", "1: flush", "0: flush", "1: cleanup",
                  "0: cleanup", "0: close", "0: create ''", "0: cleanup", "0: close", "1: close")

    def test_refused_create(self):
        self.says([{"do": "create", "path": "\\x", "expect": "0xC0000022"}], "0: create '\\x'")
        self.stops([{"do": "create", "path": "\\x"}, {"do": "flush"}],
                   "no file is open by this handle (in step 2: flush)")

    def test_repeat(self):
        self.says([{"do": "create"},
                   {"do": "repeat", "count": 2, "steps": [
                       {"do": "flush"},
                       {"do": "repeat", "count": 3, "steps": [{"do": "shutdown"}]},
                       {"do": "repeat", "count": 0, "steps": [{"do": "close"}]}]}],
                  *self.OPEN, *(["0: flush"] + ["0: shutdown"] * 3) * 2, *self.SHUT)

    def test_repeat_many(self):
        """No request leaves anything behind in the I/O manager."""
        result = run([{"do": "create"}, {"do": "repeat", "count": 3000, "steps": [
            {"do": "ioctl", "code": LEAK, "output": 5000}]}])
        self.assertEqual(result.returncode, 1)
        self.assertIn("Pool Allocations Attempted             0xbb8\n", result.stdout)


class Life(Case):
    FLAGS = {"registry": {"": {"Flags": 1}}}

    def test_pnp(self):
        self.says({**self.FLAGS, "steps": [
            {"do": "load"}, {"do": "add_device"}, {"do": "add_device"},
            {"do": "start_device", "device": 1}, {"do": "query_stop_device", "device": 1},
            {"do": "stop_device", "device": 1}, {"do": "pnp", "minor": "0x14"},
            {"do": "query_power", "state": 4}, {"do": "set_power", "type": "device", "state": 4},
            {"do": "create", "device": 2}, {"do": "surprise_removal"}, {"do": "close"},
            {"do": "remove_device"}]},
            "add 10", "add 11", "11: major 0x1b minor 0x0", "11: major 0x1b minor 0x5",
            "11: major 0x1b minor 0x4", "10: major 0x1b minor 0x14",
            "10: major 0x16 system state 4 minor 0x3", "10: major 0x16 device state 4 minor 0x2",
            "10: create ''", "10: major 0x1b minor 0x17", "10: cleanup", "10: close",
            "10: major 0x1b minor 0x2",
            # What the scenario leaves.
            "11: major 0x1b minor 0x2")

    def test_added_steps(self):
        self.says({**self.FLAGS, "steps": [{"do": "wait", "ms": 1}]},
                  "add 10", "10: major 0x1b minor 0x0", "10: major 0x1b minor 0x2")
        self.stops([{"do": "load"}, {"do": "add_device"}], "no AddDevice (in step 2: add_device)")
        self.stops([{"do": "start_device"}], "no such device")

    def test_refused_device(self):
        """A device that AddDevice has refused is not opened, even if the driver has left it."""
        for flags, code in ((1 | 4, 1), (1 | 8, 0)):
            refused = {"registry": {"": {"Flags": flags}}}
            result = run({**refused, "steps": [{"do": "default"}]})
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertIn("\n1: create ''", result.stderr)
            self.assertNotIn("10: ", result.stderr)
            begin = [{"do": "load"}, {"do": "add_device"}]
            self.stops({**refused, "steps": [*begin, {"do": "create", "device": 2}]},
                       "AddDevice has refused it")
            # Another device is there all the same.
            result = run({**refused, "steps": [*begin, {"do": "create", "device": 1}]})
            self.assertEqual(result.returncode, code, result.stderr)

    def test_bus(self):
        """What the physical device answers, and the resources that it has."""
        self.says({**self.FLAGS, "steps": [
            {"do": "load"}, {"do": "add_device"},
            {"do": "bus", "major": 0x1b, "minor": 9, "status": 0xC000009D},
            {"do": "pnp", "minor": 9, "expect": 0xC000009D}, {"do": "pnp", "minor": 7, "expect": 0},
            {"do": "bus", "major": 0x1b, "status": 0xC0000001},
            {"do": "pnp", "minor": 9, "expect": 0xC0000001},
            {"do": "bus", "major": 0x1b, "status": 0},
            {"do": "start_device", "expect": 0, "resources": [
                {"port": "0x300", "length": 8}, {"interrupt": 5}, {"memory": 0xfe000000}]},
            {"do": "start_device"}]},
            "add 10", *[f"10: major 0x1b minor 0x{n}" for n in (9, 7, 9)],
            "10: major 0x1b resources 1 0x300 8 2 0x5 0 3 0xfe000000 1 minor 0x0",
            "10: major 0x1b minor 0x0", "10: major 0x1b minor 0x2")

    def test_programs(self):
        begin = ["process starts", "thread starts",
                 "image \\Device\\HarddiskVolume1\\leak62\\program.exe"]
        end = ["thread ends", "process ends"]
        self.says({**self.FLAGS, "steps": [
            {"do": "load"}, {"do": "process"}, {"do": "process", "event": "start"},
            {"do": "thread"}, {"do": "image"}, {"do": "process", "event": "end"}]},
            *begin, *end, *begin, "thread starts", "thread ends", begin[2], *end)

    def test_wait(self):
        result = run([{"do": "wait", "ms": 1500}, {"do": "wait", "ms": 20}])
        self.assertEqual((result.returncode, result.stderr), (0, "unload after 1520 ms\n"))
        result = run([{"do": "wait", "ms": 1500, "busy": True}, {"do": "wait", "ms": 20}])
        self.assertEqual((result.returncode, result.stderr), (0, "unload after 1520 ms\n"))

    def test_event(self):
        """Each has a handle of its own, which is not the driver's to close."""
        self.says([{"do": "event", "object": 4}, {"do": "event", "object": "0x40"}])
        self.stops([{"do": "event", "object": 8}, {"do": "event", "object": 8}],
                   "there is a handle of this value already (in step 2: event)")

    def test_load_fails(self):
        fails = {"registry": {"": {"Flags": 2}}}
        self.stops({**fails, "steps": [{"do": "load"}]}, "DriverEntry returned 0xC0000182")
        self.says({**fails, "steps": [{"do": "load", "expect": "0xC0000182"}]})
        self.stops([{"do": "load", "expect": "0xC0000182"}],
                   "the status is 0x00000000, not 0xC0000182 (in step 1: load)")

    def test_unload(self):
        self.says([{"do": "load"}, {"do": "create"}, {"do": "unload"}],
                  "0: create ''", "0: cleanup", "0: close")
        for steps, text in (
                ([{"do": "unload"}, {"do": "create"}], '"unload" can only be the last step'),
                ([{"do": "repeat", "count": 2, "steps": [{"do": "unload"}]}], "cannot unload"),
                ([{"do": "create"}, {"do": "load"}], '"load" can only be the first step')):
            self.stops(steps, text, 2)


class Pending(Case):
    OPEN = [{"do": "create"}]

    def pend(self, **more):
        return {"do": "ioctl", "code": PEND, "expect": PENDING, **more}

    def test_finished_by_another(self):
        self.says(self.OPEN + [self.pend(), {"do": "ioctl", "code": FINISH, "expect": 0}],
                  "0: create ''", "0: ioctl pend", "0: ioctl finish", "0: cleanup", "0: close")

    def test_cancel(self):
        self.says(self.OPEN + [self.pend(), self.pend(), self.pend(),
                               {"do": "cancel", "request": 2}, {"do": "cancel"}],
                  "0: create ''", *["0: ioctl pend"] * 3, "canceled 1", "canceled 0",
                  "canceled 2", "0: cleanup", "0: close")
        self.stops(self.OPEN + [self.pend(), {"do": "cancel", "request": 2}],
                   "so many requests are not pending (in step 3: cancel)")

    def test_rundown(self):
        """A program that ends: first its requests, then its handles.  One that closes its
        handle: the driver is asked to clean up first."""
        self.says(self.OPEN + [self.pend()],
                  "0: create ''", "0: ioctl pend", "canceled 0", "0: cleanup", "0: close")
        self.says(self.OPEN + [self.pend(), {"do": "cleanup"}],
                  "0: create ''", "0: ioctl pend", "0: cleanup", "canceled 0", "0: close")

    def test_wait(self):
        """The program's patience is in the time of the run."""
        result = run(self.OPEN + [self.pend(wait=70), self.pend(wait=0), self.pend()])
        self.assertIn("unload after 1070 ms", result.stderr)

    def test_never(self):
        self.stops(self.OPEN + [{"do": "ioctl", "code": NEVER}, {"do": "close"}],
                   "neither completed nor does it end when it is canceled (in step 3: close)")


class Registry(Case):
    def test_values(self):
        values = {"Number": 5, "Text": "ab", "List": ["a", "b"], "Long": {"qword": 1},
                  "Expand": {"expand": "%"}, "Bytes": {"binary": "01ff"}}
        self.says({"registry": {"Parameters": values}, "steps": [{"do": "load"}]},
                  "Number: type 4 data[4]=05 00 00 00", "Text: type 1 data[6]=61 00 62 00 00 00",
                  "List: type 7 data[10]=61 00 00 00 62 00 00 00 00 00",
                  "Long: type 11 data[8]=01 00 00 00 00 00 00 00",
                  "Expand: type 2 data[4]=25 00 00 00", "Bytes: type 3 data[2]=01 ff")

    def test_whole_path(self):
        """From \\Registry\\ on a key is where it says, not below the service's."""
        key = "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\leak62\\Parameters"
        self.says({"registry": {key.lower(): {"Number": 5}}, "steps": [{"do": "load"}]},
                  "Number: type 4 data[4]=05 00 00 00")
        self.says({"registry": {key[1:]: {"Number": 5}}, "steps": [{"do": "load"}]})

    def test_changes(self):
        """What a program writes and deletes, the driver reads at unload."""
        result = run({"registry": {"Parameters": {"Number": 5, "Text": "x"}}, "steps": [
            {"do": "load"}, {"do": "registry", "key": "Parameters", "name": "Number", "value": 6},
            {"do": "registry", "key": "Parameters", "name": "Text", "value": None},
            {"do": "registry", "key": "Other"}]})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr.splitlines()[-1], "Number: type 4 data[4]=06 00 00 00")


class Default(Case):
    """Without a file."""

    def test_everything(self):
        expected = []
        for device in "01":
            length = "mdl of 16" if device == "1" else "out[16]"
            expected += ["create ''", "ioctl 0x222800 buffer in[16]=" + " ".join(["62"] * 16) +
                         " out[16]", "read at 0 " + length,
                         "write at 0 " + (length if device == "1" else
                                          "in[16]=" + " ".join(["62"] * 16)),
                         "query class 5 length 24", "set class 20 length 8",
                         "volume class 4 length 8", "flush", "cleanup", "close", "create ''",
                         "cleanup", "close"]
        result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", "0x222800",
                                 "--buffer", "16"], capture_output=True, text=True, timeout=100,
                                check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stderr.splitlines()[:-1]
        self.assertEqual([line[:3] for line in lines], ["1: "] * 13 + ["0: "] * 13)
        self.assertEqual([line[3:] for line in lines], expected[13:] + expected[:13])

    def test_codes(self):
        """Of the file, behind those of the options; without steps, the whole default."""
        result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl",
                                 "0x222800,0x222802"], capture_output=True, text=True,
                                timeout=100, check=False)
        for scenario, options in (
                ({"codes": ["0x222800", 0x222802]}, []),
                ({"codes": ["0x222802"], "steps": [{"do": "default"}]}, ["--ioctl", "0x222800"])):
            self.assertEqual(run(scenario, *options).stderr, result.stderr)
        self.assertIn("ioctl 0x222802", result.stderr)

    def test_pnp(self):
        """The same as a step, with a PnP device: power is not part of the step."""
        result = run({"registry": {"": {"Flags": 1}}, "steps": [{"do": "default"}]},
                     "--buffer", "1")
        lines = [line[4:] for line in result.stderr.splitlines() if line.startswith("10: ")]
        self.assertEqual(lines, [
            "major 0x1b minor 0x0", "create ''", "read at 0 out[1]", "write at 0 in[1]",
            "query class 5 length 24", "set class 20 length 8", "volume class 4 length 8",
            "flush", "cleanup", "close", "create ''", "cleanup", "close", "major 0x17 minor 0x0",
            "major 0x1b minor 0x2"])

    def test_pending(self):
        """A request that stays pending keeps nothing from going on."""
        result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", hex(PEND)],
                                capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("canceled 0\n0: cleanup\n", result.stderr)


class Refused(Case):
    def test_json(self):
        self.stops("{\n]", "FILE(2): it is no JSON: ", 2)
        self.stops("[]", 'FILE(1): a scenario begins with "format": "leak62-scenario"', 2)
        result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--scenario", "/nowhere"],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot read /nowhere", result.stderr)

    def test_head(self):
        head = '{"format": "leak62-scenario",\n"version": %s,\n%s}'
        self.stops(head % (2, '"steps": []'), 'FILE(2): "version" must be 1', 2)
        self.stops(head % (1, '"steps": []'), 'FILE(3): "steps" must be an array', 2)
        self.stops(head % (1, '"x": 1'), 'FILE(3): a scenario has no "x"', 2)
        self.stops(head % (1, '"strict": 1'), 'FILE(3): "strict" must be true or false', 2)
        self.stops(head % (1, '"codes": 1'), 'FILE(3): "codes" must be an array', 2)
        self.stops(head % (1, '"codes": [1,\n-1]'), 'FILE(4): "codes" must be a number', 2)

    def test_steps(self):
        """Each mistake, in the last of these lines."""
        head = ('{"format": "leak62-scenario", "version": 1,\n"comment": {"a": "x\\"{",\n'
                '"b": [true, null, 1.5]},\n"steps": [{"do": "load"},\n')
        for text, message in (
                ('5', 'a step is an object with a "do"'),
                ('{"do": "jump"}', 'there is no step "jump"'),
                ('{"do": "ioctl"}', 'step ioctl needs a "code"'),
                ('{"do": "read", "code": 1}', 'step read has no "code"'),
                ('{"do": "ioctl", "code": -1}', '"code" must be a number from 0 to 0xffffffff'),
                ('{"do": "ioctl", "code": "0x1g"}', '"code" must be a number'),
                ('{"do": "create", "handle": 64}', '"handle" must be a number from 0 to 0x3f'),
                ('{"do": "write", "input": "123"}', "'123' is not pairs of hexadecimal digits"),
                ('{"do": "write", "input": [256]}', '"a byte" must be a number from 0 to 0xff'),
                ('{"do": "write", "input": {"x": 1}}', 'bytes have no "x"'),
                ('{"do": "write", "input": {"text": "ab", "length": 1}}', "there are 2 bytes"),
                ('{"do": "write", "input": 16777217}', '"input" must be a number'),
                ('{"do": "write", "input": true}', '"input" must be a length'),
                ('{"do": "set_power", "state": 4, "type": "x"}', '"type" must be "system"'),
                ('{"do": "process", "event": "x"}', '"event" must be "start" or "end"'),
                ('{"do": "registry", "key": "a", "value": 1}', 'a value needs a "name"'),
                ('{"do": "repeat", "count": 2, "steps": 1}', '"steps" must be an array'),
                ('{"do": "repeat", "count": 2, "steps": [{"do": "x"}]}', 'no step "x"')):
            with self.subTest(text):
                self.stops(head + text + "]}", "FILE(5): ", 2)
                self.stops(head + text + "]}", message, 2)

    def test_flags_and_handles(self):
        self.stops([{"do": "wait", "ms": 1, "busy": 1}], '"busy" must be true or false', 2)
        self.stops([{"do": "token", "restricted": None}], '"restricted" must be true', 2)
        for number in (0, 3):
            self.stops([{"do": "event", "object": number}],
                       '"object" must be a multiple of 4, not 0', 2)

    def test_depth(self):
        text = '{"do": "flush"}'
        for _ in range(9):
            text = '{"do": "repeat", "count": 1, "steps": [' + text + "]}"
        self.stops('{"format": "leak62-scenario", "version": 1, "steps": [' + text + "]}",
                   "more than 8 repeats in each other", 2)

    def test_registry(self):
        self.stops({"registry": {"": {"x": 1.5}}, "steps": [{"do": "load"}]},
                   "a value of the registry is", 2)
        self.stops({"registry": {"": {"x": {"qword": 1, "expand": ""}}},
                    "steps": [{"do": "load"}]}, "a value's object has one of", 2)
        self.stops({"registry": [], "steps": [{"do": "load"}]}, '"registry" must be an object', 2)

    def test_stops_name_the_step(self):
        self.stops([{"do": "create"}, {"do": "repeat", "count": 2, "steps": [
            {"do": "flush"}, {"do": "ioctl", "code": CRASH}]}],
                   f"Scenario: in step 2.2: ioctl {CRASH:#x}", 1)
        self.stops([{"do": "create", "device": 2}],
                   "the driver has no device of this number (in step 1: create)")
        self.stops([{"do": "create", "device": "\\Device\\x"}], "no device of this name")

    def test_not_strict(self):
        """What cannot be done is passed over, and what depends on it."""
        steps = [{"do": "create", "device": 2}, {"do": "read", "length": 1}, {"do": "close"},
                 {"do": "create", "device": 1}, {"do": "read", "length": 1}]
        self.stops({"strict": True, "steps": steps}, "no device of this number")
        result = run({"strict": False, "steps": steps})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr.count("create"), 1)
        self.assertEqual(result.stderr.count("read"), 1)

    def test_schema(self):
        """The schema knows the steps and fields that there are."""
        with open(ARGS.schema, encoding="utf-8") as file:
            step = json.load(file)["$defs"]["step"]["properties"]
        values = {"path": "\\", "type": "system", "event": "start", "key": "k", "name": "n",
                  "steps": [{"do": "flush"}], "resources": [{"port": 1}],
                  "busy": True, "restricted": True, "object": 4}
        uses = {"create": "handle device path", "ioctl": "code input output wait expect",
                "read": "length offset", "set_information": "class", "request": "major minor",
                "cancel": "request", "set_power": "type state", "process": "event",
                "registry": "key name value", "wait": "ms busy", "event": "object",
                "token": "restricted", "repeat": "count steps",
                "start_device": "resources", "bus": "major status"}
        addresses = {"input_address", "output_address"}
        self.assertEqual(set(" ".join(uses.values()).split()) | addresses,
                         set(step) - {"do", "comment"})
        for name in step["do"]["enum"]:
            fields = {field: values.get(field, 1) for field in uses.get(name, "").split()}
            result = run([{"do": name, **fields}, {"do": "!"}])
            if "needs a" not in result.stderr and name != "unload":
                self.assertIn('there is no step "!"', result.stderr, name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--schema", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
