/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the solver knows at one point of one path.
 *
 * A symbol is a value that may be an object: what a parameter points to, what a
 * parameter's field holds, what lies further behind, a resource that an op
 * acquired, the address of a local variable.  Symbols belong to the function,
 * what became of them on a path belongs to the state: the signs of the variables,
 * the status of the objects, and what is known of their fields (cells).
 *
 *   held ──> released (kinds)      final
 *        ──> kept                  stored in a global, given away
 *        ──> into (container, field): shares its container's fate
 */
#ifndef LEAK62_SUMMARY_STATE_H
#define LEAK62_SUMMARY_STATE_H

#include "flow.h"

enum l62_symbol_type {
	L62_SYMBOL_PARAM, /* a: parameter */
	L62_SYMBOL_FIELD, /* a: parameter, b: field: what was there at entry */
	L62_SYMBOL_DEEP,  /* a: parameter: anything further behind it */
	L62_SYMBOL_FRESH, /* a: op, b: 0 or more: acquired here */
	L62_SYMBOL_EXTRA, /* a: op: something that exists, of which a reference was taken */
	L62_SYMBOL_LOCAL, /* a: variable */
};

struct l62_symbol {
	uint32_t type;    /* enum l62_symbol_type */
	uint32_t a, b, c; /* c: the resource of a fresh one, else 0 */
	uint64_t kind;    /* of a fresh one */
	uint32_t slot;    /* of a FIELD's field, as l62_flow_slot() gives it */
	uint8_t signs;    /* at entry; 0: is not there */
	bool local;       /* a fresh one: acquired by an op of this function, not by a callee */
	bool looped;      /* loaded in a loop */
	bool swept;       /* changed in a loop: zero rounds need not be told from more */
};

/* A value: what it may be, and the object if it is one. */
struct l62_val {
	int32_t symbol; /* -1: none */
	uint32_t signs; /* 0 where the object's own signs count */
	uint32_t field; /* of which it is the address; L62_NONE: of the whole, or unknown */
};

enum l62_where { L62_HELD, L62_KEPT, L62_INTO };

/* Without padding: compared by its bytes. */
struct l62_object {
	uint64_t kinds;    /* released as */
	int32_t container; /* INTO: a symbol; else -1 */
	uint32_t field;    /* INTO, else 0 */
	uint8_t signs, where;
	int8_t refs;     /* taken minus given back */
	uint8_t written; /* FIELD: what the field holds now is something else */
	uint8_t counted; /* FRESH: it has a count of its own */
	uint8_t unused[3];
};

struct l62_cell {
	int32_t container;
	uint32_t field;
	struct l62_val val;
};

struct l62_state {
	struct l62_val *vars; /* nvars, and what is returned */
	struct l62_object *objects;
	uint32_t nobjects, room;
	GArray *cells; /* of struct l62_cell, by container and field */
};

struct l62_store;

struct l62_solver {
	struct l62_program *program;
	struct l62_function *function;
	struct l62_flow *flow;
	const struct l62_node *node; /* being run */
	GArray *symbols;             /* of struct l62_symbol */
	GHashTable *symbol_ids;
	GPtrArray *spare;        /* states to use again */
	struct l62_val *unknown; /* nvars + 1 values of which nothing is known */
	GArray *referenced;      /* of bool; l62_state_forget()'s */
	GArray *addressed; /* of uint32_t: slots of fields whose address a variable holds */
	struct l62_store *store;
	uint32_t steps;
	bool incomplete;
};

/* Symbols: parameter I is symbol I. */
int32_t l62_symbol_get(struct l62_solver *s, enum l62_symbol_type type, uint32_t a, uint32_t b);
int32_t l62_symbol_fresh(struct l62_solver *s, uint32_t op, uint32_t n, uint32_t resource);
static inline struct l62_symbol *l62_symbol_at(const struct l62_solver *s, int32_t symbol)
{
	return &g_array_index(s->symbols, struct l62_symbol, symbol);
}
/* True for what the caller can name: parameters and what is behind them. */
bool l62_symbol_is_outer(const struct l62_symbol *symbol);
guint l62_symbol_hash(gconstpointer key);
gboolean l62_symbol_equal(gconstpointer a, gconstpointer b);

/* state.c.  One to be filled, as by l62_state_reset(), and one like from; to be given back by
 * l62_state_drop(). */
struct l62_state *l62_state_new(struct l62_solver *s);
struct l62_state *l62_state_copy(struct l62_solver *s, const struct l62_state *from);
/* Gives it back to the solver. */
void l62_state_drop(struct l62_solver *s, struct l62_state *st);
void l62_state_free(void *st);
/* All as at entry, no cells, variables unknown. */
void l62_state_reset(struct l62_solver *s, struct l62_state *st);

/* A number of one of signs (bits), and what a symbol stands for. */
struct l62_val l62_val_signs(uint32_t signs);
struct l62_val l62_val_symbol(const struct l62_solver *s, int32_t symbol);
/* The signs (bits) that val can have in st. */
uint32_t l62_state_signs(const struct l62_solver *s, struct l62_state *st, struct l62_val val);
/* The object of a symbol in st; valid until there is a new symbol. */
struct l62_object *l62_state_object(const struct l62_solver *s, struct l62_state *st,
                                    int32_t symbol);
/* Whether object has the status of its symbol at entry, signs aside. */
bool l62_object_is_plain(const struct l62_object *object);
bool l62_object_same_status(const struct l62_object *a, const struct l62_object *b);

/* The cell, or NULL. */
struct l62_cell *l62_state_cell(struct l62_state *st, int32_t container, uint32_t field);
void l62_state_set_cell(struct l62_state *st, int32_t container, uint32_t field,
                        struct l62_val val);
void l62_state_set_var(const struct l62_solver *s, struct l62_state *st, uint32_t var,
                       struct l62_val val);
/* False if the variable cannot be one of those signs. */
bool l62_state_refine(const struct l62_solver *s, struct l62_state *st, uint32_t var,
                      uint32_t signs);

#endif
