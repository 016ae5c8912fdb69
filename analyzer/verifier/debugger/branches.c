/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Branches of the code; see branches.h.  The lengths of instructions are LLVM's, the few that
 * matter are told by their bytes:
 *
 *   e8 e9 0f8x      call, jmp, jcc of a relative address
 *   ff 15, ff 25    call and jmp through memory at an address relative to rip
 *   48/4c 8b ..05   mov of such memory to a register; ff d0+r: a call through it, as compilers
 *                   make it for several calls of one import
 *
 * A register keeps its import up to the next write of it that is seen on the way down the
 * routine; on other ways it may have another value.
 */
#include "branches.h"

#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>
#include <stdlib.h>
#include <string.h>

#include "loader/pe_read.h"
#include "loader/unwind_codes.h"
#include "pdb_reader.h"

enum { REGISTERS = 16, INTEL_SYNTAX = 4, INSTRUCTION_MOST = 15 };
/* rax, rcx, rdx, r8 to r11: not kept over a call. */
#define VOLATILE 0x0f07u

struct reader {
	const struct l62_verify *run;
	struct l62_branches *code;
	size_t room;
	uint32_t *starts; /* RVAs, sorted */
	size_t start_count;
	uint32_t held[REGISTERS]; /* import's index plus 1 */
	uint32_t routine;
	bool ended; /* what comes next is not run into from before */
	LLVMDisasmContextRef disassembler;
};

static const char *const names[REGISTERS][2] = {
        {"rax", "eax"},  {"rcx", "ecx"},  {"rdx", "edx"},  {"rbx", "ebx"},
        {"rsp", "esp"},  {"rbp", "ebp"},  {"rsi", "esi"},  {"rdi", "edi"},
        {"r8", "r8d"},   {"r9", "r9d"},   {"r10", "r10d"}, {"r11", "r11d"},
        {"r12", "r12d"}, {"r13", "r13d"}, {"r14", "r14d"}, {"r15", "r15d"}};

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

uint32_t l62_row_of(const struct l62_pe *pe, uint32_t rva)
{
	size_t low = 0, high = pe->exceptions.size / L62_UNWIND_ROW;
	const uint8_t *row;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		row = l62_pe_at(pe, pe->exceptions.rva + (uint32_t)middle * L62_UNWIND_ROW,
		                L62_UNWIND_ROW);
		if (!row)
			return 0;
		if (l62_read32(row) <= rva)
			low = middle + 1;
		else
			high = middle;
	}
	row = low ? l62_pe_at(pe, pe->exceptions.rva + (uint32_t)(low - 1) * L62_UNWIND_ROW,
	                      L62_UNWIND_ROW)
	          : NULL;
	return row && rva < l62_read32(row + 4) ? l62_read32(row) : 0;
}

static bool is_code(const struct l62_pe *pe, uint32_t rva)
{
	for (size_t i = 0; i < pe->section_count; i++) {
		if (pe->sections[i].flags & L62_PE_EXECUTE &&
		    rva - pe->sections[i].rva < pe->sections[i].size)
			return true;
	}
	return false;
}

static bool collect_starts(struct reader *r)
{
	const struct l62_pe *pe = &r->run->pe;
	const struct l62_pdb *pdb = &r->run->symbols.pdb;
	uint32_t rows = pe->exceptions.size / L62_UNWIND_ROW;

	r->starts = calloc(rows + pdb->symbol_count + 1, sizeof(*r->starts));
	if (!r->starts)
		return false;
	for (uint32_t i = 0; i < rows; i++) {
		const uint8_t *row =
		        l62_pe_at(pe, pe->exceptions.rva + i * L62_UNWIND_ROW, L62_UNWIND_ROW);
		const uint8_t *info = row ? l62_pe_at(pe, l62_read32(row + 8), 1) : NULL;

		/* A part of a routine that is chained to another begins none. */
		if (info && !(info[0] >> 3 & L62_UNWIND_CHAINED))
			r->starts[r->start_count++] = l62_read32(row);
	}
	for (size_t i = 0; i < pdb->symbol_count; i++) {
		if (is_code(pe, pdb->symbols[i].rva))
			r->starts[r->start_count++] = pdb->symbols[i].rva;
	}
	qsort(r->starts, r->start_count, sizeof(*r->starts), by_number);
	return true;
}

