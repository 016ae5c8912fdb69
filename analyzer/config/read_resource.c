/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reading an entry of the project file's resources.
 *
 * To add a column: 1. a field in config.h; 2. a row in keys[] and a setter; 3. a word in
 * l62_config_resource_row(), and in addRoutine() of checkers/Resources.cpp, which reads it.
 */
#include "reader.h"

#include <string.h>

#include "../facts/names.h"

enum { ARGUMENT_MOST = 63 };

enum place { AT_RETURN, AT_VALUE, AT_OUT, AT_FIELD, AT_OBJECT, AT_THREAD };

static const struct {
	const char *kind;
	enum place at;
} acquires[] = {
#define L62_ACQUIRE(api, kind, at, arg, field, size, tag, failure, when, when_arg, zeroed)     \
	{#kind, AT_##at},
#include "leak62/resources.def"
};

/* In any row of a table. */
static const char *const known[] = {
#define L62_ACQUIRE(api, kind, at, arg, field, size, tag, failure, when, when_arg, zeroed) #api,
#define L62_RELEASE(api, kind, at, arg, field) #api,
#define L62_RELEASE_IF(api, kind, at, arg, field, when, when_arg) #api,
#define L62_HOLD(api, kind, at, arg, failure) #api,
#define L62_UNHOLD(api, kind, at, arg) #api,
#define L62_TRANSFER(api, kind, arg, when) #api,
#define L62_COMPLETION(api, irp, routine, context) #api,
#define L62_SEND(api, irp) #api,
#define L62_ALIAS(api, to, field, from) #api,
#define L62_LIST_INSERT(api, head, entry) #api,
#define L62_LIST_REMOVE(api, head) #api,
#define L62_EXCHANGE(api, target, value) #api,
#define L62_COPY(api, to, from) #api,
#define L62_FILL(api, to, value, size) #api,
#include "leak62/resources.def"
        NULL,
};

/* What is followed by its value, and lost with its last pointer. */
static bool is_of_value(const struct l62_kind *kind)
{
	for (size_t i = 0; i < G_N_ELEMENTS(acquires); i++)
		if (strcmp(acquires[i].kind, kind->kind) == 0 && acquires[i].at <= AT_FIELD)
			return strcmp(kind->loss, "ANY") == 0;
	return false;
}

static int set_kind(struct l62_reader *reader, struct l62_config_resource *resource,
                    const yaml_node_t *node, const char *value)
{
	size_t count;
	const struct l62_kind *kinds = l62_kinds(&count);
	g_autoptr(GString) names = g_string_new(NULL);

	for (size_t i = 0; i < count; i++) {
		if (!is_of_value(&kinds[i]))
			continue;
		if (g_ascii_strcasecmp(kinds[i].kind, value) == 0)
			resource->kind = kinds[i].kind;
		g_string_append_printf(names, "%s%s", names->len ? ", " : "", kinds[i].kind);
	}
	return resource->kind ? 0
	                      : l62_reader_refuse(reader, node,
	                                          "there is no kind '%s' here: it can be %s",
	                                          value, names->str);
}

static bool is_identifier(const char *text)
{
	if (!g_ascii_isalpha(*text) && *text != '_')
		return false;
	return !text[strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_")];
}

static int set_routine(struct l62_reader *reader, struct l62_config_resource *resource,
                       const yaml_node_t *node, const char *value)
{
	if (resource->routine)
		return l62_reader_refuse(reader, node,
		                         "a resource has either 'acquire' or 'release': write "
		                         "two entries");
	if (!is_identifier(value))
		return l62_reader_refuse(reader, node, "'%s' is not the name of a routine",
		                         value);
	if (g_strv_contains(known, value))
		return l62_reader_refuse(reader, node,
		                         "leak62 knows %s: only routines of the project can be "
		                         "described here",
		                         value);
	for (guint i = 0; i < reader->config->resources->len; i++) {
		const struct l62_config_resource *other =
		        g_ptr_array_index(reader->config->resources, i);

		if (other->routine && strcmp(other->routine, value) == 0)
			return l62_reader_refuse(reader, node,
			                         "%s is described in line %d already", value,
			                         other->line);
	}
	resource->routine = g_strdup(value);
	return 0;
}

static int set_acquire(struct l62_reader *reader, struct l62_config_resource *resource,
                       const yaml_node_t *node, const char *value)
{
	resource->acquires = true;
	return set_routine(reader, resource, node, value);
}

static int number(struct l62_reader *reader, const yaml_node_t *node, const char *value,
                  int *out)
{
	guint64 parsed;

	if (!g_ascii_string_to_unsigned(value, 10, 0, ARGUMENT_MOST, &parsed, NULL))
		return l62_reader_refuse(reader, node,
		                         "'%s' is not the number of an argument: they count "
		                         "from 0",
		                         value);
	*out = (int)parsed;
	return 0;
}

static int set_at(struct l62_reader *reader, struct l62_config_resource *resource,
                  const yaml_node_t *node, const char *value)
{
	if (strcmp(value, "return") == 0)
		return 0;
	return number(reader, node, value, &resource->at);
}

static int set_size(struct l62_reader *reader, struct l62_config_resource *resource,
                    const yaml_node_t *node, const char *value)
{
	return number(reader, node, value, &resource->size);
}

static int set_tag(struct l62_reader *reader, struct l62_config_resource *resource,
                   const yaml_node_t *node, const char *value)
{
	return number(reader, node, value, &resource->tag);
}

static int set_fails(struct l62_reader *reader, struct l62_config_resource *resource,
                     const yaml_node_t *node, const char *value)
{
	static const char *const ways[] = {"NULL", "STATUS", "BOOLEAN", "RAISES", "NEVER"};

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
		if (g_ascii_strcasecmp(ways[i], value) == 0)
			resource->fails = ways[i];
	return resource->fails
	               ? 0
	               : l62_reader_refuse(reader, node,
	                                   "'%s' is no way to fail: 'null' (quoted), status, "
	                                   "boolean, raises or never",
	                                   value);
}

static const struct {
	const char *name;
	bool release; /* a row that releases may have it */
	int (*set)(struct l62_reader *, struct l62_config_resource *, const yaml_node_t *,
	           const char *);
} keys[] = {
        {"acquire", true, set_acquire}, {"release", true, set_routine},
        {"kind", true, set_kind},       {"at", true, set_at},
        {"size", false, set_size},      {"tag", false, set_tag},
        {"fails", false, set_fails},
};

static int read_pair(struct l62_reader *reader, struct l62_config_resource *resource,
                     unsigned *seen, const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = l62_reader_node(reader, pair->key);
	const yaml_node_t *value = l62_reader_node(reader, pair->value);
	const char *name = l62_reader_text(key);
	size_t i = 0;

	while (name && i < G_N_ELEMENTS(keys) && strcmp(keys[i].name, name) != 0)
		i++;
	if (!name || i == G_N_ELEMENTS(keys))
		return l62_reader_refuse(reader, key,
		                         "unknown key '%s': a resource has acquire or release, "
		                         "kind, at, size, tag and fails",
		                         name ? name : "");
	if (*seen & 1u << i)
		return l62_reader_refuse(reader, key, "'%s' is there twice", name);
	*seen |= 1u << i;
	/* A plain null is YAML's own word for nothing. */
	if (keys[i].set == set_fails && value->type == YAML_SCALAR_NODE &&
	    strcmp((const char *)value->data.scalar.value, "null") == 0)
		return set_fails(reader, resource, value, "NULL");
	if (!l62_reader_text(value))
		return l62_reader_refuse(reader, key, "'%s' must be a text or a number", name);
	return keys[i].set(reader, resource, value, l62_reader_text(value));
}

static int check(struct l62_reader *reader, struct l62_config_resource *resource, unsigned seen,
                 const yaml_node_t *node)
{
	if (!resource->routine)
		return l62_reader_refuse(
		        reader, node,
		        "this resource names no routine: write 'acquire: NAME' "
		        "or 'release: NAME'");
	if (!resource->kind)
		return l62_reader_refuse(reader, node, "%s has no 'kind', such as POOL",
		                         resource->routine);
	for (size_t i = 0; !resource->acquires && i < G_N_ELEMENTS(keys); i++)
		if (seen & 1u << i && !keys[i].release)
			return l62_reader_refuse(reader, node,
			                         "%s releases: '%s' is for what acquires",
			                         resource->routine, keys[i].name);
	if (!resource->acquires && resource->at < 0)
		return l62_reader_refuse(
		        reader, node,
		        "%s: 'at' must say which argument is released, counted "
		        "from 0",
		        resource->routine);
	if (resource->acquires && !resource->fails)
		resource->fails = resource->at < 0 ? "NULL" : "STATUS";
	if (resource->acquires && resource->at >= 0 && strcmp(resource->fails, "NULL") == 0)
		return l62_reader_refuse(
		        reader, node,
		        "%s gives its resource in an argument: 'fails' cannot be "
		        "null",
		        resource->routine);
	return 0;
}

int l62_reader_resource(struct l62_reader *reader, const yaml_node_t *node)
{
	struct l62_config_resource *resource;
	unsigned seen = 0;
	int status = 0;

	if (node->type != YAML_MAPPING_NODE)
		return l62_reader_refuse(
		        reader, node,
		        "a resource must be a map such as 'acquire: NAME' with "
		        "a 'kind:'");
	resource = g_new0(struct l62_config_resource, 1);
	resource->line = (int)node->start_mark.line + 1;
	resource->at = resource->size = resource->tag = -1;
	g_ptr_array_add(reader->config->resources, resource);
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     status == 0 && pair < node->data.mapping.pairs.top; pair++)
		status = read_pair(reader, resource, &seen, pair);
	return status == 0 ? check(reader, resource, seen, node) : status;
}
