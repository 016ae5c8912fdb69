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

struct l62_unit *l62_unit_new(const char *source, GPtrArray *args, const char *salt)
{
	struct l62_unit *unit = g_new0(struct l62_unit, 1);
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *stem = file_stem(source);
	GString *packed;

	unit->source = g_strdup(source);
	unit->args = args;
	unit->facts = g_strdup_printf("facts/%s.db", stem);
	unit->args_file = g_strdup_printf("args/%s", stem);
	packed = l62_unit_pack(unit);
	g_checksum_update(sum, (const guchar *)salt, strlen(salt) + 1);
	g_checksum_update(sum, (const guchar *)source, strlen(source) + 1);
	g_checksum_update(sum, (const guchar *)packed->str, packed->len);
	unit->command = g_strdup(g_checksum_get_string(sum));
	g_string_free(packed, TRUE);
	g_checksum_free(sum);
	g_free(stem);
	return unit;
}

void l62_unit_free(struct l62_unit *unit)
{
	if (!unit)
		return;
	g_ptr_array_unref(unit->args);
	g_free(unit->source);
	g_free(unit->command);
	g_free(unit->facts);
	g_free(unit->args_file);
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

char *l62_unit_driver_name(const GPtrArray *units)
{
	static const char *const layers[] = {"leak", "fixed", "src", "source", "driver", "sys"};
	char *folder = NULL, *name;

	for (guint i = 0; i < units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(units, i);

		if (folder)
			keep_common(folder, unit->source);
		else
			folder = g_path_get_dirname(unit->source);
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
