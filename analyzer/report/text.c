/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The text report, in the words of WinDbg's "!verifier 3", "!analyze -v" and "ln":
 *
 *	table of the allocations that Driver Verifier would count, and its bug check
 *	table of other resources
 *	findings, one block each (text_finding.c); those that are suppressed after the
 *	others, if they are wanted
 *	translation units that could not be analysed, functions and slots cut short, notes
 *	one line of counts, always, and always the last
 *
 * What is absent is left out, so a clean run is its last line and its notes.
 * Lengths and counts have WinDbg's format; addresses there are none.
 */
#include "text.h"

#include <inttypes.h>
#include <string.h>

#include "paths.h"
#include "printable.h"

enum {
	INCOMPLETE_SHOWN = 10,
	UNKNOWN_SHOWN = 5,
	CALLER_WIDTH_MIN = 10, /* dashes under "Caller" in WinDbg */
};

static const struct {
	const char *kind, *noun;
} kinds[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss) {#kind, noun},
#include "leak62/resources.def"
#undef L62_KIND
};

static const char *kind_noun(const char *kind)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].noun;
	return kind;
}

static char *site_key(const struct l62_finding *finding)
{
	return g_strdup_printf("%d:%d %s %s", finding->site.line, finding->site.col,
	                       finding->api, finding->site.file);
}

/* The first of the findings of each site that is (not) counted; not owned. */
static GPtrArray *distinct_sites(const GPtrArray *findings, bool counted)
{
	g_autoptr(GHashTable) seen =
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *sites = g_ptr_array_new();

	for (guint i = 0; i < findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(findings, i);

		if (finding->counted == counted && g_hash_table_add(seen, site_key(finding)))
			g_ptr_array_add(sites, finding);
	}
	return sites;
}

static void put_dashes(GString *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		g_string_append_c(out, '-');
}

static size_t width(const char *printable)
{
	return (size_t)g_utf8_strlen(printable, -1);
}

/* Symbols of the sites, in their order, and the width of the widest. */
static GPtrArray *callers(const struct l62_text *text, const GPtrArray *sites, size_t *widest)
{
	GPtrArray *symbols = g_ptr_array_new_with_free_func(g_free);

	*widest = CALLER_WIDTH_MIN;
	for (guint i = 0; i < sites->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(sites, i);
		char *symbol = l62_text_symbol(text, finding->function);

		*widest = MAX(*widest, width(symbol));
		g_ptr_array_add(symbols, symbol);
	}
	return symbols;
}

/* A tag is four bytes of which any may be anything. */
static void tag_shown(const char *tag, char shown[5])
{
	size_t i = 0;

	if (!tag || !*tag)
		tag = "-";
	for (; i < 4 && tag[i]; i++)
		shown[i] = g_ascii_isprint(tag[i]) ? tag[i] : '.';
	for (; i < 4; i++)
		shown[i] = ' ';
	shown[4] = '\0';
}

static void put_pool_table(struct l62_text *text, const GPtrArray *sites)
{
	size_t widest;
	g_autoptr(GPtrArray) symbols = callers(text, sites, &widest);

	g_string_append(text->out, "    Pool Allocations:\n\n"
	                           "      Length      Tag   Caller\n"
	                           "      ----------  ----  ");
	put_dashes(text->out, widest);
	g_string_append_c(text->out, '\n');
	for (guint i = 0; i < sites->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(sites, i);
		char length[sizeof "0x0123456789abcdef"] = "-";
		char tag[5];

		if (finding->has_size)
			g_snprintf(length, sizeof length, "0x%08" PRIx64, finding->size);
		tag_shown(finding->tag, tag);
		g_string_append_printf(text->out, "      %-10s  %s  %s\n", length, tag,
		                       (const char *)g_ptr_array_index(symbols, i));
	}
	g_string_append_c(text->out, '\n');
}

