/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Bitmaps over the driver's own buffer of whole ULONGs. */
#include "nt.h"

enum { NONE = -1, BITS = 32 };

static BOOLEAN get(const RTL_BITMAP *map, ULONG bit)
{
	return (map->Buffer[bit / BITS] >> (bit % BITS)) & 1;
}

static void put(PRTL_BITMAP map, ULONG bit, BOOLEAN value)
{
	if (value)
		map->Buffer[bit / BITS] |= 1u << (bit % BITS);
	else
		map->Buffer[bit / BITS] &= ~(1u << (bit % BITS));
}

static void put_run(PRTL_BITMAP map, ULONG start, ULONG count, BOOLEAN value)
{
	for (ULONG i = 0; i < count && start + i < map->SizeOfBitMap; i++)
		put(map, start + i, value);
}

VOID NTAPI RtlInitializeBitMap(PRTL_BITMAP map, PULONG buffer, ULONG size)
{
	map->SizeOfBitMap = size;
	map->Buffer = buffer;
}

VOID NTAPI RtlClearAllBits(PRTL_BITMAP map)
{
	put_run(map, 0, map->SizeOfBitMap, FALSE);
}

VOID NTAPI RtlSetAllBits(PRTL_BITMAP map)
{
	put_run(map, 0, map->SizeOfBitMap, TRUE);
}

VOID NTAPI RtlClearBit(PRTL_BITMAP map, ULONG bit)
{
	put(map, bit, FALSE);
}

VOID NTAPI RtlSetBit(PRTL_BITMAP map, ULONG bit)
{
	put(map, bit, TRUE);
}

BOOLEAN NTAPI RtlTestBit(PRTL_BITMAP map, ULONG bit)
{
	return bit < map->SizeOfBitMap && get(map, bit);
}

VOID NTAPI RtlClearBits(PRTL_BITMAP map, ULONG start, ULONG count)
{
	put_run(map, start, count, FALSE);
}

VOID NTAPI RtlSetBits(PRTL_BITMAP map, ULONG start, ULONG count)
{
	put_run(map, start, count, TRUE);
}

static BOOLEAN are(PRTL_BITMAP map, ULONG start, ULONG count, BOOLEAN value)
{
	if (start > map->SizeOfBitMap || count > map->SizeOfBitMap - start)
		return FALSE;
	for (ULONG i = 0; i < count; i++) {
		if (get(map, start + i) != value)
			return FALSE;
	}
	return TRUE;
}

BOOLEAN NTAPI RtlAreBitsClear(PRTL_BITMAP map, ULONG start, ULONG count)
{
	return are(map, start, count, FALSE);
}

BOOLEAN NTAPI RtlAreBitsSet(PRTL_BITMAP map, ULONG start, ULONG count)
{
	return are(map, start, count, TRUE);
}

ULONG NTAPI RtlNumberOfSetBits(PRTL_BITMAP map)
{
	ULONG count = 0;

	for (ULONG i = 0; i < map->SizeOfBitMap; i++)
		count += get(map, i);
	return count;
}

ULONG NTAPI RtlNumberOfClearBits(PRTL_BITMAP map)
{
	return map->SizeOfBitMap - RtlNumberOfSetBits(map);
}

/* From hint on, then from the start. */
static ULONG find(PRTL_BITMAP map, ULONG count, ULONG hint, BOOLEAN value)
{
	for (int pass = 0; pass < 2; pass++) {
		ULONG end = pass ? min(hint, map->SizeOfBitMap) : map->SizeOfBitMap;

		for (ULONG i = pass ? 0 : hint; i < end; i++) {
			if (are(map, i, count, value))
				return i;
		}
	}
	return (ULONG)NONE;
}

ULONG NTAPI RtlFindClearBits(PRTL_BITMAP map, ULONG count, ULONG hint)
{
	return find(map, count, hint, FALSE);
}

ULONG NTAPI RtlFindSetBits(PRTL_BITMAP map, ULONG count, ULONG hint)
{
	return find(map, count, hint, TRUE);
}

ULONG NTAPI RtlFindClearBitsAndSet(PRTL_BITMAP map, ULONG count, ULONG hint)
{
	ULONG start = find(map, count, hint, FALSE);

	if (start != (ULONG)NONE)
		put_run(map, start, count, TRUE);
	return start;
}

ULONG NTAPI RtlFindNextForwardRunClear(PRTL_BITMAP map, ULONG from, PULONG start)
{
	ULONG end;

	while (from < map->SizeOfBitMap && get(map, from))
		from++;
	for (end = from; end < map->SizeOfBitMap && !get(map, end); end++)
		;
	*start = from;
	return end > from ? end - from : 0;
}

ULONG NTAPI RtlFindFirstRunClear(PRTL_BITMAP map, PULONG start)
{
	return RtlFindNextForwardRunClear(map, 0, start);
}
