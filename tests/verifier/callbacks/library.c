/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the run-time library and the processors promise. */
#include "callbacks.h"

#include <string.h>

typedef struct _ITEM {
    ULONG Key;
    ULONG Value;
} ITEM, *PITEM;

static ULONG Nodes;

static RTL_GENERIC_COMPARE_RESULTS NTAPI CompareAvl(PRTL_AVL_TABLE table, PVOID a, PVOID b)
{
    ULONG x = ((PITEM)a)->Key, y = ((PITEM)b)->Key;

    CHECK(table->TableContext == &Nodes);
    return x < y ? GenericLessThan : x > y ? GenericGreaterThan : GenericEqual;
}

static PVOID NTAPI AllocateAvl(PRTL_AVL_TABLE table, CLONG size)
{
    UNREFERENCED_PARAMETER(table);
    CHECK(size == sizeof(RTL_BALANCED_LINKS) + sizeof(ITEM));
    Nodes++;
    return ExAllocatePoolWithTag(PagedPool, size, TAG);
}

static VOID NTAPI FreeAvl(PRTL_AVL_TABLE table, PVOID node)
{
    UNREFERENCED_PARAMETER(table);
    Nodes--;
    ExFreePoolWithTag(node, TAG);
}

static RTL_GENERIC_COMPARE_RESULTS NTAPI CompareSplay(PRTL_GENERIC_TABLE table, PVOID a, PVOID b)
{
    ULONG x = ((PITEM)a)->Key, y = ((PITEM)b)->Key;

    UNREFERENCED_PARAMETER(table);
    return x < y ? GenericLessThan : x > y ? GenericGreaterThan : GenericEqual;
}

static PVOID NTAPI AllocateSplay(PRTL_GENERIC_TABLE table, CLONG size)
{
    UNREFERENCED_PARAMETER(table);
    return ExAllocatePoolWithTag(PagedPool, size, TAG);
}

static VOID NTAPI FreeSplay(PRTL_GENERIC_TABLE table, PVOID node)
{
    UNREFERENCED_PARAMETER(table);
    ExFreePoolWithTag(node, TAG);
}

/* 37 is prime to 100, so every number comes once, in no order. */
void Tables(PDEVICE_EXTENSION ext)
{
    RTL_AVL_TABLE table;
    ITEM item, *found;
    PVOID key = NULL;
    BOOLEAN fresh;

    UNREFERENCED_PARAMETER(ext);
    RtlInitializeGenericTableAvl(&table, CompareAvl, AllocateAvl, FreeAvl, &Nodes);
    CHECK(RtlIsGenericTableEmptyAvl(&table));
    for (ULONG i = 0; i < 100; i++) {
        item.Key = i * 37 % 100;
        item.Value = i;
        found = RtlInsertElementGenericTableAvl(&table, &item, sizeof(item), &fresh);
        CHECK(found && fresh && found->Key == item.Key && found != &item);
    }
    item.Value = 1000;
    found = RtlInsertElementGenericTableAvl(&table, &item, sizeof(item), &fresh);
    CHECK(!fresh && found->Value == 99 && Nodes == 100);
    CHECK(RtlNumberGenericTableElementsAvl(&table) == 100);
    for (ULONG i = 0; i < 100; i++) {
        found = RtlEnumerateGenericTableWithoutSplayingAvl(&table, &key);
        CHECK(found && found->Key == i && RtlGetElementGenericTableAvl(&table, i) == found);
    }
    CHECK(!RtlEnumerateGenericTableWithoutSplayingAvl(&table, &key));
    CHECK(!RtlGetElementGenericTableAvl(&table, 100));
    for (item.Key = 0; item.Key < 100; item.Key += 3)
        CHECK(RtlDeleteElementGenericTableAvl(&table, &item));
    CHECK(!RtlDeleteElementGenericTableAvl(&table, &item) || item.Key != 102);
    found = RtlEnumerateGenericTableAvl(&table, TRUE);
    for (ULONG i = 0; i < 100; i++) {
        item.Key = i;
        CHECK((RtlLookupElementGenericTableAvl(&table, &item) != NULL) == (i % 3 != 0));
        if (i % 3) {
            CHECK(found && found->Key == i);
            found = RtlEnumerateGenericTableAvl(&table, FALSE);
        }
    }
    while ((found = RtlGetElementGenericTableAvl(&table, 0)) != NULL)
        CHECK(RtlDeleteElementGenericTableAvl(&table, found));
    CHECK(Nodes == 0 && RtlIsGenericTableEmptyAvl(&table));
}

