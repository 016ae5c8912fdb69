/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * PnP notification.  Of interfaces: when one of the class is enabled or disabled, on a
 * thread of the PnP manager's; and, on request, of those that are there already.  The
 * hardware profile and target devices do not change here.
 */
#include "io_notify.h"

struct registration {
	struct registration *next;
	IO_NOTIFICATION_EVENT_CATEGORY category;
	GUID class; /* of interfaces */
	PVOID routine, context;
	PDRIVER_OBJECT driver; /* with a reference */
};
struct enabled {
	struct enabled *next;
	GUID class;
	UNICODE_STRING name;
};
struct event {
	GUID class;
	BOOLEAN arrival;
	UNICODE_STRING name;
};

static struct registration *registrations;
static struct enabled *all_enabled;

static const GUID arrival_guid = {
        0xcb3a4004, 0x46f0, 0x11d0, {0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f}};
static const GUID removal_guid = {
        0xcb3a4005, 0x46f0, 0x11d0, {0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f}};

static BOOLEAN same(const GUID *a, const GUID *b)
{
	return RtlCompareMemory(a, b, sizeof(*a)) == sizeof(*a);
}

static void tell(const struct registration *one, const GUID *class, PUNICODE_STRING name,
                 BOOLEAN arrival)
{
	DEVICE_INTERFACE_CHANGE_NOTIFICATION change = {
	        .Version = 1,
	        .Size = sizeof(change),
	        .Event = arrival ? arrival_guid : removal_guid,
	        .InterfaceClassGuid = *class,
	        .SymbolicLinkName = name,
	};
	const uint64_t args[] = {(ULONG_PTR)&change, (ULONG_PTR)one->context};

	l62_invoke(one->routine, args, 2, NULL);
}

NTSTATUS NTAPI IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY category,
                                              ULONG flags, PVOID data, PDRIVER_OBJECT driver,
                                              PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine,
                                              PVOID context, PVOID *entry)
{
	struct registration *new;

	*entry = NULL;
	if (category == EventCategoryReserved || category > EventCategoryTargetDeviceChange ||
	    !routine || (category != EventCategoryHardwareProfileChange && !data))
		return STATUS_INVALID_PARAMETER;
	new = l62_host_alloc(sizeof(*new));
	new->category = category;
	if (category == EventCategoryDeviceInterfaceChange)
		new->class = *(const GUID *)data;
	new->routine = (PVOID)routine;
	new->context = context;
	new->driver = driver;
	ObfReferenceObject(driver);
	new->next = registrations;
	registrations = new;
	l62_root_add(&new->context, sizeof(new->context), "the context of a PnP notification");
	*entry = new;
	if (category != EventCategoryDeviceInterfaceChange ||
	    !(flags & PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES))
		return STATUS_SUCCESS;
	for (struct enabled *one = all_enabled; one; one = one->next) {
		if (same(&one->class, &new->class))
			tell(new, &one->class, &one->name, TRUE);
	}
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoUnregisterPlugPlayNotification(PVOID entry)
{
	struct registration **link = &registrations, *one;

	while (*link && *link != entry)
		link = &(*link)->next;
	one = *link;
	if (!one)
		l62_end_incomplete("IoUnregisterPlugPlayNotification is given what is not "
		                   "registered, or not any more");
	*link = one->next;
	ObfDereferenceObject(one->driver);
	l62_root_remove(&one->context);
	l62_host_free(one);
	return STATUS_SUCCESS;
}

static L62_NT void run(void *arg)
{
	struct event *event = arg;
	struct registration *next;

	for (struct registration *one = registrations; one; one = next) {
		next = one->next;
		if (one->category == EventCategoryDeviceInterfaceChange &&
		    same(&one->class, &event->class))
			tell(one, &event->class, &event->name, event->arrival);
	}
	l62_host_free(event);
}

static void copy_name(PUNICODE_STRING to, PWSTR buffer, PCUNICODE_STRING from)
{
	to->Buffer = buffer;
	to->Length = from->Length;
	to->MaximumLength = from->Length;
	RtlCopyMemory(buffer, from->Buffer, from->Length);
}

void l62_interface_changed(PCUNICODE_STRING name, BOOLEAN enabled)
{
	struct enabled **link = &all_enabled, *one;
	UNICODE_STRING text = *name;
	struct event *event;
	GUID class;

	/* The class is in the name, as IoRegisterDeviceInterface has made it. */
	while (text.Length && text.Buffer[0] != L'{') {
		text.Buffer++;
		text.Length -= sizeof(WCHAR);
	}
	if (!NT_SUCCESS(RtlGUIDFromString(&text, &class)))
		return;
	while (*link && !RtlEqualUnicodeString(&(*link)->name, name, TRUE))
		link = &(*link)->next;
	one = *link;
	if (enabled && !one) {
		one = l62_host_alloc(sizeof(*one) + name->Length);
		one->class = class;
		copy_name(&one->name, (PWSTR)(one + 1), name);
		*link = one;
	} else if (!enabled && one) {
		*link = one->next;
		l62_host_free(one);
	}
	if (!registrations)
		return;
	event = l62_host_alloc(sizeof(*event) + name->Length);
	event->class = class;
	event->arrival = enabled;
	copy_name(&event->name, (PWSTR)(event + 1), name);
	l62_sched_spawn(run, event, "a thread of the PnP manager");
}

/* A list of names, each with its NUL, and one more at the end; pool, the driver's. */
NTSTATUS NTAPI IoGetDeviceInterfaces(CONST GUID *class, PDEVICE_OBJECT device, ULONG flags,
                                     PWSTR *list)
{
	SIZE_T size = sizeof(WCHAR);
	PWSTR at;

	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(flags);
	for (struct enabled *one = all_enabled; one; one = one->next)
		size += same(&one->class, class) ? one->name.Length + sizeof(WCHAR) : 0;
	*list = at = l62_pool_allocate_type(PagedPool, size, L62_TAG_KERNEL,
	                                    L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper));
	if (!at)
		return STATUS_INSUFFICIENT_RESOURCES;
	for (struct enabled *one = all_enabled; one; one = one->next) {
		if (!same(&one->class, class))
			continue;
		RtlCopyMemory(at, one->name.Buffer, one->name.Length);
		at += one->name.Length / sizeof(WCHAR);
		*at++ = 0;
	}
	*at = 0;
	return STATUS_SUCCESS;
}
