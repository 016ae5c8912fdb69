#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MyDriver on the verifier core, against the documentation page of 0xC4/0x62.

  mydriver_test.py --leak62 BIN --drivers DIR [GROUP...]

golden/page.txt holds the debugger's output as that page shows it: 32-bit Windows,
another compiler, much traffic before the crash.  DIFFERENCES lists, once, all that is
different about an x64 run of leak62; addresses and offsets in code are replaced by
names on both sides, and then the two must be equal.
"""
import argparse
import os
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
FILL = "0x22a004"
ARGS = None

# (what the page has, what leak62 has); each must occur.  Regular expressions on the left.
DIFFERENCES = [
    # WinDbg's greeting: leak62 is connected to no target.
    (r"Connected to Windows 8.*?\n\.{8}\n", ""),
    # The driver's name as it was typed.
    (r"!verifier 3 Mydriver\.sys", "!verifier 3 MyDriver.sys"),
    # What leak62 does not check is not shown as enabled.
    (r"Level 0x000209bb", "Level 0x0000080b"),
    (r"\[X\] (\(0x000(?:00010|00020|00080|00100|20000)\) )", r"[ ] \1"),
    # MyDriver alone, one request.
    (r"(Attempted  +|Succeeded  +|SpecialPool )0x2db1a", r"\g<1>0x3"),
    (r"(Peak nonpaged pool allocations  +)0x13 for 0004A4A0", r"\g<1>0x3 for 00001098"),
    (r"(Peak Pool Allocations: +\( )0x00000013", r"\g<1>0x00000003"),
    (r"(Peak Pool Bytes: +\( )0x0004A4A0", r"\g<1>0x00001098"),
    # x64: an MDL of one page has 0x38 bytes, not 0x20; the tracking header 16, not 8;
    # a work item 0x50, not 0x30.
    (r"(\S+  )0x00000020(  VMdl)", r"\g<1>0x00000038\2"),
    (r"(\S+  )0x00001008(  mdrv)", r"\g<1>0x00001010\2"),
    (r"(\S+  )0x00000030(  Vfwi)", r"\g<1>0x00000050\2"),
    (r"\b00001058 bytes", "00001098 bytes"),
    (r"(Current Pool Bytes: +\( )0x00001058", r"\g<1>0x00001098"),
    (r"Size 00000020", "Size 00000038"),
    (r"Size 00000030", "Size 00000050"),
    # A plus sign that the page has lost.
    (r"NonPNPIRPDispatch0x51", "NonPNPIRPDispatch+0x51"),
    # The page repeats the first symbol where the debugger names the next one.
    (r"(\|  \(\w+\)   MyDriver!)DeviceControlDispatch", r"\1GetNecessaryObjects"),
    (r"(\|  \(\w+\)   MyDriver!)GetNecessaryObjects(?=\n*\Z|\n\n*kd> !)",
     r"\1mydriver_InterlockedBitTestAndSet"),
]

ADDRESS = r"(?:[0-9a-f]{16}|[0-9a-f]{8}`[0-9a-f]{8}|[0-9a-f]{8})"


def differences(page):
    for pattern, replacement in DIFFERENCES:
        page, count = re.subn(pattern, replacement, page, flags=re.S)
        if not count:
            raise AssertionError(f"the page has no {pattern}")
    return page


def normalise(text):
    text = text.replace("\r", "")
    for pattern, replacement in [
            (r"(Arg[23]: )" + ADDRESS, r"\1ADDRESS"),
            (r"(Arg[14]: )0*(\w)", r"\1\2"),
            (r"(MODULE: 0x)" + ADDRESS, r"\1ADDRESS"),
            (r"(kd> (?:ln|!verifier 0x80) 0x)[0-9a-f]+", r"\1ADDRESS"),
            (r"(searching for address 0x)" + ADDRESS, r"\1ADDRESS"),
            (r"Pool block " + ADDRESS + r", Size 0*(\w+), Thread " + ADDRESS,
             r"Pool block ADDRESS, Size \1, Thread ADDRESS"),
            (r"(?m)^" + ADDRESS + r" (?=\w+!)", "ADDRESS "),
            (r"\(" + ADDRESS + r"\)   ", "(ADDRESS)   "),
            (r"(?m)^( +)0x" + ADDRESS + r"(  0x\w+  \w{4}  )0x" + ADDRESS,
             r"\1ADDRESS\2ADDRESS"),
            (r"-{10,}", "----"),
            (r"Address +Length +Tag +Caller", "Address Length Tag Caller"),
            # Where in a function or line a call is, is the compiler's choice.
            (r"(MyDriver!\w+)\+0x[0-9a-f]+", r"\1+OFFSET"),
            (r"(\.c\(\d+\))\+0x[0-9a-f]+", r"\1+OFFSET"),
            (r"[ \t]+\n", "\n"),
            (r"\n{2,}", "\n\n")]:
        text = re.sub(pattern, replacement, text)
    return text.strip()


def commands(text):
    """(command, output) for each kd> prompt; the rows of the table sorted by tag."""
    found = []
    for part in re.split(r"(?m)^kd> ", text)[1:]:
        command, _, output = part.partition("\n")
        lines = output.strip("\n").split("\n")
        rows = [line for line in lines if re.search(r"  (VMdl|mdrv|Vfwi)  ", line)]
        lines = [line for line in lines if line not in rows] + sorted(rows)
        found.append((command.strip(), "\n".join(lines)))
    return sorted(found)


def run(*args):
    return subprocess.run([ARGS.leak62, "verify", *args], capture_output=True, text=True,
                          timeout=100, check=False)


def driver(twin):
    return os.path.join(ARGS.drivers, twin, "MyDriver.sys")


class Seed(unittest.TestCase):
    maxDiff = None

    def test_page(self):
        result = run(driver("leak"), "--ioctl", FILL)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 1)
        with open(os.path.join(HERE, "golden", "page.txt"), encoding="utf-8") as file:
            page = commands(normalise(differences(file.read())))
        ours = commands(normalise(result.stdout))
        self.assertEqual(len(page), 8)
        for want, have in zip(page, ours):
            self.assertEqual("\n".join(want), "\n".join(have))
        self.assertEqual(len(page), len(ours))

    def test_stop(self):
        lines = run(driver("leak"), "--ioctl", FILL).stdout.splitlines()
        self.assertEqual(lines[0], "*** Fatal System Error: 0x000000c4")
        self.assertRegex(lines[1], r"^ +\(0x0{14}62,0x[0-9a-f]{16},0x[0-9a-f]{16},0x0{15}3\)$")

    def test_callers(self):
        """The place of each block, by its tag."""
        out = run(driver("leak"), "--ioctl", FILL).stdout
        places = {}
        for tag, caller in re.findall(r"  (VMdl|mdrv|Vfwi)  0x([0-9a-f]{16})", out):
            near = re.search(rf"kd> ln 0x{caller.lstrip('0')}\n(.*)", out)
            places[tag] = near.group(1).split("+")[0]
        folder = "d:\\coding\\wdmdrivers\\mydriver\\handleioctl.c"
        self.assertEqual(places, {"VMdl": folder + "(50)", "mdrv": folder + "(38)",
                                  "Vfwi": folder + "(72)"})

    def test_special_pool(self):
        """Blocks end at the end of a page, aligned to 16 bytes; without, they need not."""
        out = run(driver("leak"), "--ioctl", FILL).stdout
        blocks = dict(re.findall(r"0x[0-9a-f]{13}([0-9a-f]{3})  0x[0-9a-f]{8}  (\w{4})  ", out))
        self.assertEqual(blocks, {"000": "mdrv", "fc0": "VMdl", "fb0": "Vfwi"})
        out = run(driver("leak"), "--ioctl", FILL, "--flags", "8").stdout
        self.assertIn("Succeeded SpecialPool 0x0\n", out)
        self.assertRegex(out, r"0x00000048  VMdl")

    def test_no_symbols(self):
        """Without a .pdb there are addresses, and a word about it."""
        result = run(driver("leak"), "--ioctl", FILL, "--pdb", "/nowhere.pdb")
        self.assertEqual(result.returncode, 2)
        self.assertIn("/nowhere.pdb", result.stderr)


class Twin(unittest.TestCase):
    def test_clean(self):
        result = run(driver("fixed"), "--ioctl", FILL)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("left nothing behind", result.stdout)

    def test_leak_needs_the_request(self):
        for ioctls in ([], ["--ioctl", "0x22a008"], ["--ioctl", FILL, "--buffer", "0"]):
            self.assertEqual(run(driver("leak"), *ioctls).returncode, 0, ioctls)

    def test_requests_are_sent_in_turn(self):
        """The driver makes its objects once, whatever comes before and after."""
        result = run(driver("leak"), "--ioctl", f"0x22a008,{FILL}", "--ioctl", FILL)
        self.assertEqual(result.returncode, 1)
        self.assertIn("Pool Allocations Attempted             0x3\n", result.stdout)

    def test_without_tracking(self):
        """The check at unload belongs to pool tracking."""
        self.assertEqual(run(driver("leak"), "--ioctl", FILL, "--flags", "0").returncode, 0)


class Usage(unittest.TestCase):
    def check(self, args, code, text):
        result = run(*args)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(text, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)

    def test_usage(self):
        leak = driver("leak")
        self.check([], 2, "no driver given")
        self.check([leak, leak], 2, "more than one driver")
        self.check([leak, "--nonsense"], 2, "unknown option")
        self.check([leak, "--ioctl"], 2, "argument is missing")
        self.check([leak, "--ioctl", "1x"], 2, "'1x' is no number")
        self.check([leak, "--ioctl", "0x100000000"], 2, "is no number")
        self.check(["/nowhere.sys"], 2, "cannot read /nowhere.sys")

    def test_flags(self):
        leak = driver("leak")
        self.check([leak, "--flags", "0x20dbf"], 2,
                   "not implemented, so leave out of --flags: 0x80 (DMA checking), 0x100 "
                   "(Security checks), 0x20000 (DDI compliance checking), 0x400 (IRP logging)")
        self.check([leak, "--flags", "standard,DMA checking"], 2, "0x80 (DMA checking)")
        self.check([leak, "--flags", "IRP logging"], 2, "0x400 (IRP logging)")
        self.check([leak, "--flags", "Pool tracking,x"], 2, "'x' is no number and no flag's name")
        self.check([leak, "--flags", "8,"], 2, "'' is no number")
        self.check([leak, "--flags", "0x100000008"], 2, "'0x100000008' is no number")
        for names, level in (("special POOL,Pool tracking", "00000009"), ("8,2", "0000000a"),
                             ("I/O verification,deadlock detection,8", "00000038")):
            out = run(leak, "--ioctl", FILL, "--flags", names).stdout
            self.assertIn(f"Verify Flags Level 0x{level}\n", out)
        self.check([leak, "--flags", "0x40000000"], 2, "no flag 0x40000000")

    def test_standard_settings(self):
        """What leak62 does not have of them is named, once, and not shown as enabled."""
        for level in ("standard", "0x209bb", "133563"):
            result = run(driver("leak"), "--ioctl", FILL, "--flags", level)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(result.stderr,
                             "leak62: not enabled, for leak62 does not have them: 0x80 (DMA "
                             "checking), 0x100 (Security checks), 0x20000 (DDI compliance "
                             "checking)\n")
            self.assertIn("Verify Flags Level 0x0000083b\n", result.stdout)
            for box in ("[X] (0x00000010)", "[X] (0x00000020)", "[ ] (0x00000080)",
                        "[ ] (0x00000100)", "[ ] (0x00020000)"):
                self.assertIn(box, result.stdout)
        default = run(driver("leak"), "--ioctl", FILL)
        self.assertEqual(default.stderr, "")
        self.assertIn("Verify Flags Level 0x0000080b\n", default.stdout)

    def test_no_image(self):
        self.check([os.path.abspath(__file__)], 3, "MZ")
        self.check([ARGS.leak62], 3, "MZ")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--leak62", required=True)
    parser.add_argument("--drivers", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
