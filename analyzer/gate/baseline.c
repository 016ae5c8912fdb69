/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See baseline.h. */
#include "baseline.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "leak62-baseline"

/* The members of a line, in the order in which they are written and compared. */
static const struct member {
	const char *name;
	size_t offset;
	bool needed;
} members[] = {
        {"file", offsetof(struct l62_entry_known, file), true},
        {"function", offsetof(struct l62_entry_known, function), true},
        {"rule", offsetof(struct l62_entry_known, rule), true},
        {"api", offsetof(struct l62_entry_known, api), true},
        {"tag", offsetof(struct l62_entry_known, tag), false},
        {"place", offsetof(struct l62_entry_known, place), false},
        {"statement", offsetof(struct l62_entry_known, statement), false},
};

static char **field(const struct l62_entry_known *entry, const struct member *member)
{
	return (char **)((char *)entry + member->offset);
}

struct l62_entry_known *l62_entry_known_new(void)
{
	struct l62_entry_known *entry = g_new0(struct l62_entry_known, 1);

	entry->exits = g_ptr_array_new_with_free_func(g_free);
	return entry;
}

void l62_entry_known_free(struct l62_entry_known *entry)
{
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		g_free(*field(entry, &members[i]));
	g_ptr_array_unref(entry->exits);
	g_free(entry);
}

static void free_entry(gpointer entry)
{
	l62_entry_known_free(entry);
}

GPtrArray *l62_baseline_new(void)
{
	return g_ptr_array_new_with_free_func(free_entry);
}

static int read_exits(struct l62_entry_known *entry, const json_t *line)
{
	const json_t *exits = json_object_get(line, "exits");
	size_t i;
	json_t *one;

	if (!exits)
		return 0;
	if (!json_is_array(exits))
		return -1;
	json_array_foreach(exits, i, one)
	{
		if (!json_is_string(one))
			return -1;
		g_ptr_array_add(entry->exits, g_strdup(json_string_value(one)));
	}
	return 0;
}

/* Returns what is wrong with the line, or NULL. */
static const char *read_entry(struct l62_entry_known *entry, const json_t *line)
{
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		const json_t *value = json_object_get(line, members[i].name);
		const char *text = json_string_value(value);

		if ((value && !text) || (members[i].needed && (!text || !*text)))
			return members[i].name;
		*field(entry, &members[i]) = g_strdup(text);
	}
	return read_exits(entry, line) == 0 ? NULL : "exits";
}

static int check_header(const char *path, const json_t *line, struct l62_error *err)
{
	const json_t *version = json_object_get(line, MAGIC);

	if (!json_is_integer(version))
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s(1): this is not a baseline of leak62: name one, or "
		                     "another file to make one with --update-baseline",
		                     path);
	if (json_integer_value(version) == L62_BASELINE_VERSION)
		return L62_OK;
	return l62_error_set(err, L62_E_VERSION,
	                     "%s(1): a baseline of version %" JSON_INTEGER_FORMAT
	                     ", and this leak62 knows version %d: use the leak62 that wrote "
	                     "it, or remove it and make it again with --update-baseline",
	                     path, json_integer_value(version), L62_BASELINE_VERSION);
}

static bool is_conflict(const char *line)
{
	return g_str_has_prefix(line, "<<<<<<<") || g_str_has_prefix(line, "=======") ||
	       g_str_has_prefix(line, "|||||||") || g_str_has_prefix(line, ">>>>>>>");
}

static int read_line(const char *path, unsigned number, const char *text, size_t length,
                     GPtrArray *entries, struct l62_error *err)
{
	struct l62_entry_known *entry;
	const char *wrong;
	json_error_t error;
	json_t *line;
	int status = L62_OK;

	if (is_conflict(text))
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s(%u): a merge conflict is not resolved: keep the lines "
		                     "of both sides, then run --update-baseline",
		                     path, number);
	line = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(line)) {
		status = l62_error_set(err, L62_E_FORMAT,
		                       "%s(%u): %s: restore the file from version control, or "
		                       "remove it and make it again with --update-baseline",
		                       path, number,
		                       line ? "this is no JSON object" : error.text);
	} else if (number == 1) {
		status = check_header(path, line, err);
	} else {
		entry = l62_entry_known_new();
		wrong = read_entry(entry, line);
		if (wrong) {
			l62_entry_known_free(entry);
			status = l62_error_set(
			        err, L62_E_FORMAT,
			        "%s(%u): '%s' is missing or is not what it must be: restore "
			        "the file from version control, or remove it and make it "
			        "again with --update-baseline",
			        path, number, wrong);
		} else {
			g_ptr_array_add(entries, entry);
		}
	}
	json_decref(line);
	return status;
}

