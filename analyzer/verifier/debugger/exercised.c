/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* `!exercised`: which of the driver's calls that acquire a run has made, and what the image
 * imports that leak62 does not have. */
#include <stdlib.h>

#include "print.h"
#include "sites.h"

static void print_import(const struct l62_verify *run, size_t index, FILE *out)
{
	const struct l62_pe_import *import = &run->pe.imports[index];

	if (import->name)
		fprintf(out, "%s", import->name);
	else
		fprintf(out, "%s#%u", import->module, import->ordinal);
}

static void print_sites(const struct l62_verify *run, const struct l62_site *sites,
                        size_t count, FILE *out)
{
	static const char *const words[] = {"not run", "run", "not known"};

	for (size_t i = 0; i < count; i++) {
		uint64_t address = run->symbols.base + sites[i].rva;
		struct l62_line line;

		fprintf(out, "  %-9s  ", words[sites[i].ran]);
		print_import(run, sites[i].import, out);
		fputs(", ", out);
		l62_print_symbol(run, address, true, out);
		if (l62_symbols_line(&run->symbols, address, &line))
			fprintf(out, " [%s @ %u]", line.file, line.line);
		fputc('\n', out);
	}
}

void l62_verify_print_exercised(const struct l62_verify *run, FILE *out)
{
	size_t count, counts[3] = {0}, called = 0, missing = 0;
	struct l62_site *sites = l62_sites_make(run, &count);
	bool *is_called = l62_imports_called(run);

	for (size_t i = 0; i < count; i++)
		counts[sites[i].ran]++;
	fprintf(out, "Calls that allocate or take something: %zu, of which %zu were made",
	        count, counts[L62_SITE_RAN_YES]);
	if (counts[L62_SITE_RAN_UNKNOWN])
		fprintf(out, "; of %zu it is not known", counts[L62_SITE_RAN_UNKNOWN]);
	fputs(".\n", out);
	print_sites(run, sites, count, out);
	free(sites);
	for (size_t i = 0; i < run->pe.import_count; i++) {
		called += is_called && is_called[i];
		missing += !l62_import_implemented(&run->pe.imports[i]);
	}
	fprintf(out, "Imports: %zu, of which %zu were called; leak62 does not have %zu%s\n",
	        run->pe.import_count, called, missing, missing ? ":" : ".");
	for (size_t i = 0; i < run->pe.import_count; i++) {
		if (l62_import_implemented(&run->pe.imports[i]))
			continue;
		fprintf(out, "  %-9s  ", is_called && is_called[i] ? "called" : "");
		print_import(run, i, out);
		fputc('\n', out);
	}
	free(is_called);
}
