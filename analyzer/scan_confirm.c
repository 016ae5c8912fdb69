/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See scan_confirm.h. */
#include "scan_confirm.h"

#include "commands.h"
#include "leak62/trace.h"
#include "process.h"
#include "prove.h"

struct driver {
	char *name;
	const struct l62_result *result;
	struct l62_image image;
	struct l62_proven proven; /* if there is an image */
};

struct l62_scan_confirm {
	GPtrArray *drivers; /* of struct driver */
	char *cwd;
	bool complete;
};

static void free_driver(gpointer pointer)
{
	struct driver *driver = pointer;

	l62_proven_clear(&driver->proven);
	l62_image_clear(&driver->image);
	g_free(driver->name);
	g_free(driver);
}

static void show_progress(void *data, const char *path)
{
	(void)data;
	fprintf(stderr, "leak62: building %s\n", path);
}

static int build(const struct l62_scan *scan, const struct l62_image_tools *tools,
                 const GPtrArray *units, struct driver *driver, struct l62_error *err)
{
	static const char *const flags[] = {L62_TRACE_FLAGS, NULL};
	static const struct l62_image_variant traced = {.name = "traced", .flags = flags};
	const struct l62_image_build build = {
	        .tools = tools,
	        .work = &scan->work,
	        .headers = &scan->driver,
	        .clang_version = scan->toolchain.clang_version,
	        .driver = driver->name,
	        .units = units,
	        .more = scan->assembler,
	        .variant = &traced,
	        .jobs = scan->options.jobs,
	        .timeout = scan->options.timeout,
	        .progress = scan->options.verbose ? show_progress : NULL,
	};
	int status = l62_image_build(&build, &driver->image, err);

	if (status == L62_OK && driver->image.interrupted)
		l62_process_die(driver->image.interrupted);
	return status;
}

static int prove(const struct l62_scan *scan, const char *database, struct l62_result *result,
                 struct driver *driver, struct l62_error *err)
{
	char *below = g_build_filename("confirm", driver->name, "scenarios", NULL);
	char *folder = l62_work_path(&scan->work, below);
	const struct l62_prove how = {
	        .image = driver->image.sys,
	        .database = database,
	        .result = result,
	        .own = scan->options.scenarios,
	        .folder = folder,
	        .cwd = scan->cwd,
	        .budget = scan->options.budget,
	        .occurrences = scan->options.occurrences,
	};
	int status = l62_prove(&how, &driver->proven, err);

	g_free(folder);
	g_free(below);
	return status;
}

static int confirm_driver(const struct l62_scan *scan, const struct l62_image_tools *tools,
                          const struct l62_scan_link *link, guint index,
                          struct l62_scan_confirm *confirm, struct l62_error *err)
{
	struct l62_result *result = g_ptr_array_index(link->results, index);
	struct driver *driver = g_new0(struct driver, 1);
	int status;

	driver->name = g_strdup(g_ptr_array_index(link->names, index));
	driver->result = result;
	g_ptr_array_add(confirm->drivers, driver);
	status = build(scan, tools, g_ptr_array_index(link->units_of, index), driver, err);
	if (status == L62_OK && !driver->image.sys) {
		confirm->complete = false;
		for (guint i = 0; i < driver->image.why->len; i++)
			l62_complain("%s: not built: %s", driver->name,
			             (const char *)g_ptr_array_index(driver->image.why, i));
	} else if (status == L62_OK) {
		status = prove(scan, g_ptr_array_index(link->databases, index), result, driver,
		               err);
	}
	if (status == L62_OK && driver->proven.incomplete) {
		confirm->complete = false;
		l62_complain("%s: %s", driver->name, driver->proven.incomplete);
	}
	return status;
}

int l62_scan_confirm(struct l62_scan *scan, const struct l62_scan_link *link,
                     struct l62_scan_confirm **out, struct l62_error *err)
{
	struct l62_scan_confirm *confirm = g_new0(struct l62_scan_confirm, 1);
	int status = L62_OK;

	*out = confirm;
	confirm->drivers = g_ptr_array_new_with_free_func(free_driver);
	confirm->cwd = g_strdup(scan->cwd);
	confirm->complete = true;
	for (guint i = 0; i < link->results->len && status == L62_OK; i++)
		status = confirm_driver(scan, &scan->tools, link, i, confirm, err);
	return status;
}

