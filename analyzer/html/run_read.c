/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads what `leak62 verify --json` wrote: run.schema.json. */
#include <string.h>

#include "html.h"

enum { RUN_VERSION = 1 };

static const char *text_of(json_t *root, const char *name)
{
	const char *value = json_string_value(json_object_get(root, name));

	return value ? value : "";
}

static int check(const struct l62_html_run *run, struct l62_error *err)
{
	static const char *const arrays[] = {"blocks", "leftBehind", "tags"};
	json_t *timeline = json_object_get(run->root, "timeline");

	if (strcmp(text_of(run->root, "format"), "leak62-verify") != 0)
		return l62_error_set(err, L62_E_FORMAT,
		                     "'%s' is no run of a driver: --run takes what leak62 "
		                     "verify --json wrote",
		                     run->path);
	if (json_integer_value(json_object_get(run->root, "version")) != RUN_VERSION)
		return l62_error_set(err, L62_E_VERSION,
		                     "'%s' is a run of another version than %d, which this "
		                     "leak62 reads: run leak62 verify again",
		                     run->path, RUN_VERSION);
	for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
		if (!json_is_array(json_object_get(run->root, arrays[i])))
			return l62_error_set(err, L62_E_FORMAT,
			                     "'%s': '%s' is not an array; run leak62 verify "
			                     "again",
			                     run->path, arrays[i]);
	if (timeline && !json_is_array(timeline))
		return l62_error_set(err, L62_E_FORMAT,
		                     "'%s': 'timeline' is not an array; run leak62 verify "
		                     "again",
		                     run->path);
	if (!*text_of(run->root, "verdict") ||
	    !*text_of(json_object_get(run->root, "driver"), "name"))
		return l62_error_set(err, L62_E_FORMAT,
		                     "'%s' has no verdict or names no driver; run leak62 "
		                     "verify again",
		                     run->path);
	return 0;
}

int l62_html_run_read(const char *path, struct l62_html_run **result, struct l62_error *err)
{
	struct l62_html_run *run = g_new0(struct l62_html_run, 1);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	json_error_t bad;
	gsize length;
	int rc = 0;

	run->path = g_strdup(path);
	if (!g_file_get_contents(path, &text, &length, &error))
		rc = l62_error_set(err, L62_E_IO,
		                   "the run cannot be read: %s; name a file that "
		                   "leak62 verify --json wrote",
		                   error->message);
	if (rc == 0) {
		run->root = json_loadb(text, length, 0, &bad);
		if (!run->root)
			rc = l62_error_set(err, L62_E_FORMAT,
			                   "%s(%d): %s; run leak62 verify --json again", path,
			                   bad.line, bad.text);
	}
	if (rc == 0)
		rc = check(run, err);
	if (rc != 0)
		g_clear_pointer(&run, l62_html_run_free);
	*result = run;
	return rc;
}

void l62_html_run_free(void *data)
{
	struct l62_html_run *run = data;

	json_decref(run->root);
	g_free(run->path);
	g_free(run);
}
