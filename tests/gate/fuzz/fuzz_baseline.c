/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A baseline that is anything: read whole, or refused with a reason; and what was read
 * and written is read again as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "baseline.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static GPtrArray *read_text(const void *data, size_t size, struct l62_error *err)
{
	GPtrArray *entries = NULL;
	int file = memfd_create("baseline", 0);
	char *path = g_strdup_printf("/proc/self/fd/%d", file);

	if (file < 0 || write(file, data, size) != (ssize_t)size)
		abort();
	if (l62_baseline_read(path, &entries, err) != L62_OK)
		entries = NULL;
	close(file);
	g_free(path);
	return entries;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static char path[] = "/tmp/leak62-fuzz-XXXXXX";
	static int made = -1;
	struct l62_error err = {.text = ""};
	GPtrArray *entries = read_text(data, size, &err), *again = NULL;

	if (!entries) {
		if (!*err.text)
			abort();
		return 0;
	}
	if (made < 0) {
		made = mkstemp(path);
		if (made < 0)
			abort();
	}
	if (l62_baseline_write(path, entries, &err) != L62_OK ||
	    l62_baseline_read(path, &again, &err) != L62_OK || again->len != entries->len)
		abort();
	unlink(path);
	g_ptr_array_unref(again);
	g_ptr_array_unref(entries);
	return 0;
}
