/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* MDLs over a part of what another one describes. */
#include "nt.h"

VOID NTAPI IoBuildPartialMdl(PMDL source, PMDL target, PVOID address, ULONG length)
{
	ULONG offset = (ULONG)((PUCHAR)address - (PUCHAR)MmGetMdlVirtualAddress(source));

	/* Documented: 0 is what is left of the source. */
	if (length == 0)
		length = MmGetMdlByteCount(source) - offset;
	target->StartVa = PAGE_ALIGN(address);
	target->ByteOffset = BYTE_OFFSET(address);
	target->ByteCount = length;
	target->Process = source->Process;
	target->MdlFlags =
	        (CSHORT)(MDL_PARTIAL | (target->MdlFlags & MDL_ALLOCATED_FIXED_SIZE) |
	                 (source->MdlFlags &
	                  (MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA)));
	/* Where the source is kept, whether it is mapped or not: see mm_lock.c. */
	if (source->MdlFlags & (MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA |
	                        MDL_PAGES_LOCKED | MDL_PARTIAL))
		target->MappedSystemVa = (PUCHAR)source->MappedSystemVa + offset;
	l62_mdl_fill_frames(target);
}
