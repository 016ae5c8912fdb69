/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One finding as text.  The line that starts at the margin is the allocation, as
 * the debugger's "ln" prints a caller; everything else is indented:
 *
 *	pnp.c(340)
 *	    mydriver!HandleUsage   LeakOnPath   1f2e3d4c
 *	    lost at pnp.c(367)         (only where that is another line; WrongFree: freed at)
 *	    changed at pnp.c(366): what was changed     (only what is new)
 *	    message
 *	    fix: free it here as line 380 does
 *	    also lost at pnp.c(371)
 *	    confirmed: what a run has left       (or refuted, or not reached; only what
 *	    replay: command                      was tried)
 *	    suppressed by pnp.c(366): reason     (only what is suppressed)
 *	      1. pnp.c(340): step
 *
 * Findings with a second flow have a line before each of the two.
 */
#include "text.h"

#include <string.h>

static enum l62_text_style rule_style(const struct l62_rule *rule)
{
	return strcmp(rule->level, "error") == 0 ? L62_TEXT_ERROR : L62_TEXT_WARNING;
}

static void put_flow(struct l62_text *text, const GArray *flow, const char *heading)
{
	if (!flow || !flow->len)
		return;
	if (heading)
		g_string_append_printf(text->out, "    %s\n", heading);
	for (guint i = 0; i < flow->len; i++) {
		const struct l62_step *step = &g_array_index(flow, struct l62_step, i);

		g_string_append_printf(text->out, "    %3u. ", i + 1);
		l62_text_place(text, L62_TEXT_PLAIN, step->at.file, step->at.line);
		g_string_append(text->out, ": ");
		l62_text_put(text, L62_TEXT_PLAIN, step->message);
		g_string_append_c(text->out, '\n');
	}
}

static void put_also(struct l62_text *text, const struct l62_finding *finding)
{
	for (guint i = 0; finding->also && i < finding->also->len; i++) {
		const struct l62_also *also = &g_array_index(finding->also, struct l62_also, i);

		if (also->role == L62_ALSO_FIX) {
			g_string_append(text->out, "    fix: ");
			l62_text_put(text, L62_TEXT_PLAIN, also->message);
		} else if (also->role == L62_ALSO_TEARDOWN) {
			g_string_append(text->out, "    missing at ");
			l62_text_place(text, L62_TEXT_PLAIN, also->at.file, also->at.line);
			g_string_append(text->out, ": ");
			l62_text_put(text, L62_TEXT_PLAIN, also->message);
		} else {
			g_string_append(text->out, "    also lost at ");
			l62_text_place(text, L62_TEXT_PLAIN, also->at.file, also->at.line);
		}
		g_string_append_c(text->out, '\n');
	}
}

static void put_proof(struct l62_text *text, const struct l62_proof *proof)
{
	static const enum l62_text_style styles[] = {
	        [L62_PROOF_NOT_REACHED] = L62_TEXT_PLAIN,
	        [L62_PROOF_REFUTED] = L62_TEXT_GOOD,
	        [L62_PROOF_CONFIRMED] = L62_TEXT_ERROR,
	};
	const char *name = l62_proof_name(proof->verdict);

	if (!name)
		return;
	g_string_append(text->out, "    ");
	l62_text_put(text, styles[proof->verdict], name);
	g_string_append(text->out, ": ");
	l62_text_put(text, L62_TEXT_PLAIN, proof->text ? proof->text : "");
	if (proof->replay) {
		g_string_append(text->out, "\n    replay: ");
		l62_text_put(text, L62_TEXT_PLAIN, proof->replay);
	}
	g_string_append_c(text->out, '\n');
}

static void put_suppressor(struct l62_text *text, const struct l62_finding *finding)
{
	if (finding->suppressor == L62_NOT_SUPPRESSED)
		return;
	g_string_append(text->out, "    suppressed by ");
	l62_text_place(text, L62_TEXT_PLAIN, finding->suppressed.file,
	               finding->suppressed.line);
	if (finding->reason) {
		g_string_append(text->out, ": ");
		l62_text_put(text, L62_TEXT_PLAIN, finding->reason);
	}
	g_string_append_c(text->out, '\n');
}

void l62_text_finding(struct l62_text *text, const struct l62_finding *finding)
{
	const struct l62_location *at = &finding->at, *site = &finding->site;
	const GArray *teardown = finding->flow[1];
	bool two_flows = teardown && teardown->len;
	g_autofree char *symbol = l62_text_symbol(text, finding->function);

	l62_text_place(text, L62_TEXT_PLACE, site->file, site->line);
	g_string_append_printf(text->out, "\n    %s   ", symbol);
	l62_text_put(text, rule_style(finding->rule), finding->rule->name);
	if (finding->id)
		g_string_append_printf(text->out, "   %s", finding->id);
	if (at->line != site->line || strcmp(at->file, site->file) != 0) {
		g_string_append(text->out, strcmp(finding->rule->name, "WrongFree") == 0
		                                   ? "\n    freed at "
		                                   : "\n    lost at ");
		l62_text_place(text, L62_TEXT_PLACE, at->file, at->line);
	}
	if (finding->changed.file) {
		g_string_append(text->out, "\n    changed at ");
		l62_text_place(text, L62_TEXT_PLACE, finding->changed.file,
		               finding->changed.line);
		if (finding->change) {
			g_string_append(text->out, ": ");
			l62_text_put(text, L62_TEXT_PLAIN, finding->change);
		}
	}
	g_string_append(text->out, "\n    ");
	l62_text_put(text, L62_TEXT_PLAIN, finding->message);
	g_string_append_c(text->out, '\n');
	put_also(text, finding);
	put_proof(text, &finding->proof);
	put_suppressor(text, finding);
	put_flow(text, finding->flow[0], two_flows ? "acquired:" : NULL);
	put_flow(text, teardown, "at teardown:");
	g_string_append_c(text->out, '\n');
}
