/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See plan.h. */
#include "plan.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

#include "facts/db.h"
#include "plan_trial.h"
#include "plan_witness.h"

/* As many control codes are sent alone: each costs a campaign. */
enum { ALONE_MOST = 32 };

/* Of a buffer that is filled with one number. */
enum { FILLED_BYTES = 256, EVENT = 4 };
#define EVENT_BYTES "0400000000000000"

static void free_trial(gpointer pointer)
{
	struct l62_trial *trial = pointer;

	g_free(trial->name);
	g_free(trial->why);
	g_free(trial->scenario);
	g_free(trial->path);
	g_array_unref(trial->codes);
	g_free(trial);
}

struct l62_trial *l62_plan_add(GPtrArray *trials, const char *name, const char *why,
                               char *scenario)
{
	struct l62_trial *trial = g_new0(struct l62_trial, 1);

	trial->name = g_strdup_printf("%02u-%s", trials->len + 1, name);
	trial->why = g_strdup(why);
	trial->scenario = scenario;
	trial->codes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_ptr_array_add(trials, trial);
	return trial;
}

char *l62_plan_scenario(const char *comment, json_t *steps, json_t *registry)
{
	json_t *scenario =
	        json_pack("{s:s, s:i, s:s, s:o*, s:o}", "format", "leak62-scenario", "version",
	                  1, "comment", comment, "registry", registry, "steps", steps);
	char *text = json_dumps(scenario, JSON_INDENT(2)), *copy = g_strdup(text);

	free(text);
	json_decref(scenario);
	return copy;
}

static char *scenario_of(const char *comment, json_t *steps)
{
	return l62_plan_scenario(comment, steps, NULL);
}

static void add_codes(struct l62_trial *trial, const GArray *codes)
{
	g_array_append_vals(trial->codes, codes->data, codes->len);
}

static void add_own(GPtrArray *trials, const GPtrArray *own)
{
	for (guint i = 0; own && i < own->len; i++) {
		const char *path = g_ptr_array_index(own, i);
		char *why = g_strdup_printf("the scenario %s", path);
		struct l62_trial *trial = l62_plan_add(trials, "own", why, NULL);

		trial->path = g_strdup(path);
		g_free(why);
	}
}

static void add_load(GPtrArray *trials)
{
	static const char why[] = "loading and unloading alone";
	json_t *steps = json_pack("[{s:s}, {s:s}]", "do", "load", "do", "unload");

	l62_plan_add(trials, "load", why, scenario_of(why, steps));
}

static void add_twice(GPtrArray *trials, const GArray *codes)
{
	static const char why[] = "the usual requests, twice";
	json_t *steps = json_pack("[{s:s}, {s:s}]", "do", "default", "do", "default");

	add_codes(l62_plan_add(trials, "twice", why, scenario_of(why, steps)), codes);
}

/* Long and short data, as text and as numbers, then everything is read. */
static void add_data(GPtrArray *trials, const GArray *codes)
{
	static const char why[] = "data written, then read";
	json_t *steps = json_array(), *create = json_pack("{s:s}", "do", "create");

	json_array_append_new(steps, create);
	json_array_append_new(steps, json_pack("{s:s, s:i}", "do", "write", "input", 64));
	json_array_append_new(steps, json_pack("{s:s, s:s}", "do", "write", "input",
	                                       "01000000020000000300000004000000"));
	/* In turn, and again: what one has made, others use and the next one replaces. */
	for (guint i = 0; i < 2 * codes->len; i++) {
		char *code =
		        g_strdup_printf("0x%x", g_array_index(codes, uint32_t, i % codes->len));

		json_array_append_new(steps,
		                      json_pack("{s:s, s:s, s:i, s:i}", "do", "ioctl", "code",
		                                code, "input", 64, "output", 64));
		g_free(code);
	}
	json_array_append_new(steps, json_pack("{s:s, s:i}", "do", "read", "length", 64));
	json_array_append_new(steps, json_pack("{s:s, s:i}", "do", "read", "length", 4096));
	l62_plan_add(trials, "data", why, scenario_of(why, steps));
}

/* Each request twice with the same eight bytes all over; twice, for what is kept from the
 * first. */
static void add_filled(GPtrArray *trials, const GArray *codes, const char *name,
                       const char *why, const char *eight, json_t *steps)
{
	GString *input = g_string_new(NULL);

	for (guint i = 0; i < FILLED_BYTES / 8; i++)
		g_string_append(input, eight);
	json_array_append_new(steps, json_pack("{s:s}", "do", "create"));
	for (guint i = 0; i < 2 * codes->len; i++) {
		char *code = g_strdup_printf("0x%x", g_array_index(codes, uint32_t, i / 2));

		json_array_append_new(steps, json_pack("{s:s, s:s, s:s, s:i}", "do", "ioctl",
		                                       "code", code, "input", input->str,
		                                       "output", FILLED_BYTES));
		g_free(code);
	}
	json_array_append_new(steps,
	                      json_pack("{s:s, s:s}", "do", "write", "input", input->str));
	g_string_free(input, TRUE);
	l62_plan_add(trials, name, why, scenario_of(why, steps));
}

/* A program's handle is a small number, too: as a length, a count or a number of anything
 * it is one that drivers accept. */
