/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What came of a plan of faults: `!faults`, `!calls` and the line that makes the same calls
 * fail again. */
#include <stdlib.h>
#include <string.h>

#include "print.h"

uint64_t l62_verify_fault_calls(const struct l62_verify *run)
{
	return run->arena->fault_calls;
}

uint64_t l62_verify_injected_count(const struct l62_verify *run, size_t *kept)
{
	uint64_t count = run->arena->injected_count;

	if (kept)
		*kept = count < L62_INJECTED_MOST ? (size_t)count : L62_INJECTED_MOST;
	return count;
}

static const char *routine_of(uint32_t service)
{
	return service < l62_service_count ? l62_services[service].name : "?";
}

bool l62_verify_injected(const struct l62_verify *run, size_t index,
                         struct l62_injected_call *call)
{
	const struct l62_injected *injected = &run->arena->injected[index];
	size_t kept;

	l62_verify_injected_count(run, &kept);
	if (index >= kept)
		return false;
	*call = (struct l62_injected_call){
	        .call = injected->call,
	        .key = injected->key,
	        .caller = injected->caller,
	        .routine = routine_of(injected->service),
	        .status = injected->status,
	        .stack = injected->stack,
	        .raised = injected->raised != 0,
	        .chosen = injected->chosen != 0,
	};
	return true;
}

char *l62_verify_replay(const struct l62_verify *run)
{
	struct l62_injected_call call;
	size_t kept, size = 0;
	uint64_t count = l62_verify_injected_count(run, &kept);
	char *text = NULL;
	FILE *out;

	if (!run->command || count == 0 || count > kept ||
	    !(out = open_memstream(&text, &size)))
		return NULL;
	fprintf(out, "%s --fail-at ", run->command);
	for (size_t i = 0; l62_verify_injected(run, i, &call); i++) {
		fprintf(out, "%s%" PRIu64, i ? "," : "", call.call);
		if (call.chosen)
			fprintf(out, "=0x%08x", call.status);
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static void print_status(uint32_t status, FILE *out)
{
	const char *name = l62_status_name(status);

	fprintf(out, "0x%08x", status);
	if (name)
		fprintf(out, " (%s)", name);
}

static void print_frames(const struct l62_verify *run, uint32_t stack, FILE *out)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, stack, &frames);
	struct l62_line line;

	for (size_t i = 0; i < count; i++) {
		fputs("        ", out);
		l62_print_symbol(run, frames[i], true, out);
		if (l62_symbols_line(&run->symbols, frames[i] - 1, &line))
			fprintf(out, " [%s @ %u]", line.file, line.line);
		fputc('\n', out);
	}
}

void l62_verify_print_faults(const struct l62_verify *run, FILE *out)
{
	struct l62_injected_call call;
	size_t kept;
	uint64_t count = l62_verify_injected_count(run, &kept);
	char *replay = l62_verify_replay(run);

	fprintf(out, "Calls made to fail: %" PRIu64 " of %" PRIu64 " that could have failed\n",
	        count, l62_verify_fault_calls(run));
	for (size_t i = 0; l62_verify_injected(run, i, &call); i++) {
		fprintf(out, "\n    %" PRIu64 "  %s ", call.call, call.routine);
		if (call.status == 0) {
			fputs("returned NULL", out);
		} else {
			fputs(call.raised ? "raised " : "returned ", out);
			print_status(call.status, out);
		}
		fputc('\n', out);
		print_frames(run, call.stack, out);
	}
	if (count > kept)
		fprintf(out,
		        "\nOnly the first %zu are known, so there is no line to replay them.\n",
		        kept);
	if (replay)
		fprintf(out, "\nReplay: %s\n", replay);
	free(replay);
}

void l62_verify_print_calls(const struct l62_verify *run, FILE *out)
{
	const struct l62_arena *arena = run->arena;
	uint64_t count = arena->fault_calls;
	uint64_t kept = count < L62_CALLS_MOST ? count : L62_CALLS_MOST;

	if (count == 0)
		fputs("The driver made no call that could have failed.\n", out);
	for (uint64_t i = 0; i < kept; i++) {
		const struct l62_fault_call *call = &arena->calls[i];
		struct l62_line line;

		fprintf(out, "%6" PRIu64 "  %-40s ", i + 1, routine_of(call->service));
		if (l62_symbols_line(&run->symbols, call->caller - 1, &line))
			fprintf(out, "%s(%u)", line.file, line.line);
		else
			l62_print_symbol(run, call->caller, true, out);
		fputs(call->injected ? "  failed\n" : "\n", out);
	}
	if (count > kept)
		fprintf(out, "Only the first %" PRIu64 " of %" PRIu64 " calls are known.\n",
		        kept, count);
}
