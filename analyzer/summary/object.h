/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What ops do to the objects of a state, and what calls do. */
#ifndef LEAK62_SUMMARY_OBJECT_H
#define LEAK62_SUMMARY_OBJECT_H

#include "state.h"

/* Whether something can become of it: it is no local, no number, and may be other than null. */
bool l62_object_is_there(struct l62_solver *s, struct l62_state *st, int32_t symbol);
/* Something became of it: to know, if that was in a loop. */
void l62_object_changed(struct l62_solver *s, int32_t symbol);
/* Where the object is from now on; into: in field of container, a symbol. */
void l62_object_set_where(struct l62_object *object, enum l62_where where);
void l62_object_set_into(struct l62_object *object, int32_t container, uint32_t field);

/* What a value is in st, and what a place holds; class: the letter of what is loaded. */
struct l62_val l62_eval(struct l62_solver *s, struct l62_state *st,
                        const struct l62_value *value);
struct l62_val l62_load(struct l62_solver *s, struct l62_state *st,
                        const struct l62_place *place, char class);
/* What field of the object val holds. */
struct l62_val l62_load_field(struct l62_solver *s, struct l62_state *st, struct l62_val val,
                              uint32_t field, char class);
/* Whether val is to come into an array of the function's own that holds something else
 * already: one element is like the other, and what is there stays there. */
bool l62_element_is_taken(struct l62_solver *s, struct l62_state *st,
                          const struct l62_place *place, struct l62_val val);
/* val comes into place, or into field of what at leads to; without a place to name,
 * somewhere that outlives the function. */
void l62_store_at(struct l62_solver *s, struct l62_state *st, const struct l62_place *place,
                  struct l62_val val);
void l62_store_field(struct l62_solver *s, struct l62_state *st, struct l62_val at,
                     uint32_t field, struct l62_val val);
/* The object of val, if it is of one of kinds (bits), is released; of a local, what is in
 * it. */
void l62_release(struct l62_solver *s, struct l62_state *st, struct l62_val val,
                 uint64_t kinds);
/* val is put where it outlives the function. */
void l62_keep(struct l62_solver *s, struct l62_state *st, struct l62_val val);
/* The count of references of val changes by that much. */
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

#endif
