#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fault injection: each form of failure, what it promises, which calls fail, and the replay.

  inject_test.py --leak62 BIN --driver inject.sys --drivers mydriver [GROUP...]
"""
import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))
NO_RESOURCES = 0xc000009a


def code(name, right=False):
    """The control code of a request: by its place in the driver's table, the wrong half first."""
    with open(os.path.join(HERE, "inject", "inject.c"), encoding="utf-8") as file:
        table = re.search(r"Requests\[\]\)\(PDEVICE_OBJECT\) = \{(.*?)\};", file.read(), re.S)
    number = 2 * re.findall(r"\w+", table.group(1)).index(name) + right
    return hex(0x220000 | (0x800 + number) << 2)


def command(*options, driver=None):
    return subprocess.run([ARGS.leak62, "verify", driver or ARGS.driver, *options],
                          capture_output=True, text=True, timeout=100, check=False)


def calls(*options, driver=None):
    """[(number, routine, place, failed)] of --calls"""
    out = command(*options, "--calls", driver=driver).stdout
    table = out.split("Calls that could have failed:\n", 1)[1]
    return [(int(number), routine, place, bool(failed)) for number, routine, place, failed in
            re.findall(r"(?m)^ +(\d+)  (\w+) +(\S+\(\d+\)|\S+)(  failed)?$", table)]


class Case(unittest.TestCase):
    def run_driver(self, *options, driver=None):
        """(exit code, output, messages, the JSON)"""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.json")
            result = command(*options, "--json", path, driver=driver)
            self.assertTrue(os.path.exists(path), result.stderr)
            with open(path, encoding="utf-8") as file:
                return result.returncode, result.stdout, result.stderr, json.load(file)

    def number(self, name, routine, right=False):
        """The last call of the routine that the request makes."""
        found = [call[0] for call in calls("--ioctl", code(name, right)) if call[1] == routine]
        self.assertTrue(found, f"{name} does not call {routine}")
        return found[-1]


class Forms(Case):
    """Each routine fails as it does on Windows; who forgets something then is told."""

    def fails(self, name, routine, status=None, raised=False):
        with self.subTest(f"{name}: {routine}"):
            number = self.number(name, routine)
            returned, out, messages, run = self.run_driver("--ioctl", code(name), "--fail-at",
                                                           str(number))
            self.assertEqual(returned, 1, out)
            self.assertEqual(run["bugCheck"]["code"], "0x000000c4")
            self.assertEqual(int(run["bugCheck"]["arguments"][0], 16), 0x62)
            block, = run["blocks"]
            self.assertEqual(block["tag"], "Held")
            call, = run["faults"]["injected"]
            self.assertEqual((call["call"], call["routine"]), (number, routine))
            self.assertEqual(call["raised"], raised)
            self.assertEqual(call["status"], status and f"0x{status:08x}")
            self.assertIn(name, [frame["symbol"] for frame in call["stack"][:2]])
            self.assertEqual(call["caller"], call["stack"][0])
            # What the driver saw: it returns what it got, or what it says for NULL.
            self.assertIn(f"status: {status or NO_RESOURCES:08X}\n", messages)
            replay = run["faults"]["replay"]
            self.assertTrue(replay.endswith(f" --fail-at {number}"), replay)
            self.assertIn(f"\nReplay: {replay}\n".split(" --json")[0], out)
            # The right half frees the block.
            returned, out, messages, run = self.run_driver(
                "--ioctl", code(name, True), "--fail-at",
                str(self.number(name, routine, True)))
            self.assertEqual((returned, run["blocks"]), (0, []), out)
            self.assertEqual(run["faults"]["count"], 1)

    def test_pool(self):
        self.fails("Pool", "ExAllocatePoolWithTag")
        self.fails("PoolRaises", "ExAllocatePoolWithTag", NO_RESOURCES, True)
        self.fails("PoolTwoRaises", "ExAllocatePool2", NO_RESOURCES, True)
        self.fails("Quota", "ExAllocatePoolWithQuotaTag", NO_RESOURCES, True)
        self.fails("QuotaReturns", "ExAllocatePoolWithQuotaTag")
        self.fails("Lookaside", "ExAllocatePoolWithTag")

    def test_made_objects(self):
        self.fails("Mdl", "IoAllocateMdl")
        self.fails("WorkItem", "IoAllocateWorkItem")
        self.fails("Irp", "IoAllocateIrp")
        self.fails("Lower", "IoBuildDeviceIoControlRequest")
        self.fails("String", "RtlAnsiStringToUnicodeString", 0xc0000017)

    def test_memory(self):
        self.fails("Locked", "IoAllocateMdl")
        self.fails("Locked", "MmProbeAndLockPages", 0xc00000a1, True)
        self.fails("Locked", "MmMapLockedPagesSpecifyCache")
        self.fails("Contiguous", "MmAllocateContiguousMemory")

    def test_objects(self):
        self.fails("NewDevice", "IoCreateDevice", NO_RESOURCES)
        self.fails("Thread", "PsCreateSystemThread", NO_RESOURCES)
        self.fails("Thread", "ObReferenceObjectByHandle", 0xc0000008)
        self.fails("Key", "ZwCreateKey", 0xc0000022)
        self.fails("Event", "IoCreateNotificationEvent")

    def test_lower_driver(self):
        self.fails("Lower", "IofCallDriver", NO_RESOURCES)

    def test_not_looked_at(self):
        number = self.number("NotLooked", "ExAllocatePoolWithTag")
        returned, out, _, run = self.run_driver("--ioctl", code("NotLooked"), "--fail-at",
                                                str(number))
        self.assertEqual(returned, 1, out)
        self.assertNotEqual(run["bugCheck"]["code"], "0x000000c4")
        self.assertEqual(run["faults"]["injected"][0]["call"], number)
        # As it is, nothing fails.
        self.assertEqual(command("--ioctl", code("NotLooked")).returncode, 0)


