/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the plugin writes about a driver.  Each check stands behind the line that it
 * is about; the rows come in the order of their lines.
 */
// RUN: %scan %plugin_arg command=abc %s
// RUN: %dump %t.db meta | FileCheck %s --check-prefix=META
// RUN: %dump %t.db function | FileCheck %s --check-prefix=FUNCTION
// RUN: %dump %t.db call | FileCheck %s --check-prefix=CALL
// RUN: %dump %t.db call_arg | FileCheck %s --check-prefix=ARG
// RUN: %dump %t.db role | FileCheck %s --check-prefix=ROLE
// RUN: %dump %t.db extension | FileCheck %s --check-prefix=EXTENSION
// RUN: %dump %t.db site | FileCheck %s --check-prefix=SITE
// RUN: %dump %t.db release | FileCheck %s --check-prefix=RELEASE
// RUN: %dump %t.db store | FileCheck %s --check-prefix=STORE
// RUN: %dump %t.db outcome | FileCheck %s --check-prefix=OUTCOME
// RUN: %dump %t.db path_leak | FileCheck %s --check-prefix=LEAK
// RUN: %dump %t.db path_step | FileCheck %s --check-prefix=STEP
// RUN: %dump %t.db diagnostic | FileCheck %s --check-prefix=DIAGNOSTIC
#include <ntddk.h>

// META:      meta: clang | {{[0-9]+}}.
// META-NEXT: meta: command | abc
// META-NEXT: meta: source | facts.c
// META-NEXT: meta: status | ok
// META-NEXT: meta: tool | {{[0-9]+\.[0-9]+}}
// META-NEXT: meta: end
// META-NEXT: schema {{[0-9]+}}

