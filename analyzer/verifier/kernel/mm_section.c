/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Sections over the page file: memory that views share.  A view is where the memory is, so
 * that all views of a section are one, counted.  Sections of files are not here.
 */
#include "ob.h"

struct section {
	SIZE_T size;
	PVOID memory; /* page-aligned, in the room */
	PVOID room;
	LONG views;
};

static void destroy(PVOID body)
{
	l62_host_free(((struct section *)body)->room);
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

NTSTATUS NTAPI ZwCreateSection(PHANDLE handle, ACCESS_MASK access,
                               POBJECT_ATTRIBUTES attributes, PLARGE_INTEGER most,
                               ULONG protection, ULONG options, HANDLE file)
{
	struct section *section;

	UNREFERENCED_PARAMETER(access);
	UNREFERENCED_PARAMETER(protection);
	if (file)
		l62_end_incomplete("the driver makes a section of a file, which leak62 cannot "
		                   "do");
	/* Documented: one of them. */
	if (!(options & (SEC_COMMIT | SEC_RESERVE)) || !most || most->QuadPart <= 0 ||
	    most->QuadPart > MAXLONG)
		return STATUS_INVALID_PARAMETER_4;
	section = l62_host_alloc(sizeof(*section));
	section->size = ROUND_TO_PAGES(most->QuadPart);
	section->room = l62_host_alloc(section->size + PAGE_SIZE);
	section->memory = (PVOID)ROUND_TO_PAGES((ULONG_PTR)section->room);
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
	return map(section, 0, base, size);
}

NTSTATUS NTAPI MmUnmapViewInSystemSpace(PVOID base)
{
	return unmap(base);
}
