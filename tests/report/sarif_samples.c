/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Writes SARIF files of every shape into the folder it is given, for
 * sarif_validate.py: sarif_samples FOLDER.  The sources that they speak of are
 * written there too, so that regions, snippets and hashes are real.
 */
#include <glib/gstdio.h>
#include <stdlib.h>

#include "sample.h"

static const char *root;

static char *in_root(const char *name)
{
	return g_build_filename(root, name, NULL);
}

static void write_source(const char *path)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *folder = g_path_get_dirname(path);

	for (int i = 1; i <= 80; i++)
		g_string_append_printf(text,
		                       "\tP = Alloc(%d); /* \303\266\360\237\230\200 */\n", i);
	if (g_mkdir_with_parents(folder, 0755) != 0 ||
	    !g_file_set_contents(path, text->str, -1, NULL))
		g_error("cannot write '%s'", path);
}

/* Writes the report of result, and frees result. */
static void write_sample(const char *name, struct l62_result *result)
{
	struct l62_report_options options = sample_options(root);
	g_autofree char *path = in_root(name);
	struct l62_error err;

	if (l62_report_sarif(path, result, &options, &err) != 0)
		g_error("%s", err.text);
	sample_options_clear(&options);
	sample_free(result);
}

static struct l62_result *failed(const char *source)
{
	static char error[1024];
	struct l62_result *result = sample_new();

	g_snprintf(error, sizeof error, "%s(3): no type name 'FOO'", source);
	sample_failed(result, source, error);
	sample_failed(result, "/elsewhere/x y.c", "the compiler ended with signal 9");
	g_ptr_array_add(result->incomplete, "Read");
	g_ptr_array_add(result->incomplete, "Write");
	g_ptr_array_add(result->slots, "DEVICE_EXTENSION.Buffer");
	result->has_driver_entry = result->has_unload = false;
	return result;
}

static struct l62_result *suppressed(const char *source)
{
	struct l62_result *result = sample_mydriver(source, source);

	sample_suppress(result->findings->pdata[0], L62_BY_COMMENT, source, 37, NULL);
	sample_suppress(result->findings->pdata[1], L62_BY_CONFIG, "/src/.leak62.yml", 3,
	                "the \"reason\"");
	sample_also(result->findings->pdata[2], L62_ALSO_FIX, source, 75,
	            "free it here as line 75 does");
	sample_also(result->findings->pdata[2], L62_ALSO_EXIT, source, 78, "also lost here");
	return result;
}

/* One finding of each rule, at places of which little is known. */
static struct l62_result *every_rule(const char *source)
{
	struct l62_result *result = sample_new();
	size_t count;
	const struct l62_rule *rules = l62_rules(&count);

	for (size_t i = 0; i < count; i++) {
		struct l62_location site = {source, (int)i * 3, (int)i, 0, 0};
		struct l62_finding *finding = sample_add(result, rules[i].name, site, "Go",
		                                         "IoCreateDevice", "DEVICE", NULL);

		finding->counted = i % 2;
		finding->at.line = (int)i * 3 + 1;
		sample_step(finding, i % 2, "/elsewhere/\303\244.c", (int)i, "step");
	}
	return result;
}

static struct l62_result *hostile(const char *source)
{
	static const char bad[] = "\033[2J\n\377\342\200\256[x](1) {0} <b>";
	struct l62_location site = {source, 70, 4, 60, 1},
	                    away = {"/src/\n\377 %?#:.c", 1, 1, 1, 1};
	struct l62_result *result = sample_new();
	struct l62_finding *finding =
	        sample_add(result, "LeakOnPath", site, bad, bad, bad, bad);

	finding->message = finding->slot = finding->variable = bad;
	finding->at = away;
	finding->has_size = true;
	finding->size = UINT64_MAX;
	sample_step(finding, 0, away.file, 0, bad);
	sample_failed(result, away.file, bad);
	g_ptr_array_add(result->incomplete, (void *)bad);
	g_ptr_array_add(result->slots, (void *)bad);
	return result;
}

/* Two drivers in one file. */
static void write_drivers(const char *file, const char *source)
{
	g_autofree char *path = in_root(file);
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	struct l62_report_options options = sample_options(root);
	struct l62_error err = {0};

	g_ptr_array_add(results, sample_path(source));
	g_ptr_array_add(results, sample_mydriver(source, source));
	g_ptr_array_add(names, (void *)"first");
	g_ptr_array_add(names, (void *)"second");
	if (l62_report_sarif_drivers(path, results, names, &options, &err) != 0)
		g_error("%s", err.text);
	sample_options_clear(&options);
	sample_free(g_ptr_array_index(results, 0));
	sample_free(g_ptr_array_index(results, 1));
}

/* Compared with an earlier run: new, known, suppressed, fixed. */
static void write_gate(const char *source)
{
	struct l62_result *result = suppressed(source);
	g_autofree char *path = in_root("gate.sarif");
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GPtrArray) fixed = g_ptr_array_new();
	struct l62_report_fixed gone = {.rule = l62_rule_by_name("LeakOnPath"),
	                                .file = source,
	                                .function = "Gone",
	                                .api = "ExAllocatePool2"};
	struct l62_report_gate gate = {
	        .with = "leak62.baseline", .fixed = fixed, .absent = true};
	struct l62_report_options options = sample_options(root);
	struct l62_finding *fresh = result->findings->pdata[2];
	struct l62_location site = {source, 20, 2, 20, 9};
	struct l62_error err;

	options.gate = &gate;
	fresh->compared = L62_IS_NEW;
	fresh->changed = (struct l62_location){.file = source, .line = 60};
	fresh->change = "here stood '[x](ExFreePool(p));'";
	sample_add(result, "LeakOnPath", site, "Old", "ExAllocatePool2", "POOL", "test")
	        ->compared = L62_IS_KNOWN;
	g_ptr_array_add(fixed, &gone);
	g_ptr_array_add(results, result);
	g_ptr_array_add(names, (void *)"gated");
	if (l62_report_sarif_drivers(path, results, names, &options, &err) != 0)
		g_error("%s", err.text);
	options.sarif_findings = 2;
	g_free(path);
	path = in_root("cut.sarif");
	if (l62_report_sarif_drivers(path, results, names, &options, &err) != 0)
		g_error("%s", err.text);
	sample_options_clear(&options);
	sample_free(result);
}

int main(int argc, char **argv)
{
	g_autofree char *plain = NULL, *umlaut = NULL, *colon = NULL;

	if (argc != 2) {
		g_printerr("usage: sarif_samples FOLDER\n");
		return EXIT_FAILURE;
	}
	root = argv[1];
	plain = in_root("handleioctl.c");
	umlaut = in_root("Gr\303\266\303\237e und L\303\244nge/l\303\244 ck.c");
	colon = in_root("a:b%20/[c].c");
	write_source(plain);
	write_source(umlaut);
	write_source(colon);
	write_sample("empty.sarif", sample_new());
	write_sample("path.sarif", sample_path(plain));
	write_sample("life_cycle.sarif", sample_mydriver(plain, umlaut));
	write_sample("failed.sarif", failed(plain));
	write_sample("names_umlaut.sarif", sample_mydriver(umlaut, colon));
	write_sample("names_colon.sarif", sample_path(colon));
	write_sample("every_rule.sarif", every_rule(plain));
	write_sample("hostile.sarif", hostile(plain));
	write_sample("suppressed.sarif", suppressed(plain));
	write_drivers("drivers.sarif", plain);
	write_gate(plain);
	return EXIT_SUCCESS;
}
