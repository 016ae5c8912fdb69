/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The files in focus are known by device and inode: clang names a file as its
 * command did, which need not be the name the database has.
 */
#include "scan_focus.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

static bool same_file(const char *a, const char *b)
{
	struct stat one, other;

	if (strcmp(a, b) == 0)
		return true;
	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

static bool in_focus(const GPtrArray *focus, const char *file)
{
	for (guint i = 0; i < focus->len; i++) {
		if (same_file(file, g_ptr_array_index(focus, i)))
			return true;
	}
	return false;
}

/* Whether the teardown routine that misses the release is in focus. */
static bool misses_in(const GPtrArray *focus, const struct l62_finding *finding)
{
	for (guint i = 0; finding->also && i < finding->also->len; i++) {
		const struct l62_also *also = &g_array_index(finding->also, struct l62_also, i);

		if (also->role == L62_ALSO_TEARDOWN && in_focus(focus, also->at.file))
			return true;
	}
	return false;
}

void l62_scan_focus_apply(const GPtrArray *focus, struct l62_result *result)
{
	GPtrArray *findings = result->findings;

	if (focus->len == 0)
		return;
	for (guint i = findings->len; i > 0; i--) {
		const struct l62_finding *finding = g_ptr_array_index(findings, i - 1);

		if (!in_focus(focus, finding->at.file) &&
		    !in_focus(focus, finding->site.file) && !misses_in(focus, finding))
			g_ptr_array_remove_index(findings, i - 1);
	}
	result->focus = focus->len;
}
