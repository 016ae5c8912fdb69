/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Everything that the text says, for programs:
 *
 *	{"format": "leak62-findings", "version": 1, "leak62": VERSION, "exitCode": N,
 *	 "drivers": [{"name": .., "findings": [..], "failed": [{"source", "error"}],
 *	              "incomplete": [..], "units": N, "functions": N, "sites": N}],
 *	 "gate": {"with": .., "new": N, "known": N, "fixed": [..]}}     (of a gate only)
 *
 * A finding:
 *
 *	{"id", "rule", "name", "level", "state": "new"|"known" (of a gate only),
 *	 "message", "at": PLACE, "allocation": PLACE, "changed": PLACE, "change",
 *	 "function", "api", "kind", "tag", "size", "slot", "variable", "counted",
 *	 "suppressed": PLACE, "reason", "path": [STEP], "teardown": [STEP],
 *	 "also": [{"role": "exit"|"fix"|"teardown", PLACE, "message"}]}
 *
 * PLACE is {"file", "line", "column"}, a STEP that with a "message".  Files are relative
 * to the root of SARIF's paths where below it.  What there is not is left out.
 */
#include "leak62/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"
#include "sarif.h"

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		l62_sarif_set(object, key, l62_sarif_text(text));
}

static void set_place(json_t *object, const struct l62_report_options *options,
                      const struct l62_location *at)
{
	g_autofree char *shown = l62_path_shown(at->file, options->root);

	set_text(object, "file", shown);
	if (at->line > 0)
		l62_sarif_set(object, "line", json_integer(at->line));
	if (at->col > 0)
		l62_sarif_set(object, "column", json_integer(at->col));
}

static json_t *place(const struct l62_report_options *options, const struct l62_location *at)
{
	json_t *object = json_object();

	set_place(object, options, at);
	return object;
}

static void set_flow(json_t *object, const char *key, const struct l62_report_options *options,
                     const GArray *flow)
{
	json_t *steps;

	if (!flow || !flow->len)
		return;
	steps = json_array();
	for (guint i = 0; i < flow->len; i++) {
		const struct l62_step *step = &g_array_index(flow, struct l62_step, i);
		json_t *one = place(options, &step->at);

		set_text(one, "message", step->message);
		l62_sarif_append(steps, one);
	}
	l62_sarif_set(object, key, steps);
}

static void set_also(json_t *object, const struct l62_report_options *options,
                     const GArray *also)
{
	static const char *const roles[] = {[L62_ALSO_EXIT] = "exit",
	                                    [L62_ALSO_FIX] = "fix",
	                                    [L62_ALSO_TEARDOWN] = "teardown"};
	json_t *list;

	if (!also || !also->len)
		return;
	list = json_array();
	for (guint i = 0; i < also->len; i++) {
		const struct l62_also *one = &g_array_index(also, struct l62_also, i);
		json_t *entry = place(options, &one->at);

		set_text(entry, "role", roles[one->role]);
		set_text(entry, "message", one->message);
		l62_sarif_append(list, entry);
	}
	l62_sarif_set(object, "also", list);
}

static json_t *finding_object(const struct l62_report_options *options,
                              const struct l62_finding *finding)
{
	json_t *object = json_object();

	set_text(object, "id", finding->id);
	set_text(object, "rule", finding->rule->id);
	set_text(object, "name", finding->rule->name);
	set_text(object, "level", finding->rule->level);
	if (finding->compared != L62_NOT_COMPARED)
		set_text(object, "state", finding->compared == L62_IS_NEW ? "new" : "known");
	set_text(object, "message", finding->message);
	l62_sarif_set(object, "at", place(options, &finding->at));
	l62_sarif_set(object, "allocation", place(options, &finding->site));
	if (finding->changed.file)
		l62_sarif_set(object, "changed", place(options, &finding->changed));
	set_text(object, "change", finding->change);
	set_text(object, "function", finding->function);
	set_text(object, "api", finding->api);
	set_text(object, "kind", finding->kind);
	set_text(object, "tag", finding->tag);
	if (finding->has_size && finding->size <= INT64_MAX)
		l62_sarif_set(object, "size", json_integer((json_int_t)finding->size));
	set_text(object, "slot", finding->slot);
	set_text(object, "variable", finding->variable);
	l62_sarif_set(object, "counted", json_boolean(finding->counted));
	if (finding->suppressor != L62_NOT_SUPPRESSED) {
		l62_sarif_set(object, "suppressed", place(options, &finding->suppressed));
		set_text(object, "reason", finding->reason);
	}
	set_flow(object, "path", options, finding->flow[0]);
	set_flow(object, "teardown", options, finding->flow[1]);
	set_also(object, options, finding->also);
	return object;
}

