/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Matches a compile command against the tables of flags_table.c.
 *
 * Limits: options that change the working directory or the meaning of others
 * (-working-directory, cl.exe's environment variables) are not followed.
 */
#include "flags.h"

#include <string.h>

#include "flags_table.h"
#include "windows.h"

struct command {
	struct l62_flags *out;
	const char *directory;
	const char *const *next; /* the argument after the current one */
	bool ended;
};

void l62_flags_init(struct l62_flags *flags)
{
	memset(flags, 0, sizeof(*flags));
	flags->args = g_ptr_array_new_with_free_func(g_free);
	flags->folders = g_ptr_array_new_with_free_func(g_free);
	flags->dropped = g_ptr_array_new_with_free_func(g_free);
}

void l62_flags_clear(struct l62_flags *flags)
{
	g_ptr_array_unref(flags->args);
	g_ptr_array_unref(flags->folders);
	g_ptr_array_unref(flags->dropped);
	g_free(flags->target);
	memset(flags, 0, sizeof(*flags));
}

enum l62_language l62_flags_language(const char *file, bool cl)
{
	static const char *const cxx[] = {"cc", "cp", "cpp", "cxx", "c++", NULL};
	const char *dot = strrchr(file, '.');
	enum l62_language language = L62_LANGUAGE_OTHER;
	char *suffix;

	if (!dot || strchr(dot, '/'))
		return L62_LANGUAGE_OTHER;
	if (!cl && strcmp(dot, ".C") == 0)
		return L62_LANGUAGE_CXX;
	suffix = g_ascii_strdown(dot + 1, -1);
	if (strcmp(suffix, "c") == 0)
		language = L62_LANGUAGE_C;
	else if (g_strv_contains(cxx, suffix))
		language = L62_LANGUAGE_CXX;
	g_free(suffix);
	return language;
}

static enum l62_language language_named(const char *name)
{
	if (strcmp(name, "c") == 0)
		return L62_LANGUAGE_C;
	if (strcmp(name, "c++") == 0)
		return L62_LANGUAGE_CXX;
	if (strcmp(name, "none") == 0)
		return L62_LANGUAGE_BY_NAME;
	return L62_LANGUAGE_OTHER;
}

static char *native_path(const struct command *command, const char *path)
{
	return command->out->cl ? l62_windows_path(path) : g_strdup(path);
}

static void add_folder(struct command *command, const char *spelling, const char *value)
{
	char *path = native_path(command, value);
	char *full = g_canonicalize_filename(path, command->directory);

	g_ptr_array_add(command->out->args, g_strconcat(spelling, full, NULL));
	if (!strstr(spelling, "sysroot"))
		g_ptr_array_add(command->out->folders, g_strdup(full));
	g_free(full);
	g_free(path);
}

/*
 * A forced include is looked for in the directory first and on the search path
 * after that.  It goes straight to clang's front end: the driver would take a
 * precompiled header that lies next to it.
 */
static void add_forced(struct command *command, const char *spelling, const char *value)
{
	GPtrArray *args = command->out->args;
	char *path = native_path(command, value);
	char *full = g_canonicalize_filename(path, command->directory);

	if (*path != '-' && !g_file_test(full, G_FILE_TEST_EXISTS)) {
		g_free(full);
		full = g_strdup(path);
	}
	g_ptr_array_add(args, g_strdup("-Xclang"));
	g_ptr_array_add(args, g_strdup(spelling));
	g_ptr_array_add(args, g_strdup("-Xclang"));
	g_ptr_array_add(args, full);
	g_free(path);
}

static void add_definition(struct command *command, const char *spelling, const char *value)
{
	char *text = g_strconcat(spelling, value, NULL);
	char *mark = strpbrk(text, "=#");

	if (mark)
		*mark = '=';
	g_ptr_array_add(command->out->args, text);
}

/* cl.exe accepts its own extensions in every standard: take the GNU dialects.
 */
static void add_standard(struct command *command, const char *value)
{
	const char *standard = strcmp(value, "clatest") == 0     ? "2x"
	                       : strcmp(value, "c++latest") == 0 ? "++2b"
	                       : *value == 'c'                   ? value + 1
	                                                         : NULL;

	if (standard)
		g_ptr_array_add(command->out->args, g_strconcat("-std=gnu", standard, NULL));
}

static void filter_one(struct command *command, const char *arg);

/* value is what is joined to the option, or next, the argument after it. */
static void apply(struct command *command, const struct l62_flag_row *row, const char *arg,
                  const char *value, const char *next)
{
	struct l62_flags *out = command->out;
	const char *spelling = row->spelling ? row->spelling : row->name;

	switch (row->action) {
	case L62_FLAG_KEEP:
		g_ptr_array_add(out->args, g_strconcat(spelling, value, NULL));
		break;
	case L62_FLAG_FOLDER:
		add_folder(command, spelling, value);
		break;
	case L62_FLAG_FORCED:
		add_forced(command, spelling, value);
		break;
	case L62_FLAG_DEFINE:
		add_definition(command, spelling, value);
		break;
	case L62_FLAG_TARGET:
		g_free(out->target);
		out->target = g_strdup(value);
		break;
	case L62_FLAG_M32:
	case L62_FLAG_M64:
		out->m32 = row->action == L62_FLAG_M32;
		break;
	case L62_FLAG_LANGUAGE:
		out->language = language_named(row->spelling ? row->spelling : value);
		break;
	case L62_FLAG_STANDARD:
		add_standard(command, value);
		break;
	case L62_FLAG_AS_CLANG:
		filter_one(command, value);
		break;
	case L62_FLAG_REFUSE:
		g_ptr_array_add(out->dropped, g_strjoin(next ? " " : NULL, arg, next, NULL));
		break;
	case L62_FLAG_END:
		command->ended = true;
		break;
	case L62_FLAG_DROP:
		break;
	}
}

/* Whether row matches name.  *value receives what is joined to it, "" for
 * nothing; *takes_next says that the argument after it is the value. */
static bool matches(const struct l62_flag_row *row, const char *name, const char **value,
                    bool *takes_next)
{
	size_t length = strlen(row->name);

	if (strncmp(name, row->name, length) != 0)
		return false;
	*value = name + length;
	*takes_next = false;
	switch (row->form) {
	case L62_FLAG_EXACT:
		return !**value;
	case L62_FLAG_JOINED:
		return true;
	case L62_FLAG_SEPARATE:
		*takes_next = true;
		return !**value;
	case L62_FLAG_EITHER:
		*takes_next = !**value;
		return true;
	case L62_FLAG_BOTH:
		*takes_next = true;
		return true;
	}
	return false;
}

static bool filter_with(struct command *command, const char *arg, const char *name,
                        const struct l62_flag_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value, *next = NULL;
		bool takes_next;

		if (!matches(&rows[i], name, &value, &takes_next))
			continue;
		if (takes_next && *command->next)
			next = *command->next++;
		/* An option that lacks its argument says nothing. */
		if (takes_next && !next && rows[i].action != L62_FLAG_REFUSE)
			return true;
		apply(command, &rows[i], arg, next ? next : value, next);
		return true;
	}
	return false;
}

