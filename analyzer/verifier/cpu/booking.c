/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The stubs of booking.h:
 *
 *   b8 SERVICE        mov eax, SERVICE
 *   49 ba ADDRESS     mov r10, l62_booking_enter
 *   41 ff e2          jmp r10
 */
#include "booking.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpu.h"
#include "host.h"
#include "tracker/resources.h"

enum { STUB_SIZE = 32, SERVICE_AT = 1, ENTER_AT = 7 };

extern char l62_booking_enter[];

static uint8_t *stubs;
static void **targets; /* by service */

void *l62_booking_guard(uint32_t service, void *target)
{
	static const uint8_t code[] = {0xb8, 0, 0, 0, 0, 0x49, 0xba, 0,    0,
	                               0,    0, 0, 0, 0, 0,    0x41, 0xff, 0xe2};
	uint64_t enter = (uintptr_t)l62_booking_enter;
	uint8_t *stub;

	if (!stubs) {
		targets = calloc(l62_service_count, sizeof(*targets));
		stubs = mmap(NULL, (size_t)l62_service_count * STUB_SIZE,
		             PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (!targets || stubs == MAP_FAILED) {
			stubs = NULL;
			return NULL;
		}
	}
	targets[service] = target;
	stub = stubs + (size_t)service * STUB_SIZE;
	memcpy(stub, code, sizeof(code));
	memcpy(stub + SERVICE_AT, &service, sizeof(service));
	memcpy(stub + ENTER_AT, &enter, sizeof(enter));
	return stub;
}

bool l62_booking_seal(void)
{
	return !stubs || mprotect(stubs, (size_t)l62_service_count * STUB_SIZE,
	                          PROT_READ | PROT_EXEC) == 0;
}

/* Both from booking.S, with its record on top. */
__attribute__((visibility("hidden"))) L62_NT void *l62_booking_before(uint32_t service)
{
	struct l62_record *record = l62_cpu_record_top() - 1;

	record->service = service;
	l62_resources_before(record);
	return targets[service];
}

__attribute__((visibility("hidden"))) L62_NT void l62_booking_after(uint64_t result)
{
	l62_resources_after(l62_cpu_record_top() - 1, result);
}
