/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Follows the ways through functions and says in which states they end.
 *
 * A way is given up where it depends on memory of which nothing is known while the
 * slot holds something: what decided there may have to do with what the slot holds.
 * What kernel routines return and what the caller of the driver sends can be
 * anything.
 */
#ifndef LEAK62_SLOTS_WALK_H
#define LEAK62_SLOTS_WALK_H

#include "state.h"

/* What is asked of the entry point. */
struct l62_request {
	int32_t major, minor; /* -1: any */
};

struct l62_walk {
	const struct l62_slice *slice;
	uint32_t device_kind;                                        /* an atom */
	uint32_t minor_slot, first_device, next_device, file_object; /* atoms */
	struct l62_request request;
	GHashTable *runs;   /* of struct l62_run: what is known for this request */
	GArray *mismatches; /* of struct l62_mismatch, each once */
	GArray *doubts;     /* of struct l62_doubt, each once */
	GPtrArray *trails;  /* of struct l62_trail, all that were made */
	uint32_t depth, steps;
	bool gaps; /* of an array, elements before the one that is followed may be empty */
	bool late_frees; /* a routine that may be kept from running lets something go */
	bool gave_up;    /* too many states: nothing that is said is complete */
	bool doubtful;   /* some way was given up since somebody set it to false */
};

/* Why a way is given up. */
enum l62_doubt_reason {
	L62_DOUBT_CONDITION, /* it depends on memory of which nothing is known */
	L62_DOUBT_CALL,      /* what is called is not seen and may release the token */
	L62_DOUBT_RELEASE,   /* what is released may be the token */
};

/* Where ways were given up. */
struct l62_doubt {
	const struct l62_function *f;
	uint32_t line;
	enum l62_doubt_reason reason;
};

/* A release of the token as something that it is not. */
struct l62_mismatch {
	uint32_t resource;
	uint64_t kinds; /* released */
	const struct l62_function *f;
	uint32_t line;
};

/* One function from one state on. */
struct l62_run {
	const struct l62_slice_body *sb;
	struct l62_sstate *entry;
	GPtrArray *exits; /* of struct l62_sstate; the result is bound to KEY_RESULT */
	bool busy;
};

/* Nothing is known yet of slice, which must outlive it; freed by l62_walk_clear(). */
void l62_walk_init(struct l62_walk *walk, const struct l62_slice *slice);
void l62_walk_clear(struct l62_walk *walk);
/* Forgets what was found for another request. */
void l62_walk_request(struct l62_walk *walk, struct l62_request request);

/* The exits belong to the walk.  entry's trail does not matter: those of the exits
 * begin with nothing. */
const GPtrArray *l62_walk_run(struct l62_walk *walk, const struct l62_slice_body *sb,
                              const struct l62_sstate *entry);

/* One for each line, the first. */
void l62_walk_doubt(struct l62_walk *walk, const struct l62_function *f, uint32_t line,
                    enum l62_doubt_reason reason);

/* A step more. */
struct l62_trail *l62_walk_trail(struct l62_walk *walk, struct l62_trail *before,
                                 enum l62_trail_type type, const struct l62_function *f,
                                 uint32_t line);

/* What ops.c, branch.c and call.c do in a frame. */
struct l62_frame {
	struct l62_walk *walk;
	const struct l62_slice_body *sb;
	struct l62_run *run;
	GHashTable **seen; /* by block: states */
	GArray *todo;      /* of struct l62_todo */
};

struct l62_todo {
	uint32_t block;
	struct l62_sstate *st;
};

/* Goes on with st, which is taken over, at op index of block. */
void l62_frame_go_on(struct l62_frame *fr, struct l62_sstate *st, uint32_t block,
                     uint32_t index);
/* Runs one op.  False if others went on in its place: st is gone then. */
bool l62_frame_op(struct l62_frame *fr, struct l62_sstate *st, uint32_t block, uint32_t index);
bool l62_frame_call(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op,
                    uint32_t block, uint32_t index);
/* Whether this one of a table of routines can be meant; at: its index. */
bool l62_frame_means(const struct l62_frame *fr, const struct l62_target *target,
                     struct l62_sval at);
/* The slot of a number that the function looks for and that its row alone has, or
 * L62_NONE. */
uint32_t l62_frame_finds(const struct l62_frame *fr, const struct l62_target *target);
/* Takes st over. */
void l62_frame_end(struct l62_frame *fr, struct l62_sstate *st, uint32_t block);
void l62_frame_push(struct l62_frame *fr, struct l62_sstate *st, uint32_t block);

/* op has released something or called what does. */
void l62_frame_delete(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op);

/* What a value is in st. */
struct l62_sval l62_frame_eval(const struct l62_frame *fr, const struct l62_sstate *st,
                               const struct l62_value *value);
/* The variable is val from now on, if the slice keeps it. */
void l62_frame_set(const struct l62_frame *fr, struct l62_sstate *st, uint32_t var,
                   struct l62_sval val);
/* The slot's token or a fresh resource is somewhere else from now on. */
void l62_frame_lose(struct l62_frame *fr, struct l62_sstate *st, struct l62_sval val,
                    bool released, uint32_t line);
/* 1 true, 0 false, -1 not known. */
int l62_sval_compare(struct l62_sval a, enum l62_compare relation, struct l62_sval b);

#endif
