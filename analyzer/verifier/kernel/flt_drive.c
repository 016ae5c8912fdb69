/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a program does on the volume of a filter's instance: it opens two files, reads, writes
 * and closes them.  Each operation goes through the filter's callbacks; then it is done, in so
 * far as there is anything to do: what is written is not kept.
 */
#include "flt.h"

#include "drive.h"

enum { TYPE_FILE = 5, PATTERN = 0x62 };

static PFLT_CALLBACK_DATA current; /* of the callback that runs */
static BOOLEAN closed;             /* the operation was the last one of its file */

BOOLEAN l62_filter_has_name(PFLT_CALLBACK_DATA data)
{
	return data && data == current && data->Iopb->TargetFileObject && !closed;
}

static const FLT_OPERATION_REGISTRATION *find(PFLT_FILTER filter, UCHAR major)
{
	for (ULONG i = 0; i < filter->operation_count; i++) {
		if (filter->operations[i].MajorFunction == major)
			return &filter->operations[i];
	}
	return NULL;
}

#define FRAMES_PRE(...)                                                                        \
	{L62_FRAME_FltpPerformPreCallbacks, L62_FRAME_FltpPassThroughInternal,                 \
	 L62_FRAME_IofCallDriver, __VA_ARGS__, L62_FRAME_END}
#define FRAMES_POST(...)                                                                       \
	{L62_FRAME_FltpPerformPostCallbacks, L62_FRAME_FltpPassThroughInternal,                \
	 L62_FRAME_IofCallDriver, __VA_ARGS__, L62_FRAME_END}
static const struct operation {
	UCHAR major;
	const char *name;
	uint16_t pre[8], post[8];
} operations[] = {
        {IRP_MJ_CREATE, "IRP_MJ_CREATE of a filtered file",
         FRAMES_PRE(L62_FRAME_IopParseDevice, L62_FRAME_NtCreateFile),
         FRAMES_POST(L62_FRAME_IopParseDevice, L62_FRAME_NtCreateFile)},
        {IRP_MJ_READ, "IRP_MJ_READ of a filtered file",
         FRAMES_PRE(L62_FRAME_IopSynchronousServiceTail, L62_FRAME_NtReadFile),
         FRAMES_POST(L62_FRAME_IopSynchronousServiceTail, L62_FRAME_NtReadFile)},
        {IRP_MJ_WRITE, "IRP_MJ_WRITE of a filtered file",
         FRAMES_PRE(L62_FRAME_IopSynchronousServiceTail, L62_FRAME_NtWriteFile),
         FRAMES_POST(L62_FRAME_IopSynchronousServiceTail, L62_FRAME_NtWriteFile)},
        {IRP_MJ_CLEANUP, "IRP_MJ_CLEANUP of a filtered file",
         FRAMES_PRE(L62_FRAME_IopCloseFile, L62_FRAME_NtClose),
         FRAMES_POST(L62_FRAME_IopCloseFile, L62_FRAME_NtClose)},
        {IRP_MJ_CLOSE, "IRP_MJ_CLOSE of a filtered file",
         FRAMES_PRE(L62_FRAME_IopDeleteFile, L62_FRAME_NtClose),
         FRAMES_POST(L62_FRAME_IopDeleteFile, L62_FRAME_NtClose)},
};

/* What the file system does; buffers may be others than the program's by now. */
static void perform(PFLT_CALLBACK_DATA data)
{
	PFLT_IO_PARAMETER_BLOCK block = data->Iopb;

	data->IoStatus.Status = STATUS_SUCCESS;
	data->IoStatus.Information = 0;
	if (block->MajorFunction == IRP_MJ_CREATE) {
		data->IoStatus.Information = FILE_OPENED;
	} else if (block->MajorFunction == IRP_MJ_READ) {
		RtlFillMemory(block->Parameters.Read.ReadBuffer, block->Parameters.Read.Length,
		              PATTERN);
		data->IoStatus.Information = block->Parameters.Read.Length;
	} else if (block->MajorFunction == IRP_MJ_WRITE) {
		data->IoStatus.Information = block->Parameters.Write.Length;
	}
}

static ULONG call(PVOID routine, PFLT_CALLBACK_DATA data, PCFLT_RELATED_OBJECTS objects,
                  uint64_t context, const uint16_t *frames)
{
	const uint64_t args[] = {(ULONG_PTR)data, (ULONG_PTR)objects, context, 0};
	ULONG answer;

	current = data;
	answer = (ULONG)l62_invoke(routine, args, 4, frames);
	current = NULL;
	return answer;
}

