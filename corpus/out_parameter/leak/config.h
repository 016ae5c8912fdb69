/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Values of the driver's registry key. */
#ifndef CONFIG_H
#define CONFIG_H

#include <ntddk.h>

#define CFG_TAG 'gfCA'

/* *Value gets a block of pool, to be freed by the caller; only if this succeeds. */
NTSTATUS CfgQuery(HANDLE Key, PCWSTR Name, PKEY_VALUE_PARTIAL_INFORMATION *Value);

#endif
