/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Objects of the kernel's that are active in the driver's memory: what must not be
 * freed with them in it.  The services tell by l62_object_add() and _remove(). */
#ifndef LEAK62_VERIFIER_OBJECTS_H
#define LEAK62_VERIFIER_OBJECTS_H

#include <stdint.h>

struct l62_object {
	uint64_t address, size;
	uint32_t kind; /* enum l62_object_kind */
	struct l62_object *next;
};

/* The first that lies, in part, in size bytes at address; NULL: none does. */
const struct l62_object *l62_objects_find(uint64_t address, uint64_t size);

#endif
