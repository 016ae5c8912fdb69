/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which ledger of the verifier core an acquired resource is booked in.  A kind whose noun
 * is that of another one is the same thing, acquired in another way; a ledger is for the
 * kinds that the table names and for those that have its name.
 */
#include "judge_kinds.h"

#include <glib.h>
#include <string.h>

static const struct {
	const char *name, *noun;
} kinds[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss) {#kind, noun},
#include "leak62/resources.def"
};

/* Kinds for which a ledger of another one, or of none, is kept too. */
static const struct {
	const char *ledger, *kind;
} ledgers[] = {
        {"thread", "HANDLE"},        {"contiguous", "NONCACHED"}, {"contiguous", "COMMON_BUFFER"},
        {"contiguous", "PAGES"},     {"device", "ATTACHMENT"},    {"reference", "OBJECT"},
        {"userMapping", "MAPPING"},  {"fileName", "FILTER_NAME"}, {"timer", "TIMER"},
};

/* What is pool for the verifier core, as it is for Windows. */
static const char *const of_pool[] = {"DESCRIPTOR"};

static const char *noun_of(const char *kind)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].noun;
	}
	return kind;
}

/* "lockedPages" and "LOCKED_PAGES" */
static bool same_name(const char *ledger, const char *kind)
{
	for (;; ledger++, kind++) {
		while (*kind == '_')
			kind++;
		if (g_ascii_tolower(*ledger) != g_ascii_tolower(*kind))
			return false;
		if (!*ledger)
			return true;
	}
}

bool l62_judge_is_kind(const struct l62_item *item, const char *kind)
{
	if (item->kind && (strcmp(item->kind, kind) == 0 ||
	                   strcmp(noun_of(item->kind), noun_of(kind)) == 0))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(of_pool); i++) {
		if (g_strcmp0(item->kind, "POOL") == 0 && strcmp(of_pool[i], kind) == 0)
			return true;
	}
	if (!item->ledger)
		return false;
	if (same_name(item->ledger, kind))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(ledgers); i++) {
		if (strcmp(ledgers[i].ledger, item->ledger) == 0 &&
		    strcmp(noun_of(ledgers[i].kind), noun_of(kind)) == 0)
			return true;
	}
	return false;
}
