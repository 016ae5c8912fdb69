/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* URB handling of the gauge: descriptors, configuration, pipes. */
#include "gauge.h"

NTSTATUS GaugeSubmitUrb(PGAUGE_DEVICE Dev, PURB Urb)
{
    KEVENT done;
    IO_STATUS_BLOCK iosb;
    PIRP irp;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_INTERNAL_USB_SUBMIT_URB, Dev->Lower, NULL, 0,
                                        NULL, 0, TRUE, &done, &iosb);
    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;

    IoGetNextIrpStackLocation(irp)->Parameters.Others.Argument1 = Urb;
    status = IoCallDriver(Dev->Lower, irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = iosb.Status;
    }
    if (NT_SUCCESS(status) && !USBD_SUCCESS(Urb->UrbHeader.Status))
        status = STATUS_UNSUCCESSFUL;
    return status;
}

static NTSTATUS GaugeGetDescriptor(PGAUGE_DEVICE Dev, PVOID Buffer, ULONG Length)
{
    struct _URB_CONTROL_DESCRIPTOR_REQUEST *request;
    NTSTATUS status;

    request = ExAllocatePoolWithTag(NonPagedPool, sizeof(*request), GAUGE_TAG);
    if (!request)
        return STATUS_INSUFFICIENT_RESOURCES;
    UsbBuildGetDescriptorRequest((PURB)request, (USHORT)sizeof(*request),
                                 USB_CONFIGURATION_DESCRIPTOR_TYPE, 0, 0, Buffer, NULL,
                                 Length, NULL);
    status = GaugeSubmitUrb(Dev, (PURB)request);
    ExFreePoolWithTag(request, GAUGE_TAG);
    return status;
}

NTSTATUS GaugeReadConfig(PGAUGE_DEVICE Dev)
{
    USB_CONFIGURATION_DESCRIPTOR head;
    PUSB_CONFIGURATION_DESCRIPTOR full;
    NTSTATUS status;

    status = GaugeGetDescriptor(Dev, &head, sizeof(head));
    if (!NT_SUCCESS(status))
        return status;
    if (head.wTotalLength < sizeof(head))
        return STATUS_DEVICE_CONFIGURATION_ERROR;

    full = ExAllocatePoolWithTag(NonPagedPool, head.wTotalLength, GAUGE_TAG);
    if (!full)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = GaugeGetDescriptor(Dev, full, head.wTotalLength);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(full, GAUGE_TAG);
        return status;
    }

    Dev->ConfigDescriptor = full; /* leak62: LeakOnOverwrite */
    return STATUS_SUCCESS;
}

NTSTATUS GaugeConfigure(PGAUGE_DEVICE Dev)
{
    USBD_INTERFACE_LIST_ENTRY list[2];
    PUSBD_INTERFACE_INFORMATION info;
    PURB urb;
    NTSTATUS status;
    ULONG i;

    RtlZeroMemory(list, sizeof(list));
    list[0].InterfaceDescriptor = USBD_ParseConfigurationDescriptorEx(
            Dev->ConfigDescriptor, Dev->ConfigDescriptor, 0, 0, -1, -1, -1);
    if (!list[0].InterfaceDescriptor)
        return STATUS_DEVICE_CONFIGURATION_ERROR;

    urb = USBD_CreateConfigurationRequestEx(Dev->ConfigDescriptor, list);
    if (!urb)
        return STATUS_INSUFFICIENT_RESOURCES;

    status = GaugeSubmitUrb(Dev, urb);
    if (NT_SUCCESS(status)) {
        info = list[0].Interface;
        Dev->ConfigHandle = urb->UrbSelectConfiguration.ConfigurationHandle;
        Dev->Configured = TRUE;
        Dev->PipeCount = info->NumberOfPipes;
        if (Dev->PipeCount != 0) {
            Dev->Pipes = ExAllocatePoolWithTag(
                    NonPagedPool, Dev->PipeCount * sizeof(USBD_PIPE_INFORMATION), GAUGE_TAG);
            if (Dev->Pipes) {
                for (i = 0; i < Dev->PipeCount; i++)
                    Dev->Pipes[i] = info->Pipes[i];
            } else {
                Dev->PipeCount = 0;
                status = STATUS_INSUFFICIENT_RESOURCES;
            }
        }
    }
    ExFreePool(urb);
    return status;
}

/* Leaves the device unconfigured; what was read from it stays valid. */
VOID GaugeDeconfigure(PGAUGE_DEVICE Dev)
{
    struct _URB_SELECT_CONFIGURATION *select;

    if (Dev->Pipes) {
        ExFreePoolWithTag(Dev->Pipes, GAUGE_TAG);
        Dev->Pipes = NULL;
        Dev->PipeCount = 0;
    }
    if (!Dev->Configured)
        return;

    select = ExAllocatePoolWithTag(NonPagedPool, sizeof(*select), GAUGE_TAG);
    if (select) {
        UsbBuildSelectConfigurationRequest((PURB)select, (USHORT)sizeof(*select), NULL);
        GaugeSubmitUrb(Dev, (PURB)select);
        ExFreePoolWithTag(select, GAUGE_TAG);
    }
    Dev->Configured = FALSE;
    Dev->ConfigHandle = NULL;
}
