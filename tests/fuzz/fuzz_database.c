/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* libFuzzer: compile_commands.json, its commands of all compilers among it. */
#include <stdlib.h>

#include "database.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = input_file("compile_commands.json", data, size);
	GPtrArray *warnings = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *entries = NULL;
	struct l62_error err = {0};

	if (l62_database_read(path, &entries, warnings, &err) == L62_OK) {
		for (guint i = 0; i < entries->len; i++) {
			const struct l62_entry *entry = g_ptr_array_index(entries, i);

			if (!g_path_is_absolute(entry->source))
				abort();
		}
		g_ptr_array_unref(entries);
	} else if (!err.text[0]) {
		abort();
	}
	g_ptr_array_unref(warnings);
	return 0;
}
