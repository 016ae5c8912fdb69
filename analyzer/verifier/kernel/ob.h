/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The object manager: bodies with references and handles.  When the last handle is
 * closed, close is called; when the last reference is gone, destroy.
 */
#ifndef LEAK62_VERIFIER_OB_H
#define LEAK62_VERIFIER_OB_H

#include "nt.h"

/* Real ones begin with a list that is empty, so with their own address: drivers that
 * were linked without dllimport get at the type through it. */
struct _OBJECT_TYPE {
	struct _OBJECT_TYPE *self;
	const char *name;
	void (*close)(PVOID body);
	void (*destroy)(PVOID body);
};

extern POBJECT_TYPE l62_type_event, l62_type_file, l62_type_key, l62_type_link,
        l62_type_process, l62_type_section, l62_type_semaphore, l62_type_thread;

/* Makes body an object; the caller has its first reference. */
void l62_object_insert(PVOID body, POBJECT_TYPE type);
/* NULL: it is no object known here, or of no type. */
POBJECT_TYPE l62_object_type(PVOID body);
/* A new handle, which has a reference of its own. */
HANDLE l62_handle_create(PVOID body, ULONG attributes);
/* The same of a program's, which the driver need not close; STATUS_INVALID_PARAMETER: there is
 * one of that value. */
NTSTATUS l62_handle_of_program(PVOID body, ULONG_PTR value);
/* The object, with a reference more for the caller; type NULL: any. */
NTSTATUS l62_handle_reference(HANDLE handle, POBJECT_TYPE type, PVOID *body);

/* ob_callback.c: altitudes, which are decimal numbers: <0, 0, >0. */
int l62_altitude_compare(PCUNICODE_STRING a, PCUNICODE_STRING b);
/* A handle is to be made; what of the access the driver's callbacks leave. */
ACCESS_MASK l62_object_opening(PVOID body, POBJECT_TYPE type, ACCESS_MASK access,
                               BOOLEAN kernel);
BOOLEAN l62_object_is_watched(void); /* any callbacks are registered */
/* Declared by the headers for later versions than these are compiled for. */
USHORT NTAPI ObGetFilterVersion(VOID);
NTSTATUS NTAPI ObRegisterCallbacks(POB_CALLBACK_REGISTRATION wanted, PVOID *handle);
VOID NTAPI ObUnRegisterCallbacks(PVOID handle);

/* io_file.c: a file in memory, not one of a device. */
BOOLEAN l62_file_is_own(PVOID body);
/* The bytes of a file, page-aligned, which stay where they are until given back.  size 0:
 * all of them; more than there are: the file is extended, if writable. */
struct l62_mapped {
	PVOID content, data;
	SIZE_T size;
};
NTSTATUS l62_file_map(HANDLE handle, LONGLONG size, BOOLEAN writable,
                      struct l62_mapped *mapped);
void l62_file_unmap(const struct l62_mapped *mapped);

#endif
