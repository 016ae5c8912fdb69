/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A small sensor on the bus: samples are kept in memory and handed out on request. */
#ifndef _SENSOR_H_
#define _SENSOR_H_

#include <wdm.h>

#define SENSOR_TAG 'rnsS'
#define SENSOR_SAMPLES 512

#define IOCTL_SENSOR_PUSH CTL_CODE(FILE_DEVICE_UNKNOWN, 0x820, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_SENSOR_PULL CTL_CODE(FILE_DEVICE_UNKNOWN, 0x821, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef enum _SENSOR_STATE {
    SensorNotStarted,
    SensorStarted,
    SensorStopped,
    SensorSurpriseRemoved,
    SensorRemoved
} SENSOR_STATE;

typedef struct _SENSOR_FDO {
    PDEVICE_OBJECT Lower;
    SENSOR_STATE State;
    IO_REMOVE_LOCK RemoveLock;
    KSPIN_LOCK SampleLock;
    PULONG Samples;
    ULONG Count;
} SENSOR_FDO, *PSENSOR_FDO;

DRIVER_DISPATCH SensorPnp;
DRIVER_DISPATCH SensorPower;
DRIVER_DISPATCH SensorCreateClose;
DRIVER_DISPATCH SensorControl;

NTSTATUS SensorComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Info);

#endif
