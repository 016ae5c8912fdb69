/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Counts of what is written, by its first byte. */
#ifndef TALLY_H
#define TALLY_H

#include <ntddk.h>

/* counts.c */
NTSTATUS CountsInit(VOID);
VOID CountsTerm(VOID);
VOID CountsAdd(UCHAR Byte);

#endif
