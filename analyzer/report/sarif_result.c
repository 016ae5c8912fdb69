/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One finding as a SARIF result.  A leak on a path is a code flow of one thread flow;
 * a life-cycle finding has two, how the resource is acquired and the teardown that
 * misses it, with one execution order over both.
 */
#include "sarif.h"

#include <string.h>

#include "fingerprint.h"
#include "printable.h"

static bool same_place(const struct l62_location *a, const struct l62_location *b)
{
	return a->line == b->line && a->col == b->col && strcmp(a->file, b->file) == 0;
}

static void append_sentence(GString *text, const char *message)
{
	l62_printable_append(text, message);
	if (!text->len || !strchr(".!?", text->str[text->len - 1]))
		g_string_append_c(text, '.');
}

/* "](" from source text would read as a link. */
static json_t *plain_message(GString *text)
{
	if (strstr(text->str, "](")) {
		g_string_replace(text, "[", "\\[", 0);
		g_string_replace(text, "]", "\\]", 0);
	}
	return l62_sarif_message(text->str);
}

/* One sentence. */
static json_t *sentence(const char *message)
{
	g_autoptr(GString) text = g_string_new(NULL);

	append_sentence(text, message);
	return plain_message(text);
}

/* What is found, and how to correct it. */
static json_t *result_message(const struct l62_finding *finding)
{
	g_autoptr(GString) text = g_string_new(NULL);

	append_sentence(text, finding->message);
	for (guint i = 0; finding->also && i < finding->also->len; i++) {
		const struct l62_also *also = &g_array_index(finding->also, struct l62_also, i);

		if (also->role != L62_ALSO_FIX)
			continue;
		g_string_append(text, " Fix: ");
		append_sentence(text, also->message);
	}
	if (finding->change) {
		g_string_append(text, " Changed: ");
		append_sentence(text, finding->change);
	}
	return plain_message(text);
}

static json_t *thread_flow(struct l62_sarif *sarif, const GArray *steps, const char *id,
                           const char *message, int *order)
{
	json_t *flow = json_object(), *locations = json_array();

	for (guint i = 0; i < steps->len; i++) {
		const struct l62_step *step = &g_array_index(steps, struct l62_step, i);
		json_t *location = l62_sarif_location(sarif, &step->at, false);
		json_t *element = json_object();

		l62_sarif_set(location, "message", sentence(step->message));
		l62_sarif_set(element, "location", location);
		l62_sarif_set(element, "executionOrder", json_integer(++*order));
		l62_sarif_append(locations, element);
	}
	l62_sarif_set(flow, "id", json_string(id));
	l62_sarif_set(flow, "message", l62_sarif_message(message));
	l62_sarif_set(flow, "locations", locations);
	return flow;
}

static bool has_steps(const GArray *flow)
{
	return flow && flow->len;
}

static void set_code_flows(struct l62_sarif *sarif, json_t *result,
                           const struct l62_finding *finding)
{
	const GArray *first = finding->flow[0], *teardown = finding->flow[1];
	json_t *flows, *code_flow, *code_flows;
	int order = 0;

	if (!has_steps(first) && !has_steps(teardown))
		return;
	flows = json_array();
	if (has_steps(first) && has_steps(teardown))
		l62_sarif_append(flows, thread_flow(sarif, first, "acquired",
		                                    "How the resource is acquired.", &order));
	else if (has_steps(first))
		l62_sarif_append(flows, thread_flow(sarif, first, "path",
		                                    "The path that leaks.", &order));
	if (has_steps(teardown))
		l62_sarif_append(flows, thread_flow(sarif, teardown, "teardown",
		                                    "The teardown that misses it.", &order));
	code_flow = json_object();
	l62_sarif_set(code_flow, "threadFlows", flows);
	code_flows = json_array();
	l62_sarif_append(code_flows, code_flow);
	l62_sarif_set(result, "codeFlows", code_flows);
}

