/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Calls to functions of other files, by what their summaries say.  The lines
 * of the summaries are the ones that begin with SUM. */
// RUN: sed -n 's/^SUM //p' %s > %t.sum
// RUN: %plugin_only %plugin_arg out=%t.db %plugin_arg summaries=%t.sum %s
// RUN: %leaks %t.db %s
#if 0
SUM leak62-summaries 1
SUM S takes_on_success e 2 -
SUM O z - keep:1:.
SUM O n -
SUM S borrows e 1 -
SUM O nz -
SUM S releases e 1 -
SUM O - - rel:0:.:POOL
SUM S make e 1 -
SUM O z -
SUM O p fresh:POOL:ExAllocatePoolWithTag:/x.c:7
SUM S fill_out e 1 -
SUM O z - fill:0:*:POOL:ExAllocatePoolWithTag:/x.c:7
SUM O n - null:0:*
SUM S never_fails e 0 -
SUM O z -
SUM S free_member e 1 -
SUM O - - rel:0:Buffer:POOL
SUM S clear_member e 1 -
SUM O - - null:0:Buffer rel:0:Buffer:POOL
SUM S renew_member e 1 -
SUM O - - fill:0:Buffer:POOL:ExAllocatePoolWithTag:/x.c:9 rel:0:Buffer:POOL
SUM S free_all e 1 -
SUM O - - rel:0:Buffer:POOL rel:0:.:POOL
SUM S attach e 2 -
SUM O - - into:1:.:0:Buffer
SUM S free_if e 2 -
SUM O - - pre:1:np rel:0:.:POOL
SUM O - - pre:1:z
SUM S clear_list e 1 -
SUM O - - rel:0:*:POOL
SUM S reap e 1 -
SUM O - - rel:0:*:POOL,ERESOURCE rel:0:.:POOL rel:0:List:POOL rel:0:More:POOL
SUM S forget_list e 1 -
SUM O - - keep:0:*
SUM S reset e 1 -
SUM O - - null:0:*
SUM S open_object e 1 -
SUM O z - fillref:0:*
SUM O n -
SUM S close_object e 1 -
SUM O - - unref:0:.
SUM S find_box e 1 -
SUM O z -
SUM O p ref
SUM S put_box e 1 -
SUM O - - unref:0:.
SUM S drop_pack e 1 -
SUM O - - unref:0:.
SUM O - - rel:0:Data:POOL unref:0:.
SUM S count_pack e 1 -
SUM O - - unref:0:.
SUM S returns_it e 1 -
SUM O p param:0
SUM S bug_check e 0 -
SUM S too_much e 1 incomplete
#endif
#include <ntddk.h>
#include "kinds.h"

typedef struct _BOX {
	LIST_ENTRY Link;
	void *Buffer;
	int Size;
} BOX;

typedef struct _MORE {
	ERESOURCE Lock;
	void *Data;
} MORE;

typedef struct _OWNER {
	LIST_ENTRY List;
	MORE *More;
} OWNER;

void reap(OWNER *owner);
void forget_list(OWNER *owner);
void reset(void *p);
NTSTATUS takes_on_success(void *tree, void *buffer);
NTSTATUS borrows(void *p);
void releases(void *p);
void *make(int size);
NTSTATUS fill_out(void **out);
NTSTATUS never_fails(void);
void free_member(BOX *box);
void clear_member(BOX *box);
void renew_member(BOX *box);
void free_all(BOX *box);
void attach(BOX *box, void *p);
void free_if(void *p, int yes);
void clear_list(LIST_ENTRY *list);
NTSTATUS open_object(BOX **out);
void close_object(BOX *box);
void *returns_it(void *p);
void bug_check(void);
void too_much(void *p);
void nobody_knows(void *p);

NTSTATUS taken_only_on_success(void *tree)
{
	void *p = ExAllocatePool(PagedPool, 8);
	NTSTATUS status;

	if (!p)
		return -1;
	status = takes_on_success(tree, p);
	if (status < 0)
		return status; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes) is not freed on this path: takes_on_success leaves it to its caller, lost at this return}}
	return 0;
}

