/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Unwinding by tables made by hand, over a stack made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "loader/unwind_plan.h"

enum { IMAGE = 0x2000, PDATA = 0x1000, XDATA = 0x1800, WORDS = 64 };
enum { BASE = 0x10000000, FUNCTION = 0x100, END = 0x200, RETURN = 0x77 };

static uint8_t image[IMAGE];
static uint64_t words[WORDS];
static struct l62_unwind_table table;
static struct l62_stack stack;
static struct l62_registers r;

static int set_up(void **state)
{
	(void)state;
	memset(image, 0x90, sizeof(image)); /* nop */
	memset(image + PDATA, 0, IMAGE - PDATA);
	for (int i = 0; i < WORDS; i++)
		words[i] = 0x1000u + (unsigned)i;
	table = (struct l62_unwind_table){image, BASE, IMAGE, PDATA, 1};
	stack = (struct l62_stack){(uintptr_t)words, (uintptr_t)(words + WORDS)};
	r = (struct l62_registers){.rip = BASE + FUNCTION + 0x50};
	r.gpr[L62_RSP] = (uintptr_t)words;
	return 0;
}

static void row(uint32_t number, uint32_t begin, uint32_t end, uint32_t unwind)
{
	const uint32_t entry[] = {begin, end, unwind};

	memcpy(image + PDATA + number * 12, entry, sizeof(entry));
}

static void function(const uint8_t *unwind, size_t size)
{
	row(0, FUNCTION, END, XDATA);
	memcpy(image + XDATA, unwind, size);
}

static uint64_t at(int word)
{
	return (uintptr_t)(words + word);
}

/* push rbp (1); push rbx (2); sub rsp, 0x28 (6) */
static const uint8_t pushes[] = {1, 6, 3, 0, 6, 0x42, 2, 0x30, 1, 0x50};

static void unwinds_a_leaf(void **state)
{
	(void)state;
	row(0, 0x900, 0x910, XDATA);
	words[0] = RETURN;
	assert_true(l62_unwind_step(&table, &stack, &r));
	assert_int_equal(r.rip, RETURN);
	assert_int_equal(r.gpr[L62_RSP], at(1));
}

static void undoes_pushes(void **state)
{
	(void)state;
	function(pushes, sizeof(pushes));
	words[5] = 0xbb;
	words[6] = 0xbf;
	words[7] = RETURN;
	assert_true(l62_unwind_step(&table, &stack, &r));
	assert_int_equal(r.gpr[L62_RBX], 0xbb);
	assert_int_equal(r.gpr[L62_RBP], 0xbf);
	assert_int_equal(r.rip, RETURN);
	assert_int_equal(r.gpr[L62_RSP], at(8));
}

static void leaves_out_what_was_not_reached(void **state)
{
	(void)state;
	function(pushes, sizeof(pushes));
	r.rip = BASE + FUNCTION + 1; /* rbp is pushed, rbx is not */
	r.gpr[L62_RBX] = 1;
	words[0] = 0xbf;
	words[1] = RETURN;
	assert_true(l62_unwind_step(&table, &stack, &r));
	assert_int_equal(r.gpr[L62_RBX], 1);
	assert_int_equal(r.gpr[L62_RBP], 0xbf);
	assert_int_equal(r.rip, RETURN);
}

static void finishes_an_epilog(void **state)
{
	static const uint8_t epilog[] = {0x5b, 0x5d, 0xc3}; /* pop rbx; pop rbp; ret */

	(void)state;
	function(pushes, sizeof(pushes));
	memcpy(image + FUNCTION + 0x50, epilog, sizeof(epilog));
	words[0] = 0xbb;
	words[1] = 0xbf;
	words[2] = RETURN;
	assert_true(l62_unwind_step(&table, &stack, &r));
	assert_int_equal(r.gpr[L62_RBX], 0xbb);
	assert_int_equal(r.gpr[L62_RBP], 0xbf);
	assert_int_equal(r.rip, RETURN);
	assert_int_equal(r.gpr[L62_RSP], at(3));
}

/* pop rbx; pop rbp; then code: whether that ends an epilog. */
static bool ends_epilog(const uint8_t *code, size_t size)
{
	memcpy(image + FUNCTION + 0x50, "\x5b\x5d", 2);
	memcpy(image + FUNCTION + 0x52, code, size);
	r.rip = BASE + FUNCTION + 0x50;
	r.gpr[L62_RSP] = at(0);
	words[0] = 0xbb;
	words[1] = 0xbf;
	words[2] = RETURN;
	words[7] = 1; /* where the return address would be in the body */
	assert_true(l62_unwind_step(&table, &stack, &r));
	return r.rip == RETURN && r.gpr[L62_RBX] == 0xbb && r.gpr[L62_RSP] == at(3);
}

