/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reading the project file.  Everything that is not understood is an error: an entry
 * with a misspelt key would suppress more than it says, or nothing.
 *
 * One table says what an entry may hold.  To add a criterion: 1. a field in config.h;
 * 2. a row in keys[] and a setter; 3. a line in l62_suppress_matches().
 */
#include "reader.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

int l62_reader_refuse(const struct l62_reader *reader, const yaml_node_t *node,
                      const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	l62_error_set(reader->err, L62_E_FORMAT, "%s(%zu): %s", reader->path,
	              node->start_mark.line + 1, text);
	g_free(text);
	return L62_E_FORMAT;
}

static int set_rule(struct l62_reader *reader, struct l62_suppress *suppress,
                    const yaml_node_t *node, const char *value)
{
	size_t count;
	const struct l62_rule *rules = l62_rules(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(rules[i].id, value) == 0 || strcmp(rules[i].name, value) == 0)
			suppress->rule = &rules[i];
	if (suppress->rule)
		return 0;
	return l62_reader_refuse(reader, node, "there is no rule '%s': see leak62 scan --rules",
	                         value);
}

static int set_file(struct l62_reader *reader, struct l62_suppress *suppress,
                    const yaml_node_t *node, const char *value)
{
	const char *why = NULL;

	suppress->file = l62_glob_new(reader->folder, value, &why);
	return suppress->file ? 0
	                      : l62_reader_refuse(reader, node, "file '%s': %s", value, why);
}

static int set_function(struct l62_reader *reader, struct l62_suppress *suppress,
                        const yaml_node_t *node, const char *value)
{
	(void)reader;
	(void)node;
	suppress->function = g_strdup(value);
	return 0;
}

static int set_tag(struct l62_reader *reader, struct l62_suppress *suppress,
                   const yaml_node_t *node, const char *value)
{
	suppress->tag = g_strdup(value);
	return strlen(value) <= 4
	               ? 0
	               : l62_reader_refuse(reader, node,
	                                   "tag '%s' is longer than four characters", value);
}

static int set_variable(struct l62_reader *reader, struct l62_suppress *suppress,
                        const yaml_node_t *node, const char *value)
{
	(void)reader;
	(void)node;
	suppress->variable = g_strdup(value);
	return 0;
}

static int set_reason(struct l62_reader *reader, struct l62_suppress *suppress,
                      const yaml_node_t *node, const char *value)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t\r\n", -1);
	GString *line = g_string_new(NULL);

	(void)reader;
	(void)node;
	for (char **word = words; *word; word++)
		if (**word)
			g_string_append_printf(line, "%s%s", line->len ? " " : "", *word);
	suppress->reason = g_string_free(line, FALSE);
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct l62_reader *, struct l62_suppress *, const yaml_node_t *,
	           const char *);
} keys[] = {
        {"rule", set_rule}, {"file", set_file},         {"function", set_function},
        {"tag", set_tag},   {"variable", set_variable}, {"reason", set_reason},
};

static void suppress_free(void *data)
{
	struct l62_suppress *suppress = data;

	l62_glob_free(suppress->file);
	g_free(suppress->function);
	g_free(suppress->tag);
	g_free(suppress->variable);
	g_free(suppress->reason);
	g_free(suppress);
}

static void driver_free(void *data)
{
	struct l62_config_driver *driver = data;

	g_ptr_array_unref(driver->files);
	g_free(driver->name);
	g_free(driver);
}

static void resource_free(void *data)
{
	struct l62_config_resource *resource = data;

	g_free(resource->routine);
	g_free(resource);
}

const yaml_node_t *l62_reader_node(const struct l62_reader *reader, int index)
{
	return yaml_document_get_node(reader->document, index);
}

