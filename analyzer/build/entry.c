/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a compile database and a Visual Studio project say of a source.  See database.h. */
#include <string.h>

#include "database.h"

void l62_entry_free(struct l62_entry *entry)
{
	l62_flags_clear(&entry->flags);
	g_ptr_array_unref(entry->targets);
	g_free(entry->source);
	g_free(entry);
}

bool l62_entry_same_command(const struct l62_entry *a, const struct l62_entry *b)
{
	if (a->language != b->language || a->flags.m32 != b->flags.m32 ||
	    g_strcmp0(a->flags.target, b->flags.target) != 0 ||
	    a->flags.args->len != b->flags.args->len)
		return false;
	for (guint i = 0; i < a->flags.args->len; i++) {
		if (strcmp(g_ptr_array_index(a->flags.args, i),
		           g_ptr_array_index(b->flags.args, i)) != 0)
			return false;
	}
	return true;
}
