#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""WinBtrfs, a file system of 71,000 lines, from load to unload.

  winbtrfs_test.py --leak62 BIN --clang CLANG --lld LLD --build DIR --source DIR --mingw DIR

The environment's LEAK62_WINBTRFS_DIR goes before --source: a checkout with its submodules
src/zlib and src/zstd.  Neither: says so and ends with 77, which ctest shows as skipped.
Objects are kept in --build; compiling them takes two minutes and more.
"""
import argparse
import glob
import os
import subprocess
import sys

SKIPPED = 77
DISPOSITIONS = {"DELETE": 1, "POSIX_SEMANTICS": 2, "FORCE_IMAGE_SECTION_CHECK": 4,
                "ON_CLOSE": 8, "IGNORE_READONLY_ATTRIBUTE": 16}


def fail(text):
    sys.exit("winbtrfs_test: " + text)


def call(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        fail(f"{' '.join(command)}\n{result.stderr}")


def sources(top):
    with open(os.path.join(top, "CMakeLists.txt"), encoding="utf-8") as file:
        listed = file.read()
    for path in sorted(glob.glob(os.path.join(top, "src", "**", "*.c"), recursive=True)):
        # The rest is programs.
        below = os.path.relpath(path, top)
        if below in listed and below.split(os.sep)[1] not in ("mkbtrfs", "shellext", "tests",
                                                              "ubtrfs"):
            yield path
    for name in ["crc32c-gas.S", "xor-gas.S"]:
        yield os.path.join(top, "src", name)


def build(args):
    top = args.source
    os.makedirs(args.build, exist_ok=True)
    flags = ["--target=x86_64-w64-windows-gnu", "-isystem", args.mingw, "-isystem",
             os.path.join(args.mingw, "ddk"),
             "-DFORCEINLINE=static __inline__ __attribute__((__always_inline__,__unused__))", "-w",
             "-O1", "-g", "-gcodeview", "-fms-extensions", "-fno-stack-protector",
             "-mno-stack-arg-probe", "-Xclang", "-fasync-exceptions", "-D_AMD64_",
             "-D_KERNEL_MODE", "-DWIN9X_COMPAT_SPINLOCK", "-D__USE_MINGW_ANSI_STDIO=0"]
    flags += [f"-DFILE_DISPOSITION_{name}={value}" for name, value in DISPOSITIONS.items()]
    zstd = ["-DZSTD_DEPS_MALLOC", "-DXXH_NO_STDLIB", "-include",
            os.path.join(top, "src", "zstd-shim.h")]
    objects = []
    for path in sources(top):
        name = os.path.relpath(path, os.path.join(top, "src")).replace(os.sep, "_")
        extra = (zstd if name.startswith("zstd_") else
                 ["-DNO_GZIP", "-DZ_SOLO"] if name.startswith("zlib_") else [])
        # The DDK defines these two in every object.
        extra = extra + [f"-DInterlockedBitTestAnd{verb}=btrfs{len(objects)}_{verb}"
                         for verb in ["Set", "Reset"]]
        objects.append(os.path.join(args.build, name + ".obj"))
        if not os.path.exists(objects[-1]):
            call(args.clang, *flags, *extra, "-c", path, "-o", objects[-1])
    driver = os.path.join(args.build, "btrfs.sys")
    call(args.lld, "-m", "i386pep", "--subsystem=native", "--entry=DriverEntry",
         "--image-base=0x140000000", "--dynamicbase", "--nxcompat", "--allow-multiple-definition",
         f"--pdb={driver[:-4]}.pdb", "-o", driver, *objects, *args.libraries)
    return driver


def verify(args, *arguments):
    return subprocess.run([args.leak62, "verify", *arguments], capture_output=True, text=True,
                          errors="replace", timeout=200, check=False)


def main():
    parser = argparse.ArgumentParser()
    for option in ["leak62", "clang", "lld", "build", "mingw"]:
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--source", default="")
    parser.add_argument("--library", dest="libraries", action="append", default=[])
    args = parser.parse_args()
    args.source = os.environ.get("LEAK62_WINBTRFS_DIR") or args.source
    if not args.source:
        print("skipped: LEAK62_WINBTRFS_DIR is not set")
        sys.exit(SKIPPED)
    for path in ["src/btrfs.c", "src/zlib/zlib.h", "src/zstd/lib/zstd.h"]:
        if not os.path.exists(os.path.join(args.source, path)):
            print(f"skipped: LEAK62_WINBTRFS_DIR ({args.source}) has no {path}")
            sys.exit(SKIPPED)
    driver = build(args)
    imports = verify(args, "--imports", driver)
    print(imports.stdout)
    if imports.returncode not in (0, 3):
        fail(imports.stderr)
    # It never frees the name of its bus's interface, and nothing else is left.
    result = verify(args, driver)
    lines = result.stdout.splitlines()
    print(result.stdout, result.stderr)
    if result.returncode != 1 or lines[0] != "*** Fatal System Error: 0x000000c4":
        fail(f"ended with {result.returncode}, not with the one leak that it has")
    if not lines[1].strip().startswith("(0x0000000000000062,") or "0000000000000001)" not in lines[1]:
        fail("another violation: " + lines[1])
    if "btrfs!DriverEntry" not in result.stdout:
        fail("the leak's caller is not DriverEntry")


if __name__ == "__main__":
    main()
