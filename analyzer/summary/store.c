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
#include "store.h"

enum { L62_STATES_JOIN = 16, L62_STATES_BLUR = 32 };

struct states {
	GPtrArray *live;    /* of struct l62_packed: few */
	GPtrArray *pending; /* of struct l62_packed: to be run, or dead */
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
		store->nodes[i].live = g_ptr_array_new();
		store->nodes[i].pending = g_ptr_array_new();
	}
	return store;
}

void l62_store_free(struct l62_store *store)
{
	for (uint32_t i = 0; i < store->s->flow->nnodes; i++) {
		struct states *states = &store->nodes[i];

		for (guint j = 0; j < states->pending->len; j++) {
			struct l62_packed *p = states->pending->pdata[j];

			if (p->dead)
				g_free(p);
		}
		g_ptr_array_foreach(states->live, (GFunc)(void *)g_free, NULL);
		g_ptr_array_unref(states->live);
		g_ptr_array_unref(states->pending);
	}
	g_free(store->nodes);
	g_free(store);
}

/* Another state says what p says. */
static void unlink_state(struct states *states, struct l62_packed *p)
{
	g_ptr_array_remove(states->live, p);
	if (p->pending)
		p->dead = true;
	else
		g_free(p);
}

static void link_state(struct states *states, struct l62_packed *p)
{
	p->pending = true;
	g_ptr_array_add(states->live, p);
	g_ptr_array_add(states->pending, p);
}

/* Makes p one with the states of its prefix.  Returns what is to be added
 * instead, or NULL if nothing is. */
static struct l62_packed *merge_in(struct l62_solver *s, struct states *states,
                                   struct l62_packed *p, enum l62_effort effort)
{
	for (guint i = 0; i < states->live->len;) {
		struct l62_packed *q = states->live->pdata[i], *merged;

		if (!l62_packed_same_prefix(p, q)) {
			i++;
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
			i = 0;
			break;
		case L62_APART:
			i++;
			break;
		}
	}
	return p;
}

static bool is_same(struct l62_solver *s, const struct l62_packed *a,
                    const struct l62_packed *b)
{
	return l62_packed_same_prefix(a, b) &&
	       l62_packed_relate(s, a, b, L62_EFFORT_COVER, NULL) == L62_COVERED;
}

/* both stands for p and q, which is of the node.  Returns what is to be added
 * instead of p, or NULL if q says it all. */
static struct l62_packed *take(struct l62_solver *s, struct states *states,
                               struct l62_packed *p, struct l62_packed *q,
                               struct l62_packed *both)
{
	g_free(p);
	if (is_same(s, both, q)) {
		g_free(both);
		return NULL;
	}
	unlink_state(states, q);
	return both;
}

/* Makes p one with any state that differs in signs alone; *joined: try again. */
static struct l62_packed *join_in(struct l62_solver *s, struct states *states,
                                  const struct l62_node *node, struct l62_packed *p,
                                  bool *joined)
{
	for (guint i = 0; i < states->live->len; i++) {
		struct l62_packed *q = states->live->pdata[i];
		struct l62_packed *both = l62_packed_join(s, p, q, node);

		if (both) {
			*joined = true;
			return take(s, states, p, q, both);
		}
	}
	return p;
}

/* Makes p one with the node's blurred state, or another if it has none. */
static struct l62_packed *blur_in(struct l62_solver *s, struct states *states,
                                  const struct l62_node *node, struct l62_packed *p)
{
	struct l62_packed *q = states->live->pdata[0];

	for (guint i = 1; i < states->live->len && !q->blurred; i++)
		q = states->live->pdata[i];
	return take(s, states, p, q, l62_packed_blur(s, p, q, node));
}

static void add_packed(struct l62_store *store, uint32_t index, struct l62_packed *p,
                       enum l62_effort effort)
{
	struct l62_solver *s = store->s;
	struct states *states = &store->nodes[index];
	const struct l62_node *node = &s->flow->nodes[index];
	bool again = true;

	while (again && p) {
		again = false;
		if (states->live->len >= L62_STATES_JOIN)
			effort = L62_EFFORT_SIGNS;
		p = merge_in(s, states, p, effort);
		if (p && states->live->len >= L62_STATES_JOIN)
			p = join_in(s, states, node, p, &again);
		if (p && !again && states->live->len >= L62_STATES_BLUR) {
			p = blur_in(s, states, node, p);
			again = true;
		}
	}
	if (!p)
		return;
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

	for (int effort = L62_EFFORT_STATUS; effort <= L62_EFFORT_SIGNS; effort++) {
		GPtrArray *pending = states->pending;

		states->pending = g_ptr_array_new();
		for (guint i = 0; i < pending->len; i++) {
			struct l62_packed *p = pending->pdata[i];

			p->pending = false;
			if (p->dead) {
				g_free(p);
				continue;
			}
			g_ptr_array_remove(states->live, p);
			add_packed(store, node, p, (enum l62_effort)effort);
		}
		g_ptr_array_unref(pending);
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
	while (store->first < store->s->flow->nsequence) {
		struct l62_state *st;

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
	GPtrArray *all = states->live;

	/* More is known now of what loops changed: some may have become one. */
	states->live = g_ptr_array_new();
	for (guint i = 0; i < all->len; i++)
		add_packed(store, node, all->pdata[i], L62_EFFORT_SIGNS);
	g_ptr_array_unref(all);
	for (guint i = 0; i < states->live->len; i++) {
		struct l62_state *st = l62_state_new(store->s);

		l62_unpack(store->s, states->live->pdata[i], st);
		visit(store->s, st, data);
		l62_state_drop(store->s, st);
	}
}
