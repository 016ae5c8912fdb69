/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Shared by the parts of the SARIF writer.  Functions that return a json_t give
 * the caller a new reference.
 */
#ifndef LEAK62_REPORT_SARIF_H
#define LEAK62_REPORT_SARIF_H

#include <glib.h>
#include <jansson.h>

#include "leak62/report.h"
#include "source.h"

#define L62_SARIF_ROOT "SRCROOT"

struct l62_sarif {
	const struct l62_report_options *options;
	struct l62_sources *sources;
	json_t *artifacts;          /* run.artifacts */
	GHashTable *artifact_index; /* path -> index + 1 */
	bool suppressions;          /* some result has them, so every one says which */
	GHashTable *fingerprints;   /* l62_fingerprint_finding() -> how often */
	const GPtrArray *absent;    /* of struct l62_report_fixed, or NULL */
	guint limit;                /* how many findings there is room for */
};

/* What happened in a run, as notifications; the index into the list of their
 * descriptors. */
enum l62_sarif_event {
	L62_SARIF_TU_FAILED,
	L62_SARIF_INCOMPLETE,
	L62_SARIF_NO_DRIVER_ENTRY,
	L62_SARIF_NO_UNLOAD,
	L62_SARIF_SLOT_INCOMPLETE,
	L62_SARIF_CUT,
};

/* Sets a member or appends an element; takes the reference to value.  NULL for
 * value is out of memory, which ends the process as in GLib. */
void l62_sarif_set(json_t *object, const char *key, json_t *value);
void l62_sarif_append(json_t *array, json_t *value);

/* A string of one line, made printable. */
json_t *l62_sarif_text(const char *text);

/* {"text": ...}, made printable. */
json_t *l62_sarif_message(const char *text);

/* The tool with its rules and notifications; the latter's names. */
json_t *l62_sarif_tool(const struct l62_sarif *sarif);
const char *l62_sarif_event_id(enum l62_sarif_event event);

/* How to see a finding at run time, for the properties of its result. */
json_t *l62_sarif_witness(struct l62_sarif *sarif, const struct l62_witness *witness);

/* The run's automationDetails. */
json_t *l62_sarif_automation(const struct l62_sarif *sarif);

/* location objects.  full: with end, snippet and context. */
json_t *l62_sarif_location(struct l62_sarif *sarif, const struct l62_location *at, bool full);
json_t *l62_sarif_artifact_location(struct l62_sarif *sarif, const char *path);

/* A logical location; name is qualified by the driver. */
json_t *l62_sarif_logical(const struct l62_sarif *sarif, const char *name, const char *kind);

/* The result object of a finding, with its locations, flows and fingerprints. */
json_t *l62_sarif_result(struct l62_sarif *sarif, const struct l62_finding *finding);

/* The findings of result, or the worst of them in that order, at most limit; of struct
 * l62_finding, not owned.  To be freed with g_ptr_array_unref(). */
GPtrArray *l62_sarif_worst(const struct l62_result *result, guint limit);

/* A finding that is there no more, at the start of its file: its line is not known. */
json_t *l62_sarif_absent(struct l62_sarif *sarif, const struct l62_report_fixed *fixed);

#endif
