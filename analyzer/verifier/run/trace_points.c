/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where a trace's breakpoints go: to each place where the code of a line begins, and to
 * the targets of jumps within.  LLVM's disassembler finds these, and that a place is
 * within an instruction: symbols need not be right, and a breakpoint there would change
 * what the driver does.
 */
#include <string.h>
#include <errno.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "loader/pe_read.h"
#include "trace.h"

enum { INT3 = 0xcc, POINTS_MOST = 1 << 22, RUN_MOST = 1 << 20 };

struct finder {
	const struct l62_pe *pe;
	LLVMDisasmContextRef disassembler;
	struct l62_trace *trace;
	size_t room;
	uint64_t target; /* of the jump that is looked at; 0: it is none */
	bool full;
};

static const char *look_up(void *context, uint64_t value, uint64_t *type, uint64_t pc,
                           const char **name)
{
	struct finder *finder = context;

	(void)pc;
	*name = NULL;
	if (*type == LLVMDisassembler_ReferenceType_In_Branch)
		finder->target = value;
	*type = LLVMDisassembler_ReferenceType_InOut_None;
	return NULL;
}

static bool is_code(const struct l62_pe *pe, uint64_t rva)
{
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct l62_pe_section *section = &pe->sections[i];

		if (rva >= section->rva && rva - section->rva < section->size)
			return section->flags & L62_PE_EXECUTE;
	}
	return false;
}

static void add(struct finder *finder, uint64_t rva)
{
	struct l62_trace *trace = finder->trace;
	const uint8_t *code = rva <= UINT32_MAX ? l62_pe_at(finder->pe, (uint32_t)rva, 1) : NULL;
	uint32_t *grown;

	if (!code || *code == INT3 || !is_code(finder->pe, rva))
		return;
	if (trace->count == finder->room) {
		finder->room = finder->room ? 2 * finder->room : 1024;
		grown = finder->room > POINTS_MOST
		                ? NULL
		                : realloc(trace->points, finder->room * sizeof(*grown));
		if (!grown) {
			finder->full = true;
			return;
		}
		trace->points = grown;
	}
	trace->points[trace->count++] = (uint32_t)rva;
}

/* Code of one line: from its first instruction on; returns where the last one ends. */
static uint64_t sweep(struct finder *finder, uint32_t rva, uint32_t end)
{
	const uint8_t *code = end - rva <= RUN_MOST ? l62_pe_at(finder->pe, rva, end - rva) : NULL;
	char text[128];
	uint64_t at = rva;

	while (code && at < end && !finder->full) {
		size_t length;

		finder->target = 0;
		/* It does not write to the code. */
		length = LLVMDisasmInstruction(finder->disassembler,
		                               (uint8_t *)(uintptr_t)(code + (at - rva)),
		                               end - at, at, text, sizeof(text));
		if (length == 0)
			break;
		at += length;
		/* In this line; others have their own beginning. */
		if (finder->target > rva && finder->target < end)
			add(finder, finder->target);
	}
	return at;
}

static int by_rva(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void sort(struct l62_trace *trace)
{
	size_t kept = 0;

	if (trace->count)
		qsort(trace->points, trace->count, sizeof(*trace->points), by_rva);
	for (size_t i = 0; i < trace->count; i++) {
		if (kept == 0 || trace->points[i] != trace->points[kept - 1])
			trace->points[kept++] = trace->points[i];
	}
	trace->count = kept;
}

static void find(struct finder *finder, const struct l62_pdb *pdb)
{
	uint64_t decoded = 0; /* up to here */

	for (size_t i = 0; i + 1 < pdb->line_count && !finder->full; i++) {
		const struct l62_pdb_line *line = &pdb->lines[i], *next = line + 1;

		if (line->line == 0 || next->rva <= line->rva)
			continue;
		if (line->rva < decoded)
			continue; /* within an instruction */
		add(finder, line->rva);
		decoded = sweep(finder, line->rva, next->rva);
		if (decoded < next->rva)
			decoded = next->rva; /* what is no code ends the line's */
	}
}

static int by_line(const void *a, const void *b)
{
	const struct l62_trace_line *x = a, *y = b;
	int order = x->file == y->file ? 0 : strcmp(x->file, y->file);

	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order ? order : (x->point > y->point) - (x->point < y->point);
}

/* Points are where code of a line is, so each has one. */
static bool find_lines(struct l62_trace *trace, const struct l62_pdb *pdb)
{
	size_t at = 0;

	trace->lines = calloc(trace->count + 1, sizeof(*trace->lines));
	for (size_t i = 0; trace->lines && i < trace->count; i++) {
		while (at + 1 < pdb->line_count && pdb->lines[at + 1].rva <= trace->points[i])
			at++;
		trace->lines[i] = (struct l62_trace_line){pdb->lines[at].file,
		                                          pdb->lines[at].line, (uint32_t)i};
	}
	if (trace->lines)
		qsort(trace->lines, trace->count, sizeof(*trace->lines), by_line);
	return trace->lines != NULL;
}

int l62_trace_open(struct l62_trace *trace, const struct l62_pe *pe,
                   const struct l62_symbols *symbols, struct l62_error *err)
{
	struct finder finder = {.pe = pe, .trace = trace};

	*trace = (struct l62_trace){0};
	if (symbols->pdb.line_count == 0)
		return L62_OK;
	LLVMInitializeX86TargetInfo();
	LLVMInitializeX86TargetMC();
	LLVMInitializeX86Disassembler();
	finder.disassembler =
	        LLVMCreateDisasm("x86_64-pc-windows-msvc", &finder, 0, NULL, look_up);
	if (!finder.disassembler)
		return l62_error_set(err, L62_E_INTERNAL,
		                     "this LLVM has no disassembler for x86-64, which a trace "
		                     "needs");
	find(&finder, &symbols->pdb);
	LLVMDisasmDispose(finder.disassembler);
	sort(trace);
	trace->log_size = sizeof(*trace->log) + trace->count * sizeof(*trace->log->hits);
	trace->log = mmap(NULL, trace->log_size, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (trace->log == MAP_FAILED || finder.full || !find_lines(trace, &symbols->pdb)) {
		l62_trace_close(trace);
		return l62_error_set(err, L62_E_INTERNAL, "no memory for the trace");
	}
	return L62_OK;
}

int l62_trace_reset(struct l62_trace *trace, struct l62_error *err)
{
	/* The pages go, and what is read next is zeroes. */
	if (madvise(trace->log, trace->log_size, MADV_REMOVE) != 0)
		return l62_error_set(err, L62_E_INTERNAL, "the trace cannot be emptied: %s",
		                     strerror(errno));
	return L62_OK;
}

void l62_trace_close(struct l62_trace *trace)
{
	if (trace->log && trace->log != MAP_FAILED)
		munmap(trace->log, trace->log_size);
	free(trace->points);
	free(trace->lines);
	*trace = (struct l62_trace){0};
}
