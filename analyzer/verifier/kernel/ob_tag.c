/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* References with tags: tags are for tracing, and change nothing. */
#include "ob_tag.h"

NTSTATUS NTAPI l62_nt_reference_handle_tag(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type,
                                           KPROCESSOR_MODE mode, ULONG tag, PVOID *body,
                                           POBJECT_HANDLE_INFORMATION information)
{
	UNREFERENCED_PARAMETER(tag);
	return ObReferenceObjectByHandle(handle, access, type, mode, body, information);
}

NTSTATUS NTAPI l62_nt_reference_pointer_tag(PVOID body, ACCESS_MASK access, POBJECT_TYPE type,
                                            KPROCESSOR_MODE mode, ULONG tag)
{
	UNREFERENCED_PARAMETER(tag);
	return ObReferenceObjectByPointer(body, access, type, mode);
}

LONG_PTR FASTCALL l62_nt_reference_tag(PVOID body, ULONG tag)
{
	UNREFERENCED_PARAMETER(tag);
	return ObfReferenceObject(body);
}

LONG_PTR FASTCALL l62_nt_dereference_tag(PVOID body, ULONG tag)
{
	UNREFERENCED_PARAMETER(tag);
	return ObfDereferenceObject(body);
}

VOID NTAPI l62_nt_dereference_defer_tag(PVOID body, ULONG tag)
{
	UNREFERENCED_PARAMETER(tag);
	ObDereferenceObjectDeferDelete(body);
}

/* Documented: the lower device is there before the upper one gets requests. */
NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT source, PDEVICE_OBJECT target,
                                               PDEVICE_OBJECT *lower)
{
	*lower = IoAttachDeviceToDeviceStack(source, target);
	return *lower ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}
