/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <ntddk.h>

#define FRA_TAG 'marF'
#define FRA_BYTES 4096

/* Hangs on the file object of each handle. */
typedef struct _FRA_HANDLE {
	PVOID Bits;
	PMDL Mdl;
} FRA_HANDLE, *PFRA_HANDLE;
