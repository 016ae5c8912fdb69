#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What leak62 tells that Driver Verifier does not: who still points to a block, whom it is for,
what grows, what was run.

  beyond_test.py --leak62 BIN --driver beyond.sys --stays stays.sys --schema FILE [GROUP...]
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

import kd_test

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "beyond", "beyond.c")


def code(name):
    """The control code of a request: by its place in the driver's table."""
    with open(SOURCE, encoding="utf-8") as file:
        table = re.search(r"Requests\[\]\)\(PDEVICE_EXTENSION\) = \{(.*?)\};", file.read(), re.S)
    return hex(0x220000 | (0x800 + re.findall(r"\w+", table.group(1)).index(name)) << 2)


def lines_of(text):
    """The numbers of the lines with that text."""
    with open(SOURCE, encoding="utf-8") as file:
        return [number for number, line in enumerate(file, 1) if text in line]


class Case(unittest.TestCase):
    check = kd_test.Json.check

    def run_driver(self, *options, driver=None, typed="", stderr=""):
        """(exit code, output, the JSON)"""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.json")
            result = subprocess.run([ARGS.leak62, "verify", driver or ARGS.driver, "--json", path,
                                     *options], input=typed,
                                    capture_output=True, text=True, timeout=100, check=False)
            self.assertEqual(result.stderr, stderr)
            with open(path, encoding="utf-8") as file:
                run = json.load(file)
        with open(ARGS.schema, encoding="utf-8") as file:
            schema = json.load(file)
        self.check(run, schema, schema, "run")
        return result.returncode, result.stdout, run

    def request(self, name, *options, **others):
        return self.run_driver("--ioctl", code(name), *options, **others)

    def violation(self, name, *options):
        returned, out, run = self.request(name, *options)
        self.assertEqual(returned, 1, out)
        self.assertEqual(run["bugCheck"]["arguments"][0], f"0x{0x62:016x}", out)
        return out, run["blocks"]


class Reach(Case):
    def forgotten(self, name, text):
        """The last block is held by what the text says."""
        out, blocks = self.violation(name)
        self.assertEqual({block["reach"] for block in blocks}, {"forgotten"})
        self.assertRegex(blocks[-1]["heldBy"]["text"], text)
        self.assertRegex(out, r"(?m)^          forgotten: held by " + text[1:])
        return blocks

    def lost(self, name):
        out, blocks = self.violation(name)
        self.assertEqual({block["reach"] for block in blocks}, {"lost"})
        self.assertIn("\n          lost: ", out)
        return out, blocks

    def test_global(self):
        block, = self.forgotten("Global", r"^beyond!Table\+0x8$")
        self.assertIsNone(block["heldBy"]["block"])
        # It is leak62's own list that tells, not the debugger's.
        out, _ = self.violation("Global")
        verifier = out.split("kd> !verifier 3")[1].split("kd> ")[0]
        self.assertNotIn("forgotten", verifier)

    def test_freed(self):
        returned, out, run = self.request("GlobalTwin")
        self.assertEqual((returned, run["blocks"]), (0, []), out)

    def test_interior(self):
        self.forgotten("Interior", r"^beyond!Table\+0x10$")
        self.lost("Behind")

    def test_chain(self):
        inner, outer = self.forgotten("Chain", r"^beyond!Table$")
        self.assertEqual(inner["heldBy"]["block"], outer["sequence"])
        self.assertEqual(inner["heldBy"]["text"], f"block {outer['address']} (bynd)")

    def test_lost(self):
        out, (block,) = self.lost("Lost")
        self.assertIsNone(block["heldBy"])
        self.assertIn("\n          lost: nothing points to it\n", out)

    def test_lost_with(self):
        """The one that nothing points to comes first, the other is lost with it."""
        out, (inner, outer) = self.lost("LostChain")
        self.assertEqual(inner["heldBy"]["block"], outer["sequence"])
        self.assertIsNone(outer["heldBy"])
        self.assertIn(f"\n          lost: with block {outer['address']} (bynd)\n", out)
        _, blocks = self.lost("LostRing")
        self.assertEqual([block["heldBy"] is None for block in blocks], [True, False])

    def test_deleted_device(self):
        out, (block,) = self.lost("InExtension")
        self.assertEqual(block["heldBy"]["text"],
                         "the extension of a device object that was deleted+0x20")
        self.assertIn("lost: with the extension of a device object that was deleted+0x20\n", out)

    def test_devices_left(self):
        self.forgotten("OtherDevice", r"^the extension of device object 0x\w{16} "
                                      r"\(\\Device\\BeyondSecond\)\+0x20$")

    def test_registered(self):
        self.forgotten("Callback", r"^the context of a registry callback$")
        self.lost("CallbackGone")

    def test_timer(self):
        block, = self.forgotten("TimerInBlock", r"^timer that is set 0x\w{16}$")
        self.assertEqual(int(block["heldBy"]["address"], 16), 0)

    def test_in_a_list_of_the_system(self):
        self.forgotten("ResourceInBlock", r"^ERESOURCE that is not deleted 0x\w{16}")

    def test_thread(self):
        """Another bug check, which stands before that of pool; the blocks are known."""
        returned, out, run = self.request("Thread")
        self.assertEqual((returned, run["bugCheck"]["code"]), (1, "0x000000ce"), out)
        block, = run["blocks"]
        self.assertEqual(block["reach"], "forgotten")
        self.assertRegex(block["heldBy"]["text"], r"^system thread that has not ended 0x\w{16}$")

    def test_through_other_memory(self):
        self.forgotten("InContiguous", r"^contiguous memory 0x\w{16}\+0x18$")
        self.forgotten("InPaged", r"^block 0x\w{16} \(pagd\)\+0x38$")

    def test_not_looked_at(self):
        """Without pool tracking there is no bug check; a run that ends before is not looked at."""
        returned, _, run = self.request("Global", "--flags", "1")
        self.assertEqual(returned, 0)
        self.assertEqual([block["reach"] for block in run["blocks"]], ["forgotten"])
        returned, _, run = self.request("FreeTwice")
        self.assertEqual((returned, run["bugCheck"]["code"]), (1, "0x000000c4"))
        block, = run["blocks"]
        self.assertEqual((block["reach"], block["heldBy"]), (None, None))


