/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Shared declarations of the toaster upper filter. */
#ifndef TOAST_FILTER_H
#define TOAST_FILTER_H

#include <ntddk.h>

#define FILTER_POOL_TAG 'tsaT'

typedef struct _FILTER_GLOBALS {
    UNICODE_STRING RegistryPath;
    ULONG AttachCount;
} FILTER_GLOBALS;

typedef struct _FILTER_EXTENSION {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT NextLower;
    IO_REMOVE_LOCK RemoveLock;
    ULONG DebugLevel;
} FILTER_EXTENSION, *PFILTER_EXTENSION;

extern FILTER_GLOBALS Globals;

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE FilterAddDevice;
DRIVER_UNLOAD FilterUnload;
DRIVER_DISPATCH FilterPass;
DRIVER_DISPATCH FilterDispatchPnp;
DRIVER_DISPATCH FilterDispatchPower;

#endif
