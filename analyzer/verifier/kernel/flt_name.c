/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Names of files for filters.  There is no cache: each request makes a name, which must be
 * released.  A file's short name is its last part, for all names here are short.
 */
#include "flt.h"

enum { PATH_SEPARATOR = L'\\', STREAM_SEPARATOR = L':' };

struct name {
	FLT_FILE_NAME_INFORMATION information; /* first: what the driver has */
	struct name *next;
	WCHAR text[];
};

static struct name *names;

static UNICODE_STRING part(PCUNICODE_STRING of, USHORT first, USHORT end)
{
	UNICODE_STRING text = {(end - first) * sizeof(WCHAR), (end - first) * sizeof(WCHAR),
	                       of->Buffer + first};

	return text;
}

/* Where the last of a kind is, before end; below least: -1. */
static LONG last(PCUNICODE_STRING text, WCHAR what, LONG end, LONG least)
{
	for (LONG i = end - 1; i >= least; i--) {
		if (text->Buffer[i] == what)
			return i;
	}
	return -1;
}

static NTSTATUS check_options(FLT_FILE_NAME_OPTIONS options)
{
	ULONG format = FltGetFileNameFormat(options);
	ULONG method = FltGetFileNameQueryMethod(options);

	if (format < FLT_FILE_NAME_NORMALIZED || format > FLT_FILE_NAME_SHORT ||
	    method < FLT_FILE_NAME_QUERY_DEFAULT ||
	    method > FLT_FILE_NAME_QUERY_ALWAYS_ALLOW_CACHE_LOOKUP)
		return STATUS_INVALID_PARAMETER;
	if (method == FLT_FILE_NAME_QUERY_CACHE_ONLY)
		return STATUS_FLT_NAME_CACHE_MISS;
	return STATUS_SUCCESS;
}

NTSTATUS FLTAPI FltGetFileNameInformation(PFLT_CALLBACK_DATA data,
                                          FLT_FILE_NAME_OPTIONS options,
                                          PFLT_FILE_NAME_INFORMATION *out)
{
	NTSTATUS status = check_options(options);
	UNICODE_STRING path, volume = {0};
	struct name *name;

	*out = NULL;
	if (!NT_SUCCESS(status))
		return status;
	if (!l62_filter_has_name(data))
		return STATUS_FLT_INVALID_NAME_REQUEST;
	path = data->Iopb->TargetFileObject->FileName;
	if (FltGetFileNameFormat(options) == FLT_FILE_NAME_SHORT) {
		LONG at = last(&path, PATH_SEPARATOR, path.Length / sizeof(WCHAR), 0);

		path = part(&path, (USHORT)(at + 1), path.Length / sizeof(WCHAR));
	} else {
		volume = data->Iopb->TargetInstance->volume->name;
	}
	name = l62_host_alloc(sizeof(*name) + volume.Length + path.Length);
	RtlCopyMemory(name->text, volume.Buffer, volume.Length);
	RtlCopyMemory((PUCHAR)name->text + volume.Length, path.Buffer, path.Length);
	name->information.Size = sizeof(name->information);
	name->information.Format = FltGetFileNameFormat(options);
	name->information.Name.Buffer = name->text;
	name->information.Name.Length = volume.Length + path.Length;
	name->information.Name.MaximumLength = name->information.Name.Length;
	if (volume.Length)
		name->information.Volume =
		        part(&name->information.Name, 0, volume.Length / sizeof(WCHAR));
	name->next = names;
	names = name;
	*out = &name->information;
	l62_ledger_add_name(L62_LEDGER_FILE_NAME, (ULONG_PTR)name, 0, &name->information.Name);
	return STATUS_SUCCESS;
}

static struct name **find(const FLT_FILE_NAME_INFORMATION *information)
{
	struct name **link = &names;

	while (*link && &(*link)->information != information)
		link = &(*link)->next;
	if (!*link)
		l62_end_incomplete("the driver gives the filter manager what is no name of a "
		                   "file, or one that it has released");
	return link;
}

/* Of "\Device\HarddiskVolume1\a\b.txt:c": "\a\", "b.txt:c", "txt", ":c", as documented. */
NTSTATUS FLTAPI FltParseFileNameInformation(PFLT_FILE_NAME_INFORMATION information)
{
	PCUNICODE_STRING name = &(*find(information))->information.Name;
	USHORT length = name->Length / sizeof(WCHAR);
	USHORT start = information->Volume.Length / sizeof(WCHAR);
	LONG slash = last(name, PATH_SEPARATOR, length, start);
	LONG colon = last(name, STREAM_SEPARATOR, length, slash + 1), dot;

	if (slash >= 0)
		information->ParentDir = part(name, start, (USHORT)(slash + 1));
	information->FinalComponent = part(name, (USHORT)(slash + 1), length);
	if (colon >= 0)
		information->Stream = part(name, (USHORT)colon, length);
	else
		colon = length;
	dot = last(name, L'.', colon, slash + 1);
	if (dot >= 0)
		information->Extension = part(name, (USHORT)(dot + 1), (USHORT)colon);
	information->NamesParsed =
	        FLTFL_FILE_NAME_PARSED_FINAL_COMPONENT | FLTFL_FILE_NAME_PARSED_EXTENSION |
	        FLTFL_FILE_NAME_PARSED_STREAM | FLTFL_FILE_NAME_PARSED_PARENT_DIR;
	return STATUS_SUCCESS;
}

VOID FLTAPI FltReleaseFileNameInformation(PFLT_FILE_NAME_INFORMATION information)
{
	struct name **link = find(information), *name = *link;

	*link = name->next;
	l62_ledger_remove(L62_LEDGER_FILE_NAME, (ULONG_PTR)name);
	l62_host_free(name);
}