typedef struct _DEVICE_EXTENSION {
	void *Buffer;
	UNICODE_STRING Name;
	LIST_ENTRY Requests;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;
typedef struct _REQUEST {
	LIST_ENTRY Link;
} REQUEST, *PREQUEST;

// What lies in a global without a name of its own is an extension too.
typedef struct _BUCKET {
	LIST_ENTRY Head;
} BUCKET;
struct {
	struct {
		BUCKET Buckets[4];
	} Table;
	void *Where;
} g_Nameless;

// EXTENSION:      extension: BUCKET
// EXTENSION-NEXT: extension: DEVICE_EXTENSION
// EXTENSION-NEXT: extension: end

void *g_Table;
static void *g_Private;
extern int count;
void Elsewhere(void *buffer, UNICODE_STRING *name);

DRIVER_DISPATCH Create;
DRIVER_DISPATCH Control;
DRIVER_ADD_DEVICE AddDevice;
// ROLE:      role: AddDevice | ADD_DEVICE | NULL | [[@LINE-1]]
DRIVER_UNLOAD Unload;
// ROLE-NEXT: role: Unload | DRIVER_UNLOAD | NULL | [[@LINE-1]]

static void Free(PDEVICE_EXTENSION extension)
{
	ExFreePoolWithTag(extension->Buffer, 'tset');
	RtlFreeUnicodeString(&extension->Name);
	Elsewhere(g_Table, &extension->Name);
}
// A function in which nothing can acquire is not explored; what it frees counts.
// FUNCTION:     function: facts.c:Free | [[@LINE-7]] | [[@LINE-2]] | 0 | NULL
// RELEASE:      release: Free | ExFreePoolWithTag | DESCRIPTOR | DEVICE_EXTENSION.Buffer | [[@LINE-6]]
// RELEASE-NEXT: release: Free | ExFreePoolWithTag | POOL | DEVICE_EXTENSION.Buffer | [[@LINE-7]]
// RELEASE-NEXT: release: Free | RtlFreeUnicodeString | POOL | DEVICE_EXTENSION.Name.Buffer | [[@LINE-7]]
// ARG:          call_arg: Free | Elsewhere | 0 | ::g_Table
// ARG-NEXT:     call_arg: Free | Elsewhere | 1 | &DEVICE_EXTENSION.Name
// CALL:         call: Free | Elsewhere | [[@LINE-9]] | 1

NTSTATUS Create(PDEVICE_OBJECT device, PIRP irp)
{
	PDEVICE_EXTENSION extension = device->DeviceExtension;

	extension->Buffer = ExAllocatePoolWithTag(PagedPool, 256, 'tset');
	// SITE:  site: Create | ExAllocatePoolWithTag | POOL | [[@LINE-1]] | 22 | 256 | test | extension->Buffer
	// STORE: store: ExAllocatePoolWithTag:[[@LINE-2]] | DEVICE_EXTENSION.Buffer | [[@LINE-2]]
	if (!extension->Buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	// OUTCOME:      outcome: Create | failure | [[@LINE-1]] | -
	return STATUS_SUCCESS;
	// OUTCOME-NEXT: outcome: Create | success | [[@LINE-1]] | ExAllocatePoolWithTag:[[@LINE-7]] in DEVICE_EXTENSION.Buffer
}
// FUNCTION-NEXT: function: Create | [[@LINE-13]] | [[@LINE-1]] | 1 | NULL

NTSTATUS Control(PDEVICE_OBJECT device, PIRP irp)
{
	PDEVICE_EXTENSION extension = device->DeviceExtension;
	PREQUEST request = ExAllocatePoolWithTag(PagedPool, sizeof(REQUEST), 'tset');
	// SITE-NEXT: site: Control | ExAllocatePoolWithTag | POOL | [[@LINE-1]] | 21 | 16 | test | request

	if (!request)
		return STATUS_INSUFFICIENT_RESOURCES;
	// OUTCOME-NEXT: outcome: Control | failure | [[@LINE-1]] | -
	if (extension->Name.Length)
		return STATUS_UNSUCCESSFUL;
	// OUTCOME-NEXT: outcome: Control | failure | [[@LINE-1]] | -
	// LEAK:         path_leak: Control | ExAllocatePoolWithTag:[[@LINE-9]] | [[@LINE-2]] | 3 | leak: 'request' from ExAllocatePoolWithTag (tag test, 16 bytes) is not freed on this path: lost at this return
	// LEAK-NEXT:    path_leak: end
	// STEP:         path_step: [[@LINE-4]] | [[@LINE-11]] | ExAllocatePoolWithTag allocates 16 bytes of pool (tag test)
	// STEP:         path_step: [[@LINE-5]] | [[@LINE-5]] | 'request' is lost at this return
	// STEP-NEXT:    path_step: end
	InsertTailList(&extension->Requests, &request->Link);
	// STORE-NEXT:   store: ExAllocatePoolWithTag:[[@LINE-15]] | list DEVICE_EXTENSION.Requests | [[@LINE-1]]
	return STATUS_SUCCESS;
	// OUTCOME-NEXT: outcome: Control | success | [[@LINE-1]] | ExAllocatePoolWithTag:[[@LINE-17]] in list DEVICE_EXTENSION.Requests
}
// FUNCTION-NEXT: function: Control | [[@LINE-22]] | [[@LINE-1]] | 1 | NULL

NTSTATUS AddDevice(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	g_Private = ExAllocatePool2(POOL_FLAG_NON_PAGED, 32, 'tset');
	// SITE-NEXT:    site: AddDevice | ExAllocatePool2 | POOL | [[@LINE-1]] | 14 | 32 | test | g_Private
	// STORE-NEXT:   store: ExAllocatePool2:[[@LINE-2]] | ::facts.c:g_Private | [[@LINE-2]]
	return STATUS_SUCCESS;
	// OUTCOME-NEXT: outcome: AddDevice | success | [[@LINE-1]] | ExAllocatePool2:[[@LINE-4]] in ::facts.c:g_Private
}
// FUNCTION-NEXT: function: AddDevice | [[@LINE-8]] | [[@LINE-1]] | 1 | NULL

int Get(void **out)
{
	*out = ExAllocatePool(PagedPool, 8);
	// SITE-NEXT:    site: Get | ExAllocatePool | POOL | [[@LINE-1]] | 9 | 8 | NULL | *out
	// STORE-NEXT:   store: ExAllocatePool:[[@LINE-2]] | param 0* | [[@LINE-2]]
	return *out ? 0 : -1;
	// OUTCOME-NEXT: outcome: Get | failure | [[@LINE-1]] | -
	// OUTCOME-NEXT: outcome: Get | success | [[@LINE-2]] | ExAllocatePool:[[@LINE-5]] in param 0*
}
// FUNCTION-NEXT: function: Get | [[@LINE-9]] | [[@LINE-1]] | 1 | NULL

void *Make(void)
{
	return IoAllocateMdl(g_Table, 16, FALSE, FALSE, NULL);
	// SITE-NEXT:    site: Make | IoAllocateMdl | MDL | [[@LINE-1]] | 9 | NULL | VMdl | NULL
	// STORE-NEXT:   store: IoAllocateMdl:[[@LINE-2]] | return | [[@LINE-2]]
	// OUTCOME-NEXT: outcome: Make | any | [[@LINE-3]] | IoAllocateMdl:[[@LINE-3]] in return
}
// FUNCTION-NEXT: function: Make | [[@LINE-7]] | [[@LINE-1]] | 1 | NULL

// The site of a wrapper is where it is called.
int Wrapped(void **out)
{
	*out = Make();
	// SITE-NEXT:    site: Wrapped | IoAllocateMdl | MDL | [[@LINE-1]] | 9 | NULL | VMdl | *out
	// CALL-NEXT:    call: Wrapped | Make | [[@LINE-2]] | 1
	// STORE-NEXT:   store: IoAllocateMdl:[[@LINE-3]] | param 0* | [[@LINE-3]]
	return 0;
	// OUTCOME-NEXT: outcome: Wrapped | success | [[@LINE-1]] | IoAllocateMdl:[[@LINE-5]] in param 0*
}
// FUNCTION-NEXT: function: Wrapped | [[@LINE-9]] | [[@LINE-1]] | 1 | NULL

void Unload(PDRIVER_OBJECT driver)
{
	Free(driver->DeviceObject->DeviceExtension);
	// CALL-NEXT:    call: Unload | Free | [[@LINE-1]] | 1
	// ARG-NEXT:     call_arg: Unload | Free | 0 | DEVICE_OBJECT.DeviceExtension
	// ARG-NEXT:     call_arg: end
	ExFreePool(g_Table);
	// RELEASE-NEXT: release: Unload | ExFreePool | DESCRIPTOR | ::g_Table | [[@LINE-1]]
	// RELEASE-NEXT: release: Unload | ExFreePool | POOL | ::g_Table | [[@LINE-2]]
	// RELEASE-NEXT: release: end
}
// FUNCTION-NEXT: function: Unload | [[@LINE-11]] | [[@LINE-1]] | 0 | NULL

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
// ROLE-NEXT: role: DriverEntry | DRIVER_ENTRY | NULL | [[@LINE-1]]
{
	int i;

	for (i = 0; i < count; i++)
		driver->MajorFunction[i] = Create;
	// ROLE-NEXT: role: Create | DISPATCH | -1 | [[@LINE-1]]
	// CALL-NEXT: call: DriverEntry | Create | [[@LINE-2]] | 0
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	// ROLE-NEXT: role: Control | DISPATCH | 14 | [[@LINE-1]]
	// ROLE-NEXT: role: end
	// CALL-NEXT: call: DriverEntry | Control | [[@LINE-3]] | 0
	driver->DriverExtension->AddDevice = AddDevice;
	// CALL-NEXT: call: DriverEntry | AddDevice | [[@LINE-1]] | 0
	driver->DriverUnload = Unload;
	// CALL-NEXT: call: DriverEntry | Unload | [[@LINE-1]] | 0
	// CALL-NEXT: call: end
	g_Table = ExAllocatePool(PagedPool, 64);
	// SITE-NEXT:    site: DriverEntry | ExAllocatePool | POOL | [[@LINE-1]] | 12 | 64 | NULL | g_Table
	// SITE-NEXT:    site: end
	// STORE-NEXT:   store: ExAllocatePool:[[@LINE-3]] | ::g_Table | [[@LINE-3]]
	// STORE-NEXT:   store: end
	return STATUS_SUCCESS;
	// OUTCOME-NEXT: outcome: DriverEntry | success | [[@LINE-1]] | ExAllocatePool:[[@LINE-6]] in ::g_Table
	// OUTCOME-NEXT: outcome: end
}
// FUNCTION-NEXT: function: DriverEntry | [[@LINE-27]] | [[@LINE-1]] | 1 | NULL
// FUNCTION-NEXT: function: end
// DIAGNOSTIC:      diagnostic: end
// DIAGNOSTIC-NEXT: schema
