/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Access to the memory of the caller, which may go away at any time. */
#ifndef GUARD_H
#define GUARD_H

#include <ntddk.h>

/* GUARDED(status) { ... } GUARD_END(status) leaves the exception's code in status. */
#define GUARDED(status)                                                                            \
	status = STATUS_SUCCESS;                                                                   \
	__try
#define GUARD_END(status)                                                                          \
	__except (EXCEPTION_EXECUTE_HANDLER)                                                       \
	{                                                                                          \
		status = GetExceptionCode();                                                       \
	}

#endif
