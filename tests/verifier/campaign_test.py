#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""leak62 verify --systematic: what it finds, that it ends, what it remembers.

  campaign_test.py --leak62 BIN --driver campaign.sys --other other.sys --schema FILE [GROUP...]
"""
import argparse
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import kd_test

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "campaign", "campaign.c")


def code(name):
    """The control code of a routine: by its place in the driver's table."""
    with open(SOURCE, encoding="utf-8") as file:
        table = re.search(r"Routines\[\]\)\(PDEVICE_OBJECT\) = \{(.*?)\};", file.read(), re.S)
    return hex(0x220000 | (0x800 + re.findall(r"\w+", table.group(1)).index(name)) << 2)


def lines_of(name, text):
    """The numbers of the lines with that text in a routine."""
    with open(SOURCE, encoding="utf-8") as file:
        lines = file.read().splitlines()
    begin = next(i for i, line in enumerate(lines) if re.match(rf"static \w+ {name}\(", line))
    end = next(i for i in range(begin, len(lines)) if lines[i] == "}")
    return [i + 1 for i in range(begin, end) if text in lines[i]]


def verify(*args, driver=None):
    return subprocess.run([ARGS.leak62, "verify", driver or ARGS.driver, *args],
                          capture_output=True, text=True, timeout=200, check=False)