static void finishes_an_epilog_with_a_jump(void **state)
{
	(void)state;
	function(pushes, sizeof(pushes));
	assert_true(ends_epilog((const uint8_t[]){0xe9, 0x00, 0x02, 0, 0}, 5));
	assert_true(ends_epilog((const uint8_t[]){0xff, 0x25, 0, 0, 0, 0}, 6));
	assert_true(ends_epilog((const uint8_t[]){0x48, 0xff, 0xe0}, 3));
	assert_true(ends_epilog((const uint8_t[]){0x48, 0xff, 0x60, 0x18}, 4));
	assert_true(ends_epilog((const uint8_t[]){0x41, 0xff, 0x20}, 3));
	/* to itself anew: the target is FUNCTION */
	assert_true(ends_epilog((const uint8_t[]){0xeb, 0xac}, 2));
	/* within the function, and those of switches */
	assert_false(ends_epilog((const uint8_t[]){0xeb, 0x10}, 2));
	assert_false(ends_epilog((const uint8_t[]){0xe9, 0x10, 0, 0, 0}, 5));
	assert_false(ends_epilog((const uint8_t[]){0xff, 0xe0}, 2));
	assert_false(ends_epilog((const uint8_t[]){0xff, 0x24, 0xc8}, 3));
}

/* A jmp from one part of a function to another is no epilog. */
static void tells_parts_from_functions(void **state)
{
	static const uint8_t part[] = {4 << 3 | 1, 0, 0, 0};
	const uint32_t parent[] = {FUNCTION, END, XDATA};

	(void)state;
	function(pushes, sizeof(pushes));
	table.count = 2;
	row(1, 0x300, 0x340, XDATA + 0x40);
	memcpy(image + XDATA + 0x40, part, sizeof(part));
	memcpy(image + XDATA + 0x40 + sizeof(part), parent, sizeof(parent));
	/* 0x152 + 5 + 0x1b9 = 0x310 */
	assert_false(ends_epilog((const uint8_t[]){0xe9, 0xb9, 0x01, 0, 0}, 5));
	memcpy(image + XDATA + 0x40, pushes, sizeof(pushes));
	assert_true(ends_epilog((const uint8_t[]){0xe9, 0xb9, 0x01, 0, 0}, 5));
}

/* Version 2: epilogs of 3 bytes at the end of the function and 0x80 before. */
static const uint8_t with_epilogs[] = {2, 6,    5, 0,    3, 0x16, 0x80, 0x06,
                                       6, 0x42, 2, 0x30, 1, 0x50, 0,    0};

static void knows_epilogs_of_version_2(void **state)
{
	static const uint8_t code[] = {0x5b, 0x5d, 0xff, 0xe0}; /* a jmp that version 1 fears */

	(void)state;
	function(with_epilogs, sizeof(with_epilogs));
	for (uint32_t i = 0; i < 2; i++) {
		memcpy(image + (i ? END - 3 : END - 0x80), i ? "\x5b\x5d\xc3" : (char *)code,
		       i ? 3 : 4);
		r.rip = BASE + (i ? END - 2 : END - 0x80 + 1);
		r.gpr[L62_RSP] = at(1);
		words[1] = 0xbf;
		words[2] = RETURN;
		assert_true(l62_unwind_step(&table, &stack, &r));
		assert_int_equal(r.rip, RETURN);
		assert_int_equal(r.gpr[L62_RBP], 0xbf);
	}
	/* What looks like one elsewhere is none. */
	memcpy(image + FUNCTION + 0x50, "\x5b\x5d\xc3", 3);
	r.rip = BASE + FUNCTION + 0x50;
	r.gpr[L62_RSP] = at(0);
	words[5] = 0xb5;
	words[7] = RETURN + 1;
	assert_true(l62_unwind_step(&table, &stack, &r));
	assert_int_equal(r.rip, RETURN + 1);
	assert_int_equal(r.gpr[L62_RBX], 0xb5);
}

