/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The tool object of SARIF: leak62, its rules in the order of rules.def (which
 * ruleIndex counts on), and what else it may say about a run.
 */
#include "sarif.h"

#include <string.h>

static const struct {
	const char *id, *name, *text, *help;
} events[] = {
        [L62_SARIF_TU_FAILED] = {"RUN6201", "TranslationUnitFailed",
                                 "A translation unit could not be analysed.",
                                 "Repair the error that is named, or give the include folders "
                                 "and definitions that "
                                 "the driver's own build uses."},
        [L62_SARIF_INCOMPLETE] =
                {"RUN6202", "FunctionIncomplete", "Some paths of a function were not analysed.",
                 "The function has more paths than the analysis follows: a leak on one of the "
                 "others would be missed. Smaller functions are analysed in full."},
        [L62_SARIF_NO_DRIVER_ENTRY] =
                {"RUN6203", "NoDriverEntry", "No DriverEntry was found.",
                 "Give every file of the driver: without its start, what it keeps from load to "
                 "unload cannot be followed."},
        [L62_SARIF_NO_UNLOAD] = {"RUN6204", "NoUnloadRoutine", "No unload routine was found.",
                                 "Nothing is to be done if the driver is meant to stay until "
                                 "the machine stops; "
                                 "else set DriverUnload in DriverEntry."},
        [L62_SARIF_SLOT_INCOMPLETE] =
                {"RUN6205", "SlotIncomplete",
                 "The life of a slot was not simulated to its end.",
                 "What decides about it has more states than are followed: a way on which the "
                 "driver loses what is there would be missed."},
        [L62_SARIF_CUT] = {"RUN6206", "FindingsLeftOut", "Findings are left out of this file.",
                           "Code scanning takes no larger file. Repair or suppress what is "
                           "here, or scan each driver for itself; the text report has them "
                           "all."},
};

const char *l62_sarif_event_id(enum l62_sarif_event event)
{
	return events[event].id;
}

static json_t *rule_help(const struct l62_rule *rule, const char *cwe_uri)
{
	g_autofree char *text =
	        g_strdup_printf("%s\nTo repair: %s", rule->full_text, rule->help);
	g_autofree char *markdown =
	        g_strdup_printf("%s\n\n**To repair:** %s\n\n[CWE-%d](%s)", rule->full_text,
	                        rule->help, rule->cwe, cwe_uri);
	json_t *help = json_object();

	l62_sarif_set(help, "text", json_string(text));
	l62_sarif_set(help, "markdown", json_string(markdown));
	return help;
}

/* An error is a proof of a path or of a missing teardown; of the kinds that only
 * warn the table knows less. */
static const char *rule_precision(const struct l62_rule *rule)
{
	return strcmp(rule->level, "error") == 0 ? "high" : "medium";
}

static json_t *rule_properties(const struct l62_rule *rule)
{
	g_autofree char *cwe = g_strdup_printf("external/cwe/cwe-%03d", rule->cwe);
	json_t *properties = json_object(), *tags = json_array();
	bool note = strcmp(rule->level, "note") == 0;

	l62_sarif_append(tags, json_string("security"));
	l62_sarif_append(tags, json_string(cwe));
	l62_sarif_append(tags, json_string("leak"));
	l62_sarif_set(properties, "tags", tags);
	l62_sarif_set(properties, "precision", json_string(rule_precision(rule)));
	/* The words of code scanning, which are not quite SARIF's. */
	l62_sarif_set(properties, "problem.severity",
	              json_string(note ? "recommendation" : rule->level));
	l62_sarif_set(properties, "security-severity", json_string(rule->severity));
	return properties;
}

static json_t *rule_descriptor(const struct l62_rule *rule)
{
	g_autofree char *cwe_uri =
	        g_strdup_printf("https://cwe.mitre.org/data/definitions/%d.html", rule->cwe);
	json_t *descriptor = json_object(), *defaults = json_object();

	l62_sarif_set(descriptor, "id", json_string(rule->id));
	l62_sarif_set(descriptor, "name", json_string(rule->name));
	l62_sarif_set(descriptor, "shortDescription", l62_sarif_message(rule->short_text));
	l62_sarif_set(descriptor, "fullDescription", l62_sarif_message(rule->full_text));
	l62_sarif_set(descriptor, "help", rule_help(rule, cwe_uri));
	l62_sarif_set(descriptor, "helpUri", json_string(cwe_uri));
	l62_sarif_set(defaults, "level", json_string(rule->level));
	l62_sarif_set(descriptor, "defaultConfiguration", defaults);
	l62_sarif_set(descriptor, "properties", rule_properties(rule));
	return descriptor;
}

static json_t *rule_descriptors(void)
{
	json_t *list = json_array();
	size_t count;
	const struct l62_rule *rules = l62_rules(&count);

	for (size_t i = 0; i < count; i++)
		l62_sarif_append(list, rule_descriptor(&rules[i]));
	return list;
}

static json_t *event_descriptors(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		json_t *descriptor = json_object();

		l62_sarif_set(descriptor, "id", json_string(events[i].id));
		l62_sarif_set(descriptor, "name", json_string(events[i].name));
		l62_sarif_set(descriptor, "shortDescription",
		              l62_sarif_message(events[i].text));
		l62_sarif_set(descriptor, "fullDescription", l62_sarif_message(events[i].text));
		l62_sarif_set(descriptor, "help", l62_sarif_message(events[i].help));
		l62_sarif_append(list, descriptor);
	}
	return list;
}

json_t *l62_sarif_tool(const struct l62_sarif *sarif)
{
	const struct l62_report_options *options = sarif->options;
	g_autofree char *full_name =
	        g_strdup_printf("leak62 %s with clang %s", options->version, options->clang);
	json_t *tool = json_object(), *driver = json_object();

	l62_sarif_set(driver, "name", json_string("leak62"));
	l62_sarif_set(driver, "fullName", l62_sarif_text(full_name));
	l62_sarif_set(driver, "version", l62_sarif_text(options->version));
	l62_sarif_set(driver, "semanticVersion", l62_sarif_text(options->version));
	l62_sarif_set(driver, "shortDescription",
	              l62_sarif_message("Finds the memory that a Windows kernel driver leaves "
	                                "behind at unload."));
	l62_sarif_set(driver, "rules", rule_descriptors());
	l62_sarif_set(driver, "notifications", event_descriptors());
	l62_sarif_set(tool, "driver", driver);
	return tool;
}