const char *l62_reader_text(const yaml_node_t *node)
{
	static const char *const nothing[] = {"", "~", "null", "Null", "NULL", NULL};
	const char *text;

	if (node->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)node->data.scalar.value;
	if (strlen(text) != node->data.scalar.length || !text[strspn(text, " \t\r\n")])
		return NULL;
	if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    g_strv_contains(nothing, text))
		return NULL;
	return text;
}

static int read_pair(struct l62_reader *reader, struct l62_suppress *suppress, unsigned *seen,
                     const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = l62_reader_node(reader, pair->key);
	const yaml_node_t *value = l62_reader_node(reader, pair->value);
	const char *name = l62_reader_text(key);
	size_t i = 0;

	while (name && i < G_N_ELEMENTS(keys) && strcmp(keys[i].name, name) != 0)
		i++;
	if (!name || i == G_N_ELEMENTS(keys))
		return l62_reader_refuse(
		        reader, key,
		        "unknown key '%s': a suppression has rule, file, function, tag, "
		        "variable and reason",
		        name ? name : "");
	if (*seen & 1u << i)
		return l62_reader_refuse(reader, key,
		                         "'%s' is there twice: write two suppressions", name);
	*seen |= 1u << i;
	if (!l62_reader_text(value))
		return l62_reader_refuse(reader, key, "'%s' must be a text", name);
	return keys[i].set(reader, suppress, value, l62_reader_text(value));
}

static int read_suppress(struct l62_reader *reader, const yaml_node_t *node)
{
	struct l62_suppress *suppress;
	unsigned seen = 0;
	int status = 0;

	if (node->type != YAML_MAPPING_NODE)
		return l62_reader_refuse(
		        reader, node,
		        "a suppression must be a map such as 'rule: LEAK6201' with a "
		        "'reason:'");
	suppress = g_new0(struct l62_suppress, 1);
	suppress->line = (int)node->start_mark.line + 1;
	g_ptr_array_add(reader->config->suppress, suppress);
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     status == 0 && pair < node->data.mapping.pairs.top; pair++)
		status = read_pair(reader, suppress, &seen, pair);
	if (status != 0)
		return status;
	if (!suppress->reason)
		return l62_reader_refuse(
		        reader, node,
		        "this suppression has no 'reason': say why the finding need not "
		        "be looked at");
	if (!suppress->rule && !suppress->file && !suppress->function && !suppress->tag &&
	    !suppress->variable)
		return l62_reader_refuse(
		        reader, node,
		        "this suppression would take everything: name a rule, file, "
		        "function, tag or variable");
	return 0;
}

/* What the file may hold: lists. */
static const struct {
	const char *name;
	int (*read)(struct l62_reader *reader, const yaml_node_t *node);
} lists[] = {{"suppress", read_suppress},
             {"drivers", l62_reader_driver},
             {"resources", l62_reader_resource}};

static int read_list(struct l62_reader *reader, size_t which, const yaml_node_t *key,
                     const yaml_node_t *list)
{
	int status = 0;

	if (list->type == YAML_SCALAR_NODE && !l62_reader_text(list))
		return 0;
	if (list->type != YAML_SEQUENCE_NODE)
		return l62_reader_refuse(reader, key,
		                         "'%s' must be a list: start each entry with '- '",
		                         lists[which].name);
	for (const yaml_node_item_t *item = list->data.sequence.items.start;
	     status == 0 && item < list->data.sequence.items.top; item++)
		status = lists[which].read(reader, l62_reader_node(reader, *item));
	return status;
}

