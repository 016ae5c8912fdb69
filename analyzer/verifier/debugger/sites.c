/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Calls that acquire; see sites.h. */
#include "sites.h"

#include <stdlib.h>
#include <string.h>

#include "branches.h"
#include "host.h"
#include "pdb_reader.h"

static const char *const acquirers[] = {
#define L62_ACQUIRE(api, kind, at, arg, field, size, tag, failure, when, when_arg, zeroed) #api,
#include "leak62/resources.def"
};

struct maker {
	const struct l62_verify *run;
	struct l62_branches code;
	struct l62_site *sites;
	size_t count, room;
	bool failed;
};

static bool acquires(const struct l62_verify *run, uint32_t import)
{
	const char *name = import < run->pe.import_count ? run->pe.imports[import].name : NULL;

	for (size_t i = 0; name && i < sizeof(acquirers) / sizeof(*acquirers); i++) {
		if (strcmp(name, acquirers[i]) == 0)
			return true;
	}
	return false;
}

/* The import plus 1 that was called with this return address; 0: none. */
static uint32_t noted(const struct l62_verify *run, uint32_t rva)
{
	return rva < L62_CALLED_MOST ? run->arena->called[rva] : 0;
}

bool *l62_imports_called(const struct l62_verify *run)
{
	bool *called = calloc(run->pe.import_count + 1, sizeof(*called));

	for (size_t s = 0; called && s < run->pe.section_count; s++) {
		const struct l62_pe_section *section = &run->pe.sections[s];

		if (!(section->flags & L62_PE_EXECUTE))
			continue;
		for (uint32_t i = 0; i < section->size; i++) {
			uint32_t import = noted(run, section->rva + i);

			if (import && import <= run->pe.import_count)
				called[import - 1] = true;
		}
	}
	return called;
}

bool l62_import_implemented(const struct l62_pe_import *import)
{
	for (uint32_t i = 0; import->name && i < l62_service_count; i++) {
		if (strcmp(l62_services[i].name, import->name) == 0)
			return true;
	}
	return false;
}

/* The first branch from rva on. */
static size_t branch_from(const struct l62_branches *code, uint32_t rva)
{
	size_t low = 0, high = code->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code->branches[middle].rva < rva)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether the jump through a slot is all there is of the routine: a stub of the linker's, or
 * the same by the driver's author. */
static bool stub_at(const struct maker *m, uint32_t rva, uint32_t *import)
{
	size_t i = branch_from(&m->code, rva);

	if (i == m->code.count || m->code.branches[i].rva != rva ||
	    m->code.branches[i].kind != L62_BRANCH_JUMP_IMPORT || !m->code.branches[i].first)
		return false;
	*import = m->code.branches[i].target;
	return true;
}

static void add(struct maker *m, const struct l62_site *site)
{
	struct l62_site *grown = l62_pdb_grow(m->sites, m->count, &m->room, sizeof(*grown));

	if (!grown) {
		m->failed = true;
		return;
	}
	m->sites = grown;
	grown[m->count++] = *site;
}

/* Whether a routine that ends by a jump has called the import: by its callers. */
static enum l62_site_ran ran_for_callers(const struct maker *m, uint32_t routine,
                                         uint32_t import)
{
	enum l62_site_ran ran = L62_SITE_RAN_UNKNOWN;

	for (size_t i = 0; i < m->code.count; i++) {
		const struct l62_branch *branch = &m->code.branches[i];

		if (branch->kind != L62_BRANCH_CALL || branch->target != routine)
			continue;
		if (noted(m->run, branch->next) == import + 1)
			return L62_SITE_RAN_YES;
		ran = L62_SITE_RAN_NOT;
	}
	return ran;
}

/* The start of the routine that a branch is in, also where only a call tells of it. */
static uint32_t routine_of(const struct maker *m, const struct l62_branch *branch)
{
	uint32_t start = branch->routine;

	for (size_t i = 0; i < m->code.count; i++) {
		const struct l62_branch *other = &m->code.branches[i];

		if (other->kind == L62_BRANCH_CALL && other->target <= branch->rva &&
		    other->target > start)
			start = other->target;
	}
	return start;
}

