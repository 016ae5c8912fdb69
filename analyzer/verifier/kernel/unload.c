/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What Driver Verifier looks at when DriverUnload has returned, besides pool.
 *
 *   at once            timers and DPCs in the image, or with their routine there: 0xC7
 *   after the others   program's pages that are locked: 0xCB; threads that would go on in
 *   have run down      the image, lookaside lists that the system would walk there: 0xCE
 *
 * Source: the documentation of these bug checks, and of Driver Verifier's automatic checks.
 */
#include "mm.h"

enum { TIMER_OR_DPC_INVALID = 0xc7 };
enum { TIMER_OBJECT = 0, DPC_OBJECT = 1, DPC_ROUTINE = 2, READ = 0, EXECUTE = 0x10 };

static BOOLEAN in_image(const struct l62_scenario *scenario, uint64_t address)
{
	return address - scenario->image < scenario->image_size;
}

static void invalid(const struct l62_scenario *scenario, uint64_t what, uint64_t address)
{
	l62_end_at_unload(TIMER_OR_DPC_INVALID, what, address, scenario->image,
	                  scenario->image + scenario->image_size);
}

static void check_dpc(const struct l62_scenario *scenario, PKDPC dpc)
{
	if (dpc && l62_cpu_probe(dpc, FALSE) &&
	    in_image(scenario, (ULONG_PTR)dpc->DeferredRoutine))
		invalid(scenario, DPC_ROUTINE, (ULONG_PTR)dpc->DeferredRoutine);
}

void l62_unload_check_queues(const struct l62_scenario *scenario)
{
	uint64_t address, size;

	for (uint32_t i = 0; l62_ledger_get(L62_LEDGER_TIMER, i, &address, &size); i++) {
		if (in_image(scenario, address))
			invalid(scenario, TIMER_OBJECT, address);
		if (l62_cpu_probe((PVOID)address, FALSE))
			check_dpc(scenario, ((PKTIMER)address)->Dpc);
	}
	for (uint32_t i = 0; l62_ledger_get(L62_LEDGER_DPC, i, &address, &size); i++) {
		if (in_image(scenario, address))
			invalid(scenario, DPC_OBJECT, address);
		check_dpc(scenario, (PKDPC)address);
	}
}

void l62_unload_check_rest(const struct l62_scenario *scenario)
{
	uint64_t address, size, resume;

	for (uint32_t i = 0; l62_ledger_get(L62_LEDGER_THREAD, i, &address, &size); i++) {
		resume = l62_sched_return_address((PVOID)address);
		if (in_image(scenario, resume))
			l62_end_at_unload(DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS,
			                  resume, EXECUTE, resume, 0);
	}
	for (uint32_t i = 0; l62_ledger_get(L62_LEDGER_LOOKASIDE, i, &address, &size); i++) {
		if (in_image(scenario, address))
			l62_end_at_unload(DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS,
			                  address, READ, 0, 0);
	}
	for (uint32_t i = 0; l62_ledger_get(L62_LEDGER_LOCKED, i, &address, &size); i++)
		l62_unload_check_locked((PMDL)address, size);
}
