/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Lists that a path fills, walks and drains. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

struct item {
	LIST_ENTRY link;
	void *data;
};
struct tree {
	LIST_ENTRY items;
};
struct extension {
	LIST_ENTRY list;
	struct tree *tree;
};

/* What has just been put on a list is on it. */
int filled_is_not_empty(struct extension *x)
{
	struct item *i = ExAllocatePool(PagedPool, sizeof(*i)), *j;

	if (!i)
		return -1;
	i->data = ExAllocatePool(PagedPool, 16);
	if (!i->data) {
		ExFreePool(i);
		return -1;
	}
	InsertTailList(&x->list, &i->link);
	while (!IsListEmpty(&x->list)) {
		j = CONTAINING_RECORD(RemoveHeadList(&x->list), struct item, link);
		ExFreePool(j->data);
		ExFreePool(j);
	}
	return 0;
}

int drained_without_members_leak(struct extension *x)
{
	struct item *i = ExAllocatePool(PagedPool, sizeof(*i));

	if (!i)
		return -1;
	i->data = ExAllocatePool(PagedPool, 16);
	if (!i->data) {
		ExFreePool(i);
		return -1;
	}
	InsertTailList(&x->list, &i->link);
	while (!IsListEmpty(&x->list))
		ExFreePool(CONTAINING_RECORD(RemoveHeadList(&x->list), struct item, link));
	return 0; // expected-warning{{leak: 'i->data' from ExAllocatePool (16 bytes)}}
}

int local_leak(int n)
{
	LIST_ENTRY head;
	int i;

	InitializeListHead(&head);
	for (i = 0; i < n; i++) {
		struct item *e = ExAllocatePool(PagedPool, 24);

		if (!e)
			return -1; // expected-warning{{leak: 'e' from ExAllocatePool (24 bytes)}}
		InsertTailList(&head, &e->link);
	}
	while (!IsListEmpty(&head))
		ExFreePool(CONTAINING_RECORD(RemoveHeadList(&head), struct item, link));
	return 0;
}

int local_drained(int n)
{
	LIST_ENTRY head;
	int i, status = 0;

	InitializeListHead(&head);
	for (i = 0; i < n; i++) {
		struct item *e = ExAllocatePool(PagedPool, 24);

		if (!e) {
			status = -1;
			break;
		}
		InsertTailList(&head, &e->link);
	}
	while (!IsListEmpty(&head))
		ExFreePool(CONTAINING_RECORD(RemoveHeadList(&head), struct item, link));
	return status;
}

/* In a block of the function's own. */
int in_a_block_leak(struct extension *x, int n)
{
	struct tree *t = ExAllocatePool(PagedPool, sizeof(*t));
	int i;

	if (!t)
		return -1;
	InitializeListHead(&t->items);
	for (i = 0; i < n; i++) {
		struct item *e = ExAllocatePool(PagedPool, 24);

		if (!e) {
			ExFreePool(t);
			return -1; // expected-warning{{leak: 'e' from ExAllocatePool (24 bytes)}}
		}
		InsertTailList(&t->items, &e->link);
	}
	x->tree = t;
	return 0;
}

int in_a_block_drained(struct extension *x, int n)
{
	struct tree *t = ExAllocatePool(PagedPool, sizeof(*t));
	int i;

	if (!t)
		return -1;
	InitializeListHead(&t->items);
	for (i = 0; i < n; i++) {
		struct item *e = ExAllocatePool(PagedPool, 24);

		if (!e) {
			while (!IsListEmpty(&t->items))
				ExFreePool(CONTAINING_RECORD(RemoveHeadList(&t->items), struct item,
							     link));
			ExFreePool(t);
			return -1;
		}
		InsertTailList(&t->items, &e->link);
	}
	x->tree = t;
	return 0;
}

/* Each entry has a block of its own; the first one that goes leads to the next. */
struct item *make_item(void)
{
	struct item *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (!e)
		return 0;
	e->data = ExAllocatePool(PagedPool, 16);
	if (!e->data) {
		ExFreePool(e);
		return 0;
	}
	return e;
}

int data_of_two_drained(void)
{
	LIST_ENTRY head;
	struct item *e;

	InitializeListHead(&head);
	e = make_item();
	if (!e)
		return -1;
	InsertTailList(&head, &e->link);
	e = make_item();
	if (e)
		InsertTailList(&head, &e->link);
	while (!IsListEmpty(&head)) {
		e = CONTAINING_RECORD(RemoveHeadList(&head), struct item, link);
		ExFreePool(e->data);
		ExFreePool(e);
	}
	return 0;
}
