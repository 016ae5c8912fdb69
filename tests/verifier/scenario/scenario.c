/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver that prints what it is asked, for the tests of scenarios.  Two control
 * devices; bit 0 of the registry value Flags adds AddDevice and asks to be told of
 * programs, bit 1 lets the load fail; with bit 2 or 3 AddDevice refuses the device behind
 * or before attaching it, and leaves it.
 */
#include <ntddk.h>

#define TAG 'ecSt'
#define CODE_PEND CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_FINISH CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_NEVER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x902, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_LEAK CTL_CODE(FILE_DEVICE_UNKNOWN, 0x903, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_ADDRESSES CTL_CODE(FILE_DEVICE_UNKNOWN, 0xb00, METHOD_NEITHER, FILE_ANY_ACCESS)
#define CODE_CRASH CTL_CODE(FILE_DEVICE_UNKNOWN, 0x904, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _EXTENSION {
	ULONG Number;
	PDEVICE_OBJECT Lower;
} EXTENSION, *PEXTENSION;

static PIRP Pending[8];
static LARGE_INTEGER Began;

DRIVER_INITIALIZE DriverEntry;

static VOID PrintBytes(PCSTR Name, const UCHAR *Bytes, ULONG Length)
{
	DbgPrint(" %s[%u]", Name, Length);
	for (ULONG i = 0; Bytes && i < Length && i < 24; i++)
		DbgPrint(i ? " %02x" : "=%02x", Bytes[i]);
}

