/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 gate: a scan that fails on what a change brings in.  What is known comes from
 * a baseline, or from a scan of an older commit, and what changed from git, which there
 * need not be: then findings stay where they are.
 */
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "baseline.h"
#include "changes.h"
#include "commands.h"
#include "gate_since.h"
#include "git.h"
#include "items.h"
#include "match.h"
#include "report/paths.h"
#include "scan.h"

struct gate {
	GPtrArray *known; /* of struct l62_entry_known */
	char *top;        /* of the git work tree, or NULL */
	char *base;       /* the commit that the change begins at, or NULL */
	struct l62_report_gate report;
	GPtrArray *fixed;   /* of struct l62_report_fixed */
	GPtrArray *strings; /* of char: what it holds */
	char *with;
};

/* Where a pull request goes to, as the CI says that runs this. */
static const char *target_of_pull_request(void)
{
	static const char *const variables[] = {
	        "CI_MERGE_REQUEST_DIFF_BASE_SHA",      /* GitLab */
	        "GITHUB_BASE_REF",                     /* GitHub */
	        "SYSTEM_PULLREQUEST_TARGETBRANCHNAME", /* Azure Pipelines */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
		const char *value = g_getenv(variables[i]);

		if (value && *value)
			return value;
	}
	return NULL;
}

/* A branch is known here by its remote's name at first. */
static char *merge_base_of_target(const char *top)
{
	const char *target = target_of_pull_request();
	g_autofree char *remote = NULL;
	char *commit = NULL;

	if (!target)
		return NULL;
	remote = g_strconcat("origin/", target, NULL);
	if (l62_git_merge_base(top, remote, &commit, NULL) == L62_OK ||
	    l62_git_merge_base(top, target, &commit, NULL) == L62_OK)
		return commit;
	l62_complain("warning: the pull request goes to '%s', which is not here or has no "
	             "commit in common with HEAD: fetch it with its history, or findings may "
	             "not lie in the change",
	             target);
	return NULL;
}

static int find_base(struct gate *gate, const struct l62_scan_view *view, struct l62_error *err)
{
	const char *revision = view->options->diff_base;
	g_autofree char *path = g_canonicalize_filename(view->options->baseline, view->cwd);
	int status = l62_git_top(view->root, &gate->top, err);

	if (status != L62_OK)
		return revision ? status : L62_OK;
	if (revision)
		return l62_git_merge_base(gate->top, revision, &gate->base, err);
	gate->base = merge_base_of_target(gate->top);
	if (!gate->base)
		gate->base = l62_git_last_change(gate->top, path);
	return L62_OK;
}

static int check_baseline(const char *path, bool update, struct l62_error *err)
{
	g_autofree char *folder = g_path_get_dirname(path);

	if (!g_file_test(path, G_FILE_TEST_EXISTS) && !update)
		return l62_error_set(err, L62_E_USAGE,
		                     "there is no baseline %s: make it with --update-baseline, "
		                     "and commit it",
		                     path);
	if (update && g_access(folder, W_OK) != 0)
		return l62_error_set(err, L62_E_USAGE,
		                     "the baseline %s cannot be written: its folder %s: %s",
		                     path, folder, g_strerror(errno));
	return L62_OK;
}

static int prepare(void *data, const struct l62_scan_view *view, struct l62_error *err)
{
	const struct l62_scan_options *options = view->options;
	struct gate *gate = data;
	int status;

	if (options->since) {
		status = l62_git_top(view->root, &gate->top, err);
		if (status == L62_OK)
			status =
			        l62_git_merge_base(gate->top, options->since, &gate->base, err);
		if (status == L62_OK)
			status = l62_gate_since(view, gate->top, gate->base, &gate->known, err);
		gate->with = gate->base
		                     ? g_strdup_printf("%.12s (%s)", gate->base, options->since)
		                     : NULL;
		return status;
	}
	gate->with = g_strdup(options->baseline);
	status = check_baseline(options->baseline, options->update_baseline, err);
	if (status == L62_OK && g_file_test(options->baseline, G_FILE_TEST_EXISTS))
		status = l62_baseline_read(options->baseline, &gate->known, err);
	else
		gate->known = l62_baseline_new();
	if (status == L62_OK)
		status = find_base(gate, view, err);
	return status;
}

/* Whether the scan looked at that file well enough to say that a finding is gone. */
static bool looked_at(const struct l62_scan_view *view, const char *file)
{
	/* Files given without a database are all that there is of headers alone. */
	bool all = view->whole && (view->units->database ||
	                           l62_flags_language(file, false) == L62_LANGUAGE_OTHER);
	bool seen = all || !g_file_test(file, G_FILE_TEST_EXISTS);

	for (guint r = 0; r < view->results->len; r++) {
		const struct l62_result *result = g_ptr_array_index(view->results, r);

		for (guint i = 0; i < result->failed->len; i++) {
			const struct l62_failed_tu *tu = g_ptr_array_index(result->failed, i);

			if (strcmp(tu->source, file) == 0)
				return false;
		}
		for (guint i = 0; i < result->sources->len && !seen; i++)
			seen = strcmp(g_ptr_array_index(result->sources, i), file) == 0;
	}
	return seen;
}

