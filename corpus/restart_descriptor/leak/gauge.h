/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Shared declarations of the USB pressure gauge's function driver. */
#pragma once
#include <wdm.h>
#include <usb.h>
#include <usbdlib.h>
#include <usbioctl.h>

#define GAUGE_TAG 'gauG'

typedef struct _GAUGE_DEVICE {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Pdo;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    PUSB_CONFIGURATION_DESCRIPTOR ConfigDescriptor;
    PUSBD_PIPE_INFORMATION Pipes;
    ULONG PipeCount;
    USBD_CONFIGURATION_HANDLE ConfigHandle;
    BOOLEAN Configured;
} GAUGE_DEVICE, *PGAUGE_DEVICE;

NTSTATUS GaugeSubmitUrb(PGAUGE_DEVICE Dev, PURB Urb);
NTSTATUS GaugeReadConfig(PGAUGE_DEVICE Dev);
NTSTATUS GaugeConfigure(PGAUGE_DEVICE Dev);
VOID GaugeDeconfigure(PGAUGE_DEVICE Dev);
