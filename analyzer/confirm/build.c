/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See build.h: compiles the units, several at once, then links. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "confirm.h"

const struct l62_image_variant l62_image_plain = {.name = "plain"};

/* A name as that of a file of its own. */
static char *file_name(const char *name)
{
	char *safe = g_strdup(name);

	for (char *c = safe; *c; c++) {
		if (!g_ascii_isalnum(*c) && !strchr("._-+", *c))
			*c = '_';
	}
	if (*safe == '.' || !*safe) {
		char *hidden = safe;

		safe = g_strconcat("_", hidden, NULL);
		g_free(hidden);
	}
	return safe;
}

char *l62_making_object(const struct l62_making *making, const struct l62_unit *unit)
{
	/* args/STEM: unique among the units of a work folder. */
	const char *stem = strrchr(unit->args_file, '/');
	char *name = g_strconcat(stem ? stem + 1 : unit->args_file, ".obj", NULL);
	char *path = g_build_filename(making->folder, name, NULL);

	g_free(name);
	return path;
}

const char *l62_making_hash(struct l62_making *making, const char *path)
{
	char *content = NULL, *hash;
	gsize length;

	g_mutex_lock(&making->mutex);
	hash = g_hash_table_lookup(making->hashes, path);
	g_mutex_unlock(&making->mutex);
	if (hash)
		return hash;
	if (g_file_get_contents(path, &content, &length, NULL))
		hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)content,
		                                   length);
	else
		hash = g_strdup("");
	g_free(content);
	g_mutex_lock(&making->mutex);
	if (g_hash_table_contains(making->hashes, path)) {
		g_free(hash);
		hash = g_hash_table_lookup(making->hashes, path);
	} else {
		g_hash_table_insert(making->hashes, g_strdup(path), hash);
	}
	g_mutex_unlock(&making->mutex);
	return hash;
}

void l62_making_forget(struct l62_making *making, const char *path)
{
	g_mutex_lock(&making->mutex);
	g_hash_table_remove(making->hashes, path);
	g_mutex_unlock(&making->mutex);
}

void l62_making_fail(struct l62_making *making, int status, const struct l62_error *err)
{
	g_mutex_lock(&making->mutex);
	if (making->status == L62_OK) {
		making->status = status;
		making->err = *err;
	}
	g_mutex_unlock(&making->mutex);
}

void l62_making_progress(struct l62_making *making, const char *path)
{
	if (!making->build->progress)
		return;
	g_mutex_lock(&making->mutex);
	making->build->progress(making->build->data, path);
	g_mutex_unlock(&making->mutex);
}

static bool goes_on(struct l62_making *making)
{
	bool on;

	g_mutex_lock(&making->mutex);
	on = making->status == L62_OK && !making->image->interrupted;
	g_mutex_unlock(&making->mutex);
	return on;
}

static void compile_one(gpointer unit, gpointer data)
{
	struct l62_making *making = data;

	if (goes_on(making))
		l62_compile(making, unit);
}

/* An exclusive pool: a thread lives as long as its clang, which ends with it. */
static void compile_all(struct l62_making *making)
{
	const struct l62_image_build *build = making->build;
	GThreadPool *pool =
	        g_thread_pool_new(compile_one, making, (gint)MAX(build->jobs, 1), TRUE, NULL);

	for (guint i = 0; i < build->units->len; i++)
		g_thread_pool_push(pool, g_ptr_array_index(build->units, i), NULL);
	for (guint i = 0; i < making->support->len; i++)
		g_thread_pool_push(pool, g_ptr_array_index(making->support, i), NULL);
	g_thread_pool_free(pool, FALSE, TRUE);
}

/* In the order of the units. */
static void collect_reasons(const struct l62_making *making, const GPtrArray *units)
{
	for (guint i = 0; units && i < units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(units, i);
		const char *why = g_hash_table_lookup(making->reasons, unit->source);

		if (why)
			g_ptr_array_add(making->image->why, g_strdup(why));
	}
}

/* An image of what the sources no longer are. */
static void remove_image(const struct l62_making *making)
{
	static const char *const suffixes[] = {".sys", ".pdb", ".sys.key"};

	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		char *name = g_strconcat(making->name, suffixes[i], NULL);
		char *path = g_build_filename(making->folder, name, NULL);

		g_unlink(path);
		g_free(path);
		g_free(name);
	}
}

static int make(struct l62_making *making, struct l62_error *err)
{
	int status;

	if (g_mkdir_with_parents(making->folder, 0777) != 0)
		return l62_error_set(err, L62_E_IO, "%s cannot be made: %s", making->folder,
		                     g_strerror(errno));
	status = l62_support_make(making, err);
	if (status != L62_OK)
		return status;
	g_ptr_array_extend(making->support, making->own, NULL, NULL);
	if (making->build->more)
		g_ptr_array_extend(making->support, (GPtrArray *)making->build->more, NULL,
		                   NULL);
	compile_all(making);
	if (making->status != L62_OK) {
		*err = making->err;
		return making->status;
	}
	if (making->image->interrupted)
		return L62_OK;
	collect_reasons(making, making->build->units);
	if (making->image->why->len == 0)
		status = l62_link_image(making, err);
	else
		remove_image(making);
	/* What it lacks may be in one of these. */
	if (status == L62_OK && making->image->why->len)
		collect_reasons(making, making->build->more);
	return status;
}

static void free_unit(gpointer unit)
{
	l62_unit_free(unit);
}

int l62_image_build(const struct l62_image_build *build, struct l62_image *image,
                    struct l62_error *err)
{
	struct l62_making making = {.build = build, .image = image};
	char *below;
	int status;

	memset(image, 0, sizeof(*image));
	image->why = g_ptr_array_new_with_free_func(g_free);
	making.name = file_name(build->driver);
	below = g_build_filename("confirm", making.name, build->variant->name, NULL);
	making.folder = l62_work_path(build->work, below);
	g_free(below);
	making.objects = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < build->units->len; i++)
		g_ptr_array_add(making.objects,
		                l62_making_object(&making, g_ptr_array_index(build->units, i)));
	making.own = g_ptr_array_new_with_free_func(free_unit);
	making.support = g_ptr_array_new();
	making.hashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	making.reasons = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	g_mutex_init(&making.mutex);
	status = make(&making, err);
	g_mutex_clear(&making.mutex);
	g_hash_table_unref(making.reasons);
	g_hash_table_unref(making.hashes);
	g_ptr_array_unref(making.support);
	g_ptr_array_unref(making.own);
	g_ptr_array_unref(making.objects);
	g_free(making.folder);
	g_free(making.name);
	return status;
}

void l62_image_clear(struct l62_image *image)
{
	g_free(image->sys);
	g_free(image->pdb);
	if (image->why)
		g_ptr_array_unref(image->why);
	memset(image, 0, sizeof(*image));
}