static int read_root(struct l62_reader *reader)
{
	const yaml_node_t *root = yaml_document_get_root_node(reader->document);
	bool seen[G_N_ELEMENTS(lists)] = {false};
	int status = 0;

	if (!root || (root->type == YAML_SCALAR_NODE && !l62_reader_text(root)))
		return 0; /* nothing but comments */
	if (root->type != YAML_MAPPING_NODE)
		return l62_reader_refuse(
		        reader, root,
		        "the file must be a map with the keys 'suppress', 'drivers' and "
		        "'resources'");
	for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
	     status == 0 && pair < root->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = l62_reader_node(reader, pair->key);
		const char *name = l62_reader_text(key);
		size_t i = 0;

		while (name && i < G_N_ELEMENTS(lists) && strcmp(name, lists[i].name) != 0)
			i++;
		if (!name || i == G_N_ELEMENTS(lists))
			return l62_reader_refuse(
			        reader, key,
			        "unknown key '%s': there are only 'suppress', 'drivers' and "
			        "'resources'",
			        name ? name : "");
		if (seen[i])
			return l62_reader_refuse(reader, key,
			                         "'%s' is there twice: join the lists", name);
		seen[i] = true;
		status = read_list(reader, i, key, l62_reader_node(reader, pair->value));
	}
	return status;
}

static int refuse_syntax(const struct l62_reader *reader, const yaml_parser_t *parser,
                         const char *text, size_t length)
{
	size_t line = 0, last = 0;

	/* Only an offset is known of what is no text at all; what is missing at the end
	 * of the file is missing in its last line. */
	for (size_t i = 0; i + 1 < length; i++) {
		last += text[i] == '\n';
		line += text[i] == '\n' && i < parser->problem_offset;
	}
	if (parser->error != YAML_READER_ERROR)
		line = MIN(parser->problem_mark.line, last);
	return l62_error_set(
	        reader->err, L62_E_FORMAT, "%s(%zu): this is not YAML: %s%s%s", reader->path,
	        line + 1, parser->problem ? parser->problem : "it cannot be parsed",
	        parser->context ? " " : "", parser->context ? parser->context : "");
}

static int read_text(struct l62_reader *reader, const char *text, size_t length)
{
	yaml_document_t document, more;
	yaml_parser_t parser;
	int status = 0;

	if (!yaml_parser_initialize(&parser))
		g_error("out of memory while reading %s", reader->path);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	if (!yaml_parser_load(&parser, &document)) {
		status = refuse_syntax(reader, &parser, text, length);
		yaml_parser_delete(&parser);
		return status;
	}
	reader->document = &document;
	status = read_root(reader);
	if (status == 0 && yaml_document_get_root_node(&document)) {
		if (!yaml_parser_load(&parser, &more)) {
			status = refuse_syntax(reader, &parser, text, length);
		} else {
			const yaml_node_t *root = yaml_document_get_root_node(&more);

			if (root)
				status = l62_reader_refuse(
				        reader, root,
				        "a second document starts here: there may be "
				        "only one");
			yaml_document_delete(&more);
		}
	}
	yaml_document_delete(&document);
	yaml_parser_delete(&parser);
	return status;
}

int l62_config_read(const char *path, struct l62_config **config, struct l62_error *err)
{
	struct l62_reader reader = {.path = path, .err = err};
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize length;
	int status;

	*config = NULL;
	/* A pipe or a device of that name would block. */
	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return l62_error_set(err, L62_E_IO,
		                     "the configuration %s cannot be read: it is not a file",
		                     path);
	if (g_access(path, R_OK) != 0)
		return l62_error_set(err, L62_E_IO, "the configuration %s cannot be read: %s",
		                     path, g_strerror(errno));
	if (!g_file_get_contents(path, &text, &length, &error))
		return l62_error_set(err, L62_E_IO, "the configuration cannot be read: %s",
		                     error->message);
	reader.folder = g_path_get_dirname(absolute);
	reader.config = g_new0(struct l62_config, 1);
	reader.config->path = g_steal_pointer(&absolute);
	reader.config->suppress = g_ptr_array_new_with_free_func(suppress_free);
	reader.config->drivers = g_ptr_array_new_with_free_func(driver_free);
	reader.config->resources = g_ptr_array_new_with_free_func(resource_free);
	status = read_text(&reader, text, length);
	g_free(reader.folder);
	if (status == 0)
		*config = reader.config;
	else
		l62_config_free(reader.config);
	return status;
}
