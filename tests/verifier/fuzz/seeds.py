#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the fuzzers begin with, made from MyDriver as it was built.

  seeds.py MyDriver.sys OUT    OUT/pe, OUT/pdb and OUT/unwind, one file each

The program database is put together anew from the streams that are read, in pages of
512 bytes: a tenth of the size, so that mutations hit what matters.
"""
import os
import struct
import sys

PAGE = 512


def words(data, at, count):
    return struct.unpack_from(f"<{count}I", data, at)


class Pdb:
    def __init__(self, data):
        self.page, = words(data, 32, 1)
        self.data = data
        size, _, at = words(data, 44, 3)
        directory = self.pages(words(data, at * self.page, -(-size // self.page)), size)
        count, = words(directory, 0, 1)
        at = 4 + 4 * count
        self.streams = []
        for size in words(directory, 4, count):
            size = 0 if size == 0xffffffff else size
            used = -(-size // self.page)
            self.streams.append(self.pages(words(directory, at, used), size))
            at += 4 * used

    def pages(self, numbers, size):
        parts = (self.data[n * self.page:(n + 1) * self.page] for n in numbers)
        return b"".join(parts)[:size]

    def needed(self):
        """Identity, DBI, names, the modules', public symbols."""
        info, dbi = self.streams[1], self.streams[3]
        keep = {1, 3, struct.unpack_from("<H", dbi, 20)[0]}
        text, = words(info, 28, 1)
        at = 32 + text + 8
        for _ in range(2):
            at += 4 + 4 * words(info, at, 1)[0]
        while at + 8 <= len(info):
            offset, stream = words(info, at, 2)
            if info[32 + offset:].startswith(b"/names\0"):
                keep.add(stream)
            at += 8
        at, end = 64, 64 + words(dbi, 24, 1)[0]
        while at + 64 < end:
            keep.add(struct.unpack_from("<H", dbi, at + 34)[0])
            at += 64
            for _ in range(2):
                at = dbi.index(0, at) + 1
            at = (at + 3) & ~3
        return keep

    def smaller(self):
        keep = self.needed()
        pages, sizes, numbers = [], [], []

        def add(data):
            first = len(pages) + 1
            for at in range(0, len(data), PAGE):
                pages.append(data[at:at + PAGE].ljust(PAGE, b"\0"))
            return list(range(first, len(pages) + 1))

        for i, stream in enumerate(self.streams):
            stream = stream if i in keep else b""
            sizes.append(len(stream))
            numbers += add(stream)
        directory = struct.pack(f"<{1 + len(sizes) + len(numbers)}I", len(sizes), *sizes, *numbers)
        listed = add(directory)
        where, = add(struct.pack(f"<{len(listed)}I", *listed))
        head = self.data[:32] + struct.pack("<6I", PAGE, 1, len(pages) + 1, len(directory), 0, where)
        return head.ljust(PAGE, b"\0") + b"".join(pages)


def image(data):
    """The sections where they are in memory; (bytes, RVA and size of .pdata)."""
    pe, = words(data, 60, 1)
    count, = struct.unpack_from("<H", data, pe + 6)
    optional, = struct.unpack_from("<H", data, pe + 20)
    pdata = words(data, pe + 24 + 112 + 3 * 8, 2)
    memory = bytearray(words(data, pe + 24 + 56, 1)[0])
    for i in range(count):
        _, rva, size, offset = words(data, pe + 24 + optional + 40 * i + 8, 4)
        memory[rva:rva + size] = data[offset:offset + size]
    return bytes(memory), pdata


def functions(memory, pdata):
    """The header that fuzz_unwind.c reads, then an image of the first functions alone: rows,
    code, unwind information; nothing lies behind that, so that reads beyond it are seen."""
    most, code_most = 8, 64
    rows = [words(memory, pdata[0] + 12 * i, 3) for i in range(min(most, pdata[1] // 12))]
    at = 8 + 12 * len(rows)
    code, unwind, table = b"", b"", []
    for begin, end, info in rows:
        end = min(end, begin + code_most)
        slots = memory[info + 2] + 1 & ~1
        # With a handler or a chained entry behind the codes.
        unwind += memory[info:info + 4 + 2 * slots + (12 if memory[info] >> 3 else 0)]
        table.append((at + len(code), at + len(code) + end - begin))
        code += memory[begin:end]
    header = struct.pack("<4H", 8, len(rows), table[0][0] + 8, 0)
    at += len(code)
    packed = b""
    for (begin, end), (_, _, info) in zip(table, rows):
        packed += struct.pack("<3I", begin, end, at)
        slots = memory[info + 2] + 1 & ~1
        at += 4 + 2 * slots + (12 if memory[info] >> 3 else 0)
    return header + packed + code + unwind


def write(folder, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "MyDriver"), "wb") as file:
        file.write(data)


def main():
    with open(sys.argv[1], "rb") as file:
        sys_file = file.read()
    with open(os.path.splitext(sys.argv[1])[0] + ".pdb", "rb") as file:
        pdb = Pdb(file.read())
    write(os.path.join(sys.argv[2], "pe"), sys_file)
    write(os.path.join(sys.argv[2], "pdb"), pdb.smaller())
    write(os.path.join(sys.argv[2], "unwind"), functions(*image(sys_file)))


if __name__ == "__main__":
    main()