/* The index of the import with that slot plus 1; 0: there is none. */
static uint32_t import_at(const struct l62_pe *pe, uint64_t slot)
{
	for (size_t i = 0; i < pe->import_count; i++) {
		if (pe->imports[i].slot == slot)
			return (uint32_t)i + 1;
	}
	return 0;
}

static bool add(struct reader *r, const struct l62_branch *branch)
{
	struct l62_branch *grown =
	        l62_pdb_grow(r->code->branches, r->code->count, &r->room, sizeof(*grown));

	if (!grown)
		return false;
	r->code->branches = grown;
	grown[r->code->count++] = *branch;
	return true;
}

static uint32_t relative(uint32_t next, const uint8_t *operand)
{
	return next + l62_read32(operand);
}

/* An instruction writes the register that is its first operand, as most do. */
static void forget_written(struct reader *r, const char *text)
{
	static const char *const readers[] = {"call", "push", "cmp", "test",
	                                      "jmp",  "pop",  "nop"};
	const char *operand;
	size_t length;

	text += strspn(text, " \t");
	length = strcspn(text, " \t");
	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		if (strlen(readers[i]) == length && memcmp(readers[i], text, length) == 0)
			return;
	}
	operand = text + length + strspn(text + length, " \t");
	length = strcspn(operand, ", \t");
	for (int i = 0; i < REGISTERS; i++) {
		for (int j = 0; j < 2; j++) {
			if (strlen(names[i][j]) == length &&
			    memcmp(names[i][j], operand, length) == 0)
				r->held[i] = 0;
		}
	}
}

static void forget_volatile(struct reader *r)
{
	for (unsigned i = 0; i < REGISTERS; i++) {
		if (VOLATILE >> i & 1)
			r->held[i] = 0;
	}
}

/* Whether what comes next is not run into; padding changes nothing. */
static bool ends(bool ended, const uint8_t *code, const char *text)
{
	text += strspn(text, " \t");
	if (code[0] == 0xcc || strncmp(text, "nop", 3) == 0)
		return ended || code[0] == 0xcc;
	return strncmp(text, "ret", 3) == 0 || strncmp(text, "jmp", 3) == 0;
}

/* Without symbols, and outside of .pdata. */
static bool begins(const struct reader *r, uint32_t rva)
{
	return r->ended && rva % 16 == 0 && r->run->symbols.pdb.symbol_count == 0 &&
	       !l62_row_of(&r->run->pe, rva);
}

/* False: no memory. */
static bool look(struct reader *r, const uint8_t *at, uint32_t rva, uint32_t length,
                 const char *text)
{
	const struct l62_pe *pe = &r->run->pe;
	struct l62_branch branch = {.rva = rva,
	                            .next = rva + length,
	                            .routine = r->routine,
	                            .first = r->routine == rva};
	const uint8_t *code = at;
	uint32_t left = length, import;
	uint8_t prefix = 0;
	bool is_call;

	if (left > 1 && (*code & 0xf0) == 0x40) {
		prefix = *code++;
		left--;
	}
	if (left == 5 && (code[0] == 0xe8 || code[0] == 0xe9)) {
		branch.kind = code[0] == 0xe8 ? L62_BRANCH_CALL : L62_BRANCH_JUMP;
		branch.target = relative(branch.next, code + 1);
		if (branch.kind == L62_BRANCH_CALL)
			forget_volatile(r);
		return add(r, &branch);
	}
	if (left == 6 && code[0] == 0x0f && (code[1] & 0xf0) == 0x80) {
		branch.kind = L62_BRANCH_JUMP;
		branch.target = relative(branch.next, code + 2);
		return add(r, &branch);
	}
	if (left == 6 && code[0] == 0xff && (code[1] == 0x15 || code[1] == 0x25)) {
		is_call = code[1] == 0x15;
		import = import_at(pe, relative(branch.next, code + 2));
		branch.kind =
		        is_call ? import ? L62_BRANCH_CALL_IMPORT : L62_BRANCH_CALL_POINTER
		                : L62_BRANCH_JUMP_IMPORT;
		branch.target = import - 1;
		if (is_call)
			forget_volatile(r);
		return import || is_call ? add(r, &branch) : true;
	}
	if (left == 6 && prefix & 8 && code[0] == 0x8b && (code[1] & 0xc7) == 0x05) {
		r->held[(code[1] >> 3 & 7) | (prefix & 4 ? 8 : 0)] =
		        import_at(pe, relative(branch.next, code + 2));
		return true;
	}
	if (left >= 2 && code[0] == 0xff && (code[1] >> 3 & 7) == 2) {
		import = code[1] >= 0xc0 ? r->held[(code[1] & 7) | (prefix & 1 ? 8 : 0)] : 0;
		branch.kind = import ? L62_BRANCH_CALL_IMPORT : L62_BRANCH_CALL_POINTER;
		branch.target = import - 1;
		forget_volatile(r);
		return add(r, &branch);
	}
	forget_written(r, text);
	return true;
}

