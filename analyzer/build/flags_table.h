/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The rows that flags.c matches options with: one table for clang and gcc, one
 * for cl.exe.  The first row that matches wins, so longer spellings stand
 * before their prefixes.
 */
#ifndef LEAK62_BUILD_FLAGS_TABLE_H
#define LEAK62_BUILD_FLAGS_TABLE_H

#include <stddef.h>

enum l62_flag_form {
	L62_FLAG_EXACT,    /* -ansi */
	L62_FLAG_JOINED,   /* -std=c11 */
	L62_FLAG_SEPARATE, /* -target X */
	L62_FLAG_EITHER,   /* -IX or -I X */
	L62_FLAG_BOTH,     /* -Xarch_N X: a prefix, and an argument after it */
};

enum l62_flag_action {
	L62_FLAG_KEEP,   /* out as it is: spelling, then the value */
	L62_FLAG_FOLDER, /* spelling, then the value as an absolute path */
	L62_FLAG_FORCED, /* a forced include */
	L62_FLAG_DEFINE, /* cl.exe's /D, where # may stand for = */
	L62_FLAG_TARGET,
	L62_FLAG_M32,
	L62_FLAG_M64,
	L62_FLAG_LANGUAGE, /* the value is a language of clang's -x */
	L62_FLAG_STANDARD, /* cl.exe's /std: */
	L62_FLAG_AS_CLANG, /* the value is an option for clang, filtered again */
	L62_FLAG_DROP,     /* left out: leak62 has no use for it */
	L62_FLAG_REFUSE,   /* left out with a warning: could load or run something */
	L62_FLAG_END,      /* what follows is not for the compiler */
};

struct l62_flag_row {
	const char *name; /* with its dashes; in cl.exe's table without / or - */
	enum l62_flag_form form;
	enum l62_flag_action action;
	const char *spelling; /* what clang calls it; NULL: name */
};

extern const struct l62_flag_row l62_flag_rows_clang[];
extern const size_t l62_flag_rows_clang_count;
extern const struct l62_flag_row l62_flag_rows_cl[];
extern const size_t l62_flag_rows_cl_count;

#endif
