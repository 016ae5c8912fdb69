/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The ways of a driver's database in memory, and which of the calls lead from a routine
 * that the system calls to each function with the fewest gaps, then calls, then demands.
 */
#ifndef LEAK62_WITNESS_WAYS_H
#define LEAK62_WITNESS_WAYS_H

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "leak62/witness.h"

/* A row of demand, or of way_arg: kind, name and offset alone. */
struct l62_asked {
	const char *kind, *name, *text, *file;
	gint64 offset, width, mask, min, max;
	bool has_offset, has_width, has_mask, has_min, has_max, excluded;
	int nth, line;
	int idx; /* way_arg: of the argument */
};

struct l62_cost {
	unsigned gaps, calls, demands;
};

struct l62_place_function;

struct l62_way {
	gint64 site; /* 0: none */
	char kind;   /* l(eak), h(old), c(all) */
	struct l62_place_function *function, *callee; /* callee: c, else NULL */
	const char *path, *result;                    /* or NULL */
	struct l62_location at;
	GArray *demands, *args; /* of struct l62_asked */
	bool direct;            /* c: a call, and not only a mention */
	bool unknown;           /* c: through a slot; what stands around it is not known */
};

/* A function as a place on the way. */
struct l62_place_function {
	gint64 id;
	const char *name;
	struct l62_location at;
	const char *role;  /* the first role that the system calls it for, or NULL */
	bool entry;        /* by a request, at load or at unload: a way may start here */
	bool started;      /* the system calls it for something that the driver has started */
	GArray *majors;    /* DISPATCH: of gint64; -1: all */
	GPtrArray *calls;  /* of struct l62_way: from here */
	bool reached;
	struct l62_cost cost;      /* reached: of coming here */
	struct l62_way *come_from; /* reached: the call, or NULL: it starts here */
};

struct l62_ways {
	GHashTable *functions; /* of gint64: struct l62_place_function */
	GPtrArray *all;        /* of struct l62_way */
	GHashTable *by_site;   /* of gint64: GPtrArray of struct l62_way, leak and hold */
	GHashTable *codes;     /* of gint64: char, the name of a control code */
	GHashTable *majors;    /* of gint64: char, the name of a major function */
	GStringChunk *strings;
};

/* Reads them from an open database; on failure *ways is NULL and sqlite3_errmsg() says why.
 * To be freed with l62_ways_free(). */
bool l62_ways_load(sqlite3 *db, struct l62_ways **ways);
void l62_ways_free(struct l62_ways *ways);

/* The function of that id; NULL: there is none.  Owned by ways. */
struct l62_place_function *l62_ways_function(const struct l62_ways *ways, gint64 id);

/* Less, equal or greater than 0, as a is easier than b, as easy or harder: first by gaps,
 * then by calls, then by demands. */
int l62_cost_compare(const struct l62_cost *a, const struct l62_cost *b);
/* What way adds to having come to its start. */
struct l62_cost l62_cost_add(struct l62_cost cost, const struct l62_way *way);

#endif
