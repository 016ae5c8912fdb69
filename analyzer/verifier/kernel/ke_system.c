/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ZwQuerySystemInformation: the system itself, and its processes, of which there is one.
 * Layouts are those of winternl.h, with names for what is reserved there.
 */
#include "nt.h"

enum { BASIC = 0, PROCESSES = 5, SYSTEM_ID = 4, BASE_PRIORITY = 8, GRANULARITY = 0x10000 };

struct basic {
	ULONG reserved, timer_resolution, page_size, pages, lowest_page, highest_page,
	        granularity;
	ULONG_PTR lowest_address, highest_address, processors_mask;
	CCHAR processors;
};
struct process {
	ULONG next, threads;
	UCHAR reserved[48];
	UNICODE_STRING name;
	KPRIORITY priority;
	HANDLE id, parent;
	ULONG handles, session;
	UCHAR counters[0x98];
};
_Static_assert(sizeof(struct basic) == 0x40, "SYSTEM_BASIC_INFORMATION");
_Static_assert(offsetof(struct process, name) == 0x38, "SYSTEM_PROCESS_INFORMATION");
_Static_assert(offsetof(struct process, id) == 0x50, "SYSTEM_PROCESS_INFORMATION");
_Static_assert(sizeof(struct process) == 0x100, "SYSTEM_PROCESS_INFORMATION");

NTSTATUS NTAPI l62_nt_query_system(ULONG class, PVOID out, ULONG length, PULONG needed)
{
	static const struct basic basic = {
	        .timer_resolution = 156250,
	        .page_size = PAGE_SIZE,
	        .pages = 0x100000,
	        .lowest_page = 1,
	        .highest_page = 0x100000,
	        .granularity = GRANULARITY,
	        .lowest_address = L62_USER_START,
	        .highest_address = L62_USER_END - 1,
	        .processors_mask = 1,
	        .processors = 1,
	};
	static const WCHAR name[] = L"System";
	ULONG size =
	        class == BASIC ? sizeof(struct basic) : sizeof(struct process) + sizeof(name);
	struct process *process = out;

	if (class != BASIC && class != PROCESSES)
		l62_end_incomplete("ZwQuerySystemInformation is asked for a class that leak62 "
		                   "does not have");
	if (needed)
		*needed = size;
	/* Documented: nothing is written, and the caller tries again. */
	if (length < size)
		return STATUS_INFO_LENGTH_MISMATCH;
	if (class == BASIC) {
		RtlCopyMemory(out, &basic, sizeof(basic));
		return STATUS_SUCCESS;
	}
	*process = (struct process){.threads = 1, .priority = BASE_PRIORITY};
	process->id = (HANDLE)SYSTEM_ID;
	process->name.Buffer = (PWSTR)(process + 1);
	process->name.Length = sizeof(name) - sizeof(WCHAR);
	process->name.MaximumLength = sizeof(name);
	RtlCopyMemory(process->name.Buffer, name, sizeof(name));
	return STATUS_SUCCESS;
}
