/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "job.h"

VOID LogWrite(PLOG_JOB job)
{
	UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\SystemRoot\\Temp\\job.log");
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK io;
	HANDLE file;

	InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
	if (!NT_SUCCESS(ZwCreateFile(&file, FILE_APPEND_DATA | SYNCHRONIZE, &attributes, &io, NULL,
				     FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ, FILE_OPEN_IF,
				     FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0))) {
		return;
	}
	ZwWriteFile(file, NULL, NULL, NULL, &io, job->Text, job->Length, NULL, NULL);
	ZwClose(file);
	ExFreePoolWithTag(job, JOB_TAG);
}
