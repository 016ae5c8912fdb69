/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Names and hashes of translation units.  The files of a unit are named after
 * its source and a hash of the whole path: two folders may hold the same name.
 */
#include "unit.h"

#include <string.h>

static char *file_stem(const char *source)
{
	char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, source, -1);
	char *stem = g_path_get_basename(source);
	char *name;

	for (char *c = stem; *c; c++) {
		if (!g_ascii_isalnum(*c) && *c != '.' && *c != '_' && *c != '-')
			*c = '_';
	}
	name = g_strdup_printf("%.64s-%.16s", stem, hash);
	g_free(stem);
	g_free(hash);
	return name;
}

/* Folders of the facts, and part of the hashes. */
static const char *const stages[L62_STAGES] = {
        [L62_STAGE_SKELETON] = "skel",
        [L62_STAGE_PATHS] = "facts",
        [L62_STAGE_ALONE] = "alone",
};

static char *command_of(const struct l62_unit *unit, enum l62_stage stage, const char *salt)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	GString *packed = l62_unit_pack(unit);
	char *command;

	g_checksum_update(sum, (const guchar *)stages[stage], strlen(stages[stage]) + 1);
	g_checksum_update(sum, (const guchar *)salt, strlen(salt) + 1);
	g_checksum_update(sum, (const guchar *)unit->source, strlen(unit->source) + 1);
	g_checksum_update(sum, (const guchar *)packed->str, packed->len);
	command = g_strdup(g_checksum_get_string(sum));
	g_string_free(packed, TRUE);
	g_checksum_free(sum);
	return command;
}

struct l62_unit *l62_unit_new(const char *source, GPtrArray *args, const char *salt)
{
	struct l62_unit *unit = g_new0(struct l62_unit, 1);
	char *stem = file_stem(source);

	unit->source = g_strdup(source);
	unit->args = args;
	unit->args_file = g_strdup_printf("args/%s", stem);
	unit->skeleton = g_strdup_printf("skel/%s.skel", stem);
	unit->summaries = g_strdup_printf("sums/%s.sum", stem);
	unit->stage = L62_STAGE_PATHS;
	for (int i = 0; i < L62_STAGES; i++) {
		unit->facts[i] = g_strdup_printf("%s/%s.db", stages[i], stem);
		unit->command[i] = command_of(unit, (enum l62_stage)i, salt);
	}
	g_free(stem);
	return unit;
}

void l62_unit_free(struct l62_unit *unit)
{
	if (!unit)
		return;
	g_ptr_array_unref(unit->args);
	g_free(unit->source);
	g_free(unit->args_file);
	g_free(unit->skeleton);
	g_free(unit->summaries);
	for (int i = 0; i < L62_STAGES; i++) {
		g_free(unit->facts[i]);
		g_free(unit->command[i]);
	}
	g_free(unit);
}

GString *l62_unit_pack(const struct l62_unit *unit)
{
	GString *packed = g_string_new(NULL);

	for (guint i = 0; i < unit->args->len; i++) {
		const char *arg = g_ptr_array_index(unit->args, i);

		g_string_append_len(packed, arg, strlen(arg) + 1);
	}
	return packed;
}

GPtrArray *l62_unit_unpack(const char *data, size_t length)
{
	GPtrArray *args = g_ptr_array_new_with_free_func(g_free);

	for (size_t at = 0; at < length;) {
		size_t size = strnlen(data + at, length - at);

		g_ptr_array_add(args, g_strndup(data + at, size));
		at += size + 1;
	}
	return args;
}

/* Shortens folder to what path lies in, too. */
static void keep_common(char *folder, const char *path)
{
	size_t at = 0, end = 0;

	while (folder[at] && folder[at] == path[at]) {
		if (folder[at] == '/')
			end = at;
		at++;
	}
	if (!folder[at] && path[at] == '/')
		return;
	folder[end] = '\0';
}

char *l62_source_driver_name(const GPtrArray *sources)
{
	static const char *const layers[] = {"leak", "fixed", "src", "source", "driver", "sys"};
	char *folder = NULL, *name;

	for (guint i = 0; i < sources->len; i++) {
		const char *source = g_ptr_array_index(sources, i);

		if (folder)
			keep_common(folder, source);
		else
			folder = g_path_get_dirname(source);
	}
	name = g_path_get_basename(folder && *folder ? folder : "/");
	for (size_t i = 0; i < G_N_ELEMENTS(layers); i++) {
		char *above;

		if (g_ascii_strcasecmp(name, layers[i]) != 0)
			continue;
		above = g_path_get_dirname(folder);
		g_free(name);
		name = g_path_get_basename(above);
		g_free(above);
		break;
	}
	g_free(folder);
	if (strcmp(name, "/") != 0 && strcmp(name, ".") != 0)
		return name;
	g_free(name);
	return g_strdup("driver");
}

char *l62_unit_driver_name(const GPtrArray *units)
{
	GPtrArray *sources = g_ptr_array_new();
	char *name;

	for (guint i = 0; i < units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(units, i);

		g_ptr_array_add(sources, unit->source);
	}
	name = l62_source_driver_name(sources);
	g_ptr_array_unref(sources);
	return name;
}
