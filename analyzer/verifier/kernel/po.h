/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Power requests. */
#ifndef LEAK62_VERIFIER_PO_H
#define LEAK62_VERIFIER_PO_H

#include "nt.h"

/* Declared by the headers for later versions than these are compiled for. */
NTSTATUS NTAPI PoCreatePowerRequest(PVOID *handle, PDEVICE_OBJECT device, PVOID context);
NTSTATUS NTAPI PoSetPowerRequest(PVOID handle, int type);
NTSTATUS NTAPI PoClearPowerRequest(PVOID handle, int type);
VOID NTAPI PoDeletePowerRequest(PVOID handle);

#endif
