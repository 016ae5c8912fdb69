/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * SARIF 2.1.0, in the profile that GitHub, Azure DevOps and GitLab read: one run,
 * every result with a rule, a full region and a fingerprint.  What could not be
 * analysed is a notification of the invocation.
 */
#include "sarif.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"
#include "printable.h"

#define SCHEMA_URI                                                                             \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                  \
	"sarif-schema-2.1.0.json"

/* What GitHub takes of a file; the bytes are those of the file compressed, which this is
 * not, but other readers have no more patience. */
enum { MOST_FINDINGS = 25000, MOST_BYTES = 10 * 1000 * 1000 };

void l62_sarif_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		g_error("out of memory while writing SARIF member '%s'", key);
}

void l62_sarif_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) != 0)
		g_error("out of memory while writing a SARIF list");
}

json_t *l62_sarif_text(const char *text)
{
	g_autofree char *printable = l62_printable_new(text);

	return json_string(printable);
}

json_t *l62_sarif_message(const char *text)
{
	json_t *message = json_object();

	l62_sarif_set(message, "text", l62_sarif_text(text));
	return message;
}

static json_t *notification(enum l62_sarif_event event, const char *level, const char *text)
{
	json_t *object = json_object(), *descriptor = json_object();

	l62_sarif_set(descriptor, "id", json_string(l62_sarif_event_id(event)));
	l62_sarif_set(descriptor, "index", json_integer(event));
	l62_sarif_set(object, "descriptor", descriptor);
	l62_sarif_set(object, "level", json_string(level));
	l62_sarif_set(object, "message", l62_sarif_message(text));
	return object;
}

static void set_only_location(json_t *object, json_t *location)
{
	json_t *locations = json_array();

	l62_sarif_append(locations, location);
	l62_sarif_set(object, "locations", locations);
}

static json_t *failed_notification(struct l62_sarif *sarif, const struct l62_failed_tu *tu)
{
	g_autofree char *shown = l62_path_shown(tu->source, sarif->options->root);
	g_autofree char *file = NULL, *text = NULL;
	struct l62_location at = {0};
	const char *error = "no error was recorded.";
	json_t *object;

	if (*tu->error)
		error = l62_path_split_error(tu->error, &file, &at.line);
	text = g_strdup_printf("%s was not analysed: %s", shown, error);
	object = notification(L62_SARIF_TU_FAILED, "error", text);
	at.file = file ? file : tu->source;
	set_only_location(object, l62_sarif_location(sarif, &at, false));
	return object;
}

static json_t *incomplete_notification(const struct l62_sarif *sarif, const char *function)
{
	g_autofree char *text =
	        g_strdup_printf("Some paths of %s were not analysed.", function);
	json_t *object = notification(L62_SARIF_INCOMPLETE, "note", text);
	json_t *location = json_object();

	l62_sarif_set(location, "logicalLocations",
	              l62_sarif_logical(sarif, function, "function"));
	set_only_location(object, location);
	return object;
}

static json_t *slot_notification(const char *slot)
{
	g_autofree char *text = g_strdup_printf(
	        "The life of what %s holds was not simulated to its end.", slot);

	return notification(L62_SARIF_SLOT_INCOMPLETE, "note", text);
}

static json_t *cut_notification(const struct l62_sarif *sarif, const struct l62_result *result)
{
	g_autofree char *text = g_strdup_printf(
	        "%u of %u findings are left out, for code scanning takes no larger file; the "
	        "worst are kept.",
	        result->findings->len - sarif->limit, result->findings->len);

	return notification(L62_SARIF_CUT, "warning", text);
}

static json_t *notifications(struct l62_sarif *sarif, const struct l62_result *result)
{
	json_t *list = json_array();

	for (guint i = 0; i < result->failed->len; i++)
		l62_sarif_append(
		        list, failed_notification(sarif, g_ptr_array_index(result->failed, i)));
	for (guint i = 0; i < result->incomplete->len; i++)
		l62_sarif_append(list,
		                 incomplete_notification(
		                         sarif, g_ptr_array_index(result->incomplete, i)));
	for (guint i = 0; i < result->slots->len; i++)
		l62_sarif_append(list, slot_notification(g_ptr_array_index(result->slots, i)));
	if (result->findings->len > sarif->limit)
		l62_sarif_append(list, cut_notification(sarif, result));
	if (!result->has_driver_entry)
		l62_sarif_append(list, notification(L62_SARIF_NO_DRIVER_ENTRY, "warning",
		                                    "No DriverEntry was found; leaks at unload "
		                                    "may be missed."));
	if (!result->has_unload)
		l62_sarif_append(list, notification(L62_SARIF_NO_UNLOAD, "note",
		                                    "No unload routine was found; LeakAtUnload "
		                                    "does not apply."));
	return list;
}

