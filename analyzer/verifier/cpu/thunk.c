/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The thunks of the imports: 32 bytes each, made at run time because which imports
 * there are is known only then.
 *
 *   b8 NUMBER         mov eax, NUMBER
 *   49 ba ADDRESS     mov r10, l62_thunk_enter
 *   41 ff e2          jmp r10
 */
#include <string.h>
#include <sys/mman.h>

#include "cpu.h"
#include "run/memory.h"

enum { THUNK_SIZE = 32, INT3 = 0xcc };

extern char l62_thunk_enter[];
void *const *l62_thunk_targets __attribute__((visibility("hidden")));

static uint8_t *thunks;

int l62_thunk_create(void *const *targets, size_t count, struct l62_error *err)
{
	static const uint8_t code[] = {0xb8, 0, 0, 0, 0, 0x49, 0xba, 0,    0,
	                               0,    0, 0, 0, 0, 0,    0x41, 0xff, 0xe2};
	uint64_t enter = (uintptr_t)l62_thunk_enter;
	size_t size = (count ? count : 1) * THUNK_SIZE;

	thunks = l62_memory_map(size, PROT_READ | PROT_WRITE);
	if (!thunks)
		return l62_error_set(err, L62_E_IO, "no memory for the thunks of %zu imports",
		                     count);
	memset(thunks, INT3, size);
	for (size_t i = 0; i < count; i++) {
		uint8_t *thunk = thunks + i * THUNK_SIZE;
		uint32_t number = (uint32_t)i;

		memcpy(thunk, code, sizeof(code));
		memcpy(thunk + 1, &number, sizeof(number));
		memcpy(thunk + 7, &enter, sizeof(enter));
	}
	if (mprotect(thunks, size, PROT_READ | PROT_EXEC) != 0)
		return l62_error_set(err, L62_E_IO,
		                     "the thunks cannot be made executable: does the system "
		                     "forbid code that is made at run time?");
	l62_thunk_targets = targets;
	return L62_OK;
}

void *l62_thunk_address(size_t import)
{
	return thunks + import * THUNK_SIZE;
}
