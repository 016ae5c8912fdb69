/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Active objects, newest first; see objects.h. */
#include "objects.h"

#include <stddef.h>

#include "host.h"

static struct l62_object *objects;

void l62_object_add(uint32_t kind, const void *address, uint64_t size)
{
	struct l62_object *object = l62_host_alloc(sizeof(*object));

	*object = (struct l62_object){
	        .address = (uintptr_t)address, .size = size, .kind = kind, .next = objects};
	objects = object;
}

void l62_object_remove(uint32_t kind, const void *address)
{
	struct l62_object **link = &objects, *object;

	while ((object = *link)) {
		if (object->kind == kind && object->address == (uintptr_t)address) {
			*link = object->next;
			l62_host_free(object);
			return;
		}
		link = &object->next;
	}
}

const struct l62_object *l62_objects_find(uint64_t address, uint64_t size)
{
	for (const struct l62_object *object = objects; object; object = object->next) {
		if (object->address < address + size &&
		    address < object->address + object->size)
			return object;
	}
	return NULL;
}