static json_t *driver_object(const struct l62_report_options *options, const char *name,
                             const struct l62_result *result)
{
	json_t *object = json_object(), *findings = json_array(), *failed = json_array(),
	       *incomplete = json_array();

	set_text(object, "name", name);
	for (guint i = 0; i < result->findings->len; i++)
		l62_sarif_append(
		        findings,
		        finding_object(options, g_ptr_array_index(result->findings, i)));
	l62_sarif_set(object, "findings", findings);
	for (guint i = 0; i < result->failed->len; i++) {
		const struct l62_failed_tu *tu = g_ptr_array_index(result->failed, i);
		g_autofree char *shown = l62_path_shown(tu->source, options->root);
		json_t *one = json_object();

		set_text(one, "source", shown);
		set_text(one, "error", tu->error);
		l62_sarif_append(failed, one);
	}
	l62_sarif_set(object, "failed", failed);
	for (guint i = 0; i < result->incomplete->len; i++)
		l62_sarif_append(incomplete,
		                 l62_sarif_text(g_ptr_array_index(result->incomplete, i)));
	l62_sarif_set(object, "incomplete", incomplete);
	l62_sarif_set(object, "units", json_integer(result->tus));
	l62_sarif_set(object, "functions", json_integer(result->functions));
	l62_sarif_set(object, "sites", json_integer(result->sites));
	return object;
}

static json_t *gate_object(const struct l62_report_options *options)
{
	const struct l62_report_gate *gate = options->gate;
	json_t *object = json_object(), *fixed = json_array();

	set_text(object, "with", gate->with);
	l62_sarif_set(object, "new", json_integer(gate->fresh));
	l62_sarif_set(object, "known", json_integer(gate->known));
	for (guint i = 0; i < gate->fixed->len; i++) {
		const struct l62_report_fixed *one = g_ptr_array_index(gate->fixed, i);
		g_autofree char *shown = l62_path_shown(one->file, options->root);
		json_t *entry = json_object();

		set_text(entry, "rule", one->rule->id);
		set_text(entry, "name", one->rule->name);
		set_text(entry, "file", shown);
		set_text(entry, "function", one->function);
		set_text(entry, "api", one->api);
		set_text(entry, "place", one->place);
		l62_sarif_append(fixed, entry);
	}
	l62_sarif_set(object, "fixed", fixed);
	return object;
}

int l62_report_json(FILE *out, const GPtrArray *results, const GPtrArray *names,
                    const struct l62_report_options *options, struct l62_error *err)
{
	json_t *object = json_object(), *drivers = json_array();
	char *text;
	bool written;

	l62_sarif_set(object, "format", json_string("leak62-findings"));
	l62_sarif_set(object, "version", json_integer(1));
	set_text(object, "leak62", options->version);
	l62_sarif_set(object, "exitCode", json_integer(options->exit_code));
	for (guint i = 0; i < results->len; i++)
		l62_sarif_append(drivers, driver_object(options, g_ptr_array_index(names, i),
		                                        g_ptr_array_index(results, i)));
	l62_sarif_set(object, "drivers", drivers);
	if (options->gate)
		l62_sarif_set(object, "gate", gate_object(options));
	text = json_dumps(object, JSON_INDENT(2));
	json_decref(object);
	if (!text)
		g_error("out of memory while writing JSON");
	written = fputs(text, out) >= 0 && fputc('\n', out) != EOF && fflush(out) == 0;
	free(text);
	if (written)
		return L62_OK;
	return l62_error_set(err, L62_E_IO, "the report cannot be written: %s",
	                     g_strerror(errno));
}
