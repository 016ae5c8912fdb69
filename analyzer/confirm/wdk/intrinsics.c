/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Instructions that Microsoft's compilers have as functions; clang declares them and mingw-w64
 * has them in no library.  Linked to a driver that uses one.
 */
#include <ntddk.h>

VOID _disable(VOID)
{
	__asm__ volatile("cli" : : : "memory");
}

VOID _enable(VOID)
{
	__asm__ volatile("sti" : : : "memory");
}

VOID __halt(VOID)
{
	__asm__ volatile("hlt" : : : "memory");
}

VOID __wbinvd(VOID)
{
	__asm__ volatile("wbinvd" : : : "memory");
}

VOID __invlpg(PVOID address)
{
	__asm__ volatile("invlpg (%0)" : : "b"(address) : "memory");
}

ULONG64 __readmsr(ULONG number)
{
	ULONG low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
	return (ULONG64)high << 32 | low;
}

VOID __writemsr(ULONG number, ULONG64 value)
{
	__asm__ volatile("wrmsr" : : "c"(number), "a"((ULONG)value), "d"((ULONG)(value >> 32)));
}

ULONG64 __readpmc(ULONG counter)
{
	ULONG low, high;

	__asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(counter));
	return (ULONG64)high << 32 | low;
}

VOID __sidt(PVOID to)
{
	__asm__ volatile("sidt %0" : "=m"(*(UCHAR(*)[10])to));
}

VOID _sgdt(PVOID to)
{
	__asm__ volatile("sgdt %0" : "=m"(*(UCHAR(*)[10])to));
}

VOID __nop(VOID)
{
	__asm__ volatile("nop");
}