static void set_time(json_t *invocation, const char *key, GDateTime *when)
{
	g_autoptr(GDateTime) utc = g_date_time_to_utc(when);
	g_autofree char *seconds = g_date_time_format(utc, "%Y-%m-%dT%H:%M:%S");
	g_autofree char *text =
	        g_strdup_printf("%s.%03dZ", seconds, g_date_time_get_microsecond(utc) / 1000);

	l62_sarif_set(invocation, key, json_string(text));
}

static json_t *invocation(struct l62_sarif *sarif, const struct l62_result *result)
{
	const struct l62_report_options *options = sarif->options;
	g_autofree char *cwd = l62_path_uri_folder(options->cwd);
	json_t *object = json_object(), *folder = json_object();

	l62_sarif_set(object, "commandLine", l62_sarif_text(options->command_line));
	set_time(object, "startTimeUtc", options->start);
	set_time(object, "endTimeUtc", options->end);
	l62_sarif_set(object, "exitCode", json_integer(options->exit_code));
	l62_sarif_set(object, "executionSuccessful", json_boolean(!result->failed->len));
	l62_sarif_set(folder, "uri", json_string(cwd));
	l62_sarif_set(object, "workingDirectory", folder);
	l62_sarif_set(object, "toolExecutionNotifications", notifications(sarif, result));
	return object;
}

static json_t *base_ids(const struct l62_report_options *options)
{
	g_autofree char *uri = l62_path_uri_folder(options->root);
	json_t *ids = json_object(), *root = json_object();

	l62_sarif_set(root, "uri", json_string(uri));
	l62_sarif_set(ids, L62_SARIF_ROOT, root);
	return ids;
}

static json_t *run_properties(const struct l62_result *result)
{
	json_t *counts = json_object();

	l62_sarif_set(counts, "translationUnits", json_integer(result->tus));
	l62_sarif_set(counts, "failed", json_integer(result->failed->len));
	l62_sarif_set(counts, "reanalysed", json_integer(result->reanalysed));
	l62_sarif_set(counts, "incompleteFunctions", json_integer(result->incomplete->len));
	l62_sarif_set(counts, "incompleteSlots", json_integer(result->slots->len));
	l62_sarif_set(counts, "functions", json_integer(result->functions));
	l62_sarif_set(counts, "allocationSites", json_integer(result->sites));
	l62_sarif_set(counts, "entryPoints", json_integer(result->entry_points));
	l62_sarif_set(counts, "inSystemHeaders", json_integer(result->in_headers));
	return counts;
}

static json_t *run(struct l62_sarif *sarif, const struct l62_result *result)
{
	json_t *object = json_object(), *invocations = json_array(), *results = json_array();
	g_autoptr(GPtrArray) findings = l62_sarif_worst(result, sarif->limit);
	bool cut = findings->len < result->findings->len;

	l62_sarif_set(object, "tool", l62_sarif_tool(sarif));
	l62_sarif_set(object, "automationDetails", l62_sarif_automation(sarif));
	l62_sarif_append(invocations, invocation(sarif, result));
	l62_sarif_set(object, "invocations", invocations);
	l62_sarif_set(object, "originalUriBaseIds", base_ids(sarif->options));
	l62_sarif_set(object, "columnKind", json_string("utf16CodeUnits"));
	for (guint i = 0; i < findings->len; i++)
		l62_sarif_append(results,
		                 l62_sarif_result(sarif, g_ptr_array_index(findings, i)));
	for (guint i = 0; !cut && sarif->absent && i < sarif->absent->len; i++)
		l62_sarif_append(results,
		                 l62_sarif_absent(sarif, g_ptr_array_index(sarif->absent, i)));
	l62_sarif_set(object, "results", results);
	l62_sarif_set(object, "artifacts", json_incref(sarif->artifacts));
	l62_sarif_set(object, "properties", run_properties(result));
	return object;
}

/* A run has sources, artifacts and fingerprints of its own. */
static json_t *driver_run(const struct l62_result *result,
                          const struct l62_report_options *options, const GPtrArray *absent,
                          guint limit)
{
	struct l62_sarif sarif = {
	        .options = options,
	        .absent = absent,
	        .limit = limit,
	        .suppressions =
	                l62_result_count(result, L62_NOT_SUPPRESSED) < result->findings->len,
	        .sources = l62_sources_new(),
	        .artifacts = json_array(),
	        .artifact_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	        .fingerprints = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};
	json_t *object = run(&sarif, result);

	json_decref(sarif.artifacts);
	g_hash_table_unref(sarif.artifact_index);
	g_hash_table_unref(sarif.fingerprints);
	l62_sources_free(sarif.sources);
	return object;
}

