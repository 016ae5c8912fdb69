/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * gatekeep: a list of number ranges, each allowed or denied.  Ranges are added, taken
 * out by number and asked about with device control requests.
 */
#include <ntddk.h>

#define GK_TAG 'peeK'

#define IOCTL_GK_ADD CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA10, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_GK_DEL CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA11, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_GK_ASK CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA12, METHOD_BUFFERED, FILE_READ_DATA)

struct gk_range {
    ULONG id;
    ULONG first;
    ULONG last;
    ULONG allow;
};

struct gk_rule {
    struct gk_rule *next;
    struct gk_range range;
};

static struct gk_rule *rule_head;
static ULONG rule_count;
static ERESOURCE rule_lock;

static void lock_rules(BOOLEAN exclusive)
{
    KeEnterCriticalRegion();
    if (exclusive)
        ExAcquireResourceExclusiveLite(&rule_lock, TRUE);
    else
        ExAcquireResourceSharedLite(&rule_lock, TRUE);
}

static void unlock_rules(void)
{
    ExReleaseResourceLite(&rule_lock);
    KeLeaveCriticalRegion();
}

static NTSTATUS add_rule(const struct gk_range *range)
{
    struct gk_rule *rule, *it;

    if (range->first > range->last)
        return STATUS_INVALID_PARAMETER;

    rule = ExAllocatePoolWithTag(PagedPool, sizeof(*rule), GK_TAG);
    if (!rule)
        return STATUS_INSUFFICIENT_RESOURCES;
    rule->range = *range;

    lock_rules(TRUE);
    for (it = rule_head; it; it = it->next) {
        if (it->range.id == range->id) {
            unlock_rules();
            ExFreePoolWithTag(rule, GK_TAG);
            return STATUS_OBJECT_NAME_COLLISION;
        }
    }
    rule->next = rule_head;
    rule_head = rule;
    rule_count++;
    unlock_rules();
    return STATUS_SUCCESS;
}

static NTSTATUS del_rule(ULONG id)
{
    struct gk_rule **link, *rule;

    lock_rules(TRUE);
    for (link = &rule_head; (rule = *link) != NULL; link = &rule->next) {
        if (rule->range.id == id) {
            *link = rule->next;
            rule_count--;
            break;
        }
    }
    unlock_rules();

    if (!rule)
        return STATUS_NOT_FOUND;
    ExFreePoolWithTag(rule, GK_TAG);
    return STATUS_SUCCESS;
}

static ULONG ask_rules(ULONG number)
{
    struct gk_rule *it;
    ULONG allow = 0;

    lock_rules(FALSE);
    for (it = rule_head; it; it = it->next) {
        if (number >= it->range.first && number <= it->range.last) {
            allow = it->range.allow;
            break;
        }
    }
    unlock_rules();
    return allow;
}

static void drop_all_rules(void)
{
    struct gk_rule *rule = rule_head, *next;

    rule_head = NULL;
    for (; rule; rule = next) {
        next = rule->next;
        ExFreePoolWithTag(rule, GK_TAG);
    }
    rule_count = 0;
}

static NTSTATUS gk_ioctl(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(irp);
    ULONG in = sp->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = sp->Parameters.DeviceIoControl.OutputBufferLength;
    void *buffer = irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    ULONG_PTR info = 0;

    UNREFERENCED_PARAMETER(device);

    switch (sp->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_GK_ADD:
        if (in == sizeof(struct gk_range))
            status = add_rule(buffer);
        break;
    case IOCTL_GK_DEL:
        if (in == sizeof(ULONG))
            status = del_rule(*(ULONG *)buffer);
        break;
    case IOCTL_GK_ASK:
        if (in == sizeof(ULONG) && out >= sizeof(ULONG)) {
            *(ULONG *)buffer = ask_rules(*(ULONG *)buffer);
            info = sizeof(ULONG);
            status = STATUS_SUCCESS;
        }
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }

    irp->IoStatus.Status = status;
    irp->IoStatus.Information = info;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS gk_open_close(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);

    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID gk_unload(PDRIVER_OBJECT driver)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, L"\\DosDevices\\gatekeep");
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(driver->DeviceObject);
    DbgPrint("gatekeep: %lu rules at unload\n", rule_count);
    drop_all_rules();
    ExDeleteResourceLite(&rule_lock);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
    UNICODE_STRING name, link;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(registry_path);

    status = ExInitializeResourceLite(&rule_lock);
    if (!NT_SUCCESS(status))
        return status;

    RtlInitUnicodeString(&name, L"\\Device\\gatekeep");
    RtlInitUnicodeString(&link, L"\\DosDevices\\gatekeep");
    status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        goto fail_lock;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
        goto fail_device;

    driver->MajorFunction[IRP_MJ_CREATE] = gk_open_close;
    driver->MajorFunction[IRP_MJ_CLOSE] = gk_open_close;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = gk_ioctl;
    driver->DriverUnload = gk_unload;
    return STATUS_SUCCESS;

fail_device:
    IoDeleteDevice(device);
fail_lock:
    ExDeleteResourceLite(&rule_lock);
    return status;
}
