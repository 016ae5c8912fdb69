/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Writes JSON to a file, whole or not at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"

static int write_all(int file, const json_t *object)
{
	mode_t mask = umask(0);

	umask(mask);
	if (fchmod(file, 0666 & ~mask) != 0 || json_dumpfd(object, file, JSON_INDENT(2)) != 0 ||
	    write(file, "\n", 1) != 1 || fsync(file) != 0)
		return -1;
	return 0;
}

/* A link to a file stays a link; a device or a pipe is nothing to rename over. */
int l62_json_write(const json_t *object, const char *path, struct l62_error *err)
{
	char *target = realpath(path, NULL), *temporary = NULL;
	struct stat status;
	int file = -1, written = -1;

	if (target && stat(target, &status) == 0 && !S_ISREG(status.st_mode)) {
		free(target);
		return l62_error_set(
		        err, L62_E_IO,
		        "cannot write JSON to '%s': it is not a regular file; name "
		        "another file",
		        path);
	}
	if (asprintf(&temporary, "%s.XXXXXX", target ? target : path) < 0)
		temporary = NULL;
	if (temporary)
		file = mkstemp(temporary);
	if (file >= 0) {
		written = write_all(file, object);
		if (close(file) != 0)
			written = -1;
		if (written == 0)
			written = rename(temporary, target ? target : path);
	}
	if (written != 0) {
		l62_error_set(err, L62_E_IO,
		              "cannot write JSON to '%s': %s; name a file in a folder that can "
		              "be written",
		              path, strerror(errno));
		if (file >= 0)
			unlink(temporary);
	}
	free(temporary);
	free(target);
	return written == 0 ? L62_OK : L62_E_IO;
}
