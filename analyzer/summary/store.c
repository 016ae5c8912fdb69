/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The states of all nodes, and which is run next: always one of the earliest
 * node in reverse postorder, so that the paths of both branches have met before
 * what follows is run.  A node that gets many states is content with less: from
 * L62_STATES_JOIN on, states that differ in signs alone are joined; from
 * L62_STATES_BLUR on, one state stands for all others that come.
 */
#include <string.h>

#include "packed.h"

enum { L62_STATES_JOIN = 16, L62_STATES_BLUR = 32 };

struct states {
	GHashTable *chains; /* hash of the prefix -> struct l62_packed */
	GPtrArray *pending; /* of struct l62_packed */
	uint32_t count;
};

struct l62_store {
	struct l62_solver *s;
	struct states *nodes;
	uint32_t merged; /* the node whose pending states have been merged */
	uint32_t first;  /* no node before this one in the sequence has pending states */
};

struct l62_store *l62_store_new(struct l62_solver *s)
{
	struct l62_store *store = g_new0(struct l62_store, 1);

	store->s = s;
	store->merged = L62_NONE;
	store->nodes = g_new0(struct states, s->flow->nnodes);
	for (uint32_t i = 0; i < s->flow->nnodes; i++) {
		store->nodes[i].chains = g_hash_table_new(NULL, NULL);
		store->nodes[i].pending = g_ptr_array_new();
	}
	return store;
}

static void free_chain(struct l62_packed *p)
{
	while (p) {
		struct l62_packed *next = p->next;

		g_free(p);
		p = next;
	}
}

void l62_store_free(struct l62_store *store)
{
	for (uint32_t i = 0; i < store->s->flow->nnodes; i++) {
		struct states *states = &store->nodes[i];
		GHashTableIter iter;
		gpointer chain;

		for (guint j = 0; j < states->pending->len; j++) {
			struct l62_packed *p = states->pending->pdata[j];

			if (p->dead)
				g_free(p);
		}
		g_hash_table_iter_init(&iter, states->chains);
		while (g_hash_table_iter_next(&iter, NULL, &chain))
			free_chain(chain);
		g_hash_table_unref(states->chains);
		g_ptr_array_unref(states->pending);
	}
	g_free(store->nodes);
	g_free(store);
}

static struct l62_packed *chain_of(const struct states *states, uint32_t hash)
{
	return g_hash_table_lookup(states->chains, GUINT_TO_POINTER(hash));
}

static void set_chain(struct states *states, uint32_t hash, struct l62_packed *p)
{
	if (p)
		g_hash_table_insert(states->chains, GUINT_TO_POINTER(hash), p);
	else
		g_hash_table_remove(states->chains, GUINT_TO_POINTER(hash));
}

static void detach_state(struct states *states, struct l62_packed *p)
{
	struct l62_packed *head = chain_of(states, p->hash), **at = &head;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	set_chain(states, p->hash, head);
	states->count--;
}

/* Another state says what p says. */
static void unlink_state(struct states *states, struct l62_packed *p)
{
	detach_state(states, p);
	if (p->pending)
		p->dead = true;
	else
		g_free(p);
}

static void link_state(struct states *states, struct l62_packed *p)
{
	p->next = chain_of(states, p->hash);
	set_chain(states, p->hash, p);
	states->count++;
	p->pending = true;
	g_ptr_array_add(states->pending, p);
}

/* Makes p one with the states of its prefix.  Returns what is to be added
 * instead, or NULL if nothing is. */
static struct l62_packed *merge_in(struct l62_solver *s, struct states *states,
                                   struct l62_packed *p, enum l62_effort effort)
{
	struct l62_packed *q = chain_of(states, p->hash);

	while (q) {
		struct l62_packed *next = q->next, *merged;

		if (!l62_packed_same_prefix(p, q)) {
			q = next;
			continue;
		}
		switch (l62_packed_relate(s, p, q, effort, &merged)) {
		case L62_COVERED:
			g_free(p);
			return NULL;
		case L62_COVERS:
			unlink_state(states, q);
			break;
		case L62_MERGED:
			unlink_state(states, q);
			g_free(p);
			p = merged;
			next = chain_of(states, p->hash);
			break;
		case L62_APART:
			break;
		}
		q = next;
	}
	return p;
}

static bool is_same(struct l62_solver *s, const struct l62_packed *a,
                    const struct l62_packed *b)
{
	return l62_packed_same_prefix(a, b) &&
	       l62_packed_relate(s, a, b, L62_EFFORT_COVER, NULL) == L62_COVERED;
}

/* The same with any state that differs in signs alone; *joined: try again. */
static struct l62_packed *join_in(struct l62_solver *s, struct states *states,
                                  const struct l62_node *node, struct l62_packed *p,
                                  bool *joined)
{
	GHashTableIter iter;
	gpointer chain;

	*joined = false;
	g_hash_table_iter_init(&iter, states->chains);
	while (g_hash_table_iter_next(&iter, NULL, &chain)) {
		for (struct l62_packed *q = chain; q; q = q->next) {
			struct l62_packed *both = l62_packed_join(s, p, q, node);

			if (!both)
				continue;
			g_free(p);
			if (is_same(s, both, q)) {
				g_free(both);
				return NULL;
			}
			unlink_state(states, q);
			*joined = true;
			return both;
		}
	}
	return p;
}

