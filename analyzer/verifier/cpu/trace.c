/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Breakpoints in the child; see trace.h. */
#include "trace.h"

#include <string.h>
#include <sys/mman.h>

enum { INT3 = 0xcc, PAGE = 4096, SECTIONS_MOST = 96 };
#define NONE UINT32_MAX

/* Where code can be written: a second mapping of a section's pages. */
static struct alias {
	uint32_t rva, size;
	uint8_t *bytes;
} aliases[SECTIONS_MOST];
static size_t alias_count;

static const struct l62_trace *trace;
static const struct l62_image *traced;
static uint32_t opened = NONE; /* the point that was hit last, until the next one is */

static uint8_t *writable(uint32_t rva)
{
	for (size_t i = 0; i < alias_count; i++) {
		if (rva - aliases[i].rva < aliases[i].size)
			return aliases[i].bytes + (rva - aliases[i].rva);
	}
	return NULL;
}

static void set_point(uint32_t index, bool armed)
{
	uint32_t rva = trace->points[index];
	uint8_t *byte = writable(rva);

	if (byte)
		*byte = armed ? INT3 : traced->unwind.image[rva];
}

/* The pages of a section become shared ones with an alias. */
static bool share(uint8_t *section, const struct l62_pe_section *from)
{
	size_t size = (from->size + PAGE - 1) & ~(size_t)(PAGE - 1);
	int access = PROT_READ | PROT_EXEC | (from->flags & L62_PE_WRITE ? PROT_WRITE : 0);
	uint8_t *memory;

	if (alias_count == SECTIONS_MOST)
		return false;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	memcpy(memory, section, size);
	if (mremap(memory, 0, size, MREMAP_MAYMOVE | MREMAP_FIXED, section) != section ||
	    mprotect(section, size, access) != 0)
		return false;
	aliases[alias_count++] = (struct alias){from->rva, from->size, memory};
	return true;
}

static bool has_points(const struct l62_trace *plan, const struct l62_pe_section *section)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->points[i] - section->rva < section->size)
			return true;
	}
	return false;
}

int l62_trace_arm(struct l62_image *image, const struct l62_pe *pe,
                  const struct l62_trace *plan, struct l62_error *err)
{
	uint8_t *memory = (uint8_t *)(uintptr_t)image->base;

	if (!plan->log)
		return L62_OK;
	if (image->unwind.image == memory) {
		void *copy = mmap(NULL, image->size, PROT_READ | PROT_WRITE,
		                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (copy == MAP_FAILED)
			return l62_error_set(err, L62_E_IO,
			                     "no memory for a copy of the image");
		memcpy(copy, memory, image->size);
		mprotect(copy, image->size, PROT_READ);
		image->unwind.image = copy;
	}
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct l62_pe_section *section = &pe->sections[i];

		if (!(section->flags & L62_PE_EXECUTE) || section->rva % PAGE != 0 ||
		    !has_points(plan, section))
			continue;
		if (!share(memory + section->rva, section))
			return l62_error_set(err, L62_E_IO, "section %s cannot be traced",
			                     section->name);
	}
	plan->log->reached = 0;
	plan->log->released = 0;
	memset(plan->log->hits, 0, plan->count * sizeof(*plan->log->hits));
	trace = plan;
	traced = image;
	for (uint32_t i = 0; i < plan->count; i++)
		set_point(i, true);
	return L62_OK;
}

static uint32_t find(uint64_t rva)
{
	size_t low = 0, high = trace->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (trace->points[middle] < rva)
			low = middle + 1;
		else
			high = middle;
	}
	return low < trace->count && trace->points[low] == rva ? (uint32_t)low : NONE;
}

static void hit(uint32_t index, greg_t *registers)
{
	struct l62_trace_log *log = trace->log;
	uint64_t number = log->reached++;

	if (number < L62_TRACE_LOG)
		log->events[number] = index;
	if (opened != NONE && opened != index)
		set_point(opened, true);
	set_point(index, false);
	registers[REG_RIP]--;
	opened = ++log->hits[index] < L62_TRACE_HITS ? index : NONE;
}

bool l62_trace_trapped(const siginfo_t *info, greg_t *registers)
{
	uint64_t rva = trace ? (uint64_t)registers[REG_RIP] - traced->base : 0;
	uint32_t index;

	if (!trace || info->si_code == TRAP_TRACE)
		return false;
	index = rva >= 1 ? find(rva - 1) : NONE;
	if (index == NONE || !writable(trace->points[index]))
		return false;
	hit(index, registers);
	return true;
}

uint64_t l62_trace_moment(void)
{
	return trace ? trace->log->reached : 0;
}

void l62_trace_released(uint32_t kind, uint32_t ledger, uint32_t tag, uint32_t stack,
                        uint64_t begin)
{
	struct l62_trace_log *log = trace ? trace->log : NULL;

	if (!log || log->released++ >= L62_TRACE_LIVES)
		return;
	log->lives[log->released - 1] = (struct l62_trace_life){
	        .begin = begin,
	        .end = log->reached,
	        .kind = kind,
	        .ledger = ledger,
	        .tag = tag,
	        .stack = stack,
	};
}
