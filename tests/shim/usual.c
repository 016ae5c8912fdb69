/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What any driver uses, after the headers that the command line includes first. */
DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PVOID memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, RegistryPath->Length, 'tseT');

	if (memory == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	ExFreePoolWithTag(memory, 'tseT');
	DriverObject->DriverUnload = NULL;
	return STATUS_SUCCESS;
}
