/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The rows of rules.def. */
#include <glib.h>

#include "leak62/finding.h"

static const struct l62_rule rules[] = {
#define L62_RULE(id, name, cwe, severity, level, short_text, full_text, help)                  \
	{id, #name, short_text, full_text, help, severity, level, cwe},
#include "leak62/rules.def"
};

const struct l62_rule *l62_rules(size_t *count)
{
	*count = G_N_ELEMENTS(rules);
	return rules;
}

const struct l62_rule *l62_rule_by_name(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		if (g_str_equal(rules[i].name, name))
			return &rules[i];
	}
	return NULL;
}