/* push rbp; push rbx; sub rsp: with a handler at 0x444 for raising alone. */
static void finds_the_handler(void **state)
{
	static const uint8_t handled[] = {1 << 3 | 1, 6,    3, 0, 6,    0x42, 2, 0x30,
	                                  1,          0x50, 0, 0, 0x44, 4,    0, 0};
	struct l62_unwound out;

	(void)state;
	function(handled, sizeof(handled));
	assert_true(l62_unwind_frame(&table, &stack, &r, L62_UNWIND_EHANDLER, &out));
	assert_int_equal(out.handler, 0x444);
	assert_int_equal(out.handler_data, XDATA + sizeof(handled));
	assert_int_equal(out.establisher, at(0));
	assert_int_equal(out.row[0], FUNCTION);
	assert_int_equal(out.row_rva, PDATA);
	r.rip = BASE + FUNCTION + 0x50;
	r.gpr[L62_RSP] = at(0);
	assert_true(l62_unwind_frame(&table, &stack, &r, L62_UNWIND_UHANDLER, &out));
	assert_int_equal(out.handler, 0);
	/* Not in the prolog, nor in an epilog. */
	r.rip = BASE + FUNCTION + 2;
	r.gpr[L62_RSP] = at(0);
	assert_true(l62_unwind_frame(&table, &stack, &r, L62_UNWIND_EHANDLER, &out));
	assert_int_equal(out.handler, 0);
	image[FUNCTION + 0x50] = 0xc3;
	r.rip = BASE + FUNCTION + 0x50;
	r.gpr[L62_RSP] = at(0);
	assert_true(l62_unwind_frame(&table, &stack, &r, L62_UNWIND_EHANDLER, &out));
	assert_int_equal(out.handler, 0);
}

/* The frame register's base, whatever rsp is. */
static void names_a_frame_by_its_register(void **state)
{
	static const uint8_t frame[] = {1, 10, 3, 0x25, 10, 0x03, 5, 0x32, 1, 0x50};
	struct l62_unwound out;

	(void)state;
	function(frame, sizeof(frame));
	r.gpr[L62_RBP] = at(20);
	assert_true(l62_unwind_frame(&table, &stack, &r, 0, &out));
	assert_int_equal(out.establisher, at(16));
}

/* sub rsp, 0x100; rsi at rsp + 0x40, xmm6 at rsp + 0x20 */
static void restores_saved_registers(void **state)
{
	static const uint8_t saves[] = {1,  20,   6, 0, 20, 0x68, 2,  0,
	                                15, 0x64, 8, 0, 7,  0x01, 32, 0};

	(void)state;
	function(saves, sizeof(saves));
	words[8] = 0x51;
	words[4] = 0x61;
	words[5] = 0x62;
	words[32] = RETURN;
	assert_true(l62_unwind_step(&table, &stack, &r));
	assert_int_equal(r.gpr[L62_RSI], 0x51);
	assert_int_equal(r.xmm[6][0], 0x61);
	assert_int_equal(r.xmm[6][1], 0x62);
	assert_int_equal(r.gpr[L62_RSP], at(33));
}

/* push rbp; sub rsp, 0x20; lea rbp, [rsp + 0x20]; then rsp went elsewhere */
static void follows_a_frame_register(void **state)
{
	static const uint8_t frame[] = {1, 10, 3, 0x25, 10, 0x03, 5, 0x32, 1, 0x50};

	(void)state;
	function(frame, sizeof(frame));
	r.gpr[L62_RBP] = at(20);
	words[20] = 0xbf;
	words[21] = RETURN;
	assert_true(l62_unwind_step(&table, &stack, &r));
	assert_int_equal(r.gpr[L62_RBP], 0xbf);
	assert_int_equal(r.rip, RETURN);
	assert_int_equal(r.gpr[L62_RSP], at(22));
}

/* A part of a function that saves rdi on top of what the function's entry did. */
static void follows_chained_entries(void **state)
{
	static const uint8_t part[] = {4 << 3 | 1, 4, 2, 0, 4, 0x74, 3, 0};
	const uint32_t parent[] = {FUNCTION, FUNCTION + 0x40, XDATA + 0x40};

	(void)state;
	row(0, FUNCTION + 0x40, END, XDATA);
	memcpy(image + XDATA, part, sizeof(part));
	memcpy(image + XDATA + sizeof(part), parent, sizeof(parent));
	memcpy(image + XDATA + 0x40, pushes, sizeof(pushes));
	words[3] = 0xd1;
	words[7] = RETURN;
	assert_true(l62_unwind_step(&table, &stack, &r));
	assert_int_equal(r.gpr[L62_RDI], 0xd1);
	assert_int_equal(r.rip, RETURN);
	assert_int_equal(r.gpr[L62_RSP], at(8));
}

