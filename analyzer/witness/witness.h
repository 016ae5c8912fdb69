/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Shared by the parts that put a witness together.
 */
#ifndef LEAK62_WITNESS_WITNESS_H
#define LEAK62_WITNESS_WITNESS_H

#include "leak62/witness.h"
#include "witness/ways.h"

/* What names a finding's ways. */
struct l62_wanted {
	gint64 site;
	const char *rule, *slot; /* slot: or NULL */
	struct l62_location at, allocation;
};

/* The witness of a finding; never NULL.  To be freed with l62_witness_free(). */
struct l62_witness *l62_witness_make(const struct l62_ways *ways,
                                     const struct l62_wanted *wanted,
                                     const struct l62_place_function *holder);
void l62_witness_free(struct l62_witness *witness);

/* Adds what a way asks: rows of one value become one where they can. */
void l62_witness_add(struct l62_witness *witness, struct l62_demand demand);
/* Adds a reason to be incomplete; takes text. */
void l62_witness_gap(struct l62_witness *witness, char *text);

/* Drops what other demands imply, and writes the texts. */
void l62_witness_finish(struct l62_witness *witness, const struct l62_ways *ways);

#endif
