/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Breakpoints by call, failed assertions and bug checks of the driver's own.  A run is
 * one with a kernel debugger that goes on at once: what it would show is in the log.
 */
#include "format.h"

static void say(const char *format, ...)
{
	char text[512];
	va_list args;
	int length;

	va_start(args, format);
	length = l62_nt_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	l62_host_log(text, length < 0 ? sizeof(text) : (uint64_t)length);
}

VOID NTAPI DbgBreakPoint(VOID)
{
	say("Break instruction exception - code %08x (first chance)\n", STATUS_BREAKPOINT);
}

VOID NTAPI DbgBreakPointWithStatus(ULONG status)
{
	UNREFERENCED_PARAMETER(status);
	DbgBreakPoint();
}

VOID NTAPI RtlAssert(PVOID assertion, PVOID file, ULONG line, PSTR message)
{
	say("\n*** Assertion failed: %s%s\n***   Source File: %s, line %u\n\n",
	    message ? message : "", (PCSTR)assertion, (PCSTR)file, line);
}

DECLSPEC_NORETURN VOID NTAPI KeBugCheckEx(ULONG code, ULONG_PTR a1, ULONG_PTR a2, ULONG_PTR a3,
                                          ULONG_PTR a4)
{
	l62_end_bugcheck(code, a1, a2, a3, a4);
}

DECLSPEC_NORETURN VOID NTAPI KeBugCheck(ULONG code)
{
	l62_end_bugcheck(code, 0, 0, 0, 0);
}
