/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Files by handle, in memory: nothing of the machine that leak62 runs on is read or
 * written.  At first there are those of the scenario; what the driver creates stays until
 * the run ends.  Requests are done when they return.  Sections have the files' own bytes.
 */
#include "ob.h"

struct content {
	struct content *next;
	UNICODE_STRING path;
	PUCHAR data, block; /* page-aligned, in the block */
	ULONG size, room;
	ULONG sections; /* that have the data */
};
struct open_file {
	FILE_OBJECT file; /* first: it is the object's body */
	struct content *content;
};

enum { TYPE_FILE = 5, SIZE_MOST = 64 << 20 };

static struct content *files;

static struct content *find(PCUNICODE_STRING path)
{
	struct content *content = files;

	while (content && !RtlEqualUnicodeString(&content->path, path, TRUE))
		content = content->next;
	return content;
}

static struct content *insert(PCUNICODE_STRING path)
{
	struct content *content = l62_host_alloc(sizeof(*content));

	content->path.Buffer = l62_host_alloc(path->Length + sizeof(WCHAR));
	content->path.MaximumLength = path->Length + sizeof(WCHAR);
	RtlCopyUnicodeString(&content->path, path);
	content->next = files;
	files = content;
	return content;
}

static NTSTATUS finish(PIO_STATUS_BLOCK result, NTSTATUS status, ULONG_PTR information)
{
	result->Status = status;
	result->Information = information;
	return status;
}

NTSTATUS NTAPI ZwCreateFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                            PIO_STATUS_BLOCK result, PLARGE_INTEGER allocation, ULONG flags,
                            ULONG share, ULONG disposition, ULONG options, PVOID ea,
                            ULONG ea_length)
{
	struct content *content = find(attributes->ObjectName);
	ULONG_PTR how = FILE_OPENED;
	struct open_file *body;

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(allocation);
	UNREFERENCED_PARAMETER(flags);
	UNREFERENCED_PARAMETER(share);
	UNREFERENCED_PARAMETER(options);
	UNREFERENCED_PARAMETER(ea);
	UNREFERENCED_PARAMETER(ea_length);
	if (l62_cpu_irql() > PASSIVE_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, l62_cpu_irql(), 1, 0);
	if (attributes->RootDirectory || l62_name_find(attributes->ObjectName))
		l62_end_incomplete("the driver opens a device or a relative name by "
		                   "ZwCreateFile, which leak62 does not know");
	if (disposition > FILE_MAXIMUM_DISPOSITION)
		return STATUS_INVALID_PARAMETER;
	if (content && disposition == FILE_CREATE)
		return finish(result, STATUS_OBJECT_NAME_COLLISION, FILE_EXISTS);
	if (!content && (disposition == FILE_OPEN || disposition == FILE_OVERWRITE))
		return finish(result, STATUS_OBJECT_NAME_NOT_FOUND, FILE_DOES_NOT_EXIST);
	if (!content) {
		content = insert(attributes->ObjectName);
		how = FILE_CREATED;
	} else if (disposition == FILE_SUPERSEDE || disposition == FILE_OVERWRITE ||
	           disposition == FILE_OVERWRITE_IF) {
		if (content->sections) /* documented */
			return finish(result, STATUS_USER_MAPPED_FILE, 0);
		if (content->size)
			RtlZeroMemory(content->data, content->size);
		content->size = 0;
		how = disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED : FILE_OVERWRITTEN;
	}
	body = l62_host_alloc(sizeof(*body));
	body->file.Type = TYPE_FILE;
	body->file.Size = sizeof(body->file);
	body->content = content;
	KeInitializeEvent(&body->file.Event, NotificationEvent, TRUE);
	l62_object_insert(body, l62_type_file);
	*handle = l62_handle_create(body, attributes->Attributes);
	ObfDereferenceObject(body);
	return finish(result, STATUS_SUCCESS, how);
}

NTSTATUS NTAPI ZwOpenFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                          PIO_STATUS_BLOCK result, ULONG share, ULONG options)
{
	return ZwCreateFile(handle, access, attributes, result, NULL, 0, share, FILE_OPEN,
	                    options, NULL, 0);
}

/* The file, with a reference, and where the request begins. */
static NTSTATUS begin(HANDLE handle, PLARGE_INTEGER offset, BOOLEAN append,
                      struct open_file **body, LONGLONG *start)
{
	NTSTATUS status = l62_handle_reference(handle, l62_type_file, (PVOID *)body);

	if (!NT_SUCCESS(status))
		return status;
	if (!(*body)->content) {
		ObfDereferenceObject(*body);
		return STATUS_INVALID_DEVICE_REQUEST;
	}
	*start = (*body)->file.CurrentByteOffset.QuadPart;
	if (offset && offset->QuadPart >= 0)
		*start = offset->QuadPart;
	else if (offset && offset->LowPart == FILE_WRITE_TO_END_OF_FILE && append)
		*start = (*body)->content->size;
	return STATUS_SUCCESS;
}

/* Tells whoever waits, moves the file's position and gives the reference back. */
static NTSTATUS done(struct open_file *body, HANDLE event, PIO_STATUS_BLOCK result,
                     NTSTATUS status, LONGLONG end, ULONG bytes)
{
	body->file.CurrentByteOffset.QuadPart = end;
	ObfDereferenceObject(body);
	if (event)
		ZwSetEvent(event, NULL);
	return finish(result, status, bytes);
}