/* Makes p one with the node's blurred state, or another if it has none. */
static struct l62_packed *blur_in(struct l62_solver *s, struct states *states,
                                  const struct l62_node *node, struct l62_packed *p)
{
	struct l62_packed *found = NULL, *both;
	GHashTableIter iter;
	gpointer chain;

	g_hash_table_iter_init(&iter, states->chains);
	while (g_hash_table_iter_next(&iter, NULL, &chain)) {
		for (struct l62_packed *q = chain; q; q = q->next) {
			if (!found || (q->blurred && !found->blurred))
				found = q;
		}
	}
	both = l62_packed_blur(s, p, found, node);
	g_free(p);
	if (is_same(s, both, found)) {
		g_free(both);
		return NULL;
	}
	unlink_state(states, found);
	return both;
}

static void add_packed(struct l62_store *store, uint32_t index, struct l62_packed *p,
                       enum l62_effort effort)
{
	struct l62_solver *s = store->s;
	struct states *states = &store->nodes[index];
	const struct l62_node *node = &s->flow->nodes[index];
	bool again = true;

	while (again) {
		again = false;
		if (states->count >= L62_STATES_JOIN)
			effort = L62_EFFORT_SIGNS;
		p = merge_in(s, states, p, effort);
		if (!p)
			return;
		if (states->count >= L62_STATES_JOIN) {
			p = join_in(s, states, node, p, &again);
			if (!p)
				return;
		}
		if (!again && states->count >= L62_STATES_BLUR) {
			p = blur_in(s, states, node, p);
			if (!p)
				return;
			again = true;
		}
	}
	link_state(states, p);
	store->first = MIN(store->first, node->order);
}

void l62_store_add(struct l62_store *store, uint32_t node, struct l62_state *st)
{
	add_packed(store, node, l62_pack(store->s, st, &store->s->flow->nodes[node]),
	           L62_EFFORT_COVER);
	l62_state_drop(store->s, st);
}

/* Now that all that comes from before is here, the states of a node are made one
 * where they can be: what became of objects first, then signs. */
static void merge_pending(struct l62_store *store, uint32_t node)
{
	struct states *states = &store->nodes[node];
	GPtrArray *pending = states->pending;

	for (int effort = L62_EFFORT_STATUS; effort <= L62_EFFORT_SIGNS; effort++) {
		states->pending = g_ptr_array_new();
		for (guint i = 0; i < pending->len; i++) {
			struct l62_packed *p = pending->pdata[i];

			p->pending = false;
			if (p->dead) {
				g_free(p);
				continue;
			}
			detach_state(states, p);
			add_packed(store, node, p, (enum l62_effort)effort);
		}
		g_ptr_array_unref(pending);
		pending = states->pending;
	}
}

static struct l62_state *take_pending(struct l62_store *store, uint32_t node)
{
	GPtrArray *pending = store->nodes[node].pending;

	while (pending->len > 0) {
		struct l62_packed *p = g_ptr_array_steal_index(pending, pending->len - 1);
		struct l62_state *st;

		p->pending = false;
		if (p->dead) {
			g_free(p);
			continue;
		}
		st = l62_state_new(store->s);
		l62_unpack(store->s, p, st);
		return st;
	}
	return NULL;
}

struct l62_state *l62_store_next(struct l62_store *store, uint32_t *node)
{
	struct l62_state *st;

	while (store->first < store->s->flow->nsequence) {
		*node = store->s->flow->sequence[store->first];
		if (*node != store->merged)
			merge_pending(store, *node);
		store->merged = *node;
		st = take_pending(store, *node);
		if (st)
			return st;
		store->merged = L62_NONE;
		store->first++;
	}
	return NULL;
}

void l62_store_each(struct l62_store *store, uint32_t node,
                    void (*visit)(struct l62_solver *s, struct l62_state *st, void *data),
                    void *data)
{
	struct states *states = &store->nodes[node];
	GPtrArray *all = g_ptr_array_new();
	GHashTableIter iter;
	gpointer chain;

	/* More is known now of what loops changed: some may have become one. */
	g_hash_table_iter_init(&iter, states->chains);
	while (g_hash_table_iter_next(&iter, NULL, &chain)) {
		for (struct l62_packed *p = chain; p; p = p->next)
			g_ptr_array_add(all, p);
	}
	g_hash_table_remove_all(states->chains);
	states->count = 0;
	for (guint i = 0; i < all->len; i++)
		add_packed(store, node, all->pdata[i], L62_EFFORT_SIGNS);
	g_ptr_array_set_size(all, 0);
	g_hash_table_iter_init(&iter, states->chains);
	while (g_hash_table_iter_next(&iter, NULL, &chain)) {
		for (struct l62_packed *p = chain; p; p = p->next) {
			struct l62_state *st = l62_state_new(store->s);

			l62_unpack(store->s, p, st);
			visit(store->s, st, data);
			l62_state_drop(store->s, st);
		}
	}
	g_ptr_array_unref(all);
}
