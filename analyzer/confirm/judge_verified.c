/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A run of the verifier core as the judge sees one. */
#include "judge_internal.h"

struct view {
	const struct l62_verify *run;
	GHashTable *files; /* path -> what the run calls it, or NULL */
};

static const char *file_of(const void *context, const char *path)
{
	const struct view *view = context;
	gpointer found;

	if (g_hash_table_lookup_extended(view->files, path, NULL, &found))
		return found;
	found = (gpointer)l62_trace_file(view->run, path);
	g_hash_table_insert(view->files, (gpointer)path, found);
	return found;
}

static bool has_code(const void *context, const char *file, unsigned line)
{
	const struct view *view = context;

	return l62_trace_has_code(view->run, file, line);
}

void l62_judge_add_verified(struct l62_judge *judge, const struct l62_verify *verify,
                            const char *replay, const char *scenario)
{
	GArray *items = g_array_new(FALSE, FALSE, sizeof(struct l62_item));
	GArray *events = g_array_new(FALSE, FALSE, sizeof(struct l62_judge_event));
	struct view view = {verify, g_hash_table_new(g_str_hash, g_str_equal)};
	struct l62_trace_event event;
	struct l62_item item;
	struct l62_judge_run run = {
	        .ended = l62_verified_ended(verify),
	        .traced = l62_trace_is(verify),
	        .replay = replay,
	        .scenario = scenario,
	        .context = &view,
	        .file = file_of,
	        .has_code = has_code,
	};

	for (size_t i = 0; l62_verified_item(verify, i, &item); i++)
		g_array_append_val(items, item);
	for (size_t i = 0; l62_trace_event(verify, i, &event); i++) {
		struct l62_judge_event line = {event.file, event.line};

		g_array_append_val(events, line);
	}
	run.items = (const struct l62_item *)(const void *)items->data;
	run.item_count = items->len;
	run.events = (const struct l62_judge_event *)(const void *)events->data;
	run.event_count = events->len;
	l62_judge_add(judge, &run);
	g_array_unref(items);
	g_array_unref(events);
	g_hash_table_unref(view.files);
}