NTSTATUS taken_only_on_success_fixed(void *tree)
{
	void *p = ExAllocatePool(PagedPool, 8);
	NTSTATUS status;

	if (!p)
		return -1;
	status = takes_on_success(tree, p);
	if (status < 0) {
		ExFreePool(p);
		return status;
	}
	return 0;
}

NTSTATUS borrowed(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	return borrows(p); // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

void released(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (p)
		releases(p);
}

int made_elsewhere(int which)
{
	void *p = make(8);

	if (!p)
		return -1;
	if (which)
		return 1; // expected-warning{{leak: 'p' from make}}
	ExFreePool(p);
	return 0;
}

int filled_elsewhere(int which)
{
	void *p = 0;

	if (fill_out(&p) < 0)
		return -1;
	if (which)
		return 1; // expected-warning{{leak: 'p' from fill_out}}
	ExFreePool(p);
	return 0;
}

NTSTATUS a_failure_that_cannot_be(void)
{
	void *p = ExAllocatePool(PagedPool, 8);
	NTSTATUS status;

	if (!p)
		return -1;
	status = never_fails();
	if (status < 0)
		return status;
	ExFreePool(p);
	return 0;
}

void member_and_box(void)
{
	BOX *box = ExAllocatePool(PagedPool, sizeof(*box));

	if (!box)
		return;
	box->Buffer = ExAllocatePool(PagedPool, 8);
	free_member(box);
	ExFreePool(box);
}

/* What a member held goes before the member is null or holds something else. */
void member_is_cleared(void)
{
	BOX box = {0};

	box.Buffer = ExAllocatePool(PagedPool, 8);
	if (box.Buffer)
		clear_member(&box);
}

void member_is_renewed(void)
{
	BOX box = {0};

	box.Buffer = ExAllocatePool(PagedPool, 8);
	if (!box.Buffer)
		return;
	renew_member(&box);
	ExFreePool(box.Buffer);
}

void renewed_member_is_lost(void)
{
	BOX box = {0};

	box.Buffer = ExAllocatePool(PagedPool, 8);
	if (!box.Buffer)
		return;
	renew_member(&box);
} // expected-warning{{leak: 'box.Buffer' from renew_member is not freed on this path}}

void all_of_it(void)
{
	BOX *box = ExAllocatePool(PagedPool, sizeof(*box));

	if (!box)
		return;
	box->Buffer = ExAllocatePool(PagedPool, 8);
	free_all(box);
}

void box_without_member(void)
{
	BOX *box = ExAllocatePool(PagedPool, sizeof(*box));

	if (!box)
		return;
	box->Buffer = ExAllocatePool(PagedPool, 8);
	releases(box);
} // expected-warning{{leak: 'box->Buffer' from ExAllocatePool (8 bytes)}}

void attached(BOX *box)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (p)
		attach(box, p);
}

void attached_to_own(void)
{
	BOX box;
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return;
	attach(&box, p);
	borrows(&box);
	ExFreePool(box.Buffer);
}

void attached_to_own_and_lost(void)
{
	BOX box;
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return;
	attach(&box, p);
	borrows(&box);
} // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}

void flag_says_free(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (p)
		free_if(p, 1);
}

void flag_says_keep(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (p)
		free_if(p, 0);
} // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}

void list_cleared_elsewhere(void)
{
	LIST_ENTRY list;
	BOX *box;

	InitializeListHead(&list);
	box = ExAllocatePool(PagedPool, sizeof(*box));
	if (box)
		InsertTailList(&list, &box->Link);
	clear_list(&list);
}

/* What a summary takes of an argument takes along what it holds itself, such as
 * the members of a list's entries. */
NTSTATUS reaps_what_lies_deep(int n)
{
	OWNER *owner = ExAllocatePool(PagedPool, sizeof(*owner));
	BOX *box;

	if (!owner)
		return -1;
	InitializeListHead(&owner->List);
	owner->More = ExAllocatePool(NonPagedPool, sizeof(MORE));
	if (!owner->More) {
		ExFreePool(owner);
		return -1;
	}
	ExInitializeResourceLite(&owner->More->Lock);
	owner->More->Data = ExAllocatePool(PagedPool, 32);
	while (n--) {
		box = ExAllocatePool(PagedPool, sizeof(*box));
		if (!box)
			break;
		box->Buffer = ExAllocatePool(PagedPool, 64);
		InsertTailList(&owner->List, &box->Link);
	}
	reap(owner);
	return 0;
}

