/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Four of each TU's sites are told in full, in a field, a field that goes with a flag, a
 * global and a list: filled by a request if they are empty, and released by the TU's
 * part of the teardown, through the helper that all TUs share.  In each eighth TU the
 * flag is the wrong one.  The other functions ask the system, call the next one and
 * one of the next TU, and count.
 */
#include "link_skeleton.h"

int bench_span(int level)
{
	int span = 1;

	for (; level > 0; level--)
		span *= BENCH_FAN;
	return span;
}

int bench_top(int tus)
{
	int level = 1;

	while (bench_span(level) < tus)
		level++;
	return level;
}

char *bench_dispatch_name(int level, int index, int tus)
{
	if (level == 0)
		return g_strdup_printf("f1_%d", index);
	if (level == bench_top(tus))
		return g_strdup("Dispatch");
	return g_strdup_printf("d%d_%d", level, index);
}

static void add_header(GString *text, const char *name, int tu, int line, const char *rest)
{
	g_string_append_printf(text, "F %s e /drv/tu%d.c %d %s\n", name, tu, line, rest);
}

static void add_numbered(GString *text, int function, int tu, const char *rest)
{
	g_autofree char *name = g_strdup_printf("f%d_%d", function, tu);

	add_header(text, name, tu, function * 20, rest);
}

#define CODE                                                                                   \
	"K v2\nL v3 v2:Parameters.DeviceIoControl.IoControlCode"                               \
	" ^IO_STACK_LOCATION.Parameters.DeviceIoControl.IoControlCode\n"

/* By the request's code: fills a slot, sets a flag, or works. */
static void add_handler(GString *text, int tu)
{
	static const int calls[] = {2, 3, 4, 6};

	add_numbered(text, 1, tu, "i 2 6 8\nV p p p u p i");
	g_string_append(text,
	                "B\n" CODE "L v4 v0:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\n"
	                "# 22\nS v3 6 #1 1 #2 2 #3 3 #4 4 #5 5\n");
	for (gsize i = 0; i < G_N_ELEMENTS(calls); i++)
		g_string_append_printf(text, "B\n# 24\nC v5 f%d_%d e v4\nR v5\n", calls[i], tu);
	g_string_append_printf(text, "B\n# 28\nW v4:other%d #1 ^EXT.other%d\nJ 7\n", tu, tu);
	g_string_append_printf(text, "B\n# 30\nC v5 f7_%d e v4 v1\nR v5\nB\nR #0\nE\n", tu);
}

/* Function site fills the slot of its site. */
static void add_fill(GString *text, int site, int tu, const char *place, const char *path)
{
	gboolean list = g_str_has_prefix(path, "list");

	add_numbered(text, site, tu, "i 1 6 6\nV p p p u i p");
	g_string_append_printf(text, list ? "B\nE v3 %s ^%s\n" : "B\nL v1 %s ^%s\n", place,
	                       path);
	g_string_append_printf(text, "# %d\n? v%d %s #0 1 5\nB\n# %d\n", site * 20 + 4,
	                       list ? 3 : 1, list ? "!=" : "==", site * 20 + 5);
	g_string_append_printf(text,
	                       "acq POOL ExAllocatePool2 %d null - v2\n? v2 != #0 2 5\nB\n",
	                       site * 20 + 5);
	if (list)
		g_string_append(text, "A v5 v2 Link ^ROW.Link\n");
	g_string_append_printf(text, "# %d\nW %s v%d ^%s\nJ 3\n", site * 20 + 6, place,
	                       list ? 5 : 2, path);
	g_string_append_printf(text, "B\n# %d\nW v0:ready%d_%d #1 ^EXT.ready%d_%d\nJ 4\n",
	                       site * 20 + 7, tu, site, tu, site);
	g_string_append_printf(text, "B\n# %d\nR #0\nB\n# %d\nR #-1\nE\n", site * 20 + 14,
	                       site * 20 + 15);
}

/* The last function: takes everything down that the TU has. */
static void add_teardown(GString *text, int tu)
{
	g_autofree char *flag =
	        tu % 8 ? g_strdup_printf("ready%d_6", tu) : g_strdup_printf("other%d", tu);

	add_numbered(text, BENCH_FUNCTIONS, tu, "v 1 7 8\nV p p p u u p p");
	g_string_append_printf(text,
	                       "B\nL v1 v0:f%d_3 ^EXT.f%d_3\n# 801\nC - Free e v1\nJ 1\n"
	                       "B\nL v5 @g%d_4 ^%%3A%%3Ag%d_4\n# 802\n? v5 != #0 2 3\n"
	                       "B\n# 803\nC - Free e v5\nJ 3\n",
	                       tu, tu, tu, tu);
	g_string_append_printf(text,
	                       "B\nE v3 v0:l%d_2 ^list%%20EXT.l%d_2\n# 804\n? v3 == #0 4 5\n"
	                       "B\nK v2 ^\nL v2 v0:l%d_2 ^list%%20EXT.l%d_2\n"
	                       "# 805\nC - Free e v2\nJ 3\n",
	                       tu, tu, tu, tu);
	g_string_append_printf(text,
	                       "B\nL v4 v0:%s ^EXT.%s\n# 806\n? v4 != #0 6 7\n"
	                       "B\nL v6 v0:f%d_6 ^EXT.f%d_6\n# 807\nC - Free e v6\nJ 7\n"
	                       "B\n# 809\nR -\nE\n",
	                       flag, flag, tu, tu);
}

