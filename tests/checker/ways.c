/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a path asks of the outside: by the constraints of the path that leaks or stores,
 * and by the syntax around each call; and the control codes.
 */
// RUN: %scan %s
// RUN: %dump %t.db way demand way_arg | FileCheck %s --match-full-lines
// RUN: %dump %t.db control_code | FileCheck %s --check-prefix=CODE --match-full-lines
// RUN: %dump %t.db way demand way_arg control_code > %t.once
// RUN: %scan %s
// RUN: %dump %t.db way demand way_arg control_code | diff - %t.once
#include <ntddk.h>

#define IOCTL_KEEP CTL_CODE(0x22, 0x801, 0, 0)
#define IOCTL_LOSE CTL_CODE(0x22, 0x802, 0, 0)
enum { IOCTL_PING = CTL_CODE(0x22, 0x803, 0, 0) };
#define IOCTL_OLD IOCTL_KEEP

struct input {
	ULONG Version, Flags;
};
typedef struct _DEVICE_EXTENSION {
	PVOID Kept;
	BOOLEAN Started;
} DEVICE_EXTENSION;

static NTSTATUS Lose(struct input *in, ULONG length)
{
	PVOID p, q;

	if (length < sizeof(*in) || in->Version != 3 || !(in->Flags & 4))
		return STATUS_UNSUCCESSFUL;
	p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	if (!p)
		return STATUS_INSUFFICIENT_RESOURCES;
	q = ExAllocatePoolWithTag(NonPagedPool, 32, 'tset');
	if (!q)
		return STATUS_INSUFFICIENT_RESOURCES;
	ExFreePoolWithTag(p, 'tset');
	ExFreePoolWithTag(q, 'tset');
	return STATUS_SUCCESS;
}

static NTSTATUS Keep(PDEVICE_OBJECT device)
{
	DEVICE_EXTENSION *extension = device->DeviceExtension;

	if (!extension->Started || extension->Kept)
		return STATUS_UNSUCCESSFUL;
	extension->Kept = ExAllocatePoolWithTag(NonPagedPool, 64, 'tset');
	return extension->Kept ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS Control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(irp);
	ULONG code = sp->Parameters.DeviceIoControl.IoControlCode;

	if (code == IOCTL_PING)
		return STATUS_SUCCESS;
	switch (code) {
	case IOCTL_OLD:
		return Keep(device);
	case IOCTL_LOSE:
		return Lose(irp->AssociatedIrp.SystemBuffer,
		            sp->Parameters.DeviceIoControl.InputBufferLength);
	}
	return STATUS_UNSUCCESSFUL;
}

static BOOLEAN IsOurs(ULONG code, ULONG other)
{
	switch (code) {
	case CTL_CODE(0x22, 0x804, 0, 0):
	case 7:
		return 1;
	}
	return other == 9;
}

/* A status that tells: failure, and not success; of several kinds of it, one. */
NTKERNELAPI NTSTATUS ZwFlushKey(HANDLE Key);
static NTSTATUS Flush(HANDLE key)
{
	PVOID p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	NTSTATUS status = ZwFlushKey(key);

	if (!NT_SUCCESS(status))
		return status;
	if (ZwFlushKey(key) == STATUS_UNSUCCESSFUL)
		return STATUS_SUCCESS;
	if (p)
		ExFreePoolWithTag(p, 'tset');
	return status;
}

struct item {
	struct item *Next;
	ULONG Kind;
};

/* What a local is given leads back to it. */
static void Around(ULONG count)
{
	struct item *p;

	while (count--)
		p = p->Next;
	if (p->Kind == 3)
		IsOurs(p->Kind, 300);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	return STATUS_SUCCESS;
}