int l62_baseline_read(const char *path, GPtrArray **entries, struct l62_error *err)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	g_autoptr(GPtrArray) read = l62_baseline_new();
	gsize length = 0, at = 0;
	unsigned number = 0;
	int status = L62_OK;

	if (!g_file_get_contents(path, &text, &length, &error))
		return l62_error_set(err, L62_E_IO, "the baseline %s cannot be read: %s", path,
		                     error->message);
	if (memchr(text, '\0', length))
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s(1): this is not a baseline of leak62, which is text",
		                     path);
	while (at < length && status == L62_OK) {
		size_t size = strcspn(text + at, "\n");
		size_t shown = size && text[at + size - 1] == '\r' ? size - 1 : size;

		number++;
		text[at + shown] = '\0';
		/* Merging by hand leaves empty lines. */
		if (shown || number == 1)
			status = read_line(path, number, text + at, shown, read, err);
		at += size + 1;
	}
	if (status == L62_OK && number == 0)
		status = l62_error_set(err, L62_E_FORMAT,
		                       "%s(1): the file is empty: restore it from version "
		                       "control, or remove it and make it again with "
		                       "--update-baseline",
		                       path);
	if (status == L62_OK)
		*entries = g_steal_pointer(&read);
	return status;
}

static gint compare_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gint compare(gconstpointer a, gconstpointer b)
{
	const struct l62_entry_known *one = *(struct l62_entry_known *const *)a;
	const struct l62_entry_known *other = *(struct l62_entry_known *const *)b;
	int order = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(members) && order == 0; i++)
		order = g_strcmp0(*field(one, &members[i]), *field(other, &members[i]));
	for (guint i = 0; order == 0 && i < one->exits->len && i < other->exits->len; i++)
		order = strcmp(g_ptr_array_index(one->exits, i),
		               g_ptr_array_index(other->exits, i));
	return order ? order
	             : (one->exits->len > other->exits->len) -
	                       (one->exits->len < other->exits->len);
}

static void append_entry(GString *out, const struct l62_entry_known *entry)
{
	json_t *line = json_object();
	char *text;

	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		const char *value = *field(entry, &members[i]);

		if (value)
			json_object_set_new(line, members[i].name, json_string(value));
	}
	if (entry->exits->len) {
		json_t *exits = json_array();

		for (guint i = 0; i < entry->exits->len; i++)
			json_array_append_new(exits,
			                      json_string(g_ptr_array_index(entry->exits, i)));
		json_object_set_new(line, "exits", exits);
	}
	text = json_dumps(line, 0);
	if (!text)
		g_error("out of memory while writing a baseline");
	g_string_append(out, text);
	g_string_append_c(out, '\n');
	free(text);
	json_decref(line);
}

int l62_baseline_write(const char *path, GPtrArray *entries, struct l62_error *err)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	char *target = realpath(path, NULL);
	gboolean written;

	if (target && !g_file_test(target, G_FILE_TEST_IS_REGULAR)) {
		free(target);
		return l62_error_set(err, L62_E_IO,
		                     "the baseline %s cannot be written: it is no regular file",
		                     path);
	}
	for (guint i = 0; i < entries->len; i++) {
		struct l62_entry_known *entry = g_ptr_array_index(entries, i);

		g_ptr_array_sort(entry->exits, compare_text);
	}
	g_ptr_array_sort(entries, compare);
	g_string_append_printf(out, "{\"" MAGIC "\": %d}\n", L62_BASELINE_VERSION);
	for (guint i = 0; i < entries->len; i++)
		append_entry(out, g_ptr_array_index(entries, i));
	/* A link stays a link. */
	written = g_file_set_contents_full(target ? target : path, out->str, (gssize)out->len,
	                                   G_FILE_SET_CONTENTS_CONSISTENT, 0666, &error);
	free(target);
	if (written)
		return L62_OK;
	return l62_error_set(err, L62_E_IO,
	                     "the baseline %s cannot be written: %s: name a file in a folder "
	                     "that can be written",
	                     path, error->message);
}