NTSTATUS NTAPI ZwReadFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID context,
                          PIO_STATUS_BLOCK result, PVOID buffer, ULONG length,
                          PLARGE_INTEGER offset, PULONG key)
{
	struct open_file *body;
	LONGLONG start;
	NTSTATUS status = begin(handle, offset, FALSE, &body, &start);

	UNREFERENCED_PARAMETER(apc);
	UNREFERENCED_PARAMETER(context);
	UNREFERENCED_PARAMETER(key);
	if (!NT_SUCCESS(status))
		return status;
	if (start >= body->content->size)
		return done(body, event, result, STATUS_END_OF_FILE, start, 0);
	if (length > body->content->size - start)
		length = (ULONG)(body->content->size - start);
	RtlCopyMemory(buffer, body->content->data + start, length);
	return done(body, event, result, STATUS_SUCCESS, start + length, length);
}

/* What is behind the end is zero. */
static BOOLEAN grow(struct content *content, LONGLONG size)
{
	PUCHAR more;

	if (size > SIZE_MOST)
		return FALSE;
	if (size > content->room) {
		if (content->sections)
			l62_end_incomplete("the driver extends a file that is mapped, which "
			                   "leak62 cannot do");
		content->room = (ULONG)ROUND_TO_PAGES(size * 2);
		more = l62_host_alloc((uint64_t)content->room + PAGE_SIZE);
		if (content->size)
			RtlCopyMemory((PVOID)ROUND_TO_PAGES((ULONG_PTR)more), content->data,
			              content->size);
		l62_host_free(content->block);
		content->block = more;
		content->data = (PUCHAR)ROUND_TO_PAGES((ULONG_PTR)more);
	}
	if (size > content->size)
		content->size = (ULONG)size;
	return TRUE;
}

NTSTATUS NTAPI ZwWriteFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID context,
                           PIO_STATUS_BLOCK result, PVOID buffer, ULONG length,
                           PLARGE_INTEGER offset, PULONG key)
{
	struct open_file *body;
	LONGLONG start;
	NTSTATUS status = begin(handle, offset, TRUE, &body, &start);

	UNREFERENCED_PARAMETER(apc);
	UNREFERENCED_PARAMETER(context);
	UNREFERENCED_PARAMETER(key);
	if (!NT_SUCCESS(status))
		return status;
	if (start > SIZE_MOST || !grow(body->content, start + length))
		return done(body, event, result, STATUS_DISK_FULL, start, 0);
	if (length)
		RtlCopyMemory(body->content->data + start, buffer, length);
	return done(body, event, result, STATUS_SUCCESS, start + length, length);
}

NTSTATUS NTAPI ZwQueryInformationFile(HANDLE handle, PIO_STATUS_BLOCK result, PVOID out,
                                      ULONG length, FILE_INFORMATION_CLASS class)
{
	PFILE_STANDARD_INFORMATION standard = out;
	PFILE_POSITION_INFORMATION position = out;
	struct open_file *body;
	LONGLONG start;
	NTSTATUS status = begin(handle, NULL, FALSE, &body, &start);
	ULONG size;

	if (!NT_SUCCESS(status))
		return status;
	size = body->content->size;
	ObfDereferenceObject(body);
	if (class == FileStandardInformation) {
		if (length < sizeof(*standard))
			return STATUS_INFO_LENGTH_MISMATCH;
		RtlZeroMemory(standard, sizeof(*standard));
		standard->AllocationSize.QuadPart = (LONGLONG)ROUND_TO_PAGES(size);
		standard->EndOfFile.QuadPart = size;
		standard->NumberOfLinks = 1;
		return finish(result, STATUS_SUCCESS, sizeof(*standard));
	}
	if (class == FilePositionInformation) {
		if (length < sizeof(*position))
			return STATUS_INFO_LENGTH_MISMATCH;
		position->CurrentByteOffset.QuadPart = start;
		return finish(result, STATUS_SUCCESS, sizeof(*position));
	}
	return STATUS_INVALID_INFO_CLASS;
}

/* The body of a file here is no request's: there is no device to send CLOSE to. */
BOOLEAN l62_file_is_own(PVOID body)
{
	return ((PFILE_OBJECT)body)->DeviceObject == NULL;
}

NTSTATUS l62_file_map(HANDLE handle, LONGLONG size, BOOLEAN writable, struct l62_mapped *mapped)
{
	struct open_file *body;
	LONGLONG start;
	NTSTATUS status = begin(handle, NULL, FALSE, &body, &start);
	struct content *content;

	if (!NT_SUCCESS(status))
		return status == STATUS_INVALID_DEVICE_REQUEST ? STATUS_INVALID_FILE_FOR_SECTION
		                                               : status;
	content = body->content;
	ObfDereferenceObject(body);
	if (size == 0)
		size = content->size;
	if (size == 0)
		return STATUS_MAPPED_FILE_SIZE_ZERO;
	if (size > content->size && (!writable || !grow(content, size)))
		return STATUS_SECTION_TOO_BIG;
	content->sections++;
	*mapped = (struct l62_mapped){content, content->data, (SIZE_T)size};
	return STATUS_SUCCESS;
}

void l62_file_unmap(const struct l62_mapped *mapped)
{
	((struct content *)mapped->content)->sections--;
}

void l62_files_apply(const struct l62_steps *steps)
{
	for (uint64_t i = 0; i < steps->file_count; i++) {
		const struct l62_setting *file = &steps->files[i];
		UNICODE_STRING path = {(USHORT)file->name_length, (USHORT)file->name_length,
		                       (PWSTR)(steps->data + file->name)};
		struct content *content = insert(&path);

		if (file->value_length && grow(content, file->value_length))
			RtlCopyMemory(content->data, steps->data + file->value,
			              file->value_length);
	}
}