static void add_work(GString *text, int f, int tu, int tus)
{
	int line = f * 20;

	add_numbered(text, f, tu, "i 2 7 6\nV p p i p u i i");
	g_string_append_printf(text, "B\n# %d\nK v2\n? v2 < #0 1 2\nB\n# %d\nR v2\n", line + 2,
	                       line + 3);
	g_string_append_printf(text,
	                       "B\nL v4 v0:count%d_%d ^EXT.count%d_%d\n# %d\n? v4 == #0 3 4\n",
	                       tu, f, tu, f, line + 5);
	g_string_append_printf(text, "B\n# %d\n", line + 7);
	if (f == 5 || f == BENCH_FUNCTIONS - 1)
		g_string_append(text, "K v5\n");
	else
		g_string_append_printf(text, "C v5 f%d_%d e v0 v1\n", f + 1,
		                       f % 8 ? tu : (tu + 1) % tus);
	g_string_append_printf(text,
	                       "D v6 + v4 #1\nW v0:count%d_%d v6 ^EXT.count%d_%d\nJ 5\n"
	                       "B\n# %d\nR #0\nB\n# %d\nR v5\nE\n",
	                       tu, f, tu, f, line + 9, line + 14);
}

static void add_dispatch(GString *text, int level, int index, int tus)
{
	int below = bench_span(level - 1), first = index * BENCH_FAN;
	int count = MIN(BENCH_FAN, (tus + below - 1) / below - first);
	g_autofree char *name = bench_dispatch_name(level, index, tus);
	g_autofree char *rest = g_strdup_printf("i 2 5 %d\nV p p p u i", count + 2);

	add_header(text, name, first * below, 830 + level, rest);
	g_string_append_printf(text, "B\n" CODE "# 840\nS v3 %d", count + 1);
	for (int i = 0; i < count; i++)
		g_string_append_printf(text, " #%d %d", i, i + 1);
	g_string_append(text, "\n");
	for (int i = 0; i < count; i++) {
		g_autofree char *callee = bench_dispatch_name(level - 1, first + i, tus);

		g_string_append_printf(text, "B\n# 845\nC v4 %s e v0 v1\nR v4\n", callee);
	}
	g_string_append(text, "B\nR #-1\nE\n");
}

static void add_driver(GString *text, int tus)
{
	g_string_append(text,
	                "F DriverEntry e /drv/tu0.c 900 i 2 2 1\nV p p\nB\n# 930\nR #0\nE\n"
	                "F Free e /drv/tu0.c 960 v 1 1 3\nV p\n"
	                "B\n? v0 != #0 1 2\nB\n# 961\nrel POOL v0\nJ 2\nB\nR -\nE\n"
	                "F Unload e /drv/tu0.c 940 v 1 3 1\nV p p p\n"
	                "B\nL v1 v0:DeviceObject ^DRIVER_OBJECT.DeviceObject\n"
	                "L v2 v1:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\n# 945\n");
	for (int tu = 0; tu < tus; tu++)
		g_string_append_printf(text, "C - f%d_%d e v2\n", BENCH_FUNCTIONS, tu);
	g_string_append(text, "# 950\nR -\nE\n");
}

char *bench_skeleton(int tu, int tus)
{
	GString *text = g_string_new(NULL);

	add_handler(text, tu);
	for (int f = 2; f < BENCH_FUNCTIONS; f++) {
		g_autofree char *name = g_strdup_printf("%c%d_%d", "lfg"[(f + 1) % 3], tu, f);
		g_autofree char *place = NULL, *path = NULL;

		if (f != 2 && f != 3 && f != 4 && f != 6) {
			add_work(text, f, tu, tus);
			continue;
		}
		place = f % 3 == 1 ? g_strconcat("@", name, NULL)
		                   : g_strconcat("v0:", name, NULL);
		path = g_strconcat(f % 3 == 1   ? "%3A%3A"
		                   : f % 3 == 0 ? "EXT."
		                                : "list%20EXT.",
		                   name, NULL);
		add_fill(text, f, tu, place, path);
	}
	add_teardown(text, tu);
	for (int level = 1; level <= bench_top(tus) && tu % bench_span(level) == 0; level++)
		add_dispatch(text, level, tu / bench_span(level), tus);
	if (tu == 0)
		add_driver(text, tus);
	return g_string_free(text, FALSE);
}
