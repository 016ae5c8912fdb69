/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The user's half of the address space, and what protects the kernel from it. */
#include "drive.h"
#include "mm.h"

ULONG64 l62_user_probe_address = L62_USER_END;
PVOID l62_highest_user_address = (PVOID)(L62_USER_END - 1);
PVOID l62_system_range_start = (PVOID)(L62_USER_END + 0x10000);

BOOLEAN l62_is_user(const VOID *address, SIZE_T size)
{
	ULONG_PTR start = (ULONG_PTR)address;

	return start <= L62_USER_END && size <= L62_USER_END - start;
}

VOID NTAPI ProbeForRead(const VOID *address, SIZE_T length, ULONG alignment)
{
	if (length == 0)
		return;
	if ((ULONG_PTR)address & (alignment - 1))
		ExRaiseDatatypeMisalignment();
	if (!l62_is_user(address, length))
		ExRaiseAccessViolation();
}

VOID NTAPI ProbeForWrite(PVOID address, SIZE_T length, ULONG alignment)
{
	volatile UCHAR *at = address, *end = at + length;

	ProbeForRead(address, length, alignment);
	/* One byte of each page; a fault here is the driver's. */
	while (at < end) {
		*at = *at;
		at = (PUCHAR)(((ULONG_PTR)at & ~(ULONG_PTR)(PAGE_SIZE - 1)) + PAGE_SIZE);
	}
}

BOOLEAN NTAPI MmIsAddressValid(PVOID address)
{
	return l62_cpu_probe(address, FALSE) != 0;
}

KPROCESSOR_MODE NTAPI ExGetPreviousMode(VOID)
{
	return l62_is_request(l62_seh_origin()) || l62_settings_by_program() ? UserMode
	                                                                     : KernelMode;
}

NTSTATUS NTAPI ZwAllocateVirtualMemory(HANDLE process, PVOID *base, ULONG_PTR zero_bits,
                                       PSIZE_T size, ULONG type, ULONG protect)
{
	PVOID memory;

	UNREFERENCED_PARAMETER(zero_bits);
	UNREFERENCED_PARAMETER(protect);
	if (process != ZwCurrentProcess() || *base || !(type & MEM_COMMIT))
		l62_end_incomplete("the driver allocates a program's memory in a way that "
		                   "leak62 does not have");
	if (*size == 0)
		return STATUS_INVALID_PARAMETER_4;
	memory = l62_user_alloc(*size);
	if (!memory)
		return STATUS_NO_MEMORY;
	*base = memory;
	*size = ROUND_TO_PAGES(*size);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwFreeVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG type)
{
	if (process != ZwCurrentProcess() || type != MEM_RELEASE || *size)
		l62_end_incomplete("the driver frees a program's memory in a way that leak62 "
		                   "does not have");
	return l62_user_free(*base) ? STATUS_SUCCESS : STATUS_MEMORY_NOT_ALLOCATED;
}
