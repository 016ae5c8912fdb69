/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * See chart.h.  The lines are those of the tags with the highest peaks; the tables have
 * all of them.  Between two points nothing is known, or nothing changed, so lines are
 * steps.
 */
#include "chart.h"

#include <math.h>

#include "put.h"
#include "table.h"

enum {
	LINES_MOST = 6,
	WIDTH = 440,
	HEIGHT = 250,
	LEFT = 62,
	RIGHT = 10,
	TOP = 12,
	BOTTOM = 40,
	TICKS = 4,
};

struct series {
	const char *tag, *pool;
	json_t *points;
	json_int_t peak, peak_at, last;
};

static json_int_t part(json_t *point, size_t index)
{
	return MAX(json_integer_value(json_array_get(point, index)), 0);
}

static gint by_peak(gconstpointer left, gconstpointer right)
{
	const struct series *a = left, *b = right;

	return (a->peak < b->peak) - (a->peak > b->peak);
}

/* Of struct series, highest peak first. */
static GArray *read_series(json_t *timeline)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct series));
	size_t i, k;
	json_t *entry, *point;

	json_array_foreach(timeline, i, entry)
	{
		struct series one = {.tag = json_string_value(json_object_get(entry, "tag")),
		                     .pool = json_string_value(json_object_get(entry, "pool")),
		                     .points = json_object_get(entry, "points"),
		                     .peak = -1};

		json_array_foreach(one.points, k, point)
		{
			one.last = part(point, 1);
			if (one.last > one.peak) {
				one.peak = one.last;
				one.peak_at = part(point, 0);
			}
		}
		if (one.peak >= 0)
			g_array_append_val(all, one);
	}
	/* g_array_sort() is stable. */
	g_array_sort(all, by_peak);
	return all;
}

/* The smallest of 1, 2, 4, 5 and 8 times a power of ten that is no less. */
static double nice(double value)
{
	static const double steps[] = {1, 2, 4, 5, 8, 10};
	double power = pow(10, floor(log10(value)));

	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
		if (steps[i] * power >= value)
			return steps[i] * power;
	return value;
}

static double scale(double value, double top, double from, double to)
{
	return from + (to - from) * (top > 0 ? value / top : 0);
}

static void put_axes(GString *out, double bytes, double operations)
{
	for (int i = 0; i <= TICKS; i++) {
		double y = scale(i, TICKS, HEIGHT - BOTTOM, TOP);

		g_string_append_printf(
		        out,
		        "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
		        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>\n",
		        LEFT, y, WIDTH - RIGHT, y, LEFT - 6, y + 4, bytes * i / TICKS);
	}
	g_string_append_printf(out,
	                       "<text x=\"%d\" y=\"%d\">0</text>"
	                       "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f</text>"
	                       "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">operations"
	                       "</text>\n",
	                       LEFT, HEIGHT - BOTTOM + 16, WIDTH - RIGHT, HEIGHT - BOTTOM + 16,
	                       operations, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 32);
}

static void put_line(GString *out, const struct series *series, guint class, double bytes,
                     double operations)
{
	size_t i;
	json_t *point;
	double y = HEIGHT - BOTTOM;

	g_string_append_printf(out, "<path class=\"series c%u\" d=\"M%d %.1f", class, LEFT, y);
	json_array_foreach(series->points, i, point)
	{
		double x = scale((double)part(point, 0), operations, LEFT, WIDTH - RIGHT);

		y = scale((double)part(point, 1), bytes, HEIGHT - BOTTOM, TOP);
		g_string_append_printf(out, "H%.1fV%.1f", x, y);
	}
	g_string_append_printf(out, "H%d\"/>\n", WIDTH - RIGHT);
}

static void put_table(GString *out, const GArray *all)
{
	static const struct l62_html_column columns[] = {{"Tag", false},
	                                                 {"Pool", false},
	                                                 {"Peak, bytes", true},
	                                                 {"after operation", true},
	                                                 {"At the end, bytes", true}};
	struct l62_html_table table = {out, columns, G_N_ELEMENTS(columns), 0};

	l62_html_table_start(&table, "Pool by tag");
	for (guint i = 0; i < all->len; i++) {
		const struct series *one = &g_array_index(all, struct series, i);
		char tag[5];

		l62_html_tag(one->tag, tag);
		l62_html_row_start(&table);
		l62_html_cell_start(&table);
		if (i < LINES_MOST)
			l62_html_put(out, "<span class=\"swatch c%u\"></span>", i);
		l62_html_put(out, "<code>%s</code>", tag);
		l62_html_cell_end(&table);
		l62_html_cell_text(&table, one->pool);
		l62_html_cell_number(&table, one->peak);
		l62_html_cell_number(&table, one->peak_at);
		l62_html_cell_number(&table, one->last);
		l62_html_row_end(&table);
	}
	l62_html_table_end(&table);
}

static void put_points(GString *out, const GArray *all)
{
	static const struct l62_html_column columns[] = {
	        {"Tag", false}, {"Pool", false}, {"Operation", true}, {"Bytes", true}};
	struct l62_html_table table = {out, columns, G_N_ELEMENTS(columns), 0};

	g_string_append(out, "<details><summary>All points</summary>\n");
	l62_html_table_start(&table, "All points");
	for (guint i = 0; i < all->len; i++) {
		const struct series *one = &g_array_index(all, struct series, i);
		char tag[5];
		size_t k;
		json_t *point;

		l62_html_tag(one->tag, tag);
		json_array_foreach(one->points, k, point)
		{
			l62_html_row_start(&table);
			l62_html_cell_code(&table, tag);
			l62_html_cell_text(&table, one->pool);
			l62_html_cell_number(&table, part(point, 0));
			l62_html_cell_number(&table, part(point, 1));
			l62_html_row_end(&table);
		}
	}
	l62_html_table_end(&table);
	g_string_append(out, "</details>\n");
}

void l62_html_chart(GString *out, json_t *timeline)
{
	g_autoptr(GArray) all = read_series(timeline);
	double bytes = 1, operations = 1;

	if (all->len == 0) {
		g_string_append(out, "<p class=\"empty\">The driver allocated no pool.</p>\n");
		return;
	}
	for (guint i = 0; i < all->len; i++) {
		const struct series *one = &g_array_index(all, struct series, i);
		size_t count = json_array_size(one->points);

		bytes = MAX(bytes, (double)one->peak);
		operations = MAX(operations,
		                 (double)part(json_array_get(one->points, count - 1), 0));
	}
	bytes = nice(bytes);
	g_string_append_printf(out,
	                       "<svg class=\"chart\" role=\"img\" "
	                       "aria-labelledby=\"chart-title chart-words\" "
	                       "viewBox=\"0 0 %d %d\">\n"
	                       "<title id=\"chart-title\">Pool in use over the run, bytes by "
	                       "tag</title>\n<desc id=\"chart-words\">The table below has the "
	                       "same numbers.</desc>\n",
	                       WIDTH, HEIGHT);
	put_axes(out, bytes, operations);
	for (guint i = MIN(all->len, LINES_MOST); i-- > 0;)
		put_line(out, &g_array_index(all, struct series, i), i, bytes, operations);
	g_string_append(out, "</svg>\n");
	put_table(out, all);
	if (all->len > LINES_MOST)
		l62_html_put(out, "<p class=\"quiet\">Lines are drawn of the %d highest.</p>\n",
		             (int)LINES_MOST);
	put_points(out, all);
}