static void ends_where_tables_are_damaged(void **state)
{
	uint8_t damaged[sizeof(pushes)];

	(void)state;
	memcpy(damaged, pushes, sizeof(pushes));
	damaged[0] = 7;
	function(damaged, sizeof(damaged));
	assert_false(l62_unwind_step(&table, &stack, &r));
	row(0, FUNCTION, END, IMAGE - 2);
	assert_false(l62_unwind_step(&table, &stack, &r));
	damaged[0] = 1;
	damaged[2] = 1; /* cuts ALLOC_LARGE in two */
	damaged[5] = 0x01;
	function(damaged, sizeof(damaged));
	assert_false(l62_unwind_step(&table, &stack, &r));
}

static void ends_at_the_end_of_the_stack(void **state)
{
	(void)state;
	function(pushes, sizeof(pushes));
	stack.high = at(7);
	assert_false(l62_unwind_step(&table, &stack, &r));
	r.rip = BASE + IMAGE;
	assert_false(l62_unwind_step(&table, &stack, &r));
}

/* An entry chained to itself. */
static void does_not_loop(void **state)
{
	static const uint8_t part[] = {4 << 3 | 1, 0, 0, 0};
	const uint32_t self[] = {FUNCTION, END, XDATA};

	(void)state;
	function(part, sizeof(part));
	memcpy(image + XDATA + sizeof(part), self, sizeof(self));
	assert_false(l62_unwind_step(&table, &stack, &r));
}

static void finds_by_halving(void **state)
{
	uint32_t found[3];

	(void)state;
	table.count = 20;
	for (uint32_t i = 0; i < 20; i++)
		row(i, 0x100 + i * 0x20, 0x110 + i * 0x20, i);
	for (uint32_t i = 0; i < 20; i++) {
		assert_true(l62_unwind_find(&table, BASE + 0x10f + i * 0x20, found));
		assert_int_equal(found[2], i);
		assert_false(l62_unwind_find(&table, BASE + 0x110 + i * 0x20, found));
	}
	assert_false(l62_unwind_find(&table, BASE - 1, found));
}

