/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Generic tables, of both kinds: an element is behind the links of its node, which comes
 * from the driver's own routine.  Here both are a search tree that is not balanced, in the
 * fields that the DDK declares; the root of an AVL table is its BalancedRoot's right child.
 *
 * The order of insertion, which RtlGetElementGenericTable() counts by, is kept in a splay
 * table's list; an AVL table is counted by the order of its elements, as documented.
 */
#include "nt.h"

#include <stddef.h>

/* What both kinds of links begin with. */
C_ASSERT(offsetof(RTL_BALANCED_LINKS, RightChild) == offsetof(RTL_SPLAY_LINKS, RightChild));
C_ASSERT(offsetof(RTL_BALANCED_LINKS, LeftChild) == offsetof(RTL_SPLAY_LINKS, LeftChild));

typedef PRTL_SPLAY_LINKS LINKS;

/* The nodes as documented by their sizes: links, a list entry in splay tables, the element. */
enum {
	AVL_HEADER = sizeof(RTL_BALANCED_LINKS),
	SPLAY_HEADER = sizeof(RTL_SPLAY_LINKS) + sizeof(LIST_ENTRY),
};

struct table {
	PVOID driver; /* RTL_AVL_TABLE or RTL_GENERIC_TABLE */
	LINKS *root;
	PVOID compare, allocate, release;
	ULONG header;
	ULONG *count;
};

static struct table of_avl(PRTL_AVL_TABLE table)
{
	return (struct table){table,
	                      (LINKS *)&table->BalancedRoot.RightChild,
	                      (PVOID)table->CompareRoutine,
	                      (PVOID)table->AllocateRoutine,
	                      (PVOID)table->FreeRoutine,
	                      AVL_HEADER,
	                      &table->NumberGenericTableElements};
}

static struct table of_splay(PRTL_GENERIC_TABLE table)
{
	return (struct table){table,
	                      &table->TableRoot,
	                      (PVOID)table->CompareRoutine,
	                      (PVOID)table->AllocateRoutine,
	                      (PVOID)table->FreeRoutine,
	                      SPLAY_HEADER,
	                      &table->NumberGenericTableElements};
}

static PVOID element_of(const struct table *t, LINKS node)
{
	return (PUCHAR)node + t->header;
}

static LINKS node_of(const struct table *t, PVOID element)
{
	return (LINKS)((PUCHAR)element - t->header);
}

static RTL_GENERIC_COMPARE_RESULTS compare(const struct table *t, PVOID wanted, LINKS node)
{
	const uint64_t args[] = {(ULONG_PTR)t->driver, (ULONG_PTR)wanted,
	                         (ULONG_PTR)element_of(t, node)};

	return (RTL_GENERIC_COMPARE_RESULTS)l62_invoke(t->compare, args, 3, NULL);
}

/* Where it is, or the node that it would hang below. */
static TABLE_SEARCH_RESULT find(const struct table *t, PVOID wanted, LINKS *at)
{
	LINKS next = *t->root;
	TABLE_SEARCH_RESULT result = TableEmptyTree;

	*at = NULL;
	while (next) {
		RTL_GENERIC_COMPARE_RESULTS order = compare(t, wanted, next);

		*at = next;
		if (order == GenericEqual)
			return TableFoundNode;
		result = order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
		next = order == GenericLessThan ? next->LeftChild : next->RightChild;
	}
	return result;
}

static LINKS first(LINKS node)
{
	while (node && node->LeftChild)
		node = node->LeftChild;
	return node;
}

static LINKS following(const struct table *t, LINKS node)
{
	if (node->RightChild)
		return first(node->RightChild);
	while (node != *t->root && node == node->Parent->RightChild)
		node = node->Parent;
	return node == *t->root ? NULL : node->Parent;
}

/* What points to a node. */
static LINKS *place_of(const struct table *t, LINKS node)
{
	if (node == *t->root)
		return t->root;
	return node == node->Parent->LeftChild ? &node->Parent->LeftChild
	                                       : &node->Parent->RightChild;
}

static void put(const struct table *t, LINKS node, LINKS by)
{
	*place_of(t, node) = by;
	if (by)
		by->Parent = node->Parent;
}