/* The other kind, which also knows the order of insertion. */
void SplayTables(PDEVICE_EXTENSION ext)
{
    static const ULONG keys[] = {5, 2, 8, 1, 9};
    RTL_GENERIC_TABLE table;
    ITEM item = {0}, *found;
    BOOLEAN fresh;
    ULONG last = 0;

    UNREFERENCED_PARAMETER(ext);
    RtlInitializeGenericTable(&table, CompareSplay, AllocateSplay, FreeSplay, NULL);
    for (ULONG i = 0; i < 5; i++) {
        item.Key = keys[i];
        CHECK(RtlInsertElementGenericTable(&table, &item, sizeof(item), &fresh) && fresh);
    }
    for (ULONG i = 0; i < 5; i++)
        CHECK(((PITEM)RtlGetElementGenericTable(&table, i))->Key == keys[i]);
    for (found = RtlEnumerateGenericTable(&table, TRUE); found;
         found = RtlEnumerateGenericTable(&table, FALSE)) {
        CHECK(found->Key > last);
        last = found->Key;
    }
    CHECK(last == 9 && RtlNumberGenericTableElements(&table) == 5);
    item.Key = 5;
    CHECK(RtlDeleteElementGenericTable(&table, &item));
    CHECK(!RtlLookupElementGenericTable(&table, &item));
    while (!RtlIsGenericTableEmpty(&table))
        CHECK(RtlDeleteElementGenericTable(&table, RtlGetElementGenericTable(&table, 0)));
}

void Times(PDEVICE_EXTENSION ext)
{
    /* 29 February 2024, a Thursday, 12:34:56.789 */
    TIME_FIELDS fields = {2024, 2, 29, 12, 34, 56, 789, 0}, back;
    LARGE_INTEGER time, local;
    ULONG seconds;

    UNREFERENCED_PARAMETER(ext);
    CHECK(RtlTimeFieldsToTime(&fields, &time) && time.QuadPart == 133536836967890000);
    RtlTimeToTimeFields(&time, &back);
    CHECK(back.Year == 2024 && back.Month == 2 && back.Day == 29 && back.Weekday == 4);
    CHECK(back.Hour == 12 && back.Minute == 34 && back.Second == 56 && back.Milliseconds == 789);
    CHECK(RtlTimeToSecondsSince1970(&time, &seconds) && seconds == 1709210096);
    RtlSecondsSince1970ToTime(seconds, &local);
    CHECK(local.QuadPart == 133536836960000000);
    ExSystemTimeToLocalTime(&time, &local);
    CHECK(local.QuadPart == time.QuadPart);
    fields.Year = 2023;
    CHECK(!RtlTimeFieldsToTime(&fields, &time));
    time.QuadPart = 0;
    RtlTimeToTimeFields(&time, &back);
    CHECK(back.Year == 1601 && back.Month == 1 && back.Day == 1 && back.Weekday == 1);
    CHECK(KeQueryTimeIncrement() == 156250);
}

void Numbers(PDEVICE_EXTENSION ext)
{
    WCHAR buffer[16], wide[4];
    UNICODE_STRING string = {0, sizeof(buffer), buffer};
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"a.SYS"), suffix = RTL_CONSTANT_STRING(L".sys");
    STRING one = {3, 3, "abc"}, two = {3, 3, "ABD"};
    CHAR text[16] = "ab";
    ULONG hash, other, length, seed = 62;

    UNREFERENCED_PARAMETER(ext);
    CHECK(NT_SUCCESS(RtlIntegerToUnicodeString(0x62, 16, &string)) && string.Length == 4);
    CHECK(wcscmp(buffer, L"62") == 0);
    CHECK(NT_SUCCESS(RtlInt64ToUnicodeString(1234567890123, 0, &string)));
    CHECK(wcscmp(buffer, L"1234567890123") == 0);
    string.MaximumLength = 4;
    CHECK(RtlIntegerToUnicodeString(100, 10, &string) == STATUS_BUFFER_OVERFLOW);
    CHECK(RtlIntegerToUnicodeString(1, 7, &string) == STATUS_INVALID_PARAMETER);
    CHECK(NT_SUCCESS(RtlHashUnicodeString(&suffix, TRUE, HASH_STRING_ALGORITHM_DEFAULT, &hash)));
    name.Buffer++;
    name.Length -= sizeof(WCHAR);
    CHECK(NT_SUCCESS(RtlHashUnicodeString(&name, TRUE, HASH_STRING_ALGORITHM_X65599, &other)));
    CHECK(hash == other);
    CHECK(NT_SUCCESS(RtlHashUnicodeString(&suffix, FALSE, HASH_STRING_ALGORITHM_X65599, &other)));
    CHECK(hash != other && RtlRandomEx(&seed) < MAXLONG && seed != 62);
    CHECK(RtlSuffixUnicodeString(&suffix, &name, TRUE));
    CHECK(!RtlSuffixUnicodeString(&suffix, &name, FALSE));
    CHECK(RtlCompareString(&one, &two, TRUE) < 0 && RtlCompareString(&one, &two, FALSE) > 0);
    CHECK(!RtlEqualString(&one, &two, TRUE) && RtlEqualString(&one, &one, FALSE));
    CHECK(NT_SUCCESS(RtlMultiByteToUnicodeN(wide, sizeof(wide), &length, "xyzzy", 5)));
    CHECK(length == 8 && wide[0] == 'x' && wide[3] == 'z');
    CHECK(NT_SUCCESS(RtlUnicodeToMultiByteN(text + 2, 2, &length, wide, sizeof(wide))));
    CHECK(length == 2 && strcmp(text, "abxy") == 0);
    CHECK(strncat(text, "123", 2) == text && strcmp(text, "abxy12") == 0);
    CHECK(strnlen(text, 3) == 3 && strnlen(text, 99) == 6 && memchr(text, 'x', 6) == text + 2);
    CHECK(!memchr(text, 'q', 6));
}

