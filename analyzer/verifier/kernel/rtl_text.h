/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* rtl_text.c, as far as no header of the DDK declares it. */
#ifndef LEAK62_VERIFIER_RTL_TEXT_H
#define LEAK62_VERIFIER_RTL_TEXT_H

#include "rtl_crt.h"

BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING suffix, PCUNICODE_STRING string,
                                     BOOLEAN ignore);
size_t __cdecl l62_nt_strnlen(const char *text, size_t most);
size_t __cdecl l62_nt_wcsnlen(const wchar_t *text, size_t most);
char *__cdecl l62_nt_strncat(char *to, const char *from, size_t most);
wchar_t *__cdecl l62_nt_wcsncat(wchar_t *to, const wchar_t *from, size_t most);
void *__cdecl l62_nt_memchr(const void *memory, int byte, size_t size);
int __cdecl l62_nt_atoi(const char *text);

#endif