class Callers(Case):
    def test_wrappers(self):
        """Neither of two wrappers, one in the other, but who wants a block of that size."""
        out, blocks = self.violation("Wrapped")
        self.assertEqual([(block["caller"]["symbol"], block["origin"]["symbol"])
                          for block in blocks],
                         [("Allocate", "MakeLarge"), ("Allocate", "MakeSmall")])
        self.assertEqual([block["origin"]["line"] for block in blocks],
                         lines_of("= AllocateZeroed("))
        table = out.split("kd> !verifier 3")[1].split("kd> ")[0]
        self.assertEqual(table.count("  beyond!Allocate\n"), 2)
        self.assertRegex(out, r"beyond!MakeLarge\+0x\w+ \[\S+ @ \d+\] by way of beyond!Allocate\n")

    def test_no_wrapper(self):
        """It makes the same for all who call it."""
        _, blocks = self.violation("NotWrapped")
        self.assertEqual({block["origin"]["symbol"] for block in blocks}, {"MakeOwn"})

    def test_all_callers(self):
        out, _ = self.violation("Wrapped", "--all-callers")
        leaks = out.split("kd> !leaks\n")[1].split("kd> ")[0]
        found = re.findall(r"(?m)^            beyond!(\w+)\+0x\w+ \[\S+beyond\.c @ \d+\]$", leaks)
        chain = ["Wrapped", "Dispatch"]
        self.assertEqual(found, ["Allocate", "AllocateZeroed", "MakeLarge", *chain,
                                 "Allocate", "AllocateZeroed", "MakeSmall", *chain])
        out, _ = self.violation("Wrapped")
        self.assertNotIn("beyond!Dispatch+", out.split("kd> !leaks\n")[1].split("kd> ")[0])

    def test_groups(self):
        """Equal stacks are one row; in it, each fate is counted."""
        returned, out, run = self.run_driver("--ioctl", ",".join([code("Global")] * 3))
        self.assertEqual(returned, 1)
        group, = run["groups"]
        self.assertEqual(group["count"], 3)
        self.assertIn("\n          1 forgotten: held by beyond!Table+0x8; "
                      "2 lost: nothing points to it\n", out)
        _, out, _ = self.run_driver("--ioctl", ",".join([code("InExtension")] * 2))
        self.assertIn("\n          1 lost: with the extension of a device object that was "
                      "deleted+0x20; 1 lost: nothing points to it\n", out)
        _, out, _ = self.run_driver("--ioctl", ",".join([code("Grow")] * 2))
        self.assertIn("\n          6 forgotten: held by beyond!List and the like\n", out)


