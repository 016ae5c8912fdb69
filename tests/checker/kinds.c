/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The kinds with rules of their own, each with its contract. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <kinds.h>

typedef struct _FCB {
	LIST_ENTRY Link;
	ERESOURCE Resource;
	LARGE_MCB Mcb;
	PVOID Name;
} FCB, *PFCB;

typedef struct _EXT {
	PDEVICE_OBJECT Lower;
	PFCB Fcb;
	PMDL Mdl;
} EXT, *PEXT;

NTSTATUS start(int n);

/* ---- MmAllocatePagesForMdl: pages, and the MDL ---- */

int pages_and_mdl_freed(PHYSICAL_ADDRESS a)
{
	PMDL mdl = MmAllocatePagesForMdl(a, a, a, 4096);

	if (!mdl)
		return -1;
	MmFreePagesFromMdl(mdl);
	ExFreePool(mdl);
	return 0;
}

int mdl_kept_leak(PHYSICAL_ADDRESS a)
{
	PMDL mdl = MmAllocatePagesForMdl(a, a, a, 4096);

	if (!mdl)
		return -1;
	MmFreePagesFromMdl(mdl);
	return 0; // expected-warning{{leak: 'mdl' from MmAllocatePagesForMdl is not freed on this path}}
}

int pages_kept_leak(PHYSICAL_ADDRESS a)
{
	PMDL mdl = MmAllocatePagesForMdl(a, a, a, 4096);

	if (!mdl)
		return -1;
	ExFreePool(mdl);
	return 0; // expected-warning{{leak: 'mdl' from MmAllocatePagesForMdl is not freed on this path}}
}

int both_lost_leak(PHYSICAL_ADDRESS a)
{
	PMDL mdl = MmAllocatePagesForMdl(a, a, a, 4096);

	return mdl ? 0 : -1; // expected-warning{{leak: 'mdl' from MmAllocatePagesForMdl is not freed on this path}}
}

int pages_stored(PEXT ext, PHYSICAL_ADDRESS a)
{
	ext->Mdl = MmAllocatePagesForMdl(a, a, a, 4096);
	return ext->Mdl ? 0 : -1;
}

/* ---- mappings: those for user mode are undone by nobody else ---- */

int user_mapping_leak(PMDL mdl, int n)
{
	PVOID address = MmMapLockedPagesSpecifyCache(mdl, 1, 0, NULL, 0, 16);

	if (n > 3)
		return -1; // expected-warning{{leak: 'address' from MmMapLockedPagesSpecifyCache is not freed on this path}}
	MmUnmapLockedPages(address, mdl);
	return 0;
}

int user_mapping_undone(PMDL mdl)
{
	PVOID address = MmMapLockedPagesSpecifyCache(mdl, 1, 0, NULL, 0, 16);

	MmUnmapLockedPages(address, mdl);
	return 0;
}

int kernel_mapping(PMDL mdl)
{
	return MmMapLockedPagesSpecifyCache(mdl, 0, 0, NULL, 0, 16) ? 0 : -1;
}

/* ---- objects in place ---- */

int resource_leak(int n)
{
	PFCB fcb = ExAllocatePool(NonPagedPool, sizeof(*fcb));

	if (!fcb)
		return -1;
	ExInitializeResourceLite(&fcb->Resource);
	if (n > 3) {
		ExFreePool(fcb);
		return -2; // expected-warning{{leak: 'fcb->Resource' from ExInitializeResourceLite is not freed on this path}}
	}
	ExDeleteResourceLite(&fcb->Resource);
	ExFreePool(fcb);
	return 0;
}

int resource_deleted(int n)
{
	PFCB fcb = ExAllocatePool(NonPagedPool, sizeof(*fcb));

	if (!fcb)
		return -1;
	ExInitializeResourceLite(&fcb->Resource);
	if (n > 3) {
		ExDeleteResourceLite(&fcb->Resource);
		ExFreePool(fcb);
		return -2;
	}
	ExDeleteResourceLite(&fcb->Resource);
	ExFreePool(fcb);
	return 0;
}

