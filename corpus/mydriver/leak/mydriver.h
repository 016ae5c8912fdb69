/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * MyDriver: a control device with a staging buffer, an MDL over it and a work
 * item, all made by the first request that needs them.
 */
#ifndef MYDRIVER_H
#define MYDRIVER_H

#include <ntddk.h>

#define MYDRIVER_TAG 'vrdm' /* the debugger shows mdrv */
#define MYDRIVER_BUFFER_SIZE 0x1000

#define IOCTL_MYDRIVER_FILL \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _DEVICE_EXTENSION {
    FAST_MUTEX Lock; /* guards what follows */
    PVOID Buffer;
    PMDL Mdl;
    PIO_WORKITEM WorkItem;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD MyUnload;
DRIVER_DISPATCH AllIRPDispatch;

NTSTATUS NonPNPIRPDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp);
NTSTATUS DeviceControlDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp);
NTSTATUS GetNecessaryObjects(PDEVICE_OBJECT DeviceObject);

#endif