static void add_numbers(GPtrArray *trials, const GArray *codes)
{
	json_t *event = json_pack("[{s:s, s:i}]", "do", "event", "object", EVENT);

	add_filled(trials, codes, "numbers", "small numbers, which are a handle of an event",
	           EVENT_BYTES, event);
	add_filled(trials, codes, "zeros", "buffers of zeros", "0000000000000000",
	           json_array());
}

static void add_alone(GPtrArray *trials, const GArray *codes)
{
	for (guint i = 0; codes->len > 1 && i < MIN(codes->len, ALONE_MOST); i++) {
		uint32_t code = g_array_index(codes, uint32_t, i);
		char *name = g_strdup_printf("code-0x%x", code);
		char *why = g_strdup_printf("control code 0x%x alone", code);

		g_array_append_val(l62_plan_add(trials, name, why, NULL)->codes, code);
		g_free(why);
		g_free(name);
	}
}

/* In ascending order, each once. */
static int read_codes(const char *database, GArray *codes, struct l62_error *err)
{
	struct l62_control_codes *found;
	int status = l62_control_codes_load(database, &found, err);

	if (status != L62_OK)
		return status;
	for (guint i = 0; i < found->codes->len; i++) {
		const struct l62_control_code *row =
		        &g_array_index(found->codes, struct l62_control_code, i);
		uint32_t code = (uint32_t)row->value;

		if (row->value == code &&
		    (codes->len == 0 || g_array_index(codes, uint32_t, codes->len - 1) != code))
			g_array_append_val(codes, code);
	}
	l62_control_codes_free(found);
	return L62_OK;
}

/* A driver without dispatch routines has no device that a program could open. */
static int has_dispatch(const char *database, bool *has, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;
	int status = l62_db_open_file(database, &db, err);

	if (status == L62_OK &&
	    l62_db_prepare(db, "SELECT 1 FROM role WHERE role = 'DISPATCH' LIMIT 1", &stmt,
	                   err) == 0)
		*has = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return status;
}

/* Different findings may ask for the same. */
static void add_witnesses(GPtrArray *trials, const struct l62_result *result)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL);

	for (guint i = 0; i < result->findings->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(result->findings, i);
		const struct l62_witness *witness = l62_witness_of(finding);
		/* What a request stores is lost with the next one. */
		bool again = strcmp(finding->rule->name, "LeakOnOverwrite") == 0;
		json_t *steps = witness ? l62_plan_witness_steps(witness, again ? 2 : 1) : NULL;

		if (steps && g_hash_table_add(seen, json_dumps(steps, JSON_COMPACT))) {
			char *file = g_path_get_basename(finding->at.file);
			char *name = g_strdup_printf("%s-%d", file, finding->at.line);
			char *why =
			        g_strdup_printf("what %s(%d) needs", file, finding->at.line);
			struct l62_trial *trial = l62_plan_add(
			        trials, name, why, scenario_of(why, json_incref(steps)));

			trial->finding = finding->row;
			g_free(why);
			g_free(name);
			g_free(file);
		}
		json_decref(steps);
	}
	g_hash_table_unref(seen);
}

int l62_plan_make(const char *database, const struct l62_result *result, const GPtrArray *own,
                  GPtrArray **trials, struct l62_error *err)
{
	GPtrArray *made = g_ptr_array_new_with_free_func(free_trial);
	GArray *codes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	bool takes_requests = true;
	int status = read_codes(database, codes, err);
	struct l62_trial *usual;

	if (status == L62_OK)
		status = has_dispatch(database, &takes_requests, err);

	add_own(made, own);
	add_load(made);
	add_witnesses(made, result);
	usual = l62_plan_add(made, "requests",
	                     codes->len ? "the usual requests, with all control codes"
	                                : "the usual requests",
	                     NULL);
	usual->usual = true;
	add_codes(usual, codes);
	add_alone(made, codes);
	add_twice(made, codes);
	if (takes_requests) {
		add_data(made, codes);
		add_numbers(made, codes);
	}
	g_array_unref(codes);
	if (status == L62_OK)
		*trials = made;
	else
		g_ptr_array_unref(made);
	return status;
}

/* Only what a plan has put there: the folder is the user's. */
static int empty(const char *folder, struct l62_error *err)
{
	const char *name;
	GDir *dir;

	if (g_mkdir_with_parents(folder, 0777) != 0 || !(dir = g_dir_open(folder, 0, NULL)))
		return l62_error_set(err, L62_E_IO, "the folder %s cannot be made: %s", folder,
		                     g_strerror(errno));
	while ((name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL);

		if (g_ascii_isdigit(name[0]) && g_str_has_suffix(name, ".json"))
			g_unlink(path);
		g_free(path);
	}
	g_dir_close(dir);
	return L62_OK;
}

int l62_plan_write(const GPtrArray *trials, const char *folder, struct l62_error *err)
{
	int status = empty(folder, err);

	for (guint i = 0; i < trials->len && status == L62_OK; i++) {
		struct l62_trial *trial = g_ptr_array_index(trials, i);
		char *name = g_strconcat(trial->name, ".json", NULL);
		GError *error = NULL;

		if (trial->scenario) {
			g_free(trial->path);
			trial->path = g_build_filename(folder, name, NULL);
			if (!g_file_set_contents(trial->path, trial->scenario, -1, &error)) {
				status = l62_error_set(err, L62_E_IO, "%s", error->message);
				g_error_free(error);
			}
		}
		g_free(name);
	}
	return status;
}
