/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A scan as the commands made of it share it: scan and confirm. */
#ifndef LEAK62_SCAN_H
#define LEAK62_SCAN_H

#include <glib.h>

#include "build.h"
#include "config.h"
#include "driver.h"
#include "scan_options.h"
#include "scan_units.h"
#include "toolchain.h"
#include "work.h"

struct l62_scan {
	struct l62_scan_options options;
	struct l62_scan_units units;
	struct l62_driver driver;
	struct l62_toolchain toolchain;
	struct l62_image_tools tools; /* if findings are to be confirmed */
	struct l62_work work;
	struct l62_config *config; /* or NULL */
	GPtrArray *all, *chosen;   /* of struct l62_unit */
	GPtrArray *assembler;      /* likewise, if findings are to be confirmed; or NULL */
	char *cwd, *command_line;
	GDateTime *start;
};

/* Carries out `leak62 COMMAND ...`, of which argv[0] is COMMAND, "scan" or "confirm".
 * Returns an enum l62_exit. */
int l62_scan_main(int argc, char **argv);

#endif
