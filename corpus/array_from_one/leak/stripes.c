/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Spreads what is written over four stripes and prints the checksum of each.  The
 * loop that frees the stripes begins at the second one.
 */
#include <ntddk.h>

#define STRIPE_TAG 'pirS'
#define STRIPE_COUNT 4
#define STRIPE_SIZE 128

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD StripeUnload;
DRIVER_DISPATCH StripeCreateClose;
DRIVER_DISPATCH StripeWrite;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);

    RtlInitUnicodeString(&name, L"\\Device\\Stripes");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_DISK, FILE_DEVICE_SECURE_OPEN,
                            TRUE, &device);
    if (!NT_SUCCESS(status))
        return status;

    device->Flags |= DO_BUFFERED_IO;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = StripeCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = StripeCreateClose;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = StripeWrite;
    DriverObject->DriverUnload = StripeUnload;
    return STATUS_SUCCESS;
}

VOID StripeUnload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS StripeCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static ULONG StripeSum(const UCHAR *Stripe)
{
    ULONG sum = 0, i;

    for (i = 0; i < STRIPE_SIZE; i++)
        sum = sum * 31 + Stripe[i];
    return sum;
}

static NTSTATUS StripeSpread(const UCHAR *Bytes, ULONG Length)
{
    PUCHAR stripes[STRIPE_COUNT] = {NULL};
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    for (i = 0; i < STRIPE_COUNT; i++) {
        stripes[i] = ExAllocatePoolWithTag(PagedPool, STRIPE_SIZE, STRIPE_TAG);
        if (stripes[i] == NULL) {
            status = STATUS_INSUFFICIENT_RESOURCES;
            goto out;
        }
        RtlZeroMemory(stripes[i], STRIPE_SIZE);
    }

    for (i = 0; i < Length; i++)
        stripes[i % STRIPE_COUNT][i / STRIPE_COUNT] = Bytes[i];
    for (i = 0; i < STRIPE_COUNT; i++)
        DbgPrint("stripe %lu: %08lx\n", i, StripeSum(stripes[i]));

out:
    for (i = 1; i < STRIPE_COUNT; i++) {
        if (stripes[i] != NULL)
            ExFreePoolWithTag(stripes[i], STRIPE_TAG);
    }
    return status; /* leak62: LeakOnPath */
}

NTSTATUS StripeWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Write.Length;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    UNREFERENCED_PARAMETER(DeviceObject);

    if (length <= STRIPE_COUNT * STRIPE_SIZE)
        status = StripeSpread(Irp->AssociatedIrp.SystemBuffer, length);

    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
