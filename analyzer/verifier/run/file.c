/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reading a file; see file.h. */
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST = 512 << 20 };

int l62_file_read(struct l62_file *file, const char *path, struct l62_error *err)
{
	FILE *stream = fopen(path, "rb");
	int status = L62_OK;
	struct stat about;

	*file = (struct l62_file){0};
	if (!stream)
		return l62_error_set(err, L62_E_IO, "cannot read %s: %s", path,
		                     strerror(errno));
	if (fstat(fileno(stream), &about) != 0 || !S_ISREG(about.st_mode) ||
	    about.st_size <= 0 || about.st_size > MOST) {
		fclose(stream);
		return l62_error_set(err, L62_E_IO,
		                     "cannot read %s: it is no file, empty or too large", path);
	}
	file->size = (size_t)about.st_size;
	file->data = malloc(file->size);
	if (!file->data)
		status = l62_error_set(err, L62_E_INTERNAL, "no memory");
	else if (fread(file->data, 1, file->size, stream) != file->size)
		status = l62_error_set(err, L62_E_IO, "cannot read all of %s", path);
	fclose(stream);
	if (status != L62_OK)
		l62_file_free(file);
	return status;
}

void l62_file_free(struct l62_file *file)
{
	free(file->data);
	*file = (struct l62_file){0};
}
