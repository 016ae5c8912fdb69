/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The routines of ntstrsafe.lib for terminated strings: mingw-w64's header has their text,
 * which it hides where code is not inlined.  Linked to a driver that uses one. */
#include <ntddk.h>
#undef __CRT__NO_INLINE
#define __CRT__NO_INLINE
#define __CRT_STRSAFE_IMPL
#include <ntstrsafe.h>
