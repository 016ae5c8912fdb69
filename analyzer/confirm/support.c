/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Of the WDK's static libraries what drivers use most; mingw-w64 lacks it.  The sources of
 * wdk/ are written to WORK/confirm/lib and compiled beside the driver's, against
 * mingw-w64's headers; what the driver defines itself goes before.  Drivers that are
 * built with a WDK's own headers need none of it.  One that does not compile is left out.
 */
#include <errno.h>
#include <glib/gstdio.h>

#include "confirm.h"

extern const char l62_source_wdk[];
extern const char l62_source_strsafe[];
extern const char l62_source_intrinsics[];

static const struct source {
	const char *name, *text;
} sources[] = {
        {"confirm/lib/wdk.c", l62_source_wdk},
        {"confirm/lib/strsafe.c", l62_source_strsafe},
        {"confirm/lib/intrinsics.c", l62_source_intrinsics},
};

int l62_support_make(struct l62_making *making, struct l62_error *err)
{
	const struct l62_image_build *build = making->build;
	char *folder = l62_work_path(build->work, "confirm/lib");
	int status = L62_OK;

	if (g_mkdir_with_parents(folder, 0777) != 0)
		status = l62_error_set(err, L62_E_IO, "%s cannot be made: %s", folder,
		                       g_strerror(errno));
	g_free(folder);
	if (!build->headers || !build->headers->mingw)
		return status;
	for (size_t i = 0; i < G_N_ELEMENTS(sources) && status == L62_OK; i++) {
		GString *text = g_string_new(sources[i].text);
		char *path = l62_work_path(build->work, sources[i].name);

		status = l62_work_write(build->work, sources[i].name, text, err);
		if (status == L62_OK)
			g_ptr_array_add(making->own,
			                l62_unit_new(path,
			                             l62_driver_arguments(build->headers, NULL,
			                                                  L62_LANGUAGE_C),
			                             build->clang_version));
		g_free(path);
		g_string_free(text, TRUE);
	}
	return status;
}
