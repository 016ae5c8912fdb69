/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Of the WDK's static libraries (wdmsec.lib, ntstrsafe.lib) and inline routines what
 * mingw-w64 has in no library.  Linked to a driver that uses it; compiled with its headers.
 */
#include <ntddk.h>
#include <stdarg.h>

/* The longest UNICODE_STRING, in characters. */
#define LONGEST 0x7fff

int __cdecl _vsnwprintf(wchar_t *to, size_t room, const wchar_t *format, va_list args);

/* The security descriptor is what other processes meet; there are none. */
NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT driver, ULONG size,
                                          PUNICODE_STRING name, DEVICE_TYPE type,
                                          ULONG characteristics, BOOLEAN exclusive,
                                          PCUNICODE_STRING security, LPCGUID class,
                                          PDEVICE_OBJECT *device)
{
	UNREFERENCED_PARAMETER(security);
	UNREFERENCED_PARAMETER(class);
	return IoCreateDevice(driver, size, name, type, characteristics, exclusive, device);
}

/* As wdmsec.h says them. */
#define SDDL(name, text) const UNICODE_STRING SDDL_DEVOBJ_##name = RTL_CONSTANT_STRING(L##text)
SDDL(KERNEL_ONLY, "D:P");
SDDL(SYS_ALL, "D:P(A;;GA;;;SY)");
SDDL(SYS_ALL_ADM_ALL, "D:P(A;;GA;;;SY)(A;;GA;;;BA)");
SDDL(SYS_ALL_ADM_RX, "D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");
SDDL(SYS_ALL_ADM_RWX_WORLD_R, "D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
SDDL(SYS_ALL_ADM_RWX_WORLD_R_RES_R, "D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");
SDDL(SYS_ALL_ADM_RWX_WORLD_RW_RES_R,
     "D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");
SDDL(SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX,
     "D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");

/* What it opts in to, pool that cannot be executed, is no matter here. */
VOID NTAPI ExInitializeDriverRuntime(ULONG flags)
{
	UNREFERENCED_PARAMETER(flags);
}

/* Up to room characters of from (NULL: none) at the end of to. */
static NTSTATUS append(PUNICODE_STRING to, PCWSTR from, size_t room)
{
	size_t length = to->Length / sizeof(WCHAR), end = to->MaximumLength / sizeof(WCHAR);

	while (room-- && from && *from) {
		if (length == end) {
			to->Length = (USHORT)(length * sizeof(WCHAR));
			return STATUS_BUFFER_OVERFLOW;
		}
		to->Buffer[length++] = *from++;
	}
	to->Length = (USHORT)(length * sizeof(WCHAR));
	return STATUS_SUCCESS;
}

static BOOLEAN valid(PCUNICODE_STRING text)
{
	return text && text->Length % sizeof(WCHAR) == 0 &&
	       text->MaximumLength % sizeof(WCHAR) == 0 &&
	       text->Length <= text->MaximumLength &&
	       (text->Buffer || text->MaximumLength == 0);
}

NTSTATUS NTAPI RtlUnicodeStringValidate(PCUNICODE_STRING text)
{
	return valid(text) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI RtlUnicodeStringInit(PUNICODE_STRING to, PCWSTR from)
{
	size_t length = 0;

	if (!to)
		return STATUS_INVALID_PARAMETER;
	while (from && from[length] && length < LONGEST)
		length++;
	if (length == LONGEST)
		return STATUS_INVALID_PARAMETER;
	to->Length = (USHORT)(length * sizeof(WCHAR));
	to->MaximumLength = (USHORT)(from ? (length + 1) * sizeof(WCHAR) : 0);
	to->Buffer = (PWSTR)from;
	return STATUS_SUCCESS;
}

static NTSTATUS put(PUNICODE_STRING to, PCWSTR from, size_t room, BOOLEAN fresh)
{
	if (!valid(to))
		return STATUS_INVALID_PARAMETER;
	if (fresh)
		to->Length = 0;
	return append(to, from, room);
}

NTSTATUS NTAPI RtlUnicodeStringCopyString(PUNICODE_STRING to, PCWSTR from)
{
	return put(to, from, LONGEST, TRUE);
}

NTSTATUS NTAPI RtlUnicodeStringCchCopyStringN(PUNICODE_STRING to, PCWSTR from, size_t count)
{
	return put(to, from, count, TRUE);
}

NTSTATUS NTAPI RtlUnicodeStringCbCopyStringN(PUNICODE_STRING to, PCWSTR from, size_t size)
{
	return put(to, from, size / sizeof(WCHAR), TRUE);
}

NTSTATUS NTAPI RtlUnicodeStringCatString(PUNICODE_STRING to, PCWSTR from)
{
	return put(to, from, LONGEST, FALSE);
}

NTSTATUS NTAPI RtlUnicodeStringCchCatStringN(PUNICODE_STRING to, PCWSTR from, size_t count)
{
	return put(to, from, count, FALSE);
}

NTSTATUS NTAPI RtlUnicodeStringCbCatStringN(PUNICODE_STRING to, PCWSTR from, size_t size)
{
	return put(to, from, size / sizeof(WCHAR), FALSE);
}

NTSTATUS NTAPI RtlUnicodeStringCopy(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	if (!valid(from))
		return STATUS_INVALID_PARAMETER;
	return put(to, from->Buffer, from->Length / sizeof(WCHAR), TRUE);
}

NTSTATUS NTAPI RtlUnicodeStringCat(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	if (!valid(from))
		return STATUS_INVALID_PARAMETER;
	return put(to, from->Buffer, from->Length / sizeof(WCHAR), FALSE);
}

NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING to, PCWSTR format, va_list args)
{
	size_t room;
	int length;

	if (!valid(to))
		return STATUS_INVALID_PARAMETER;
	room = to->MaximumLength / sizeof(WCHAR);
	length = _vsnwprintf(to->Buffer, room, format, args);
	to->Length = (USHORT)((length < 0 ? room : (size_t)length) * sizeof(WCHAR));
	return length < 0 ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING to, PCWSTR format, ...)
{
	NTSTATUS status;
	va_list args;

	va_start(args, format);
	status = RtlUnicodeStringVPrintf(to, format, args);
	va_end(args);
	return status;
}
