/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Names of our own: what the headers declare depends on the version. */
#ifndef LEAK62_VERIFIER_OB_TAG_H
#define LEAK62_VERIFIER_OB_TAG_H

#include "ob.h"

NTSTATUS NTAPI l62_nt_reference_handle_tag(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type,
                                           KPROCESSOR_MODE mode, ULONG tag, PVOID *body,
                                           POBJECT_HANDLE_INFORMATION information);
NTSTATUS NTAPI l62_nt_reference_pointer_tag(PVOID body, ACCESS_MASK access, POBJECT_TYPE type,
                                            KPROCESSOR_MODE mode, ULONG tag);
LONG_PTR FASTCALL l62_nt_reference_tag(PVOID body, ULONG tag);
LONG_PTR FASTCALL l62_nt_dereference_tag(PVOID body, ULONG tag);
VOID NTAPI l62_nt_dereference_defer_tag(PVOID body, ULONG tag);

#endif
