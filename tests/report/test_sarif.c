/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the SARIF file says; that it is valid is sarif_validate's to show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sample.h"

#define SOURCE                                                                                 \
	"NTSTATUS HandleUsage(void)\n"                                                         \
	"{\n"                                                                                  \
	"\tPIRP Irp2;\n"                                                                       \
	"\n"                                                                                   \
	"\t/*\303\266*/ Irp2 = IoAllocateIrp(1, FALSE);\n"                                     \
	"\tif (!Irp2)\n"                                                                       \
	"\t\treturn STATUS_INSUFFICIENT_RESOURCES;\n"                                          \
	"\t/*\360\237\230\200*/ return STATUS_UNSUCCESSFUL;\n"                                 \
	"}\n"

struct folder {
	char *root, *source, *sarif;
};

/* The tests may themselves run in an Azure pipeline. */
static void forget_pipeline(void)
{
	static const char *const names[] = {
	        "TF_BUILD",
	        "SYSTEM_COLLECTIONURI",
	        "SYSTEM_TEAMPROJECTID",
	        "SYSTEM_DEFINITIONID",
	        "BUILD_DEFINITIONID",
	        "BUILD_DEFINITIONNAME",
	        "SYSTEM_PHASEID",
	        "SYSTEM_JOBID",
	        "SYSTEM_PHASENAME",
	        "SYSTEM_JOBNAME",
	        "BUILD_SOURCEBRANCH",
	        "BUILD_BUILDID",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_unsetenv(names[i]);
}

static int set_up(void **state)
{
	struct folder *folder = g_new0(struct folder, 1);

	forget_pipeline();
	folder->root = g_dir_make_tmp("leak62 sarif-XXXXXX", NULL);
	assert_non_null(folder->root);
	folder->source = g_build_filename(folder->root, "src", "pn p.c", NULL);
	folder->sarif = g_build_filename(folder->root, "out.sarif", NULL);
	g_autofree char *below = g_build_filename(folder->root, "src", NULL);
	assert_int_equal(g_mkdir(below, 0700), 0);
	assert_true(g_file_set_contents(folder->source, SOURCE, -1, NULL));
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;
	g_autofree char *below = g_build_filename(folder->root, "src", NULL);

	g_unlink(folder->source);
	g_unlink(folder->sarif);
	g_rmdir(below);
	assert_int_equal(g_rmdir(folder->root), 0); /* no temporary file stays */
	g_free(folder->root);
	g_free(folder->source);
	g_free(folder->sarif);
	g_free(folder);
	return 0;
}

static json_t *write_and_load(const struct folder *folder, struct l62_result *result)
{
	struct l62_report_options options = sample_options(folder->root);
	struct l62_error err = {0};
	json_error_t why;
	json_t *log;

	assert_int_equal(l62_report_sarif(folder->sarif, result, &options, &err), 0);
	sample_options_clear(&options);
	sample_free(result);
	log = json_load_file(folder->sarif, JSON_REJECT_DUPLICATES, &why);
	assert_non_null(log);
	return log;
}

/* The value at a path such as "runs.0.tool"; fails the test if there is none. */
static json_t *at(json_t *value, const char *path)
{
	char **parts = g_strsplit(path, ".", -1);

	for (char **part = parts; *part; part++) {
		value = g_ascii_isdigit(**part) ? json_array_get(value, (size_t)atoi(*part))
		                                : json_object_get(value, *part);
		if (!value)
			fail_msg("'%s' of '%s' is not there", *part, path);
	}
	g_strfreev(parts);
	return value;
}

static const char *text_at(json_t *value, const char *path)
{
	return json_string_value(at(value, path));
}

static long long int_at(json_t *value, const char *path)
{
	return json_integer_value(at(value, path));
}

static void clean_run(void **state)
{
	json_t *log = write_and_load(*state, sample_new());
	json_t *run = at(log, "runs.0");
	size_t rules;

	l62_rules(&rules);
	assert_string_equal(text_at(log, "version"), "2.1.0");
	assert_string_equal(text_at(run, "tool.driver.name"), "leak62");
	assert_string_equal(text_at(run, "tool.driver.semanticVersion"), "0.1.0");
	assert_int_equal(json_array_size(at(run, "tool.driver.rules")), rules);
	assert_int_equal(json_array_size(at(run, "results")), 0);
	assert_string_equal(text_at(run, "automationDetails.id"),
	                    "azuredevops/pipeline/build/leak62/mydriver/");
	assert_string_equal(text_at(run, "columnKind"), "utf16CodeUnits");
	assert_true(json_is_true(at(run, "invocations.0.executionSuccessful")));
	assert_string_equal(text_at(run, "invocations.0.startTimeUtc"),
	                    "2025-01-02T03:04:05.250Z");
	assert_string_equal(text_at(run, "invocations.0.commandLine"),
	                    "leak62 scan handleioctl.c");
	assert_int_equal(int_at(run, "invocations.0.exitCode"), 1);
	assert_int_equal(json_array_size(at(run, "invocations.0.toolExecutionNotifications")),
	                 0);
	assert_true(
	        g_str_has_prefix(text_at(run, "originalUriBaseIds.SRCROOT.uri"), "file:///"));
	assert_true(g_str_has_suffix(text_at(run, "originalUriBaseIds.SRCROOT.uri"), "/"));
	assert_null(strchr(text_at(run, "originalUriBaseIds.SRCROOT.uri"), ' '));
	json_decref(log);
}

static void rule_columns(void **state)
{
	json_t *log = write_and_load(*state, sample_new());
	json_t *rule = at(log, "runs.0.tool.driver.rules.0");

	assert_string_equal(text_at(rule, "id"), "LEAK6201");
	assert_string_equal(text_at(rule, "name"), "LeakOnPath");
	assert_true(strlen(text_at(rule, "shortDescription.text")) > 10);
	assert_true(strlen(text_at(rule, "fullDescription.text")) > 10);
	assert_true(strlen(text_at(rule, "help.text")) > 10);
	assert_true(strlen(text_at(rule, "help.markdown")) > 10);
	assert_string_equal(text_at(rule, "defaultConfiguration.level"), "error");
	assert_string_equal(text_at(rule, "properties.precision"), "high");
	assert_string_equal(
	        json_string_value(json_object_get(at(rule, "properties"), "problem.severity")),
	        "error");
	assert_string_equal(text_at(rule, "properties.security-severity"), "6.5");
	assert_string_equal(text_at(rule, "properties.tags.0"), "security");
	assert_string_equal(text_at(rule, "properties.tags.1"), "external/cwe/cwe-401");
	json_decref(log);
}

static void path_finding(void **state)
{
	const struct folder *folder = *state;
	json_t *log = write_and_load(folder, sample_path(folder->source));
	json_t *result = at(log, "runs.0.results.0"), *region, *flow;

	assert_string_equal(text_at(result, "ruleId"), "LEAK6201");
	assert_int_equal(int_at(result, "ruleIndex"), 0);
	assert_string_equal(text_at(result, "level"), "error");
	assert_string_equal(text_at(result, "message.text"), "the IRP 'Irp2' is lost.");
	assert_string_equal(
	        text_at(result, "locations.0.physicalLocation.artifactLocation.uri"),
	        "src/pn%20p.c");
	assert_string_equal(
	        text_at(result, "locations.0.physicalLocation.artifactLocation.uriBaseId"),
	        "SRCROOT");
	assert_string_equal(
	        text_at(result, "locations.0.logicalLocations.0.fullyQualifiedName"),
	        "mydriver!HandleUsage");
	/* columns 11 to 17 in bytes, behind an emoji of four bytes and two units */
	region = at(result, "locations.0.physicalLocation.region");
	assert_int_equal(int_at(region, "startLine"), 8);
	assert_int_equal(int_at(region, "startColumn"), 9);
	assert_int_equal(int_at(region, "endLine"), 8);
	assert_int_equal(int_at(region, "endColumn"), 15);
	assert_string_equal(text_at(region, "snippet.text"), "return");
	assert_int_equal(int_at(result, "locations.0.physicalLocation.contextRegion.startLine"),
	                 6);
	assert_int_equal(int_at(result, "locations.0.physicalLocation.contextRegion.endLine"),
	                 9);
	/* the allocation, behind a letter of two bytes and one unit */
	region = at(result, "relatedLocations.0.physicalLocation.region");
	assert_int_equal(int_at(region, "startLine"), 5);
	assert_int_equal(int_at(region, "startColumn"), 8);
	assert_int_equal(int_at(region, "endColumn"), 39);
	assert_string_equal(text_at(result, "relatedLocations.0.message.text"),
	                    "Allocated here by IoAllocateIrp.");
	assert_int_equal(json_array_size(at(result, "codeFlows")), 1);
	assert_int_equal(json_array_size(at(result, "codeFlows.0.threadFlows")), 1);
	flow = at(result, "codeFlows.0.threadFlows.0");
	assert_string_equal(text_at(flow, "id"), "path");
	assert_int_equal(json_array_size(at(flow, "locations")), 3);
	assert_int_equal(int_at(flow, "locations.1.location.physicalLocation.region.startLine"),
	                 7);
	assert_string_equal(text_at(flow, "locations.1.location.message.text"),
	                    "the status is a failure.");
	assert_int_equal(int_at(flow, "locations.2.executionOrder"), 3);
	/* the value is that of GitHub's own upload step */
	assert_string_equal(text_at(result, "partialFingerprints.primaryLocationLineHash"),
	                    "f04bde08e35d7c3c:1");
	assert_true(g_str_has_suffix(text_at(result, "partialFingerprints.leak62/v1"), ":1"));
	assert_string_equal(text_at(result, "properties.api"), "IoAllocateIrp");
	assert_string_equal(text_at(result, "properties.tag"), "Irp ");
	assert_true(json_is_true(at(result, "properties.counted")));
	assert_null(json_object_get(at(result, "properties"), "size"));
	json_decref(log);
}

static void proofs(void **state)
{
	const struct folder *folder = *state;
	struct l62_result *result = sample_mydriver(folder->source, "/elsewhere/a b.c");
	struct l62_finding *finding = g_ptr_array_index(result->findings, 1);
	json_t *log, *tried, *untried;

	finding->proof = (struct l62_proof){L62_PROOF_CONFIRMED, "left behind",
	                                    "leak62 verify a.sys", "a.json"};
	log = write_and_load(folder, result);
	untried = at(log, "runs.0.results.0.properties");
	tried = at(log, "runs.0.results.1.properties");
	assert_null(json_object_get(untried, "leak62/proof"));
	assert_null(json_object_get(untried, "leak62/replay"));
	assert_string_equal(json_string_value(json_object_get(tried, "leak62/proof")),
	                    "confirmed");
	assert_string_equal(json_string_value(json_object_get(tried, "leak62/proofText")),
	                    "left behind");
	assert_string_equal(json_string_value(json_object_get(tried, "leak62/replay")),
	                    "leak62 verify a.sys");
	json_decref(log);
}

static void life_cycle_finding(void **state)
{
	const struct folder *folder = *state;
	json_t *log =
	        write_and_load(folder, sample_mydriver(folder->source, "/elsewhere/a b.c"));
	json_t *result = at(log, "runs.0.results.0"),
	       *flows = at(result, "codeFlows.0.threadFlows");
	const char *first, *second;

	assert_string_equal(text_at(result, "ruleId"), "LEAK6202");
	assert_string_equal(text_at(log, "runs.0.tool.driver.rules.1.id"), "LEAK6202");
	assert_int_equal(int_at(result, "ruleIndex"), 1);
	assert_int_equal(json_array_size(flows), 2);
	assert_string_equal(text_at(flows, "0.id"), "acquired");
	assert_string_equal(text_at(flows, "1.id"), "teardown");
	assert_int_equal(int_at(flows, "1.locations.0.executionOrder"), 3);
	/* outside the root: absolute, without a base */
	assert_string_equal(
	        text_at(flows, "1.locations.0.location.physicalLocation.artifactLocation.uri"),
	        "file:///elsewhere/a%20b.c");
	assert_null(json_object_get(
	        at(flows, "1.locations.0.location.physicalLocation.artifactLocation"),
	        "uriBaseId"));
	assert_int_equal(json_array_size(at(result, "relatedLocations")), 1);
	assert_string_equal(text_at(result, "relatedLocations.0.message.text"),
	                    "Kept in DEVICE_EXTENSION.Buffer.");
	assert_string_equal(
	        text_at(log, "runs.0.results.2.relatedLocations.0.logicalLocations.0.kind"),
	        "variable");
	assert_int_equal(int_at(result, "properties.size"), 0x1000);
	assert_string_equal(text_at(result, "properties.slot"), "DEVICE_EXTENSION.Buffer");
	/* line 38 is not in the source: nothing is made up */
	assert_null(
	        json_object_get(at(result, "partialFingerprints"), "primaryLocationLineHash"));
	assert_int_equal(int_at(result, "locations.0.physicalLocation.region.endColumn"), 20);
	first = text_at(result, "partialFingerprints.leak62/v1");
	second = text_at(log, "runs.0.results.1.partialFingerprints.leak62/v1");
	assert_string_not_equal(first, second);
	assert_int_equal(json_array_size(at(log, "runs.0.artifacts")), 2);
	json_decref(log);
}

static void places_beside(void **state)
{
	const struct folder *folder = *state;
	struct l62_result *result = sample_path(folder->source);
	struct l62_finding *finding = g_ptr_array_index(result->findings, 0);
	json_t *log, *related;

	sample_also(finding, L62_ALSO_FIX, folder->source, 7, "free it here as line 7 does");
	sample_also(finding, L62_ALSO_EXIT, folder->source, 9, "also lost here");
	sample_also(finding, L62_ALSO_TEARDOWN, folder->source, 8, "Uninit does not free it");
	log = write_and_load(folder, result);
	assert_string_equal(text_at(log, "runs.0.results.0.message.text"),
	                    "the IRP 'Irp2' is lost. Fix: free it here as line 7 does.");
	related = at(log, "runs.0.results.0.relatedLocations");
	assert_int_equal(json_array_size(related), 4);
	assert_null(json_object_get(at(related, "2"), "properties"));
	assert_string_equal(text_at(related, "3.message.text"), "Uninit does not free it.");
	assert_string_equal(text_at(related, "3.properties.leak62/role"), "teardown");
	assert_int_equal(int_at(related, "3.physicalLocation.region.startLine"), 8);
	assert_string_equal(text_at(related, "1.message.text"),
	                    "Released here on another path.");
	assert_int_equal(int_at(related, "1.physicalLocation.region.startLine"), 7);
	assert_string_equal(text_at(related, "2.message.text"), "also lost here.");
	assert_int_equal(int_at(related, "2.physicalLocation.region.startLine"), 9);
	assert_int_equal(int_at(related, "2.id"), 3);
	json_decref(log);
}

static void suppressed(void **state)
{
	const struct folder *folder = *state;
	struct l62_result *result = sample_mydriver(folder->source, folder->source);
	json_t *log, *first, *second;

	sample_suppress(result->findings->pdata[0], L62_BY_COMMENT, folder->source, 3, NULL);
	sample_suppress(result->findings->pdata[1], L62_BY_CONFIG, "/src/.leak62.yml", 3,
	                "the reason");
	log = write_and_load(folder, result);
	assert_int_equal(json_array_size(at(log, "runs.0.results")), 3);
	first = at(log, "runs.0.results.0.suppressions");
	assert_int_equal(json_array_size(first), 1);
	assert_string_equal(text_at(first, "0.kind"), "inSource");
	assert_string_equal(text_at(first, "0.status"), "accepted");
	assert_null(json_object_get(at(first, "0"), "justification"));
	assert_int_equal(int_at(first, "0.location.physicalLocation.region.startLine"), 3);
	second = at(log, "runs.0.results.1.suppressions");
	assert_string_equal(text_at(second, "0.kind"), "external");
	assert_string_equal(text_at(second, "0.justification"), "the reason");
	/* All results say whether they are suppressed, or none does. */
	assert_int_equal(json_array_size(at(log, "runs.0.results.2.suppressions")), 0);
	assert_true(json_is_array(at(log, "runs.0.results.2.suppressions")));
	json_decref(log);
	log = write_and_load(folder, sample_path(folder->source));
	assert_null(json_object_get(at(log, "runs.0.results.0"), "suppressions"));
	json_decref(log);
}

static void same_fingerprint_is_numbered(void **state)
{
	const struct folder *folder = *state;
	struct l62_result *result = sample_new();
	struct l62_location site = {folder->source, 5, 9, 0, 0};
	json_t *log;

	for (int i = 0; i < 2; i++, site.line++)
		sample_add(result, "LeakOnPath", site, "f", "IoAllocateIrp", "IRP", "Irp ");
	log = write_and_load(folder, result);
	assert_true(g_str_has_suffix(
	        text_at(log, "runs.0.results.0.partialFingerprints.leak62/v1"), ":1"));
	assert_true(g_str_has_suffix(
	        text_at(log, "runs.0.results.1.partialFingerprints.leak62/v1"), ":2"));
	/* no end known: the end of the line */
	assert_int_equal(
	        int_at(log, "runs.0.results.0.locations.0.physicalLocation.region.endLine"), 5);
	assert_int_equal(
	        int_at(log, "runs.0.results.0.locations.0.physicalLocation.region.endColumn"),
	        39);
	assert_null(json_object_get(at(log, "runs.0.results.0"), "codeFlows"));
	json_decref(log);
}

static void what_failed(void **state)
{
	const struct folder *folder = *state;
	g_autofree char *error = g_strdup_printf("%s(6): no type name 'FOO'", folder->source);
	struct l62_result *result = sample_new();
	json_t *log, *notes;

	sample_failed(result, folder->source, error);
	sample_failed(result, "/elsewhere/x.c", "the compiler ended with signal 9");
	g_ptr_array_add(result->incomplete, "Read");
	g_ptr_array_add(result->slots, "DEVICE_EXTENSION.Buffer");
	result->has_driver_entry = result->has_unload = false;
	log = write_and_load(folder, result);
	assert_true(json_is_false(at(log, "runs.0.invocations.0.executionSuccessful")));
	notes = at(log, "runs.0.invocations.0.toolExecutionNotifications");
	assert_int_equal(json_array_size(notes), 6);
	assert_string_equal(text_at(notes, "0.level"), "error");
	assert_string_equal(text_at(notes, "0.message.text"),
	                    "src/pn p.c was not analysed: no type name 'FOO'");
	assert_int_equal(int_at(notes, "0.locations.0.physicalLocation.region.startLine"), 6);
	assert_string_equal(
	        text_at(notes, "1.locations.0.physicalLocation.artifactLocation.uri"),
	        "file:///elsewhere/x.c");
	assert_null(json_object_get(at(notes, "1.locations.0.physicalLocation"), "region"));
	assert_string_equal(text_at(notes, "2.level"), "note");
	assert_string_equal(
	        text_at(notes, "2.locations.0.logicalLocations.0.fullyQualifiedName"),
	        "mydriver!Read");
	assert_string_equal(
	        text_at(notes, "3.message.text"),
	        "The life of what DEVICE_EXTENSION.Buffer holds was not simulated to "
	        "its end.");
	assert_int_equal(int_at(log, "runs.0.properties.incompleteSlots"), 1);
	for (size_t i = 0; i < json_array_size(notes); i++) {
		json_t *note = json_array_get(notes, i);
		json_t *descriptor = json_array_get(at(log, "runs.0.tool.driver.notifications"),
		                                    (size_t)int_at(note, "descriptor.index"));

		assert_string_equal(text_at(descriptor, "id"), text_at(note, "descriptor.id"));
	}
	json_decref(log);
}

static void hostile_strings(void **state)
{
	const struct folder *folder = *state;
	struct l62_result *result = sample_new();
	const char *bad = "\033[2J\n\377\342\200\256[x](1)";
	g_autofree char *file = g_strconcat(folder->root, "/", bad, NULL);
	struct l62_location site = {file, -3, -1, -9, 4};
	struct l62_finding *finding =
	        sample_add(result, "LeakOnPath", site, bad, bad, bad, bad);
	json_t *log;

	finding->message = finding->slot = finding->variable = bad;
	finding->at.line = 3;
	finding->has_size = true;
	finding->size = UINT64_MAX;
	sample_step(finding, 0, file, 0, bad);
	sample_failed(result, file, bad);
	g_ptr_array_add(result->incomplete, (void *)bad);
	log = write_and_load(folder, result);
	assert_string_equal(text_at(log, "runs.0.results.0.message.text"),
	                    "\\x1b\\[2J\\x0a\357\277\275\\u202e\\[x\\](1).");
	json_decref(log);
}

#define BUILD "azuredevops/pipeline/build/"

static const struct {
	const char *name, *value;
} pipeline[] = {
        {"TF_BUILD", "True"},
        {"SYSTEM_COLLECTIONURI", "https://dev.azure.com/fabrikam/"},
        {"SYSTEM_TEAMPROJECTID", "6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c"},
        {"SYSTEM_DEFINITIONID", "12"},
        {"BUILD_DEFINITIONNAME", "drivers"},
        {"SYSTEM_PHASEID", "11111111-2222-3333-4444-555555555555"},
        {"SYSTEM_PHASENAME", "scan all"},
        {"BUILD_SOURCEBRANCH", "refs/heads/main"},
        {"BUILD_BUILDID", "345"},
};

static void check_automation(const struct folder *folder, const char *id,
                             const char *definition)
{
	json_t *log = write_and_load(folder, sample_new());
	json_t *details = at(log, "runs.0.automationDetails");
	json_t *properties = at(details, "properties");

	assert_string_equal(text_at(details, "id"), id);
	assert_string_equal(
	        json_string_value(json_object_get(properties, BUILD "buildDefinitionId")),
	        definition);
	assert_true(g_uuid_string_is_valid(
	        json_string_value(json_object_get(properties, BUILD "phaseId"))));
	json_decref(log);
}

static void azure_pipeline(void **state)
{
	static const char canonical[] =
	        BUILD "fabrikam/6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c/12/"
	              "11111111-2222-3333-4444-555555555555/refs/heads/main/345";
	static const char local[] = BUILD "leak62/mydriver/";

	check_automation(*state, local, "-1");
	for (size_t i = 0; i < G_N_ELEMENTS(pipeline); i++)
		g_setenv(pipeline[i].name, pipeline[i].value, TRUE);
	check_automation(*state, canonical, "12");
	g_setenv("SYSTEM_COLLECTIONURI", "https://fabrikam.visualstudio.com/", TRUE);
	check_automation(*state, canonical, "12");
	g_setenv("SYSTEM_COLLECTIONURI", "https://dev.azure.com", TRUE);
	check_automation(*state, local, "-1");
	for (size_t i = 0; i < G_N_ELEMENTS(pipeline); i++) {
		for (size_t k = 0; k < G_N_ELEMENTS(pipeline); k++)
			g_setenv(pipeline[k].name, pipeline[k].value, TRUE);
		g_unsetenv(pipeline[i].name);
		check_automation(*state, local, "-1");
	}
	forget_pipeline();
}

static void old_file_survives(void **state)
{
	const struct folder *folder = *state;
	struct l62_report_options options = sample_options(folder->root);
	struct l62_result *result = sample_new();
	g_autofree char *below = g_build_filename(folder->root, "none", "out.sarif", NULL);
	g_autofree char *link = g_build_filename(folder->root, "link.sarif", NULL);
	g_autofree char *text = NULL;
	struct l62_error err = {0};
	struct stat status;

	assert_int_equal(l62_report_sarif(below, result, &options, &err), L62_E_IO);
	assert_non_null(strstr(err.text, "none/out.sarif"));
	assert_int_equal(l62_report_sarif(folder->root, result, &options, &err), L62_E_IO);
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(l62_report_sarif("/dev/null", result, &options, &err), L62_E_IO);
	assert_int_equal(stat("/dev/null", &status), 0);
	assert_true(S_ISCHR(status.st_mode));

	/* through a link the file behind it is replaced, and the link stays */
	assert_true(g_file_set_contents(folder->sarif, "old", -1, NULL));
	assert_int_equal(symlink("out.sarif", link), 0);
	assert_int_equal(l62_report_sarif(link, result, &options, &err), 0);
	assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
	assert_true(g_file_get_contents(folder->sarif, &text, NULL, NULL));
	assert_non_null(strstr(text, "\"2.1.0\""));
	g_unlink(link);
	sample_options_clear(&options);
	sample_free(result);
}

/* A write that fails half-way leaves the old file and no temporary one. */
static void no_space(void **state)
{
	const struct folder *folder = *state;
	struct l62_report_options options = sample_options(folder->root);
	struct l62_result *result = sample_path(folder->source);
	g_autofree char *text = NULL;
	struct l62_error err = {0};
	struct rlimit old, small = {0};
	void (*handler)(int);

	assert_true(g_file_set_contents(folder->sarif, "old", -1, NULL));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 512;
	handler = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(l62_report_sarif(folder->sarif, result, &options, &err), L62_E_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, handler);
	assert_true(g_file_get_contents(folder->sarif, &text, NULL, NULL));
	assert_string_equal(text, "old");
	sample_options_clear(&options);
	sample_free(result);
}

/* New, known, fixed; what is new stands where the change is. */
static void gated(void **state)
{
	const struct folder *folder = *state;
	struct l62_report_options options = sample_options(folder->root);
	struct l62_result *result = sample_path(folder->source);
	struct l62_finding *fresh = g_ptr_array_index(result->findings, 0);
	g_autoptr(GPtrArray) results = g_ptr_array_new(), names = g_ptr_array_new();
	g_autoptr(GPtrArray) fixed = g_ptr_array_new();
	struct l62_report_fixed gone = {.rule = fresh->rule,
	                                .file = folder->source,
	                                .function = "Gone",
	                                .api = "IoAllocateIrp"};
	struct l62_report_gate gate = {.with = "known", .fixed = fixed, .absent = true};
	struct l62_location site = {folder->source, 2, 1, 2, 2};
	struct l62_error err;
	json_t *log;

	fresh->compared = L62_IS_NEW;
	fresh->changed = (struct l62_location){.file = folder->source, .line = 6};
	fresh->change = "here stood 'IoFreeIrp(Irp2);'";
	sample_add(result, "LeakOnPath", site, "Old", "IoAllocateIrp", "IRP", NULL)->compared =
	        L62_IS_KNOWN;
	g_ptr_array_add(fixed, &gone);
	g_ptr_array_add(results, result);
	g_ptr_array_add(names, (void *)"gated");
	options.gate = &gate;
	assert_int_equal(
	        l62_report_sarif_drivers(folder->sarif, results, names, &options, &err), 0);
	log = json_load_file(folder->sarif, 0, NULL);
	assert_int_equal(json_array_size(at(log, "runs.0.results")), 3);
	assert_string_equal(text_at(log, "runs.0.results.0.baselineState"), "new");
	assert_string_equal(text_at(log, "runs.0.results.1.baselineState"), "unchanged");
	assert_string_equal(text_at(log, "runs.0.results.2.baselineState"), "absent");
	assert_int_equal(
	        int_at(log, "runs.0.results.0.locations.0.physicalLocation.region.startLine"),
	        6);
	assert_string_equal(text_at(log, "runs.0.results.0.relatedLocations.0.message.text"),
	                    "Allocated here by IoAllocateIrp.");
	assert_string_equal(text_at(log, "runs.0.results.0.relatedLocations.1.message.text"),
	                    "Lost here.");
	assert_non_null(strstr(text_at(log, "runs.0.results.0.message.text"),
	                       "Changed: here stood 'IoFreeIrp(Irp2);'."));
	json_decref(log);
	sample_options_clear(&options);
	sample_free(result);
}

/* The text of the notification about what is left out, or NULL. */
static const char *cut_of(json_t *log)
{
	json_t *list = at(log, "runs.0.invocations.0.toolExecutionNotifications"), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(text_at(one, "descriptor.id"), "RUN6206") == 0)
			return text_at(one, "message.text");
	}
	return NULL;
}

