/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Control device with per-open sessions: load, unload and the trivial dispatch routine.
 */
#include "session.h"

LONG g_open;

static const WCHAR dev_path[] = L"\\Device\\OpenSession";
static const WCHAR lnk_path[] = L"\\??\\OpenSession";

NTSTATUS sess_finish(PIRP irp, NTSTATUS st, ULONG_PTR info)
{
    irp->IoStatus.Status = st;
    irp->IoStatus.Information = info;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return st;
}

static NTSTATUS sess_nop(PDEVICE_OBJECT dev, PIRP irp)
{
    (void)dev;
    return sess_finish(irp, STATUS_SUCCESS, 0);
}

static VOID sess_unload(PDRIVER_OBJECT drv)
{
    UNICODE_STRING lnk;

    RtlInitUnicodeString(&lnk, lnk_path);
    IoDeleteSymbolicLink(&lnk);
    IoDeleteDevice(drv->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT drv, PUNICODE_STRING reg)
{
    UNICODE_STRING name, lnk;
    PDEVICE_OBJECT dev;
    NTSTATUS st;

    (void)reg;

    RtlInitUnicodeString(&name, dev_path);
    RtlInitUnicodeString(&lnk, lnk_path);

    st = IoCreateDevice(drv, 0, &name, 0x8321, FILE_DEVICE_SECURE_OPEN, FALSE, &dev);
    if (!NT_SUCCESS(st))
        return st;

    st = IoCreateSymbolicLink(&lnk, &name);
    if (!NT_SUCCESS(st)) {
        IoDeleteDevice(dev);
        return st;
    }

    drv->MajorFunction[IRP_MJ_CREATE] = sess_create;
    drv->MajorFunction[IRP_MJ_CLEANUP] = sess_cleanup;
    drv->MajorFunction[IRP_MJ_CLOSE] = sess_close;
    drv->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = sess_nop;
    drv->MajorFunction[IRP_MJ_DEVICE_CONTROL] = sess_control;
    drv->DriverUnload = sess_unload;
    return STATUS_SUCCESS;
}
