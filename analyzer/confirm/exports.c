/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What drivers link to.  mingw-w64's import libraries lack what came after Windows 8, so that
 * leak62 makes its own, which come first:
 *
 *   ntoskrnl.exe, fltmgr.sys   the names of ntoskrnl.def and fltmgr.def, and every service
 *                              of the verifier core that is in neither
 *
 * A driver may thus link to a routine that the verifier core lacks; it says so when it is
 * called.  Libraries lie in WORK/confirm/lib and are made again when their names change.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "confirm.h"
#include "leak62/verifier.h"
#include "process.h"

extern const char l62_def_ntoskrnl[];
extern const char l62_def_fltmgr[];

static const struct module {
	const char *name, *file;
	const char *text;   /* its .def */
	const char *prefix; /* of the services that are its own; NULL: all others */
} modules[] = {
        {"fltmgr", "fltmgr.sys", l62_def_fltmgr, "Flt"},
        {"ntoskrnl", "ntoskrnl.exe", l62_def_ntoskrnl, NULL},
};

/* What a .def file has: name -> itself. */
static GHashTable *names_of(const char *def)
{
	GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	char **lines = g_strsplit(def, "\n", -1);

	for (char **line = lines; *line; line++) {
		char *end = strchr(*line, ' ');

		if (**line && **line != ';' && !g_str_has_prefix(*line, "LIBRARY"))
			g_hash_table_add(names, end ? g_strndup(*line, (gsize)(end - *line))
			                            : g_strdup(*line));
	}
	g_strfreev(lines);
	return names;
}

static bool is_of(const struct module *module, const char *name)
{
	return g_str_has_prefix(name, "Flt") == (module->prefix != NULL);
}

static void add_name(GString *text, GHashTable *names, const char *name, bool is_data)
{
	if (g_hash_table_add(names, g_strdup(name)))
		g_string_append_printf(text, "%s%s\n", name, is_data ? " DATA" : "");
}

/* The module's whole .def. */
static GString *definition(const struct l62_making *making, const struct module *module)
{
	const char *const *more = making->build->variant->import;
	GHashTable *names = names_of(module->text);
	GString *text = g_string_new(module->text);
	const char *name;
	bool is_data;

	for (size_t i = 0; (name = l62_verify_service(i, &is_data)); i++) {
		if (is_of(module, name))
			add_name(text, names, name, is_data);
	}
	for (; more && *more; more++) {
		if (is_of(module, *more))
			add_name(text, names, *more, false);
	}
	g_hash_table_unref(names);
	return text;
}

static int run_dlltool(struct l62_making *making, const struct module *module, const char *def,
                       const char *library, struct l62_error *err)
{
	char *argv[] = {making->build->tools->dlltool, (char *)"-m", (char *)"i386:x86-64",
	                (char *)"-D", (char *)module->file, (char *)"-d", (char *)def,
	                (char *)"-l", (char *)library, NULL};
	struct l62_process process = {.argv = argv, .out = -1, .err = -1,
	                              .timeout = making->build->timeout, .own_group = true};
	struct l62_process_end end;
	int status = l62_process_run(&process, &end, err);

	if (status == L62_OK && end.interrupted)
		making->image->interrupted = end.interrupted;
	else if (status == L62_OK && end.exit_code != 0)
		status = l62_error_set(err, L62_E_INTERNAL,
		                       "%s could not make %s: run it on %s to see why",
		                       making->build->tools->dlltool, library, def);
	return status;
}

/* The names are in the library's own name: another variant may have others. */
static int make_library(struct l62_making *making, const struct module *module, char **library,
                        struct l62_error *err)
{
	GString *text = definition(making, module);
	char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
	char *stem = g_strdup_printf("confirm/lib/%s-%.16s", module->name, hash);
	char *def_name = g_strconcat(stem, ".def", NULL);
	char *name = g_strconcat(stem, ".a", NULL);
	char *draft_name = g_strconcat(stem, ".new", NULL);
	char *def = l62_work_path(making->build->work, def_name);
	char *draft = l62_work_path(making->build->work, draft_name);
	int status = L62_OK;

	*library = l62_work_path(making->build->work, name);
	if (!g_file_test(*library, G_FILE_TEST_IS_REGULAR)) {
		status = l62_work_write(making->build->work, def_name, text, err);
		if (status == L62_OK)
			status = run_dlltool(making, module, def, draft, err);
		if (status == L62_OK && !making->image->interrupted &&
		    g_rename(draft, *library) != 0)
			status = l62_error_set(err, L62_E_IO, "%s cannot be made: %s", *library,
			                       g_strerror(errno));
	}
	g_free(draft);
	g_free(def);
	g_free(draft_name);
	g_free(name);
	g_free(def_name);
	g_free(stem);
	g_free(hash);
	g_string_free(text, TRUE);
	return status;
}

/* Those of mingw-w64 that drivers use; what it does not have is left out. */
static void add_mingw(GPtrArray *libraries, const char *folder)
{
	static const char *const names[] = {"ntoskrnl", "hal",   "wmilib", "ndis",
	                                    "netio",    "usbd",  "hidclass", "hidparse",
	                                    "classpnp", "ksecdd", "ks"};

	for (size_t i = 0; folder && i < G_N_ELEMENTS(names); i++) {
		char *path = g_strdup_printf("%s/lib%s.a", folder, names[i]);

		if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(libraries, path);
		else
			g_free(path);
	}
}

int l62_exports_make(struct l62_making *making, GPtrArray **libraries, struct l62_error *err)
{
	int status = L62_OK;

	*libraries = g_ptr_array_new_with_free_func(g_free);
	for (size_t i = 0; i < G_N_ELEMENTS(modules) && status == L62_OK; i++) {
		char *library = NULL;

		status = make_library(making, &modules[i], &library, err);
		g_ptr_array_add(*libraries, library);
	}
	add_mingw(*libraries, making->build->tools->mingw);
	return status;
}
