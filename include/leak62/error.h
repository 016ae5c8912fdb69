/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How leak62's C code reports failure: a function returns 0 or a negative
 * L62_E code and fills an error that the caller owns.  Only the command layer
 * prints and exits.
 */
#ifndef LEAK62_ERROR_H
#define LEAK62_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

enum l62_code {
	L62_OK = 0,
	L62_E_USAGE = -1,    /* what the user asked for cannot be done */
	L62_E_IO = -2,       /* a file or process could not be read, written, run */
	L62_E_FORMAT = -3,   /* a file was read but its content is not what it must be */
	L62_E_VERSION = -4,  /* two parts do not fit: plugin and clang, facts and tool */
	L62_E_INTERNAL = -5, /* our own mistake */
};

/* Exit codes of every leak62 command; they are an API. */
enum l62_exit {
	L62_EXIT_CLEAN = 0,
	L62_EXIT_FINDINGS = 1,
	L62_EXIT_USAGE = 2,
	L62_EXIT_INCOMPLETE = 3, /* some translation unit could not be analysed */
	L62_EXIT_INTERNAL = 4,
};

/* text is one sentence without newline: what, where, what to do.  Nothing to
 * free. */
struct l62_error {
	enum l62_code code;
	char text[2048];
};

/* Fills err (may be NULL) from a printf format and returns code. */
int l62_error_set(struct l62_error *err, enum l62_code code, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));

/* Control characters to '?': what is quoted of a file must not steer the terminal. */
void l62_error_clean(char *text);

#ifdef __cplusplus
}
#endif
#endif
