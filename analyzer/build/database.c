/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * jansson says where a malformed database is wrong; libclang then reads it and
 * splits its commands as clang's own tools do (quoting, response files).  In
 * between, what libclang would misread here is put right in a copy: relative
 * folders, and commands quoted for Windows.
 */
#include "database.h"

#include <clang-c/CXCompilationDatabase.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

#include "windows.h"

static void free_entry(gpointer data)
{
	l62_entry_free(data);
}

static int check_entry(const char *path, size_t index, const json_t *entry,
                       struct l62_error *err)
{
	const json_t *arguments = json_object_get(entry, "arguments");
	const char *missing = NULL;
	size_t i;
	json_t *argument;

	if (!json_is_string(json_object_get(entry, "directory")))
		missing = "directory";
	else if (!json_is_string(json_object_get(entry, "file")))
		missing = "file";
	else if (!json_is_string(json_object_get(entry, "command")) &&
	         !json_is_array(arguments))
		missing = "command";
	json_array_foreach(arguments, i, argument)
	{
		if (!json_is_string(argument))
			missing = "command";
	}
	if (missing)
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s: entry %zu has no usable \"%s\": generate the compile "
		                     "database again",
		                     path, index + 1, missing);
	return L62_OK;
}

static int load_json(const char *path, json_t **root, struct l62_error *err)
{
	json_error_t error;
	json_t *entry;
	size_t i;
	int status = L62_OK;

	*root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!*root && json_error_code(&error) == json_error_cannot_open_file)
		return l62_error_set(err, L62_E_IO, "%s cannot be read: %s", path,
		                     g_strerror(errno));
	if (!*root)
		return l62_error_set(err, L62_E_FORMAT, "%s(%d): malformed JSON: %s", path,
		                     error.line, error.text);
	if (!json_is_array(*root))
		status = l62_error_set(err, L62_E_FORMAT,
		                       "%s is not a compile database: it must be a JSON array "
		                       "of commands",
		                       path);
	else if (json_array_size(*root) == 0)
		status = l62_error_set(err, L62_E_FORMAT,
		                       "%s is empty: build the project's compile database "
		                       "again",
		                       path);
	json_array_foreach(*root, i, entry)
	{
		if (status == L62_OK)
			status = check_entry(path, i, entry, err);
	}
	if (status != L62_OK)
		json_decref(*root);
	return status;
}

/* Puts an entry right for libclang. */
static void adapt_entry(json_t *entry, const char *base)
{
	char *native = l62_windows_path(json_string_value(json_object_get(entry, "directory")));
	char *full = g_canonicalize_filename(native, base);
	const char *command = json_string_value(json_object_get(entry, "command"));

	json_object_set_new(entry, "directory", json_string(full));
	if (command && l62_windows_is_command(command)) {
		char *posix = l62_windows_requote(command);

		json_object_set_new(entry, "command", json_string(posix));
		g_free(posix);
	}
	g_free(full);
	g_free(native);
}

/* libclang only opens a folder that holds the file under its usual name. */
static CXCompilationDatabase open_database(json_t *root, const char *path)
{
	CXCompilationDatabase_Error error;
	CXCompilationDatabase database = NULL;
	char *base = g_path_get_dirname(path);
	char *folder = g_dir_make_tmp("leak62-XXXXXX", NULL);
	char *copy;
	size_t i;
	json_t *entry;

	json_array_foreach(root, i, entry) adapt_entry(entry, base);
	g_free(base);
	if (!folder)
		return NULL;
	copy = g_build_filename(folder, "compile_commands.json", NULL);
	if (json_dump_file(root, copy, JSON_COMPACT) == 0)
		database = clang_CompilationDatabase_fromDirectory(folder, &error);
	g_unlink(copy);
	g_rmdir(folder);
	g_free(copy);
	g_free(folder);
	return database;
}

static char *take_string(CXString string)
{
	char *copy = g_strdup(clang_getCString(string));

	clang_disposeString(string);
	return copy;
}

/* Of an output path CMakeFiles/NAME.dir/..., NAME; a new string, or NULL. */
static char *target_in(const char *output)
{
	static const char folder[] = "CMakeFiles/";
	char *path = g_strdelimit(g_strdup(output), "\\", '/');
	const char *start = g_strrstr(path, folder), *end;
	char *name = NULL;

	if (start && (start == path || start[-1] == '/')) {
		start += strlen(folder);
		end = strstr(start, ".dir/");
		if (end && end > start && !memchr(start, '/', (size_t)(end - start)))
			name = g_strndup(start, (gsize)(end - start));
	}
	g_free(path);
	return name;
}

static void add_target(GPtrArray *targets, char *name)
{
	if (name && !g_ptr_array_find_with_equal_func(targets, name, g_str_equal, NULL))
		g_ptr_array_add(targets, name);
	else
		g_free(name);
}

/* What the command writes: -o FILE, -oFILE, /FoFILE. */
static void find_target(struct l62_entry *entry, char *const *argv)
{
	for (; *argv; argv++) {
		if (strcmp(*argv, "-o") == 0 && argv[1])
			add_target(entry->targets, target_in(*++argv));
		else if (g_str_has_prefix(*argv, "-o"))
			add_target(entry->targets, target_in(*argv + 2));
		else if (g_str_has_prefix(*argv, "/Fo") || g_str_has_prefix(*argv, "-Fo"))
			add_target(entry->targets, target_in(*argv + 3));
	}
}

