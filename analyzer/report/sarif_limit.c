/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which findings a file holds that may hold no more: those that count before those that
 * are suppressed, new before known, then by how severe their rules are.
 */
#include "sarif.h"

static double severity(const struct l62_rule *rule)
{
	return g_ascii_strtod(rule->severity, NULL);
}

static gint worse_first(gconstpointer a, gconstpointer b)
{
	const struct l62_finding *one = *(struct l62_finding *const *)a;
	const struct l62_finding *other = *(struct l62_finding *const *)b;
	int order = (one->suppressor != L62_NOT_SUPPRESSED) -
	            (other->suppressor != L62_NOT_SUPPRESSED);

	if (!order)
		order = (one->compared == L62_IS_KNOWN) - (other->compared == L62_IS_KNOWN);
	if (!order)
		order = (severity(one->rule) < severity(other->rule)) -
		        (severity(one->rule) > severity(other->rule));
	return order;
}

GPtrArray *l62_sarif_worst(const struct l62_result *result, guint limit)
{
	GPtrArray *findings = g_ptr_array_new();

	g_ptr_array_extend(findings, result->findings, NULL, NULL);
	if (findings->len <= limit)
		return findings;
	g_ptr_array_sort(findings, worse_first); /* stable: else as they were */
	g_ptr_array_set_size(findings, (gint)limit);
	return findings;
}