class Promises(Case):
    """What a failed call leaves in its caller's variables, and what it does not do."""

    def says(self, name, routine, text):
        _, _, messages, run = self.run_driver(
            "--ioctl", code(name, True), "--fail-at", str(self.number(name, routine, True)))
        self.assertIn(text + "\n", messages)
        return run

    def test_out_parameters(self):
        self.says("NewDevice", "IoCreateDevice", "device: 0000000000000000")
        self.says("Thread", "ObReferenceObjectByHandle", "thread: 0000000000000000")
        self.says("String", "RtlAnsiStringToUnicodeString", "string: 0000000000000000")
        # A handle is only written when there is one.
        self.says("Thread", "PsCreateSystemThread", "handle: 0000000000000062")

    def test_request_is_completed(self):
        """The sender of the request is told, and the IRP is gone."""
        run = self.says("Lower", "IofCallDriver", "below: C000009A, C000009A")
        self.assertEqual(run["verdict"], "clean")

    def test_no_side_effects(self):
        """A device that was not created is not left behind, nor is its name taken."""
        run = self.says("NewDevice", "IoCreateDevice", "status: C000009A")
        self.assertEqual(run["leftBehind"], [])

    def test_what_cannot_fail(self):
        """Neither counted nor numbered."""
        names = [call[1] for call in calls("--ioctl", code("Never", True))]
        pool = [call[1] for call in calls("--ioctl", code("Pool", True))]
        self.assertEqual(names, pool[:-1])


