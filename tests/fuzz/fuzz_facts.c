/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* libFuzzer: a file of facts, as scan and the linker take it: its state, its functions, and
 * merged into the database of a driver. */
#include <sqlite3.h>
#include <stdlib.h>

#include "facts/db.h"
#include "facts/merge.h"
#include "input.h"
#include "leak62/link.h"

static int rows(void *count, int columns, char **values, char **names)
{
	(void)columns;
	(void)names;
	*(int *)count = values[0] ? atoi(values[0]) : 0;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = input_file("facts.db", data, size);
	struct l62_link_input input = {.source = "/src/a.c", .facts = path};
	struct l62_facts_functions functions;
	struct l62_error err = {0};
	sqlite3 *db = NULL;
	int units = 0;

	/* What is broken is asked no more, here to save time: only few are. */
	if (l62_facts_state(path, NULL) == L62_FACTS_BROKEN && (!size || data[size / 2] % 16))
		return 0;
	l62_facts_functions_read(&functions, path);
	l62_facts_functions_clear(&functions);
	if (l62_db_open_memory(&db, &err) != L62_OK)
		abort();
	/* Whatever it holds: it is a unit, if only a failed one. */
	if (l62_merge(db, &input, 1, &err) != L62_OK)
		abort();
	if (sqlite3_exec(db, "SELECT count(*) FROM tu", rows, &units, NULL) != SQLITE_OK ||
	    units != 1)
		abort();
	if (sqlite3_close(db) != SQLITE_OK) /* a statement was left behind */
		abort();
	return 0;
}
