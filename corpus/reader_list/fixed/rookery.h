/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Rookery: a notice board.  Each open file is a reader; what is written to the device is
 * copied to every reader that has subscribed to its topic and waits there to be read.
 */
#ifndef ROOKERY_H
#define ROOKERY_H

#include <ntddk.h>

#define ROOK_TAG_READER 'rkoR'
#define ROOK_TAG_MESSAGE 'mkoR'

#define ROOK_BODY_MAX 4096
#define ROOK_WAITING_MAX 128
#define ROOK_BACKLOG_MAX 16
#define ROOK_TOPICS 32

#define IOCTL_ROOK_SUBSCRIBE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8C0, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_ROOK_UNSUBSCRIBE \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8C1, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_ROOK_SET_EVENT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8C2, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_ROOK_QUERY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8C3, METHOD_BUFFERED, FILE_READ_DATA)
#define IOCTL_ROOK_DISCARD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8C4, METHOD_BUFFERED, FILE_READ_DATA)

/* In front of what is written and of what is read. */
typedef struct _ROOK_HEADER {
    ULONG ulTopic;
    ULONG ulSequence;
} ROOK_HEADER, *PROOK_HEADER;

typedef struct _ROOK_SUBSCRIPTION {
    ULONG ulTopicMask;
    ULONG fReplay; /* begin with the backlog */
} ROOK_SUBSCRIPTION, *PROOK_SUBSCRIPTION;

typedef struct _ROOK_STATE {
    ULONG cWaiting;
    ULONG cLost;
    ULONG cReaders;
} ROOK_STATE, *PROOK_STATE;

typedef struct _ROOK_MESSAGE {
    LIST_ENTRY Link;
    ROOK_HEADER Header;
    ULONG cbBody;
    UCHAR abBody[1];
} ROOK_MESSAGE, *PROOK_MESSAGE;

typedef struct _ROOK_READER {
    LIST_ENTRY Link; /* in Readers, while subscribed */
    BOOLEAN fSubscribed;
    BOOLEAN fClosing;
    ULONG ulTopicMask;
    LIST_ENTRY Messages;
    ULONG cMessages;
    ULONG cLost;
    PKEVENT pEvent; /* referenced */
} ROOK_READER, *PROOK_READER;

typedef struct _ROOK_EXTENSION {
    FAST_MUTEX Lock; /* guards all lists and all readers */
    LIST_ENTRY Readers;
    ULONG cReaders;
    LIST_ENTRY Backlog;
    ULONG cBacklog;
    ULONG ulSequence;
} ROOK_EXTENSION, *PROOK_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD RookUnload;
DRIVER_DISPATCH RookCreate;
DRIVER_DISPATCH RookCleanup;
DRIVER_DISPATCH RookClose;
DRIVER_DISPATCH RookRead;
DRIVER_DISPATCH RookWrite;
DRIVER_DISPATCH RookControl;

/* driver.c */
NTSTATUS RookComplete(PIRP pIrp, NTSTATUS Status, ULONG_PTR Information);

/* message.c */
PROOK_MESSAGE RookNewMessage(const ROOK_HEADER *pHeader, const UCHAR *pbBody, ULONG cbBody);
VOID RookFreeMessages(PLIST_ENTRY pList);
VOID RookMoveMessages(PLIST_ENTRY pTo, PLIST_ENTRY pFrom);
VOID RookDeliver(PROOK_READER pReader, const ROOK_MESSAGE *pMessage);

#endif
