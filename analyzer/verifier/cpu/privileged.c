/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The privileged instructions that the DDK's inline functions and compilers'
 * intrinsics put into drivers.  Ports and MSRs read as zero and swallow what is written:
 * there is no hardware.
 *
 *   44 0f 20 /r  mov r64, cr8     44 0f 22 /r  mov cr8, r64
 *   0f 20 /r     mov r64, cr0, cr3 or cr4: as 64-bit Windows has them
 *   fa cli  fb sti                0f 32 rdmsr  0f 30 wrmsr
 *   ec ed in  ee ef out           0f 09 wbinvd 0f 01 /7 invlpg
 *   f4 hlt, which the next interrupt ends: at once    0f 33 rdpmc
 */
#include <cpuid.h>

#include "cpu.h"
#include "host.h"

enum { REX = 0x40, REX_R = 4, REX_B = 1, CR8 = 8, IRQL_MASK = 15 };

/* ModRM numbers to the registers of a ucontext. */
static const uint8_t order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};

/* Protection, paging and what comes with them; SSE, and AVX if Linux has enabled it. */
#define CR0_VALUE 0x80050033u
#define CR4_VALUE 0x6f8u
#define CR4_OSXSAVE (1u << 18)
#define PAGE_DIRECTORY 0x1ad000

static bool read_control(uint8_t number, greg_t *value)
{
	unsigned a, b, c = 0, d;

	switch (number) {
	case 0:
		*value = CR0_VALUE;
		return true;
	case 3:
		*value = PAGE_DIRECTORY;
		return true;
	case 4:
		*value = CR4_VALUE;
		if (__get_cpuid(1, &a, &b, &c, &d) && c & bit_OSXSAVE)
			*value |= CR4_OSXSAVE;
		return true;
	default:
		return false;
	}
}

static bool control_register(greg_t *registers, const uint8_t *code, uint8_t rex)
{
	uint8_t number = ((code[2] >> 3) & 7) | (rex & REX_R ? 8 : 0);
	greg_t *general = &registers[order[(code[2] & 7) | (rex & REX_B ? 8 : 0)]];

	if (number != CR8)
		return code[1] == 0x20 && read_control(number, general);
	if (code[1] == 0x20)
		*general = l62_cpu_irql();
	else
		l62_cpu_set_irql((uint8_t)(*general & IRQL_MASK));
	return true;
}

static bool two_bytes(greg_t *registers, const uint8_t *code, size_t size, uint8_t rex,
                      size_t *length)
{
	*length = 2;
	switch (code[1]) {
	case 0x32:
	case 0x33:
		registers[REG_RAX] = 0;
		registers[REG_RDX] = 0;
		return true;
	case 0x30:
	case 0x09:
		return true;
	case 0x20:
	case 0x22:
		*length = 3;
		return size >= 3 && control_register(registers, code, rex);
	case 0x01:
		/* invlpg with a plain register operand. */
		*length = 3;
		return size >= 3 && (code[2] & 0xf8) == 0x38 && (code[2] & 7) != 4 &&
		       (code[2] & 7) != 5;
	default:
		return false;
	}
}

bool l62_privileged_emulate(greg_t *registers, const uint8_t *code, size_t size)
{
	size_t length = 1, prefix = 0;
	uint8_t rex = 0;
	bool wide = false;

	while (prefix < size && (code[prefix] == 0x66 || code[prefix] == 0xf3)) {
		wide = wide || code[prefix] == 0x66;
		prefix++;
	}
	if (prefix < size && (code[prefix] & 0xf0) == REX)
		rex = code[prefix++];
	code += prefix;
	size -= prefix;
	if (size < 2)
		return false;
	switch (code[0]) {
	case 0xf4:
	case 0xfa:
	case 0xfb:
	case 0xee:
	case 0xef:
		break;
	case 0xec:
		registers[REG_RAX] &= ~(greg_t)0xff;
		break;
	case 0xed:
		registers[REG_RAX] = wide ? registers[REG_RAX] & ~(greg_t)0xffff : 0;
		break;
	case 0x0f:
		if (!two_bytes(registers, code, size, rex, &length))
			return false;
		break;
	default:
		return false;
	}
	registers[REG_RIP] += (greg_t)(prefix + length);
	return true;
}