static NTSTATUS Finish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static VOID Cancel(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	for (ULONG i = 0; i < RTL_NUMBER_OF(Pending); i++) {
		if (Pending[i] == Irp) {
			Pending[i] = NULL;
			DbgPrint("canceled %u\n", i);
		}
	}
	Finish(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS Pend(PIRP Irp)
{
	ULONG i = 0;

	while (Pending[i])
		i++;
	Pending[i] = Irp;
	IoMarkIrpPending(Irp);
	IoSetCancelRoutine(Irp, Cancel);
	return STATUS_PENDING;
}

static NTSTATUS FinishOldest(VOID)
{
	for (ULONG i = 0; i < RTL_NUMBER_OF(Pending); i++) {
		PIRP irp = Pending[i];

		if (!irp)
			continue;
		Pending[i] = NULL;
		IoSetCancelRoutine(irp, NULL);
		Finish(irp, STATUS_SUCCESS, 0);
		return STATUS_SUCCESS;
	}
	return STATUS_NO_MORE_ENTRIES;
}

static NTSTATUS Control(PIRP Irp, PIO_STACK_LOCATION Stack)
{
	ULONG in = Stack->Parameters.DeviceIoControl.InputBufferLength;
	ULONG out = Stack->Parameters.DeviceIoControl.OutputBufferLength;
	ULONG code = Stack->Parameters.DeviceIoControl.IoControlCode;
	PUCHAR source = Irp->AssociatedIrp.SystemBuffer;

	switch (code) {
	case CODE_PEND:
		DbgPrint(" pend\n");
		return Pend(Irp);
	case CODE_FINISH:
		DbgPrint(" finish\n");
		return Finish(Irp, FinishOldest(), 0);
	case CODE_NEVER:
		DbgPrint(" never\n");
		IoMarkIrpPending(Irp);
		return STATUS_PENDING;
	case CODE_LEAK:
		DbgPrint(" leak\n");
		ExAllocatePoolWithTag(PagedPool, 24, TAG);
		return Finish(Irp, STATUS_SUCCESS, 0);
	case CODE_ADDRESSES:
		DbgPrint(" 0x%x addresses 0x%x[%u] 0x%x[%u]\n", code,
			 (ULONG)(ULONG_PTR)Stack->Parameters.DeviceIoControl.Type3InputBuffer, in,
			 (ULONG)(ULONG_PTR)Irp->UserBuffer, out);
		return Finish(Irp, STATUS_SUCCESS, 0);
	case CODE_CRASH:
		*(volatile ULONG *)0x10 = 1;
	}
	DbgPrint(" 0x%x", code);
	switch (code & 3) {
	case METHOD_NEITHER:
		source = Stack->Parameters.DeviceIoControl.Type3InputBuffer;
		DbgPrint(Irp->UserBuffer ? " user" : " none");
		break;
	case METHOD_IN_DIRECT:
	case METHOD_OUT_DIRECT:
		DbgPrint(Irp->MdlAddress ? " mdl of %u" : " no mdl",
			 Irp->MdlAddress ? MmGetMdlByteCount(Irp->MdlAddress) : 0);
		break;
	default:
		DbgPrint(source ? " buffer" : " none");
	}
	PrintBytes("in", source, in);
	DbgPrint(" out[%u]\n", out);
	return Finish(Irp, STATUS_SUCCESS, out);
}

static NTSTATUS Access(PDEVICE_OBJECT Device, PIRP Irp, PIO_STACK_LOCATION Stack)
{
	ULONG length = Stack->Parameters.Write.Length;

	DbgPrint(" at %u", (ULONG)Stack->Parameters.Write.ByteOffset.QuadPart);
	if (Device->Flags & DO_DIRECT_IO)
		DbgPrint(" mdl of %u\n", MmGetMdlByteCount(Irp->MdlAddress));
	else if (Stack->MajorFunction == IRP_MJ_READ)
		DbgPrint(" out[%u]\n", length);
	else {
		PrintBytes("in", Irp->AssociatedIrp.SystemBuffer, length);
		DbgPrint("\n");
	}
	return Finish(Irp, STATUS_SUCCESS, length);
}

static NTSTATUS PassDown(PDEVICE_OBJECT Device, PIRP Irp, BOOLEAN Remove)
{
	PEXTENSION extension = Device->DeviceExtension;
	PDEVICE_OBJECT lower = extension->Lower;
	NTSTATUS status;

	DbgPrint(" minor 0x%x\n", IoGetCurrentIrpStackLocation(Irp)->MinorFunction);
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(lower, Irp);
	if (Remove) {
		IoDetachDevice(lower);
		IoDeleteDevice(Device);
	}
	return status;
}

static VOID PrintResources(PCM_RESOURCE_LIST List)
{
	if (!List)
		return;
	DbgPrint(" resources");
	for (ULONG i = 0; i < List->List[0].PartialResourceList.Count; i++) {
		PCM_PARTIAL_RESOURCE_DESCRIPTOR part =
			&List->List[0].PartialResourceList.PartialDescriptors[i];

		if (part->Type == CmResourceTypeInterrupt)
			DbgPrint(" %u 0x%x 0", part->Type, part->u.Interrupt.Vector);
		else
			DbgPrint(" %u 0x%x %u", part->Type, part->u.Memory.Start.LowPart,
				 part->u.Memory.Length);
	}
}

static NTSTATUS Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	static const PCSTR names[] = {"create", NULL, "close", "read", "write", "query", "set",
				      NULL, NULL, "flush", "volume", NULL, NULL, NULL, "ioctl",
				      "internal", "shutdown", NULL, "cleanup"};
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PEXTENSION extension = Device->DeviceExtension;
	UCHAR major = stack->MajorFunction;

	if (major < RTL_NUMBER_OF(names) && names[major])
		DbgPrint("%u: %s", extension->Number, names[major]);
	else
		DbgPrint("%u: major 0x%x", extension->Number, major);
	switch (major) {
	case IRP_MJ_CREATE:
		DbgPrint(" '%wZ'\n", &stack->FileObject->FileName);
		if (stack->FileObject->FileName.Length == 2 * sizeof(WCHAR))
			return Finish(Irp, STATUS_ACCESS_DENIED, 0);
		break;
	case IRP_MJ_READ:
	case IRP_MJ_WRITE:
		return Access(Device, Irp, stack);
	case IRP_MJ_DEVICE_CONTROL:
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
		return Control(Irp, stack);
	case IRP_MJ_QUERY_INFORMATION:
	case IRP_MJ_SET_INFORMATION:
	case IRP_MJ_QUERY_VOLUME_INFORMATION:
		DbgPrint(" class %u length %u\n", stack->Parameters.QueryFile.FileInformationClass,
			 stack->Parameters.QueryFile.Length);
		break;
	case IRP_MJ_PNP:
		if (stack->MinorFunction == IRP_MN_START_DEVICE)
			PrintResources(stack->Parameters.StartDevice.AllocatedResourcesTranslated);
		return PassDown(Device, Irp, stack->MinorFunction == IRP_MN_REMOVE_DEVICE);
	case IRP_MJ_POWER:
		DbgPrint(" %s state %u", stack->Parameters.Power.Type ? "device" : "system",
			 stack->Parameters.Power.State.DeviceState);
		return PassDown(Device, Irp, FALSE);
	case IRP_MJ_SYSTEM_CONTROL:
		return PassDown(Device, Irp, FALSE);
	default:
		DbgPrint("\n");
	}
	return Finish(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS Make(PDRIVER_OBJECT Driver, PUNICODE_STRING Name, ULONG Number,
		     PDEVICE_OBJECT *Device)
{
	NTSTATUS status = IoCreateDevice(Driver, sizeof(EXTENSION), Name, FILE_DEVICE_UNKNOWN, 0,
					 FALSE, Device);

	if (NT_SUCCESS(status))
		((PEXTENSION)(*Device)->DeviceExtension)->Number = Number;
	return status;
}

static ULONG Flags;

static NTSTATUS AddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
	static ULONG number = 10;
	PDEVICE_OBJECT device;
	NTSTATUS status = Make(Driver, NULL, number, &device);

	DbgPrint("add %u\n", number++);
	if (!NT_SUCCESS(status))
		return status;
	if (Flags & 8)
		return STATUS_UNSUCCESSFUL;
	((PEXTENSION)device->DeviceExtension)->Lower =
		IoAttachDeviceToDeviceStack(device, Physical);
	if (Flags & 4)
		return STATUS_UNSUCCESSFUL;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID Process(HANDLE Parent, HANDLE Process, BOOLEAN Create)
{
	UNREFERENCED_PARAMETER(Parent);
	UNREFERENCED_PARAMETER(Process);
	DbgPrint("process %s\n", Create ? "starts" : "ends");
}

static VOID Thread(HANDLE Process, HANDLE Thread, BOOLEAN Create)
{
	UNREFERENCED_PARAMETER(Process);
	UNREFERENCED_PARAMETER(Thread);
	DbgPrint("thread %s\n", Create ? "starts" : "ends");
}

static VOID Image(PUNICODE_STRING Name, HANDLE Process, PIMAGE_INFO Info)
{
	UNREFERENCED_PARAMETER(Process);
	UNREFERENCED_PARAMETER(Info);
	DbgPrint("image %wZ\n", Name);
}

static BOOLEAN Query(PCWSTR Path, PCWSTR Name, PUCHAR Buffer, ULONG Size,
		     PKEY_VALUE_PARTIAL_INFORMATION *Value)
{
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING text;
	NTSTATUS status;
	HANDLE key;

	RtlInitUnicodeString(&text, Path);
	InitializeObjectAttributes(&attributes, &text, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
				   NULL, NULL);
	if (!NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes)))
		return FALSE;
	RtlInitUnicodeString(&text, Name);
	status = ZwQueryValueKey(key, &text, KeyValuePartialInformation, Buffer, Size, &Size);
	ZwClose(key);
	*Value = (PKEY_VALUE_PARTIAL_INFORMATION)Buffer;
	return NT_SUCCESS(status);
}

/* Values of the service key and of its subkey Parameters. */
static ULONG Settings(PCWSTR Service)
{
	static const PCWSTR names[] = {L"Number", L"Text", L"List", L"Long", L"Expand", L"Bytes"};
	PKEY_VALUE_PARTIAL_INFORMATION value;
	DECLSPEC_ALIGN(8) UCHAR buffer[256];
	ULONG flags = 0;

	if (Query(Service, L"Flags", buffer, sizeof(buffer), &value))
		flags = *(PULONG)value->Data;
	for (ULONG i = 0; i < RTL_NUMBER_OF(names); i++) {
		if (!Query(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\leak62"
			   L"\\Parameters", names[i], buffer, sizeof(buffer), &value))
			continue;
		DbgPrint("%ws: type %u", names[i], value->Type);
		PrintBytes("data", value->Data, value->DataLength);
		DbgPrint("\n");
	}
	return flags;
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
	LARGE_INTEGER now;

	KeQuerySystemTime(&now);
	DbgPrint("unload after %u ms\n", (ULONG)((now.QuadPart - Began.QuadPart) / 10000));
	Settings(L"");
	if (Driver->DriverExtension->AddDevice) {
		PsSetCreateProcessNotifyRoutine(Process, TRUE);
		PsRemoveCreateThreadNotifyRoutine(Thread);
		PsRemoveLoadImageNotifyRoutine(Image);
	}
	while (Driver->DeviceObject)
		IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING names[] = {RTL_CONSTANT_STRING(L"\\Device\\Scenario0"),
				  RTL_CONSTANT_STRING(L"\\Device\\Scenario1")};
	PDEVICE_OBJECT device;

	Flags = Settings(RegistryPath->Buffer);
	KeQuerySystemTime(&Began);
	if (Flags & 2)
		return STATUS_DEVICE_CONFIGURATION_ERROR;
	for (ULONG i = 0; i < RTL_NUMBER_OF(names); i++) {
		NTSTATUS status = Make(Driver, &names[i], i, &device);

		if (!NT_SUCCESS(status))
			return status;
		device->Flags |= i ? DO_DIRECT_IO : DO_BUFFERED_IO;
	}
	for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		Driver->MajorFunction[i] = Dispatch;
	if (Flags & 1) {
		Driver->DriverExtension->AddDevice = AddDevice;
		PsSetCreateProcessNotifyRoutine(Process, FALSE);
		PsSetCreateThreadNotifyRoutine(Thread);
		PsSetLoadImageNotifyRoutine(Image);
	}
	Driver->DriverUnload = Unload;
	return STATUS_SUCCESS;
}
