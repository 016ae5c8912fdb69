/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Pool in use over a run, by tag. */
#ifndef LEAK62_HTML_CHART_H
#define LEAK62_HTML_CHART_H

#include <glib.h>
#include <jansson.h>

/* Appends the "timeline" of a run as a line chart and as tables. */
void l62_html_chart(GString *out, json_t *timeline);

#endif
