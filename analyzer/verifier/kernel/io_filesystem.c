/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What file systems ask of the I/O manager: registration, share access, whose request. */
#include "ob.h"

struct registered {
	struct registered *next;
	PDEVICE_OBJECT device; /* with a reference */
};

static struct registered *systems;

VOID NTAPI IoRegisterFileSystem(PDEVICE_OBJECT device)
{
	struct registered *one = l62_host_alloc(sizeof(*one));

	ObfReferenceObject(device);
	device->ReferenceCount++;
	one->device = device;
	one->next = systems;
	systems = one;
	l62_ledger_add(L62_LEDGER_FILE_SYSTEM, (ULONG_PTR)device, 0, NULL);
}

VOID NTAPI IoUnregisterFileSystem(PDEVICE_OBJECT device)
{
	struct registered **link = &systems, *one;

	while (*link && (*link)->device != device)
		link = &(*link)->next;
	one = *link;
	if (!one)
		return; /* documented: nothing is told */
	*link = one->next;
	l62_ledger_remove(L62_LEDGER_FILE_SYSTEM, (ULONG_PTR)device);
	device->ReferenceCount--;
	ObfDereferenceObject(device);
	l62_host_free(one);
}

static KSPIN_LOCK vpb_lock;

VOID NTAPI IoAcquireVpbSpinLock(PKIRQL irql)
{
	*irql = KeAcquireSpinLockRaiseToDpc(&vpb_lock);
}

VOID NTAPI IoReleaseVpbSpinLock(KIRQL irql)
{
	KeReleaseSpinLock(&vpb_lock, irql);
}

/* Of each thread its own. */
struct top {
	struct top *next;
	PKTHREAD thread;
	PIRP irp;
};

static struct top *top(void)
{
	static struct top *tops;
	struct top *one = tops;

	while (one && one->thread != l62_nt_thread())
		one = one->next;
	if (!one) {
		one = l62_host_alloc(sizeof(*one));
		one->thread = l62_nt_thread();
		one->next = tops;
		tops = one;
	}
	return one;
}

PIRP NTAPI IoGetTopLevelIrp(VOID)
{
	return top()->irp;
}

VOID NTAPI IoSetTopLevelIrp(PIRP irp)
{
	top()->irp = irp;
}

PEPROCESS NTAPI IoGetRequestorProcess(PIRP irp)
{
	UNREFERENCED_PARAMETER(irp);
	return IoGetCurrentProcess();
}

BOOLEAN NTAPI IoIs32bitProcess(PIRP irp)
{
	UNREFERENCED_PARAMETER(irp);
	return FALSE;
}

BOOLEAN NTAPI IoIsSystemThread(PETHREAD thread)
{
	return PsIsSystemThread(thread);
}

BOOLEAN NTAPI IoIsOperationSynchronous(PIRP irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;

	return (file && file->Flags & FO_SYNCHRONOUS_IO) || irp->Flags & IRP_SYNCHRONOUS_API;
}

PGENERIC_MAPPING NTAPI IoGetFileObjectGenericMapping(VOID)
{
	static GENERIC_MAPPING mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
	                                  FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

	return &mapping;
}

/* Documented: with a reference, or NULL for the lowest. */
PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT lower = device->DeviceObjectExtension->AttachedTo;

	if (lower)
		ObfReferenceObject(lower);
	return lower;
}

/* A device that the driver has found itself: one of the root bus. */
NTSTATUS NTAPI IoReportDetectedDevice(PDRIVER_OBJECT driver, INTERFACE_TYPE bus_type, ULONG bus,
                                      ULONG slot, PCM_RESOURCE_LIST list,
                                      PIO_RESOURCE_REQUIREMENTS_LIST requirements,
                                      BOOLEAN assigned, PDEVICE_OBJECT *device)
{
	UNREFERENCED_PARAMETER(driver);
	UNREFERENCED_PARAMETER(bus_type);
	UNREFERENCED_PARAMETER(bus);
	UNREFERENCED_PARAMETER(slot);
	UNREFERENCED_PARAMETER(list);
	UNREFERENCED_PARAMETER(requirements);
	UNREFERENCED_PARAMETER(assigned);
	if (!*device)
		*device = l62_pdo_create();
	return STATUS_SUCCESS;
}

static void add(PFILE_OBJECT file, PSHARE_ACCESS share, LONG n)
{
	share->OpenCount += (ULONG)n;
	share->Readers += file->ReadAccess ? (ULONG)n : 0;
	share->Writers += file->WriteAccess ? (ULONG)n : 0;
	share->Deleters += file->DeleteAccess ? (ULONG)n : 0;
	share->SharedRead += file->SharedRead ? (ULONG)n : 0;
	share->SharedWrite += file->SharedWrite ? (ULONG)n : 0;
	share->SharedDelete += file->SharedDelete ? (ULONG)n : 0;
}

static BOOLEAN counts(const struct _FILE_OBJECT *file)
{
	return file->ReadAccess || file->WriteAccess || file->DeleteAccess;
}

static void set_access(PFILE_OBJECT file, ACCESS_MASK access, ULONG shared)
{
	file->ReadAccess = (access & (FILE_EXECUTE | FILE_READ_DATA)) != 0;
	file->WriteAccess = (access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
	file->DeleteAccess = (access & DELETE) != 0;
	file->SharedRead = counts(file) && shared & FILE_SHARE_READ;
	file->SharedWrite = counts(file) && shared & FILE_SHARE_WRITE;
	file->SharedDelete = counts(file) && shared & FILE_SHARE_DELETE;
}

VOID NTAPI IoUpdateShareAccess(PFILE_OBJECT file, PSHARE_ACCESS share)
{
	if (counts(file))
		add(file, share, 1);
}

VOID NTAPI IoRemoveShareAccess(PFILE_OBJECT file, PSHARE_ACCESS share)
{
	if (counts(file))
		add(file, share, -1);
}

VOID NTAPI IoSetShareAccess(ACCESS_MASK access, ULONG shared, PFILE_OBJECT file,
                            PSHARE_ACCESS share)
{
	RtlZeroMemory(share, sizeof(*share));
	set_access(file, access, shared);
	IoUpdateShareAccess(file, share);
}

NTSTATUS NTAPI IoCheckShareAccess(ACCESS_MASK access, ULONG shared, PFILE_OBJECT file,
                                  PSHARE_ACCESS share, BOOLEAN update)
{
	set_access(file, access, shared);
	if (!counts(file))
		return STATUS_SUCCESS;
	if ((file->ReadAccess && share->SharedRead < share->OpenCount) ||
	    (file->WriteAccess && share->SharedWrite < share->OpenCount) ||
	    (file->DeleteAccess && share->SharedDelete < share->OpenCount) ||
	    (share->Readers && !file->SharedRead) || (share->Writers && !file->SharedWrite) ||
	    (share->Deleters && !file->SharedDelete))
		return STATUS_SHARING_VIOLATION;
	if (update)
		IoUpdateShareAccess(file, share);
	return STATUS_SUCCESS;
}
