/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Key Warden: watches and refuses changes in the registry by a list of rules that it
 * reads from its own key, and keeps a record of each change for a program to fetch.
 */
#ifndef WARDEN_H
#define WARDEN_H

#include <ntddk.h>

#define WDN_TAG_RULE 'luRW'
#define WDN_TAG_EVENT 'vEdW'
#define WDN_TAG_TEXT 'xTdW'

#define WDN_MAX_EVENTS 256
#define WDN_MAX_TEXT 1024
#define WDN_VALUE_BUFFER 2048

#define IOCTL_WARDEN_FETCH CTL_CODE(FILE_DEVICE_UNKNOWN, 0xC01, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_WARDEN_RELOAD CTL_CODE(FILE_DEVICE_UNKNOWN, 0xC02, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_WARDEN_STATUS CTL_CODE(FILE_DEVICE_UNKNOWN, 0xC03, METHOD_BUFFERED, FILE_READ_DATA)

typedef enum WdnAction
{
    WdnIgnore,
    WdnWatch,
    WdnDeny
} WdnAction;

typedef struct WdnRule
{
    LIST_ENTRY Link;
    WdnAction Action;
    UNICODE_STRING Prefix; // has its own buffer
} WdnRule;

typedef struct WdnEvent
{
    LIST_ENTRY Link;
    LARGE_INTEGER When;
    HANDLE Process;
    ULONG Operation; // a REG_NOTIFY_CLASS
    WdnAction Action;
    UNICODE_STRING Key; // has its own buffer
    UNICODE_STRING Value; // likewise, where the operation is about a value
} WdnEvent;

// What a program gets for an event: this, the key and the value.
typedef struct WdnEventOut
{
    LARGE_INTEGER When;
    ULONGLONG Process;
    ULONG Operation;
    ULONG Action;
    ULONG KeyBytes;
    ULONG ValueBytes;
} WdnEventOut;

typedef struct WdnStatusOut
{
    ULONG Rules;
    ULONG Events;
    ULONG Lost;
} WdnStatusOut;

typedef struct WdnGlobals
{
    PDEVICE_OBJECT Device;
    LARGE_INTEGER Cookie;
    UNICODE_STRING RulesKey; // the path of the key with the rules

    ERESOURCE RulesLock;
    LIST_ENTRY Rules;
    ULONG RuleCount;

    FAST_MUTEX EventsLock;
    LIST_ENTRY Events;
    ULONG EventCount;
    ULONG EventsLost;
} WdnGlobals;

extern WdnGlobals Wdn;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD WdnUnload;
DRIVER_DISPATCH WdnDispatch;
EX_CALLBACK_FUNCTION WdnRegistryCallback;

// rules.c
NTSTATUS WdnLoadRules(VOID);
VOID WdnFreeRules(PLIST_ENTRY rules);
WdnAction WdnMatch(PCUNICODE_STRING key);
NTSTATUS WdnCopyText(PUNICODE_STRING to, PCUNICODE_STRING from);
VOID WdnFreeText(PUNICODE_STRING text);

// events.c
VOID WdnRecord(ULONG operation, WdnAction action, PCUNICODE_STRING key, PCUNICODE_STRING value);
NTSTATUS WdnFetch(PVOID buffer, ULONG room, PULONG_PTR written);
VOID WdnDrainEvents(VOID);

#endif
