/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What is known of one slot at one point of one way through the driver.
 *
 * The token is the resource that the slot holds; one that another store has pushed
 * out of the slot stays known as the displaced one for as long as it is neither
 * released nor handed on.
 */
#ifndef LEAK62_SLOTS_STATE_H
#define LEAK62_SLOTS_STATE_H

#include "slice.h"

enum l62_sval_type {
	L62_SVAL_ANY,   /* signs; number: one that it is not, 0 if none is known */
	L62_SVAL_CONST, /* number */
	L62_SVAL_TOKEN, /* n: 0 in the slot, 1 displaced */
	L62_SVAL_FRESH, /* n: the resource; not yet in the slot */
	L62_SVAL_ADDR,  /* n: the slot whose address it is; same: of an element that the
	                 * request names */
	L62_SVAL_LOCAL, /* n: the local whose address it is */
	L62_SVAL_OUT,   /* n: the parameter that is the address of a caller's local */
};

/* Without padding: compared by its bytes. */
struct l62_sval {
	uint8_t type;
	uint8_t signs;  /* ANY */
	uint8_t memory; /* ANY: it depends on what is not known of the driver's memory */
	uint8_t same;
	uint32_t n;
	int64_t number;
};

/* A variable, a field of a local, or of what a parameter of type OUT leads to; what the
 * function has just stored in a slot that is no cell; that a row of a table was found. */
struct l62_binding {
	uint64_t key;
	struct l62_sval val;
};

enum { L62_KEY_VAR, L62_KEY_LOCAL, L62_KEY_OUT, L62_KEY_RESULT, L62_KEY_STORED, L62_KEY_FOUND };

enum { L62_SAME, L62_DISPLACED, L62_GONE };

static inline uint64_t l62_key(int type, uint32_t n, uint32_t field)
{
	return (uint64_t)type << 60 | (uint64_t)n << 32 | field;
}
static inline int l62_key_type(uint64_t key)
{
	return (int)(key >> 60);
}
static inline uint32_t l62_key_n(uint64_t key)
{
	return (uint32_t)(key >> 32) & 0x0fffffff;
}

enum l62_trail_type {
	L62_TRAIL_ENTRY, /* f runs; number: its major function, or -1 */
	L62_TRAIL_CALL,  /* at line; within: the way through the callee f */
	L62_TRAIL_ACQUIRE,
	L62_TRAIL_STORE,
	L62_TRAIL_DISPLACE, /* number: bits of enum l62_displaced */
	L62_TRAIL_RELEASE,
	L62_TRAIL_TEST, /* number: 1 taken as true */
	L62_TRAIL_RETURN,
};

/* In its place is null; maybe it was another one of an array that this happened to. */
enum l62_displaced { L62_BY_NULL = 1, L62_PERHAPS = 2 };

/* How a state came about, the last step first. */
struct l62_trail {
	struct l62_trail *before, *within;
	const struct l62_function *f;
	enum l62_trail_type type;
	uint32_t line;
	int32_t number;
};

struct l62_sstate {
	uint32_t token[2];   /* a resource + 1; 0: none, or no longer the slot's */
	uint32_t fresh_gone; /* a resource + 1: released or handed on before it got there */
	uint8_t changed;     /* what became of the token that was there at entry */
	uint8_t released;    /* a token was released since then */
	uint8_t other;       /* of many, another one was looked at; of rows, written to */
	uint32_t ncells;
	struct l62_sval cells[L62_CELLS];
	GArray *bindings; /* of struct l62_binding, by key */
	struct l62_trail *trail;
};

struct l62_sval l62_sval_any(uint8_t signs, bool memory);
struct l62_sval l62_sval_const(int64_t number);
struct l62_sval l62_sval_of(enum l62_sval_type type, uint32_t n);
/* Which signs it can have. */
uint8_t l62_sval_signs(struct l62_sval val);
bool l62_sval_equal(struct l62_sval a, struct l62_sval b);

/* With ncells cells, all zero, and nothing bound; freed by l62_sstate_free(), as copies are. */
struct l62_sstate *l62_sstate_new(uint32_t ncells);
struct l62_sstate *l62_sstate_copy(const struct l62_sstate *st);
void l62_sstate_free(void *st);
/* The trail aside. */
guint l62_sstate_hash(gconstpointer st);
gboolean l62_sstate_equal(gconstpointer a, gconstpointer b);

/* ANY of unknown memory where there is none. */
struct l62_sval l62_sstate_get(const struct l62_sstate *st, uint64_t key);
bool l62_sstate_has(const struct l62_sstate *st, uint64_t key);
void l62_sstate_set(struct l62_sstate *st, uint64_t key, struct l62_sval val);
/* Every value that is from becomes to. */
void l62_sstate_replace(struct l62_sstate *st, struct l62_sval from, struct l62_sval to);

#endif