class Growth(Case):
    def test_grows(self):
        returned, out, run = self.request("Grow", "--iterations", "4")
        self.assertEqual(returned, 1)
        self.assertEqual(run["iterations"]["count"], 4)
        growth, = run["iterations"]["growth"]
        self.assertEqual((growth["more"], growth["first"], growth["last"]), (3, 3, 12))
        self.assertEqual(growth["origin"]["symbol"], "Grow")
        self.assertEqual(growth["caller"]["symbol"], "MakeNode")
        self.assertEqual(len(run["blocks"]), 12)
        self.assertRegex(out, r"more after each of 4 iterations, by stack:\n(.*\n){3}"
                              r" +0x00000003  0x00000003  0x0000000c  bynd  0x\w{16}  beyond!Grow\+")

    def test_given_back_at_unload(self):
        """No leak at unload: but until then there is more and more."""
        returned, out, run = self.request("GrowUntilUnload", "--iterations", "5")
        self.assertEqual((returned, run["verdict"], run["blocks"]), (1, "clean", []), out)
        self.assertEqual([growth["more"] for growth in run["iterations"]["growth"]], [1])
        returned, _, run = self.request("GrowUntilUnload")
        self.assertEqual((returned, run["iterations"]["count"]), (0, 0))

    def test_twins(self):
        """Replaced each time; kept once."""
        for name in ("GrowTwin", "Fill", "Waves"):
            returned, out, run = self.request(name, "--iterations", "3")
            self.assertEqual((returned, run["iterations"]["growth"]), (0, []), out)
            self.assertIn("\nNothing has grown with each of 3 iterations.\n", out)

    def test_without_unload(self):
        returned, out, run = self.run_driver("--iterations", "6", driver=ARGS.stays)
        self.assertEqual((returned, run["verdict"], run["bugCheck"]), (1, "clean", None), out)
        self.assertTrue(run["iterations"]["cannotUnload"])
        self.assertIn("stays.sys cannot be unloaded, for it sets no DriverUnload; after 6 "
                      "iterations it has 7 live blocks.\n", out)
        growth, = run["iterations"]["growth"]
        self.assertEqual((growth["more"], growth["last"]), (1, 6))
        self.assertEqual(run["leftBehind"], [])
        self.assertEqual({block["reach"] for block in run["blocks"]}, {"forgotten"})
        self.assertEqual({block["heldBy"]["text"] for block in run["blocks"]
                          if block["heldBy"]["block"] is None}, {"stays!Read", "stays!Written"})

    def test_without_unload_and_growth(self):
        """It writes and does not read."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "write.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"format": "leak62-scenario", "version": 1,
                           "steps": [{"do": "create"}, {"do": "write", "input": "01"}]}, file)
            returned, out, run = self.run_driver("--iterations", "4", "--scenario", path,
                                                 driver=ARGS.stays)
        self.assertEqual((returned, len(run["blocks"])), (0, 1), out)
        self.assertIn("it has 1 live block.\n", out)

    def test_without_iterations(self):
        returned, _, run = self.run_driver(driver=ARGS.stays, stderr=unittest.mock.ANY)
        self.assertEqual((returned, run["verdict"]), (3, "incomplete"))
        self.assertIn("sets no DriverUnload", run["reason"])

    def refused(self, words, *options):
        result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, *options],
                                capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertEqual(result.stderr.count("\n"), 1)
        self.assertIn(words, result.stderr)

    def test_refused(self):
        self.refused("--iterations: two or more", "--iterations", "1")
        self.refused("--iterations: 'many' is no number", "--iterations", "many")
        self.refused("add flag 0x8", "--iterations", "2", "--flags", "1")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "twice.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"format": "leak62-scenario", "version": 1,
                           "steps": [{"do": "load"}, {"do": "unload"}]}, file)
            self.refused("twice.json: there is nothing to repeat", "--iterations", "2",
                         "--scenario", path)

    def test_prompt(self):
        _, out, _ = self.request("Grow", "--kd", typed="!growth\n")
        self.assertIn("There were no two iterations to compare", out)


class Timeline(Case):
    def points(self, run, tag):
        entry, = [entry for entry in run["timeline"] if entry["tag"] == tag]
        return entry["points"]

    def test_few(self):
        """Each of few operations has a point of its own."""
        _, _, run = self.run_driver("--ioctl", code("Grow"))
        self.assertEqual(self.points(run, "bynd"), [[1, 56], [2, 112], [3, 168]])

    def test_many(self):
        """6,400 operations: up and down, the highest at one of them."""
        returned, _, run = self.run_driver("--ioctl", ",".join([code("Global"), code("Waves"),
                                                                 code("Global")]))
        self.assertEqual(returned, 1)
        points = self.points(run, "wave")
        self.assertLessEqual(len(points), 512)
        self.assertGreater(len(points), 128)
        self.assertEqual(points[0], [2, 64])
        self.assertEqual(points[-1], [6401, 0])
        operations = [operation for operation, _ in points]
        self.assertEqual(operations, sorted(set(operations)))
        peak = [point for point in points if point[1] == 16 * 64 + 1]
        self.assertEqual(peak, [[1 + 77 * 32 + 16, 16 * 64 + 1]])
        tag, = [tag for tag in run["tags"] if tag["tag"] == "wave"]
        self.assertEqual(tag["peakBytes"], 16 * 64 + 1)
        self.assertEqual(self.points(run, "bynd"), [[1, 56], [6402, 112]])
        self.assertEqual(run["log"]["operations"], 6402)


class Exercised(Case):
    def sites(self, run):
        """{line: ran}"""
        found = {site["place"]["line"]: site["ran"] for site in run["exercised"]["sites"]}
        self.assertEqual(len(found), len(run["exercised"]["sites"]))
        return found

    def test_all_are_found(self):
        """Through slots, registers and jumps at a routine's end: each line that calls one."""
        names = ("IoCreateDevice", "CmRegisterCallback", "ExAllocatePoolWithTag",
                 "PsCreateSystemThread", "MmAllocateContiguousMemory", "ExInitializeResourceLite")
        for options in ([], ["--ioctl", code("Sites")]):
            returned, _, run = self.run_driver(*options)
            self.assertEqual(returned, 0)
            self.assertEqual(sorted(self.sites(run)),
                             sorted(line for name in names for line in lines_of(name + "(")))
            routines = {site["place"]["line"]: site["routine"]
                        for site in run["exercised"]["sites"]}
            for name in names:
                self.assertEqual({routines[line] for line in lines_of(name + "(")}, {name})

    def test_made(self):
        _, out, run = self.request("Sites", "--exercised")
        made = {line for line, ran in self.sites(run).items() if ran}
        loop = lines_of("PVOID one = ") + lines_of("PVOID two = ")
        self.assertEqual(made, {*lines_of("size + 1, tag)"), *loop,
                                *lines_of("NTSTATUS status = IoCreateDevice(")})
        self.assertIn("\nCalls that allocate or take something: 18, of which 4 were made; "
                      "of 1 it is not known.\n", out)
        self.assertRegex(out, r"(?m)^  run        ExAllocatePoolWithTag, beyond!Tail\+0x\w+ "
                              r"\[\S+beyond\.c @ \d+\]$")
        self.assertRegex(out, r"(?m)^  not run    PsCreateSystemThread, beyond!Thread\+0x")
        _, out, run = self.run_driver("--exercised")
        self.assertEqual([line for line, ran in self.sites(run).items() if ran],
                         lines_of("NTSTATUS status = IoCreateDevice("))
        self.assertIn(" of which 1 were made", out)

    def test_called_by_pointer(self):
        """Who calls it is not in the code; but once it is called it is the only one."""
        line, = lines_of("size + 2, tag)")
        _, _, run = self.run_driver()
        self.assertIsNone(self.sites(run)[line])
        _, _, run = self.request("ByPointer")
        self.assertIs(self.sites(run)[line], True)

    def test_without_symbols(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "other.sys")
            with open(ARGS.driver, "rb") as file, open(path, "wb") as copy:
                copy.write(file.read())
            _, _, run = self.run_driver("--ioctl", code("Sites"), driver=path,
                                        stderr=unittest.mock.ANY)
        _, _, named = self.request("Sites")
        self.assertFalse(run["driver"]["symbols"])
        self.assertEqual([(site["routine"], site["place"]["address"], site["ran"])
                          for site in run["exercised"]["sites"]],
                         [(site["routine"], site["place"]["address"], site["ran"])
                          for site in named["exercised"]["sites"]])

    def test_imports(self):
        _, out, run = self.request("Sites", "--exercised")
        imports = {entry["name"]: entry for entry in run["exercised"]["imports"]}
        self.assertTrue(imports["ExFreePoolWithTag"]["called"])
        self.assertFalse(imports["KeSetTimer"]["called"])
        self.assertTrue(all(entry["implemented"] for entry in imports.values()))
        self.assertIn(f"\nImports: {len(imports)}, of which ", out)
        self.assertIn("leak62 does not have 0.\n", out)

    def test_stubs(self):
        """An import that is missing is named, and whether it was called."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "other.sys")
            with open(ARGS.stays, "rb") as file:
                image = file.read()
            self.assertEqual(image.count(b"\0IofCompleteRequest\0"), 1)
            with open(path, "wb") as copy:
                copy.write(image.replace(b"\0IofCompleteRequest\0", b"\0IofCompleteNothing\0"))
            returned, out, run = self.run_driver("--exercised", driver=path,
                                                 stderr=unittest.mock.ANY)
        self.assertEqual((returned, run["verdict"]), (3, "incomplete"))
        missing = [(entry["name"], entry["called"]) for entry in run["exercised"]["imports"]
                   if not entry["implemented"]]
        self.assertEqual(missing, [("IofCompleteNothing", True)])
        self.assertIn("leak62 does not have 1:\n  called     IofCompleteNothing\n", out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--stays", required=True)
    parser.add_argument("--schema", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
