/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// rules.c - the list of rules: read from the registry, matched against the names of keys.
#include "warden.h"

// A copy of a text in a block of its own; an empty text has none.
NTSTATUS WdnCopyText(PUNICODE_STRING to, PCUNICODE_STRING from)
{
    RtlZeroMemory(to, sizeof(*to));
    if (!from || !from->Length)
        return STATUS_SUCCESS;
    if (from->Length > WDN_MAX_TEXT)
        return STATUS_NAME_TOO_LONG;

    to->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, from->Length, WDN_TAG_TEXT);
    if (!to->Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;

    to->Length = from->Length;
    to->MaximumLength = from->Length;
    RtlCopyMemory(to->Buffer, from->Buffer, from->Length);
    return STATUS_SUCCESS;
}

VOID WdnFreeText(PUNICODE_STRING text)
{
    if (text->Buffer)
        ExFreePoolWithTag(text->Buffer, WDN_TAG_TEXT);
    RtlZeroMemory(text, sizeof(*text));
}

VOID WdnFreeRules(PLIST_ENTRY rules)
{
    while (!IsListEmpty(rules))
    {
        WdnRule *rule = CONTAINING_RECORD(RemoveHeadList(rules), WdnRule, Link);

        WdnFreeText(&rule->Prefix);
        ExFreePoolWithTag(rule, WDN_TAG_RULE);
    }
}

// One value of the key: its name is the prefix, its data the action.
static NTSTATUS AddRule(PLIST_ENTRY rules, PKEY_VALUE_FULL_INFORMATION value)
{
    UNICODE_STRING prefix;
    NTSTATUS status;
    WdnRule *rule;
    ULONG action;

    if (value->Type != REG_DWORD || value->DataLength != sizeof(ULONG))
        return STATUS_SUCCESS;
    if (!value->NameLength || value->NameLength > WDN_MAX_TEXT)
        return STATUS_SUCCESS;

    RtlCopyMemory(&action, (PUCHAR)value + value->DataOffset, sizeof(action));
    if (action > WdnDeny)
        return STATUS_SUCCESS;

    rule = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*rule), WDN_TAG_RULE);
    if (!rule)
        return STATUS_INSUFFICIENT_RESOURCES;

    rule->Action = (WdnAction)action;
    prefix.Buffer = value->Name;
    prefix.Length = (USHORT)value->NameLength;
    prefix.MaximumLength = prefix.Length;
    status = WdnCopyText(&rule->Prefix, &prefix);
    if (!NT_SUCCESS(status))
    {
        ExFreePoolWithTag(rule, WDN_TAG_RULE);
        return status;
    }

    InsertTailList(rules, &rule->Link);
    return STATUS_SUCCESS;
}

static NTSTATUS ReadRules(HANDLE key, PLIST_ENTRY rules, PULONG count)
{
    PKEY_VALUE_FULL_INFORMATION value;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG index, length;

    value = ExAllocatePool2(POOL_FLAG_PAGED, WDN_VALUE_BUFFER, WDN_TAG_RULE);
    if (!value)
        return STATUS_INSUFFICIENT_RESOURCES;

    for (index = 0;; index++)
    {
        status = ZwEnumerateValueKey(key, index, KeyValueFullInformation, value, WDN_VALUE_BUFFER,
                                     &length);
        if (status == STATUS_BUFFER_OVERFLOW || status == STATUS_BUFFER_TOO_SMALL)
            continue; // not one of ours
        if (!NT_SUCCESS(status))
            break;

        status = AddRule(rules, value);
        if (!NT_SUCCESS(status))
            break;
        *count += 1;
    }

    ExFreePoolWithTag(value, WDN_TAG_RULE);
    return status == STATUS_NO_MORE_ENTRIES ? STATUS_SUCCESS : status;
}

// Moves all entries of one list to the end of another.
static VOID MoveList(PLIST_ENTRY to, PLIST_ENTRY from)
{
    while (!IsListEmpty(from))
        InsertTailList(to, RemoveHeadList(from));
}

// Reads the rules anew.  Those in force are replaced only if all could be read.
NTSTATUS WdnLoadRules(VOID)
{
    OBJECT_ATTRIBUTES attributes;
    LIST_ENTRY fresh, stale;
    ULONG count = 0;
    NTSTATUS status;
    HANDLE key;

    InitializeObjectAttributes(&attributes, &Wdn.RulesKey,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwOpenKey(&key, KEY_READ, &attributes);
    if (!NT_SUCCESS(status))
        return status;

    InitializeListHead(&fresh);
    InitializeListHead(&stale);
    status = ReadRules(key, &fresh, &count);
    ZwClose(key);
    if (!NT_SUCCESS(status))
    {
        WdnFreeRules(&fresh);
        return status;
    }

    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Wdn.RulesLock, TRUE);
    MoveList(&stale, &Wdn.Rules);
    MoveList(&Wdn.Rules, &fresh);
    Wdn.RuleCount = count;
    ExReleaseResourceLite(&Wdn.RulesLock);
    KeLeaveCriticalRegion();

    WdnFreeRules(&stale);
    return STATUS_SUCCESS;
}

// The action of the first rule that fits.
WdnAction WdnMatch(PCUNICODE_STRING key)
{
    WdnAction action = WdnIgnore;
    PLIST_ENTRY entry;

    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&Wdn.RulesLock, TRUE);
    for (entry = Wdn.Rules.Flink; entry != &Wdn.Rules; entry = entry->Flink)
    {
        WdnRule *rule = CONTAINING_RECORD(entry, WdnRule, Link);

        if (RtlPrefixUnicodeString(&rule->Prefix, key, TRUE))
        {
            action = rule->Action;
            break;
        }
    }
    ExReleaseResourceLite(&Wdn.RulesLock);
    KeLeaveCriticalRegion();
    return action;
}
