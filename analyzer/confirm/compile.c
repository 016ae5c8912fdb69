/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One unit to its object.  Beside X.obj lies X.key, written last:
 *
 *   leak62 object 1
 *   HASH of the command
 *   HASH PATH            of the object, then of every file that clang read
 *
 * An object whose key does not agree with all of them is made again.  Limit: a header that
 * would now be found earlier on the search path than the one that was read is not seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "clang.h"
#include "confirm.h"
#include "depfile.h"
#include "process.h"
#include "recipe.h"

#define HEADER "leak62 object 1"

static void add_all(GPtrArray *argv, const char *const *args)
{
	for (; args && *args; args++)
		g_ptr_array_add(argv, g_strdup(*args));
}

/* The DDK defines these in every object, each for itself. */
static void add_own_names(GPtrArray *argv, const char *object)
{
	static const char *const names[] = {"InterlockedBitTestAndSet",
	                                    "InterlockedBitTestAndReset"};
	char *stem = g_path_get_basename(object);

	g_strcanon(stem, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '_');
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_ptr_array_add(argv, g_strdup_printf("-D%s=leak62_%s_%s", names[i], stem,
		                                      names[i]));
	g_free(stem);
}

/* Everything but where the results go: what the object depends on. */
static GPtrArray *command_of(const struct l62_making *making, const struct l62_unit *unit,
                             const char *object)
{
	static const char *const code[] = {LEAK62_RECIPE_COMPILE NULL};
	static const char *const c[] = {LEAK62_RECIPE_C NULL};
	static const char *const cxx[] = {LEAK62_RECIPE_CXX NULL};
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	bool is_cxx = g_ptr_array_find_with_equal_func(unit->args, "-xc++", g_str_equal, NULL);
	bool is_assembler = g_ptr_array_find_with_equal_func(
	        unit->args, "-xassembler-with-cpp", g_str_equal, NULL);

	g_ptr_array_add(argv, g_strdup(making->build->tools->clang));
	g_ptr_array_add(argv, g_strdup("-fno-crash-diagnostics"));
	for (guint i = 0; i < unit->args->len; i++)
		g_ptr_array_add(argv, g_strdup(g_ptr_array_index(unit->args, i)));
	if (!is_assembler) {
		add_all(argv, code);
		add_all(argv, is_cxx ? cxx : c);
		add_own_names(argv, object);
		add_all(argv, making->build->variant->flags);
	}
	g_ptr_array_add(argv, g_strdup("-c"));
	g_ptr_array_add(argv, g_strdup(unit->source));
	return argv;
}

static char *hash_of(const struct l62_making *making, const GPtrArray *argv)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	const char *version = making->build->clang_version;
	char *hash;

	g_checksum_update(sum, (const guchar *)version, strlen(version) + 1);
	for (guint i = 0; i < argv->len; i++) {
		const char *arg = g_ptr_array_index(argv, i);

		g_checksum_update(sum, (const guchar *)arg, strlen(arg) + 1);
	}
	hash = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	return hash;
}

/* Whether the object agrees with its key. */
static bool is_right(struct l62_making *making, const char *object, const char *key,
                     const char *command)
{
	char *text = NULL;
	char **lines;
	bool right;

	if (!g_file_test(object, G_FILE_TEST_IS_REGULAR) ||
	    !g_file_get_contents(key, &text, NULL, NULL))
		return false;
	lines = g_strsplit(text, "\n", -1);
	right = g_strv_length(lines) > 3 && strcmp(lines[0], HEADER) == 0 &&
	        strcmp(lines[1], command) == 0;
	for (char **line = lines + 2; right && **line; line++) {
		char *path = strchr(*line, ' ');

		if (path)
			*path++ = '\0';
		path = path ? g_strcompress(path) : NULL;
		right = path && **line && strcmp(l62_making_hash(making, path), *line) == 0;
		g_free(path);
	}
	g_strfreev(lines);
	g_free(text);
	return right;
}

static void add_file(struct l62_making *making, GString *text, const char *path)
{
	char *escaped = g_strescape(path, NULL);

	g_string_append_printf(text, "%s %s\n", l62_making_hash(making, path), escaped);
	g_free(escaped);
}

static int write_key(struct l62_making *making, const char *object, const char *command,
                     const char *depfile, struct l62_error *err)
{
	char *key = g_strconcat(object, ".key", NULL);
	GString *text = g_string_new(HEADER "\n");
	char *written = NULL;
	GPtrArray *names;
	GError *error = NULL;
	int status = L62_OK;

	g_string_append_printf(text, "%s\n", command);
	if (!g_file_get_contents(depfile, &written, NULL, NULL))
		written = g_strdup("");
	names = l62_depfile_parse(written);
	add_file(making, text, object);
	for (guint i = 0; i < names->len; i++)
		add_file(making, text, g_ptr_array_index(names, i));
	if (!g_file_set_contents(key, text->str, (gssize)text->len, &error)) {
		status = l62_error_set(err, L62_E_IO, "%s cannot be written: %s", key,
		                       error->message);
		g_error_free(error);
	}
	g_ptr_array_unref(names);
	g_free(written);
	g_string_free(text, TRUE);
	g_free(key);
	return status;
}

