/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory and strings.  String instructions, for the compiler would make calls of
 * these very routines out of loops. */
#include "rtl.h"
#include "nt.h"

void *l62_nt_memcpy(void *to, const void *from, size_t size)
{
	void *start = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
	return start;
}

void *l62_nt_memmove(void *to, const void *from, size_t size)
{
	unsigned char *end = (unsigned char *)to + size - 1;
	const unsigned char *last = (const unsigned char *)from + size - 1;

	if ((size_t)((unsigned char *)to - (const unsigned char *)from) >= size)
		return l62_nt_memcpy(to, from, size);
	__asm__ volatile("std\n\trep movsb\n\tcld"
	                 : "+D"(end), "+S"(last), "+c"(size)
	                 :
	                 : "memory", "cc");
	return to;
}

void *l62_nt_memset(void *to, int value, size_t size)
{
	void *start = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
	return start;
}

int l62_nt_memcmp(const void *a, const void *b, size_t size)
{
	const volatile unsigned char *x = a, *y = b;

	for (size_t i = 0; i < size; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR source)
{
	USHORT length = 0;

	/* As documented: cut to what the length can say. */
	while (source && length < 0xfffc && source[length / sizeof(WCHAR)])
		length += sizeof(WCHAR);
	string->Length = length;
	string->MaximumLength = source ? length + sizeof(WCHAR) : 0;
	string->Buffer = (PWSTR)source;
}
