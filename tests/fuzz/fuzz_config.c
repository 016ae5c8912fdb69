/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* libFuzzer: the project file .leak62.yml, and what its entries are asked. */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "input.h"

static void use(const struct l62_config *config)
{
	struct l62_finding finding = {.at = {.file = "/src/a.c"},
	                              .site = {.file = "/src/sub/b.h"},
	                              .function = "Read",
	                              .tag = "mdrv",
	                              .variable = "ext->Buffer"};

	for (guint i = 0; i < config->suppress->len; i++) {
		const struct l62_suppress *suppress = g_ptr_array_index(config->suppress, i);

		if (!suppress->reason || suppress->line < 1)
			abort();
		finding.rule = suppress->rule;
		l62_suppress_matches(suppress, &finding);
	}
	for (guint i = 0; i < config->drivers->len; i++)
		l62_config_driver_has(g_ptr_array_index(config->drivers, i), "/src/sub/b.c");
	for (guint i = 0; i < config->resources->len; i++) {
		g_autofree char *row =
		        l62_config_resource_row(g_ptr_array_index(config->resources, i));
		g_auto(GStrv) words = g_strsplit(row, " ", -1);

		if (g_strv_length(words) != 7) /* what addRoutine() of the plugin takes */
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = input_file(".leak62.yml", data, size);
	struct l62_config *config = NULL;
	struct l62_error err = {0};

	if (l62_config_read(path, &config, &err) == L62_OK) {
		use(config);
		l62_config_free(config);
	} else if (config || !g_str_has_prefix(err.text, path) ||
	           err.text[strlen(path)] != '(' || strchr(err.text, '\n')) {
		abort();
	}
	return 0;
}
