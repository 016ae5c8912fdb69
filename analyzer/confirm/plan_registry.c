/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Trials in which the registry has what the driver looks for; see plan.h.  Of a key that is
 * not there the values are known once it is: they are asked for in the next round.
 */
#include <jansson.h>
#include <string.h>

#include "plan.h"
#include "plan_trial.h"

enum { REG_SZ = 1, REG_EXPAND_SZ, REG_BINARY, REG_DWORD, REG_MULTI_SZ = 7, REG_QWORD = 11 };
enum { BYTES = 16 };

struct value {
	char *key, *name;
	uint32_t type;
};

struct l62_plan_registry {
	GArray *values; /* of struct value */
	guint tried;    /* so many of them are in trials */
};

static void clear_value(gpointer pointer)
{
	struct value *value = pointer;

	g_free(value->key);
	g_free(value->name);
}

struct l62_plan_registry *l62_plan_registry_new(void)
{
	struct l62_plan_registry *registry = g_new0(struct l62_plan_registry, 1);

	registry->values = g_array_new(FALSE, FALSE, sizeof(struct value));
	g_array_set_clear_func(registry->values, clear_value);
	return registry;
}

void l62_plan_registry_free(struct l62_plan_registry *registry)
{
	if (!registry)
		return;
	g_array_unref(registry->values);
	g_free(registry);
}

static bool has(const struct l62_plan_registry *registry, const char *key, const char *name)
{
	for (guint i = 0; i < registry->values->len; i++) {
		const struct value *value = &g_array_index(registry->values, struct value, i);

		if (strcmp(value->key, key) == 0 && strcmp(value->name, name) == 0)
			return true;
	}
	return false;
}

void l62_plan_registry_add(struct l62_plan_registry *registry, const struct l62_verify *run)
{
	const char *key, *name;
	uint32_t type;

	for (size_t i = 0; l62_verified_missing(run, i, &key, &name, &type); i++) {
		struct value value = {.type = type};

		if (!*key || has(registry, key, name))
			continue;
		value.key = g_strdup(key);
		value.name = g_strdup(name);
		g_array_append_val(registry->values, value);
	}
}

/* As the driver must have it, else as wanted. */
static json_t *content(const struct value *value, uint32_t wanted)
{
	switch (value->type ? value->type : wanted) {
	case REG_SZ:
		return json_string("leak62");
	case REG_EXPAND_SZ:
		return json_pack("{s:s}", "expand", "leak62");
	case REG_MULTI_SZ:
		return json_pack("[s, s]", "leak62", "verify");
	case REG_QWORD:
		return json_pack("{s:i}", "qword", 1);
	case REG_BINARY:
		return json_pack("{s:i}", "binary", BYTES);
	default:
		return json_integer(1);
	}
}

static json_t *content_of_all(const struct l62_plan_registry *registry, uint32_t wanted)
{
	json_t *keys = json_object();

	for (guint i = 0; i < registry->values->len; i++) {
		const struct value *value = &g_array_index(registry->values, struct value, i);
		json_t *key = json_object_get(keys, value->key);

		if (!key) {
			key = json_object();
			json_object_set_new(keys, value->key, key);
		}
		/* A key is made for its values: one of its own, if none is known. */
		json_object_set_new(key, *value->name ? value->name : "leak62",
		                    content(value, wanted));
	}
	return keys;
}

unsigned l62_plan_registry_trials(struct l62_plan_registry *registry, const GArray *codes,
                                  GPtrArray *trials)
{
	static const struct {
		const char *name, *why;
		uint32_t type;
	} rounds[] = {{"registry-numbers", "numbers in the registry", REG_DWORD},
	              {"registry-texts", "texts in the registry", REG_SZ},
	              {"registry-bytes", "bytes in the registry", REG_BINARY}};

	if (registry->tried == registry->values->len)
		return 0;
	registry->tried = registry->values->len;
	for (size_t i = 0; i < G_N_ELEMENTS(rounds); i++) {
		char *text = l62_plan_scenario(rounds[i].why, codes, NULL,
		                               content_of_all(registry, rounds[i].type));

		l62_plan_add(trials, rounds[i].name, rounds[i].why, text);
	}
	return G_N_ELEMENTS(rounds);
}
