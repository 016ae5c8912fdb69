/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What kinds of resources there are, and the tags of those that the caller gives none:
 * resources.def, which the analyzer reads as well. */
#include "debugger/print.h"
#include "host.h"

static const char tags[][5] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss) tag,
#include "leak62/resources.def"
};

uint32_t l62_kind_tag(uint32_t kind)
{
	uint32_t tag = 0;

	if (kind < sizeof(tags) / sizeof(*tags)) {
		for (int i = 3; i >= 0; i--)
			tag = tag << 8 | (uint8_t)tags[kind][i];
	}
	return tag;
}

const char *l62_kind_noun(uint32_t kind)
{
	static const char *const nouns[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss) noun,
#include "leak62/resources.def"
	};

	return kind < L62_KIND_COUNT ? nouns[kind] : NULL;
}

const char *l62_kind_rule(uint32_t kind)
{
	static const char *const rules[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss) #rule,
#include "leak62/resources.def"
	};

	return kind < L62_KIND_COUNT ? rules[kind] : NULL;
}