static void unlink_node(const struct table *t, LINKS node)
{
	LINKS next;

	if (!node->LeftChild || !node->RightChild) {
		put(t, node, node->LeftChild ? node->LeftChild : node->RightChild);
	} else {
		next = first(node->RightChild);
		if (next != node->RightChild) {
			put(t, next, next->RightChild);
			next->RightChild = node->RightChild;
			next->RightChild->Parent = next;
		}
		put(t, node, next);
		next->LeftChild = node->LeftChild;
		next->LeftChild->Parent = next;
	}
	--*t->count;
}

/* The element, new or as it was; NULL: the driver has no memory for it. */
static PVOID insert(const struct table *t, PVOID buffer, ULONG size, PBOOLEAN fresh, LINKS at,
                    TABLE_SEARCH_RESULT found, LINKS *made)
{
	const uint64_t args[] = {(ULONG_PTR)t->driver, t->header + size};
	LINKS node;

	*made = NULL;
	if (fresh)
		*fresh = FALSE;
	if (found == TableFoundNode)
		return element_of(t, at);
	node = (LINKS)l62_invoke(t->allocate, args, 2, NULL);
	if (!node)
		return NULL;
	RtlZeroMemory(node, t->header);
	node->Parent = at;
	if (found == TableEmptyTree)
		*t->root = node;
	else if (found == TableInsertAsLeft)
		at->LeftChild = node;
	else
		at->RightChild = node;
	RtlCopyMemory(element_of(t, node), buffer, size);
	++*t->count;
	if (fresh)
		*fresh = TRUE;
	*made = node;
	return element_of(t, node);
}

static void release(const struct table *t, LINKS node)
{
	const uint64_t args[] = {(ULONG_PTR)t->driver, (ULONG_PTR)node};

	l62_invoke(t->release, args, 2, NULL);
}

static PVOID lookup(const struct table *t, PVOID wanted, PVOID *at, TABLE_SEARCH_RESULT *found)
{
	LINKS node;
	TABLE_SEARCH_RESULT result = find(t, wanted, &node);

	if (at)
		*at = node;
	if (found)
		*found = result;
	return result == TableFoundNode ? element_of(t, node) : NULL;
}

/* key: the node that was the last. */
static PVOID enumerate(const struct table *t, PVOID *key)
{
	LINKS node = *key ? following(t, *key) : first(*t->root);

	if (!node)
		return NULL;
	*key = node;
	return element_of(t, node);
}

VOID NTAPI RtlInitializeGenericTableAvl(PRTL_AVL_TABLE table, PRTL_AVL_COMPARE_ROUTINE compares,
                                        PRTL_AVL_ALLOCATE_ROUTINE allocates,
                                        PRTL_AVL_FREE_ROUTINE frees, PVOID context)
{
	RtlZeroMemory(table, sizeof(*table));
	table->BalancedRoot.Parent = &table->BalancedRoot;
	table->CompareRoutine = compares;
	table->AllocateRoutine = allocates;
	table->FreeRoutine = frees;
	table->TableContext = context;
}

PVOID NTAPI RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE table, PVOID buffer, CLONG size,
                                                PBOOLEAN fresh, PVOID at,
                                                TABLE_SEARCH_RESULT found)
{
	struct table t = of_avl(table);
	LINKS node;

	return insert(&t, buffer, size, fresh, at, found, &node);
}

PVOID NTAPI RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE table, PVOID buffer, CLONG size,
                                            PBOOLEAN fresh)
{
	struct table t = of_avl(table);
	LINKS at;
	TABLE_SEARCH_RESULT found = find(&t, buffer, &at);

	return RtlInsertElementGenericTableFullAvl(table, buffer, size, fresh, at, found);
}

BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE table, PVOID buffer)
{
	struct table t = of_avl(table);
	LINKS node;

	if (find(&t, buffer, &node) != TableFoundNode)
		return FALSE;
	unlink_node(&t, node);
	if ((PVOID)table->RestartKey == node)
		table->RestartKey = NULL;
	release(&t, node);
	return TRUE;
}

PVOID NTAPI RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE table, PVOID buffer, PVOID *at,
                                                TABLE_SEARCH_RESULT *found)
{
	struct table t = of_avl(table);

	return lookup(&t, buffer, at, found);
}

PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE table, PVOID buffer)
{
	return RtlLookupElementGenericTableFullAvl(table, buffer, NULL, NULL);
}

PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE table, PVOID *key)
{
	struct table t = of_avl(table);

	return enumerate(&t, key);
}

PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE table, BOOLEAN restart)
{
	if (restart)
		table->RestartKey = NULL;
	return RtlEnumerateGenericTableWithoutSplayingAvl(table, (PVOID *)&table->RestartKey);
}

PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE table, ULONG index)
{
	PVOID key = NULL, element;

	do
		element = RtlEnumerateGenericTableWithoutSplayingAvl(table, &key);
	while (element && index--);
	return element;
}

ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE table)
{
	return table->NumberGenericTableElements;
}

BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE table)
{
	return table->NumberGenericTableElements == 0;
}

VOID NTAPI RtlInitializeGenericTable(PRTL_GENERIC_TABLE table,
                                     PRTL_GENERIC_COMPARE_ROUTINE compares,
                                     PRTL_GENERIC_ALLOCATE_ROUTINE allocates,
                                     PRTL_GENERIC_FREE_ROUTINE frees, PVOID context)
{
	RtlZeroMemory(table, sizeof(*table));
	InitializeListHead(&table->InsertOrderList);
	table->OrderedPointer = &table->InsertOrderList;
	table->CompareRoutine = compares;
	table->AllocateRoutine = allocates;
	table->FreeRoutine = frees;
	table->TableContext = context;
}

PVOID NTAPI RtlInsertElementGenericTableFull(PRTL_GENERIC_TABLE table, PVOID buffer, CLONG size,
                                             PBOOLEAN fresh, PVOID at,
                                             TABLE_SEARCH_RESULT found)
{
	struct table t = of_splay(table);
	LINKS node;
	PVOID element = insert(&t, buffer, size, fresh, at, found, &node);

	if (node)
		InsertTailList(&table->InsertOrderList, (PLIST_ENTRY)(node + 1));
	return element;
}

PVOID NTAPI RtlInsertElementGenericTable(PRTL_GENERIC_TABLE table, PVOID buffer, CLONG size,
                                         PBOOLEAN fresh)
{
	struct table t = of_splay(table);
	LINKS at;
	TABLE_SEARCH_RESULT found = find(&t, buffer, &at);

	return RtlInsertElementGenericTableFull(table, buffer, size, fresh, at, found);
}

BOOLEAN NTAPI RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE table, PVOID buffer)
{
	struct table t = of_splay(table);
	LINKS node;

	if (find(&t, buffer, &node) != TableFoundNode)
		return FALSE;
	unlink_node(&t, node);
	RemoveEntryList((PLIST_ENTRY)(node + 1));
	release(&t, node);
	return TRUE;
}

PVOID NTAPI RtlLookupElementGenericTableFull(PRTL_GENERIC_TABLE table, PVOID buffer, PVOID *at,
                                             TABLE_SEARCH_RESULT *found)
{
	struct table t = of_splay(table);

	return lookup(&t, buffer, at, found);
}

PVOID NTAPI RtlLookupElementGenericTable(PRTL_GENERIC_TABLE table, PVOID buffer)
{
	return RtlLookupElementGenericTableFull(table, buffer, NULL, NULL);
}

PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(PRTL_GENERIC_TABLE table, PVOID *key)
{
	struct table t = of_splay(table);

	return enumerate(&t, key);
}

/* Where it was is told by the last element, which may not be deleted meanwhile: documented. */
PVOID NTAPI RtlEnumerateGenericTable(PRTL_GENERIC_TABLE table, BOOLEAN restart)
{
	struct table t = of_splay(table);
	PVOID key, element;

	if (restart)
		table->OrderedPointer = &table->InsertOrderList;
	key = table->OrderedPointer == &table->InsertOrderList
	              ? NULL
	              : (PVOID)((LINKS)table->OrderedPointer - 1);
	element = enumerate(&t, &key);
	if (element)
		table->OrderedPointer = (PLIST_ENTRY)(node_of(&t, element) + 1);
	return element;
}

PVOID NTAPI RtlGetElementGenericTable(PRTL_GENERIC_TABLE table, ULONG index)
{
	PLIST_ENTRY entry = table->InsertOrderList.Flink;

	while (entry != &table->InsertOrderList && index--)
		entry = entry->Flink;
	return entry == &table->InsertOrderList ? NULL : (PVOID)(entry + 1);
}

ULONG NTAPI RtlNumberGenericTableElements(PRTL_GENERIC_TABLE table)
{
	return table->NumberGenericTableElements;
}

BOOLEAN NTAPI RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE table)
{
	return table->NumberGenericTableElements == 0;
}
