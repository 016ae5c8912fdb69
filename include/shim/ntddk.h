/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * mingw-w64's ntddk.h, then what it lacks.  With RTL_USE_AVL_TABLES it leaves
 * out a type that its own splay routines need.
 */
#pragma once
#ifdef RTL_USE_AVL_TABLES
typedef struct _RTL_SPLAY_LINKS {
	struct _RTL_SPLAY_LINKS *Parent;
	struct _RTL_SPLAY_LINKS *LeftChild;
	struct _RTL_SPLAY_LINKS *RightChild;
} RTL_SPLAY_LINKS, *PRTL_SPLAY_LINKS;
#endif
#include_next <ntddk.h>
#include "leak62_ntddk.h"
