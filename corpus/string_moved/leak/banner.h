/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A banner that applications set and read. */
#ifndef BANNER_H
#define BANNER_H

#include <ntddk.h>

#define BANNER_TAG 'nnaB'

/* text.c */
NTSTATUS TextCopy(PANSI_STRING To, const ANSI_STRING *From);
VOID TextFree(PANSI_STRING Text);

/* store.c */
NTSTATUS StoreInit(VOID);
VOID StoreTerm(VOID);
NTSTATUS StoreSet(const ANSI_STRING *Text);
ULONG StoreGet(PCHAR Out, ULONG Room);

#endif
