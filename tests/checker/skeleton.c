/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a skeleton says of out-parameters and of addresses of fields. */
// RUN: %plugin_only %plugin_arg out=%t.db %plugin_arg skeleton=%t.skel %s
// RUN: sed "/^#/d" %t.skel | FileCheck %s
#include <ntddk.h>

struct box {
	LIST_ENTRY Links;
	void *Buffer;
};

struct row {
	void *Data;
};
struct table {
	int Count;
	struct row Rows[4];
};
static struct row Global[8];

struct cell {
	void *Data;
};
struct tail {
	int Count;
};
struct lone {
	void *Data;
};
void *cells(struct cell *c, unsigned n) { return c[n].Data; }
int behind(struct tail *t) { return (t + 1)->Count; }
void *only(struct lone *l) { return l[0].Data; }

int fill(void **out);
void link_box(LIST_ENTRY *head, LIST_ENTRY *entry);

/* Of which records there are many: not of those that hold them, nor where a fixed step leads
 * past one. */
// CHECK-NOT: Y box
// CHECK-NOT: Y table
// CHECK-NOT: Y lone
// CHECK: Y cell
// CHECK-NOT: Y lone
// CHECK: Y row
// CHECK-NOT: Y table
// CHECK-NOT: Y tail

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

typedef struct _NAME {
	USHORT Length;
	WCHAR *Buffer;
} NAME;

struct named {
	int kind;
	NAME name;
	UCHAR data[16];
};

NAME wrap(WCHAR *buffer, ULONG length);
void keep_bytes(UCHAR *bytes);

/* A structure moves with its pointers. */
// CHECK-LABEL: F move e
// CHECK: L [[B:v[0-9]+]] v1:Buffer
// CHECK-NEXT: W v0:name.Buffer [[B]]
void move(struct named *to, NAME *name)
{
	to->name = *name;
}

// CHECK-LABEL: F move_as_memory e
// CHECK: L [[B:v[0-9]+]] v1:name.Buffer
// CHECK-NEXT: W v0:name.Buffer [[B]]
void move_as_memory(struct named *to, struct named *from)
{
	RtlCopyMemory(to, from, sizeof(*to));
}

/* One that is returned has got the pointer that fits. */
// CHECK-LABEL: F by_value e
// CHECK: C {{-|v[0-9]+}} wrap e v1
// CHECK: W v0:name.Buffer v1
void by_value(struct named *to, WCHAR *buffer, ULONG length)
{
	to->name = wrap(buffer, length);
}

/* Bytes that are a pointer go where nobody can tell. */
// CHECK-LABEL: F into_bytes e
// CHECK: give v1
void into_bytes(UCHAR *bytes, void *p)
{
	RtlCopyMemory(bytes, &p, sizeof(p));
}

/* An address that is a number. */
// CHECK-LABEL: F at_address e
void at_address(ULONG_PTR where, struct named *from)
{
	RtlCopyMemory((void *)where, from, sizeof(*from));
}

/* Bytes within an object do not stand for it. */
// CHECK-LABEL: F bytes_of e
// CHECK: C - keep_bytes e ?
// CHECK-NEXT: C - keep_bytes e ?
void bytes_of(struct named *from)
{
	keep_bytes(from->data);
	keep_bytes(&from->data[4]);
}

/* Which record of an array a field is of. */
// CHECK-LABEL: F rows e
// CHECK: W @Global.*.Data v2 ^row[v1].Data
// CHECK: W v0:Rows.Data v2 ^row[v1].Data
// CHECK: W v0:Rows.Data v2 ^row[#3].Data
void rows(struct table *t, unsigned i, void *p)
{
	Global[i].Data = p;
	t->Rows[i].Data = p;
	t->Rows[3].Data = p;
}

/* Places in one array are one value: comparing them decides nothing. */
// CHECK-LABEL: F steps e
// CHECK-NOT: D {{v[0-9]+}} !=
// CHECK: rel POOL
// CHECK-LABEL: F steps_below e
// CHECK-NOT: D {{v[0-9]+}} <
// CHECK: rel POOL
// CHECK-LABEL: F walks e
// CHECK: D {{v[0-9]+}} !=
// CHECK: rel POOL
void steps(struct table *t)
{
	struct row *r;

	for (r = t->Rows; r != t->Rows + 4; r++)
		ExFreePool(r->Data);
}
void steps_below(struct table *t)
{
	struct row *r = t->Rows, *end = r + 4;

	while (r < end)
		ExFreePool(r++->Data);
}
void walks(LIST_ENTRY *head)
{
	LIST_ENTRY *e;

	for (e = head->Flink; e != head; e = e->Flink)
		ExFreePool(e);
}

/* What an array of pointers is made of is found there. */
// CHECK-LABEL: F parts e
// CHECK: L [[B:v[0-9]+]] v0:Buffer
// CHECK: give [[B]]
// CHECK-NEXT: give v0
void parts(struct box *b, int i)
{
	void *all[] = {b->Buffer, b};

	ExFreePool(all[i]);
}

/* A copy of bytes gives back where they are. */
// CHECK-LABEL: F copied e
// CHECK: = [[T:v[0-9]+]] v0
// CHECK: R [[T]]
void *copied(void *to, const void *from)
{
	return memcpy(to, from, 4);
}

/* A work item is queued without a context beside it: with it goes what it is a part of, which
 * slots hold on to; and no part of something else. */
typedef struct _WORK_QUEUE_ITEM {
	LIST_ENTRY List;
	void (*WorkerRoutine)(void *);
	void *Parameter;
} WORK_QUEUE_ITEM;
void ExQueueWorkItem(WORK_QUEUE_ITEM *item, int queue);
struct job {
	int id;
	struct {
		WORK_QUEUE_ITEM Item;
	} part;
};
// CHECK-LABEL: F queues e
// CHECK: give v0 ^lent
// CHECK-NEXT: give v
void queues(struct job *job)
{
	ExQueueWorkItem(&job->part.Item, 1);
}

// CHECK-LABEL: F queues_plain e
// CHECK-NOT: ^lent
// CHECK: give v0{{$}}
void queues_plain(WORK_QUEUE_ITEM *item)
{
	ExQueueWorkItem(item, 1);
}
