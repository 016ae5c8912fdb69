/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The variables of the memory manager that drivers import, and who a request is from. */
#ifndef LEAK62_VERIFIER_KERNEL_MM_H
#define LEAK62_VERIFIER_KERNEL_MM_H

#include "seh.h"

extern ULONG64 l62_user_probe_address;
extern PVOID l62_highest_user_address, l62_system_range_start;

/* Whether frames are those of a program's request: rtl_raise.c. */
BOOLEAN l62_is_request(const uint16_t *frames);

/* Of the MDLs of MmAllocatePagesForMdl: "Mdl ". */
#define L62_TAG_MDL 0x206c644d

#endif