/* It cannot fail, whatever is asked. */
NTSTATUS resource_never_fails(PERESOURCE *to)
{
	PERESOURCE lock = ExAllocatePool(NonPagedPool, sizeof(*lock));
	NTSTATUS status;

	if (!lock)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = ExInitializeResourceLite(lock);
	if (!NT_SUCCESS(status)) {
		ExFreePool(lock);
		return status;
	}
	*to = lock;
	return STATUS_SUCCESS;
}

/* The block goes somewhere, and its resource with it. */
int resource_stored(PEXT ext)
{
	PFCB fcb = ExAllocatePool(NonPagedPool, sizeof(*fcb));

	if (!fcb)
		return -1;
	ExInitializeResourceLite(&fcb->Resource);
	ext->Fcb = fcb;
	return 0;
}

/* One report for the block and what is in it. */
int resource_lost_with_block_leak(void)
{
	PFCB fcb = ExAllocatePool(NonPagedPool, sizeof(*fcb));

	if (!fcb)
		return -1;
	ExInitializeResourceLite(&fcb->Resource);
	return 0; // expected-warning{{leak: 'fcb' from ExAllocatePool}}
}

int mcb_leak(int n)
{
	LARGE_MCB mcb;

	FsRtlInitializeLargeMcb(&mcb, PagedPool);
	if (n > 3)
		return -1; // expected-warning{{leak: 'mcb' from FsRtlInitializeLargeMcb is not freed on this path}}
	FsRtlUninitializeLargeMcb(&mcb);
	return 0;
}

int mcb_taken_down(void)
{
	LARGE_MCB mcb;

	FsRtlInitializeLargeMcb(&mcb, PagedPool);
	FsRtlUninitializeLargeMcb(&mcb);
	return 0;
}

int notify_sync_leak(int n)
{
	PNOTIFY_SYNC sync;

	FsRtlNotifyInitializeSync(&sync);
	if (n > 3)
		return -1; // expected-warning{{leak: 'sync' from FsRtlNotifyInitializeSync is not freed on this path}}
	FsRtlNotifyUninitializeSync(&sync);
	return 0;
}

/* ---- attachments: the device keeps them, a failure loses them ---- */

NTSTATUS attachment_leak(PDEVICE_OBJECT device, PDEVICE_OBJECT pdo, int n)
{
	PDEVICE_OBJECT lower = IoAttachDeviceToDeviceStack(device, pdo);

	if (!lower)
		return STATUS_UNSUCCESSFUL;
	if (n > 3)
		return STATUS_INSUFFICIENT_RESOURCES; // expected-warning{{leak: 'lower' from IoAttachDeviceToDeviceStack is not freed on this path}}
	return STATUS_SUCCESS;
}

NTSTATUS attachment_detached(PDEVICE_OBJECT device, PDEVICE_OBJECT pdo, int n)
{
	PDEVICE_OBJECT lower = IoAttachDeviceToDeviceStack(device, pdo);

	if (!lower)
		return STATUS_UNSUCCESSFUL;
	if (n > 3) {
		IoDetachDevice(lower);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	return STATUS_SUCCESS;
}

/* What a device object says stays so while it is passed on. */
NTSTATUS mdl_of_direct_io(PDEVICE_OBJECT device, PIRP irp, PVOID buffer)
{
	NTSTATUS status;

	if (device->DeviceExtension) {
		irp->MdlAddress = IoAllocateMdl(buffer, 32, FALSE, FALSE, NULL);
		if (!irp->MdlAddress)
			return STATUS_INSUFFICIENT_RESOURCES;
	}
	status = IoCallDriver(device, irp);
	if (device->DeviceExtension)
		IoFreeMdl(irp->MdlAddress);
	return status;
}

NTSTATUS mdl_of_own_irp(PDEVICE_OBJECT device, PVOID buffer)
{
	PIRP irp = IoAllocateIrp(2, FALSE);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	irp->MdlAddress = NULL;
	if (device->DeviceExtension) {
		irp->MdlAddress = IoAllocateMdl(buffer, 32, FALSE, FALSE, NULL);
		if (!irp->MdlAddress) {
			IoFreeIrp(irp);
			return STATUS_INSUFFICIENT_RESOURCES;
		}
	}
	IoDetachDevice(device);
	if (device->DeviceExtension)
		IoFreeMdl(irp->MdlAddress);
	IoFreeIrp(irp);
	return STATUS_SUCCESS;
}

/* ---- security ---- */

NTSTATUS client_token_leak(PETHREAD thread, PVOID qos, int n)
{
	SECURITY_CLIENT_CONTEXT client;
	NTSTATUS status = SeCreateClientSecurity(thread, qos, FALSE, &client);

	if (!NT_SUCCESS(status))
		return status;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'client.ClientToken' from SeCreateClientSecurity is not dereferenced on this path}}
	SeDeleteClientSecurity(&client);
	return STATUS_SUCCESS;
}

