/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the kernel exports of the C library; other names, for the host has one, too. */
#ifndef LEAK62_VERIFIER_RTL_CRT_H
#define LEAK62_VERIFIER_RTL_CRT_H

#include "nt.h"

size_t __cdecl l62_nt_strlen(const char *text);
int __cdecl l62_nt_strcmp(const char *a, const char *b);
int __cdecl l62_nt_strncmp(const char *a, const char *b, size_t count);
int __cdecl l62_nt_stricmp(const char *a, const char *b);
int __cdecl l62_nt_strnicmp(const char *a, const char *b, size_t count);
char *__cdecl l62_nt_strcpy(char *to, const char *from);
char *__cdecl l62_nt_strncpy(char *to, const char *from, size_t count);
char *__cdecl l62_nt_strcat(char *to, const char *from);
char *__cdecl l62_nt_strchr(const char *text, int c);
char *__cdecl l62_nt_strrchr(const char *text, int c);
char *__cdecl l62_nt_strstr(const char *text, const char *part);
size_t __cdecl l62_nt_wcslen(const wchar_t *text);
int __cdecl l62_nt_wcscmp(const wchar_t *a, const wchar_t *b);
int __cdecl l62_nt_wcsncmp(const wchar_t *a, const wchar_t *b, size_t count);
int __cdecl l62_nt_wcsicmp(const wchar_t *a, const wchar_t *b);
int __cdecl l62_nt_wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count);
wchar_t *__cdecl l62_nt_wcscpy(wchar_t *to, const wchar_t *from);
wchar_t *__cdecl l62_nt_wcsncpy(wchar_t *to, const wchar_t *from, size_t count);
wchar_t *__cdecl l62_nt_wcscat(wchar_t *to, const wchar_t *from);
wchar_t *__cdecl l62_nt_wcschr(const wchar_t *text, wchar_t c);
wchar_t *__cdecl l62_nt_wcsrchr(const wchar_t *text, wchar_t c);
wchar_t *__cdecl l62_nt_wcsstr(const wchar_t *text, const wchar_t *part);
int __cdecl l62_nt_tolower(int c);
int __cdecl l62_nt_toupper(int c);
wchar_t __cdecl l62_nt_towlower(wchar_t c);
wchar_t __cdecl l62_nt_towupper(wchar_t c);
int __cdecl l62_nt_isdigit(int c);
int __cdecl l62_nt_isspace(int c);
int __cdecl l62_nt_sprintf(char *to, const char *format, ...);
int __cdecl l62_nt_swprintf(wchar_t *to, const wchar_t *format, ...);

extern BOOLEAN l62_code_page_tag, l62_debugger_enabled, l62_debugger_not_present;
extern ULONG l62_safe_boot_mode;

#endif
