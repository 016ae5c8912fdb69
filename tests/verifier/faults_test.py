#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every way a run can end, by a driver that does one wrong thing on request.

  faults_test.py --leak62 BIN --driver faults.sys [GROUP...]
"""
import argparse
import os
import re
import subprocess
import sys
import time
import unittest

ARGS = None
HERE = os.path.dirname(os.path.abspath(__file__))


def code(name):
    """The control code of a routine: by its place in the driver's table."""
    with open(os.path.join(HERE, "faults", "faults.c"), encoding="utf-8") as file:
        table = re.search(r"Faults\[\]\)\(PDEVICE_OBJECT\) = \{(.*?)\};", file.read(), re.S)
    names = re.findall(r"\w+", table.group(1))
    return hex(0x220000 | (0x800 + names.index(name)) << 2)


def run(name, *options):
    return subprocess.run([ARGS.leak62, "verify", ARGS.driver, "--ioctl", code(name), *options],
                          capture_output=True, text=True, timeout=100, check=False)


class Case(unittest.TestCase):
    def bugcheck(self, name, number, *arguments, options=()):
        """arguments: numbers, or None for any address."""
        result = run(name, *options)
        self.assertEqual((result.returncode, result.stderr), (1, ""), result.stdout)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], f"*** Fatal System Error: 0x{number:08x}")
        values = [int(v, 16) for v in lines[1].strip(" ()").split(",")]
        for want, have in zip(arguments, values):
            if want is None:
                self.assertNotEqual(have, 0)
            else:
                self.assertEqual(have, want, lines[1])
        return values, result.stdout

    def incomplete(self, name, *options):
        result = run(name, *options)
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)
        return result.stderr


class Pool(Case):
    def test_double_free(self):
        values, out = self.bugcheck("DoubleFree", 0xc4, 0x13, None, 0, 0)
        self.assertIn("Arg1: 0000000000000013, A driver tried to free a block", out)
        self.assertNotEqual(values[1], 0)

    def test_wrong_tag(self):
        self.bugcheck("WrongTag", 0xc2, 0x0a, None, 0x746c7566, 0x72656854)

    def test_stack_address(self):
        self.bugcheck("FreeOfStack", 0xc4, 0x10, None, 0, 0)

    def test_zero_bytes(self):
        self.bugcheck("ZeroBytes", 0xc4, 0x00, 0, 0, 0)

    def test_paged_at_dispatch(self):
        """CR8 is written by an instruction that is carried out for the driver."""
        self.bugcheck("PagedAtDispatch", 0xc4, 0x01, 2, 1, 24)

    def test_overrun(self):
        values, out = self.bugcheck("OverrunByOne", 0xd6, None, 1, None, 0)
        self.assertEqual(values[0] % 0x1000, 0)
        self.assertIn("DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION (d6)", out)

    def test_overrun_within_the_page(self):
        """Behind 30 bytes are 2 that no guard page protects: seen when it is freed."""
        values, out = self.bugcheck("OverrunInPage", 0xc1, None, None, 0, 0x24)
        self.assertEqual(values[1] - values[0], 30)
        self.assertIn("SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION (c1)", out)

    def test_underrun(self):
        values, _ = self.bugcheck("Underrun", 0xc1, None, None, 0, 0x23)
        self.assertEqual(values[0] - values[1], 1)
        values, _ = self.bugcheck("Underrun", 0xd6, None, 1, None, 0, options=["--verify-start"])
        self.assertEqual(values[0] % 0x1000, 0xfff)
        # What the option guards it no longer guards at the other end, but sees there.
        self.bugcheck("OverrunInPage", 0xc1, None, None, 0, 0x24, options=["--verify-start"])

    def test_by_the_kernel(self):
        values, _ = self.bugcheck("OverrunByKernel", 0xcd, None, 1, None, 0)
        self.assertEqual(values[0] % 0x1000, 0)
        self.bugcheck("UseAfterFreeByKernel", 0xcc, None, 0, None, 0)

    def test_without_special_pool(self):
        self.assertEqual(run("OverrunInPage", "--flags", "8").returncode, 0)

    def test_use_after_free(self):
        values, _ = self.bugcheck("UseAfterFree", 0xd5, None, 1, None, 0)
        self.assertEqual(values[0] % 0x1000, 0xfe0)

    def test_active_timer(self):
        values, out = self.bugcheck("FreeWithTimer", 0xc4, 0x15, None, 2 ** 64 - 1, None)
        self.assertEqual(values[1] - values[3], 8)
        self.assertIn("free pool that holds an active timer", out)
        self.bugcheck("FreeWithTimer", 0xc4, 0x15, None, 0, None, options=["--flags", "0x808"])
        self.assertNotIn("(c4)", run("FreeWithTimer", "--flags", "9").stdout)
        self.assertEqual(run("FreeWithOldTimer").returncode, 0)

    def test_active_resource_and_lookaside(self):
        values, out = self.bugcheck("FreeWithResource", 0xc4, 0xd2, None, None, None)
        self.assertEqual(values[1], values[2])
        self.assertIn("free pool that holds an active ERESOURCE", out)
        values, out = self.bugcheck("FreeWithLookaside", 0xc4, 0xcc, None, None, None)
        self.assertEqual(values[1], values[2])
        self.assertIn("free pool that holds an active lookaside list", out)
        self.assertEqual(run("FreeWithDeleted").returncode, 0)

    def test_allocation_while_unloading(self):
        self.bugcheck("AllocateAfterUnload", 0xc4, 0x61, 48, 0, 1, options=["--flags", "9"])
        # Without tracking nobody counts.
        self.assertEqual(run("AllocateAfterUnload", "--flags", "1").returncode, 0)


