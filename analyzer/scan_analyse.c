/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Ninja knows what is older than what it was made from.  What it cannot know is
 * seen to here: files that were damaged or record a failure are removed, so that
 * they are made again, and a source that is not there, at which Ninja would stop,
 * is kept from it.
 */
#include "scan_analyse.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exchange.h"
#include "leak62/link.h"
#include "leak62/skeleton.h"
#include "unit.h"

struct sorted {
	GPtrArray *present; /* of all units: those whose source can be read */
	GPtrArray *targets; /* of the chosen likewise */
};

static void remove_if_bad(const struct l62_work *work, const struct l62_unit *unit,
                          enum l62_stage stage)
{
	char *facts = l62_work_path(work, unit->facts[stage]);

	if (l62_facts_state(facts, unit->command[stage]) != L62_FACTS_OK)
		g_unlink(facts);
	g_free(facts);
}

static void remove_if_cut(const struct l62_work *work, const char *name, const char *header)
{
	char *path = l62_work_path(work, name);

	if (!l62_exchange_is_whole(path, header))
		g_unlink(path);
	g_free(path);
}

static int write_missing(const struct l62_work *work, const struct l62_unit *unit, int number,
                         struct l62_error *err)
{
	char *facts = l62_work_path(work, unit->facts[unit->stage]);
	char *why =
	        g_strdup_printf("%s(1): cannot be read: %s", unit->source, g_strerror(number));
	int status = l62_facts_write_failed(facts, unit->source, unit->command[unit->stage],
	                                    why, err);

	g_free(why);
	g_free(facts);
	return status;
}

/* Whether a run makes skeletons, and for every unit: summaries are of them all. */
static bool needs_skeletons(const struct l62_scan_analysis *analysis)
{
	for (guint i = 0; i < analysis->chosen->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(analysis->chosen, i);

		if (unit->stage != L62_STAGE_ALONE)
			return true;
	}
	return false;
}

static int sort_units(const struct l62_scan_analysis *analysis, struct sorted *sorted,
                      struct l62_error *err)
{
	GHashTable *chosen = g_hash_table_new(NULL, NULL);
	bool skeletons = needs_skeletons(analysis);
	int status = L62_OK;

	for (guint i = 0; i < analysis->chosen->len; i++)
		g_hash_table_add(chosen, g_ptr_array_index(analysis->chosen, i));
	for (guint i = 0; i < analysis->all->len && status == L62_OK; i++) {
		struct l62_unit *unit = g_ptr_array_index(analysis->all, i);
		bool wanted = g_hash_table_contains(chosen, unit);

		if (g_access(unit->source, R_OK) != 0) {
			if (wanted)
				status = write_missing(analysis->work, unit, errno, err);
			continue;
		}
		g_ptr_array_add(sorted->present, unit);
		if (wanted) {
			g_ptr_array_add(sorted->targets, unit);
			remove_if_bad(analysis->work, unit, unit->stage);
		}
		if (skeletons) {
			remove_if_bad(analysis->work, unit, L62_STAGE_SKELETON);
			remove_if_cut(analysis->work, unit->skeleton, L62_SKELETON_HEADER);
			remove_if_cut(analysis->work, unit->summaries, L62_SUMMARIES_HEADER);
		}
	}
	g_hash_table_unref(chosen);
	return status;
}

static int write_build(const struct l62_scan_analysis *analysis, const struct sorted *sorted,
                       struct l62_error *err)
{
	GString *text = g_string_new(NULL);
	GString *pairs = l62_ninja_pairs(sorted->present);
	int status =
	        l62_ninja_text(text, &analysis->ninja, sorted->present, sorted->targets, err);

	if (status == L62_OK)
		status = l62_work_write(analysis->work, "build.ninja", text, err);
	if (status == L62_OK)
		status = l62_work_write(analysis->work, L62_NINJA_PAIRS, pairs, err);
	g_string_free(text, TRUE);
	g_string_free(pairs, TRUE);
	for (guint i = 0; i < sorted->present->len && status == L62_OK; i++) {
		const struct l62_unit *unit = g_ptr_array_index(sorted->present, i);
		GString *args = l62_unit_pack(unit);

		status = l62_work_write(analysis->work, unit->args_file, args, err);
		g_string_free(args, TRUE);
	}
	return status;
}

/* Which version of its facts each target has. */
static struct stat *stamps_of(const struct l62_scan_analysis *analysis,
                              const GPtrArray *targets)
{
	struct stat *stamps = g_new0(struct stat, targets->len);

	for (guint i = 0; i < targets->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(targets, i);
		char *facts = l62_work_path(analysis->work, unit->facts[unit->stage]);

		if (stat(facts, &stamps[i]) != 0)
			memset(&stamps[i], 0, sizeof(stamps[i]));
		g_free(facts);
	}
	return stamps;
}

static unsigned count_changed(const GPtrArray *targets, const struct stat *before,
                              const struct stat *after)
{
	unsigned count = 0;

	for (guint i = 0; i < targets->len; i++) {
		struct l62_unit *unit = g_ptr_array_index(targets, i);

		if (unit->stage == L62_STAGE_SKELETON)
			continue;
		unit->reanalysed = before[i].st_ino != after[i].st_ino ||
		                   before[i].st_mtim.tv_sec != after[i].st_mtim.tv_sec ||
		                   before[i].st_mtim.tv_nsec != after[i].st_mtim.tv_nsec;
		count += unit->reanalysed;
	}
	return count;
}

static bool stands(const struct l62_work *work, const struct l62_unit *unit,
                   enum l62_stage stage)
{
	char *facts = l62_work_path(work, unit->facts[stage]);
	bool ok = l62_facts_state(facts, unit->command[stage]) == L62_FACTS_OK;

	g_free(facts);
	return ok;
}

/* A unit whose skeleton alone failed is not a failed one, but calls into it are
 * not seen through. */
static void collect_unknown(const struct l62_scan_analysis *analysis,
                            const struct sorted *sorted)
{
	for (guint i = 0; i < sorted->present->len; i++) {
		struct l62_unit *unit = g_ptr_array_index(sorted->present, i);

		if (stands(analysis->work, unit, L62_STAGE_SKELETON))
			continue;
		if (!g_ptr_array_find(sorted->targets, unit, NULL) ||
		    stands(analysis->work, unit, unit->stage))
			g_ptr_array_add(analysis->unknown, unit);
	}
}

int l62_scan_analyse(struct l62_scan_analysis *analysis, struct l62_error *err)
{
	struct sorted sorted = {g_ptr_array_new(), g_ptr_array_new()};
	int status = sort_units(analysis, &sorted, err);

	analysis->reanalysed = 0;
	analysis->interrupted = 0;
	if (status == L62_OK)
		status = write_build(analysis, &sorted, err);
	if (status == L62_OK && sorted.targets->len) {
		struct stat *before = stamps_of(analysis, sorted.targets), *after;

		status = l62_ninja_run(&analysis->ninja, analysis->work, &analysis->interrupted,
		                       err);
		after = stamps_of(analysis, sorted.targets);
		analysis->reanalysed = count_changed(sorted.targets, before, after);
		g_free(before);
		g_free(after);
		if (status == L62_OK && !analysis->interrupted && needs_skeletons(analysis))
			collect_unknown(analysis, &sorted);
	}
	g_ptr_array_unref(sorted.present);
	g_ptr_array_unref(sorted.targets);
	return status;
}
