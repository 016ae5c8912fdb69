/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Four lanes in a table of their own, each with a buffer from the start.  The load frees
 * them where the device cannot be made, and where its link cannot.
 */
#include <ntddk.h>

#define LAN_TAG 'naLl'
#define LAN_LANES 4
#define LAN_BYTES 1024

typedef struct _LAN_LANE {
    ULONG Cars;
    PULONG Plates;
} LAN_LANE, *PLAN_LANE;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD LanUnload;
DRIVER_DISPATCH LanCreateClose;

static UNICODE_STRING LanDeviceName = RTL_CONSTANT_STRING(L"\\Device\\Lanes");
static UNICODE_STRING LanLinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Lanes");
static LAN_LANE LanTable[LAN_LANES];

static VOID LanFree(VOID)
{
    ULONG i;

    for (i = 0; i < LAN_LANES; i++) {
        if (LanTable[i].Plates != NULL)
            ExFreePoolWithTag(LanTable[i].Plates, LAN_TAG);
        LanTable[i].Plates = NULL;
    }
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(RegistryPath);

    for (i = 0; i < LAN_LANES; i++) {
        LanTable[i].Plates = ExAllocatePoolWithTag(NonPagedPoolNx, LAN_BYTES, LAN_TAG);
        if (LanTable[i].Plates == NULL) {
            LanFree();
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }

    status = IoCreateDevice(DriverObject, 0, &LanDeviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status)) {
        LanFree();
        return status;
    }

    status = IoCreateSymbolicLink(&LanLinkName, &LanDeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        LanFree();
        return status;
    }

    DriverObject->MajorFunction[IRP_MJ_CREATE] = LanCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = LanCreateClose;
    DriverObject->DriverUnload = LanUnload;
    return STATUS_SUCCESS;
}

NTSTATUS LanCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID LanUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&LanLinkName);
    LanFree();
    IoDeleteDevice(DriverObject->DeviceObject);
}