static void put_other_table(struct l62_text *text, const GPtrArray *sites)
{
	size_t widest_kind = strlen("Kind"), widest;
	g_autoptr(GPtrArray) symbols = callers(text, sites, &widest);

	for (guint i = 0; i < sites->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(sites, i);

		widest_kind = MAX(widest_kind, strlen(kind_noun(finding->kind)));
	}
	g_string_append_printf(text->out, "    Other resources:\n\n      %-*s  Caller\n      ",
	                       (int)widest_kind, "Kind");
	put_dashes(text->out, widest_kind);
	g_string_append(text->out, "  ");
	put_dashes(text->out, widest);
	g_string_append_c(text->out, '\n');
	for (guint i = 0; i < sites->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(sites, i);

		g_string_append_printf(text->out, "      %-*s  %s\n", (int)widest_kind,
		                       kind_noun(finding->kind),
		                       (const char *)g_ptr_array_index(symbols, i));
	}
	g_string_append_c(text->out, '\n');
}

static bool was_run(const struct l62_result *result)
{
	for (guint i = 0; i < result->findings->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(result->findings, i);

		if (finding->proof.verdict != L62_PROOF_NONE)
			return true;
	}
	return false;
}

static void put_bugcheck(struct l62_text *text, const struct l62_result *result, guint sites)
{
	g_string_append(text->out, was_run(result)
	                                   ? "Predicted from the source; what runs have shown "
	                                     "stands with each finding.\n"
	                                   : "Predicted from the source; nothing was run. ");
	g_string_append(
	        text->out,
	        result->has_unload
	                ? "Once these paths have run, Driver Verifier\n"
	                  "would stop the machine when the driver unloads:\n\n"
	                : "No unload routine was found; once the\n"
	                  "driver can be unloaded, Driver Verifier would stop the machine "
	                  "then:\n\n");
	l62_text_put(text, L62_TEXT_ERROR, "DRIVER_VERIFIER_DETECTED_VIOLATION (c4)");
	g_string_append(text->out, "\nArguments:\n"
	                           "Arg1: 00000062, A driver has forgotten to free its pool "
	                           "allocations prior to unloading.\n"
	                           "Arg2: ");
	l62_text_put(text, L62_TEXT_PLAIN, text->options->driver);
	g_string_append_printf(
	        text->out,
	        ", name of the driver having the issue.\n"
	        "Arg4: %08x, total # of (paged+nonpaged) allocations that weren't "
	        "freed.\n\n",
	        sites);
}

static void put_findings(struct l62_text *text, const struct l62_result *result,
                         const GPtrArray *open)
{
	g_autoptr(GPtrArray) pool = distinct_sites(open, true);
	g_autoptr(GPtrArray) other = distinct_sites(open, false);

	g_string_append(text->out, "## Driver Verification List\n\n  MODULE: ");
	l62_text_put(text, L62_TEXT_PLAIN, text->options->driver);
	g_string_append(text->out, "\n\n");
	if (pool->len)
		put_pool_table(text, pool);
	if (other->len)
		put_other_table(text, other);
	if (pool->len)
		put_bugcheck(text, result, pool->len);
	for (guint i = 0; i < open->len; i++)
		l62_text_finding(text, g_ptr_array_index(open, i));
}

static void put_suppressed(struct l62_text *text, const GPtrArray *suppressed)
{
	g_string_append(text->out, "Suppressed:\n\n");
	for (guint i = 0; i < suppressed->len; i++)
		l62_text_finding(text, g_ptr_array_index(suppressed, i));
}

