/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See input.h. */
#include "input.h"

#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *folder;

static void remove_folder(void)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		unlink(path);
	}
	if (dir)
		g_dir_close(dir);
	rmdir(folder);
	g_free(folder);
}

const char *input_folder(void)
{
	if (!folder) {
		folder = g_dir_make_tmp("leak62-fuzz-XXXXXX", NULL);
		if (!folder)
			abort();
		atexit(remove_folder);
	}
	return folder;
}

const char *input_file(const char *name, const uint8_t *data, size_t size)
{
	static char *path;
	int file;

	if (!path)
		path = g_build_filename(input_folder(), name, NULL);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0 || write(file, data, size) != (ssize_t)size || close(file) != 0) {
		perror(path);
		abort();
	}
	return path;
}
