/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Function driver that remembers the resources it was given and reports how many ports and
 * interrupts there are among them.
 */
#include <wdm.h>

#define PR_POOL_TAG 'seRP'
#define IOCTL_PR_COUNT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x833, METHOD_BUFFERED, FILE_READ_ACCESS)

typedef struct tagPR_COUNT
{
    ULONG nPorts;
    ULONG nInterrupts;
} PR_COUNT;

typedef struct tagPR_EXT
{
    PDEVICE_OBJECT pLower;
    IO_REMOVE_LOCK rmLock;
    FAST_MUTEX mtx;
    PCM_RESOURCE_LIST pRes;
} PR_EXT, *PPR_EXT;

static NTSTATUS PrDone(PIRP pIrp, NTSTATUS st, ULONG_PTR n)
{
    pIrp->IoStatus.Status = st;
    pIrp->IoStatus.Information = n;
    IoCompleteRequest(pIrp, IO_NO_INCREMENT);
    return st;
}

static VOID PrForget(PPR_EXT pExt)
{
    if (pExt->pRes != NULL)
    {
        ExFreePoolWithTag(pExt->pRes, PR_POOL_TAG);
        pExt->pRes = NULL;
    }
}

static NTSTATUS PrStart(PPR_EXT pExt, PCM_RESOURCE_LIST pList)
{
    PCM_RESOURCE_LIST pCopy;
    ULONG cb;

    if (pList == NULL || pList->Count == 0)
    {
        return STATUS_SUCCESS;
    }

    cb = FIELD_OFFSET(CM_RESOURCE_LIST, List[0].PartialResourceList.PartialDescriptors) +
         pList->List[0].PartialResourceList.Count * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
    pCopy = ExAllocatePoolWithTag(PagedPool, cb, PR_POOL_TAG);
    if (pCopy == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(pCopy, pList, cb);

    ExAcquireFastMutex(&pExt->mtx);
    PrForget(pExt);
    pExt->pRes = pCopy;
    ExReleaseFastMutex(&pExt->mtx);
    return STATUS_SUCCESS;
}

static NTSTATUS PrPnp(PDEVICE_OBJECT pDev, PIRP pIrp)
{
    PPR_EXT pExt = (PPR_EXT)pDev->DeviceExtension;
    PIO_STACK_LOCATION pSp = IoGetCurrentIrpStackLocation(pIrp);
    NTSTATUS st;

    st = IoAcquireRemoveLock(&pExt->rmLock, pIrp);
    if (!NT_SUCCESS(st))
    {
        return PrDone(pIrp, st, 0);
    }

    if (pSp->MinorFunction == IRP_MN_START_DEVICE)
    {
        if (IoForwardIrpSynchronously(pExt->pLower, pIrp))
        {
            st = pIrp->IoStatus.Status;
        }
        else
        {
            st = STATUS_UNSUCCESSFUL;
        }
        if (NT_SUCCESS(st))
        {
            st = PrStart(pExt, pSp->Parameters.StartDevice.AllocatedResourcesTranslated);
        }
        PrDone(pIrp, st, 0);
        IoReleaseRemoveLock(&pExt->rmLock, pIrp);
        return st;
    }

    if (pSp->MinorFunction == IRP_MN_REMOVE_DEVICE)
    {
        IoReleaseRemoveLockAndWait(&pExt->rmLock, pIrp);
        pIrp->IoStatus.Status = STATUS_SUCCESS;
        IoSkipCurrentIrpStackLocation(pIrp);
        st = IoCallDriver(pExt->pLower, pIrp);
        IoDetachDevice(pExt->pLower);
        PrForget(pExt);
        IoDeleteDevice(pDev);
        return st;
    }

    if (pSp->MinorFunction == IRP_MN_QUERY_STOP_DEVICE ||
        pSp->MinorFunction == IRP_MN_STOP_DEVICE ||
        pSp->MinorFunction == IRP_MN_CANCEL_STOP_DEVICE ||
        pSp->MinorFunction == IRP_MN_QUERY_REMOVE_DEVICE ||
        pSp->MinorFunction == IRP_MN_CANCEL_REMOVE_DEVICE ||
        pSp->MinorFunction == IRP_MN_SURPRISE_REMOVAL)
    {
        pIrp->IoStatus.Status = STATUS_SUCCESS;
    }
    IoSkipCurrentIrpStackLocation(pIrp);
    st = IoCallDriver(pExt->pLower, pIrp);
    IoReleaseRemoveLock(&pExt->rmLock, pIrp);
    return st;
}

static NTSTATUS PrPower(PDEVICE_OBJECT pDev, PIRP pIrp)
{
    PPR_EXT pExt = (PPR_EXT)pDev->DeviceExtension;

    PoStartNextPowerIrp(pIrp);
    IoSkipCurrentIrpStackLocation(pIrp);
    return PoCallDriver(pExt->pLower, pIrp);
}

static NTSTATUS PrCreateClose(PDEVICE_OBJECT pDev, PIRP pIrp)
{
    UNREFERENCED_PARAMETER(pDev);
    return PrDone(pIrp, STATUS_SUCCESS, 0);
}

static NTSTATUS PrControl(PDEVICE_OBJECT pDev, PIRP pIrp)
{
    PPR_EXT pExt = (PPR_EXT)pDev->DeviceExtension;
    PIO_STACK_LOCATION pSp = IoGetCurrentIrpStackLocation(pIrp);
    PR_COUNT count = {0, 0};
    NTSTATUS st;
    ULONG i;

    if (pSp->Parameters.DeviceIoControl.IoControlCode != IOCTL_PR_COUNT ||
        pSp->Parameters.DeviceIoControl.OutputBufferLength < sizeof(PR_COUNT))
    {
        return PrDone(pIrp, STATUS_INVALID_PARAMETER, 0);
    }
    st = IoAcquireRemoveLock(&pExt->rmLock, pIrp);
    if (!NT_SUCCESS(st))
    {
        return PrDone(pIrp, st, 0);
    }

    ExAcquireFastMutex(&pExt->mtx);
    if (pExt->pRes != NULL)
    {
        PCM_PARTIAL_RESOURCE_LIST pPart = &pExt->pRes->List[0].PartialResourceList;

        for (i = 0; i < pPart->Count; i++)
        {
            count.nPorts += pPart->PartialDescriptors[i].Type == CmResourceTypePort;
            count.nInterrupts += pPart->PartialDescriptors[i].Type == CmResourceTypeInterrupt;
        }
    }
    ExReleaseFastMutex(&pExt->mtx);

    *(PR_COUNT *)pIrp->AssociatedIrp.SystemBuffer = count;
    PrDone(pIrp, STATUS_SUCCESS, sizeof(PR_COUNT));
    IoReleaseRemoveLock(&pExt->rmLock, pIrp);
    return STATUS_SUCCESS;
}

static NTSTATUS PrAddDevice(PDRIVER_OBJECT pDrv, PDEVICE_OBJECT pPdo)
{
    PDEVICE_OBJECT pDev;
    PPR_EXT pExt;
    NTSTATUS st;

    st = IoCreateDevice(pDrv, sizeof(PR_EXT), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &pDev);
    if (!NT_SUCCESS(st))
    {
        return st;
    }
    pExt = (PPR_EXT)pDev->DeviceExtension;
    pExt->pRes = NULL;
    ExInitializeFastMutex(&pExt->mtx);
    IoInitializeRemoveLock(&pExt->rmLock, PR_POOL_TAG, 0, 0);
    pExt->pLower = IoAttachDeviceToDeviceStack(pDev, pPdo);
    if (pExt->pLower == NULL)
    {
        IoDeleteDevice(pDev);
        return STATUS_NO_SUCH_DEVICE;
    }
    pDev->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID PrUnload(PDRIVER_OBJECT pDrv)
{
    UNREFERENCED_PARAMETER(pDrv);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT pDrv, PUNICODE_STRING pReg)
{
    UNREFERENCED_PARAMETER(pReg);

    pDrv->MajorFunction[IRP_MJ_CREATE] = PrCreateClose;
    pDrv->MajorFunction[IRP_MJ_CLOSE] = PrCreateClose;
    pDrv->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PrControl;
    pDrv->MajorFunction[IRP_MJ_PNP] = PrPnp;
    pDrv->MajorFunction[IRP_MJ_POWER] = PrPower;
    pDrv->DriverExtension->AddDevice = PrAddDevice;
    pDrv->DriverUnload = PrUnload;
    return STATUS_SUCCESS;
}