/* Takes the reference to runs. */
static char *document(json_t *runs)
{
	json_t *log = json_object();
	char *text;

	l62_sarif_set(log, "$schema", json_string(SCHEMA_URI));
	l62_sarif_set(log, "version", json_string("2.1.0"));
	l62_sarif_set(log, "runs", runs);
	text = json_dumps(log, JSON_INDENT(2));
	json_decref(log);
	if (!text)
		g_error("out of memory while writing SARIF");
	return text;
}

/* A link to a file stays a link; a device or a pipe is nothing to rename over. */
static int write_file(const char *path, const char *text, struct l62_error *err)
{
	g_autofree char *shown = l62_printable_new(path);
	g_autoptr(GError) error = NULL;
	char *target = realpath(path, NULL);
	gboolean written;

	if (target && !g_file_test(target, G_FILE_TEST_IS_REGULAR)) {
		free(target);
		return l62_error_set(
		        err, L62_E_IO,
		        "cannot write SARIF to '%s': it is not a regular file; name "
		        "another file",
		        shown);
	}
	written = g_file_set_contents_full(target ? target : path, text, (gssize)strlen(text),
	                                   G_FILE_SET_CONTENTS_CONSISTENT, 0666, &error);
	free(target);
	if (written)
		return 0;
	return l62_error_set(
	        err, L62_E_IO,
	        "cannot write SARIF to '%s': %s; name a file in a folder that can be "
	        "written",
	        shown, error->message);
}

/* With at most limit findings of each driver; a new string, to be freed with free(). */
static char *text_of(const GPtrArray *results, const GPtrArray *names,
                     const struct l62_report_options *options, guint limit)
{
	const struct l62_report_gate *gate = options->gate;
	json_t *runs = json_array();

	for (guint i = 0; i < results->len; i++) {
		struct l62_report_options one = *options;
		/* Of which driver they were is not known. */
		bool absent = gate && gate->absent && i == 0;

		one.driver = g_ptr_array_index(names, i);
		l62_sarif_append(runs, driver_run(g_ptr_array_index(results, i), &one,
		                                  absent ? gate->fixed : NULL, limit));
	}
	return document(runs);
}

/* Within what a file may hold, if it can be had by leaving out findings. */
static char *drivers_text(const GPtrArray *results, const GPtrArray *names,
                          const struct l62_report_options *options)
{
	guint limit = options->sarif_findings ? options->sarif_findings : MOST_FINDINGS;
	size_t bytes = options->sarif_bytes ? options->sarif_bytes : MOST_BYTES;
	guint most = 0;
	char *text = text_of(results, names, options, limit);

	for (guint i = 0; i < results->len; i++) {
		const struct l62_result *result = g_ptr_array_index(results, i);

		most = MAX(most, result->findings->len);
	}
	limit = MIN(limit, most);
	while (strlen(text) > bytes && limit) {
		/* They differ in size, and the rest of the file has one too: go lower. */
		limit = MIN(limit - 1, (guint)((double)limit * (double)bytes /
		                               (double)strlen(text) * 0.95));
		free(text);
		text = text_of(results, names, options, limit);
	}
	return text;
}

int l62_report_sarif_drivers(const char *path, const GPtrArray *results, const GPtrArray *names,
                             const struct l62_report_options *options, struct l62_error *err)
{
	char *text = drivers_text(results, names, options);
	int status = write_file(path, text, err);

	free(text);
	return status;
}

int l62_report_sarif_stream(FILE *out, const GPtrArray *results, const GPtrArray *names,
                            const struct l62_report_options *options, struct l62_error *err)
{
	char *text = drivers_text(results, names, options);
	bool written = fputs(text, out) >= 0 && fputc('\n', out) != EOF && fflush(out) == 0;

	free(text);
	if (written)
		return L62_OK;
	return l62_error_set(err, L62_E_IO, "the report cannot be written: %s",
	                     g_strerror(errno));
}

int l62_report_sarif(const char *path, const struct l62_result *result,
                     const struct l62_report_options *options, struct l62_error *err)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	g_ptr_array_add(results, (gpointer)result);
	g_ptr_array_add(names, (gpointer)options->driver);
	return l62_report_sarif_drivers(path, results, names, options, err);
}
