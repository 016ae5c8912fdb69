/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The states of all nodes. */
#ifndef LEAK62_SUMMARY_STORE_H
#define LEAK62_SUMMARY_STORE_H

#include "state.h"

/* Empty; freed by l62_store_free() before s. */
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

#endif
