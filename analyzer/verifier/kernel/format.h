/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Formatted text; see dbg_format.c. */
#ifndef LEAK62_VERIFIER_FORMAT_H
#define LEAK62_VERIFIER_FORMAT_H

#include <stdarg.h>

#include "nt.h"

struct l62_text {
	PWSTR buffer;
	SIZE_T room;   /* characters */
	SIZE_T length; /* of the whole text, also when there is less room */
};
/* wide: %s takes wide strings.  No end is written. */
void l62_format(struct l62_text *out, const WCHAR *format, va_list args, BOOLEAN wide);

int __cdecl l62_nt_vsnprintf(char *to, size_t count, const char *format, va_list args);
int __cdecl l62_nt_vsnwprintf(wchar_t *to, size_t count, const wchar_t *format, va_list args);
int __cdecl l62_nt_snprintf(char *to, size_t count, const char *format, ...);
int __cdecl l62_nt_snwprintf(wchar_t *to, size_t count, const wchar_t *format, ...);

#endif
