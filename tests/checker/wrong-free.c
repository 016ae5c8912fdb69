/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What one family acquires another one does not release. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
// RUN: %dump %t.db path_rule path_step | FileCheck %s
#include <ntddk.h>

typedef struct {
	unsigned long long QuadPart;
} PHYSICAL_ADDRESS;
NTKERNELAPI PVOID MmAllocateContiguousMemory(SIZE_T Size, PHYSICAL_ADDRESS Highest);
NTKERNELAPI VOID MmFreeContiguousMemory(PVOID Address);
NTKERNELAPI PMDL MmAllocatePagesForMdl(PHYSICAL_ADDRESS Low, PHYSICAL_ADDRESS High,
				       PHYSICAL_ADDRESS Skip, SIZE_T Size);
NTKERNELAPI VOID MmFreePagesFromMdl(PMDL Mdl);
NTKERNELAPI PVOID ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST List);
NTKERNELAPI VOID ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST List, PVOID Entry);
NTKERNELAPI NTSTATUS SeCaptureSecurityDescriptor(PVOID From, CHAR Mode, int Pool, BOOLEAN Force,
						 PVOID *To);
NTKERNELAPI VOID SeReleaseSecurityDescriptor(PVOID Descriptor, CHAR Mode, BOOLEAN Force);
NTKERNELAPI PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT Source,
						       PDEVICE_OBJECT Target);

void mdl_as_pool(void *p)
{
	PMDL mdl = IoAllocateMdl(p, 16, FALSE, FALSE, NULL);

	if (mdl)
		ExFreePool(mdl); // expected-warning{{wrong free: 'mdl' from IoAllocateMdl (tag VMdl) goes to ExFreePool, not to IoFreeMdl}}
}
// CHECK:      path_rule: [[@LINE-2]] | WrongFree | NULL
// CHECK:      path_step: [[@LINE-3]] | [[@LINE-6]] | IoAllocateMdl allocates MDL (tag VMdl)
// CHECK:      path_step: [[@LINE-4]] | [[@LINE-4]] | 'mdl' goes to ExFreePool, not to IoFreeMdl

void irp_as_pool(void)
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	if (irp)
		ExFreePoolWithTag(irp, ' prI'); // expected-warning{{wrong free: 'irp' from IoAllocateIrp (tag Irp ) goes to ExFreePoolWithTag, not to IoFreeIrp}}
}

void work_item_as_pool(PDEVICE_OBJECT device)
{
	PIO_WORKITEM item = IoAllocateWorkItem(device);

	if (item)
		ExFreePool(item); // expected-warning{{wrong free: 'item' from IoAllocateWorkItem (tag Vfwi) goes to ExFreePool, not to IoFreeWorkItem}}
}

void pool_as_mdl(void)
{
	PMDL mdl = ExAllocatePool(NonPagedPool, 64);

	if (mdl)
		IoFreeMdl(mdl); // expected-warning{{wrong free: 'mdl' from ExAllocatePool (64 bytes) goes to IoFreeMdl, not to ExFreePool}}
}

void pool_as_work_item(void)
{
	PIO_WORKITEM item = ExAllocatePool(NonPagedPool, 64);

	if (item)
		IoFreeWorkItem(item); // expected-warning{{wrong free: 'item' from ExAllocatePool (64 bytes) goes to IoFreeWorkItem, not to ExFreePool}}
}

void contiguous_as_pool(PHYSICAL_ADDRESS highest)
{
	void *p = MmAllocateContiguousMemory(4096, highest);

	if (p)
		ExFreePool(p); // expected-warning{{wrong free: 'p' from MmAllocateContiguousMemory (4096 bytes) goes to ExFreePool, not to MmFreeContiguousMemory}}
}

void pool_as_contiguous(void)
{
	void *p = ExAllocatePool(NonPagedPool, 4096);

	if (p)
		MmFreeContiguousMemory(p); // expected-warning{{wrong free: 'p' from ExAllocatePool (4096 bytes) goes to MmFreeContiguousMemory, not to ExFreePool}}
}

void entry_as_pool(PPAGED_LOOKASIDE_LIST list)
{
	void *p = ExAllocateFromPagedLookasideList(list);

	if (p)
		ExFreePool(p); // expected-warning{{wrong free: 'p' from ExAllocateFromPagedLookasideList goes to ExFreePool, not to ExFreeToPagedLookasideList}}
}

void handle_as_object(void)
{
	HANDLE key;
	NTSTATUS status = ZwOpenKey(&key, 1, NULL);

	if (NT_SUCCESS(status))
		ObfDereferenceObject(key); // expected-warning{{wrong free: 'key' from ZwOpenKey goes to ObfDereferenceObject, not to ZwClose}}
}

void object_as_handle(HANDLE handle)
{
	PVOID object;
	NTSTATUS status = ObReferenceObjectByHandle(handle, 1, NULL, 0, &object, NULL);

	if (NT_SUCCESS(status))
		ZwClose(object); // expected-warning{{wrong free: 'object' from ObReferenceObjectByHandle goes to ZwClose, not to ObDereferenceObject}}
}

