/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The ring of readings.
 */
#include "tidegauge.h"

NTSTATUS RingBuild(TG_DEVICE *Gauge, ULONG Readings)
{
    TG_READING *ring;

    if (Readings == 0)
        Readings = TG_DEFAULT_READINGS;

    ring = ExAllocatePoolWithTag(PagedPool, Readings * sizeof(TG_READING), TG_TAG);
    if (ring == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(ring, Readings * sizeof(TG_READING));

    ExAcquireFastMutex(&Gauge->RingMutex);
    Gauge->Ring = ring; /* leak62: LeakOnOverwrite */
    Gauge->RingCount = Readings;
    Gauge->RingNext = 0;
    ExReleaseFastMutex(&Gauge->RingMutex);
    return STATUS_SUCCESS;
}

VOID RingDiscard(TG_DEVICE *Gauge)
{
    TG_READING *ring;

    ExAcquireFastMutex(&Gauge->RingMutex);
    ring = Gauge->Ring;
    Gauge->Ring = NULL;
    Gauge->RingCount = 0;
    ExReleaseFastMutex(&Gauge->RingMutex);

    if (ring != NULL)
        ExFreePoolWithTag(ring, TG_TAG);
}

NTSTATUS RingNote(TG_DEVICE *Gauge, LONG Millimetres)
{
    TG_READING *reading;

    ExAcquireFastMutex(&Gauge->RingMutex);
    if (Gauge->RingCount == 0) {
        ExReleaseFastMutex(&Gauge->RingMutex);
        return STATUS_DEVICE_NOT_READY;
    }
    reading = &Gauge->Ring[Gauge->RingNext++ % Gauge->RingCount];
    KeQuerySystemTime(&reading->When);
    reading->Millimetres = Millimetres;
    ExReleaseFastMutex(&Gauge->RingMutex);
    return STATUS_SUCCESS;
}

ULONG RingCopy(TG_DEVICE *Gauge, TG_READING *Out, ULONG Room)
{
    ExAcquireFastMutex(&Gauge->RingMutex);
    if (Room > Gauge->RingCount)
        Room = Gauge->RingCount;
    if (Room != 0)
        RtlCopyMemory(Out, Gauge->Ring, Room * sizeof(TG_READING));
    ExReleaseFastMutex(&Gauge->RingMutex);
    return Room;
}