class Case(unittest.TestCase):
    check = kd_test.Json.check

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.tried = os.path.join(self.folder, "tried")

    def campaign(self, *names, options=(), returns):
        """(the JSON, what was printed); with no error on the way."""
        path = os.path.join(self.folder, "campaign.json")
        codes = [word for name in names for word in ("--ioctl", code(name))]
        result = verify(*codes, "--systematic", "--json", path, *options)
        self.assertEqual((result.returncode, result.stderr), (returns, ""), result.stdout)
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        with open(ARGS.schema, encoding="utf-8") as file:
            schema = json.load(file)
        self.check(found, schema, schema, "campaign")
        return found, result.stdout

    def one(self, name, kind, options=(), returns=1):
        """The only finding."""
        found, out = self.campaign(name, options=options, returns=returns)
        self.assertEqual([f["kind"] for f in found["findings"]], [kind], out)
        self.assertEqual(found["end"], "complete")
        return found["findings"][0], out

    def clean(self, name, *options):
        found, out = self.campaign(name, options=options, returns=0)
        self.assertEqual(found["findings"], [], out)
        self.assertEqual((found["end"], found["counts"]["incomplete"]), ("complete", 0))
        self.assertIn("that can fail was made to", out)
        return found, out

    def replay(self, finding):
        """The JSON of the run that the replay line is for."""
        path = os.path.join(self.folder, "run.json")
        words = shlex.split(finding["replay"])
        self.assertEqual(words[:2], ["leak62", "verify"])
        result = subprocess.run([ARGS.leak62, *words[1:], "--json", path], capture_output=True,
                                text=True, timeout=100, check=False)
        with open(path, encoding="utf-8") as file:
            return result.returncode, json.load(file)

    def entries(self):
        """[(key, routine, times)] of the file of what was tried."""
        with open(self.tried, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertEqual(lines[0], "leak62-tried 1")
        self.assertRegex(lines[1], r"^image pdb-[0-9a-f]{32}-1$")
        found = []
        for line in lines[2:]:
            match = re.fullmatch(r"([0-9a-f]{16}) (\w+) (\d+)", line)
            if match:
                found.append(match.groups())
            elif line.startswith("found "):
                self.assertRegex(line, r"^found [01] leak62 verify .* --fail-at \d+\t.")
            else:
                self.assertRegex(line, "^scenario [0-9a-f]{16}$")
        return found


def place(item):
    return re.split(r"[/\\]", item["place"]["file"])[-1], item["place"]["line"]


class Findings(Case):
    def test_leak(self):
        finding, out = self.one("Leak", "leak")
        first, second = lines_of("Leak", "= ExAllocatePoolWithTag")
        self.assertEqual(finding["call"]["routine"], "ExAllocatePoolWithTag")
        self.assertEqual(place(finding["call"]), ("campaign.c", second))
        self.assertEqual([(i["what"], i["count"], place(i)) for i in finding["items"]],
                         [("camp", 1, ("campaign.c", first))])
        self.assertEqual(finding["step"], "IRP_MJ_DEVICE_CONTROL " + code("Leak"))
        self.assertIn(f"\n  0xC4/0x62: 1 block is left behind\n", out)
        self.assertIn(f"campaign.c({second}) (IRP_MJ_DEVICE_CONTROL {code('Leak')}):\n", out)
        self.assertIn(f"  replay: {finding['replay']}\n", out)
        self.assertIn("\n5 runs, 3 stacks of calls made to fail, 1 finding (1 leak).\n", out)
        returned, run = self.replay(finding)
        self.assertEqual(returned, 1)
        self.assertEqual([call["call"] for call in run["faults"]["injected"]],
                         [finding["call"]["number"]])
        self.assertEqual([(b["size"], b["caller"]["line"]) for b in run["blocks"]], [(24, first)])

    def test_twins_are_clean(self):
        for name in ("RightLeak", "RightUnguarded", "RightUnhandled", "RightLeaveMapping"):
            found, _ = self.clean(name, "--occurrences", "2")
            self.assertGreater(found["counts"]["stacks"], 1)

    def test_one_leak_by_two_calls(self):
        finding, out = self.one("LeakTwice", "leak")
        self.assertEqual(finding["times"], 2)
        self.assertIn("  seen in 2 runs\n", out)

    def test_unguarded(self):
        finding, _ = self.one("Unguarded", "unguarded")
        self.assertEqual(place(finding["call"])[1], lines_of("Unguarded", "ExAllocate")[0])
        self.assertEqual([place(i)[1] for i in finding["items"]],
                         lines_of("Unguarded", "numbers[1] = 1"))
        self.assertIn("0xC0000005", finding["text"])
        _, run = self.replay(finding)
        self.assertEqual(int(finding["text"].split(":")[0], 16), int(run["bugCheck"]["code"], 16))

    def test_unhandled(self):
        finding, _ = self.one("Unhandled", "unguarded")
        self.assertIn("exception 0xC000009A", finding["text"])
        self.assertEqual(finding["call"]["routine"], "ExAllocatePoolWithQuotaTag")
        self.assertEqual([place(i)[1] for i in finding["items"]],
                         lines_of("Unhandled", "ExAllocate"))

    def test_bug_check(self):
        finding, _ = self.one("FreeTwice", "bugCheck")
        self.assertRegex(finding["text"], "^0xC4/0x13: A driver tried to free a block")
        self.assertEqual([place(i)[1] for i in finding["items"]],
                         lines_of("FreeTwice", "ExFreePoolWithTag(first")[1:])
        _, run = self.replay(finding)
        self.assertEqual(int(run["bugCheck"]["arguments"][0], 16), 0x13)

    def test_left(self):
        finding, out = self.one("LeaveMapping", "left")
        self.assertEqual([(i["what"], place(i)[1]) for i in finding["items"]],
                         [("mapping of device memory", lines_of("LeaveMapping", "MmMapIo")[0])])
        returned, run = self.replay(finding)
        self.assertEqual((returned, [e["what"] for e in run["leftBehind"]]), (1, ["mapping"]))
        self.assertIn("\n  1 thing besides pool is left behind\n", out)
        self.assertIn("1 finding (1 left behind besides pool)", out)

    def test_wrong_free(self):
        """Not what another finding of the same run hides."""
        finding, _ = self.one("FreeAsPool", "wrongFree")
        self.assertEqual([(i["what"], place(i)[1]) for i in finding["items"]],
                         [("MDL given to ExFreePool", lines_of("FreeAsPool", "ExFreePool(mdl")[0])])
        returned, run = self.replay(finding)
        self.assertEqual((returned, len(run["wrongFrees"])), (1, 1))

    def test_later_occurrences(self):
        """The calls of one stack fail one after the other, as often as is asked."""
        self.clean("LeakThird")
        self.clean("LeakThird", "--occurrences", "2")
        finding, _ = self.one("LeakThird", "leak", options=("--occurrences", "3"))
        self.assertEqual(finding["items"][0]["count"], 1)
        finding, _ = self.one("LeakThird", "leak", options=("--occurrences", "9"))
        self.assertEqual(finding["times"], 2)

    def test_not_completed(self):
        finding, _ = self.one("Spin", "incomplete", options=("--timeout", "1"), returns=3)
        self.assertEqual(finding["text"].split(" (")[0],
                         "the driver did not come to an end in 1 seconds")
        finding, out = self.one("Missing", "incomplete", returns=3)
        self.assertIn("that can fail and was reached by runs that could be completed was made", out)
        self.assertIn("IoCreateController", finding["text"])
        self.assertFalse(finding["fails"])
        self.assertEqual(self.replay(finding)[0], 3)

    def test_baseline(self):
        """What is left without a failure is told once."""
        found, out = self.campaign("LeakAlways", returns=1)
        always, first = found["findings"]
        self.assertEqual((always["call"], always["run"]), (None, 1))
        self.assertEqual([place(i)[1] for i in always["items"]],
                         lines_of("LeakAlways", "ExAllocate"))
        self.assertEqual([place(i)[1] for i in first["items"]],
                         lines_of("Leak", "ExAllocate")[:1])
        self.assertIn("When nothing fails (DriverUnload):\n", out)
        self.assertNotIn("--fail-at", always["replay"])
        self.assertEqual(self.replay(always)[0], 1)

    def test_flag(self):
        found, out = self.clean("RightLeak")
        self.assertEqual(int(found["flags"]["level"], 16) & 0x40000, 0x40000)
        self.assertIn("Systematic low resources simulation", found["flags"]["enabled"])
        self.assertIn("    [X] (0x00040000) Systematic low resources simulation\n", out)
        result = verify("--flags", "0x40008", "--ioctl", code("Leak"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("Verify Flags Level 0x00040008\n", result.stdout)
        # The replay, of one run, has no such flag.
        replay = re.search(r"replay: leak62 (.*)", result.stdout).group(1)
        again = subprocess.run([ARGS.leak62, *shlex.split(replay)], capture_output=True,
                               text=True, timeout=100, check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("0x000000c4", again.stdout)

    def test_flag_of_chance(self):
        """Nor has that of a run in which chance has chosen the calls."""
        words = [word for _ in range(3) for word in ("--ioctl", code("Many"))]
        result = verify(*words, "--flags", "0xc")
        replay = re.search(r"Replay: leak62 (.*)", result.stdout).group(1)
        again = subprocess.run([ARGS.leak62, *shlex.split(replay)], capture_output=True,
                               text=True, timeout=100, check=False)
        self.assertEqual((again.returncode, again.stdout.split("Replay:")[0]),
                         (result.returncode, result.stdout.split("Replay:")[0]))

    def test_the_driver_prints_nothing(self):
        """... hundreds of times."""
        self.assertIn("campaign: ", verify("--ioctl", code("RightLeak")).stderr)
        self.clean("RightLeak")


class Ends(Case):
    def test_two_campaigns_print_the_same(self):
        first = self.campaign("Leak", "Unguarded", "Many", returns=1)
        self.assertEqual(self.campaign("Leak", "Unguarded", "Many", returns=1), first)

    def test_each_stack_once(self):
        found, _ = self.clean("Many")
        # IoCreateDevice, the calls of Deep, and two runs without a failure.
        self.assertEqual(found["counts"]["stacks"], 22)
        self.assertEqual(found["counts"]["runs"], 24)

    def test_runs(self):
        found, out = self.campaign("Many", options=("--runs", "7"), returns=3)
        self.assertEqual((found["end"], found["counts"]["runs"]), ("runs", 7))
        self.assertIn("Not all stacks were tried", out)
        found, _ = self.campaign("Leak", "Many", options=("--runs", "7"), returns=1)
        self.assertEqual(found["end"], "runs")
        found, _ = self.campaign("Many", options=("--runs", "24"), returns=0)
        self.assertEqual(found["end"], "complete")

    def test_budget(self):
        """A run that hangs does not outlast the campaign."""
        found, out = self.campaign("Spin", options=("--budget", "1"), returns=3)
        self.assertEqual((found["end"], found["findings"]), ("seconds", []), out)
        self.assertIn("Not all stacks were tried: the time was up.\n", out)

    def test_usage(self):
        for words, text in [
                (("--runs", "3"), "--runs is for many runs: give --systematic, too"),
                (("--tried", "x"), "--tried is for many runs"),
                (("--systematic", "--kd"), "--kd is for a single run"),
                (("--systematic", "--imports"), "--imports is for a single run"),
                (("--systematic", "--fail-at", "1"), "--fail-at is for a single run"),
                (("--systematic", "--faults", "6"), "--faults is for a single run"),
                (("--systematic", "--flags", "0x4"), "--flags 0x4 is for a single run"),
                (("--systematic", "--calls"), "--calls is for a single run"),
                (("--systematic", "--runs", "0"), "--runs: '0' is no number from 1 to"),
                (("--systematic", "--occurrences", "x"), "--occurrences: 'x' is no number"),
                (("--systematic", "--budget", "-1"), "--budget: '-1' is no number")]:
            result = verify(*words)
            self.assertEqual((result.returncode, result.stdout), (2, ""), words)
            self.assertIn(text, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)

    def test_no_scenario(self):
        """Nothing was run, so nothing is said of runs."""
        for path in ["/nowhere.json", SOURCE]:
            result = verify("--systematic", "--scenario", path)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertEqual(result.stderr.count("\n"), 1)

    def test_no_driver(self):
        result = verify("--systematic", driver=SOURCE)
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertEqual(result.stderr.count("\n"), 1)
        result = verify("--systematic", driver="/nowhere.sys")
        self.assertEqual((result.returncode, result.stdout), (2, ""))


class Tried(Case):
    def again(self, *names, returns, options=()):
        return self.campaign(*names, options=("--tried", self.tried, *options), returns=returns)

    def test_resume(self):
        """What was tried before the campaign was cut is not tried again."""
        found, _ = self.again("Many", options=("--runs", "9"), returns=3)
        before = self.entries()
        self.assertEqual(len(before), 8)
        found, out = self.again("Many", returns=0)
        self.assertEqual(found["counts"]["stacksBefore"], 8)
        self.assertEqual(found["counts"]["stacks"], 22 - 8)
        self.assertEqual(found["counts"]["runs"], 22 - 8 + 2)
        self.assertIn("14 stacks of calls made to fail and 8 before", out)
        after = self.entries()
        self.assertEqual(after[:8], before)
        self.assertEqual(len({key for key, _, _ in after}), len(after))
        self.assertEqual({routine for _, routine, _ in after},
                         {"IoCreateDevice", "ExAllocatePoolWithTag"})
        found, _ = self.again("Many", returns=0)
        self.assertEqual((found["counts"]["stacks"], found["counts"]["runs"]), (0, 2))

    def test_killed(self):
        """The campaign is killed while a run of it hangs."""
        with subprocess.Popen([ARGS.leak62, "verify", ARGS.driver, "--ioctl", code("Leak"),
                               "--ioctl", code("Spin"), "--systematic", "--tried", self.tried],
                              stdout=subprocess.PIPE) as process:
            # The last stack of Leak is the third one; then comes Spin's.
            while not os.path.exists(self.tried) or len(self.entries_or_none()) < 3:
                self.assertIsNone(process.poll())
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        before = self.entries()
        self.assertEqual(len(before), 3)
        found, out = self.again("Leak", "Spin", options=("--timeout", "1"), returns=1)
        self.assertEqual([f["kind"] for f in found["findings"]], ["incomplete"])
        # What the killed campaign had no time to say is said now; the replay shows it.
        self.assertEqual([(f["text"], f["fails"]) for f in found["findingsBefore"]],
                         [("0xC4/0x62: 1 block is left behind", True)])
        self.assertIn("Found before:\n  0xC4/0x62: 1 block is left behind\n", out)
        self.assertEqual((found["counts"]["stacksBefore"], found["counts"]["stacks"]), (3, 1))

    def entries_or_none(self):
        try:
            return self.entries()
        except (AssertionError, IndexError):
            return []

    def test_occurrences(self):
        self.again("LeakThird", options=("--occurrences", "2"), returns=0)
        self.assertEqual([times for _, _, times in self.entries()], ["1", "1", "2"])
        found, _ = self.again("LeakThird", options=("--occurrences", "4"), returns=1)
        self.assertEqual([times for _, _, times in self.entries()][3:], ["3", "4"])

    def test_scenarios(self):
        """Each scenario has its own stacks in the file."""
        self.again("Leak", returns=1)
        found, _ = self.again("Leak", "RightLeak", returns=1)
        self.assertEqual(found["counts"]["stacksBefore"], 0)
        found, _ = self.again("Leak", returns=1)
        self.assertEqual([f["text"] for f in found["findingsBefore"]],
                         ["0xC4/0x62: 1 block is left behind"])
        self.assertEqual((found["counts"]["stacksBefore"], found["counts"]["stacks"]), (3, 0))
        with open(self.tried, encoding="utf-8") as file:
            self.assertEqual(file.read().count("scenario "), 2)

    def refused(self, text, driver=None):
        with open(self.tried, "rb") as file:
            before = file.read()
        result = verify("--systematic", "--tried", self.tried, driver=driver)
        self.assertEqual(result.stdout, "")
        self.assertIn(text, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)
        with open(self.tried, "rb") as file:
            self.assertEqual(file.read(), before)
        return result.returncode

    def test_another_image(self):
        self.again("Leak", returns=1)
        self.assertEqual(self.refused("is of another image", driver=ARGS.other), 3)

    def test_damaged(self):
        self.again("Leak", returns=1)
        with open(self.tried, encoding="utf-8") as file:
            lines = file.read().splitlines()
        for number, line, text in [
                (0, "leak62-tried 2", "is no file of tried stacks"),
                (1, "picture " + lines[1], "(2): here the image should be named"),
                (2, "scenario 12", "(3): this is no scenario's number"),
                (3, lines[3][1:], "(4): this is no line of a call"),
                (3, lines[3] + " ", "(4): this is no line of a call"),
                (3, "0" * 16 + " ExAllocatePool 1", "(4): this is no line of a call"),
                (4, lines[4].rsplit(" ", 1)[0] + " 99999999999", "(5): this is no line"),
                (4, lines[4].rsplit(" ", 1)[0] + " 0", "(5): this is no line"),
                (4, "", "(5): this is no line"),
                (5, "found 2 leak62\tx", "(6): this is no line of a finding"),
                (5, "found 1 leak62", "(6): this is no line of a finding"),
                (2, lines[3], "(3): this is no line of a call"),
                (4, "\0" * 20, "there are zeroes in it")]:
            broken = lines[:number] + [line] + lines[number + 1:]
            with open(self.tried, "w", encoding="utf-8") as file:
                file.write("\n".join(broken) + "\n")
            self.assertEqual(self.refused(text), 3)

    def test_cut_off(self):
        """What an interrupted campaign was writing is taken off."""
        self.again("Leak", returns=1)
        whole = self.entries()
        with open(self.tried, "r+", encoding="utf-8") as file:
            file.truncate(os.path.getsize(self.tried) - 5)
        found, _ = self.again("Leak", returns=1)
        self.assertEqual((found["counts"]["stacksBefore"], found["counts"]["stacks"]), (2, 1))
        self.assertEqual(self.entries(), whole)
        # It was found again, so it is said once.
        self.assertEqual((len(found["findings"]), found["findingsBefore"]), (1, []))

    def test_no_file(self):
        for path in (self.folder, os.path.join(self.folder, "no", "file"), "/dev/null"):
            result = verify("--systematic", "--tried", path)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(path, result.stderr)

    def test_in_use(self):
        with subprocess.Popen([ARGS.leak62, "verify", ARGS.driver, "--ioctl", code("Spin"),
                               "--systematic", "--tried", self.tried],
                              stdout=subprocess.PIPE) as process:
            while not os.path.exists(self.tried) or not self.entries_or_none():
                self.assertIsNone(process.poll())
                time.sleep(0.01)
            self.assertEqual(self.refused("is in use by another campaign"), 2)
            process.send_signal(signal.SIGKILL)

    def test_empty_file(self):
        """mktemp makes one."""
        with open(self.tried, "w", encoding="utf-8"):
            pass
        self.again("Leak", returns=1)
        self.assertEqual(len(self.entries()), 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--other", required=True)
    parser.add_argument("--schema", required=True)
    parser.add_argument("groups", nargs="*")
    ARGS = parser.parse_args()
    unittest.main(argv=[sys.argv[0], *ARGS.groups], verbosity=2)
