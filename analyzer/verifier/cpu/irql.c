/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Force IRQL checking: a guard for each service that may not be called at any IRQL,
 * made at run time.
 *
 *   65 80 3c 25 50 00 00 00 LIMIT   cmp byte ptr gs:[0x50], LIMIT
 *   77 0c                           ja  1f
 *   48 b8 SERVICE  ff e0            mov rax, SERVICE; jmp rax
 *   b8 NUMBER                       1: mov eax, NUMBER
 *   49 ba ASK  41 ff e2             mov r10, l62_irql_ask; jmp r10
 *
 * KeWaitForSingleObject is a case of its own: at DISPATCH_LEVEL it is allowed with a
 * timeout of zero.
 */
#include "irql.h"

#include <string.h>
#include <sys/mman.h>

#include "capture.h"
#include "run/child.h"

enum { GUARD_SIZE = 48, APC_LEVEL = 1, DISPATCH_LEVEL = 2, HIGH_LEVEL = 15 };
enum { LIMIT_AT = 8, SERVICE_AT = 13, NUMBER_AT = 24, ASK_AT = 30 };
enum {
	VERIFIER_VIOLATION = 0xc4,
	WAIT_ABOVE_DISPATCH = 0x120,
	WAIT_FOREVER_AT_DISPATCH = 0x121,
	WAIT_AT_DISPATCH = 0x122,
	CALLED_AT_BAD_IRQL = 0xe5,
	ZW_CALLED_AT_BAD_IRQL = 0xe6,
	NONE = -1,
};

extern char l62_irql_ask[];

static const struct rule {
	const char *name;
	uint32_t code;
	int8_t argument3, argument4;
	uint8_t own;
} rules[] = {
#define L62_IRQL(name, code, argument3, argument4) {#name, code, argument3, argument4, 0},
#define L62_IRQL_OWN(name) {#name, 0, NONE, NONE, 1},
#include "irql.def"
};

static bool is_wait(const struct l62_service *service)
{
	return strcmp(service->name, "KeWaitForSingleObject") == 0;
}

static void check_wait(const uint64_t *arguments)
{
	uint64_t *irql = l62_host_alloc(sizeof(*irql)); /* Arg2 is its address */
	const int64_t *timeout;

	*irql = l62_cpu_irql();
	/* The fifth argument is on the driver's stack. */
	memcpy(&timeout, (const void *)(uintptr_t)(l62_capture_stack() + 0x28),
	       sizeof(timeout));
	if (*irql > DISPATCH_LEVEL)
		l62_end_bugcheck(VERIFIER_VIOLATION, WAIT_ABOVE_DISPATCH, (uintptr_t)irql,
		                 arguments[0], (uintptr_t)timeout);
	if (!timeout)
		l62_end_bugcheck(VERIFIER_VIOLATION, WAIT_FOREVER_AT_DISPATCH, (uintptr_t)irql,
		                 arguments[0], (uintptr_t)timeout);
	if (*timeout != 0)
		l62_end_bugcheck(VERIFIER_VIOLATION, WAIT_AT_DISPATCH, (uintptr_t)irql,
		                 arguments[0], (uintptr_t)timeout);
	l62_host_free(irql);
}

/* From irql.S: the service's address if it may be called all the same. */
__attribute__((visibility("hidden"))) void *l62_irql_exceeded(uint32_t number,
                                                              const uint64_t *arguments)
{
	const struct l62_service *service = &l62_services[number];
	uint8_t irql = l62_cpu_irql();

	if (is_wait(service)) {
		check_wait(arguments);
		return l62_service_way(service);
	}
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct rule *rule = &rules[i];

		if (strcmp(rule->name, service->name) != 0)
			continue;
		if (rule->own)
			return l62_service_way(service);
		l62_end_bugcheck(VERIFIER_VIOLATION, rule->code, irql,
		                 rule->argument3 < 0 ? 0 : arguments[rule->argument3],
		                 rule->argument4 < 0 ? 0 : arguments[rule->argument4]);
	}
	if (strncmp(service->name, "Zw", 2) == 0)
		l62_end_bugcheck(VERIFIER_VIOLATION, ZW_CALLED_AT_BAD_IRQL,
		                 l62_capture_caller(), irql, 0);
	l62_end_bugcheck(VERIFIER_VIOLATION, CALLED_AT_BAD_IRQL, irql, 0, 0);
}

/* Room for one guard of each service, writable until l62_irql_seal(). */
static uint8_t *guards(void)
{
	static uint8_t *memory;

	if (!memory) {
		memory = mmap(NULL, (size_t)l62_service_count * GUARD_SIZE,
		              PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			memory = NULL;
	}
	return memory;
}

void *l62_irql_guard(const struct l62_service *service)
{
	static const uint8_t code[] = {
	        0x65, 0x80, 0x3c, 0x25, 0x50, 0, 0, 0,    0,    0x77, 0x0c, 0x48, 0xb8, 0,
	        0,    0,    0,    0,    0,    0, 0, 0xff, 0xe0, 0xb8, 0,    0,    0,    0,
	        0x49, 0xba, 0,    0,    0,    0, 0, 0,    0,    0,    0x41, 0xff, 0xe2};
	uint32_t number = (uint32_t)(service - l62_services);
	uint64_t target = (uintptr_t)l62_service_way(service), ask = (uintptr_t)l62_irql_ask;
	uint8_t limit = (uint8_t)(is_wait(service) ? APC_LEVEL : service->irql);
	uint8_t *guard;

	_Static_assert(sizeof(code) <= GUARD_SIZE, "GUARD_SIZE");
	if (service->irql >= HIGH_LEVEL)
		return l62_service_way(service);
	guard = guards();
	if (!guard)
		return NULL;
	guard += (size_t)number * GUARD_SIZE;
	memcpy(guard, code, sizeof(code));
	guard[LIMIT_AT] = limit;
	memcpy(guard + SERVICE_AT, &target, sizeof(target));
	memcpy(guard + NUMBER_AT, &number, sizeof(number));
	memcpy(guard + ASK_AT, &ask, sizeof(ask));
	return guard;
}

bool l62_irql_seal(void)
{
	uint8_t *memory = guards();

	return memory && mprotect(memory, (size_t)l62_service_count * GUARD_SIZE,
	                          PROT_READ | PROT_EXEC) == 0;
}