/* Codes of one slot at the end of the image: nothing behind it is read. */
static void reads_nothing_behind_the_image(void **state)
{
	/* push rbp (1); push rbx (2) */
	static const uint8_t codes[] = {1, 2, 2, 0, 2, 0x30, 1, 0x50};
	/* sub rsp, 0x10 in the form for large ones (7) */
	static const uint8_t large[] = {1, 7, 2, 0, 7, 1, 2, 0};
	uint8_t *pages = mmap(NULL, 2 * IMAGE, PROT_READ | PROT_WRITE,
	                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct l62_unwind_plan plan;

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(mprotect(pages + IMAGE, IMAGE, PROT_NONE), 0);
	row(0, FUNCTION, END, IMAGE - sizeof(codes));
	memcpy(image + IMAGE - sizeof(codes), codes, sizeof(codes));
	memcpy(pages, image, IMAGE);
	table.image = pages;
	assert_true(l62_unwind_plan_make(&plan, &table, &stack, UINT16_MAX, &r));
	assert_int_equal(plan.rip, BASE + FUNCTION + 0x50);
	assert_int_equal(r.gpr[L62_RSP], at(3));
	memcpy(pages + IMAGE - sizeof(large), large, sizeof(large));
	r.rip = BASE + FUNCTION + 0x50;
	assert_true(l62_unwind_plan_make(&plan, &table, &stack, UINT16_MAX, &r));
	assert_int_equal(plan.next.offset, 16);
	assert_int_equal(r.gpr[L62_RSP], at(6));
	munmap(pages, 2 * IMAGE);
}

/* A plan made at r, used where rsp, the frame register and what lies there are others. */
static void plans(bool expected)
{
	struct l62_registers first = r, stepped = r, planned;
	struct l62_unwind_plan plan;

	assert_true(l62_unwind_plan_make(&plan, &table, &stack, UINT16_MAX, &first));
	assert_int_equal(plan.rip == r.rip, expected);
	if (!expected)
		return;
	assert_true(l62_unwind_step(&table, &stack, &stepped));
	assert_memory_equal(&first, &stepped, sizeof(first));
	for (int i = 0; i < WORDS; i++)
		words[i] += 0x100000;
	stepped = r;
	stepped.gpr[L62_RSP] = at(3);
	if (stepped.gpr[L62_RBP])
		stepped.gpr[L62_RBP] = at(22);
	planned = stepped;
	assert_true(l62_unwind_step(&table, &stack, &stepped));
	assert_true(l62_unwind_plan_step(&plan, &stack, &planned));
	assert_int_equal(planned.rip, stepped.rip);
	assert_memory_equal(planned.gpr, stepped.gpr, sizeof(planned.gpr));
	stack.high = stepped.gpr[L62_RSP] - 8;
	planned = r;
	planned.gpr[L62_RSP] = at(3);
	if (planned.gpr[L62_RBP])
		planned.gpr[L62_RBP] = at(22);
	assert_false(l62_unwind_plan_step(&plan, &stack, &planned));
}

static void plans_leaves_and_pushes(void **state)
{
	row(0, 0x900, 0x910, XDATA);
	plans(true);
	set_up(state);
	function(pushes, sizeof(pushes));
	plans(true);
}

static void plans_saved_registers(void **state)
{
	static const uint8_t saves[] = {1, 20, 8,    0, 20, 0x68, 2,    0, 15,   0x64, 8,
	                                0, 13, 0x75, 0, 1,  0x00, 0x00, 7, 0x01, 32,   0};

	(void)state;
	/* rsi near, rdi by a far offset of 0x100 */
	function(saves, sizeof(saves));
	image[XDATA + 2] = 9;
	plans(true);
}

static void plans_a_frame_register(void **state)
{
	static const uint8_t frame[] = {1, 10, 3, 0x25, 10, 0x03, 5, 0x32, 1, 0x50};

	(void)state;
	function(frame, sizeof(frame));
	r.gpr[L62_RBP] = at(20);
	plans(true);
}

static void plans_chained_entries(void **state)
{
	static const uint8_t part[] = {4 << 3 | 1, 4, 2, 0, 4, 0x74, 3, 0};
	const uint32_t parent[] = {FUNCTION, FUNCTION + 0x40, XDATA + 0x40};

	(void)state;
	row(0, FUNCTION + 0x40, END, XDATA);
	memcpy(image + XDATA, part, sizeof(part));
	memcpy(image + XDATA + sizeof(part), parent, sizeof(parent));
	memcpy(image + XDATA + 0x40, pushes, sizeof(pushes));
	plans(true);
}

/* rbx is not wanted, rbp is a frame register of some function. */
static void plans_what_is_wanted(void **state)
{
	struct l62_registers first = r, planned = r;
	struct l62_unwind_plan plan;

	(void)state;
	function(pushes, sizeof(pushes));
	assert_int_equal(l62_unwind_bases(&table), 1 << L62_RSP | 1 << L62_RAX);
	assert_true(l62_unwind_plan_make(&plan, &table, &stack, 1 << L62_RBP, &first));
	assert_int_equal(plan.rip, r.rip);
	assert_true(l62_unwind_plan_step(&plan, &stack, &planned));
	assert_int_equal(planned.gpr[L62_RBP], words[6]);
	assert_int_equal(planned.gpr[L62_RBX], 0);
	image[XDATA + 3] = 0x25;
	assert_int_equal(l62_unwind_bases(&table), 1 << L62_RSP | 1 << L62_RBP);
}

/* What depends on more than the return address. */
static void plans_nothing_else(void **state)
{
	static const uint8_t machine[] = {1, 0, 1, 0, 0, 0x0a, 0, 0};

	function(pushes, sizeof(pushes));
	r.rip = BASE + FUNCTION + 3; /* in the prolog */
	plans(false);
	set_up(state);
	function(machine, sizeof(machine));
	words[3] = at(40);
	plans(false);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
	        TEST(unwinds_a_leaf),
	        TEST(undoes_pushes),
	        TEST(leaves_out_what_was_not_reached),
	        TEST(finishes_an_epilog),
	        TEST(finishes_an_epilog_with_a_jump),
	        TEST(tells_parts_from_functions),
	        TEST(knows_epilogs_of_version_2),
	        TEST(finds_the_handler),
	        TEST(names_a_frame_by_its_register),
	        TEST(restores_saved_registers),
	        TEST(follows_a_frame_register),
	        TEST(follows_chained_entries),
	        TEST(ends_where_tables_are_damaged),
	        TEST(ends_at_the_end_of_the_stack),
	        TEST(does_not_loop),
	        TEST(finds_by_halving),
	        TEST(reads_nothing_behind_the_image),
	        TEST(plans_leaves_and_pushes),
	        TEST(plans_saved_registers),
	        TEST(plans_a_frame_register),
	        TEST(plans_chained_entries),
	        TEST(plans_what_is_wanted),
	        TEST(plans_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
