/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The container of a program database: streams in pages. */
#ifndef LEAK62_VERIFIER_MSF_H
#define LEAK62_VERIFIER_MSF_H

#include <stddef.h>
#include <stdint.h>

#include "leak62/error.h"

struct l62_msf {
	const uint8_t *data;
	size_t size;
	uint32_t page, stream_count;
	uint8_t *directory; /* owned; count, sizes, pages */
	size_t directory_size;
};

/* Bytes of a stream; data is owned by whoever read it.  A NUL follows the last. */
struct l62_stream {
	uint8_t *data;
	size_t size;
};

/* data, of size bytes, must outlive it.  0, L62_E_FORMAT or L62_E_INTERNAL; closed by
 * l62_msf_close(). */
int l62_msf_open(struct l62_msf *msf, const uint8_t *data, size_t size, struct l62_error *err);
void l62_msf_close(struct l62_msf *msf);
/* Reads the stream of that number.  0, L62_E_FORMAT or L62_E_INTERNAL. */
int l62_msf_read(const struct l62_msf *msf, uint32_t number, struct l62_stream *stream,
                 struct l62_error *err);

#endif
