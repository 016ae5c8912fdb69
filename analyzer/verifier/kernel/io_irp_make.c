/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IRPs that drivers make.  All are pool with the tag of resources.def.
 *
 *   IoAllocateIrp, IoBuildAsynchronousFsdRequest     IoFreeIrp gives them back
 *   IoBuildDeviceIoControlRequest,
 *   IoBuildSynchronousFsdRequest,
 *   IoMakeAssociatedIrp                              completing them does
 *
 * Which is which is kept in bits of AllocationFlags that Windows does not use.
 */
#include "io_verify.h"

enum {
	TYPE_IRP = 6,
	BUILT = 0x20,
	FROM_POOL = 0x40,
	THREADED = 0x80,
	DRIVER_VERIFIER_IO = 0xc9
};
enum { FREE_OF_NO_IRP = 1, FREE_OF_THREADED = 2 };

static KSPIN_LOCK cancel_lock;

static void initialize(PIRP irp, USHORT size, CCHAR count)
{
	UCHAR flags = irp->AllocationFlags;

	l62_io_made(irp);
	RtlZeroMemory(irp, size);
	irp->AllocationFlags = flags;
	irp->Type = TYPE_IRP;
	irp->Size = size;
	irp->StackCount = count;
	irp->CurrentLocation = (CCHAR)(count + 1);
	irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(irp + 1) + count;
	InitializeListHead(&irp->ThreadListEntry);
}

static PIRP allocate(CCHAR count, UCHAR flags, uint16_t kind, const uint16_t *frames)
{
	struct l62_pool_request request = {
	        .size = IoSizeOfIrp(count),
	        .kind = kind,
	        .pool = L62_POOL_NONPAGED,
	        .zeroed = TRUE,
	        .frames = frames,
	};
	PIRP irp = l62_pool_allocate(&request);

	if (irp) {
		irp->AllocationFlags = FROM_POOL | flags;
		initialize(irp, (USHORT)request.size, count);
	}
	return irp;
}

PIRP NTAPI IoAllocateIrp(CCHAR count, BOOLEAN quota)
{
	UNREFERENCED_PARAMETER(quota);
	return allocate(count, 0, L62_KIND_IRP,
	                L62_FRAMES(L62_FRAME_IovAllocateIrp, L62_FRAME_VerifierIoAllocateIrp));
}

PIRP NTAPI IoMakeAssociatedIrp(PIRP master, CCHAR count)
{
	PIRP irp =
	        allocate(count, THREADED, L62_KIND_THREADED_IRP,
	                 L62_FRAMES(L62_FRAME_IovAllocateIrp, L62_FRAME_VerifierIoAllocateIrp));

	if (!irp)
		return NULL;
	irp->Flags |= IRP_ASSOCIATED_IRP;
	irp->AssociatedIrp.MasterIrp = master;
	irp->Tail.Overlay.Thread = master->Tail.Overlay.Thread;
	return irp;
}

VOID NTAPI IoInitializeIrp(PIRP irp, USHORT size, CCHAR count)
{
	if (irp->Type == TYPE_IRP && irp->AllocationFlags == FROM_POOL)
		l62_io_blame_initialize(irp);
	irp->AllocationFlags = 0;
	initialize(irp, size, count);
}

VOID NTAPI IoReuseIrp(PIRP irp, NTSTATUS status)
{
	l62_io_check_reuse(irp, (irp->AllocationFlags & (THREADED | BUILT)) != 0);
	initialize(irp, irp->Size, irp->StackCount);
	irp->IoStatus.Status = status;
}

VOID NTAPI IoFreeIrp(PIRP irp)
{
	if (irp->Type != TYPE_IRP)
		l62_end_bugcheck(DRIVER_VERIFIER_IO, FREE_OF_NO_IRP, (ULONG_PTR)irp, 0, 0);
	if (irp->AllocationFlags & THREADED)
		l62_end_bugcheck(DRIVER_VERIFIER_IO, FREE_OF_THREADED, (ULONG_PTR)irp, 0, 0);
	l62_io_check_free(irp);
	l62_pool_free(irp, l62_kind_tag(L62_KIND_IRP), L62_FRAMES(L62_FRAME_VerifierIoFreeIrp));
}

/* A buffer of the I/O manager's own, with what the driver sends in it. */
static PVOID copy_of(PVOID from, ULONG size, ULONG room)
{
	PVOID buffer = l62_host_alloc(room);

	if (from)
		RtlCopyMemory(buffer, from, size);
	return buffer;
}

