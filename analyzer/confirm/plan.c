/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See plan.h. */
#include "plan.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

#include "plan_trial.h"
#include "plan_witness.h"

enum {
	ALONE_MOST = 32, /* control codes that are sent alone: each costs a campaign */
	NAMED_MOST = 8,  /* that a command names */
	LENGTH = 256,    /* of buffers that are nowhere */
	METHOD_MASK = 3, /* of a control code: how its buffers are passed; wdm.h */
	METHOD_NEITHER = 3,
};

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

/* scenario is taken over; NULL: none. */
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

static json_t *code_text(uint32_t code)
{
	char text[16];

	g_snprintf(text, sizeof(text), "0x%x", code);
	return json_string(text);
}

char *l62_plan_scenario(const char *comment, const GArray *codes, json_t *steps,
                        json_t *registry)
{
	/* What a driver does not have is not asked of it. */
	json_t *scenario = json_pack("{s:s, s:i, s:s, s:b}", "format", "leak62-scenario",
	                             "version", 1, "comment", comment, "strict", 0);
	char *text, *copy;

	if (codes && codes->len) {
		json_t *list = json_array();

		for (guint i = 0; i < codes->len; i++)
			json_array_append_new(list,
			                      code_text(g_array_index(codes, uint32_t, i)));
		json_object_set_new(scenario, "codes", list);
	}
	if (registry)
		json_object_set_new(scenario, "registry", registry);
	if (steps)
		json_object_set_new(scenario, "steps", steps);
	text = json_dumps(scenario, JSON_INDENT(2));
	copy = g_strdup(text);
	free(text);
	json_decref(scenario);
	return copy;
}

static char *scenario_of(const char *comment, const GArray *codes, json_t *steps)
{
	return l62_plan_scenario(comment, codes, steps, NULL);
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

	l62_plan_add(trials, "load", why, scenario_of(why, NULL, steps));
}

/* Few codes are part of the command, many would hide it. */
static void add_usual(GPtrArray *trials, const GArray *codes)
{
	const char *why = codes->len ? "the usual requests, with all control codes"
	                             : "the usual requests";
	bool few = codes->len <= NAMED_MOST;
	struct l62_trial *usual =
	        l62_plan_add(trials, "requests", why, few ? NULL : scenario_of(why, codes, NULL));

	usual->usual = true;
	if (few)
		g_array_append_vals(usual->codes, codes->data, codes->len);
}

static void add_twice(GPtrArray *trials, const GArray *codes)
{
	static const char why[] = "the usual requests, twice";
	json_t *steps = json_pack("[{s:s}, {s:s}]", "do", "default", "do", "default");

	l62_plan_add(trials, "twice", why, scenario_of(why, codes, steps));
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
	for (guint i = 0; i < 2 * codes->len; i++)
		json_array_append_new(
		        steps, json_pack("{s:s, s:o, s:i, s:i}", "do", "ioctl", "code",
		                         code_text(g_array_index(codes, uint32_t, i % codes->len)),
		                         "input", 64, "output", 64));
	json_array_append_new(steps, json_pack("{s:s, s:i}", "do", "read", "length", 64));
	json_array_append_new(steps, json_pack("{s:s, s:i}", "do", "read", "length", 4096));
	l62_plan_add(trials, "data", why, scenario_of(why, NULL, steps));
}

/* Each request twice with the same eight bytes all over; twice, for what is kept from the
 * first. */
