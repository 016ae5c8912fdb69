/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The reads of Sonar's own.  A ping carries its data and travels as the context.
 */
#include "sonar.h"

typedef struct _SONAR_PING {
    PSONAR_FILTER Filter;
    LARGE_INTEGER Offset;
    ULONG Data[SONAR_SECTOR / sizeof(ULONG)];
} SONAR_PING, *PSONAR_PING;

static VOID SonarFreeIrp(PIRP Irp)
{
    PMDL mdl, next;

    for (mdl = Irp->MdlAddress; mdl != NULL; mdl = next) {
        next = mdl->Next;
        IoFreeMdl(mdl);
    }
    Irp->MdlAddress = NULL;
    IoFreeIrp(Irp);
}

NTSTATUS SonarEcho(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PSONAR_PING ping = Context;
    PSONAR_FILTER filter = ping->Filter;
    NTSTATUS status = Irp->IoStatus.Status;
    ULONG sum = 0, i;

    UNREFERENCED_PARAMETER(DeviceObject);

    SonarFreeIrp(Irp);

    if (!NT_SUCCESS(status)) {
        InterlockedIncrement(&filter->Failed);
        ExFreePoolWithTag(ping, SONAR_TAG);
        IoReleaseRemoveLock(&filter->RemoveLock, ping);
        return STATUS_MORE_PROCESSING_REQUIRED;
    }

    for (i = 0; i < ARRAYSIZE(ping->Data); i++)
        sum ^= ping->Data[i];
    InterlockedExchange(&filter->Checksum, (LONG)sum);
    ExFreePoolWithTag(ping, SONAR_TAG);
    IoReleaseRemoveLock(&filter->RemoveLock, ping);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Sends a ping if there is memory for one; nobody waits for it. */
VOID SonarPing(PSONAR_FILTER Filter, LONGLONG Offset)
{
    PIO_STACK_LOCATION next;
    PSONAR_PING ping;
    PIRP irp;
    PMDL mdl;

    ping = ExAllocatePoolWithTag(NonPagedPool, sizeof(SONAR_PING), SONAR_TAG);
    if (ping == NULL)
        return;
    ping->Filter = Filter;
    ping->Offset.QuadPart = Offset;

    if (!NT_SUCCESS(IoAcquireRemoveLock(&Filter->RemoveLock, ping))) {
        ExFreePoolWithTag(ping, SONAR_TAG);
        return;
    }

    irp = IoAllocateIrp(Filter->Lower->StackSize, FALSE);
    if (irp == NULL)
        goto NoIrp;
    mdl = IoAllocateMdl(ping->Data, SONAR_SECTOR, FALSE, FALSE, irp);
    if (mdl == NULL)
        goto NoMdl;
    MmBuildMdlForNonPagedPool(mdl);

    irp->UserBuffer = ping->Data;
    irp->AssociatedIrp.SystemBuffer = ping->Data;
    irp->Tail.Overlay.Thread = PsGetCurrentThread();
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_READ;
    next->Parameters.Read.Length = SONAR_SECTOR;
    next->Parameters.Read.ByteOffset = ping->Offset;
    IoSetCompletionRoutine(irp, SonarEcho, ping, TRUE, TRUE, TRUE);

    InterlockedIncrement(&Filter->Sent);
    (VOID)IoCallDriver(Filter->Lower, irp);
    return;

NoMdl:
    IoFreeIrp(irp);
NoIrp:
    ExFreePoolWithTag(ping, SONAR_TAG);
    IoReleaseRemoveLock(&Filter->RemoveLock, ping);
}