static void put_failed(struct l62_text *text, const struct l62_result *result)
{
	l62_text_put(text, L62_TEXT_ERROR, "Not analysed:");
	g_string_append_c(text->out, '\n');
	for (guint i = 0; i < result->failed->len; i++) {
		const struct l62_failed_tu *tu = g_ptr_array_index(result->failed, i);
		const char *error = *tu->error ? tu->error : "no error was recorded";
		g_autofree char *file = NULL;
		int line;

		g_string_append(text->out, "  ");
		l62_text_place(text, L62_TEXT_PLACE, tu->source, 0);
		g_string_append(text->out, "\n    ");
		error = l62_path_split_error(error, &file, &line);
		if (file) {
			l62_text_place(text, L62_TEXT_PLAIN, file, line);
			g_string_append(text->out, ": ");
		}
		l62_text_put(text, L62_TEXT_PLAIN, error);
		g_string_append_c(text->out, '\n');
	}
	g_string_append_c(text->out, '\n');
}

static void put_incomplete(struct l62_text *text, const struct l62_result *result)
{
	guint count = result->incomplete->len;

	g_string_append(text->out, "Not analysed on all paths: ");
	for (guint i = 0; i < MIN(count, INCOMPLETE_SHOWN); i++) {
		g_autofree char *symbol =
		        l62_text_symbol(text, g_ptr_array_index(result->incomplete, i));

		g_string_append_printf(text->out, "%s%s", i ? ", " : "", symbol);
	}
	if (count > INCOMPLETE_SHOWN)
		g_string_append_printf(text->out, " and %u more", count - INCOMPLETE_SHOWN);
	g_string_append(text->out, ".\n\n");
}

/* "a, b, c and 2 more", the first of names. */
static void put_names(struct l62_text *text, const GPtrArray *names, guint shown)
{
	for (guint i = 0; i < MIN(names->len, shown); i++) {
		if (i)
			g_string_append(text->out, ", ");
		l62_text_put(text, L62_TEXT_PLAIN, g_ptr_array_index(names, i));
	}
	if (names->len > shown)
		g_string_append_printf(text->out, " and %u more", names->len - shown);
}

static void put_slots(struct l62_text *text, const struct l62_result *result)
{
	g_string_append(text->out, "Not simulated to the end, too many states: ");
	put_names(text, result->slots, INCOMPLETE_SHOWN);
	g_string_append(text->out, "; on which ways the driver loses what is there is not "
	                           "known.\n\n");
}

static void put_unknown(struct l62_text *text, const struct l62_result *result)
{
	g_string_append_printf(
	        text->out, "Without a body in the files given: %u %s, in %u %s (",
	        result->unknown->len, result->unknown->len == 1 ? "function" : "functions",
	        result->unknown_calls, result->unknown_calls == 1 ? "call" : "calls");
	put_names(text, result->unknown, UNKNOWN_SHOWN);
	g_string_append(text->out, "); what they are given is taken to be theirs.\n");
}

static void put_notes(struct l62_text *text, const struct l62_result *result)
{
	gsize before = text->out->len;

	if (result->unknown->len)
		put_unknown(text, result);
	if (result->frameworks->len) {
		g_string_append(text->out, "Not modelled: ");
		put_names(text, result->frameworks, result->frameworks->len);
		g_string_append(text->out,
		                "; of the routines that it calls nothing is known, so "
		                "leaks at unload may be missed.\n");
	}
	if (!result->has_driver_entry)
		g_string_append(text->out,
		                "No DriverEntry found: give every file of the driver, or "
		                "leaks at unload may be missed.\n");
	else if (!result->has_unload && !result->frameworks->len)
		g_string_append(
		        text->out,
		        "No unload routine: the driver cannot be unloaded, so bug check "
		        "0x62 does not apply to it.\n");
	if (text->out->len > before)
		g_string_append_c(text->out, '\n');
}

static void put_count(GString *out, unsigned count, const char *one, const char *many)
{
	g_string_append_printf(out, "%u %s", count, count == 1 ? one : many);
}