static void filter_one(struct command *command, const char *arg)
{
	if (command->out->cl && (*arg == '/' || *arg == '-') &&
	    filter_with(command, arg, arg + 1, l62_flag_rows_cl, l62_flag_rows_cl_count))
		return;
	filter_with(command, arg, arg, l62_flag_rows_clang, l62_flag_rows_clang_count);
}

/* The name of the program, without folder, suffix and case. */
static char *program_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *backslash = strrchr(path, '\\');
	char *name;

	if (slash && (!backslash || slash > backslash))
		path = slash + 1;
	else if (backslash)
		path = backslash + 1;
	name = g_ascii_strdown(path, -1);
	if (g_str_has_suffix(name, ".exe"))
		name[strlen(name) - 4] = '\0';
	return name;
}

/* x86_64-w64-mingw32-gcc-12 names its target in front. */
static void read_program(struct l62_flags *out, const char *path)
{
	static const char *const drivers[] = {"-gcc", "-g++", "-clang", "-cc", "-c++"};
	char *name = program_name(path);

	if (strcmp(name, "cl") == 0 || g_str_has_prefix(name, "clang-cl"))
		out->cl = true;
	for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
		const char *driver = g_strrstr(name, drivers[i]);

		if (!driver || !memchr(name, '-', driver - name))
			continue;
		g_free(out->target);
		out->target = g_strndup(name, driver - name);
		break;
	}
	g_free(name);
}

void l62_flags_filter(struct l62_flags *flags, const char *directory, const char *const *argv)
{
	struct command command = {.out = flags, .directory = directory, .next = argv};

	if (!*command.next)
		return;
	read_program(flags, *command.next++);
	for (const char *const *arg = command.next; *arg; arg++) {
		if (strcmp(*arg, "--driver-mode=cl") == 0)
			flags->cl = true;
	}
	while (!command.ended && *command.next)
		filter_one(&command, *command.next++);
}