static const char *keep(struct gate *gate, char *text)
{
	g_ptr_array_add(gate->strings, text);
	return text;
}

static const struct l62_rule *rule_by_id(const char *id)
{
	size_t count;
	const struct l62_rule *rules = l62_rules(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(rules[i].id, id) == 0)
			return &rules[i];
	}
	return NULL;
}

/* What of the known findings is gone; those that nobody looked for are moved to rest. */
static void collect_fixed(struct gate *gate, const struct l62_scan_view *view,
                          const GPtrArray *left, GPtrArray *rest)
{
	for (guint i = 0; i < left->len; i++) {
		const struct l62_entry_known *entry = g_ptr_array_index(left, i);
		char *file = g_canonicalize_filename(entry->file, view->root);
		struct l62_report_fixed *fixed;

		keep(gate, file);
		if (!looked_at(view, file)) {
			g_ptr_array_add(rest, (gpointer)entry);
			continue;
		}
		fixed = g_new(struct l62_report_fixed, 1);
		*fixed = (struct l62_report_fixed){
		        .rule = rule_by_id(entry->rule),
		        .file = file,
		        .function = entry->function,
		        .api = entry->api,
		        .place = entry->place,
		};
		/* Of a rule that this leak62 has not. */
		if (fixed->rule)
			g_ptr_array_add(gate->fixed, fixed);
		else
			g_free(fixed);
	}
}

/* The sources of the driver that has the finding. */
static const GPtrArray *driver_of(const struct l62_scan_view *view,
                                  const struct l62_finding *finding)
{
	for (guint r = 0; r < view->results->len; r++) {
		const struct l62_result *result = g_ptr_array_index(view->results, r);

		if (g_ptr_array_find(result->findings, finding, NULL))
			return result->sources;
	}
	return NULL;
}

/* Marks a finding as new and puts it where the change is. */
static void mark_new(struct gate *gate, const struct l62_scan_view *view,
                     const struct l62_gate_item *item, const struct l62_changes *changes,
                     struct l62_gate_sources *sources)
{
	const struct l62_finding *first = g_ptr_array_index(item->findings, 0);
	struct l62_location place = {0};
	struct l62_blame blame = {0};
	const char *change = NULL;

	if (item->fresh) {
		place = *item->fresh;
		change = "it was known, but not that it is lost here as well";
	}
	/* What several drivers share is due to a change in any of them. */
	if (changes->files &&
	    l62_changes_blame(changes, gate->top, item,
	                      item->findings->len == 1 ? driver_of(view, first) : NULL, sources,
	                      &blame)) {
		const struct l62_location *shown = item->fresh ? item->fresh : &first->at;

		if (blame.removed)
			change = keep(gate, g_strdup_printf("here stood '%s'", blame.removed));
		if (!l62_changes_show(changes, gate->top, shown) || blame.removed)
			place = (struct l62_location){.file = blame.file, .line = blame.line};
		keep(gate, blame.file);
		g_free(blame.removed);
	}
	for (guint i = 0; i < item->findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(item->findings, i);

		finding->compared = L62_IS_NEW;
		finding->changed = place;
		finding->change = change;
	}
}

static void mark(struct gate *gate, const struct l62_scan_view *view, const GPtrArray *items,
                 struct l62_gate_sources *sources)
{
	struct l62_changes changes = {0};
	GString *diff = NULL;
	struct l62_error err;

	if (gate->base && l62_git_diff(gate->top, gate->base, &diff, &err) == L62_OK) {
		l62_changes_read(&changes, diff->str);
		g_string_free(diff, TRUE);
	}
	for (guint i = 0; i < items->len; i++) {
		const struct l62_gate_item *item = g_ptr_array_index(items, i);

		if (!item->known || item->fresh) {
			mark_new(gate, view, item, &changes, sources);
			gate->report.fresh++;
			continue;
		}
		gate->report.known++;
		for (guint k = 0; k < item->findings->len; k++) {
			struct l62_finding *finding = g_ptr_array_index(item->findings, k);

			finding->compared = L62_IS_KNOWN;
		}
	}
	l62_changes_clear(&changes);
}

