/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A whole file in memory. */
#ifndef LEAK62_VERIFIER_FILE_H
#define LEAK62_VERIFIER_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "leak62/error.h"

struct l62_file {
	uint8_t *data;
	size_t size;
};

/* L62_E_IO if it cannot be read, is empty or larger than 512 MiB.  Free with
 * l62_file_free(), which {0} survives. */
int l62_file_read(struct l62_file *file, const char *path, struct l62_error *err);
void l62_file_free(struct l62_file *file);

#endif
