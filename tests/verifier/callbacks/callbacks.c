/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that checks what kernel services promise that call it back, and those around
 * them, a group for each control code, as in services/services.c.
 */
#include "callbacks.h"

PDEVICE_EXTENSION Extension;

void Note(ULONG value)
{
    if (Extension->Count < 16)
        Extension->Order[Extension->Count++] = value;
}

static void OwnBugCheck(PDEVICE_EXTENSION ext)
{
    DbgBreakPoint();
    KeBugCheckEx(0xe2, 1, 2, 3, 4);
}

static void (*const Groups[])(PDEVICE_EXTENSION) = {
    RegistryCallbacks, Keys, Transactions, KeyNotification, HandleCallbacks, UnregisterTwice,
    StartPackets, Interrupts, Pages, PagesLeak, WorkItems, Completions, CompletionLeak, PlugPlay,
    Links, Sections, Security, Versions, RestoreTwice, OwnBugCheck, Dma,
    CommonBufferTwice, Rundown, RundownTwice, Tags, System, FileSections, FileOfScenario,
    UserMapping, UnmapTwice, UserMappingTooHigh, Tables, SplayTables, Times, Numbers,
    Processors, ReaderLocks, ReaderLockTwice, KeyElsewhere, KeyElsewhereLeak, SystemCallbacks,
    Directories, DirectoriesLeak,
};

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG number;

    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        number = (stack->Parameters.DeviceIoControl.IoControlCode >> 2 & 0xfff) - 0x800;
        if (number < sizeof(Groups) / sizeof(*Groups))
            Groups[number](Extension);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI Unload(PDRIVER_OBJECT driver)
{
    /* The program that has started is one more handle, whose rights were cut. */
    if (Registration) {
        CHECK(Extension->Count == 6 && Extension->Order[4] == 2 && Extension->Order[5] == 4);
        ObUnRegisterCallbacks(Registration);
    }
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Leak62Callbacks");
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(driver, sizeof(DEVICE_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                                     0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    Extension = device->DeviceExtension;
    Extension->Device = device;
    Extension->Driver = driver;
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = Dispatch;
    driver->DriverStartIo = StartIo;
    driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
