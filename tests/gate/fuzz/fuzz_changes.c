/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A difference that is anything: hunks have lines that can be counted, or are none. */
#include <stdint.h>
#include <stdlib.h>

#include "changes.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *text = g_strndup((const char *)data, size);
	struct l62_location at = {.file = "/top/src/a.c", .line = 9, .end_line = 10};
	struct l62_changes changes;
	GHashTableIter iter;
	gpointer hunks;

	l62_changes_read(&changes, text);
	l62_changes_show(&changes, "/top", &at);
	g_hash_table_iter_init(&iter, changes.files);
	while (g_hash_table_iter_next(&iter, NULL, &hunks)) {
		for (guint i = 0; i < ((GArray *)hunks)->len; i++) {
			const struct l62_hunk *hunk =
			        &g_array_index((GArray *)hunks, struct l62_hunk, i);

			if (hunk->first < 0 || hunk->count < 0 || !hunk->removed ||
			    !hunk->added)
				abort();
		}
	}
	l62_changes_clear(&changes);
	g_free(text);
	return 0;
}
