/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reading an entry of the project file's drivers. */
#include "reader.h"

#include <string.h>

static int add_pattern(struct l62_reader *reader, struct l62_config_driver *driver,
                       const yaml_node_t *node)
{
	const char *text = l62_reader_text(node), *why = NULL;
	struct l62_glob *glob;

	if (!text)
		return l62_reader_refuse(reader, node, "a pattern in 'files' must be a text");
	glob = l62_glob_new(reader->folder, text, &why);
	if (!glob)
		return l62_reader_refuse(reader, node, "files '%s': %s", text, why);
	g_ptr_array_add(driver->files, glob);
	return 0;
}

static int read_files(struct l62_reader *reader, struct l62_config_driver *driver,
                      const yaml_node_t *node)
{
	int status = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return add_pattern(reader, driver, node);
	for (const yaml_node_item_t *item = node->data.sequence.items.start;
	     status == 0 && item < node->data.sequence.items.top; item++)
		status = add_pattern(reader, driver, l62_reader_node(reader, *item));
	return status;
}

/* The name becomes that of a file, and the debugger's of a module. */
static int read_name(struct l62_reader *reader, struct l62_config_driver *driver,
                     const yaml_node_t *node)
{
	const char *text = l62_reader_text(node);

	if (!text || strpbrk(text, "/\\\n") || *text == '.')
		return l62_reader_refuse(reader, node,
		                         "'name' must be the name of a driver, without "
		                         "slashes and with no dot before it");
	for (guint i = 0; i < reader->config->drivers->len; i++) {
		const struct l62_config_driver *other =
		        g_ptr_array_index(reader->config->drivers, i);

		if (other != driver && strcmp(other->name, text) == 0)
			return l62_reader_refuse(reader, node,
			                         "there are two drivers '%s': join their files",
			                         text);
	}
	driver->name = g_strdup(text);
	return 0;
}

static int read_pair(struct l62_reader *reader, struct l62_config_driver *driver,
                     const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = l62_reader_node(reader, pair->key);
	const yaml_node_t *value = l62_reader_node(reader, pair->value);
	const char *name = l62_reader_text(key);

	if (name && strcmp(name, "name") == 0 && !driver->name)
		return read_name(reader, driver, value);
	if (name && strcmp(name, "files") == 0 && driver->files->len == 0)
		return read_files(reader, driver, value);
	return l62_reader_refuse(reader, key,
	                         "unexpected key '%s': a driver has one name and files",
	                         name ? name : "");
}

int l62_reader_driver(struct l62_reader *reader, const yaml_node_t *node)
{
	struct l62_config_driver *driver;
	int status = 0;

	if (node->type != YAML_MAPPING_NODE)
		return l62_reader_refuse(reader, node,
		                         "a driver must be a map with 'name' and 'files'");
	driver = g_new0(struct l62_config_driver, 1);
	driver->line = (int)node->start_mark.line + 1;
	driver->files = g_ptr_array_new_with_free_func((GDestroyNotify)l62_glob_free);
	g_ptr_array_add(reader->config->drivers, driver);
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     status == 0 && pair < node->data.mapping.pairs.top; pair++)
		status = read_pair(reader, driver, pair);
	if (status != 0)
		return status;
	if (!driver->name || driver->files->len == 0)
		return l62_reader_refuse(reader, node, "this driver has no '%s'",
		                         driver->name ? "files" : "name");
	return 0;
}
