/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Halyard: function driver of a loopback line.  What one program writes goes into a
 * ring, what another reads comes out of it; a control register gates the line.
 */
#ifndef HALYARD_H
#define HALYARD_H

#include <ntddk.h>

#define HY_TAG 'dlyH'

#define HY_RING_DEFAULT 0x4000
#define HY_RING_MIN 0x100
#define HY_RING_MAX 0x100000
#define HY_LABEL_MAX 128

#define HY_REG_CONTROL 0
#define HY_CONTROL_ENABLE 0x00000001

#define IOCTL_HALYARD_GET_STATS \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_HALYARD_SET_LABEL \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_HALYARD_RESIZE \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x903, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef enum _HY_STATE {
    HyAdded, HyStarted, HyStopPending, HyStopped, HyRemovePending, HySurpriseRemoved, HyRemoved
} HY_STATE;

typedef struct _HY_STATS {
    ULONG Opens;
    ULONG Stored;
    ULONGLONG BytesIn;
    ULONGLONG BytesOut;
    ULONGLONG BytesRefused;
} HY_STATS, *PHY_STATS;

typedef struct _HY_RING {
    PUCHAR Base;
    ULONG Size;
    ULONG Head;
    ULONG Count;
} HY_RING, *PHY_RING;

typedef struct _HY_EXTENSION {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Pdo;
    PDEVICE_OBJECT Lower;
    HY_STATE State;
    HY_STATE PreviousState;
    DEVICE_POWER_STATE DevicePower;
    IO_REMOVE_LOCK RemoveLock;
    UNICODE_STRING InterfaceName;
    BOOLEAN InterfaceEnabled;
    PULONG Registers;
    ULONG RegistersLength;
    FAST_MUTEX Lock; /* guards what follows */
    HY_RING Ring;
    PWCHAR Label;
    ULONG LabelLength;
    HY_STATS Stats;
} HY_EXTENSION, *PHY_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD HyUnload;
DRIVER_ADD_DEVICE HyAddDevice;
DRIVER_DISPATCH HyPnp;
DRIVER_DISPATCH HyPower;
DRIVER_DISPATCH HyForward;
DRIVER_DISPATCH HyCreateClose;
DRIVER_DISPATCH HyReadWrite;
DRIVER_DISPATCH HyDeviceControl;

/* driver.c */
NTSTATUS HyComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information);
NTSTATUS HySetLabel(PHY_EXTENSION Ext, const VOID *Text, ULONG Length);
VOID HyFreeIdentity(PHY_EXTENSION Ext);

/* ring.c */
NTSTATUS HyRingCreate(PHY_EXTENSION Ext, ULONG Size);
NTSTATUS HyRingResize(PHY_EXTENSION Ext, ULONG Size);
VOID HyRingDestroy(PHY_EXTENSION Ext);
ULONG HyRingPut(PHY_RING Ring, const UCHAR *From, ULONG Length);
ULONG HyRingGet(PHY_RING Ring, PUCHAR To, ULONG Length);

#endif
