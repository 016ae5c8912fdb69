/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Suppression of findings.
 *
 *   comment   on a line of the primary location or of the allocation, or alone above
 *             it (comment.h); a call or statement of several lines has two: its first
 *             and its last
 *   entry     of the project file (config.h)
 *
 * A comment goes before an entry, and earlier ones before later ones.  A file that
 * cannot be read suppresses nothing.
 */
#include "suppress.h"

#include "comment.h"
#include "source.h"

struct run {
	struct l62_result *result;
	struct l62_sources *sources;
	GHashTable *comments; /* path -> struct l62_comments, or NULL */
	GHashTable *warned;   /* places of comments */
	GPtrArray *warnings;
};

/* A question to the comments about one line. */
struct question {
	struct run *run;
	struct l62_finding *finding;
	const char *file;
};

static void free_comments(void *comments)
{
	l62_comments_free(comments);
}

static const struct l62_comments *comments_of(struct run *run, const char *file)
{
	void *comments = NULL;

	if (!g_hash_table_lookup_extended(run->comments, file, NULL, &comments)) {
		const struct l62_source *source = l62_sources_get(run->sources, file);
		size_t length;
		const char *text = source ? l62_source_bytes(source, &length) : NULL;

		comments = text ? l62_comments_read(text, length) : NULL;
		g_hash_table_insert(run->comments, g_strdup(file), comments);
	}
	return comments;
}

static void warn_unknown(struct run *run, const char *file, const struct l62_ignore *ignore)
{
	char *place = g_strdup_printf("%s(%d)", file, ignore->first);

	if (!g_hash_table_add(run->warned, place))
		return;
	g_ptr_array_add(
	        run->warnings,
	        g_strdup_printf("%s: there is no rule '%s' to ignore: see leak62 scan --rules",
	                        place, ignore->unknown));
}

static bool take_ignore(const struct l62_ignore *ignore, void *data)
{
	struct question *question = data;
	struct l62_finding *finding = question->finding;
	size_t unused;
	uint64_t bit = (uint64_t)1 << (finding->rule - l62_rules(&unused));

	if (ignore->unknown)
		warn_unknown(question->run, question->file, ignore);
	/* A comment with a misspelt rule is not one about every rule. */
	if (ignore->rules || ignore->unknown)
		if (!(ignore->rules & bit))
			return false;
	finding->suppressor = L62_BY_COMMENT;
	finding->reason = ignore->reason
	                          ? g_string_chunk_insert_const(question->run->result->strings,
	                                                        ignore->reason)
	                          : NULL;
	finding->suppressed =
	        (struct l62_location){.file = question->file, .line = ignore->first};
	return true;
}

static bool ask_comments(struct run *run, struct l62_finding *finding,
                         const struct l62_location *at)
{
	const struct l62_comments *comments = comments_of(run, at->file);
	struct question question = {run, finding, at->file};

	if (!comments)
		return false;
	return l62_comments_about(comments, at->line, take_ignore, &question) ||
	       (at->end_line > at->line &&
	        l62_comments_about(comments, at->end_line, take_ignore, &question));
}

/* Marks the entries that fit as used, and returns the first of them. */
static const struct l62_suppress *ask_config(const struct l62_config *config,
                                             const struct l62_finding *finding)
{
	const struct l62_suppress *first = NULL;

	for (guint i = 0; i < config->suppress->len; i++) {
		struct l62_suppress *entry = g_ptr_array_index(config->suppress, i);

		if (!l62_suppress_matches(entry, finding))
			continue;
		entry->used = true;
		if (!first)
			first = entry;
	}
	return first;
}

static void apply_config(struct run *run, const struct l62_config *config, bool whole)
{
	GStringChunk *strings = run->result->strings;
	const char *path = g_string_chunk_insert_const(strings, config->path);

	for (guint i = 0; i < run->result->findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(run->result->findings, i);
		const struct l62_suppress *entry = ask_config(config, finding);

		if (!entry || finding->suppressor != L62_NOT_SUPPRESSED)
			continue;
		finding->suppressor = L62_BY_CONFIG;
		finding->reason = g_string_chunk_insert_const(strings, entry->reason);
		finding->suppressed = (struct l62_location){.file = path, .line = entry->line};
	}
	for (guint i = 0; whole && i < config->suppress->len; i++) {
		struct l62_suppress *entry = g_ptr_array_index(config->suppress, i);

		if (!entry->used)
			g_ptr_array_add(run->warnings,
			                g_strdup_printf("%s(%d): this suppression fits no "
			                                "finding: remove it or correct it",
			                                config->path, entry->line));
	}
}

void l62_suppress(struct l62_result *result, const struct l62_config *config, bool whole,
                  GPtrArray *warnings)
{
	struct run run = {
	        .result = result,
	        .sources = l62_sources_new(),
	        .comments =
	                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_comments),
	        .warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	        .warnings = warnings,
	};

	for (guint i = 0; i < result->findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(result->findings, i);

		if (!ask_comments(&run, finding, &finding->at))
			ask_comments(&run, finding, &finding->site);
	}
	if (config)
		apply_config(&run, config, whole);
	g_hash_table_unref(run.warned);
	g_hash_table_unref(run.comments);
	l62_sources_free(run.sources);
}