static int run(const struct l62_making *making, GPtrArray *argv, const char *log,
               struct l62_process_end *end, struct l62_error *err)
{
	char **env = l62_clang_environment();
	struct l62_process process = {
	        .argv = (char **)argv->pdata,
	        .env = env,
	        .cwd = making->folder,
	        .timeout = making->build->timeout,
	        .own_group = true,
	};
	int status;

	process.out = process.err = g_open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (process.out < 0)
		status = l62_error_set(err, L62_E_IO, "%s cannot be written: %s", log,
		                       g_strerror(errno));
	else
		status = l62_process_run(&process, end, err);
	if (process.out >= 0)
		close(process.out);
	g_strfreev(env);
	return status;
}

/* One line on why there is no object. */
static char *reason(const struct l62_making *making, const struct l62_unit *unit,
                    const char *log, const struct l62_process_end *end)
{
	char *said, *text;

	if (end->timed_out)
		return g_strdup_printf("%s: compiling took longer than %u seconds "
		                       "(--tu-timeout)",
		                       unit->source, making->build->timeout);
	said = l62_clang_first_error(log);
	if (end->signal || end->exit_code > 128)
		text = g_strdup_printf("%s: clang crashed: %s", unit->source,
		                       said ? said : "it said nothing");
	else if (said && strchr(said, '('))
		text = g_strdup(said);
	else
		text = g_strdup_printf("%s: %s", unit->source,
		                       said ? said : "clang made no object and said nothing");
	g_free(said);
	return text;
}

static void note(struct l62_making *making, const struct l62_unit *unit, char *why,
                 const struct l62_process_end *end)
{
	bool own = g_ptr_array_find(making->support, unit, NULL);

	g_mutex_lock(&making->mutex);
	if (end && end->interrupted)
		making->image->interrupted = end->interrupted;
	if (why)
		g_hash_table_insert(making->reasons, unit->source, why);
	making->image->compiled += !own && end && !why && !end->interrupted;
	making->image->kept += !own && !end && !why;
	g_mutex_unlock(&making->mutex);
}

static int compile(struct l62_making *making, const struct l62_unit *unit, GPtrArray *argv,
                   const char *object, const char *key, struct l62_error *err)
{
	char *command = hash_of(making, argv);
	char *depfile = g_strconcat(object, ".d", NULL);
	char *log = g_strconcat(object, ".log", NULL);
	const char *const results[] = {"-MD", "-MF", depfile, "-MT", "object",
	                               "-o",  object, NULL};
	struct l62_process_end end;
	int status = L62_OK;

	if (is_right(making, object, key, command)) {
		note(making, unit, NULL, NULL);
	} else {
		g_unlink(key);
		g_unlink(object);
		l62_making_forget(making, object);
		if (!g_ptr_array_find(making->support, unit, NULL))
			l62_making_progress(making, unit->source);
		add_all(argv, results);
		g_ptr_array_add(argv, NULL);
		status = run(making, argv, log, &end, err);
		if (status == L62_OK && end.exit_code == 0)
			status = write_key(making, object, command, depfile, err);
		if (status == L62_OK)
			note(making, unit,
			     end.exit_code == 0 || end.interrupted
			             ? NULL
			             : reason(making, unit, log, &end),
			     &end);
		g_unlink(depfile);
	}
	g_free(log);
	g_free(depfile);
	g_free(command);
	return status;
}

/* The kernel's own processor is the only one here that the verifier core has. */
static const char *other_target(const struct l62_unit *unit)
{
	static const char option[] = "--target=";

	for (guint i = 0; i < unit->args->len; i++) {
		const char *arg = g_ptr_array_index(unit->args, i);

		if (g_str_has_prefix(arg, option) &&
		    !g_str_has_prefix(arg + strlen(option), "x86_64-"))
			return arg + strlen(option);
	}
	return NULL;
}

void l62_compile(struct l62_making *making, const struct l62_unit *unit)
{
	char *object = l62_making_object(making, unit);
	char *key = g_strconcat(object, ".key", NULL);
	const char *target = other_target(unit);
	struct l62_error err;

	if (target) {
		note(making, unit,
		     g_strdup_printf("%s: is compiled for %s; only x86_64 drivers can be run",
		                     unit->source, target),
		     NULL);
	} else {
		GPtrArray *argv = command_of(making, unit, object);
		int status = compile(making, unit, argv, object, key, &err);

		if (status != L62_OK)
			l62_making_fail(making, status, &err);
		g_ptr_array_unref(argv);
	}
	g_free(key);
	g_free(object);
}