/* What a branch calls or jumps to, if that is an import. */
static bool import_of(const struct maker *m, const struct l62_branch *branch, uint32_t *import)
{
	if (branch->kind == L62_BRANCH_CALL || branch->kind == L62_BRANCH_JUMP)
		return stub_at(m, branch->target, import);
	*import = branch->target;
	return branch->kind != L62_BRANCH_CALL_POINTER;
}

static void add_call(struct maker *m, const struct l62_branch *branch, uint32_t import)
{
	uint32_t made = noted(m->run, branch->next);

	/* A register may have had another import than it seemed. */
	if (made && branch->kind == L62_BRANCH_CALL_IMPORT)
		import = made - 1;
	if (acquires(m->run, import))
		add(m, &(struct l62_site){branch->rva, branch->next, import,
		                          made ? L62_SITE_RAN_YES : L62_SITE_RAN_NOT});
}

static void add_jump(struct maker *m, const struct l62_branch *branch, uint32_t import)
{
	/* A stub's jump is its callers' call. */
	if (!acquires(m->run, import) ||
	    (branch->kind == L62_BRANCH_JUMP_IMPORT && branch->first))
		return;
	add(m, &(struct l62_site){branch->rva, 0, import,
	                          ran_for_callers(m, routine_of(m, branch), import)});
}

/* A jump whose routine is called through pointers alone, and the only one of its import. */
static bool belongs_to_jump(struct maker *m, uint32_t import)
{
	struct l62_site *only = NULL;

	for (size_t i = 0; i < m->count; i++) {
		struct l62_site *site = &m->sites[i];

		if (site->next != 0 || site->import != import || site->ran == L62_SITE_RAN_NOT)
			continue;
		if (only)
			return true; /* of one of them; of which is not known */
		only = site;
	}
	if (only)
		only->ran = L62_SITE_RAN_YES;
	return only != NULL;
}

/* Calls that were made and not found. */
static void add_noted(struct maker *m, const struct l62_pe_section *section)
{
	for (uint32_t rva = section->rva + 1; rva - section->rva < section->size; rva++) {
		uint32_t import = noted(m->run, rva) - 1;
		const struct l62_branch *branch;
		uint32_t expected;
		size_t i;

		if (!noted(m->run, rva) || !acquires(m->run, import))
			continue;
		/* Calls are no longer than this. */
		i = branch_from(&m->code, rva < 16 ? 0 : rva - 16);
		while (i < m->code.count && m->code.branches[i].next < rva)
			i++;
		branch = i < m->code.count && m->code.branches[i].next == rva
		                 ? &m->code.branches[i]
		                 : NULL;
		if (branch && (import_of(m, branch, &expected) ||
		               branch->kind == L62_BRANCH_CALL || belongs_to_jump(m, import)))
			continue;
		add(m, &(struct l62_site){branch ? branch->rva : rva - 1, rva, import,
		                          L62_SITE_RAN_YES});
	}
}

static int by_rva(const void *a, const void *b)
{
	const struct l62_site *x = a, *y = b;

	return (x->rva > y->rva) - (x->rva < y->rva);
}

struct l62_site *l62_sites_make(const struct l62_verify *run, size_t *count)
{
	struct maker m = {.run = run};

	*count = 0;
	m.failed = !l62_branches_read(&m.code, run);
	for (size_t i = 0; i < m.code.count && !m.failed; i++) {
		const struct l62_branch *branch = &m.code.branches[i];
		uint32_t import;

		if (!import_of(&m, branch, &import))
			continue;
		if (branch->kind == L62_BRANCH_CALL || branch->kind == L62_BRANCH_CALL_IMPORT)
			add_call(&m, branch, import);
		else
			add_jump(&m, branch, import);
	}
	for (size_t i = 0; i < run->pe.section_count && !m.failed; i++) {
		if (run->pe.sections[i].flags & L62_PE_EXECUTE)
			add_noted(&m, &run->pe.sections[i]);
	}
	l62_branches_clear(&m.code);
	if (m.failed) {
		free(m.sites);
		return NULL;
	}
	if (m.count)
		qsort(m.sites, m.count, sizeof(*m.sites), by_rva);
	*count = m.count;
	return m.sites;
}