/* Documented: without a routine of its own for before, one for after is always called. */
static NTSTATUS operate(PFLT_FILTER filter, const struct operation *operation,
                        PFLT_IO_PARAMETER_BLOCK block)
{
	const FLT_OPERATION_REGISTRATION *row = find(filter, operation->major);
	const FLT_RELATED_OBJECTS objects = {
	        .Size = sizeof(objects),
	        .Filter = filter,
	        .Volume = filter->instance.volume,
	        .Instance = &filter->instance,
	        .FileObject = block->TargetFileObject,
	};
	FLT_CALLBACK_DATA data = {
	        .Flags = FLTFL_CALLBACK_DATA_IRP_OPERATION,
	        .Thread = (PETHREAD)l62_nt_thread(),
	        .Iopb = block,
	        .RequestorMode = UserMode,
	};
	ULONG answer = FLT_PREOP_SUCCESS_WITH_CALLBACK;
	PVOID context = NULL;

	block->MajorFunction = operation->major;
	closed = FALSE;
	l62_host_step(operation->name, 0);
	if (row && row->PreOperation)
		answer = call((PVOID)row->PreOperation, &data, &objects, (ULONG_PTR)&context,
		              operation->pre);
	if (answer == FLT_PREOP_COMPLETE)
		return data.IoStatus.Status;
	if (answer != FLT_PREOP_SUCCESS_WITH_CALLBACK &&
	    answer != FLT_PREOP_SUCCESS_NO_CALLBACK && answer != FLT_PREOP_SYNCHRONIZE)
		l62_end_incomplete("the filter answers an operation in a way that leak62 does "
		                   "not have: it is neither completed nor passed on");
	perform(&data);
	closed = operation->major == IRP_MJ_CLOSE;
	if (!row || !row->PostOperation || answer == FLT_PREOP_SUCCESS_NO_CALLBACK)
		return data.IoStatus.Status;
	data.Flags |= FLTFL_CALLBACK_DATA_POST_OPERATION;
	answer = call((PVOID)row->PostOperation, &data, &objects, (ULONG_PTR)context,
	              operation->post);
	if (answer != FLT_POSTOP_FINISHED_PROCESSING)
		l62_end_incomplete("the filter keeps an operation that is done, which leak62 "
		                   "does not have");
	return data.IoStatus.Status;
}

static void set_parameters(PFLT_IO_PARAMETER_BLOCK block, UCHAR major, PVOID buffer,
                           ULONG length, PIO_SECURITY_CONTEXT security)
{
	RtlZeroMemory(&block->Parameters, sizeof(block->Parameters));
	if (major == IRP_MJ_CREATE) {
		block->Parameters.Create.SecurityContext = security;
		block->Parameters.Create.Options = FILE_OPEN << 24;
		block->Parameters.Create.ShareAccess = FILE_SHARE_READ | FILE_SHARE_WRITE;
	} else if (major == IRP_MJ_READ) {
		block->Parameters.Read.ReadBuffer = buffer;
		block->Parameters.Read.Length = length;
	} else if (major == IRP_MJ_WRITE) {
		block->Parameters.Write.WriteBuffer = buffer;
		block->Parameters.Write.Length = length;
	}
}

/* The file stays until the run ends: the filter may have referenced it. */
static void use_file(PFLT_FILTER filter, PDEVICE_OBJECT device, UNICODE_STRING path,
                     PVOID buffer, ULONG length)
{
	PFILE_OBJECT file = l62_host_alloc(sizeof(*file));
	ACCESS_STATE *state = l62_host_alloc(sizeof(*state));
	IO_SECURITY_CONTEXT security = {
	        .AccessState = state,
	        .DesiredAccess = FILE_GENERIC_READ | FILE_GENERIC_WRITE,
	};
	FLT_IO_PARAMETER_BLOCK block = {.TargetFileObject = file,
	                                .TargetInstance = &filter->instance};

	file->Type = TYPE_FILE;
	file->Size = sizeof(*file);
	file->DeviceObject = device;
	file->Flags = FO_SYNCHRONOUS_IO;
	file->FileName = path;
	for (ULONG i = 0; i < RTL_NUMBER_OF(operations); i++) {
		NTSTATUS status;

		set_parameters(&block, operations[i].major, buffer, length, &security);
		status = operate(filter, &operations[i], &block);
		if (operations[i].major == IRP_MJ_CREATE && !NT_SUCCESS(status))
			break; /* no handle */
	}
	l62_host_free(state);
}

void l62_filter_drive(ULONG length)
{
	static const UNICODE_STRING paths[] = {
	        RTL_CONSTANT_STRING(L"\\leak62\\notes.txt"),
	        RTL_CONSTANT_STRING(L"\\leak62\\data"),
	};
	PFLT_FILTER filter = l62_filter_started();
	PDEVICE_OBJECT device;
	PVOID buffer;

	if (!filter)
		return;
	device = l62_pdo_create();
	device->DeviceType = FILE_DEVICE_DISK_FILE_SYSTEM;
	buffer = l62_user_alloc(length);
	for (ULONG i = 0; i < RTL_NUMBER_OF(paths); i++)
		use_file(filter, device, paths[i], buffer, length);
	l62_user_free(buffer);
}
