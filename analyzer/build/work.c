/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The lock is an flock() on an open file: the kernel drops it when the last
 * process that has it open ends, however it ends.
 */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

char *l62_work_path(const struct l62_work *work, const char *name)
{
	return g_build_filename(work->path, name, NULL);
}

static int make_folder(const struct l62_work *work, const char *name, struct l62_error *err)
{
	char *path = l62_work_path(work, name);
	int status = L62_OK;

	if (g_mkdir_with_parents(path, 0777) != 0)
		status = l62_error_set(err, L62_E_USAGE,
		                       "the work folder %s cannot be made: %s; name another "
		                       "one with --work",
		                       path, g_strerror(errno));
	g_free(path);
	return status;
}

/* What a unit's files go to, and how their names end. */
static const struct product {
	const char *folder, *suffixes[4];
} products[] = {
        {"args", {NULL}},
        {"links", {NULL}},
        {"skel", {".skel", ".db", ".db.log"}},
        {"sums", {".sum"}},
        {"facts", {".db", ".db.log"}},
        {"alone", {".db", ".db.log"}},
};

int l62_work_open(struct l62_work *work, const char *path, struct l62_error *err)
{
	GString *everything = g_string_new("*\n");
	char *lock;
	int status = L62_OK;

	work->path = g_canonicalize_filename(path, NULL);
	work->lock = -1;
	for (size_t i = 0; i < G_N_ELEMENTS(products) && status == L62_OK; i++)
		status = make_folder(work, products[i].folder, err);
	if (status == L62_OK)
		status = l62_work_write(work, ".gitignore", everything, err);
	g_string_free(everything, TRUE);
	if (status == L62_OK) {
		lock = l62_work_path(work, "lock");
		/* Not close-on-exec: what the scan starts keeps the lock. */
		work->lock = g_open(lock, O_RDWR | O_CREAT, 0666);
		if (work->lock < 0)
			status = l62_error_set(err, L62_E_USAGE,
			                       "the lock %s cannot be opened: %s", lock,
			                       g_strerror(errno));
		g_free(lock);
	}
	if (status != L62_OK)
		l62_work_close(work);
	return status;
}

void l62_work_close(struct l62_work *work)
{
	if (work->lock >= 0)
		close(work->lock);
	g_free(work->path);
	work->path = NULL;
	work->lock = -1;
}

int l62_work_lock(struct l62_work *work, bool wait, bool *locked, struct l62_error *err)
{
	int result;

	do {
		result = flock(work->lock, LOCK_EX | (wait ? 0 : LOCK_NB));
	} while (result != 0 && errno == EINTR);
	*locked = result == 0;
	if (result != 0 && errno != EWOULDBLOCK)
		return l62_error_set(err, L62_E_IO, "%s/lock cannot be locked: %s", work->path,
		                     g_strerror(errno));
	return L62_OK;
}

static bool is_product(const struct product *product, const char *name)
{
	for (const char *const *suffix = product->suffixes; *suffix; suffix++) {
		if (g_str_has_suffix(name, *suffix))
			return true;
	}
	return false;
}

static void sweep(const struct l62_work *work, const struct product *product)
{
	char *folder = l62_work_path(work, product->folder);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path;

		if (is_product(product, name))
			continue;
		path = g_build_filename(folder, name, NULL);
		g_unlink(path);
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
	g_free(folder);
}

void l62_work_sweep(const struct l62_work *work)
{
	for (size_t i = 0; i < G_N_ELEMENTS(products); i++) {
		if (products[i].suffixes[0])
			sweep(work, &products[i]);
	}
}

int l62_work_write(const struct l62_work *work, const char *name, const GString *content,
                   struct l62_error *err)
{
	char *path = l62_work_path(work, name);
	char *old = NULL;
	gsize length = 0;
	GError *error = NULL;
	int status = L62_OK;

	if (g_file_get_contents(path, &old, &length, NULL) && length == content->len &&
	    memcmp(old, content->str, length) == 0)
		goto out;
	if (!g_file_set_contents(path, content->str, (gssize)content->len, &error)) {
		status = l62_error_set(err, L62_E_IO, "%s cannot be written: %s", path,
		                       error->message);
		g_error_free(error);
	}
out:
	g_free(old);
	g_free(path);
	return status;
}
