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

/* state.c */
struct l62_state *l62_state_new(struct l62_solver *s);
struct l62_state *l62_state_copy(struct l62_solver *s, const struct l62_state *from);
/* Gives it back to the solver. */
void l62_state_drop(struct l62_solver *s, struct l62_state *st);
void l62_state_free(void *st);
/* All as at entry, no cells, variables unknown. */
void l62_state_reset(struct l62_solver *s, struct l62_state *st);

struct l62_val l62_val_signs(uint32_t signs);
struct l62_val l62_val_symbol(const struct l62_solver *s, int32_t symbol);
uint32_t l62_state_signs(const struct l62_solver *s, struct l62_state *st, struct l62_val val);
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

/* object.c: what ops do. */
struct l62_val l62_eval(struct l62_solver *s, struct l62_state *st,
                        const struct l62_value *value);
struct l62_val l62_load(struct l62_solver *s, struct l62_state *st,
                        const struct l62_place *place, char class);
/* What field of the object val holds. */
struct l62_val l62_load_field(struct l62_solver *s, struct l62_state *st, struct l62_val val,
                              uint32_t field, char class);
void l62_store_at(struct l62_solver *s, struct l62_state *st, const struct l62_place *place,
                  struct l62_val val);
void l62_store_field(struct l62_solver *s, struct l62_state *st, struct l62_val at,
                     uint32_t field, struct l62_val val);
void l62_release(struct l62_solver *s, struct l62_state *st, struct l62_val val,
                 uint64_t kinds);
void l62_keep(struct l62_solver *s, struct l62_state *st, struct l62_val val);
void l62_count(struct l62_solver *s, struct l62_state *st, struct l62_val val, int change);
/* The new resource of a symbol: what an earlier round of a loop called so is
 * forgotten. */
struct l62_val l62_acquire(struct l62_solver *s, struct l62_state *st, int32_t symbol);
/* An unknown function gets val. */
void l62_escape(struct l62_solver *s, struct l62_state *st, struct l62_val val);
/* Calls visit for what a clause on "*" of an argument val means; deep: further
 * behind what the argument itself leads to. */
typedef void (*l62_behind_visit)(struct l62_solver *s, struct l62_state *st, int32_t symbol,
                                 bool deep, void *data);
void l62_behind(struct l62_solver *s, struct l62_state *st, struct l62_val val,
                l62_behind_visit visit, void *data);
/* What lies in container shares what became of it. */
void l62_settle(struct l62_solver *s, struct l62_state *st, int32_t container);

/* call.c: runs next for each outcome of the call. */
typedef void (*l62_next)(struct l62_solver *s, struct l62_state *st, void *data);
void l62_call(struct l62_solver *s, struct l62_state *st, const struct l62_op *op,
              l62_next next, void *data);
/* The call of something unknown. */
void l62_call_unknown(struct l62_solver *s, struct l62_state *st, const struct l62_op *op);

/* canonical.c: forgets what cannot matter from node on.  Returns a flag for each
 * symbol: something that can still be used holds it.  It is the solver's and good
 * until the next call. */
const bool *l62_state_forget(struct l62_solver *s, struct l62_state *st,
                             const struct l62_node *node);

/* Whether the field of that slot can be loaded from node on, in the state that
 * l62_state_forget() was called for. */
bool l62_state_slot_live(const struct l62_solver *s, const struct l62_node *node,
                         uint32_t slot);

/* store.c: the states of all nodes. */
struct l62_store *l62_store_new(struct l62_solver *s);
void l62_store_free(struct l62_store *store);
/* Adds a state (taken over) to those of a node, unless it tells nothing new. */
void l62_store_add(struct l62_store *store, uint32_t node, struct l62_state *st);
/* The next state to run and its node; NULL when all have been. */
struct l62_state *l62_store_next(struct l62_store *store, uint32_t *node);
/* Calls visit for each state of a node, once no more will be added. */
void l62_store_each(struct l62_store *store, uint32_t node,
                    void (*visit)(struct l62_solver *s, struct l62_state *st, void *data),
                    void *data);

/* packed.c: a state that is not being run. */
struct l62_packed *l62_pack(struct l62_solver *s, struct l62_state *st,
                            const struct l62_node *node);
void l62_unpack(struct l62_solver *s, const struct l62_packed *packed, struct l62_state *st);
bool l62_packed_same_prefix(const struct l62_packed *a, const struct l62_packed *b);

/* What may be done to make one state of two: nothing; unite what became of objects
 * where there is no contradiction; unite signs too. */
enum l62_effort { L62_EFFORT_COVER, L62_EFFORT_STATUS, L62_EFFORT_SIGNS };
enum l62_relation { L62_APART, L62_COVERED, L62_COVERS, L62_MERGED };
/* merge.c: how a relates to b, which has the same prefix: a is covered by b, a covers
 * b, both are *merged, a new state. */
enum l62_relation l62_packed_relate(struct l62_solver *s, const struct l62_packed *a,
                                    const struct l62_packed *b, enum l62_effort effort,
                                    struct l62_packed **merged);
/* blur.c */
/* A new state in which nothing but signs is less certain, or NULL. */
struct l62_packed *l62_packed_join(struct l62_solver *s, const struct l62_packed *a,
                                   const struct l62_packed *b, const struct l62_node *node);
/* A new state that stands for both: what they do not agree on is kept. */
struct l62_packed *l62_packed_blur(struct l62_solver *s, const struct l62_packed *a,
                                   const struct l62_packed *b, const struct l62_node *node);

/* outcome.c: what a state at the exit means to the caller. */
struct l62_outcome *l62_outcome_new(struct l62_solver *s, struct l62_state *st);
/* Sorts and merges (of struct l62_outcome); false if too many are left. */
bool l62_outcomes_reduce(GPtrArray *outcomes, const struct l62_function *function);
/* Puts clauses in the one order. */
void l62_clauses_sort(GArray *clauses);
/* Which parameters they mention. */
bool *l62_outcomes_uses(const GPtrArray *outcomes, const struct l62_function *function);
bool l62_outcomes_equal(const GPtrArray *a, const GPtrArray *b, uint32_t nparams);

/* solve.c: fills function's summary. */
void l62_function_solve(struct l62_program *program, struct l62_function *function);

#endif
