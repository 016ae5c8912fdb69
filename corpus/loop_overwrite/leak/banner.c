/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Prints a text from the driver's registry key.  The buffer is doubled until the
 * value fits; each new buffer replaces the one before, which is not freed.
 */
#include <ntddk.h>

#define BAN_TAG 'nnaB'
#define BAN_MAX_SIZE 4096

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BanUnload;

static VOID BanPrint(PKEY_VALUE_PARTIAL_INFORMATION Info)
{
	UNICODE_STRING text;

	if (Info->Type != REG_SZ || Info->DataLength < sizeof(WCHAR))
		return;
	text.Buffer = (PWCH)Info->Data;
	text.Length = (USHORT)(Info->DataLength - sizeof(WCHAR));
	text.MaximumLength = text.Length;
	DbgPrint("banner: %wZ\n", &text);
}

static NTSTATUS BanReadAndPrint(HANDLE Key)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"Banner");
	PKEY_VALUE_PARTIAL_INFORMATION info;
	ULONG size, needed;
	NTSTATUS status;

	size = 64;
	for (;;) {
		info = ExAllocatePoolWithTag(PagedPool, size, BAN_TAG); /* leak62: LeakOnPath */
		if (info == NULL)
			return STATUS_INSUFFICIENT_RESOURCES;

		status = ZwQueryValueKey(Key, &name, KeyValuePartialInformation, info, size,
					 &needed);
		if (status != STATUS_BUFFER_OVERFLOW || size >= BAN_MAX_SIZE)
			break;
		size *= 2;
	}

	if (NT_SUCCESS(status))
		BanPrint(info);
	ExFreePoolWithTag(info, BAN_TAG);
	return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	OBJECT_ATTRIBUTES attributes;
	NTSTATUS status;
	HANDLE key;

	DriverObject->DriverUnload = BanUnload;

	InitializeObjectAttributes(&attributes, RegistryPath,
				   OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
	status = ZwOpenKey(&key, KEY_READ, &attributes);
	if (!NT_SUCCESS(status))
		return status;

	/* No banner is no reason to fail. */
	status = BanReadAndPrint(key);
	if (status == STATUS_OBJECT_NAME_NOT_FOUND)
		status = STATUS_SUCCESS;

	ZwClose(key);
	return status;
}

static VOID BanUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}
