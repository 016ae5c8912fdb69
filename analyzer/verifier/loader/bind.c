/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Imports to services, by name.  A function goes through a thunk of its own, a
 * variable is bound directly.  What kernel/services.def does not have is bound to a
 * thunk that ends the run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cpu/cpu.h"
#include "host.h"
#include "image.h"
#include "pe_read.h"
#include "run/child.h"

static const struct l62_image *loaded;
static const struct l62_pe *bound;

const struct l62_image *l62_image_loaded(void)
{
	return loaded;
}

/* Where the thunk of an unknown import leads to. */
static void missing(void)
{
	const struct l62_record *record = l62_cpu_record_top() - 1;
	const struct l62_pe_import *import = &bound->imports[record->import];
	char text[512];

	if (import->name)
		snprintf(text, sizeof(text),
		         "the driver calls %s of %s, which leak62 does not have", import->name,
		         import->module);
	else
		snprintf(text, sizeof(text),
		         "the driver calls routine %u of %s, which leak62 does not have",
		         import->ordinal, import->module);
	l62_end_incomplete(text);
}

static int by_name(const void *a, const void *b)
{
	const struct l62_service *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static const struct l62_service *find(const struct l62_service **sorted, const char *name)
{
	struct l62_service key = {.name = name};
	const struct l62_service *pointer = &key, **found;

	if (!name)
		return NULL;
	found = bsearch(&pointer, sorted, l62_service_count, sizeof(*sorted), by_name);
	return found ? *found : NULL;
}

int l62_image_bind(const struct l62_image *image, const struct l62_pe *pe,
                   struct l62_error *err)
{
	const struct l62_service **sorted = calloc(l62_service_count, sizeof(*sorted));
	void **targets = calloc(pe->import_count + 1, sizeof(*targets));
	int status;

	if (!sorted || !targets) {
		free(sorted);
		free(targets);
		return l62_error_set(err, L62_E_INTERNAL, "no memory");
	}
	for (uint32_t i = 0; i < l62_service_count; i++)
		sorted[i] = &l62_services[i];
	qsort(sorted, l62_service_count, sizeof(*sorted), by_name);
	status = l62_thunk_create(targets, pe->import_count, err);
	for (size_t i = 0; status == L62_OK && i < pe->import_count; i++) {
		const struct l62_service *service = find(sorted, pe->imports[i].name);
		void *value = l62_thunk_address(i);

		if (service && service->is_data)
			value = service->address;
		targets[i] = service && !service->is_data ? service->address : (void *)missing;
		memcpy((uint8_t *)(uintptr_t)image->base + pe->imports[i].slot, &value,
		       sizeof(value));
	}
	free(sorted);
	loaded = image;
	bound = pe;
	return status; /* targets stay: the thunks use them */
}
