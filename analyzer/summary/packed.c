/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* States at rest: packing, and when two of them are one; see packed.h. */
#include "packed.h"

#include <string.h>

static struct l62_cell *cells_of(const struct l62_packed *p)
{
	return (struct l62_cell *)(void *)&p->objects[p->ntail + p->nobjects];
}

static struct l62_packed_var *vars_of(const struct l62_packed *p)
{
	return (struct l62_packed_var *)(void *)&cells_of(p)[p->ncells];
}

gsize l62_packed_prefix_size(const struct l62_packed *p)
{
	return p->nobjects * sizeof(struct l62_packed_object) +
	       p->ncells * sizeof(struct l62_cell) + p->nvars * sizeof(struct l62_packed_var);
}

struct l62_packed *l62_packed_new(uint32_t ntail, uint32_t nobjects, uint32_t ncells,
                                  uint32_t nvars)
{
	struct l62_packed size = {.nobjects = nobjects, .ncells = ncells, .nvars = nvars};
	struct l62_packed *p = g_malloc(sizeof(*p) + l62_packed_prefix_size(&size) +
	                                ntail * sizeof(struct l62_packed_object));

	*p = size;
	p->ntail = ntail;
	return p;
}

static uint32_t mix(uint32_t hash, uint32_t value)
{
	hash = (hash ^ value) * UINT32_C(0x9e3779b1);
	return hash ^ hash >> 15;
}

void l62_packed_set_hashes(struct l62_packed *p)
{
	const unsigned char *bytes = (const unsigned char *)&p->objects[p->ntail];
	uint32_t status = 0;

	p->hash = 0;
	for (gsize i = 0; i < l62_packed_prefix_size(p); i += sizeof(uint32_t)) {
		uint32_t word;

		memcpy(&word, bytes + i, sizeof(word));
		p->hash = mix(p->hash, word);
	}
	/* Whatever the order: an object may be in the tail of one state only. */
	for (uint32_t i = 0; i < p->ntail + p->nobjects; i++) {
		const struct l62_object *o = &p->objects[i].object;
		uint32_t hash = mix(0, (uint32_t)p->objects[i].symbol);

		if (l62_object_is_plain(o))
			continue;
		hash = mix(hash, (uint32_t)o->kinds ^ (uint32_t)(o->kinds >> 32));
		hash = mix(mix(hash, (uint32_t)o->container), o->field);
		status += mix(hash, o->where | (uint32_t)(o->refs + 2) << 8);
	}
	for (uint32_t i = 0; i < p->nvars; i++) {
		const struct l62_packed_var *v = &vars_of(p)[i];

		if (v->val.symbol >= 0)
			status = mix(mix(status, v->var), (uint32_t)v->val.symbol);
	}
	p->status_hash = status;
}

static bool is_tail(struct l62_solver *s, const struct l62_node *node, int32_t symbol,
                    const bool *referenced)
{
	const struct l62_symbol *sym = l62_symbol_at(s, symbol);

	return l62_symbol_is_outer(sym) && !referenced[symbol] &&
	       (sym->type != L62_SYMBOL_FIELD || !l62_state_slot_live(s, node, sym->slot));
}

bool l62_object_is_as_at_entry(const struct l62_solver *s, const struct l62_object *o,
                               int32_t symbol)
{
	return o->signs == l62_symbol_at(s, symbol)->signs && !o->written &&
	       l62_object_is_plain(o);
}

struct l62_packed *l62_pack(struct l62_solver *s, struct l62_state *st,
                            const struct l62_node *node)
{
	uint32_t ntail = 0, nobjects = 0, nvars = 0, tail = 0, object;
	struct l62_packed_var *vars;
	struct l62_packed *p;
	const bool *referenced = l62_state_forget(s, st, node);

	for (uint32_t i = 0; i < st->nobjects; i++) {
		if (l62_object_is_as_at_entry(s, &st->objects[i], (int32_t)i))
			continue;
		if (is_tail(s, node, (int32_t)i, referenced))
			ntail++;
		else
			nobjects++;
	}
	for (uint32_t i = 0; (i = l62_flow_next_live(s->flow, node, i)) != L62_NONE; i++)
		nvars += st->vars[i].symbol >= 0 || st->vars[i].signs != L62_ANY;
	p = l62_packed_new(ntail, nobjects, st->cells->len, nvars);
	object = ntail;
	for (uint32_t i = 0; i < st->nobjects; i++) {
		struct l62_packed_object po = {.symbol = (int32_t)i, .object = st->objects[i]};

		if (l62_object_is_as_at_entry(s, &st->objects[i], (int32_t)i))
			continue;
		p->objects[is_tail(s, node, (int32_t)i, referenced) ? tail++ : object++] = po;
	}
	if (p->ncells > 0)
		memcpy(cells_of(p), st->cells->data, p->ncells * sizeof(struct l62_cell));
	vars = vars_of(p);
	for (uint32_t i = 0; (i = l62_flow_next_live(s->flow, node, i)) != L62_NONE; i++) {
		if (st->vars[i].symbol >= 0 || st->vars[i].signs != L62_ANY)
			*vars++ = (struct l62_packed_var){i, st->vars[i]};
	}
	l62_packed_set_hashes(p);
	return p;
}

void l62_unpack(struct l62_solver *s, const struct l62_packed *p, struct l62_state *st)
{
	l62_state_reset(s, st);
	for (uint32_t i = 0; i < p->ntail + p->nobjects; i++)
		*l62_state_object(s, st, p->objects[i].symbol) = p->objects[i].object;
	if (p->ncells > 0)
		g_array_append_vals(st->cells, cells_of(p), p->ncells);
	for (uint32_t i = 0; i < p->nvars; i++)
		st->vars[vars_of(p)[i].var] = vars_of(p)[i].val;
}

bool l62_packed_same_prefix(const struct l62_packed *a, const struct l62_packed *b)
{
	return a->hash == b->hash && a->nobjects == b->nobjects && a->ncells == b->ncells &&
	       a->nvars == b->nvars &&
	       memcmp(&a->objects[a->ntail], &b->objects[b->ntail],
	              l62_packed_prefix_size(a)) == 0;
}
