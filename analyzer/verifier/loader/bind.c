/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Imports to services, by name.  A function goes through a thunk of its own, a
 * variable is bound directly.  What kernel/services.def does not have is bound to a
 * thunk that ends the run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cpu/booking.h"
#include "cpu/cpu.h"
#include "cpu/irql.h"
#include "host.h"
#include "image.h"
#include "pe_read.h"
#include "run/child.h"
#include "sched/sched.h"
#include "tracker/resources.h"

static const struct l62_image *loaded;
static const struct l62_pe *bound;
static const struct l62_service **sorted; /* by name */
const uint32_t *l62_service_numbers;

/* What the driver calls by a pointer that the kernel gave it has a thunk, too: behind
 * those of the imports, one for each service. */
void *l62_host_thunk(const void *routine)
{
	for (uint32_t i = 0; i < l62_service_count; i++) {
		if (l62_services[i].address == routine)
			return l62_thunk_address(bound->import_count + i);
	}
	l62_end_incomplete("leak62 gives the driver a routine that is no service");
}

int32_t l62_host_in_image(const void *address)
{
	return (uintptr_t)address - loaded->base < loaded->size;
}

struct l62_record *l62_image_called(void)
{
	struct l62_record *record = l62_cpu_record_top() - 1;

	return l62_sched_records() && record >= l62_sched_records() &&
	                       record->kind == L62_RECORD_SERVICE
	               ? record
	               : NULL;
}

int32_t l62_image_service(const struct l62_record *record)
{
	return (int32_t)l62_service_numbers[record->import];
}

const struct l62_pe *l62_image_file(void)
{
	return bound;
}

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

extern char l62_gate[];

void *l62_service_way(const struct l62_service *service)
{
	bool gate = l62_fault_can((uint32_t)(service - l62_services));

	return gate ? (void *)l62_gate : service->address;
}

static int by_name(const void *a, const void *b)
{
	const struct l62_service *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

bool l62_image_prepare(void)
{
	if (sorted)
		return true;
	sorted = calloc(l62_service_count, sizeof(*sorted));
	if (!sorted)
		return false;
	for (uint32_t i = 0; i < l62_service_count; i++)
		sorted[i] = &l62_services[i];
	qsort(sorted, l62_service_count, sizeof(*sorted), by_name);
	l62_resources_has(0);
	return true;
}

static const struct l62_service *find(const char *name)
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
	size_t count = pe->import_count + l62_service_count;
	void **targets = calloc(count, sizeof(*targets));
	bool check_irql = l62_child_flags() & L62_FLAG_FORCE_IRQL;
	uint32_t *numbers = calloc(count, sizeof(*numbers));
	int status;

	if (!l62_image_prepare() || !targets || !numbers) {
		free(targets);
		free(numbers);
		return l62_error_set(err, L62_E_INTERNAL, "no memory");
	}
	status = l62_thunk_create(targets, count, err);
	for (size_t i = 0; status == L62_OK && i < count; i++) {
		bool is_import = i < pe->import_count;
		const struct l62_service *service =
		        is_import ? find(pe->imports[i].name)
		                  : &l62_services[i - pe->import_count];
		void *value = l62_thunk_address(i);

		if (service && service->is_data)
			value = service->address;
		targets[i] = (void *)missing;
		if (service && !service->is_data) {
			numbers[i] = (uint32_t)(service - l62_services);
			targets[i] =
			        check_irql ? l62_irql_guard(service) : l62_service_way(service);
			if (targets[i] && l62_resources_has(numbers[i]))
				targets[i] = l62_booking_guard(numbers[i], targets[i]);
		}
		if (!targets[i])
			status = l62_error_set(err, L62_E_IO, "no memory for the services");
		if (!is_import)
			continue;
		memcpy((uint8_t *)(uintptr_t)image->base + pe->imports[i].slot, &value,
		       sizeof(value));
	}
	if (status == L62_OK && check_irql && !l62_irql_seal())
		status = l62_error_set(err, L62_E_IO,
		                       "the checks of the IRQL cannot be made executable");
	if (status == L62_OK && !l62_booking_seal())
		status = l62_error_set(err, L62_E_IO,
		                       "the stubs of the ledgers cannot be made executable");
	l62_service_numbers = numbers;
	loaded = image;
	bound = pe;
	l62_thunk_watch(image->base,
	                image->size < L62_CALLED_MOST ? image->size : L62_CALLED_MOST,
	                l62_child_arena()->called);
	return status; /* targets and numbers stay: the thunks use them */
}