static void set_related(struct l62_sarif *sarif, json_t *result,
                        const struct l62_finding *finding)
{
	json_t *related = json_array();

	if (finding->changed.file || !same_place(&finding->at, &finding->site)) {
		g_autofree char *text = g_strdup_printf("Allocated here by %s.", finding->api);
		json_t *site = l62_sarif_location(sarif, &finding->site, true);

		l62_sarif_set(site, "message", l62_sarif_message(text));
		l62_sarif_set(site, "logicalLocations",
		              l62_sarif_logical(sarif, finding->function, "function"));
		l62_sarif_append(related, site);
	}
	if (finding->changed.file && !same_place(&finding->at, &finding->site)) {
		json_t *exit = l62_sarif_location(sarif, &finding->at, true);

		l62_sarif_set(exit, "message", l62_sarif_message("Lost here."));
		l62_sarif_append(related, exit);
	}
	if (finding->slot) {
		g_autofree char *text = g_strdup_printf("Kept in %s.", finding->slot);
		/* Code scanning wants a file with every location. */
		json_t *slot = l62_sarif_location(sarif, &finding->site, false);
		bool global = g_str_has_prefix(finding->slot, "::");

		l62_sarif_set(slot, "message", l62_sarif_message(text));
		l62_sarif_set(slot, "logicalLocations",
		              l62_sarif_logical(sarif, finding->slot,
		                                global ? "variable" : "member"));
		l62_sarif_append(related, slot);
	}
	for (guint i = 0; finding->also && i < finding->also->len; i++) {
		const struct l62_also *also = &g_array_index(finding->also, struct l62_also, i);
		json_t *place = l62_sarif_location(sarif, &also->at, false);
		bool fix = also->role == L62_ALSO_FIX;

		l62_sarif_set(place, "message",
		              fix ? l62_sarif_message("Released here on another path.")
		                  : sentence(also->message));
		if (also->role == L62_ALSO_TEARDOWN)
			l62_sarif_set(place, "properties",
			              json_pack("{s:s}", "leak62/role", "teardown"));
		l62_sarif_append(related, place);
	}
	for (size_t i = 0; i < json_array_size(related); i++)
		l62_sarif_set(json_array_get(related, i), "id",
		              json_integer((json_int_t)i + 1));
	if (json_array_size(related))
		l62_sarif_set(result, "relatedLocations", related);
	else
		json_decref(related);
}

static void set_fingerprints(struct l62_sarif *sarif, json_t *result,
                             const struct l62_finding *finding)
{
	struct l62_source *source = l62_sources_get(sarif->sources, finding->at.file);
	const char *line_hash = source ? l62_source_line_hash(source, finding->at.line) : NULL;
	char *own = l62_fingerprint_finding(finding, sarif->options->root);
	int count = GPOINTER_TO_INT(g_hash_table_lookup(sarif->fingerprints, own)) + 1;
	g_autofree char *numbered = g_strdup_printf("%s:%d", own, count);
	json_t *fingerprints = json_object();

	g_hash_table_replace(sarif->fingerprints, own, GINT_TO_POINTER(count));
	if (line_hash)
		l62_sarif_set(fingerprints, "primaryLocationLineHash", json_string(line_hash));
	l62_sarif_set(fingerprints, "leak62/v1", json_string(numbered));
	l62_sarif_set(result, "partialFingerprints", fingerprints);
}

static void set_suppressions(struct l62_sarif *sarif, json_t *result,
                             const struct l62_finding *finding)
{
	json_t *list, *suppression;

	if (!sarif->suppressions)
		return;
	list = json_array();
	l62_sarif_set(result, "suppressions", list);
	if (finding->suppressor == L62_NOT_SUPPRESSED)
		return;
	suppression = json_object();
	if (finding->suppressor == L62_BY_COMMENT) {
		l62_sarif_set(suppression, "kind", json_string("inSource"));
		l62_sarif_set(suppression, "location",
		              l62_sarif_location(sarif, &finding->suppressed, false));
	} else {
		l62_sarif_set(suppression, "kind", json_string("external"));
	}
	l62_sarif_set(suppression, "status", json_string("accepted"));
	if (finding->reason)
		l62_sarif_set(suppression, "justification", l62_sarif_text(finding->reason));
	l62_sarif_append(list, suppression);
}

