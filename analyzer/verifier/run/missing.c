/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What drivers look for in the registry and do not find: written in the child, read by whoever
 * tries them with it. */
#include <string.h>

#include "child.h"
#include "debugger/print.h"
#include "host.h"
#include "leak62/verified.h"

static bool narrow(const uint16_t *text, uint32_t bytes, char *out, size_t room)
{
	size_t length = bytes / sizeof(*text);

	if (length >= room)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return false;
		out[i] = (char)text[i];
	}
	out[length] = '\0';
	return true;
}

void l62_registry_missing(const uint16_t *key, uint32_t key_bytes, const uint16_t *name,
                          uint32_t name_bytes, uint32_t type)
{
	struct l62_arena *arena = l62_child_arena();
	struct l62_missing missing = {.type = type};

	if (arena->missing_count >= L62_MISSING_MOST ||
	    !narrow(key, key_bytes, missing.key, sizeof(missing.key)) ||
	    !narrow(name, name_bytes, missing.name, sizeof(missing.name)))
		return;
	for (uint32_t i = 0; i < arena->missing_count; i++) {
		if (strcmp(arena->missing[i].key, missing.key) == 0 &&
		    strcmp(arena->missing[i].name, missing.name) == 0)
			return;
	}
	arena->missing[arena->missing_count++] = missing;
}

/* The driver may have written to the arena. */
bool l62_verified_missing(const struct l62_verify *run, size_t index, const char **key,
                          const char **name, uint32_t *type)
{
	const struct l62_missing *missing;

	if (index >= run->arena->missing_count || index >= L62_MISSING_MOST)
		return false;
	missing = &run->arena->missing[index];
	*key = memchr(missing->key, '\0', sizeof(missing->key)) ? missing->key : "";
	*name = memchr(missing->name, '\0', sizeof(missing->name)) ? missing->name : "";
	*type = missing->type;
	return true;
}
