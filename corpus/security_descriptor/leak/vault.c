/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A vault that the first who opens it owns: its security descriptor is made for the
 * one who opens, and later opens are checked against it.  When somebody else was faster,
 * the new descriptor is forgotten.
 */
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD VaultUnload;
static DRIVER_DISPATCH VaultCreate;
static DRIVER_DISPATCH VaultClose;

static FAST_MUTEX VaultLock;
static PSECURITY_DESCRIPTOR VaultSecurity;

static NTSTATUS VaultFinish(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* STATUS_OBJECT_NAME_COLLISION: the vault has an owner already. */
static NTSTATUS VaultClaim(PACCESS_STATE State)
{
	PSECURITY_DESCRIPTOR security = NULL;
	NTSTATUS status;

	status = SeAssignSecurity(NULL, State->SecurityDescriptor, &security, FALSE,
				  &State->SubjectSecurityContext, IoGetFileObjectGenericMapping(),
				  PagedPool);
	if (!NT_SUCCESS(status))
		return status;

	ExAcquireFastMutex(&VaultLock);
	if (VaultSecurity != NULL) {
		ExReleaseFastMutex(&VaultLock);
		return STATUS_OBJECT_NAME_COLLISION; /* leak62: SubjectContextLeak */
	}
	VaultSecurity = security;
	ExReleaseFastMutex(&VaultLock);
	return STATUS_SUCCESS;
}

static NTSTATUS VaultCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PACCESS_STATE state = stack->Parameters.Create.SecurityContext->AccessState;
	ACCESS_MASK granted;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(DeviceObject);

	status = VaultClaim(state);
	if (status == STATUS_OBJECT_NAME_COLLISION) {
		SeLockSubjectContext(&state->SubjectSecurityContext);
		if (!SeAccessCheck(VaultSecurity, &state->SubjectSecurityContext, TRUE,
				   stack->Parameters.Create.SecurityContext->DesiredAccess, 0,
				   NULL, IoGetFileObjectGenericMapping(), UserMode, &granted,
				   &status))
			DbgPrint("vault: refused, %08lx\n", status);
		SeUnlockSubjectContext(&state->SubjectSecurityContext);
	}
	return VaultFinish(Irp, status);
}

static NTSTATUS VaultClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	return VaultFinish(Irp, STATUS_SUCCESS);
}

static VOID VaultUnload(PDRIVER_OBJECT DriverObject)
{
	if (VaultSecurity != NULL)
		SeDeassignSecurity(&VaultSecurity);
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Vault");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	ExInitializeFastMutex(&VaultLock);
	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = VaultCreate;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = VaultClose;
	DriverObject->DriverUnload = VaultUnload;
	return STATUS_SUCCESS;
}
