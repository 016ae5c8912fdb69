/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See support.h. */
#include "support.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

void assert_strings(const GPtrArray *array, ...)
{
	va_list expected;
	const char *text;
	guint at = 0;

	va_start(expected, array);
	while ((text = va_arg(expected, const char *))) {
		if (at >= array->len)
			fail_msg("\"%s\" is missing", text);
		assert_string_equal(g_ptr_array_index(array, at), text);
		at++;
	}
	va_end(expected);
	if (at < array->len)
		fail_msg("\"%s\" is too much", (const char *)g_ptr_array_index(array, at));
}

int scratch_setup(void **state)
{
	/* Resolved: tests compare paths. */
	char *folder = g_dir_make_tmp("leak62 test-XXXXXX", NULL);

	*state = folder ? realpath(folder, NULL) : NULL;
	g_free(folder);
	return *state ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

int scratch_teardown(void **state)
{
	int status = nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return status;
}

char *scratch_write(void *const *state, const char *name, const char *text)
{
	char *path = g_build_filename(*state, name, NULL);
	char *folder = g_path_get_dirname(path);

	assert_int_equal(g_mkdir_with_parents(folder, 0777), 0);
	assert_true(g_file_set_contents(path, text, -1, NULL));
	g_free(folder);
	return path;
}
