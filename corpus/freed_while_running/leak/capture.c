/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A capture buffer that is switched on and off.  What was captured can still be read after
 * a stop; the next start goes on with the same buffer.
 */
#include <ntddk.h>

#define CAP_TAG   ((ULONG)'tpaC')
#define CAP_BYTES (64 * 1024)

#define IOCTL_CAP_START CTL_CODE(FILE_DEVICE_UNKNOWN, 0x810, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_CAP_STOP  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x811, METHOD_BUFFERED, FILE_WRITE_DATA)

static UNICODE_STRING uszDevice = RTL_CONSTANT_STRING(L"\\Device\\CaptureCtl");
static UNICODE_STRING uszLink = RTL_CONSTANT_STRING(L"\\DosDevices\\CaptureCtl");

static FAST_MUTEX gLock;
static BOOLEAN gbRunning;
static PUCHAR gpCapture;
static ULONG gcbCaptured;

static NTSTATUS CapStart(void)
{
    if (gbRunning)
        return STATUS_DEVICE_BUSY;

    if (gpCapture == NULL) {
        gpCapture = (PUCHAR)ExAllocatePoolWithTag(PagedPool, CAP_BYTES, CAP_TAG);
        if (gpCapture == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    gcbCaptured = 0;
    gbRunning = TRUE;
    return STATUS_SUCCESS;
}

static NTSTATUS CapStop(void)
{
    if (!gbRunning)
        return STATUS_INVALID_DEVICE_STATE;

    gbRunning = FALSE;
    return STATUS_SUCCESS;
}

static NTSTATUS CapWrite(const void *pData, ULONG cb)
{
    if (!gbRunning)
        return STATUS_INVALID_DEVICE_STATE;
    if (cb > CAP_BYTES - gcbCaptured)
        return STATUS_BUFFER_OVERFLOW;

    RtlCopyMemory(gpCapture + gcbCaptured, pData, cb);
    gcbCaptured += cb;
    return STATUS_SUCCESS;
}

static NTSTATUS CapRead(void *pData, ULONG cb, ULONG *pcbDone)
{
    if (gpCapture == NULL)
        return STATUS_NO_DATA_DETECTED;

    *pcbDone = min(cb, gcbCaptured);
    RtlCopyMemory(pData, gpCapture, *pcbDone);
    return STATUS_SUCCESS;
}

static NTSTATUS CapDispatch(PDEVICE_OBJECT pDev, PIRP pIrp)
{
    PIO_STACK_LOCATION pStack = IoGetCurrentIrpStackLocation(pIrp);
    PVOID pBuf = pIrp->AssociatedIrp.SystemBuffer;
    NTSTATUS st = STATUS_SUCCESS;
    ULONG cbDone = 0;

    UNREFERENCED_PARAMETER(pDev);

    ExAcquireFastMutex(&gLock);
    switch (pStack->MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLOSE:
        break;
    case IRP_MJ_READ:
        st = CapRead(pBuf, pStack->Parameters.Read.Length, &cbDone);
        break;
    case IRP_MJ_WRITE:
        st = CapWrite(pBuf, pStack->Parameters.Write.Length);
        if (NT_SUCCESS(st))
            cbDone = pStack->Parameters.Write.Length;
        break;
    case IRP_MJ_DEVICE_CONTROL:
        if (pStack->Parameters.DeviceIoControl.IoControlCode == IOCTL_CAP_START)
            st = CapStart();
        else if (pStack->Parameters.DeviceIoControl.IoControlCode == IOCTL_CAP_STOP)
            st = CapStop();
        else
            st = STATUS_INVALID_DEVICE_REQUEST;
        break;
    default:
        st = STATUS_NOT_SUPPORTED;
        break;
    }
    ExReleaseFastMutex(&gLock);

    pIrp->IoStatus.Status = st;
    pIrp->IoStatus.Information = cbDone;
    IoCompleteRequest(pIrp, IO_NO_INCREMENT);
    return st;
}

static VOID CapUnload(PDRIVER_OBJECT pDrv)
{
    IoDeleteSymbolicLink(&uszLink);
    IoDeleteDevice(pDrv->DeviceObject);

    if (gbRunning) {
        gbRunning = FALSE;
        ExFreePoolWithTag(gpCapture, CAP_TAG);
        gpCapture = NULL;
    }
} /* leak62: LeakOnUnloadPath */

NTSTATUS DriverEntry(PDRIVER_OBJECT pDrv, PUNICODE_STRING puszReg)
{
    PDEVICE_OBJECT pDev;
    NTSTATUS st;
    int i;

    UNREFERENCED_PARAMETER(puszReg);

    st = IoCreateDevice(pDrv, 0, &uszDevice, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                        &pDev);
    if (!NT_SUCCESS(st))
        return st;

    st = IoCreateSymbolicLink(&uszLink, &uszDevice);
    if (!NT_SUCCESS(st)) {
        IoDeleteDevice(pDev);
        return st;
    }

    ExInitializeFastMutex(&gLock);
    pDev->Flags |= DO_BUFFERED_IO;
    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; ++i)
        pDrv->MajorFunction[i] = CapDispatch;
    pDrv->DriverUnload = CapUnload;
    return STATUS_SUCCESS;
}
