/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A control device with a store of bytes and an index over it. */
#ifndef INDEX_H
#define INDEX_H

#include <ntddk.h>

#define IDX_TAG 'xdnI'
#define IDX_STORE_SIZE 8192
#define IDX_ENTRIES 256

#define IOCTL_IDX_PREPARE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x860, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _DEVICE_EXTENSION {
	FAST_MUTEX Lock;
	PUCHAR Store;
	PULONG Index;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

/* Both are kept on failure, for the next attempt. */
NTSTATUS IdxPrepare(PDEVICE_EXTENSION Extension);
VOID IdxRelease(PDEVICE_EXTENSION Extension);

#endif