class Irql(Case):
    def test_sub_codes(self):
        self.bugcheck("MutexAtDispatch", 0xc4, 0x33, 2, None, 0)
        self.bugcheck("WaitAtDispatch", 0xc4, 0x122, None, None, None)
        self.bugcheck("WaitForeverAtDispatch", 0xc4, 0x121, None, None, 0)
        self.bugcheck("SetEventAtHigh", 0xc4, 0x80, 15, None, 0)
        values, out = self.bugcheck("DeleteLinkAtDispatch", 0xc4, 0xe5, 2, 0, 0)
        self.assertIn("called a routine of the kernel at too high an IRQL", out)

    def test_pool(self):
        for flags in ("0xb", "2", "8"):
            self.bugcheck("NonPagedAtHigh", 0xc4, 2, 15, 0, 24, options=["--flags", flags])
            self.bugcheck("PagedAtDispatch", 0xc4, 1, 2, 1, 24, options=["--flags", flags])
            self.bugcheck("FreePagedAtDispatch", 0xc4, 0x11, 2, 1, None,
                          options=["--flags", flags])

    def test_spin_lock_released_twice(self):
        self.bugcheck("ReleaseTwice", 0xc4, 0x32, 0, None, 0)

    def test_allowed(self):
        self.assertEqual(run("AllowedAtDispatch").returncode, 0)

    def test_only_with_the_flag(self):
        self.bugcheck("MutexAtDispatch", 0x0a, None, 2, 1, 0, options=["--flags", "9"])

    def test_stack(self):
        result = run("DeleteLinkAtDispatch", "--windbg=modern")
        self.assertRegex(result.stdout, r"STACK_TEXT:  \n\S+ : faults!DeleteLinkAtDispatch\+")


class Ends(Case):
    def test_missing_import(self):
        text = self.incomplete("MissingImport")
        self.assertIn("calls IoCreateController of ntoskrnl.exe", text)
        self.assertRegex(text, r"at /\S*/faults/faults\.c\(\d+\) \(IRP_MJ_DEVICE_CONTROL 0x22201c\)")

    def test_imports(self):
        result = subprocess.run([ARGS.leak62, "verify", "--imports", ARGS.driver],
                                capture_output=True, text=True, timeout=100, check=False)
        lines = result.stdout.splitlines()
        self.assertEqual((result.returncode, result.stderr), (3, ""))
        self.assertEqual([line for line in lines if not line.startswith("implemented ")],
                         ["missing      ntoskrnl.exe!IoCreateController",
                          f"{len(lines) - 1} imports: {len(lines) - 2} implemented, 1 missing"])
        self.assertIn("implemented  ntoskrnl.exe!ExAllocatePoolWithTag", lines)

    def test_system_call(self):
        if ARGS.sanitized:
            self.skipTest("the sanitizer's runtime needs system calls")
        self.assertIn("a system call of Linux", self.incomplete("SystemCall"))

    def test_endless_loop(self):
        start = time.monotonic()
        text = self.incomplete("EndlessLoop", "--timeout", "2")
        self.assertIn("in 2 seconds", text)
        self.assertLess(time.monotonic() - start, 20)

    def test_stack_overflow(self):
        self.bugcheck("StackOverflow", 0x7f, 8)

    def test_fast_fail(self):
        self.bugcheck("FastFail", 0x139, 3)

    def test_divide_by_zero(self):
        self.bugcheck("DivideByZero", 0x3b, 0xc0000094, None, None, 0)

    def test_hang(self):
        text = self.incomplete("WaitForNobody")
        self.assertIn("the run hangs: the scenario waits in KeWaitForSingleObject", text)
        self.assertIn("faults/faults.c(", text)


class Threads(Case):
    def test_wait_for_work(self):
        self.assertEqual(run("WaitForWork").returncode, 0)

    def test_time_is_virtual(self):
        start = time.monotonic()
        self.assertEqual(run("WaitAnHour").returncode, 0)
        self.assertLess(time.monotonic() - start, 60)

    def test_system_time(self):
        self.assertEqual(run("ReadTheTime").returncode, 0)

    def test_system_time_is_read_only(self):
        self.bugcheck("WriteTheTime", 0x50, 0xfffff78000000014, 2, None, 0)

    def test_timer(self):
        self.assertEqual(run("TimerTicks").returncode, 0)

    def test_dpc(self):
        self.assertEqual(run("DpcWaitsForIrql").returncode, 0)

    def test_work_runs_down(self):
        _, out = self.bugcheck("LeakInWork", 0xc4, 0x62, None, None, 1)
        self.assertRegex(out, r"faults!Work\+0x\w+\n\w+ nt!IopProcessWorkItem")

    def test_free_while_queued(self):
        self.bugcheck("FreeWhileQueued", 0xe4, 0, None, None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--sanitized", action="store_true")
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