class Choice(Case):
    def test_status(self):
        number = self.number("Key", "ZwCreateKey")
        for text, status in (("0xC0000056", 0xc0000056), ("STATUS_NO_MEMORY", 0xc0000017),
                             ("0x80000005", 0x80000005)):
            returned, out, messages, run = self.run_driver(
                "--ioctl", code("Key"), "--fail-at", f"{number}={text}")
            self.assertEqual(returned, 1, out)
            self.assertIn(f"status: {status:08X}\n", messages)
            self.assertEqual(run["faults"]["injected"][0]["status"], f"0x{status:08x}")
            self.assertIn(f"--fail-at {number}=0x{status:08x}", run["faults"]["replay"])
        number = self.number("PoolRaises", "ExAllocatePoolWithTag")
        _, _, messages, _ = self.run_driver("--ioctl", code("PoolRaises"), "--fail-at",
                                            f"{number}=STATUS_QUOTA_EXCEEDED")
        self.assertIn("status: C0000044\n", messages)

    def test_several(self):
        """In any order; what comes after a failure has numbers of its own."""
        codes = ["--ioctl", ",".join([code("Pool"), code("Mdl"), code("Irp")])]
        all_calls = calls(*codes)
        held = [call[0] for call in all_calls if call[1] in ("IoAllocateMdl", "IoAllocateIrp")]
        returned, out, _, run = self.run_driver(*codes, "--fail-at", f"{held[1]},{held[0]}")
        self.assertEqual((returned, len(run["blocks"])), (1, 2), out)
        self.assertEqual([call["call"] for call in run["faults"]["injected"]], held)
        failed = [call[0] for call in calls(*codes, "--fail-at", f"{held[0]},{held[1]}")
                  if call[3]]
        self.assertEqual(failed, held)

    def test_none(self):
        returned, out, _, run = self.run_driver("--ioctl", code("Pool"), "--fail-at", "9999")
        self.assertEqual(returned, 0)
        count = run["faults"]["calls"]
        self.assertIn(f"\nNone of {count} calls that could have failed was made to.\n", out)
        self.assertIsNone(run["faults"]["replay"])
        self.assertEqual((run["faults"]["mode"], run["faults"]["count"]), ("at", 0))

    def test_commands(self):
        number = self.number("Mdl", "IoAllocateMdl")
        result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", code("Mdl"),
                                 "--fail-at", str(number), "--kd"], input="!faults\n!calls\n",
                                capture_output=True, text=True, timeout=100, check=False)
        faults, table = result.stdout.split("kd> !faults\n")[1].split("kd> !calls\n")
        self.assertRegex(faults, rf"(?m)^    {number}  IoAllocateMdl returned NULL$")
        self.assertRegex(faults, r"(?m)^ +inject!Mdl\+0x\w+ \[\S+/inject\.c @ \d+\]$")
        self.assertRegex(faults, rf"(?m)^Replay: leak62 verify .* --fail-at {number}$")
        self.assertRegex(table, rf"(?m)^ +{number}  IoAllocateMdl +\S+/inject\.c\(\d+\)  failed$")

    def test_replay(self):
        """The line, given to a shell, shows the same."""
        with tempfile.TemporaryDirectory() as folder:
            driver = os.path.join(folder, "it's a driver.sys")
            os.symlink(os.path.abspath(ARGS.driver), driver)
            number = self.number("Mdl", "IoAllocateMdl")
            first = command("--ioctl", code("Mdl"), "--fail-at", str(number), driver=driver)
            line, = re.findall(r"(?m)^Replay: (leak62 verify .*)$", first.stdout)
            self.assertEqual(shlex.split(line)[-1], str(number))
            path = os.path.dirname(ARGS.leak62) + os.pathsep + os.environ["PATH"]
            again = subprocess.run(["sh", "-c", line], capture_output=True, text=True,
                                   timeout=100, check=False, env={**os.environ, "PATH": path})
            # Under AddressSanitizer addresses depend on the command's own memory.
            shown = [re.sub(r"[0-9a-f`]{16,17}", "ADDRESS", out)
                     for out in (first.stdout, again.stdout)]
            self.assertEqual((again.returncode, shown[1]), (1, shown[0]))


