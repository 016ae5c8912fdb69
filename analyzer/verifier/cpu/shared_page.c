/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads of KUSER_SHARED_DATA; see shared_page.h.  Offsets as documented for ntddk.h's
 * KUSER_SHARED_DATA. */
#include "shared_page.h"

#include <string.h>
#include <sys/mman.h>

#include "host.h"

#define PAGE UINT64_C(0xfffff78000000000)
#define PAGE_SIZE 0x1000u
#define TRAP_FLAG 0x100
/* 1 January 2024, in 100 ns since 1601: the run's first moment. */
#define START INT64_C(133485408000000000)

enum { INTERRUPT_TIME = 0x08, SYSTEM_TIME = 0x14, TICK_COUNT = 0x320, MAJOR = 0x26c };
enum { TICK = 156250, WINDOWS = 10 };
enum { REX = 0x40, REX_W = 8, REX_X = 2, REX_B = 1 };

static const uint8_t order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};

static uint8_t *copy;
static struct {
	bool active;
	uint8_t number; /* in order[] */
	greg_t old, new;
} step;

int l62_shared_page_init(struct l62_error *err)
{
	copy = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (copy == MAP_FAILED)
		return l62_error_set(err, L62_E_IO, "no memory for the page of shared data");
	return L62_OK;
}

/* A KSYSTEM_TIME: low, high, high again. */
static void put_time(size_t offset, int64_t time)
{
	uint32_t parts[3] = {(uint32_t)time, (uint32_t)(time >> 32), (uint32_t)(time >> 32)};

	memcpy(copy + offset, parts, sizeof(parts));
}

static bool refresh(void)
{
	uint32_t major = WINDOWS;
	int64_t now = l62_sched_now();

	if (mprotect(copy, PAGE_SIZE, PROT_READ | PROT_WRITE) != 0)
		return false;
	put_time(INTERRUPT_TIME, now);
	put_time(SYSTEM_TIME, START + now);
	put_time(TICK_COUNT, now / TICK);
	memcpy(copy + MAJOR, &major, sizeof(major));
	return mprotect(copy, PAGE_SIZE, PROT_READ) == 0;
}

/* mov al/ax/eax/rax, [address]: the address is part of the instruction. */
static void load(greg_t *registers, uint64_t address, unsigned size)
{
	uint64_t value = 0;

	memcpy(&value, copy + (address - PAGE), size);
	if (size < 4) {
		uint64_t mask = (UINT64_C(1) << size * 8) - 1;

		value |= (uint64_t)registers[REG_RAX] & ~mask;
	}
	registers[REG_RAX] = (greg_t)value;
}

static bool is_near(greg_t value)
{
	return (uint64_t)value - (PAGE - PAGE_SIZE) < 3 * PAGE_SIZE;
}

/* The register that leads to the page, by the ModRM byte at code; 16: none. */
static uint8_t find_register(const greg_t *registers, const uint8_t *code, size_t size,
                             uint8_t rex)
{
	uint8_t base, index;

	if (size < 2 || code[0] >> 6 == 3 || (code[0] >> 6 == 0 && (code[0] & 7) == 5))
		return 16;
	base = (code[0] & 7) | (rex & REX_B ? 8 : 0);
	if ((code[0] & 7) == 4) {
		base = (code[1] & 7) | (rex & REX_B ? 8 : 0);
		index = ((code[1] >> 3) & 7) | (rex & REX_X ? 8 : 0);
		if (!is_near(registers[order[base]]) && index != 4 && code[1] >> 6 == 0)
			base = index;
	}
	return is_near(registers[order[base]]) ? base : 16;
}

bool l62_shared_page_fault(greg_t *registers, const uint8_t *code, size_t size,
                           uint64_t address)
{
	size_t at = 0;
	uint8_t rex = 0, number;
	bool narrow = false;

	if (address < PAGE || address > PAGE + PAGE_SIZE - 8 || !refresh())
		return false;
	for (; at < size && (code[at] == 0x66 || code[at] == 0xf2 || code[at] == 0xf3); at++)
		narrow = narrow || code[at] == 0x66;
	if (at < size && (code[at] & 0xf0) == REX)
		rex = code[at++];
	if (at < size && (code[at] == 0xa0 || code[at] == 0xa1)) {
		unsigned bytes = code[at] == 0xa0 ? 1 : rex & REX_W ? 8 : narrow ? 2 : 4;

		load(registers, address, bytes);
		registers[REG_RIP] += (greg_t)(at + 9);
		return true;
	}
	if (at < size && code[at] == 0x0f)
		at++;
	at++;
	number = at < size ? find_register(registers, code + at, size - at, rex) : 16;
	if (number == 16)
		return false;
	step.active = true;
	step.number = number;
	step.old = registers[order[number]];
	step.new = (greg_t)((uint64_t)step.old - PAGE + (uintptr_t)copy);
	registers[order[number]] = step.new;
	registers[REG_EFL] |= TRAP_FLAG;
	return true;
}

bool l62_shared_page_stepped(greg_t *registers)
{
	if (!step.active)
		return false;
	step.active = false;
	registers[REG_EFL] &= ~(greg_t)TRAP_FLAG;
	/* Unless the instruction has loaded it. */
	if (registers[order[step.number]] == step.new)
		registers[order[step.number]] = step.old;
	return true;
}

uint64_t l62_shared_page_original(uint64_t address)
{
	uint64_t offset = address - (uintptr_t)copy;

	return offset < PAGE_SIZE ? PAGE + offset : address;
}
