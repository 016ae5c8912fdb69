/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The devices of a driver hang on its driver object, the newest first. */
// RUN: %scan %s
// RUN: %leaks %t.db %s
// RUN: %dump %t.db outcome | FileCheck %s
#include <ntddk.h>

NTSTATUS step(void);
NTSTATUS touches(PDEVICE_OBJECT device);

struct extension {
	void *buffer;
};

static NTSTATUS make(PDRIVER_OBJECT driver, PDEVICE_OBJECT *device)
{
	return IoCreateDevice(driver, sizeof(struct extension), NULL, 0, 0, FALSE, device);
}

/* Each with what comes after it, and the place that it was read from. */
NTSTATUS walked(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT a, b, next;

	if (make(driver, &a) < 0)
		return -1;
	if (make(driver, &b) >= 0)
		return 0;
	for (a = driver->DeviceObject; a; a = next) {
		next = a->NextDevice;
		IoDeleteDevice(a);
	}
	return -1;
}

NTSTATUS taken_from_the_head(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT a, b;

	if (make(driver, &a) < 0)
		return -1;
	if (make(driver, &b) >= 0 && step() >= 0)
		return 0;
	while (driver->DeviceObject)
		IoDeleteDevice(driver->DeviceObject);
	return -1;
}

/* What was in the chain before is somewhere in it. */
NTSTATUS shown_to_others(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT a, b;

	if (make(driver, &a) < 0)
		return -1;
	if (make(driver, &b) >= 0 && touches(b) >= 0)
		return 0;
	while (driver->DeviceObject)
		IoDeleteDevice(driver->DeviceObject);
	return -1;
}

NTSTATUS one_is_left(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT a, b;

	if (make(driver, &a) < 0)
		return -1;
	if (make(driver, &b) < 0) {
		IoDeleteDevice(a);
		return -1;
	}
	if (step() < 0) {
		IoDeleteDevice(driver->DeviceObject);
		return -1; // expected-warning{{leak: '*device' from IoCreateDevice}}
	}
	return 0;
}

/* The older one goes first. */
NTSTATUS taken_from_the_middle(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT a, b;

	if (make(driver, &a) < 0)
		return -1;
	if (make(driver, &b) < 0) {
		IoDeleteDevice(a);
		return -1;
	}
	if (step() < 0) {
		IoDeleteDevice(a);
		while (driver->DeviceObject)
			IoDeleteDevice(driver->DeviceObject);
		return -1;
	}
	return 0;
}

/* Before it makes one, a driver has none. */
// CHECK-NOT: outcome: DriverEntry | failure | {{.*}} in extension.buffer
// CHECK: outcome: DriverEntry | success | {{.*}} in extension.buffer
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	PDEVICE_OBJECT device;
	struct extension *x;
	void *plan = ExAllocatePool(PagedPool, 8);

	(void)path;
	if (!plan)
		return -1;
	if (make(driver, &device) >= 0) {
		x = device->DeviceExtension;
		x->buffer = plan;
		if (step() >= 0)
			return 0;
	}
	if (!driver->DeviceObject) {
		ExFreePool(plan);
	} else {
		x = driver->DeviceObject->DeviceExtension;
		ExFreePool(x->buffer);
		IoDeleteDevice(driver->DeviceObject);
	}
	return -1;
}
// CHECK: outcome: end