/* For the C compiler, that is: not MASM's. */
static bool is_assembler(const char *source)
{
	return g_str_has_suffix(source, ".S") || g_str_has_suffix(source, ".s");
}

/* The entry of one command, or NULL if its file is not for leak62; of assembler if that is
 * what is wanted. */
static struct l62_entry *read_command(CXCompileCommand command, bool assembler)
{
	struct l62_entry *entry = g_new0(struct l62_entry, 1);
	char *directory = take_string(clang_CompileCommand_getDirectory(command));
	char *file = take_string(clang_CompileCommand_getFilename(command));
	unsigned count = clang_CompileCommand_getNumArgs(command);
	char **argv = g_new0(char *, count + 1);

	for (unsigned i = 0; i < count; i++)
		argv[i] = take_string(clang_CompileCommand_getArg(command, i));
	l62_flags_init(&entry->flags);
	l62_flags_filter(&entry->flags, directory, (const char *const *)argv);
	entry->targets = g_ptr_array_new_with_free_func(g_free);
	find_target(entry, argv);
	if (entry->flags.cl) {
		char *native = l62_windows_path(file);

		g_free(file);
		file = native;
	}
	entry->source = g_canonicalize_filename(file, directory);
	entry->language = entry->flags.language;
	if (entry->language == L62_LANGUAGE_BY_NAME)
		entry->language = l62_flags_language(entry->source, entry->flags.cl);
	g_strfreev(argv);
	g_free(directory);
	g_free(file);
	if (assembler ? entry->language == L62_LANGUAGE_OTHER && is_assembler(entry->source)
	              : entry->language != L62_LANGUAGE_OTHER)
		return entry;
	free_entry(entry);
	return NULL;
}

struct reader {
	const char *path;
	GPtrArray *entries, *warnings;
	GHashTable *by_source; /* path -> struct l62_entry */
	GHashTable *warned;    /* options and paths already warned of */
};

static void warn_once(struct reader *reader, const char *about, char *sentence)
{
	if (g_hash_table_add(reader->warned, g_strdup(about)))
		g_ptr_array_add(reader->warnings, sentence);
	else
		g_free(sentence);
}

static void take_entry(struct reader *reader, struct l62_entry *entry)
{
	struct l62_entry *first = g_hash_table_lookup(reader->by_source, entry->source);

	for (guint i = 0; i < entry->flags.dropped->len; i++) {
		const char *option = g_ptr_array_index(entry->flags.dropped, i);

		warn_once(reader, option,
		          g_strdup_printf("%s: option \"%s\" of %s is dropped: it could load "
		                          "or run something",
		                          reader->path, option, entry->source));
	}
	if (!first) {
		g_hash_table_insert(reader->by_source, entry->source, entry);
		g_ptr_array_add(reader->entries, entry);
		return;
	}
	if (!l62_entry_same_command(first, entry))
		warn_once(reader, entry->source,
		          g_strdup_printf("%s: %s has several commands; the first is used",
		                          reader->path, entry->source));
	for (guint i = 0; i < entry->targets->len; i++)
		add_target(first->targets, g_strdup(g_ptr_array_index(entry->targets, i)));
	free_entry(entry);
}

static int read_entries(const char *path, bool assembler, GPtrArray **entries,
                        GPtrArray *warnings, struct l62_error *err)
{
	struct reader reader = {.path = path, .warnings = warnings};
	CXCompilationDatabase database;
	CXCompileCommands commands;
	json_t *root;
	int status = load_json(path, &root, err);

	if (status != L62_OK)
		return status;
	database = open_database(root, path);
	json_decref(root);
	if (!database)
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s is not a compile database that libclang reads", path);
	reader.entries = g_ptr_array_new_with_free_func(free_entry);
	reader.by_source = g_hash_table_new(g_str_hash, g_str_equal);
	reader.warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	commands = clang_CompilationDatabase_getAllCompileCommands(database);
	for (unsigned i = 0; i < clang_CompileCommands_getSize(commands); i++) {
		struct l62_entry *entry =
		        read_command(clang_CompileCommands_getCommand(commands, i), assembler);

		if (entry)
			take_entry(&reader, entry);
	}
	clang_CompileCommands_dispose(commands);
	clang_CompilationDatabase_dispose(database);
	g_hash_table_unref(reader.by_source);
	g_hash_table_unref(reader.warned);
	if (reader.entries->len == 0 && !assembler) {
		g_ptr_array_unref(reader.entries);
		return l62_error_set(err, L62_E_FORMAT, "%s lists no C or C++ source file",
		                     path);
	}
	*entries = reader.entries;
	return L62_OK;
}

int l62_database_read(const char *path, GPtrArray **entries, GPtrArray *warnings,
                      struct l62_error *err)
{
	return read_entries(path, false, entries, warnings, err);
}

int l62_database_read_assembler(const char *path, GPtrArray **entries, struct l62_error *err)
{
	GPtrArray *warnings = g_ptr_array_new_with_free_func(g_free);
	int status = read_entries(path, true, entries, warnings, err);

	g_ptr_array_unref(warnings);
	return status;
}
