/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * At load, prints the first bytes of a file that it maps.  The file and its section
 * have a handle each; a section that cannot be referenced leaves its handle open.
 */
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MirrorUnload;

static NTSTATUS MirrorShow(HANDLE file)
{
	SIZE_T size = PAGE_SIZE;
	OBJECT_ATTRIBUTES attributes;
	PVOID section, view = NULL;
	HANDLE handle;
	NTSTATUS status;

	InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	status = ZwCreateSection(&handle, SECTION_MAP_READ, &attributes, NULL, PAGE_READONLY,
				 SEC_COMMIT, file);
	if (!NT_SUCCESS(status))
		return status;

	status = ObReferenceObjectByHandle(handle, SECTION_MAP_READ, NULL, KernelMode, &section,
					   NULL);
	if (!NT_SUCCESS(status)) {
		return status; /* leak62: HandleLeak */
	}

	status = MmMapViewInSystemSpace(section, &view, &size);
	if (NT_SUCCESS(status)) {
		DbgPrint("mirror: %08lx\n", *(PULONG)view);
		MmUnmapViewInSystemSpace(view);
	}
	ObDereferenceObject(section);
	ZwClose(handle);
	return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\SystemRoot\\win.ini");
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK io;
	NTSTATUS status;
	HANDLE file;

	UNREFERENCED_PARAMETER(RegistryPath);

	InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
				   NULL, NULL);
	status = ZwOpenFile(&file, FILE_READ_DATA | SYNCHRONIZE, &attributes, &io,
			    FILE_SHARE_READ, FILE_SYNCHRONOUS_IO_NONALERT);
	if (NT_SUCCESS(status)) {
		status = MirrorShow(file);
		ZwClose(file);
	}
	if (!NT_SUCCESS(status))
		DbgPrint("mirror: nothing to see, %08lx\n", status);

	DriverObject->DriverUnload = MirrorUnload;
	return STATUS_SUCCESS;
}

static VOID MirrorUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}
