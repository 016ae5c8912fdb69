/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What an image imports, and whether kernel/services.def has it.  Nothing is run. */
#include <string.h>

#include "file.h"
#include "host.h"
#include "leak62/verifier.h"
#include "loader/pe.h"

static bool has(const char *name)
{
	for (uint32_t i = 0; name && i < l62_service_count; i++) {
		if (strcmp(l62_services[i].name, name) == 0)
			return true;
	}
	return false;
}

static void print(const struct l62_pe *pe, FILE *out, size_t *missing)
{
	size_t count = 0;

	for (size_t i = 0; i < pe->import_count; i++) {
		const struct l62_pe_import *import = &pe->imports[i];
		bool there = has(import->name);

		count += !there;
		fprintf(out, "%-12s %s!", there ? "implemented" : "missing", import->module);
		if (import->name)
			fprintf(out, "%s\n", import->name);
		else
			fprintf(out, "#%u\n", import->ordinal);
	}
	fprintf(out, "%zu imports: %zu implemented, %zu missing\n", pe->import_count,
	        pe->import_count - count, count);
	*missing = count;
}

int l62_verify_print_imports(const char *path, FILE *out, size_t *missing,
                             struct l62_error *err)
{
	struct l62_file file = {0};
	struct l62_error problem;
	struct l62_pe pe;
	int status = l62_file_read(&file, path, err);

	if (status != L62_OK)
		return status;
	status = l62_pe_parse(&pe, file.data, file.size, &problem);
	if (status == L62_OK) {
		print(&pe, out, missing);
		l62_pe_clear(&pe);
	} else {
		l62_error_set(err, status, "%s: %s", path, problem.text);
	}
	l62_file_free(&file);
	return status;
}

const char *l62_verify_service(size_t index, bool *is_data)
{
	if (index >= l62_service_count)
		return NULL;
	*is_data = l62_services[index].is_data != 0;
	return l62_services[index].name;
}
