/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Sections over the page file, or over a file's bytes: memory that views share.  A view is
 * where the memory is, so that all views of a section are one, counted.  What a view may be
 * used for is not enforced, and there are no images.
 */
#include "ob.h"

enum { IMAGE = 0x01000000 }; /* SEC_IMAGE, which the DDK does not have */

struct section {
	SIZE_T size;
	PVOID memory; /* page-aligned, in the room */
	PVOID room;
	struct l62_mapped file; /* content NULL: over the page file */
	LONG views;
};

static void destroy(PVOID body)
{
	struct section *section = body;

	if (section->file.content)
		l62_file_unmap(&section->file);
	l62_host_free(section->room);
	l62_host_free(body);
}

static struct _OBJECT_TYPE section_type = {&section_type, "Section", NULL, destroy};
POBJECT_TYPE l62_type_section = &section_type;

struct view {
	struct view *next;
	struct section *section; /* with a reference */
	PUCHAR start;
};

static struct view *views;

static NTSTATUS of_file(struct section *section, HANDLE file, PLARGE_INTEGER most,
                        ULONG protection)
{
	BOOLEAN writable = (protection & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE)) != 0;
	NTSTATUS status =
	        l62_file_map(file, most ? most->QuadPart : 0, writable, &section->file);

	section->memory = section->file.data;
	section->size = ROUND_TO_PAGES(section->file.size);
	return status;
}

static NTSTATUS of_page_file(struct section *section, PLARGE_INTEGER most)
{
	if (!most || most->QuadPart <= 0)
		return STATUS_INVALID_PARAMETER_4;
	section->size = ROUND_TO_PAGES(most->QuadPart);
	section->room = l62_host_alloc(section->size + PAGE_SIZE);
	section->memory = (PVOID)ROUND_TO_PAGES((ULONG_PTR)section->room);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwCreateSection(PHANDLE handle, ACCESS_MASK access,
                               POBJECT_ATTRIBUTES attributes, PLARGE_INTEGER most,
                               ULONG protection, ULONG options, HANDLE file)
{
	struct section *section;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(access);
	if (options & IMAGE)
		l62_end_incomplete("the driver maps an image, which leak62 cannot do");
	/* Documented: one of them. */
	if (!(options & (SEC_COMMIT | SEC_RESERVE)))
		return STATUS_INVALID_PARAMETER_6;
	if (most && (most->QuadPart < 0 || most->QuadPart > MAXLONG))
		return STATUS_INVALID_PARAMETER_4;
	section = l62_host_alloc(sizeof(*section));
	status = file ? of_file(section, file, most, protection) : of_page_file(section, most);
	if (!NT_SUCCESS(status)) {
		l62_host_free(section);
		return status;
	}
	l62_object_insert(section, l62_type_section);
	*handle = l62_handle_create(section, attributes ? attributes->Attributes : 0);
	ObfDereferenceObject(section);
	return STATUS_SUCCESS;
}

static NTSTATUS map(struct section *section, SIZE_T offset, PVOID *base, PSIZE_T size)
{
	struct view *view;

	if (offset % PAGE_SIZE || offset >= section->size || *size > section->size - offset)
		return STATUS_INVALID_VIEW_SIZE;
	view = l62_host_alloc(sizeof(*view));
	view->section = section;
	view->start = (PUCHAR)section->memory + offset;
	view->next = views;
	views = view;
	ObfReferenceObject(section);
	section->views++;
	if (!*size)
		*size = section->size - offset;
	*base = view->start;
	return STATUS_SUCCESS;
}

static NTSTATUS unmap(PVOID base)
{
	struct view **link = &views, *view;

	while (*link && (*link)->start != base)
		link = &(*link)->next;
	view = *link;
	if (!view)
		return STATUS_NOT_MAPPED_VIEW;
	*link = view->next;
	view->section->views--;
	ObfDereferenceObject(view->section);
	l62_host_free(view);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwMapViewOfSection(HANDLE handle, HANDLE process, PVOID *base,
                                  ULONG_PTR zero_bits, SIZE_T commit, PLARGE_INTEGER offset,
                                  PSIZE_T size, SECTION_INHERIT inherit, ULONG type,
                                  ULONG protection)
{
	struct section *section;
	NTSTATUS status = l62_handle_reference(handle, l62_type_section, (PVOID *)&section);

	UNREFERENCED_PARAMETER(process);
	UNREFERENCED_PARAMETER(zero_bits);
	UNREFERENCED_PARAMETER(commit);
	UNREFERENCED_PARAMETER(inherit);
	UNREFERENCED_PARAMETER(type);
	UNREFERENCED_PARAMETER(protection);
	if (!NT_SUCCESS(status))
		return status;
	status = map(section, offset ? (SIZE_T)offset->QuadPart : 0, base, size);
	ObfDereferenceObject(section);
	return status;
}

NTSTATUS NTAPI ZwUnmapViewOfSection(HANDLE process, PVOID base)
{
	UNREFERENCED_PARAMETER(process);
	return unmap(base);
}

NTSTATUS NTAPI MmMapViewInSystemSpace(PVOID section, PVOID *base, PSIZE_T size)
{
	NTSTATUS status = map(section, 0, base, size);

	if (NT_SUCCESS(status))
		l62_ledger_add(L62_LEDGER_VIEW, (ULONG_PTR)*base, *size, NULL);
	return status;
}

NTSTATUS NTAPI MmUnmapViewInSystemSpace(PVOID base)
{
	l62_ledger_remove(L62_LEDGER_VIEW, (ULONG_PTR)base);
	return unmap(base);
}
