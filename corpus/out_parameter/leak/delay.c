/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Delays every write by as many milliseconds as the registry says.  The value comes
 * through an out-parameter of another file's routine, and is lost when its type is wrong.
 */
#include "config.h"

#define DELAY_MAX 1000

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD DelayUnload;
DRIVER_DISPATCH DelayCreateClose;
DRIVER_DISPATCH DelayWrite;

static ULONG DelayMilliseconds;

static NTSTATUS DelayRead(HANDLE Key)
{
    PKEY_VALUE_PARTIAL_INFORMATION value;
    NTSTATUS status;

    status = CfgQuery(Key, L"Delay", &value);
    if (!NT_SUCCESS(status))
        return status;

    if (value->Type != REG_DWORD || value->DataLength != sizeof(ULONG)) {
        DbgPrint("delay: not a number\n");
        return STATUS_OBJECT_TYPE_MISMATCH; /* leak62: LeakOnPath */
    }

    DelayMilliseconds = *(PULONG)value->Data;
    if (DelayMilliseconds > DELAY_MAX)
        DelayMilliseconds = DELAY_MAX;
    ExFreePoolWithTag(value, CFG_TAG);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;
    HANDLE key;

    InitializeObjectAttributes(&attributes, RegistryPath,
                               OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes))) {
        if (!NT_SUCCESS(DelayRead(key)))
            DelayMilliseconds = 1;
        ZwClose(key);
    }

    RtlInitUnicodeString(&name, L"\\Device\\Delay");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_NULL, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DelayCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DelayCreateClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = DelayWrite;
    DriverObject->DriverUnload = DelayUnload;
    return STATUS_SUCCESS;
}

VOID DelayUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DelayCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS DelayWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LARGE_INTEGER interval;

    UNREFERENCED_PARAMETER(DeviceObject);

    interval.QuadPart = -10000LL * DelayMilliseconds;
    KeDelayExecutionThread(KernelMode, FALSE, &interval);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}
