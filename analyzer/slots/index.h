/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the check of slots needs to know of a driver's skeletons before it looks at
 * any one slot: who calls whom, which variables are copies of each other, which are
 * live where, and where the ways that part at a block meet again.
 */
#ifndef LEAK62_SLOTS_INDEX_H
#define LEAK62_SLOTS_INDEX_H

#include "summary/program.h"

/* A function, and what is known of it whatever the slot. */
struct l62_body {
	const struct l62_function *f;
	uint32_t id;
	bool reads;       /* it, or what it calls, reads the driver's memory */
	bool tells;       /* what it returns depends on that */
	bool acquires;    /* ... acquires something */
	bool loads;       /* DriverEntry, AddDevice: what it returns decides what follows */
	bool lets_go;     /* ... releases something, or puts it where others may */
	uint32_t *class;  /* of each variable: the first one it is a copy of */
	bool *foreign;    /* by class: it may lead to what the system or a caller wrote */
	bool *made;       /* by class: it may be an object that has just been made */
	bool *passed;     /* by parameter: some caller gives such a thing */
	bool *fresh;      /* by class: it is nothing but what has just been made */
	bool *given;      /* by parameter: every caller gives such a thing */
	bool *fills;      /* by parameter: it puts such a thing, or null, where that leads */
	bool *deletes;    /* by parameter: a device, which it deletes on some way */
	bool makes;       /* it returns nothing but such a thing, or null */
	uint64_t *live;   /* bits for each block: variables read at or after its start */
	GArray *majors;   /* of uint32_t: slots that it compares with the major function */
	GArray *looked;   /* of uint32_t: numbers in tables of routines that it looks for */
	uint32_t words;   /* of live, per block */
	uint32_t *meet;   /* of each block: where its ways meet; L62_NONE: at the end */
	uint32_t *plain;  /* by op: whom it calls, if it does nothing else; or L62_NONE */
	GArray *given_on; /* of uint32_t: the variables of those calls, each once */
	GArray *callers;  /* of uint32_t: ids, each once, from the lowest on */
};

/* An op that names a slot. */
struct l62_mention {
	uint32_t body, op;
};

/* Who names a slot, and how. */
struct l62_naming {
	GArray *mentions; /* of struct l62_mention, by body and op */
	bool asked;       /* what follows is filled */
	bool element;     /* it is an array, or in one */
	bool passed;      /* its address goes anywhere but to kernel routines */
	bool stored;      /* ... something is stored there */
	bool known;       /* ... of which something is known */
	bool computed;    /* ... which is computed */
};

struct l62_slice_body;

struct l62_index {
	const struct l62_program *program;
	GPtrArray *bodies;    /* of struct l62_body, by id */
	GHashTable *by_f;     /* struct l62_function -> struct l62_body */
	GHashTable *by_slot;  /* slot -> struct l62_naming */
	GHashTable *routines; /* slot -> GPtrArray of struct l62_target put there */
	GHashTable *homes;    /* slots whose values are tracked: they live between calls */
	GHashTable *rows;     /* slots of numbers in tables of routines -> GArray of them */
	uint32_t major;       /* the slot of a request's major function */
	uint64_t device;      /* the kind of a device */
	GHashTable *inside;   /* slots of the system's that lead to the driver's memory */
	GHashTable *outside;  /* slots that hold what the system or a caller wrote */
	/* By id: what the slice that is made of it has of each; one at a time. */
	struct l62_slice_body **in_slice;
};

/* A function that a pointer may lead to. */
struct l62_target {
	struct l62_body *body;
	bool has_index;
	int64_t index;
	const GArray *numbers; /* of struct l62_row_number */
};

/* The i-th function that op, if it is a call, may call, or NULL; target (may be NULL): which
 * of the functions that a pointer may lead to, or NULL. */
struct l62_body *l62_index_callee(const struct l62_index *index, const struct l62_op *op,
                                  uint32_t i, const struct l62_target **target);

/* homes: records (char *) whose fields live as long as the driver, a device or an open
 * file.  program must be solved, so that calls know their callees; it must outlive the
 * index. */
struct l62_index *l62_index_new(const struct l62_program *program, GHashTable *homes);
void l62_index_free(struct l62_index *index);

/* What is known of f, with what only slices need; NULL for a function of another driver.
 * The index owns it. */
struct l62_body *l62_index_body(const struct l62_index *index, const struct l62_function *f);

static inline const struct l62_op *l62_body_op(const struct l62_body *body, uint32_t i)
{
	return &g_array_index(body->f->ops, struct l62_op, i);
}
static inline const struct l62_block *l62_body_block(const struct l62_body *body, uint32_t i)
{
	return &g_array_index(body->f->blocks, struct l62_block, i);
}
static inline const struct l62_value *l62_body_arg(const struct l62_body *body,
                                                   const struct l62_op *op, uint32_t i)
{
	return &g_array_index(body->f->args, struct l62_value, op->args + i);
}
static inline uint32_t l62_body_target(const struct l62_body *body,
                                       const struct l62_block *block, uint32_t i)
{
	return g_array_index(body->f->targets, uint32_t, block->targets + i);
}
static inline bool l62_body_live(const struct l62_body *body, uint32_t block, uint32_t var)
{
	return (body->live[(size_t)block * body->words + var / 64] >> (var % 64)) & 1;
}

/* Whether slot holds what the system or a caller wrote. */
static inline bool l62_index_outside(const struct l62_index *index, uint32_t slot)
{
	return g_hash_table_contains(index->outside, GUINT_TO_POINTER(slot));
}

/* copies.c: fills class, foreign, passed, majors, looked and made by what the function
 * itself does; needs outside, inside and acquires. */
void l62_body_find_copies(const struct l62_index *index, struct l62_body *body);
/* Carries foreign and made on, one call far.  True if that has changed anything. */
bool l62_index_pass_copies(const struct l62_index *index);
/* live.c: fills live and words. */
void l62_body_find_live(struct l62_body *body);
/* The ops of the body that name the slot, count of them. */
const struct l62_mention *l62_body_mentions(const struct l62_index *index,
                                            const struct l62_body *body, uint32_t slot,
                                            guint *count);
/* Whether op may delete the device that the function has loaded from slot. */
bool l62_body_deletes(const struct l62_index *index, const struct l62_body *body,
                      const struct l62_op *op, uint32_t slot);

/* idle.c: fills plain and given_on. */
void l62_body_find_plain(const struct l62_index *index, struct l62_body *body);
/* naming.c.  NULL: nobody names it. */
const struct l62_naming *l62_index_naming(const struct l62_index *index, uint32_t slot);
/* fresh.c: fills fresh, given, fills, makes. */
void l62_index_find_fresh(struct l62_index *index);
/* tells.c: fills tells. */
void l62_index_find_tells(struct l62_index *index);
/* Whether the op reads the driver's memory itself: not what the system or a caller wrote,
 * nor what has just been made. */
bool l62_index_reads(const struct l62_index *index, const struct l62_body *body,
                     const struct l62_op *op);
/* graph.c: fills meet. */
void l62_body_find_meets(struct l62_body *body);
/* Calls visit for each block that can be reached from block's successors without
 * passing where they meet. */
void l62_body_region(const struct l62_body *body, uint32_t block,
                     void (*visit)(uint32_t block, void *data), void *data);

#endif