static int update(const struct l62_scan_view *view, const GPtrArray *items,
                  const GPtrArray *rest, struct l62_error *err)
{
	/* Entries that stay are the old list's. */
	g_autoptr(GPtrArray) entries = g_ptr_array_new();
	g_autoptr(GPtrArray) own = l62_baseline_new();
	int status;

	for (guint i = 0; i < items->len; i++)
		g_ptr_array_add(own, l62_gate_item_entry(g_ptr_array_index(items, i)));
	g_ptr_array_extend(entries, own, NULL, NULL);
	g_ptr_array_extend(entries, (GPtrArray *)rest, NULL, NULL);
	status = l62_baseline_write(view->options->baseline, entries, err);
	if (status == L62_OK && rest->len)
		l62_complain("kept in %s without looking: %u %s of files that were not "
		             "analysed",
		             view->options->baseline, rest->len,
		             rest->len == 1 ? "finding" : "findings");
	return status;
}

static GHashTable *renamed_files(const struct gate *gate, const struct l62_scan_view *view)
{
	GHashTable *below_top = NULL, *renamed;
	struct l62_error err;
	GHashTableIter iter;
	gpointer from, to;

	if (!gate->base || l62_git_renamed(gate->top, gate->base, &below_top, &err) != L62_OK)
		return NULL;
	/* The baseline's paths are below the root, git's below the top. */
	renamed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_hash_table_iter_init(&iter, below_top);
	while (g_hash_table_iter_next(&iter, &from, &to)) {
		g_autofree char *old = g_build_filename(gate->top, from, NULL);
		g_autofree char *now = g_build_filename(gate->top, to, NULL);

		g_hash_table_insert(renamed, l62_path_shown(old, view->root),
		                    l62_path_shown(now, view->root));
	}
	g_hash_table_unref(below_top);
	return renamed;
}

/* What is to be done about the outcome. */
static void say_next(struct gate *gate, const struct l62_scan_view *view)
{
	const char *baseline = view->options->baseline;

	if (view->options->update_baseline) {
		gate->report.next =
		        keep(gate, g_strdup_printf("%s is written: commit it with the source.",
		                                   baseline));
	} else if (gate->report.fresh) {
		gate->report.next =
		        baseline
		                ? keep(gate,
		                       g_strdup_printf("Repair what is new, suppress it with a "
		                                       "comment that says why, or let %s know "
		                                       "it (--update-baseline).",
		                                       baseline))
		                : "Repair what is new, or suppress it with a comment that "
		                  "says why.";
	} else if (baseline && gate->fixed->len) {
		gate->report.next = keep(
		        gate, g_strdup_printf("%s still knows what is fixed: take it out with "
		                              "--update-baseline, so that it cannot come back.",
		                              baseline));
	}
}

static int exit_code_of(const struct gate *gate, const struct l62_scan_view *view)
{
	for (guint i = 0; i < view->results->len; i++) {
		const struct l62_result *result = g_ptr_array_index(view->results, i);

		if (result->failed->len)
			return L62_EXIT_INCOMPLETE;
	}
	return gate->report.fresh && !view->options->update_baseline ? L62_EXIT_FINDINGS
	                                                             : L62_EXIT_CLEAN;
}

static int compare(void *data, const struct l62_scan_view *view,
                   const struct l62_report_gate **report, struct l62_error *err)
{
	struct gate *gate = data;
	struct l62_gate_sources *sources = l62_gate_sources_new(view->root);
	GPtrArray *items = l62_gate_items(view->results, false, sources, view->root);
	GPtrArray *suppressed = l62_gate_items(view->results, true, sources, view->root);
	g_autoptr(GHashTable) renamed = renamed_files(gate, view);
	g_autoptr(GPtrArray) gone = l62_gate_match(items, gate->known, renamed, sources);
	/* What is suppressed now is there all the same. */
	g_autoptr(GPtrArray) left = l62_gate_match(suppressed, gone, renamed, sources);
	g_autoptr(GPtrArray) rest = g_ptr_array_new();
	int status = L62_OK;

	mark(gate, view, items, sources);
	collect_fixed(gate, view, left, rest);
	if (view->options->update_baseline)
		status = update(view, items, rest, err);
	say_next(gate, view);
	gate->report.with = gate->with;
	gate->report.fixed = gate->fixed;
	gate->report.absent = view->options->fixed_in_sarif;
	gate->report.exit_code = exit_code_of(gate, view);
	*report = &gate->report;
	g_ptr_array_unref(items);
	g_ptr_array_unref(suppressed);
	l62_gate_sources_free(sources);
	return status;
}

int l62_cmd_gate(int argc, char **argv)
{
	struct gate gate = {
	        .fixed = g_ptr_array_new_with_free_func(g_free),
	        .strings = g_ptr_array_new_with_free_func(g_free),
	};
	struct l62_scan_hooks hooks = {&gate, prepare, compare};
	int exit_code = l62_scan_with(argc, argv, &hooks);

	if (gate.known)
		g_ptr_array_unref(gate.known);
	g_ptr_array_unref(gate.fixed);
	g_ptr_array_unref(gate.strings);
	g_free(gate.top);
	g_free(gate.base);
	g_free(gate.with);
	return exit_code;
}
