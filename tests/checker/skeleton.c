/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a skeleton says of out-parameters and of addresses of fields. */
// RUN: %plugin_only %plugin_arg out=%t.db %plugin_arg skeleton=%t.skel %s
// RUN: FileCheck %s --input-file %t.skel
#include <ntddk.h>

struct box {
	LIST_ENTRY Links;
	void *Buffer;
};

int fill(void **out);
void link_box(LIST_ENTRY *head, LIST_ENTRY *entry);

/* The pointee that is tested is the value that was stored. */
// CHECK-LABEL: F make e
// CHECK: acq POOL ExAllocatePoolWithTag {{[0-9]+}} null - [[V:v[0-9]+]]
// CHECK-NEXT: W v0:* [[V]]
// CHECK: L [[T:v[0-9]+]] v0:*
// CHECK-NEXT: ? [[T]] != #0
int make(void **out)
{
	*out = ExAllocatePoolWithTag(PagedPool, 8, 'a');
	if (!*out)
		return -1;
	return 0;
}

/* Which field it is whose address goes out. */
// CHECK-LABEL: F pass e
// CHECK: A [[A:v[0-9]+]] v0 Buffer
// CHECK-NEXT: C {{v[0-9]+}} fill e [[A]]
// CHECK: A [[H:v[0-9]+]] v0 Links
// CHECK-NEXT: A [[E:v[0-9]+]] v1 Links
// CHECK-NEXT: C - link_box e [[H]] [[E]]
void pass(struct box *head, struct box *entry)
{
	fill(&head->Buffer);
	link_box(&head->Links, &entry->Links);
}
