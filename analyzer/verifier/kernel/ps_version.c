/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The version of Windows that drivers see here, and identifiers. */
#include "nt.h"

enum { MAJOR = 10, MINOR = 0, BUILD = 19045, BITS_PER_CONDITION = 3, CONDITION = 7 };

BOOLEAN NTAPI PsGetVersion(PULONG major, PULONG minor, PULONG build,
                           PUNICODE_STRING service_pack)
{
	if (major)
		*major = MAJOR;
	if (minor)
		*minor = MINOR;
	if (build)
		*build = BUILD;
	if (service_pack)
		RtlInitUnicodeString(service_pack, L"");
	return FALSE; /* no checked build */
}

static void fill(POSVERSIONINFOEXW info)
{
	*info = (OSVERSIONINFOEXW){.dwOSVersionInfoSize = sizeof(*info),
	                           .dwMajorVersion = MAJOR,
	                           .dwMinorVersion = MINOR,
	                           .dwBuildNumber = BUILD,
	                           .dwPlatformId = VER_PLATFORM_WIN32_NT,
	                           .wProductType = VER_NT_WORKSTATION};
}

NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW info)
{
	OSVERSIONINFOEXW whole;
	ULONG size = info->dwOSVersionInfoSize;

	if (size != sizeof(OSVERSIONINFOW) && size != sizeof(whole))
		return STATUS_INVALID_PARAMETER;
	fill(&whole);
	whole.dwOSVersionInfoSize = size;
	RtlCopyMemory(info, &whole, size);
	return STATUS_SUCCESS;
}

ULONGLONG NTAPI VerSetConditionMask(ULONGLONG mask, ULONG types, UCHAR condition)
{
	for (int bit = 0; bit < 8; bit++) {
		if (types & 1u << bit)
			mask |= (ULONGLONG)(condition & CONDITION)
			        << (bit * BITS_PER_CONDITION);
	}
	return mask;
}

static BOOLEAN holds(ULONG condition, LONGLONG have, LONGLONG wanted)
{
	switch (condition) {
	case VER_EQUAL:
		return have == wanted;
	case VER_GREATER:
		return have > wanted;
	case VER_GREATER_EQUAL:
		return have >= wanted;
	case VER_LESS:
		return have < wanted;
	case VER_LESS_EQUAL:
		return have <= wanted;
	case VER_AND: /* of a mask; the same number as VER_OR's in the suite's field */
		return (have & wanted) == wanted;
	default:
		return FALSE;
	}
}

static ULONG condition_of(ULONGLONG mask, int bit)
{
	return (ULONG)(mask >> (bit * BITS_PER_CONDITION)) & CONDITION;
}

/* Documented: major, minor and service pack are one number, compared from the left. */
NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW wanted, ULONG types, ULONGLONG mask)
{
	OSVERSIONINFOEXW have;
	const struct {
		ULONG type;
		int bit;
		LONGLONG have, wanted;
	} numbers[] = {
	        {VER_MAJORVERSION, 1, MAJOR, wanted->dwMajorVersion},
	        {VER_MINORVERSION, 0, MINOR, wanted->dwMinorVersion},
	        {VER_SERVICEPACKMAJOR, 5, 0, wanted->wServicePackMajor},
	        {VER_SERVICEPACKMINOR, 4, 0, wanted->wServicePackMinor},
	};
	ULONG condition = 0;

	fill(&have);
	if (!types)
		return STATUS_INVALID_PARAMETER;
	if (types & VER_BUILDNUMBER &&
	    !holds(condition_of(mask, 2), BUILD, wanted->dwBuildNumber))
		return STATUS_REVISION_MISMATCH;
	if (types & VER_PLATFORMID &&
	    !holds(condition_of(mask, 3), have.dwPlatformId, wanted->dwPlatformId))
		return STATUS_REVISION_MISMATCH;
	if (types & VER_SUITENAME &&
	    !holds(condition_of(mask, 6), have.wSuiteMask, wanted->wSuiteMask))
		return STATUS_REVISION_MISMATCH;
	if (types & VER_PRODUCT_TYPE &&
	    !holds(condition_of(mask, 7), have.wProductType, wanted->wProductType))
		return STATUS_REVISION_MISMATCH;
	for (int i = 0; i < (int)RTL_NUMBER_OF(numbers); i++) {
		if (!(types & numbers[i].type))
			continue;
		condition = condition_of(mask, numbers[i].bit);
		if (numbers[i].have != numbers[i].wanted)
			return holds(condition, numbers[i].have, numbers[i].wanted)
			               ? STATUS_SUCCESS
			               : STATUS_REVISION_MISMATCH;
	}
	return !condition || holds(condition, 0, 0) ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
}

/* Of version 1's form; the same ones in each run. */
NTSTATUS NTAPI ExUuidCreate(UUID *uuid)
{
	static ULONG next;

	*uuid = (UUID){++next, 0x1ea6, 0x1062, {0x80, 0x62, 0x02, 0, 0, 0, 0, 0x62}};
	return STATUS_SUCCESS;
}
