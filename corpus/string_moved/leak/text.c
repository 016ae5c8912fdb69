/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Strings with a buffer of their own. */
#include "banner.h"

NTSTATUS TextCopy(PANSI_STRING To, const ANSI_STRING *From)
{
	To->Length = 0;
	To->MaximumLength = From->Length;
	To->Buffer = ExAllocatePoolWithTag(PagedPool, From->Length, BANNER_TAG);
	if (To->Buffer == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	RtlCopyMemory(To->Buffer, From->Buffer, From->Length);
	To->Length = From->Length;
	return STATUS_SUCCESS;
}

VOID TextFree(PANSI_STRING Text)
{
	if (Text->Buffer != NULL) {
		ExFreePoolWithTag(Text->Buffer, BANNER_TAG);
		Text->Buffer = NULL;
	}
}