/* In a string: not what the string routine has allocated. */
void contiguous_in_a_string(PHYSICAL_ADDRESS highest)
{
	UNICODE_STRING s;

	s.Buffer = MmAllocateContiguousMemory(64, highest);
	if (s.Buffer)
		RtlFreeUnicodeString(&s); // expected-warning{{wrong free: 's.Buffer' from MmAllocateContiguousMemory (64 bytes) goes to RtlFreeUnicodeString, not to MmFreeContiguousMemory}}
}

/* On one path only; the other one is right. */
int on_one_path(void *p, int n)
{
	PMDL mdl = IoAllocateMdl(p, 16, FALSE, FALSE, NULL);

	if (!mdl)
		return -1;
	if (n > 4) {
		ExFreePool(mdl); // expected-warning{{wrong free: 'mdl' from IoAllocateMdl}}
		return -1;
	}
	IoFreeMdl(mdl);
	return 0;
}

/* Who frees anything is not wrong, who calls it is. */
static void frees_anything(void *p)
{
	ExFreePool(p);
}
static void frees_mdl_as_pool(PMDL mdl)
{
	ExFreePool(mdl); // expected-warning{{wrong free: 'mine' from IoAllocateMdl}}
}

void through_helpers(void *p)
{
	PMDL mdl = IoAllocateMdl(p, 16, FALSE, FALSE, NULL);
	PMDL mine = IoAllocateMdl(p, 16, FALSE, FALSE, NULL);

	if (mdl)
		frees_anything(mdl); // expected-warning@-13{{wrong free: 'mdl' from IoAllocateMdl (tag VMdl) goes to frees_anything, not to IoFreeMdl}}
	if (mine)
		frees_mdl_as_pool(mine);
}

/* Each as it should be. */
void all_right(PDEVICE_OBJECT device, void *va, PHYSICAL_ADDRESS any, PPAGED_LOOKASIDE_LIST list)
{
	PMDL mdl = IoAllocateMdl(va, 16, FALSE, FALSE, NULL);
	PIRP irp = IoAllocateIrp(1, FALSE);
	PIO_WORKITEM item = IoAllocateWorkItem(device);
	void *p = ExAllocatePool(NonPagedPool, 64), *c = MmAllocateContiguousMemory(64, any);
	void *entry = ExAllocateFromPagedLookasideList(list);

	if (mdl)
		IoFreeMdl(mdl);
	if (irp)
		IoFreeIrp(irp);
	if (item)
		IoFreeWorkItem(item);
	if (p)
		frees_anything(p);
	if (c)
		MmFreeContiguousMemory(c);
	if (entry)
		ExFreeToPagedLookasideList(list, entry);
}

/* What the documentation allows. */
void pages_and_mdl(PHYSICAL_ADDRESS any, int n)
{
	PMDL mdl = MmAllocatePagesForMdl(any, any, any, 4096);

	if (!mdl)
		return;
	MmFreePagesFromMdl(mdl);
	if (n)
		ExFreePool(mdl);
	else
		IoFreeMdl(mdl);
}

void descriptor_is_pool(PVOID from, int n)
{
	PVOID to;

	if (!NT_SUCCESS(SeCaptureSecurityDescriptor(from, 0, 1, TRUE, &to)))
		return;
	if (n)
		ExFreePool(to);
	else
		SeReleaseSecurityDescriptor(to, 0, TRUE);
}

void own_irp_completed(PDEVICE_OBJECT device)
{
	PIRP irp = IoAllocateIrp(2, FALSE);

	if (irp)
		IofCompleteRequest(irp, 0);
}

void threaded_irp_freed(PDEVICE_OBJECT device, PVOID event, PVOID block)
{
	PIRP irp = IoBuildDeviceIoControlRequest(1, device, NULL, 0, NULL, 0, FALSE, event, block);

	if (irp)
		IoFreeIrp(irp);
}

/* The pointer that was read is somebody else's, whatever was put there once. */
struct both {
	PMDL mdl;
	void *data;
};
void each_its_own(struct both *b, void *p)
{
	b->mdl = IoAllocateMdl(p, 16, FALSE, FALSE, NULL);
	b->data = ExAllocatePool(PagedPool, 16);
	if (b->data)
		ExFreePool(b->data);
	if (b->mdl)
		IoFreeMdl(b->mdl);
	b->data = NULL;
	b->mdl = NULL;
}

/* Nothing was acquired. */
void null_mdl(void *p)
{
	PMDL mdl = IoAllocateMdl(p, 16, FALSE, FALSE, NULL);

	if (!mdl)
		ExFreePool(mdl);
	else
		IoFreeMdl(mdl);
}

/* A reference on a device of one's own. */
NTSTATUS device_dereferenced(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT device;
	NTSTATUS status = IoCreateDevice(driver, 0, NULL, 1, 0, FALSE, &device);

	if (NT_SUCCESS(status))
		ObfDereferenceObject(device);
	return status;
}
