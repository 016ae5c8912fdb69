/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the JSON of a run and that of a campaign have in common. */
#ifndef LEAK62_VERIFIER_JSON_H
#define LEAK62_VERIFIER_JSON_H

#include <jansson.h>

#include "run/verify.h"

/* The file is there whole or not at all.  0, or L62_E_IO. */
int l62_json_write(const json_t *object, const char *path, struct l62_error *err);

/* A string, whatever its bytes; NULL: null. */
json_t *l62_json_text(const char *value);

/* {"level": "0x00040809", "enabled": [...]} */
json_t *l62_json_flags(const struct l62_verify *run);

#endif
