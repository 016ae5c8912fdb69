/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The scripts of sql/, in the order of their numbers; the build writes the table.
 */
#ifndef LEAK62_LINK_SCRIPTS_H
#define LEAK62_LINK_SCRIPTS_H

struct l62_script {
	const char *name; /* "NN_name.sql" */
	const char *text;
};

/* Ends with a row of NULLs. */
extern const struct l62_script l62_scripts[];

#endif
