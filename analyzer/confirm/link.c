/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Objects to the image, and what lld says about what it lacks, in the words of the sources.
 * DRIVER.sys.key, written last, is the hash of the command and of all that is linked.
 *
 * What of the WDK's static libraries leak62 has (support.c) is linked, after the driver's own
 * objects, to a driver that lacks something without it.
 *
 * The DDK defines some routines in every object, so that lld is told to take the first of
 * several definitions; of DriverEntry there may only be one.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confirm.h"
#include "process.h"
#include "recipe.h"

struct linking {
	struct l62_making *making;
	char *sys, *pdb, *key, *log;
	GPtrArray *libraries; /* of char */
};

static void add_support(const struct l62_making *making, GPtrArray *argv)
{
	for (guint i = 0; i < making->support->len; i++) {
		char *object =
		        l62_making_object(making, g_ptr_array_index(making->support, i));

		if (g_file_test(object, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(argv, object);
		else
			g_free(object);
	}
}

static GPtrArray *command_of(const struct linking *linking, bool support)
{
	static const char *const recipe[] = {LEAK62_RECIPE_LINK NULL};
	const struct l62_making *making = linking->making;
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(argv, g_strdup(making->build->tools->lld));
	for (size_t i = 0; recipe[i]; i++)
		g_ptr_array_add(argv, g_strdup(recipe[i]));
	g_ptr_array_add(argv, g_strdup("--error-limit=0"));
	g_ptr_array_add(argv, g_strconcat("--pdb=", linking->pdb, NULL));
	g_ptr_array_add(argv, g_strdup("-o"));
	g_ptr_array_add(argv, g_strdup(linking->sys));
	for (guint i = 0; i < making->objects->len; i++)
		g_ptr_array_add(argv, g_strdup(g_ptr_array_index(making->objects, i)));
	if (support)
		add_support(making, argv);
	for (guint i = 0; i < linking->libraries->len; i++)
		g_ptr_array_add(argv, g_strdup(g_ptr_array_index(linking->libraries, i)));
	g_ptr_array_add(argv, NULL);
	return argv;
}

static void add_text(GChecksum *sum, const char *text)
{
	g_checksum_update(sum, (const guchar *)text, strlen(text) + 1);
}

/* An object's key says what it is made of, but not what clang made of that. */
static char *hash_of(const struct linking *linking, const GPtrArray *argv)
{
	struct l62_making *making = linking->making;
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *hash;

	add_text(sum, making->build->clang_version);
	for (guint i = 0; i + 1 < argv->len; i++)
		add_text(sum, g_ptr_array_index(argv, i));
	for (guint i = 0; i < making->objects->len; i++)
		add_text(sum, l62_making_hash(making, g_ptr_array_index(making->objects, i)));
	for (guint i = 0; i < making->support->len; i++) {
		char *object =
		        l62_making_object(making, g_ptr_array_index(making->support, i));

		add_text(sum, l62_making_hash(making, object));
		g_free(object);
	}
	for (guint i = 0; i < linking->libraries->len; i++)
		add_text(sum,
		         l62_making_hash(making, g_ptr_array_index(linking->libraries, i)));
	hash = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	return hash;
}

static bool is_right(const struct linking *linking, const char *hash)
{
	char *text = NULL;
	bool right = g_file_test(linking->sys, G_FILE_TEST_IS_REGULAR) &&
	             g_file_test(linking->pdb, G_FILE_TEST_IS_REGULAR) &&
	             g_file_get_contents(linking->key, &text, NULL, NULL) &&
	             strcmp(text, hash) == 0;

	g_free(text);
	return right;
}

/* The source whose object a line names, or NULL. */
static const char *source_of(const struct l62_making *making, const char *line)
{
	for (guint i = 0; i < making->objects->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(making->build->units, i);

		if (strstr(line, g_ptr_array_index(making->objects, i)))
			return unit->source;
	}
	return NULL;
}

/* "file.c:12", or an object of ours, as "file.c(12)"; NULL: neither. */
static char *place_in(const struct l62_making *making, const char *line)
{
	const char *source = source_of(making, line);
	const char *colon = strrchr(line, ':');

	if (!source && colon && g_ascii_isdigit(colon[1]))
		return g_strdup_printf("%.*s(%d)", (int)(colon - line), line, atoi(colon + 1));
	return source ? g_strdup(source) : NULL;
}

static char *undefined(const struct l62_making *making, const char *symbol, char *const *next)
{
	static const char reference[] = ">>> referenced by ";
	const char *library = l62_library_of(symbol);
	char *place = NULL, *text;

	if (strcmp(symbol, "DriverEntry") == 0)
		return g_strdup_printf("none of the %u files defines DriverEntry",
		                       making->objects->len);
	/* The line of the source first; then, where there is none, the object. */
	for (; !place && g_str_has_prefix(*next, ">>> "); next++) {
		const char *line = *next + (g_str_has_prefix(*next, reference)
		                                    ? strlen(reference)
		                                    : strlen(">>> "));

		place = place_in(making, g_strstrip((char *)line));
	}
	if (library)
		text = g_strdup_printf("%s%s%s is of %s, which leak62 does not have",
		                       place ? place : "", place ? ": " : "", symbol, library);
	else
		text = g_strdup_printf("%s%s%s is defined in no file of the driver, and no "
		                       "library of the kernel's that leak62 has exports it",
		                       place ? place : "", place ? ": " : "", symbol);
	g_free(place);
	return text;
}

/* Adds to why what lld's log says; returns whether it is more than warnings. */
static bool read_log(const struct linking *linking, GPtrArray *why)
{
	static const char missing[] = "undefined symbol: ", import[] = "__declspec(dllimport) ";
	static const char twice[] = "duplicate symbol: DriverEntry";
	char *text = NULL;
	char **lines;
	guint before = why->len;

	if (!g_file_get_contents(linking->log, &text, NULL, NULL))
		return false;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		char *error = strstr(*line, "error: ");
		char *symbol = strstr(*line, missing);
		char *again = strstr(*line, twice);

		if (again && !again[strlen(twice)])
			g_ptr_array_add(why, g_strdup("several files define DriverEntry: name "
			                              "those of one driver"));
		else if (symbol) {
			symbol += strlen(missing);
			if (g_str_has_prefix(symbol, import))
				symbol += strlen(import);
			g_ptr_array_add(why, undefined(linking->making, symbol, line + 1));
		} else if (error) {
			g_ptr_array_add(why,
			                g_strconcat("linking: ", error + strlen("error: "), NULL));
		}
	}
	g_strfreev(lines);
	g_free(text);
	return why->len > before;
}

static int run(const struct linking *linking, GPtrArray *argv, struct l62_process_end *end,
               struct l62_error *err)
{
	struct l62_process process = {
	        .argv = (char **)argv->pdata,
	        .cwd = linking->making->folder,
	        .timeout = linking->making->build->timeout,
	        .own_group = true,
	};
	int status;

	process.out = process.err =
	        g_open(linking->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (process.out < 0)
		return l62_error_set(err, L62_E_IO, "%s cannot be written: %s", linking->log,
		                     g_strerror(errno));
	status = l62_process_run(&process, end, err);
	close(process.out);
	return status;
}

/* Without the support first; argv is the command with it. */
static int run_lld(const struct linking *linking, GPtrArray *argv, struct l62_process_end *end,
                   struct l62_error *err)
{
	GPtrArray *plain = command_of(linking, false);
	GPtrArray *why = g_ptr_array_new_with_free_func(g_free);
	int status = run(linking, plain, end, err);

	if (status == L62_OK && !end->interrupted && argv->len > plain->len &&
	    read_log(linking, why))
		status = run(linking, argv, end, err);
	g_ptr_array_unref(why);
	g_ptr_array_unref(plain);
	return status;
}

static int link_now(const struct linking *linking, GPtrArray *argv, const char *hash,
                    struct l62_error *err)
{
	struct l62_image *image = linking->making->image;
	struct l62_process_end end;
	GError *error = NULL;
	int status;

	g_unlink(linking->key);
	l62_making_progress(linking->making, linking->sys);
	status = run_lld(linking, argv, &end, err);
	if (status != L62_OK)
		return status;
	if (end.interrupted) {
		image->interrupted = end.interrupted;
		return L62_OK;
	}
	if (end.timed_out)
		g_ptr_array_add(image->why,
		                g_strdup("linking took longer than --tu-timeout allows"));
	else if (!read_log(linking, image->why) && end.exit_code != 0)
		g_ptr_array_add(image->why, g_strdup_printf("%s failed: see %s",
		                                            linking->making->build->tools->lld,
		                                            linking->log));
	if (image->why->len) {
		g_unlink(linking->sys);
		g_unlink(linking->pdb);
		return L62_OK;
	}
	image->linked = true;
	if (g_file_set_contents(linking->key, hash, -1, &error))
		return L62_OK;
	l62_error_set(err, L62_E_IO, "%s cannot be written: %s", linking->key, error->message);
	g_error_free(error);
	return L62_E_IO;
}

int l62_link_image(struct l62_making *making, struct l62_error *err)
{
	char *base = g_build_filename(making->folder, making->name, NULL);
	struct linking linking = {
	        .making = making,
	        .sys = g_strconcat(base, ".sys", NULL),
	        .pdb = g_strconcat(base, ".pdb", NULL),
	        .key = g_strconcat(base, ".sys.key", NULL),
	        .log = g_strconcat(base, ".sys.log", NULL),
	};
	int status = l62_exports_make(making, &linking.libraries, err);

	if (status == L62_OK && !making->image->interrupted) {
		GPtrArray *argv = command_of(&linking, true);
		char *hash = hash_of(&linking, argv);

		if (!is_right(&linking, hash))
			status = link_now(&linking, argv, hash, err);
		g_free(hash);
		g_ptr_array_unref(argv);
	}
	if (status == L62_OK && !making->image->interrupted && making->image->why->len == 0) {
		making->image->sys = g_steal_pointer(&linking.sys);
		making->image->pdb = g_steal_pointer(&linking.pdb);
	}
	g_ptr_array_unref(linking.libraries);
	g_free(linking.sys);
	g_free(linking.pdb);
	g_free(linking.key);
	g_free(linking.log);
	g_free(base);
	return status;
}
