/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a run of the verifier core has left or given back, item by item, with the driver's
 * source lines: for who compares it with findings.  All strings are owned by run.
 */
#ifndef LEAK62_VERIFIED_H
#define LEAK62_VERIFIED_H

#include "leak62/verifier.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A frame of the driver's: the line of the call.  file NULL, line 0, function NULL: not
 * known. */
struct l62_place {
	const char *file, *function;
	unsigned line;
};

enum { L62_PLACES = 24 };
#define L62_ITEM_LEFT UINT64_MAX

enum l62_item_sort {
	L62_ITEM_BLOCK,      /* pool, and what is made of pool */
	L62_ITEM_LEDGER,     /* anything else that was not given back */
	L62_ITEM_WRONG_FREE, /* freed by the wrong routine, twice, or never allocated */
};

struct l62_item {
	enum l62_item_sort sort;
	const char *kind;   /* of resources.def: "POOL"; NULL: of none */
	const char *ledger; /* LEDGER: of ledgers.def: "symbolicLink" */
	const char *noun;   /* for people; WRONG_FREE: the routine, or the bug check's name */
	char tag[5];        /* BLOCK: in memory order; else "" */
	uint64_t size;      /* bytes, or what the ledger counts */
	/* In a traced run: how many events of the trace (trace.h) came before it was had, and
	 * before it was given back; L62_ITEM_LEFT: it was not. */
	uint64_t begin, end;
	bool blamed; /* the run could not go on because this was not given back */
	size_t place_count;
	struct l62_place places[L62_PLACES]; /* newest first */
};

/* Whether the run came to where all must have been given back: the driver was unloaded, or
 * its load failed.  What is live in a run that stopped before is not left. */
bool l62_verified_ended(const struct l62_verify *run);

/* The item of an index from 0 on: what was there when the run stopped, what was freed
 * wrongly and, of a traced run, what was given back.  False: there are no more. */
bool l62_verified_item(const struct l62_verify *run, size_t index, struct l62_item *item);

/* A value of the registry that the driver has asked for and that was not there, with the whole
 * path of its key; name "": the key.  type: REG_*, if it can be of one only, else 0.  Printable
 * ASCII; as many as are kept are in the order in which they were asked for.  False: no more. */
bool l62_verified_missing(const struct l62_verify *run, size_t index, const char **key,
                          const char **name, uint32_t *type);

#ifdef __cplusplus
}
#endif
#endif