NTSTATUS client_token_deleted(PETHREAD thread, PVOID qos)
{
	SECURITY_CLIENT_CONTEXT client;
	NTSTATUS status = SeCreateClientSecurity(thread, qos, FALSE, &client);

	if (!NT_SUCCESS(status))
		return status;
	SeDeleteClientSecurity(&client);
	return STATUS_SUCCESS;
}

NTSTATUS token_user_leak(PACCESS_TOKEN token, PULONG id)
{
	PVOID user;
	NTSTATUS status = SeQueryInformationToken(token, 1, &user);

	if (!NT_SUCCESS(status))
		return status;
	*id = *(PULONG)user;
	return STATUS_SUCCESS; // expected-warning{{leak: 'user' from SeQueryInformationToken is not freed on this path}}
}

/* The out-parameter is mostly of another type. */
typedef struct _TOKEN_USER {
	PVOID Sid;
	ULONG Attributes;
} TOKEN_USER, *PTOKEN_USER;

NTSTATUS token_user_typed_leak(PACCESS_TOKEN token, PULONG attributes)
{
	PTOKEN_USER user;
	NTSTATUS status = SeQueryInformationToken(token, 1, (PVOID *)&user);

	if (!NT_SUCCESS(status))
		return status;
	*attributes = user->Attributes;
	return STATUS_SUCCESS; // expected-warning{{leak: 'user' from SeQueryInformationToken is not freed on this path}}
}

NTSTATUS token_user_typed_freed(PACCESS_TOKEN token, PULONG attributes)
{
	PTOKEN_USER user;
	NTSTATUS status = SeQueryInformationToken(token, 1, (PVOID *)&user);

	if (!NT_SUCCESS(status))
		return status;
	*attributes = user->Attributes;
	ExFreePool(user);
	return STATUS_SUCCESS;
}

/* Some classes of information are numbers and come by value. */
NTSTATUS token_session(PACCESS_TOKEN token, PULONG id)
{
	ULONG session;
	NTSTATUS status = SeQueryInformationToken(token, 12, (PVOID *)&session);

	if (!NT_SUCCESS(status))
		return status;
	*id = session;
	return STATUS_SUCCESS;
}

NTSTATUS captured_leak(PSECURITY_DESCRIPTOR from, int n)
{
	PSECURITY_DESCRIPTOR copy;
	NTSTATUS status = SeCaptureSecurityDescriptor(from, 1, PagedPool, TRUE, &copy);

	if (!NT_SUCCESS(status))
		return status;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'copy' from SeCaptureSecurityDescriptor is not freed on this path}}
	SeReleaseSecurityDescriptor(copy, 1, TRUE);
	return STATUS_SUCCESS;
}

NTSTATUS captured_released(PSECURITY_DESCRIPTOR from)
{
	PSECURITY_DESCRIPTOR copy;
	NTSTATUS status = SeCaptureSecurityDescriptor(from, 1, PagedPool, TRUE, &copy);

	if (!NT_SUCCESS(status))
		return status;
	SeReleaseSecurityDescriptor(copy, 1, TRUE);
	return STATUS_SUCCESS;
}

/* ---- the result says whether the out-parameter was filled ---- */