class Random(Case):
    CODES = ("Pool", "Mdl", "Irp", "WorkItem", "String", "Quota", "Contiguous", "Stacks")

    def random(self, *options):
        return self.run_driver("--ioctl", ",".join(code(name, True) for name in self.CODES),
                               *options)

    def failed(self, *options):
        _, _, _, run = self.random(*options)
        return [call["call"] for call in run["faults"]["injected"]], run

    def test_seed(self):
        sets = {tuple(self.failed("--faults", f"30,{seed}")[0]) for seed in range(1, 9)}
        self.assertGreater(len(sets), 3)
        self.assertEqual(self.failed("--faults", "30,5"), self.failed("--faults", "30,5"))
        self.assertEqual(self.failed("--faults", "30")[0], self.failed("--faults", "30,1")[0])

    def test_percent(self):
        numbers, run = self.failed("--faults", "0")
        self.assertEqual(numbers, [])
        self.assertNotIn("Randomized low resources simulation", run["flags"]["enabled"])
        numbers, run = self.failed("--faults", "100")
        self.assertEqual(numbers, list(range(1, run["faults"]["calls"] + 1)))
        self.assertIn("Randomized low resources simulation", run["flags"]["enabled"])
        self.assertEqual(int(run["flags"]["level"], 16) & 4, 4)
        _, run = self.failed("--faults", "0.25,0x10")
        self.assertEqual((run["faults"]["percent"], int(run["faults"]["seed"], 16)), (0.25, 16))

    def test_flag(self):
        """0x4 by itself: 6 percent."""
        _, run = self.failed("--flags", "0xf,0x800")
        self.assertEqual((run["faults"]["mode"], run["faults"]["percent"]), ("random", 6))
        _, run = self.failed("--flags", "Pool tracking")
        self.assertEqual((run["faults"]["mode"], run["faults"]["percent"]), ("none", None))
        self.assertNotIn("Randomized low resources simulation", run["flags"]["enabled"])

    def test_counter(self):
        """Of `!verifier`; without a plan its line is not there."""
        for options, counts in (([], []), (["--fail-at", "2,7"], ["1"]),
                                (["--faults", "100"], ["1"])):
            result = subprocess.run([ARGS.leak62, "verify", ARGS.driver, *options, "--kd"],
                                    input="!verifier\n", capture_output=True, text=True,
                                    timeout=100, check=False)
            self.assertEqual(re.findall(r"(?m)^  Resource Allocations Failed Deliberately   "
                                        r"0x(\w+)$", result.stdout), counts)

    def test_tags(self):
        for tags, routines in (("VMdl", {"IoAllocateMdl"}), ("V*", {"IoAllocateMdl",
                                                                  "IoAllocateWorkItem"}),
                               ("VM?l+Irp ", {"IoAllocateMdl", "IoAllocateIrp"}),
                               ("1In?", {"ExAllocatePoolWithTag", "ExAllocatePoolWithQuotaTag"})):
            _, run = self.failed("--faults", f"100,1,{tags}")
            self.assertEqual({call["routine"] for call in run["faults"]["injected"]}, routines)
        self.assertEqual(self.failed("--faults", "100,1,abcd")[0], [])

    def test_replay(self):
        """The same calls, by their numbers."""
        returned, _, messages, run = self.random("--faults", "40,3")
        numbers = ",".join(str(call["call"]) for call in run["faults"]["injected"])
        again = self.random("--fail-at", numbers)
        self.assertEqual((again[0], again[2]), (returned, messages))
        self.assertEqual([call["stack"] for call in again[3]["faults"]["injected"]],
                         [call["stack"] for call in run["faults"]["injected"]])


