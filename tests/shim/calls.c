/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The shim's routines and constants as drivers use them: arguments and results
 * must have the documented types.
 */
#include <ntifs.h>
#include <ntstrsafe.h>

#define TAG 'tseT'

VOID pool_calls(VOID);
VOID pool_calls(VOID)
{
	POOL_EXTENDED_PARAMETER parameter = {0};
	PVOID block[9];
	ULONG i;

	parameter.Type = PoolExtendedParameterPriority;
	parameter.Priority = HighPoolPriority;
	ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
	block[0] = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, 16, TAG);
	block[1] = ExAllocatePool3(POOL_FLAG_PAGED, 16, TAG, &parameter, 1);
	block[2] = ExAllocatePoolZero(NonPagedPoolNx, 16, TAG);
	block[3] = ExAllocatePoolUninitialized(PagedPool, 16, TAG);
	block[4] = ExAllocatePoolQuotaZero(PagedPool, 16, TAG);
	block[5] = ExAllocatePoolQuotaUninitialized(PagedPool, 16, TAG);
	block[6] = ExAllocatePoolPriorityZero(PagedPool, 16, TAG, LowPoolPriority);
	block[7] = ExAllocatePoolPriorityUninitialized(PagedPool, 16, TAG, LowPoolPriority);
	block[8] = ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_UNINITIALIZED, 16, TAG);
	for (i = 0; i < RTL_NUMBER_OF(block); i++) {
		if (block[i] != NULL)
			ExFreePoolWithTag(block[i], TAG);
	}
}

/* Declared by the routine's role, defined with the structure it is given. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-non-prototype"
DRIVER_NOTIFICATION_CALLBACK_ROUTINE interface_changed;
NTSTATUS interface_changed(PDEVICE_INTERFACE_CHANGE_NOTIFICATION change, PVOID context)
{
	UNREFERENCED_PARAMETER(context);
	return change->SymbolicLinkName != NULL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
#pragma clang diagnostic pop
NTSTATUS watch_interface(PDRIVER_OBJECT driver, PVOID *entry);
NTSTATUS watch_interface(PDRIVER_OBJECT driver, PVOID *entry)
{
	return IoRegisterPlugPlayNotification(
	        EventCategoryDeviceInterfaceChange, 0, NULL, driver,
	        (PDRIVER_NOTIFICATION_CALLBACK_ROUTINE)interface_changed, NULL, entry);
}

NTSTATUS other_calls(PDEVICE_OBJECT device, PIRP irp, PMDL mdl, PKTHREAD thread);
NTSTATUS other_calls(PDEVICE_OBJECT device, PIRP irp, PMDL mdl, PKTHREAD thread)
{
	FILE_DISPOSITION_INFORMATION_EX disposition = {FILE_DISPOSITION_DELETE |
	                                               FILE_DISPOSITION_POSIX_SEMANTICS};
	FILE_RENAME_INFORMATION rename = {.Flags = FILE_RENAME_REPLACE_IF_EXISTS};
	PHYSICAL_ADDRESS low = {0}, high = {0};
	FSRTL_ADVANCED_FCB_HEADER header = {0};
	UNICODE_STRING wide = {0};
	UTF8_STRING text = {0};
	SIZE_T size = PAGE_SIZE;
	EX_SPIN_LOCK lock = 0;
	LPCTSTR name = L"name";
	PVOID memory = NULL;
	NTSTATUS status;
	KIRQL irql;

	UNREFERENCED_PARAMETER(thread);
	irql = ExAcquireSpinLockExclusive(&lock);
	ExReleaseSpinLockExclusive(&lock, irql);
	FsRtlInitializeOplock((POPLOCK)&header.Oplock);
	memory = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute);
	if (memory == NULL || rename.ReplaceIfExists == FALSE || disposition.Flags == 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = MmAllocateContiguousMemoryEx(&size, low, high, low, MM_ANY_NODE_OK,
	                                      PAGE_READWRITE, NULL, TAG, 0, &memory);
	if (NT_SUCCESS(status))
		MmFreeContiguousMemory(memory);
	if (NT_SUCCESS(RtlUnicodeStringToUTF8String(&text, &wide, TRUE)))
		RtlFreeUTF8String(&text);
	if (device->DeviceObjectExtension->ExtensionFlags != 0)
		return STATUS_DELETE_PENDING;
	DbgPrint("%ws\n", name);
	return IoSynchronousCallDriver(device, irp);
}