/* What is suppressed goes first, then what is known, then what is less severe. */
static void worst_are_kept(void **state)
{
	static const char *const functions[] = {"Worst", "New", "Known", "Suppressed"};
	const struct folder *folder = *state;

	for (unsigned limit = 0; limit <= 4; limit++) {
		struct l62_report_options options = sample_options(folder->root);
		struct l62_result *result = sample_new();
		g_autoptr(GPtrArray) results = g_ptr_array_new(), names = g_ptr_array_new();
		json_t *log;

		for (int i = 3; i >= 0; i--) {
			struct l62_location site = {folder->source, i + 1, 1, i + 1, 2};
			struct l62_finding *finding = sample_add(
			        result, i == 1 ? "ObjectReferenceLeak" : "LeakAtUnload", site,
			        functions[i], "IoAllocateIrp", "IRP", NULL);

			finding->compared = i == 2 ? L62_IS_KNOWN : L62_IS_NEW;
			if (i == 3)
				sample_suppress(finding, L62_BY_COMMENT, folder->source, 1,
				                NULL);
		}
		g_ptr_array_add(results, result);
		g_ptr_array_add(names, (void *)"cut");
		options.sarif_findings = limit; /* 0: as many as usual */
		assert_int_equal(
		        l62_report_sarif_drivers(folder->sarif, results, names, &options, NULL),
		        0);
		log = json_load_file(folder->sarif, 0, NULL);
		assert_int_equal(json_array_size(at(log, "runs.0.results")), limit ? limit : 4);
		assert_int_equal(cut_of(log) != NULL, limit > 0 && limit < 4);
		for (unsigned i = 0; limit < 4 && i < limit; i++) {
			g_autofree char *path = g_strdup_printf(
			        "runs.0.results.%u.locations.0.logicalLocations.0.name", i);

			assert_string_equal(text_at(log, path), functions[i]);
		}
		json_decref(log);
		sample_options_clear(&options);
		sample_free(result);
	}
}