/* What is expected, by line. */
// CHECK: way: call | Lose | ExAllocatePoolWithTag | 33 | NULL | NULL
// CHECK-NEXT: way: call | Lose | ExAllocatePoolWithTag | 36 | NULL | NULL
// CHECK-NEXT: way: leak | Control | ExAllocatePoolWithTag:33 | 38 | NULL | NULL
// CHECK-NEXT: way: leak | Lose | ExAllocatePoolWithTag:33 | 38 | NULL | NULL
// CHECK-NEXT: way: call | Keep | ExAllocatePoolWithTag | 50 | NULL | NULL
// CHECK-NEXT: way: hold | Keep | ExAllocatePoolWithTag:50 | 51 | DEVICE_EXTENSION.Kept | success
// CHECK-NEXT: way: hold | Control | ExAllocatePoolWithTag:50 | 63 | DEVICE_EXTENSION.Kept | success
// CHECK-NEXT: way: call | Control | Keep | 63 | NULL | NULL
// CHECK-NEXT: way: call | Control | Lose | 65 | NULL | NULL
// CHECK-NEXT: way: call | Flush | ExAllocatePoolWithTag | 85 | NULL | NULL
// CHECK-NEXT: way: leak | Flush | ExAllocatePoolWithTag:85 | 89 | NULL | NULL
// CHECK-NEXT: way: leak | Flush | ExAllocatePoolWithTag:85 | 91 | NULL | NULL
// CHECK-NEXT: way: call | Around | IsOurs | 110 | NULL | NULL
// CHECK-NEXT: way: call | DriverEntry | Control | 115 | NULL | NULL
// CHECK-NEXT: way: end
// CHECK-NEXT: demand: 33 | argument | 1 | NULL | NULL | NULL | in | 8 | NULL | NULL | 31 | NULL
// CHECK-NEXT: demand: 33 | pointee | 0 | 0 | 4 | NULL | in | 3 | 3 | NULL | 31 | input.Version
// CHECK-NEXT: demand: 33 | pointee | 0 | 4 | 4 | 4 | in | 4 | 4 | NULL | 31 | input.Flags
// CHECK-NEXT: demand: 36 | argument | 1 | NULL | NULL | NULL | in | 8 | NULL | NULL | 31 | NULL
// CHECK-NEXT: demand: 36 | pointee | 0 | 0 | 4 | NULL | in | 3 | 3 | NULL | 31 | input.Version
// CHECK-NEXT: demand: 36 | pointee | 0 | 4 | 4 | 4 | in | 4 | 4 | NULL | 31 | input.Flags
// CHECK-NEXT: demand: 38 | ioctl | DeviceIoControl.IoControlCode | NULL | NULL | NULL | in | 2236424 | 2236424 | NULL | 59 | NULL
// CHECK-NEXT: demand: 38 | input_length | DeviceIoControl.InputBufferLength | NULL | NULL | NULL | in | 8 | NULL | NULL | 31 | NULL
// CHECK-NEXT: demand: 38 | buffer | system | 0 | 4 | NULL | in | 3 | 3 | NULL | 31 | NULL
// CHECK-NEXT: demand: 38 | buffer | system | 4 | 4 | 4 | in | 4 | 4 | NULL | 31 | NULL
// CHECK-NEXT: demand: 38 | returns | ExAllocatePoolWithTag | NULL | NULL | NULL | in | 0 | 0 | 1 | 36 | pointer
// CHECK-NEXT: demand: 38 | argument | 1 | NULL | NULL | NULL | in | 8 | NULL | NULL | 31 | NULL
// CHECK-NEXT: demand: 38 | pointee | 0 | 0 | 4 | NULL | in | 3 | 3 | NULL | 31 | input.Version
// CHECK-NEXT: demand: 38 | pointee | 0 | 4 | 4 | 4 | in | 4 | 4 | NULL | 31 | input.Flags
// CHECK-NEXT: demand: 38 | returns | ExAllocatePoolWithTag | NULL | NULL | NULL | in | 0 | 0 | 1 | 36 | pointer
// CHECK-NEXT: demand: 50 | state | DEVICE_EXTENSION.Started | NULL | NULL | NULL | in | 1 | NULL | NULL | 48 | NULL
// CHECK-NEXT: demand: 50 | state | DEVICE_EXTENSION.Kept | NULL | NULL | NULL | in | 0 | 0 | NULL | 48 | NULL
// CHECK-NEXT: demand: 51 | state | DEVICE_EXTENSION.Started | NULL | NULL | NULL | in | 1 | NULL | NULL | 48 | !extension->Started
// CHECK-NEXT: demand: 51 | state | DEVICE_EXTENSION.Kept | NULL | NULL | NULL | in | 0 | 0 | NULL | 48 | !extension->Started || extension->Kept
// CHECK-NEXT: demand: 63 | ioctl | DeviceIoControl.IoControlCode | NULL | NULL | NULL | in | 2236420 | 2236420 | NULL | 59 | NULL
// CHECK-NEXT: demand: 63 | state | DEVICE_EXTENSION.Started | NULL | NULL | NULL | in | 1 | NULL | NULL | 48 | !extension->Started
// CHECK-NEXT: demand: 63 | state | DEVICE_EXTENSION.Kept | NULL | NULL | NULL | in | 0 | 0 | NULL | 48 | !extension->Started || extension->Kept
// CHECK-NEXT: demand: 63 | ioctl | DeviceIoControl.IoControlCode | NULL | NULL | NULL | not | 2236428 | 2236428 | NULL | 59 | NULL
// CHECK-NEXT: demand: 63 | ioctl | DeviceIoControl.IoControlCode | NULL | NULL | NULL | in | 2236420 | 2236420 | NULL | 61 | NULL
// CHECK-NEXT: demand: 65 | ioctl | DeviceIoControl.IoControlCode | NULL | NULL | NULL | not | 2236428 | 2236428 | NULL | 59 | NULL
// CHECK-NEXT: demand: 65 | ioctl | DeviceIoControl.IoControlCode | NULL | NULL | NULL | in | 2236424 | 2236424 | NULL | 61 | NULL
// CHECK-NEXT: demand: 89 | returns | ZwFlushKey | NULL | NULL | NULL | in | NULL | -1 | 1 | 86 | NTSTATUS
// CHECK-NEXT: demand: 91 | returns | ZwFlushKey | NULL | NULL | NULL | in | -1073741823 | -1073741823 | 1 | 90 | NTSTATUS
// CHECK-NEXT: demand: 110 | state | item.Kind | NULL | NULL | NULL | in | 3 | 3 | NULL | 109 | NULL
// CHECK-NEXT: demand: end
// CHECK-NEXT: way_arg: 63 | 0 | argument | 0 | NULL
// CHECK-NEXT: way_arg: 65 | 0 | buffer | system | 0
// CHECK-NEXT: way_arg: 65 | 1 | input_length | DeviceIoControl.InputBufferLength | NULL
// CHECK-NEXT: way_arg: 110 | 1 | constant | 300 | NULL
// CHECK-NEXT: way_arg: end
// CODE: control_code: 0x222004 | IOCTL_OLD | 62
// CODE-NEXT: control_code: 0x222008 | IOCTL_LOSE | 64
// CODE-NEXT: control_code: 0x22200c | IOCTL_PING | 59
// CODE-NEXT: control_code: 0x222010 | NULL | 74
// CODE-NEXT: control_code: end
