/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver's skeletons in memory, and what the solver finds its functions to do.
 * The text formats and what each op means are in include/leak62/skeleton.h.
 */
#ifndef LEAK62_SUMMARY_PROGRAM_H
#define LEAK62_SUMMARY_PROGRAM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "leak62/error.h"

/* Sets of signs. */
enum { L62_NEG = 1, L62_ZERO = 2, L62_POS = 4, L62_ANY = 7 };

#define L62_NONE UINT32_MAX

/* Atoms that every program has. */
enum {
	L62_ATOM_STAR, /* "*" */
	L62_ATOM_DEEP, /* further behind a field; in clauses it reads "*" */
};

enum l62_value_type { L62_VALUE_UNKNOWN, L62_VALUE_VAR, L62_VALUE_ADDRESS, L62_VALUE_SIGN };

struct l62_value {
	enum l62_value_type type;
	uint32_t n;       /* the variable, or the one sign */
	int64_t constant; /* SIGN; one beyond 64 bits: only its sign */
};

/* Whether the value is a variable's, or its address. */
static inline bool l62_value_names_var(const struct l62_value *value)
{
	return value->type == L62_VALUE_VAR || value->type == L62_VALUE_ADDRESS;
}

enum l62_place_type { L62_PLACE_BEHIND, L62_PLACE_LOCAL, L62_PLACE_GLOBAL, L62_PLACE_VAR };

struct l62_place {
	enum l62_place_type type;
	uint32_t var;
	uint32_t field; /* an atom */
};

enum l62_op_type {
	L62_OP_SET, /* also A: what lies inside an object is that object */
	L62_OP_LOAD,
	L62_OP_STORE,
	L62_OP_CALL,
	L62_OP_INDIRECT,
	L62_OP_KERNEL,
	L62_OP_COMPUTE,
	L62_OP_EMPTY,
	L62_OP_TOUCH,
	L62_OP_ACQUIRE,
	L62_OP_RELEASE,
	L62_OP_RELEASE_AT,
	L62_OP_GIVE,
	L62_OP_GIVE_IF,
	L62_OP_REF,
	L62_OP_UNREF,
};

/* What the word ^... of an op says. */
enum l62_slot_form {
	L62_SLOT_NONE,
	L62_SLOT_PATH,    /* the place is (A: the address is that of) op.slot */
	L62_SLOT_LIST,    /* ... a list head, L62_NONE if the place tells which */
	L62_SLOT_ADDRESS, /* the value is its address */
	L62_SLOT_READS,   /* K: the result depends on the driver's memory */
	L62_SLOT_LIVE,    /* K: it works until the driver is being removed */
	L62_SLOT_LENT,    /* GIVE: to a routine that releases nothing */
	L62_SLOT_STOPS,   /* K: zero if it is too late to keep a routine from running */
};

enum l62_compare { L62_EQ, L62_NE, L62_LT, L62_LE, L62_GT, L62_GE };

enum l62_fails { L62_FAILS_NULL, L62_FAILS_STATUS, L62_FAILS_BOOLEAN, L62_FAILS_NEVER };

struct l62_function;

struct l62_op {
	enum l62_op_type type;
	bool inside;   /* A, not = */
	bool if_null;  /* W0 */
	bool lends;    /* W: into a parameter of an IRP that the driver sends */
	uint32_t dest; /* a variable or L62_NONE; vS of acq and giveif */
	struct l62_value value;
	struct l62_place place; /* its field also for A: L62_NONE if none is named */
	uint64_t kinds;         /* released */
	uint32_t fresh;         /* acquired: an index of the program's resources */
	enum l62_fails fails;
	uint32_t name;               /* called: an atom */
	bool is_static;              /* called: in this file */
	uint32_t args, nargs;        /* called: in the function's args */
	struct l62_function *callee; /* NULL: unknown */
	uint32_t line;               /* 0: not known */
	enum l62_slot_form form;
	bool element; /* of an array: of that index */
	bool row;     /* a field of a record that is such an element */
	struct l62_value index;
	uint32_t slot;          /* an atom, decoded */
	struct l62_value other; /* COMPUTE: right of the operator; left is value */
	char operator[8];
};

enum l62_term_type {
	L62_TERM_JUMP,
	L62_TERM_TEST,
	L62_TERM_ANY,
	L62_TERM_SWITCH, /* the first target is where no case fits */
	L62_TERM_RETURN,
	L62_TERM_END,
};

struct l62_block {
	uint32_t ops, nops;
	enum l62_term_type type;
	struct l62_value value;    /* returned */
	uint32_t var;              /* tested */
	uint8_t if_true, if_false; /* its signs then */
	enum l62_compare relation;
	int64_t constant;
	uint32_t cases;  /* SWITCH: in the function's cases, of the targets */
	bool no_default; /* SWITCH: some case always fits */
	uint32_t line;   /* of the terminator */
	uint32_t targets, ntargets;
};

/* Where a resource comes from. */
struct l62_resource {
	uint32_t kind, api, file; /* atoms */
	uint32_t line;
};

enum l62_result_type {
	L62_RESULT_PLAIN,
	L62_RESULT_PARAM,
	L62_RESULT_FROM,
	L62_RESULT_FRESH,
	L62_RESULT_REF,
};

struct l62_result_value {
	uint32_t type; /* enum l62_result_type */
	uint32_t arg, field;
	uint32_t fresh;
};