static void set_property(json_t *properties, const char *key, const char *value)
{
	if (value)
		l62_sarif_set(properties, key, l62_sarif_text(value));
}

static json_t *result_properties(struct l62_sarif *sarif, const struct l62_finding *finding)
{
	json_t *properties = json_object();

	set_property(properties, "api", finding->api);
	set_property(properties, "kind", finding->kind);
	set_property(properties, "tag", finding->tag);
	if (finding->has_size && finding->size <= INT64_MAX) /* JSON has no more here */
		l62_sarif_set(properties, "size", json_integer((json_int_t)finding->size));
	set_property(properties, "slot", finding->slot);
	set_property(properties, "variable", finding->variable);
	l62_sarif_set(properties, "counted", json_boolean(finding->counted));
	/* What runs of the driver say. */
	set_property(properties, "leak62/proof", l62_proof_name(finding->proof.verdict));
	if (finding->proof.verdict != L62_PROOF_NONE) {
		set_property(properties, "leak62/proofText", finding->proof.text);
		set_property(properties, "leak62/replay", finding->proof.replay);
	}
	if (finding->witness)
		l62_sarif_set(properties, "leak62/witness",
		              l62_sarif_witness(sarif, finding->witness));
	return properties;
}

json_t *l62_sarif_result(struct l62_sarif *sarif, const struct l62_finding *finding)
{
	const struct l62_rule *rule = finding->rule;
	json_t *result = json_object(), *locations = json_array(), *primary;
	size_t unused;

	l62_sarif_set(result, "ruleId", json_string(rule->id));
	l62_sarif_set(result, "ruleIndex",
	              json_integer((json_int_t)(rule - l62_rules(&unused))));
	l62_sarif_set(result, "level", json_string(rule->level));
	l62_sarif_set(result, "message", result_message(finding));
	if (sarif->options->gate || finding->compared != L62_NOT_COMPARED)
		l62_sarif_set(
		        result, "baselineState",
		        json_string(finding->compared == L62_IS_NEW ? "new" : "unchanged"));
	primary = l62_sarif_location(
	        sarif, finding->changed.file ? &finding->changed : &finding->at, true);
	/* The exit of a wrapper's caller may be in another function than the site. */
	if (!finding->changed.file && strcmp(finding->at.file, finding->site.file) == 0)
		l62_sarif_set(primary, "logicalLocations",
		              l62_sarif_logical(sarif, finding->function, "function"));
	l62_sarif_append(locations, primary);
	l62_sarif_set(result, "locations", locations);
	set_related(sarif, result, finding);
	set_code_flows(sarif, result, finding);
	set_fingerprints(sarif, result, finding);
	set_suppressions(sarif, result, finding);
	l62_sarif_set(result, "properties", result_properties(sarif, finding));
	return result;
}

json_t *l62_sarif_absent(struct l62_sarif *sarif, const struct l62_report_fixed *fixed)
{
	json_t *result = json_object(), *locations = json_array(), *primary;
	struct l62_location at = {.file = fixed->file, .line = 1};
	g_autofree char *text =
	        g_strdup_printf("What %s allocates in %s is freed now, or allocated no more.",
	                        fixed->api, fixed->function);
	size_t unused;

	l62_sarif_set(result, "ruleId", json_string(fixed->rule->id));
	l62_sarif_set(result, "ruleIndex",
	              json_integer((json_int_t)(fixed->rule - l62_rules(&unused))));
	l62_sarif_set(result, "level", json_string(fixed->rule->level));
	l62_sarif_set(result, "baselineState", json_string("absent"));
	l62_sarif_set(result, "message", l62_sarif_message(text));
	primary = l62_sarif_location(sarif, &at, false);
	l62_sarif_set(primary, "logicalLocations",
	              l62_sarif_logical(sarif, fixed->function, "function"));
	l62_sarif_append(locations, primary);
	l62_sarif_set(result, "locations", locations);
	if (sarif->suppressions)
		l62_sarif_set(result, "suppressions", json_array());
	return result;
}