/* ": Rule count, Rule count", in the order of the rules. */
static void append_rule_counts(GString *line, const GPtrArray *findings)
{
	const char *separator = ":";
	size_t count;
	const struct l62_rule *rules = l62_rules(&count);

	for (size_t i = 0; i < count; i++) {
		unsigned of_rule = 0;

		for (guint k = 0; k < findings->len; k++) {
			const struct l62_finding *finding = g_ptr_array_index(findings, k);

			of_rule += finding->rule == &rules[i];
		}
		if (!of_rule)
			continue;
		g_string_append_printf(line, "%s %s %u", separator, rules[i].name, of_rule);
		separator = ",";
	}
}

/* "; 3 suppressed: 2 by comment, 1 by configuration" */
static void append_suppressed(GString *line, const struct l62_result *result)
{
	unsigned comment = l62_result_count(result, L62_BY_COMMENT);
	unsigned config = l62_result_count(result, L62_BY_CONFIG);

	if (!comment && !config)
		return;
	g_string_append_printf(line, "; %u suppressed:", comment + config);
	if (comment)
		g_string_append_printf(line, " %u by comment", comment);
	if (config)
		g_string_append_printf(line, "%s %u by configuration", comment ? "," : "",
		                       config);
}

static void put_summary(struct l62_text *text, const struct l62_result *result,
                        const GPtrArray *open)
{
	guint total = open->len;
	g_autoptr(GString) line = g_string_new("leak62: ");

	if (text->options->several)
		g_string_append_printf(line, "%s: ", text->options->driver);
	put_count(line, result->tus - result->failed->len, "translation unit",
	          "translation units");
	g_string_append_printf(line, " analysed, %u failed, %u re-analysed, ",
	                       result->failed->len, result->reanalysed);
	put_count(line, result->incomplete->len, "function", "functions");
	g_string_append(line, " incomplete, ");
	put_count(line, result->slots->len, "slot", "slots");
	g_string_append(line, " incomplete; ");
	put_count(line, result->functions, "function", "functions");
	g_string_append(line, ", ");
	put_count(line, result->sites, "allocation site", "allocation sites");
	g_string_append(line, ", ");
	put_count(line, result->entry_points, "entry point", "entry points");
	g_string_append(line, "; ");
	if (text->options->gate)
		put_count(line, total, "new finding", "new findings");
	else
		put_count(line, total, "finding", "findings");
	append_rule_counts(line, open);
	append_suppressed(line, result);
	if (result->in_headers)
		g_string_append_printf(line, "; %u inside headers of the system dropped",
		                       result->in_headers);
	if (result->focus)
		g_string_append_printf(line, "; focus: %u of %u %s", result->focus, result->tus,
		                       result->tus == 1 ? "file" : "files");
	l62_text_put(text,
	             total                 ? L62_TEXT_ERROR
	             : result->failed->len ? L62_TEXT_WARNING
	                                   : L62_TEXT_GOOD,
	             line->str);
	g_string_append_c(text->out, '\n');
}

/* The findings that are suppressed, or those that are not; not owned. */
static GPtrArray *filter(const struct l62_result *result, bool suppressed)
{
	GPtrArray *findings = g_ptr_array_new();

	for (guint i = 0; i < result->findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(result->findings, i);

		if ((finding->suppressor != L62_NOT_SUPPRESSED) == suppressed &&
		    finding->compared != L62_IS_KNOWN)
			g_ptr_array_add(findings, finding);
	}
	return findings;
}

int l62_report_text(FILE *out, const struct l62_result *result,
                    const struct l62_report_options *options, struct l62_error *err)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GPtrArray) open = filter(result, false);
	g_autoptr(GPtrArray) suppressed = filter(result, true);
	struct l62_text text = {all, options};

	if (open->len)
		put_findings(&text, result, open);
	if (suppressed->len && options->show_suppressed)
		put_suppressed(&text, suppressed);
	if (result->failed->len)
		put_failed(&text, result);
	if (result->incomplete->len)
		put_incomplete(&text, result);
	if (result->slots->len)
		put_slots(&text, result);
	put_notes(&text, result);
	put_summary(&text, result, open);
	return l62_text_write(&text, out, err);
}
