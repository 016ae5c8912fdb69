/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Results of a scan made by hand. */
#include "sample.h"

static void finding_free(void *data)
{
	struct l62_finding *finding = data;

	for (int i = 0; i < L62_FLOWS; i++)
		g_array_unref(finding->flow[i]);
	g_clear_pointer(&finding->also, g_array_unref);
	g_free(finding);
}

struct l62_result *sample_new(void)
{
	struct l62_result *result = g_new0(struct l62_result, 1);

	result->findings = g_ptr_array_new_with_free_func(finding_free);
	result->failed = g_ptr_array_new_with_free_func(g_free);
	result->incomplete = g_ptr_array_new();
	result->slots = g_ptr_array_new();
	result->sources = g_ptr_array_new();
	result->frameworks = g_ptr_array_new();
	result->unknown = g_ptr_array_new();
	result->strings = g_string_chunk_new(64);
	result->tus = 2;
	result->functions = 9;
	result->sites = 3;
	result->entry_points = 5;
	result->has_driver_entry = true;
	result->has_unload = true;
	return result;
}

void sample_free(struct l62_result *result)
{
	g_ptr_array_unref(result->findings);
	g_ptr_array_unref(result->failed);
	g_ptr_array_unref(result->incomplete);
	g_ptr_array_unref(result->slots);
	g_ptr_array_unref(result->sources);
	g_ptr_array_unref(result->frameworks);
	g_ptr_array_unref(result->unknown);
	g_string_chunk_free(result->strings);
	g_free(result);
}

struct l62_finding *sample_add(struct l62_result *result, const char *rule,
                               struct l62_location site, const char *function, const char *api,
                               const char *kind, const char *tag)
{
	struct l62_finding *finding = g_new0(struct l62_finding, 1);

	finding->rule = l62_rule_by_name(rule);
	g_assert_nonnull(finding->rule);
	finding->at = site;
	finding->site = site;
	finding->function = function;
	finding->api = api;
	finding->kind = kind;
	finding->tag = tag;
	finding->counted = true;
	finding->message = "message";
	for (int i = 0; i < L62_FLOWS; i++)
		finding->flow[i] = g_array_new(FALSE, FALSE, sizeof(struct l62_step));
	g_ptr_array_add(result->findings, finding);
	return finding;
}

void sample_step(struct l62_finding *finding, int flow, const char *file, int line,
                 const char *message)
{
	struct l62_step step = {.at = {.file = file, .line = line, .col = 2},
	                        .message = message};

	g_array_append_val(finding->flow[flow], step);
}

void sample_also(struct l62_finding *finding, enum l62_also_role role, const char *file,
                 int line, const char *message)
{
	struct l62_also also = {role, {.file = file, .line = line, .col = 2}, message};

	if (!finding->also)
		finding->also = g_array_new(FALSE, FALSE, sizeof(struct l62_also));
	g_array_append_val(finding->also, also);
}

void sample_suppress(struct l62_finding *finding, enum l62_suppressor suppressor,
                     const char *file, int line, const char *reason)
{
	finding->suppressor = suppressor;
	finding->suppressed = (struct l62_location){.file = file, .line = line};
	finding->reason = reason;
}

void sample_failed(struct l62_result *result, const char *source, const char *error)
{
	struct l62_failed_tu *tu = g_new0(struct l62_failed_tu, 1);

	tu->source = source;
	tu->error = error;
	g_ptr_array_add(result->failed, tu);
}

struct l62_result *sample_mydriver(const char *file, const char *driver_file)
{
	static const struct {
		int line;
		const char *function, *api, *kind, *tag, *slot, *message;
	} rows[] = {
	        {38, "DeviceControlDispatch", "ExAllocatePoolWithTag", "POOL", "mdrv",
	         "DEVICE_EXTENSION.Buffer",
	         "Pool in DEVICE_EXTENSION.Buffer is freed by no teardown routine"},
	        {50, "DeviceControlDispatch", "IoAllocateMdl", "MDL", "VMdl",
	         "DEVICE_EXTENSION.Mdl",
	         "MDL in DEVICE_EXTENSION.Mdl is freed by no teardown routine"},
	        {72, "GetNecessaryObjects", "IoAllocateWorkItem", "WORK_ITEM", "Vfwi",
	         "::g_WorkItem", "Work item in ::g_WorkItem is freed by no teardown routine"},
	};
	struct l62_result *result = sample_new();

	result->reanalysed = 2;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct l62_location site = {file, rows[i].line, 2, rows[i].line, 20};
		struct l62_finding *finding =
		        sample_add(result, "LeakAtUnload", site, rows[i].function, rows[i].api,
		                   rows[i].kind, rows[i].tag);

		finding->slot = rows[i].slot;
		finding->message = rows[i].message;
		finding->has_size = i == 0;
		finding->size = 0x1000;
		sample_step(finding, 0, driver_file, 12, "IRP_MJ_DEVICE_CONTROL is dispatched");
		sample_step(finding, 0, file, rows[i].line, "acquired here");
		sample_step(finding, 1, driver_file, 20, "DriverUnload runs and returns");
	}
	return result;
}

struct l62_result *sample_path(const char *file)
{
	struct l62_result *result = sample_new();
	struct l62_location site = {file, 5, 9, 5, 40};
	struct l62_finding *finding = sample_add(result, "LeakOnPath", site, "HandleUsage",
	                                         "IoAllocateIrp", "IRP", "Irp ");

	finding->at = (struct l62_location){file, 8, 11, 8, 17};
	finding->variable = "Irp2";
	finding->message = "the IRP 'Irp2' is lost";
	sample_step(finding, 0, file, 5, "'Irp2' is allocated");
	sample_step(finding, 0, file, 7, "the status is a failure");
	sample_step(finding, 0, file, 8, "returns without IoFreeIrp");
	return result;
}

struct l62_report_options sample_options(const char *root)
{
	return (struct l62_report_options){
	        .driver = "mydriver",
	        .version = "0.1.0",
	        .clang = "19.1.7",
	        .root = root,
	        .cwd = root,
	        .command_line = "leak62 scan handleioctl.c",
	        .start = g_date_time_new_utc(2025, 1, 2, 3, 4, 5.25),
	        .end = g_date_time_new_utc(2025, 1, 2, 3, 4, 6),
	        .exit_code = 1,
	};
}

void sample_options_clear(struct l62_report_options *options)
{
	g_date_time_unref(options->start);
	g_date_time_unref(options->end);
}
