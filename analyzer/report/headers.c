/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Findings inside headers of the system: an inline routine of theirs that acquires or
 * loses is analysed as part of the driver's function that calls it.
 *
 *   allocation         the driver's last step before the first in a header
 *   primary location   the same for a finding at its allocation; else the driver's
 *                      last step, which is the call behind which it is lost
 *
 * Limit: only steps of the first flow are looked at, which says how it is acquired.
 */
#include "headers.h"

#include <string.h>

#include "paths.h"

struct mover {
	const struct l62_system *system;
	GHashTable *known; /* path -> GINT_TO_POINTER(1 + whether it is the system's) */
	GStringChunk *strings;
};

static bool in_folders(const struct l62_system *system, const char *file)
{
	if (g_hash_table_contains(system->sources, file))
		return false;
	for (guint i = 0; i < system->folders->len; i++) {
		g_autofree char *below =
		        l62_path_below(g_ptr_array_index(system->folders, i), file);

		if (below)
			return true;
	}
	return false;
}

static bool is_system(struct mover *mover, const char *file)
{
	int known = GPOINTER_TO_INT(g_hash_table_lookup(mover->known, file));

	if (!known) {
		known = 1 + in_folders(mover->system, file);
		g_hash_table_insert(mover->known, (gpointer)file, GINT_TO_POINTER(known));
	}
	return known == 2;
}

/* The driver's last step; before the first in a header of the system, if entering says
 * so.  NULL if there is none. */
static const struct l62_step *last_own(struct mover *mover, const GArray *flow, bool entering)
{
	const struct l62_step *found = NULL;

	for (guint i = 0; flow && i < flow->len; i++) {
		const struct l62_step *step = &g_array_index(flow, struct l62_step, i);

		if (!is_system(mover, step->at.file))
			found = step;
		else if (entering)
			break;
	}
	return found;
}

static void say_where(struct mover *mover, struct l62_finding *finding)
{
	g_autofree char *name = g_path_get_basename(finding->at.file);
	g_autofree char *text = g_strdup_printf("%s (inside %s(%d), which is called here)",
	                                        finding->message, name, finding->at.line);

	finding->message = g_string_chunk_insert(mover->strings, text);
}

static bool same_place(const struct l62_location *a, const struct l62_location *b)
{
	return a->line == b->line && a->col == b->col && strcmp(a->file, b->file) == 0;
}

/* False if the finding has no place in the driver. */
static bool move(struct mover *mover, struct l62_finding *finding)
{
	bool at = is_system(mover, finding->at.file);
	bool site = is_system(mover, finding->site.file);
	bool is_site = same_place(&finding->at, &finding->site);
	const struct l62_step *own;

	if (at) {
		own = last_own(mover, finding->flow[0], is_site);
		if (!own)
			return false;
		say_where(mover, finding);
		finding->at = own->at;
		g_clear_pointer(&finding->also, g_array_unref); /* in the header as well */
	}
	own = site ? last_own(mover, finding->flow[0], true) : NULL;
	if (own)
		finding->site = own->at;
	return true;
}

void l62_headers_move(struct l62_result *result, const struct l62_system *system)
{
	struct mover mover = {
	        .system = system,
	        .known = g_hash_table_new(g_str_hash, g_str_equal),
	        .strings = result->strings,
	};
	guint i = 0;

	while (i < result->findings->len) {
		if (move(&mover, g_ptr_array_index(result->findings, i))) {
			i++;
		} else {
			g_ptr_array_remove_index(result->findings, i);
			result->in_headers++;
		}
	}
	g_hash_table_unref(mover.known);
	l62_result_sort(result);
}