PIRP NTAPI IoBuildDeviceIoControlRequest(ULONG code, PDEVICE_OBJECT device, PVOID in,
                                         ULONG in_size, PVOID out, ULONG out_size,
                                         BOOLEAN internal, PKEVENT event,
                                         PIO_STATUS_BLOCK result)
{
	PIRP irp = allocate(device->StackSize, THREADED, L62_KIND_THREADED_IRP,
	                    L62_FRAMES(L62_FRAME_IovAllocateIrp,
	                               L62_FRAME_VerifierIoBuildDeviceIoControlRequest));
	PIO_STACK_LOCATION location;

	if (!irp)
		return NULL;
	location = IoGetNextIrpStackLocation(irp);
	location->MajorFunction =
	        internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL;
	location->Parameters.DeviceIoControl.IoControlCode = code;
	location->Parameters.DeviceIoControl.InputBufferLength = in_size;
	location->Parameters.DeviceIoControl.OutputBufferLength = out_size;
	irp->UserEvent = event;
	irp->UserIosb = result;
	irp->Tail.Overlay.Thread = (PETHREAD)l62_nt_thread();
	if (METHOD_FROM_CTL_CODE(code) == METHOD_NEITHER) {
		location->Parameters.DeviceIoControl.Type3InputBuffer = in;
		irp->UserBuffer = out;
		return irp;
	}
	if (METHOD_FROM_CTL_CODE(code) == METHOD_BUFFERED) {
		irp->UserBuffer = out;
		if (out)
			irp->Flags |= IRP_INPUT_OPERATION;
		if (in_size || out_size)
			irp->AssociatedIrp.SystemBuffer =
			        copy_of(in, in_size, in_size > out_size ? in_size : out_size);
	} else {
		if (in)
			irp->AssociatedIrp.SystemBuffer = copy_of(in, in_size, in_size);
		if (out)
			irp->MdlAddress = l62_mdl_create(out, out_size);
	}
	if (irp->AssociatedIrp.SystemBuffer)
		irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
	return irp;
}

/* Buffers of an asynchronous IRP are the driver's to free: pool, and its own MDL. */
static BOOLEAN set_buffer(PIRP irp, PDEVICE_OBJECT device, PVOID buffer, ULONG length)
{
	BOOLEAN threaded = (irp->AllocationFlags & THREADED) != 0;
	UCHAR major = IoGetNextIrpStackLocation(irp)->MajorFunction;

	if (device->Flags & DO_BUFFERED_IO) {
		irp->AssociatedIrp.SystemBuffer =
		        threaded ? l62_host_alloc(length)
		                 : ExAllocatePoolWithTag(NonPagedPool, length, '  oI');
		if (!irp->AssociatedIrp.SystemBuffer)
			return FALSE;
		if (major == IRP_MJ_WRITE)
			RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, buffer, length);
		irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
		if (major == IRP_MJ_READ)
			irp->Flags |= IRP_INPUT_OPERATION;
		irp->UserBuffer = buffer;
	} else if (device->Flags & DO_DIRECT_IO) {
		irp->MdlAddress = threaded ? l62_mdl_create(buffer, length)
		                           : IoAllocateMdl(buffer, length, FALSE, FALSE, NULL);
		if (!irp->MdlAddress)
			return FALSE;
		MmBuildMdlForNonPagedPool(irp->MdlAddress);
		irp->MdlAddress->MdlFlags |= MDL_PAGES_LOCKED;
	} else {
		irp->UserBuffer = buffer;
	}
	return TRUE;
}

static PIRP build(PIRP irp, ULONG major, PDEVICE_OBJECT device, PVOID buffer, ULONG length,
                  PLARGE_INTEGER offset, PIO_STATUS_BLOCK result)
{
	PIO_STACK_LOCATION location;

	if (!irp)
		return NULL;
	location = IoGetNextIrpStackLocation(irp);
	location->MajorFunction = (UCHAR)major;
	irp->UserIosb = result;
	irp->Tail.Overlay.Thread = (PETHREAD)l62_nt_thread();
	if (major != IRP_MJ_READ && major != IRP_MJ_WRITE)
		return irp;
	/* The two have the same layout. */
	location->Parameters.Read.Length = length;
	if (offset)
		location->Parameters.Read.ByteOffset = *offset;
	if (length && !set_buffer(irp, device, buffer, length)) {
		irp->AllocationFlags &= (UCHAR)~THREADED;
		IoFreeIrp(irp);
		return NULL;
	}
	return irp;
}