static void add_filled(GPtrArray *trials, const GArray *codes, const char *name, const char *why,
                       const char *eight, json_t *steps)
{
	GString *input = g_string_new(NULL);

	for (guint i = 0; i < FILLED_BYTES / 8; i++)
		g_string_append(input, eight);
	json_array_append_new(steps, json_pack("{s:s}", "do", "create"));
	for (guint i = 0; i < 2 * codes->len; i++)
		json_array_append_new(
		        steps, json_pack("{s:s, s:o, s:s, s:i}", "do", "ioctl", "code",
		                         code_text(g_array_index(codes, uint32_t, i / 2)),
		                         "input", input->str, "output", FILLED_BYTES));
	json_array_append_new(steps, json_pack("{s:s, s:s}", "do", "write", "input",
	                                       input->str));
	g_string_free(input, TRUE);
	l62_plan_add(trials, name, why, scenario_of(why, NULL, steps));
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

/* The same request with buffers where a program may not read and write, and where it could,
 * but there is nothing. */
static void add_bad_requests(json_t *steps, uint32_t code)
{
	static const char *const addresses[] = {"0x7fffffff0000", "0x1000"};

	for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++)
		json_array_append_new(steps,
		                      json_pack("{s:s, s:o, s:i, s:i, s:s, s:s}", "do", "ioctl",
		                                "code", code_text(code), "input", LENGTH,
		                                "output", LENGTH, "input_address", addresses[i],
		                                "output_address", addresses[i]));
}

static void add_bad_one(GPtrArray *trials, uint32_t code, const char *how)
{
	char *name = g_strdup_printf("bad-0x%x", code);
	char *why = g_strdup_printf("control code 0x%x with %s", code, how);
	json_t *steps = json_pack("[{s:s}]", "do", "create");

	add_bad_requests(steps, code);
	l62_plan_add(trials, name, why, scenario_of(why, NULL, steps));
	g_free(why);
	g_free(name);
}

/* The addresses of METHOD_NEITHER are the program's: the driver must expect the worst. */
static void add_bad(GPtrArray *trials, const GArray *codes)
{
	static const char how[] = "buffers that cannot be accessed";
	json_t *steps = json_pack("[{s:s}]", "do", "create");
	uint32_t found[ALONE_MOST];
	guint count = 0;

	for (guint i = 0; i < codes->len && count < ALONE_MOST; i++) {
		uint32_t code = g_array_index(codes, uint32_t, i);

		if ((code & METHOD_MASK) != METHOD_NEITHER)
			continue;
		found[count++] = code;
		add_bad_requests(steps, code);
	}
	if (count)
		l62_plan_add(trials, "bad", how, scenario_of(how, NULL, json_incref(steps)));
	json_decref(steps);
	/* In a request before, the driver may have stopped the machine. */
	for (guint i = 0; count > 1 && i < count; i++)
		add_bad_one(trials, found[i], how);
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

/* Different findings may ask for the same. */
static void add_witnesses(GPtrArray *trials, const struct l62_result *result)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL);

	for (guint i = 0; i < result->findings->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(result->findings, i);
		const struct l62_witness *witness = l62_witness_of(finding);
		/* What a request stores is lost with the next one. */
		bool again = strcmp(finding->rule->name, "LeakOnOverwrite") == 0;
		json_t *steps =
		        witness ? l62_plan_witness_steps(witness, again ? 2 : 1) : NULL;

		if (steps && g_hash_table_add(seen, json_dumps(steps, JSON_COMPACT))) {
			char *file = g_path_get_basename(finding->at.file);
			char *name = g_strdup_printf("%s-%d", file, finding->at.line);
			char *why =
			        g_strdup_printf("what %s(%d) needs", file, finding->at.line);
			struct l62_trial *trial = l62_plan_add(
			        trials, name, why, scenario_of(why, NULL, json_incref(steps)));

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
                  GPtrArray **trials, GArray **codes, struct l62_error *err)
{
	GPtrArray *made = g_ptr_array_new_with_free_func(free_trial);
	GArray *found = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	int status = read_codes(database, found, err);

	if (status != L62_OK) {
		g_array_unref(found);
		g_ptr_array_unref(made);
		return status;
	}
	add_own(made, own);
	add_load(made);
	add_witnesses(made, result);
	add_usual(made, found);
	add_alone(made, found);
	add_twice(made, found);
	add_data(made, found);
	add_bad(made, found);
	add_numbers(made, found);
	*trials = made;
	*codes = found;
	return L62_OK;
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
