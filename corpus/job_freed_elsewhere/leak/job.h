/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <ntddk.h>

#define JOB_TAG 'boJL'

typedef struct _LOG_JOB {
	PIO_WORKITEM Item;
	ULONG Length;
	CHAR Text[128];
} LOG_JOB, *PLOG_JOB;

/* Writes the job's text to the log. */
VOID LogWrite(PLOG_JOB job);
