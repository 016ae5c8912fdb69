/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* GUIDs as text: {00000000-0000-0000-0000-000000000000}. */
#include "format.h"

enum { CHARACTERS = 38 };

static int digit(WCHAR c)
{
	if (c >= L'0' && c <= L'9')
		return c - L'0';
	if (c >= L'a' && c <= L'f')
		return c - L'a' + 10;
	return c >= L'A' && c <= L'F' ? c - L'A' + 10 : -1;
}

NTSTATUS NTAPI RtlGUIDFromString(PUNICODE_STRING text, GUID *guid)
{
	static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
	UCHAR bytes[16] = {0};
	ULONG count = 0;

	if (text->Length < CHARACTERS * sizeof(WCHAR))
		return STATUS_INVALID_PARAMETER;
	for (int i = 0; i < CHARACTERS; i++) {
		int value = digit(text->Buffer[i]);

		if (form[i] != 'x' ? text->Buffer[i] != (WCHAR)form[i] : value < 0)
			return STATUS_INVALID_PARAMETER;
		if (form[i] == 'x') {
			bytes[count / 2] = (UCHAR)(bytes[count / 2] << 4 | value);
			count++;
		}
	}
	guid->Data1 =
	        (ULONG)bytes[0] << 24 | (ULONG)bytes[1] << 16 | (ULONG)bytes[2] << 8 | bytes[3];
	guid->Data2 = (USHORT)(bytes[4] << 8 | bytes[5]);
	guid->Data3 = (USHORT)(bytes[6] << 8 | bytes[7]);
	RtlCopyMemory(guid->Data4, bytes + 8, sizeof(guid->Data4));
	return STATUS_SUCCESS;
}

/* The buffer is pool: RtlFreeUnicodeString gives it back. */
NTSTATUS NTAPI RtlStringFromGUID(REFGUID guid, PUNICODE_STRING text)
{
	text->MaximumLength = (CHARACTERS + 1) * sizeof(WCHAR);
	text->Length = CHARACTERS * sizeof(WCHAR);
	text->Buffer = l62_pool_allocate_type(PagedPool, text->MaximumLength, L62_TAG_KERNEL,
	                                      L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper));
	if (!text->Buffer)
		return STATUS_NO_MEMORY;
	l62_nt_snwprintf(text->Buffer, CHARACTERS + 1,
	                 L"{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", guid->Data1,
	                 guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1],
	                 guid->Data4[2], guid->Data4[3], guid->Data4[4], guid->Data4[5],
	                 guid->Data4[6], guid->Data4[7]);
	return STATUS_SUCCESS;
}
