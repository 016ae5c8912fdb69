/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The filter manager, as far as filters of opens, reads and writes need it: one filter, one
 * volume, on which it has one instance.
 */
#ifndef LEAK62_VERIFIER_KERNEL_FLT_H
#define LEAK62_VERIFIER_KERNEL_FLT_H

#include <fltKernel.h>

#include "nt.h"

enum { FILTER_OPERATIONS_MOST = 64 };

struct _FLT_VOLUME {
	UNICODE_STRING name;
};
struct _FLT_INSTANCE {
	PFLT_FILTER filter;
	PFLT_VOLUME volume;
};
struct _FLT_FILTER {
	FLT_REGISTRATION registration;
	FLT_OPERATION_REGISTRATION operations[FILTER_OPERATIONS_MOST];
	ULONG operation_count;
	struct _FLT_INSTANCE instance;
	BOOLEAN attached;
};

/* flt_filter.c: the filter, if it filters; NULL: there is none. */
PFLT_FILTER l62_filter_started(void);

/* flt_drive.c: whether data is that of the operation that a callback is called for, so that
 * there is a name to ask for. */
BOOLEAN l62_filter_has_name(PFLT_CALLBACK_DATA data);

#endif