enum l62_clause_type {
	L62_CLAUSE_RELEASE,
	L62_CLAUSE_KEEP,
	L62_CLAUSE_REF,
	L62_CLAUSE_UNREF,
	L62_CLAUSE_NULL,
	L62_CLAUSE_WRITE,
	L62_CLAUSE_INTO,
	L62_CLAUSE_FILL,
	L62_CLAUSE_FILL_REF,
};

/* Without padding, so that two compare by their bytes. */
struct l62_clause {
	uint32_t type;          /* enum l62_clause_type */
	uint32_t arg, path;     /* path L62_NONE: what the argument points to */
	uint32_t target, field; /* written to */
	uint32_t fresh;
	uint64_t kinds;
};

struct l62_outcome {
	uint8_t ret;
	struct l62_result_value value;
	uint8_t *pre;    /* signs of each parameter; the function's nparams */
	GArray *clauses; /* of struct l62_clause, sorted */
};

struct l62_summary {
	bool incomplete;
	GPtrArray *outcomes; /* of struct l62_outcome; NULL before it is solved */
	bool *uses;          /* whether any outcome mentions that parameter */
};

struct l62_unit_skeleton;

struct l62_function {
	struct l62_unit_skeleton *unit;
	uint32_t name, file; /* atoms */
	uint32_t line;
	bool is_static;
	char ret;
	uint32_t nparams, nvars;
	char *classes;   /* nvars */
	GArray *ops;     /* of struct l62_op */
	GArray *blocks;  /* of struct l62_block */
	GArray *targets; /* of uint32_t */
	GArray *args;    /* of struct l62_value */
	GArray *cases;   /* of int64_t */
	struct l62_summary summary;
	/* For the search of components: */
	uint32_t index, low;
	bool on_stack, in_progress;
};

struct l62_row_number {
	uint32_t slot; /* an atom */
	int64_t number;
};

/* A routine that is put in a variable or a field. */
struct l62_routine {
	uint32_t slot; /* an atom */
	bool has_index;
	int64_t index; /* in an array of routines */
	uint32_t name; /* an atom */
	bool is_static;
	struct l62_function *function; /* NULL: not in the driver */
	GArray *numbers;               /* of struct l62_row_number: of the same row */
};

struct l62_unit_skeleton {
	uint32_t path;        /* an atom; L62_NONE when the skeleton was not read */
	GPtrArray *functions; /* of struct l62_function */
	GHashTable *names;    /* atom -> struct l62_function */
	GArray *routines;     /* of struct l62_routine */
};

struct l62_program {
	GPtrArray *atoms;     /* of char *, percent-encoded as they came */
	GHashTable *atom_ids; /* char * -> id + 1 */
	GArray *kinds;        /* atoms; their index is their bit */
	GArray *resources;    /* of struct l62_resource, each once */
	GHashTable *resource_ids;
	GHashTable *pointer_fields; /* atoms of fields that may hold a pointer */
	GHashTable *rows;           /* atoms of records that are elements of arrays */
	GPtrArray *units;           /* of struct l62_unit_skeleton, in the order read */
};

/* Empty; freed by l62_program_free() with all its units. */
struct l62_program *l62_program_new(void);
void l62_program_free(struct l62_program *program);

/* The number that stands for a text, the same for equal ones; and the text, owned by the
 * program. */
uint32_t l62_program_atom(struct l62_program *program, const char *text);
const char *l62_program_text(const struct l62_program *program, uint32_t atom);
/* The index in resources of one that is equal to r, added if there is none. */
uint32_t l62_program_resource(struct l62_program *program, const struct l62_resource *r);
/* The bit of a kind; 0 when there are more than 64. */
uint64_t l62_program_kind(struct l62_program *program, uint32_t atom);

/* A new empty unit, the program's. */
struct l62_unit_skeleton *l62_program_add_unit(struct l62_program *program);
/* Forgets what it holds. */
void l62_unit_skeleton_clear(struct l62_unit_skeleton *unit);

/* Reads a skeleton.  *unit receives it, or, on an error, an empty one; either way it
 * belongs to the program.  L62_E_IO, L62_E_FORMAT, L62_E_VERSION. */
int l62_skeleton_read(struct l62_program *program, const char *path,
                      struct l62_unit_skeleton **unit, struct l62_error *err);

/* The signs that a value of that class can have. */
uint8_t l62_class_signs(char class);

/* Whether &vN:* is variable N itself and not something in it. */
bool l62_function_is_scalar(const struct l62_function *function, uint32_t var);

/* With what they hold; a summary itself is its function's. */
void l62_outcome_free(struct l62_outcome *outcome);
void l62_summary_clear(struct l62_summary *summary);

/* Fills the summary of one function, whose callees have theirs. */
void l62_function_solve(struct l62_program *program, struct l62_function *function);

/* Finds the callee of each call. */
void l62_program_bind(struct l62_program *program);
/* lend.c, called by that: which stores lend. */
void l62_program_find_lent(struct l62_program *program);
/* Finds callees and solves all functions, callees first. */
void l62_program_solve(struct l62_program *program);

/* Appends a function's lines to text; an ambiguous one is incomplete. */
void l62_summary_print(GString *text, const struct l62_program *program,
                       const struct l62_function *function, bool ambiguous);

#endif