static bool read_section(struct reader *r, const struct l62_pe_section *section)
{
	uint32_t size = section->size < section->file_size ? section->size : section->file_size;
	const uint8_t *code = l62_pe_at(&r->run->pe, section->rva, size);
	size_t next = 0;
	uint32_t at = 0;

	while (next < r->start_count && r->starts[next] < section->rva)
		next++;
	while (code && at < size) {
		uint32_t end = size;
		char text[96] = "";
		size_t length;

		for (; next < r->start_count && r->starts[next] - section->rva <= at; next++) {
			r->routine = r->starts[next];
			r->ended = true;
			memset(r->held, 0, sizeof(r->held));
		}
		if (next < r->start_count && r->starts[next] - section->rva < size)
			end = r->starts[next] - section->rva;
		length = LLVMDisasmInstruction(r->disassembler, (uint8_t *)(uintptr_t)code + at,
		                               end - at, section->rva + at, text, sizeof(text));
		if (length == 0 || length > INSTRUCTION_MOST || length > end - at) {
			r->ended = false;
			at++;
			continue;
		}
		if (begins(r, section->rva + at) && code[at] != 0xcc) {
			r->routine = section->rva + at;
			memset(r->held, 0, sizeof(r->held));
		}
		if (!look(r, code + at, section->rva + at, (uint32_t)length, text))
			return false;
		r->ended = ends(r->ended, code + at, text);
		at += (uint32_t)length;
	}
	return true;
}

static int by_rva(const void *a, const void *b)
{
	return by_number(&((const struct l62_branch *)a)->rva,
	                 &((const struct l62_branch *)b)->rva);
}

bool l62_branches_read(struct l62_branches *code, const struct l62_verify *run)
{
	struct reader r = {.run = run, .code = code};
	bool done;

	*code = (struct l62_branches){0};
	LLVMInitializeX86TargetInfo();
	LLVMInitializeX86TargetMC();
	LLVMInitializeX86Disassembler();
	r.disassembler = LLVMCreateDisasm("x86_64-pc-windows-msvc", NULL, 0, NULL, NULL);
	done = r.disassembler && LLVMSetDisasmOptions(r.disassembler, INTEL_SYNTAX) &&
	       collect_starts(&r);
	for (size_t i = 0; done && i < run->pe.section_count; i++) {
		r.routine = 0;
		memset(r.held, 0, sizeof(r.held));
		if (run->pe.sections[i].flags & L62_PE_EXECUTE)
			done = read_section(&r, &run->pe.sections[i]);
	}
	if (r.disassembler)
		LLVMDisasmDispose(r.disassembler);
	free(r.starts);
	if (done && code->count)
		qsort(code->branches, code->count, sizeof(*code->branches), by_rva);
	else if (!done)
		l62_branches_clear(code);
	return done;
}

void l62_branches_clear(struct l62_branches *code)
{
	free(code->branches);
	*code = (struct l62_branches){0};
}
