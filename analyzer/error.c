/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The one function behind struct l62_error; see include/leak62/error.h. */
#include "leak62/error.h"

#include <stdarg.h>
#include <stdio.h>

int l62_error_set(struct l62_error *err, enum l62_code code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	for (char *c = err->text; *c; c++) {
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	}
	l62_error_clean(err->text);
	return code;
}

void l62_error_clean(char *text)
{
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
}
