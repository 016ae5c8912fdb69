/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Writes what the simulation has shown, as rows. */
#ifndef LEAK62_SLOTS_REPORT_H
#define LEAK62_SLOTS_REPORT_H

#include <sqlite3.h>

#include "life.h"

struct l62_slots_report {
	sqlite3 *db;
	const struct l62_program *program;
	sqlite3_stmt *shown, *step, *incomplete, *freed, *kept, *work, *doubt, *wrong,
	        *entry_text;
	sqlite3_int64 count;
};

/* Prepares rows of program's driver in db; both must outlive it.  0 or L62_E_INTERNAL;
 * closed by l62_slots_report_close() in any case. */
int l62_slots_report_open(struct l62_slots_report *report, sqlite3 *db,
                          const struct l62_program *program, struct l62_error *err);
/* Adds what one life has shown.  0 or L62_E_INTERNAL. */
int l62_slots_report_add(struct l62_slots_report *report, const struct l62_life *life,
                         struct l62_error *err);
void l62_slots_report_close(struct l62_slots_report *report);

#endif