PIRP NTAPI IoBuildSynchronousFsdRequest(ULONG major, PDEVICE_OBJECT device, PVOID buffer,
                                        ULONG length, PLARGE_INTEGER offset, PKEVENT event,
                                        PIO_STATUS_BLOCK result)
{
	PIRP irp = allocate(device->StackSize, THREADED, L62_KIND_THREADED_IRP,
	                    L62_FRAMES(L62_FRAME_IovAllocateIrp,
	                               L62_FRAME_VerifierIoBuildSynchronousFsdRequest));

	irp = build(irp, major, device, buffer, length, offset, result);
	if (irp)
		irp->UserEvent = event;
	return irp;
}

PIRP NTAPI IoBuildAsynchronousFsdRequest(ULONG major, PDEVICE_OBJECT device, PVOID buffer,
                                         ULONG length, PLARGE_INTEGER offset,
                                         PIO_STATUS_BLOCK result)
{
	PIRP irp = allocate(device->StackSize, BUILT, L62_KIND_IRP,
	                    L62_FRAMES(L62_FRAME_IovAllocateIrp,
	                               L62_FRAME_VerifierIoBuildAsynchronousFsdRequest));

	return build(irp, major, device, buffer, length, offset, result);
}

/* The master of an associated IRP is complete when the last of them is. */
static void finish_associated(PIRP irp)
{
	PIRP master = irp->AssociatedIrp.MasterIrp;

	if (InterlockedDecrement(&master->AssociatedIrp.IrpCount) == 0)
		IofCompleteRequest(master, IO_NO_INCREMENT);
}

void l62_irp_finish_made(PIRP irp)
{
	PIRP own = irp->AllocationFlags & THREADED ? irp : NULL;
	PKEVENT event = irp->UserEvent;
	PMDL mdl, next;
	KIRQL irql = l62_cpu_irql();

	if (irp->AllocationFlags & FROM_POOL)
		l62_io_check_result(irp);
	/* Windows does this in the thread that asked, below DISPATCH_LEVEL. */
	if (irql > APC_LEVEL)
		l62_cpu_set_irql(APC_LEVEL);
	if (own && irp->Flags & IRP_INPUT_OPERATION && irp->UserBuffer &&
	    irp->Flags & IRP_BUFFERED_IO && !NT_ERROR(irp->IoStatus.Status))
		RtlCopyMemory(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer,
		              irp->IoStatus.Information);
	if (irp->UserIosb)
		*irp->UserIosb = irp->IoStatus;
	l62_cpu_set_irql(irql);
	if (own && irp->Flags & IRP_DEALLOCATE_BUFFER)
		l62_host_free(irp->AssociatedIrp.SystemBuffer);
	for (mdl = own ? irp->MdlAddress : NULL; mdl; mdl = next) {
		next = mdl->Next;
		l62_mdl_free(mdl);
	}
	if (own && irp->Flags & IRP_ASSOCIATED_IRP)
		finish_associated(irp);
	if (own) {
		irp->AllocationFlags &= (UCHAR)~THREADED;
		IoFreeIrp(irp);
	}
	if (event)
		KeSetEvent(event, IO_NO_INCREMENT, FALSE);
}

VOID NTAPI IoAcquireCancelSpinLock(PKIRQL irql)
{
	*irql = KeAcquireSpinLockRaiseToDpc(&cancel_lock);
}

VOID NTAPI IoReleaseCancelSpinLock(KIRQL irql)
{
	KeReleaseSpinLock(&cancel_lock, irql);
}

BOOLEAN NTAPI IoCancelIrp(PIRP irp)
{
	PDRIVER_CANCEL routine;
	PDEVICE_OBJECT device;
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	irp->Cancel = TRUE;
	l62_io_canceled(irp);
	routine = IoSetCancelRoutine(irp, NULL);
	if (!routine) {
		IoReleaseCancelSpinLock(irql);
		return FALSE;
	}
	irp->CancelIrql = irql;
	device = irp->CurrentLocation <= irp->StackCount
	                 ? IoGetCurrentIrpStackLocation(irp)->DeviceObject
	                 : NULL;
	if (l62_host_in_image((PVOID)routine))
		l62_invoke((PVOID)routine,
		           (const uint64_t[]){(ULONG_PTR)device, (ULONG_PTR)irp}, 2, NULL);
	else
		routine(device, irp);
	return TRUE;
}
