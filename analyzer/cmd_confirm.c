/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 confirm: builds the image of the driver that a scan with the same arguments reads,
 * and says where it is.  Exits 0 with an image, 3 without.
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "commands.h"
#include "driver.h"
#include "process.h"
#include "scan_options.h"
#include "scan_set_up.h"
#include "scan_units.h"
#include "toolchain.h"
#include "unit.h"
#include "work.h"

struct confirm {
	struct l62_scan_options options;
	struct l62_scan_units units;
	struct l62_driver driver;
	struct l62_toolchain toolchain;
	struct l62_image_tools tools;
	struct l62_work work;
	GPtrArray *all, *chosen; /* of struct l62_unit */
	GPtrArray *assembler;    /* likewise */
	char *cwd;
};

/* Everything that exits 2 when it fails. */
static int prepare(struct confirm *confirm, struct l62_error *err)
{
	int status = l62_scan_units_choose(&confirm->units, &confirm->options, err);

	for (guint i = 0; i < confirm->units.warnings->len; i++)
		l62_complain("warning: %s",
		             (const char *)g_ptr_array_index(confirm->units.warnings, i));
	if (status == L62_OK)
		status = l62_scan_set_up_driver(&confirm->driver, &confirm->options,
		                                &confirm->units, confirm->cwd, err);
	if (status == L62_OK)
		status = l62_toolchain_find(&confirm->toolchain, confirm->options.clang,
		                            confirm->options.plugin, err);
	if (status == L62_OK)
		status = l62_image_tools_find(&confirm->tools, confirm->toolchain.clang,
		                              confirm->options.lld, confirm->options.dlltool,
		                              err);
	if (status != L62_OK)
		return status;
	l62_scan_units_make(&confirm->units, &confirm->driver, LEAK62_VERSION, L62_STAGE_PATHS,
	                    &confirm->all, &confirm->chosen);
	status = l62_scan_units_assembler(&confirm->units, &confirm->assembler, err);
	if (status != L62_OK)
		return status;
	return l62_scan_open_work(&confirm->work, &confirm->options, &confirm->units,
	                          confirm->cwd, err);
}

static void show_progress(void *data, const char *path)
{
	(void)data;
	fprintf(stderr, "leak62: building %s\n", path);
}

static int report(const struct l62_image *image, const char *driver)
{
	if (image->sys) {
		printf("%s: built as %s\n", driver, image->sys);
		return L62_EXIT_CLEAN;
	}
	for (guint i = 0; i < image->why->len; i++)
		l62_complain("%s: not built: %s", driver,
		             (const char *)g_ptr_array_index(image->why, i));
	return L62_EXIT_INCOMPLETE;
}

static int build(struct confirm *confirm)
{
	char *name = confirm->options.driver ? g_strdup(confirm->options.driver)
	                                     : l62_unit_driver_name(confirm->chosen);
	struct l62_image_build build = {
	        .tools = &confirm->tools,
	        .work = &confirm->work,
	        .clang_version = confirm->toolchain.clang_version,
	        .driver = name,
	        .units = confirm->chosen,
	        .more = confirm->assembler,
	        .headers = &confirm->driver,
	        .variant = &l62_image_plain,
	        .jobs = confirm->options.jobs,
	        .timeout = confirm->options.timeout,
	        .progress = confirm->options.verbose ? show_progress : NULL,
	};
	struct l62_image image;
	struct l62_error err;
	int exit_code = L62_EXIT_INTERNAL;

	if (l62_image_build(&build, &image, &err) != L62_OK)
		l62_complain("%s", err.text);
	else if (image.interrupted)
		l62_process_die(image.interrupted);
	else
		exit_code = report(&image, name);
	l62_image_clear(&image);
	g_free(name);
	return exit_code;
}

static int run(struct confirm *confirm)
{
	struct l62_error err;
	int status = prepare(confirm, &err);

	if (status == L62_OK)
		return build(confirm);
	l62_complain("%s", err.text);
	return status == L62_E_INTERNAL ? L62_EXIT_INTERNAL : L62_EXIT_USAGE;
}

static void free_confirm(struct confirm *confirm)
{
	l62_driver_clear(&confirm->driver);
	l62_scan_units_clear(&confirm->units);
	l62_toolchain_clear(&confirm->toolchain);
	l62_image_tools_clear(&confirm->tools);
	l62_work_close(&confirm->work);
	if (confirm->chosen)
		g_ptr_array_unref(confirm->chosen);
	if (confirm->all)
		g_ptr_array_unref(confirm->all);
	if (confirm->assembler)
		g_ptr_array_unref(confirm->assembler);
	g_free(confirm->cwd);
}

int l62_cmd_confirm(int argc, char **argv)
{
	struct confirm confirm = {.work = {.lock = -1}};
	struct l62_error err;
	int exit_code;

	if (l62_scan_options_parse(&confirm.options, argc, argv, &err) != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = L62_EXIT_USAGE;
	} else if (confirm.options.help) {
		l62_confirm_options_help();
		exit_code = L62_EXIT_CLEAN;
	} else {
		confirm.cwd = g_get_current_dir();
		l62_driver_init(&confirm.driver);
		exit_code = run(&confirm);
		free_confirm(&confirm);
	}
	l62_scan_options_clear(&confirm.options);
	return exit_code;
}