NTSTATUS frees_one_of_three(void)
{
	OWNER *owner = ExAllocatePool(PagedPool, sizeof(*owner));

	if (!owner)
		return -1;
	owner->More = ExAllocatePool(NonPagedPool, sizeof(MORE));
	if (!owner->More) {
		ExFreePool(owner);
		return -1;
	}
	owner->More->Data = ExAllocatePool(PagedPool, 32);
	ExFreePool(owner->More);
	ExFreePool(owner);
	return 0; // expected-warning{{leak: 'owner->More->Data' from ExAllocatePool (32 bytes)}}
}

/* Somebody else has the entries then, and what they hold. */
NTSTATUS keeps_what_lies_deep(void)
{
	OWNER owner;
	BOX *box;

	InitializeListHead(&owner.List);
	box = ExAllocatePool(PagedPool, sizeof(*box));
	if (!box)
		return -1;
	box->Buffer = ExAllocatePool(PagedPool, 64);
	InsertTailList(&owner.List, &box->Link);
	forget_list(&owner);
	return 0;
}

/* What is set to null is a structure here. */
int resets_a_structure(void)
{
	BOX box, all[2];
	void *p = ExAllocatePool(PagedPool, 8);

	reset(&box);
	reset(&all);
	reset(all);
	if (p)
		ExFreePool(p);
	return 0;
}

int counted(int which)
{
	BOX *box;

	if (open_object(&box) < 0)
		return -1;
	if (which)
		return 1; // expected-warning{{leak: 'box' from open_object}}
	close_object(box);
	return 0;
}

void gets_it_back(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return;
	p = returns_it(p);
	ExFreePool(p);
}

void stops_the_machine(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return;
	bug_check();
}

void incomplete_takes_it(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (p)
		too_much(p);
}

void unknown_takes_it(void)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (p)
		nobody_knows(p);
}

/* Functions that count are not looked into, however small they are. */
typedef struct _COUNTED {
	LONG RefCount;
	int Closed;
} COUNTED;

COUNTED *boxes[4];

COUNTED *find_box(int which)
{
	COUNTED *box = boxes[which];

	if (box)
		box->RefCount++;
	return box;
}

void put_box(COUNTED *box)
{
	box->RefCount--;
}

int box_in_use(int which)
{
	COUNTED *box = find_box(which);

	if (!box)
		return -1;
	if (box->Closed)
		return -2; // expected-warning{{leak: 'box' from find_box}}
	put_box(box);
	return 0;
}

int box_in_use_fixed(int which)
{
	COUNTED *box = find_box(which);

	if (!box)
		return -1;
	if (box->Closed) {
		put_box(box);
		return -2;
	}
	put_box(box);
	return 0;
}

/* Who holds another reference to an object holds what is in it, and no more. */
struct pack {
	LONG RefCount;
	void *Data;
};
void drop_pack(struct pack *pack);

int counted_contents(void)
{
	struct pack *pack = ExAllocatePool(PagedPool, sizeof(*pack));

	if (!pack)
		return -1;
	pack->Data = ExAllocatePool(PagedPool, 8);
	drop_pack(pack);
	return 0;
}

int counted_contents_leak(void)
{
	struct pack *pack = ExAllocatePool(PagedPool, sizeof(*pack));
	void *data;

	if (!pack)
		return -1;
	pack->Data = NULL;
	data = ExAllocatePool(PagedPool, 8);
	drop_pack(pack);
	return data ? 0 : -2; // expected-warning{{leak: 'data' from ExAllocatePool (}}
}

/* Who only counts frees nothing of it, and the last one nothing either. */
void count_pack(struct pack *pack);

int counted_only(void)
{
	struct pack *pack = ExAllocatePool(PagedPool, sizeof(*pack));

	if (!pack)
		return -1;
	pack->Data = ExAllocatePool(PagedPool, 8);
	count_pack(pack);
	return 0; // expected-warning{{leak: 'pack->Data' from ExAllocatePool (8 bytes)}}
}
