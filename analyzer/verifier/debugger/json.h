/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the parts of a run's JSON, and a campaign's, have in common.  All but the writer
 * return a new reference. */
#ifndef LEAK62_VERIFIER_JSON_H
#define LEAK62_VERIFIER_JSON_H

#include <jansson.h>

#include "print.h"
#include "run/verify.h"

/* The file is there whole or not at all.  0, or L62_E_IO. */
int l62_json_write(const json_t *object, const char *path, struct l62_error *err);

/* Sets a field to value, which is taken. */
static inline void l62_json_set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

/* A string, whatever its bytes; NULL: null. */
json_t *l62_json_text(const char *value);

/* {"level": "0x00040809", "enabled": [...]} */
json_t *l62_json_flags(const struct l62_verify *run);

json_t *l62_json_number(uint64_t value);
/* "0x..." of 16 digits. */
json_t *l62_json_address(uint64_t value);
/* An address with all that is known of it; is_call: it is one that a call returns to, so
 * that its line is that of the call before it. */
json_t *l62_json_place(const struct l62_verify *run, uint64_t at, bool is_call);
/* A pool tag as four characters. */
json_t *l62_json_tag(uint32_t tag);
/* The places of a stack of the run's, the innermost first. */
json_t *l62_json_stack(const struct l62_verify *run, uint32_t stack);
/* "paged" or "nonpaged", of L62_POOL_. */
json_t *l62_json_pool(uint8_t pool);

/* "reach" and "heldBy" of a block */
json_t *l62_json_reach(const struct l62_verify *run, const struct l62_block *block);
json_t *l62_json_held_by(const struct l62_verify *run, const struct l62_block *block);
/* "iterations" */
json_t *l62_json_iterations(const struct l62_verify *run);
/* "exercised" */
json_t *l62_json_exercised(const struct l62_verify *run);
/* "timeline" */
json_t *l62_json_timeline(const struct l62_verify *run);

#endif
