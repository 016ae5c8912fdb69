/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Registrations that a routine, a cookie or a number stands for, in the facts. */
// RUN: %scan %s
// RUN: %dump %t.db site release outcome | FileCheck %s
#include <kinds.h>

static LARGE_INTEGER g_cookie;
static REGHANDLE g_events;
static CREATE_PROCESS_NOTIFY_ROUTINE notify;
static void notify(HANDLE parent, HANDLE process, BOOLEAN create)
{
}
NTSTATUS registry(PVOID context);

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	NTSTATUS status = PsSetCreateProcessNotifyRoutine(notify, FALSE);

	if (!NT_SUCCESS(status))
		return status;
	status = CmRegisterCallback(registry, NULL, &g_cookie);
	if (!NT_SUCCESS(status)) {
		PsSetCreateProcessNotifyRoutine(notify, TRUE);
		return status;
	}
	status = EtwRegister(NULL, NULL, NULL, &g_events);
	return STATUS_SUCCESS;
}

void unload(PDRIVER_OBJECT driver)
{
	EtwUnregister(g_events);
	CmUnRegisterCallback(g_cookie);
	PsSetCreateProcessNotifyRoutine(notify, TRUE);
}

/* Registers: nothing is released. */
void again(void)
{
	PsSetCreateProcessNotifyRoutine(notify, FALSE);
}
// CHECK: site: DriverEntry | PsSetCreateProcessNotifyRoutine | REGISTERED |
// CHECK: site: DriverEntry | CmRegisterCallback | REGISTERED |
// CHECK: site: DriverEntry | EtwRegister | REGISTRATION |
// CHECK-NOT: release: again
// CHECK: release: unload | EtwUnregister | REGISTRATION | ::registered.c:g_events |
// CHECK: release: unload | CmUnRegisterCallback | REGISTERED | ::registered.c:g_cookie |
// CHECK: release: unload | PsSetCreateProcessNotifyRoutine | REGISTERED | ::registered.c:notify |
// CHECK-NOT: release: again
// CHECK: outcome: DriverEntry | failure | {{[0-9]+}} | -
// CHECK: outcome: DriverEntry | failure | {{[0-9]+}} | -
// CHECK: outcome: DriverEntry | success | {{[0-9]+}} | CmRegisterCallback:{{[0-9]+}} in ::registered.c:g_cookie{{.*}}PsSetCreateProcessNotifyRoutine:{{[0-9]+}} in ::registered.c:notify