void Processors(PDEVICE_EXTENSION ext)
{
    PROCESSOR_NUMBER number;
    LARGE_INTEGER due;
    KAFFINITY active;
    PVOID extension, again;
    KTIMER timer;
    KDPC dpc;

    CHECK(KeQueryActiveProcessorCount(&active) == 1 && active == 1);
    CHECK(KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS) == 1);
    CHECK(KeGetCurrentProcessorNumberEx(&number) == 0 && number.Group == 0);
    KeRevertToUserAffinityThreadEx(KeSetSystemAffinityThreadEx(1));
    CHECK(ExIsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE));
    CHECK(!ExIsProcessorFeaturePresent(PF_ALPHA_BYTE_INSTRUCTIONS));
    KeInitializeDpc(&dpc, NULL, NULL);
    KeSetImportanceDpc(&dpc, HighImportance);
    CHECK(dpc.Importance == HighImportance);
    KeInitializeTimer(&timer);
    due.QuadPart = -10000;
    CHECK(!KeSetCoalescableTimer(&timer, due, 0, 1, NULL));
    CHECK(KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(!IoGetDriverObjectExtension(ext->Driver, &Nodes));
    CHECK(NT_SUCCESS(IoAllocateDriverObjectExtension(ext->Driver, &Nodes, 24, &extension)));
    CHECK(IoGetDriverObjectExtension(ext->Driver, &Nodes) == extension);
    CHECK(IoAllocateDriverObjectExtension(ext->Driver, &Nodes, 24, &again) ==
          STATUS_OBJECT_NAME_COLLISION && !again);
}

void ReaderLocks(PDEVICE_EXTENSION ext)
{
    EX_SPIN_LOCK lock = 0;
    KIRQL irql, inner;

    UNREFERENCED_PARAMETER(ext);
    irql = ExAcquireSpinLockShared(&lock);
    inner = ExAcquireSpinLockShared(&lock);
    CHECK(irql == PASSIVE_LEVEL && inner == DISPATCH_LEVEL);
    CHECK(!ExTryConvertSharedSpinLockExclusive(&lock));
    ExReleaseSpinLockShared(&lock, inner);
    CHECK(KeGetCurrentIrql() == DISPATCH_LEVEL && ExTryConvertSharedSpinLockExclusive(&lock));
    ExReleaseSpinLockExclusive(&lock, irql);
    CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL && lock == 0);
}

void ReaderLockTwice(PDEVICE_EXTENSION ext)
{
    EX_SPIN_LOCK lock = 0;

    UNREFERENCED_PARAMETER(ext);
    ExAcquireSpinLockShared(&lock);
    ExAcquireSpinLockExclusiveAtDpcLevel(&lock);
}

/* One that the system has; others are made by drivers. */
void SystemCallbacks(PDEVICE_EXTENSION ext)
{
    UNICODE_STRING power = RTL_CONSTANT_STRING(L"\\Callback\\PowerState");
    UNICODE_STRING own = RTL_CONSTANT_STRING(L"\\Callback\\Leak62Own");
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT object, again;

    UNREFERENCED_PARAMETER(ext);
    InitializeObjectAttributes(&attributes, &own, OBJ_CASE_INSENSITIVE, NULL, NULL);
    CHECK(ExCreateCallback(&object, &attributes, FALSE, TRUE) == STATUS_OBJECT_NAME_NOT_FOUND);
    attributes.ObjectName = &power;
    CHECK(NT_SUCCESS(ExCreateCallback(&object, &attributes, FALSE, TRUE)));
    ObDereferenceObject(object);
    CHECK(NT_SUCCESS(ExCreateCallback(&again, &attributes, FALSE, TRUE)) && again == object);
    ObDereferenceObject(again);
}