/* More than code scanning takes. */
static void too_many(void **state)
{
	enum { FINDINGS = 25001, BYTES = 10 * 1000 * 1000 };
	const struct folder *folder = *state;
	struct l62_result *result = sample_new();
	struct l62_location site = {folder->source, 2, 1, 2, 2};
	GStatBuf file;
	json_t *log;
	size_t kept;

	for (int i = 0; i < FINDINGS; i++)
		sample_add(result, "LeakOnPath", site, "Many", "IoAllocateIrp", "IRP", NULL);
	log = write_and_load(folder, result);
	assert_int_equal(g_stat(folder->sarif, &file), 0);
	assert_true(file.st_size <= BYTES);
	kept = json_array_size(at(log, "runs.0.results"));
	assert_true(kept > 1000 && kept < FINDINGS);
	{
		g_autofree char *text =
		        g_strdup_printf("%zu of 25001 findings are left out", FINDINGS - kept);

		assert_non_null(cut_of(log));
		assert_non_null(strstr(cut_of(log), text));
	}
	json_decref(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(clean_run, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(rule_columns, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(path_finding, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(proofs, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(life_cycle_finding, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(places_beside, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(suppressed, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(same_fingerprint_is_numbered, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(what_failed, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(hostile_strings, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(azure_pipeline, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(old_file_survives, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(no_space, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(gated, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(worst_are_kept, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(too_many, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
