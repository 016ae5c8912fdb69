/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that traces with WPP: the build that writes trace.tmh has not run.
 * What its trace functions are given stays the caller's; what the driver has
 * them do before and after is kept.
 */
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

#define TAG 'tset'
#define TraceOld(...) TraceKeepsAll(__VA_ARGS__)
VOID TraceKeepsAll(int level, const char *text, ...);

// begin_wpp config
// FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
// FUNC TraceOld{FLAGS=TRACE_ALL}(LEVEL, MSG, ...);
// USESUFFIX(TraceFail, "%!STATUS!", STATUS);
// end_wpp
/*
begin_wpp config
FUNC TraceFail{FLAGS=TRACE_ALL}(STATUS);
func TracePair((LEVEL, MSG, ...));
end_wpp
*/
#define WPP_FLAGS_STATUS_PRE(flags, status) if ((status) < 0) {
#define WPP_FLAGS_STATUS_POST(flags, status) ; return (status); }
// FUNC NotTraced(MSG, ...);

#include "Trace.tmh"

NTSTATUS look(VOID);
NTSTATUS NotTraced(PVOID *out, PVOID block);

NTSTATUS lost(VOID)
{
	PVOID block = ExAllocatePoolWithTag(PagedPool, 16, TAG);

	if (block == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	DoTraceMessage(TRACE_INFO, "made %p", block);
	TraceEvents(TRACE_LEVEL_INFORMATION, TRACE_INFO, "made %p", block);
	TraceOld(TRACE_LEVEL_INFORMATION, "made %p", block);
	TracePair((TRACE_LEVEL_INFORMATION, "made %p", block));
	return STATUS_SUCCESS; // expected-warning{{leak: 'block' from ExAllocatePoolWithTag (tag test, 16 bytes) is not freed on this path}}
}

NTSTATUS lost_before_return(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	PVOID block = ExAllocatePoolWithTag(PagedPool, 16, TAG);
	NTSTATUS status = look();

	WPP_INIT_TRACING(driver, path);
	TraceFail(status); // expected-warning{{leak: 'block' from ExAllocatePoolWithTag (tag test, 16 bytes) is not freed on this path}}
	ExFreePoolWithTag(block, TAG);
	WPP_CLEANUP(driver);
	return status;
}

NTSTATUS kept(VOID)
{
	PVOID block = ExAllocatePoolWithTag(PagedPool, 16, TAG), other;

	TraceEvents(TRACE_LEVEL_INFORMATION, TRACE_INFO, "made %p", block);
	return NotTraced(&other, block);
}
