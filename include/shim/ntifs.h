/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * mingw-w64's ntifs.h, then what it lacks.  Its FSRTL_ADVANCED_FCB_HEADER ends
 * before the members of Windows 8: while it is read, the name of the last
 * member stands for that member and the later ones.
 */
#pragma once
#include <ntddk.h>
#define FileContextSupportPointer                                                              \
	FileContextSupportPointer;                                                             \
	union {                                                                                \
		PVOID Oplock;                                                                  \
		PVOID ReservedForRemote;                                                       \
	};                                                                                     \
	PVOID AePushLock;                                                                      \
	ULONG BypassIoOpenCount;                                                               \
	PVOID ReservedContext
/* In the structures for renaming and linking this shares its place with flags. */
#define ReplaceIfExists                                                                        \
	leak62_none[0];                                                                        \
	union {                                                                                \
		BOOLEAN ReplaceIfExists;                                                       \
		ULONG Flags;                                                                   \
	}
/* What follows this in MM_PREFETCH_FLAGS came with Windows 8. */
#define RepurposePriority                                                                      \
	RepurposePriority : SYSTEM_PAGE_PRIORITY_BITS;                                         \
	ULONG PriorityProtection : 1;                                                          \
	ULONG leak62_rest
#include_next <ntifs.h>
#undef RepurposePriority
#undef ReplaceIfExists
#undef FileContextSupportPointer
#include "leak62_ntifs.h"