class Load(Case):
    """A failure on the way up takes the driver down again."""

    def test_driver_entry(self):
        links = [call[0] for call in calls() if call[1] == "IoCreateSymbolicLink"]
        returned, out, _, run = self.run_driver("--fail-at", str(links[0]))
        self.assertEqual((returned, len(run["blocks"])), (1, 1), out)
        returned, out, messages, run = self.run_driver("--fail-at", str(links[1]))
        self.assertEqual((returned, run["verdict"]), (0, "clean"), messages)

    def test_mydriver(self):
        for number in range(1, 6):
            returned, out, messages, _ = self.run_driver(
                "--ioctl", "0x22a004", "--fail-at", str(number),
                driver=os.path.join(ARGS.drivers, "fixed", "MyDriver.sys"))
            self.assertEqual(returned, 0, out + messages)
        returned, out, _, run = self.run_driver(
            "--ioctl", "0x22a004", "--fail-at", "5",
            driver=os.path.join(ARGS.drivers, "leak", "MyDriver.sys"))
        self.assertEqual((returned, len(run["blocks"])), (1, 2), out)

    def test_add_device(self):
        """Of a device that is refused or not started nothing more is asked."""
        first = {call[1]: call[0] for call in reversed(calls("--ioctl", code("Pool")))}
        for routine in ("IoCreateDevice", "IoAttachDeviceToDeviceStack",
                        "IoForwardIrpSynchronously"):
            returned, out, messages, run = self.run_driver(
                "--ioctl", code("Pool"), "--fail-at", str(first[routine]))
            self.assertEqual((returned, run["verdict"]), (0, "clean"), out + messages)
            self.assertNotIn("status:", messages)
        self.assertEqual(messages, "start: C000009A\nremoved\n")

    def test_scenario(self):
        """Steps that can no longer be done, or end otherwise, are no mistake then."""
        steps = [{"do": "load"}, {"do": "add_device"}, {"do": "start_device"},
                 {"do": "create"}, {"do": "ioctl", "code": code("Pool", True), "expect": 0},
                 {"do": "close"}, {"do": "remove_device"}, {"do": "unload"}]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "scenario.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self.scenario(steps), file)
            self.assertEqual(command("--scenario", path).returncode, 0)
            for number, *_ in calls("--scenario", path):
                result = command("--scenario", path, "--fail-at", str(number))
                leaks = number == 2  # DriverEntry's first link
                self.assertEqual(result.returncode, 1 if leaks else 0, result.stderr)

    @staticmethod
    def scenario(steps):
        return {"format": "leak62-scenario", "version": 1, "steps": steps}


class Usage(Case):
    def refused(self, *options, words):
        result = command(*options)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn(words, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)

    def test_faults(self):
        for text in ("", "x", "-1", "101", "100.01", "6%", "6.", "6.123"):
            self.refused("--faults", text, words="does not begin with a percentage")
        for text in ("6,", "6,x", "6,-1", "6,99999999999999999999"):
            self.refused("--faults", text, words="is no number")
        for text in ("6,1,", "6,1,abc", "6,1,abcde", "6,1,ab+", "6,1,*bcd", "6,1,+abcd"):
            self.refused("--faults", text, words="is no list of pool tags")
        self.refused("--faults", "1", "--faults", "2", words="--faults is given twice")

    def test_fail_at(self):
        for text in ("", "0", "x", "1,", ",1", "1,,2", "-1", "1=", "99999999999999999999"):
            self.refused("--fail-at", text, words="--fail-at: '")
        for text in ("1=0", "1=0x103", "1=STATUS_SUCCESS", "1=STATUS_NO", "1=0x1c0000001"):
            self.refused("--fail-at", text, words="is no failure's NTSTATUS")
        self.refused("--fail-at", "3,1,3", words="call 3 is there more than once")
        self.refused("--fail-at", "3", "--fail-at", "4", words="--fail-at is given twice")

    def test_together(self):
        self.refused("--fail-at", "3", "--faults", "6", words="leave out one of them")
        self.refused("--fail-at", "3", "--flags", "0xc", words="--flags 0x4")
        self.refused("--imports", "--calls", words="--imports runs nothing")


class Same(Case):
    """Two runs of one command print the same, byte for byte."""

    def same(self, *options, **kwargs):
        texts = []
        for _ in range(2):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "run.json")
                result = command(*options, "--json", path, **kwargs)
                with open(path, encoding="utf-8") as file:
                    texts.append((result.returncode, result.stdout, result.stderr,
                                  file.read().replace(folder, "")))
        self.assertEqual(texts[0], texts[1])
        return texts[0]

    def test_random(self):
        codes = ",".join(code(name) for name in ("Pool", "Mdl", "Locked", "Thread", "Lower"))
        for flags in ("0xf", "8", "0x3b"):
            returned, out, _, _ = self.same("--ioctl", codes, "--flags", flags, "--faults",
                                            "20,7", "--calls")
            self.assertIn("Calls made to fail: ", out)

    def test_leak(self):
        driver = os.path.join(ARGS.drivers, "leak", "MyDriver.sys")
        returned, _, _, _ = self.same("--ioctl", "0x22a004", driver=driver)
        self.assertEqual(returned, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--drivers", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