int event_leak(PUNICODE_STRING name)
{
	HANDLE handle;
	PVOID event = IoCreateNotificationEvent(name, &handle);

	return event ? 0 : -1; // expected-warning{{leak: 'handle' from IoCreateNotificationEvent is not closed on this path}}
}

int event_closed(PUNICODE_STRING name)
{
	HANDLE handle;
	PVOID event = IoCreateNotificationEvent(name, &handle);

	if (!event)
		return -1;
	ZwClose(handle);
	return 0;
}

/* ---- others ---- */

int error_log_leak(PVOID object, int n)
{
	PVOID entry = IoAllocateErrorLogEntry(object, 64);

	if (!entry)
		return -1;
	if (n > 3)
		return -2; // expected-warning{{leak: 'entry' from IoAllocateErrorLogEntry is not freed on this path}}
	IoWriteErrorLogEntry(entry);
	return 0;
}

int error_log_written_or_freed(PVOID object, int n)
{
	PVOID entry = IoAllocateErrorLogEntry(object, 64);

	if (!entry)
		return -1;
	if (n > 3) {
		IoFreeErrorLogEntry(entry);
		return -2;
	}
	IoWriteErrorLogEntry(entry);
	return 0;
}

NTSTATUS pinned_leak(PFILE_OBJECT file, PLARGE_INTEGER offset, int n)
{
	PVOID bcb, view;

	if (!CcMapData(file, offset, 4096, 1, &bcb, &view))
		return STATUS_UNSUCCESSFUL;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'bcb' from CcMapData is not freed on this path}}
	CcUnpinData(bcb);
	return STATUS_SUCCESS;
}

NTSTATUS unpinned(PFILE_OBJECT file, PLARGE_INTEGER offset)
{
	PVOID bcb, view;

	if (!CcMapData(file, offset, 4096, 1, &bcb, &view))
		return STATUS_UNSUCCESSFUL;
	CcUnpinData(bcb);
	return STATUS_SUCCESS;
}

NTSTATUS file_name_leak(PVOID data)
{
	PFLT_FILE_NAME_INFORMATION name;
	NTSTATUS status = FltGetFileNameInformation(data, 1, &name);

	if (!NT_SUCCESS(status))
		return status;
	status = FltParseFileNameInformation(name);
	if (!NT_SUCCESS(status))
		return status; // expected-warning{{leak: 'name' from FltGetFileNameInformation is not freed on this path}}
	FltReleaseFileNameInformation(name);
	return STATUS_SUCCESS;
}

NTSTATUS file_name_released(PVOID data)
{
	PFLT_FILE_NAME_INFORMATION name;
	NTSTATUS status = FltGetFileNameInformation(data, 1, &name);

	if (!NT_SUCCESS(status))
		return status;
	status = FltParseFileNameInformation(name);
	FltReleaseFileNameInformation(name);
	return status;
}

/* The clean-up callback of a context takes down what is in it. */
NTSTATUS context_released(PVOID filter, int n)
{
	PFCB context;
	NTSTATUS status = FltAllocateContext(filter, 1, sizeof(FCB), PagedPool, (PVOID *)&context);

	if (!NT_SUCCESS(status))
		return status;
	ExInitializeResourceLite(&context->Resource);
	context->Name = ExAllocatePool(PagedPool, 8);
	FltReleaseContext(context);
	return STATUS_SUCCESS;
}

NTSTATUS context_leak(PVOID filter, int n)
{
	PFCB context;
	NTSTATUS status = FltAllocateContext(filter, 1, sizeof(FCB), PagedPool, (PVOID *)&context);

	if (!NT_SUCCESS(status))
		return status;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'context' from FltAllocateContext}}
	FltReleaseContext(context);
	return STATUS_SUCCESS;
}

int ndis_memory_leak(int n)
{
	PVOID memory;

	if (NdisAllocateMemoryWithTag(&memory, 64, 'tset') != 0)
		return -1;
	if (n > 3)
		return -2; // expected-warning{{leak: 'memory' from NdisAllocateMemoryWithTag (tag test, 64 bytes)}}
	NdisFreeMemory(memory, 64, 0);
	return 0;
}