void l62_scan_confirm_free(struct l62_scan_confirm *confirm)
{
	if (!confirm)
		return;
	g_ptr_array_unref(confirm->drivers);
	g_free(confirm->cwd);
	g_free(confirm);
}

bool l62_scan_confirm_is_complete(const struct l62_scan_confirm *confirm)
{
	return confirm->complete;
}

static const char *shown(const struct l62_scan_confirm *confirm, const char *path)
{
	size_t length = strlen(confirm->cwd);

	return g_str_has_prefix(path, confirm->cwd) && path[length] == '/' ? path + length + 1
	                                                                   : path;
}

static void print_counts(const struct driver *driver, FILE *out)
{
	const struct l62_proven *proven = &driver->proven;
	struct l62_campaign_counts counts = l62_campaign_counts(proven->campaign);
	unsigned with[L62_PROOF_CONFIRMED + 1] = {0};
	size_t sites, ran;

	for (guint i = 0; i < driver->result->findings->len; i++) {
		const struct l62_finding *finding =
		        g_ptr_array_index(driver->result->findings, i);

		with[finding->proof.verdict]++;
	}
	fprintf(out,
	        "  %lu run%s of %u scenario%s, %lu calls made to fail: of %u findings %u "
	        "confirmed, %u not reached, %u refuted\n",
	        counts.runs, counts.runs == 1 ? "" : "s", proven->tried,
	        proven->tried == 1 ? "" : "s", counts.tried, driver->result->findings->len,
	        with[L62_PROOF_CONFIRMED], with[L62_PROOF_NOT_REACHED],
	        with[L62_PROOF_REFUTED]);
	sites = l62_judge_sites(proven->judge, &ran);
	fprintf(out, "  of %zu allocation sites %zu ran\n", sites, ran);
	if (proven->out_of_time)
		fprintf(out,
		        "  the time was up: of %u scenarios %u were run, %u with each call "
		        "failing; raise --budget\n",
		        proven->trials->len, proven->tried, proven->failed);
}

static void print_unpredicted(const struct l62_scan_confirm *confirm,
                              const struct driver *driver, FILE *out)
{
	size_t count = l62_judge_unpredicted_count(driver->proven.judge);

	if (count)
		fprintf(out, "  left behind or freed wrongly, and no finding says so:\n");
	for (size_t i = 0; i < count; i++) {
		const struct l62_unpredicted *left =
		        l62_judge_unpredicted(driver->proven.judge, i);

		fprintf(out, "    %s", left->noun);
		if (left->tag && *left->tag)
			fprintf(out, ", tag %s", left->tag);
		if (left->file)
			fprintf(out, ", from %s(%u)", shown(confirm, left->file), left->line);
		if (left->function)
			fprintf(out, " in %s", left->function);
		fprintf(out, ", in %u %s\n", left->runs, left->runs == 1 ? "run" : "runs");
		if (left->replay)
			fprintf(out, "      replay: %s\n", left->replay);
	}
}

/* What is no leak, but a defect all the same. */
static void print_others(const struct driver *driver, FILE *out)
{
	const struct l62_campaign *campaign = driver->proven.campaign;
	bool first = true;

	for (size_t i = 0; i < l62_campaign_finding_count(campaign); i++) {
		const struct l62_campaign_finding *finding = l62_campaign_finding(campaign, i);

		if (finding->kind != L62_CAMPAIGN_BUGCHECK &&
		    finding->kind != L62_CAMPAIGN_UNGUARDED)
			continue;
		if (first)
			fprintf(out, "  seen in the runs:\n");
		first = false;
		fprintf(out, "    %s", finding->text);
		if (finding->routine)
			fprintf(out, ", when %s fails at %s(%u)", finding->routine,
			        finding->failed_at.file ? finding->failed_at.file : "?",
			        finding->failed_at.line);
		fprintf(out, "\n      replay: %s\n", finding->replay);
	}
}

void l62_scan_confirm_print(const struct l62_scan_confirm *confirm, FILE *out)
{
	for (guint i = 0; i < confirm->drivers->len; i++) {
		const struct driver *driver = g_ptr_array_index(confirm->drivers, i);

		if (!driver->image.sys)
			continue;
		fprintf(out, "%s: built as %s\n", driver->name,
		        shown(confirm, driver->image.sys));
		if (driver->proven.judge) {
			print_counts(driver, out);
			print_unpredicted(confirm, driver, out);
			print_others(driver, out);
		}
		fputc('\n', out);
	}
}
