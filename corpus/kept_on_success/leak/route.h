/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Routes that a network filter knows, by destination. */
#ifndef ROUTE_H
#define ROUTE_H

#include <ntddk.h>

#define ROUTE_TAG 'tuoR'
#define ROUTE_LIMIT 64

typedef struct _ROUTE {
	LIST_ENTRY Link;
	ULONG Destination;
	ULONG Gateway;
} ROUTE, *PROUTE;

VOID RouteTableInitialize(VOID);
VOID RouteTableDelete(VOID);

/* Keeps the route if it returns success; else it stays the caller's. */
NTSTATUS RouteTableAdd(PROUTE Route);

#endif
