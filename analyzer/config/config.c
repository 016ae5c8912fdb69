/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The project file once it is read: where it is looked for, and what its entries fit.
 */
#include "config.h"

#include <string.h>

char *l62_config_find(const char *const *folders)
{
	for (; *folders; folders++) {
		char *path = g_build_filename(*folders, L62_CONFIG_NAME, NULL);

		if (g_file_test(path, G_FILE_TEST_EXISTS))
			return path;
		g_free(path);
	}
	return NULL;
}

void l62_config_free(struct l62_config *config)
{
	if (!config)
		return;
	g_ptr_array_unref(config->suppress);
	g_ptr_array_unref(config->drivers);
	g_ptr_array_unref(config->resources);
	g_free(config->path);
	g_free(config);
}

/* Tags are four bytes; blanks at their end need not be written. */
static bool same_tag(const char *wanted, const char *tag)
{
	size_t length = strlen(tag);

	while (length && tag[length - 1] == ' ')
		length--;
	return strncmp(wanted, tag, length) == 0 &&
	       !wanted[length + strspn(wanted + length, " ")];
}

static bool fits(const char *wanted, const char *found)
{
	return !wanted || (found && strcmp(wanted, found) == 0);
}

bool l62_config_driver_has(const struct l62_config_driver *driver, const char *file)
{
	for (guint i = 0; i < driver->files->len; i++)
		if (l62_glob_matches(g_ptr_array_index(driver->files, i), file))
			return true;
	return false;
}

char *l62_config_resource_row(const struct l62_config_resource *resource)
{
	return g_strdup_printf("%s %s %s %d %d %d %s",
	                       resource->acquires ? "acquire" : "release", resource->routine,
	                       resource->kind, resource->at, resource->size, resource->tag,
	                       resource->fails ? resource->fails : "NEVER");
}

bool l62_suppress_matches(const struct l62_suppress *suppress,
                          const struct l62_finding *finding)
{
	if (suppress->rule && suppress->rule != finding->rule)
		return false;
	if (!fits(suppress->function, finding->function) ||
	    !fits(suppress->variable, finding->variable))
		return false;
	if (suppress->tag && !(finding->tag && same_tag(suppress->tag, finding->tag)))
		return false;
	return !suppress->file || l62_glob_matches(suppress->file, finding->at.file) ||
	       l62_glob_matches(suppress->file, finding->site.file);
}
