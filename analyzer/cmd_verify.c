/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 verify: runs a driver's image and prints what Driver Verifier and the kernel
 * debugger would have said about it.
 */
#include <errno.h>
#include <getopt.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "cmd_verify_campaign.h"
#include "cmd_verify_faults.h"
#include "cmd_verify_kd.h"
#include "cmd_verify_tell.h"
#include "commands.h"
#include "leak62/trace.h"

enum {
	FLAGS = 256,
	IOCTL,
	BUFFER,
	PDB,
	SECONDS,
	KD,
	JSON,
	WINDBG,
	START,
	SCENARIO,
	IMPORTS,
	LINES,
	ITERATIONS,
	ALL_CALLERS,
	EXERCISED,
	FAULTS, /* in the order of CMD_FAULTS_* */
	FAIL_AT,
	CALLS,
	CAMPAIGN
};
enum { BUFFER_DEFAULT = 256, BUFFER_MOST = 16 << 20, SECONDS_DEFAULT = 60 };
enum { ITERATIONS_MOST = 1000000 };

struct verify {
	struct l62_verify_options options;
	GArray *ioctls; /* of uint32_t */
	const char *image, *json, *lines;
	enum l62_layout layout;
	struct cmd_faults faults;
	struct cmd_campaign campaign;
	bool kd, imports, help, all_callers, exercised;
};

static void print_help(void)
{
	printf("Usage: leak62 verify [OPTIONS] DRIVER.sys\n"
	       "Runs a driver's image: DriverEntry, AddDevice, for each device CREATE, the\n"
	       "control codes given, READ, WRITE, CLEANUP and CLOSE, power, REMOVE_DEVICE,\n"
	       "DriverUnload; or what a scenario file says. Then tells\n"
	       "what the driver has left behind, as Driver Verifier and the kernel debugger "
	       "do.\n\n"
	       "Options:\n"
	       "  --scenario FILE        what to do with the driver, as JSON: README.md tells "
	       "how\n"
	       "  --ioctl CODE...        device control codes to send, in this order; repeat\n"
	       "                         the option, or separate them by commas\n"
	       "  --buffer BYTES         size of each request's input and output; default: %d\n"
	       "  --flags LEVEL          Driver Verifier's flags: numbers or names as "
	       "!verifier\n"
	       "                         shows them, separated by commas; default: 0x%x, what\n"
	       "                         bears on memory; standard or 0x%x: the standard\n"
	       "                         settings, as far as leak62 has them\n"
	       "  --verify-start         special pool guards the start of each block instead "
	       "of\n"
	       "                         its end\n"
	       "  --faults P[,SEED[,TAGS]]\n"
	       "                         makes P percent of the calls fail that can fail on "
	       "Windows,\n"
	       "                         by SEED (1); TAGS: only allocations with these tags,\n"
	       "                         like mdrv+VM??; --flags 0x4 is --faults 6\n"
	       "  --fail-at N[=STATUS]...\n"
	       "                         makes the call with that number fail, and those after "
	       "more\n"
	       "                         commas; STATUS: not with its usual one\n"
	       "  --calls                lists the calls that can be made to fail, by number\n"
	       "  --systematic           many runs, each with another call failing that can "
	       "fail on\n"
	       "                         Windows, until none is left; --flags 0x40000 is the "
	       "same\n"
	       "  --occurrences K        fails the calls of each stack K times, each time one\n"
	       "                         further on; default: 1\n"
	       "  --runs N, --budget SECONDS\n"
	       "                         no more runs than that, no longer than that\n"
	       "  --tried FILE           remembers what was tried, so that it is not tried "
	       "again\n"
	       "  --iterations COUNT     makes the requests COUNT times in one load, and "
	       "reports\n"
	       "                         what grows each time; a driver without DriverUnload "
	       "can\n"
	       "                         be run so, too\n"
	       "  --all-callers          with each place that allocates, all the driver's "
	       "frames\n"
	       "  --exercised            lists the calls of the driver's code that allocate, "
	       "and\n"
	       "                         which of them were made\n"
	       "  --pdb FILE             the symbols; default: DRIVER.pdb beside the image\n"
	       "  --timeout SECONDS      how long the run may take; default: %d\n"
	       "  --json FILE            writes everything about the run as JSON\n"
	       "  --lines FILE           records which lines of the driver run, and writes "
	       "them as\n"
	       "                         lcov's tracefile\n"
	       "  --windbg classic|modern\n"
	       "                         the debugger's layout; default: classic\n"
	       "  --kd                   a prompt with the debugger's commands after the run;\n"
	       "                         '?' there lists them\n"
	       "  --imports              runs nothing: lists what the image imports, and "
	       "whether\n"
	       "                         leak62 has it\n"
	       "  -h, --help             this text\n"
	       "\nExit code: 0 clean unload, 1 a violation, something left behind or given to\n"
	       "the wrong routine, 2 usage, 3 the run could not be completed (a bad image, a\n"
	       "missing import), 4 internal error.\n"
	       "\nExample:\n"
	       "  leak62 verify MyDriver.sys --ioctl 0x22a004\n",
	       BUFFER_DEFAULT, l62_verify_flags_default(), L62_FLAGS_STANDARD, SECONDS_DEFAULT);
}

/* A number in any of C's bases. */
static int parse_number(const char *text, const char *option, guint64 most, guint64 *value,
                        struct l62_error *err)
{
	char *end;

	if (g_ascii_isdigit(*text)) {
		*value = g_ascii_strtoull(text, &end, 0);
		if (*end == '\0' && *value <= most)
			return L62_OK;
	}
	return l62_error_set(err, L62_E_USAGE,
	                     "%s: '%s' is no number from 0 to 0x%" G_GINT64_MODIFIER "x",
	                     option, text, most);
}

static int add_ioctls(struct verify *verify, const char *text, struct l62_error *err)
{
	char **codes = g_strsplit(text, ",", -1);
	int status = L62_OK;

	for (char **code = codes; *code && status == L62_OK; code++) {
		guint64 value;

		status = parse_number(*code, "--ioctl", G_MAXUINT32, &value, err);
		if (status == L62_OK) {
			uint32_t number = (uint32_t)value;

			g_array_append_val(verify->ioctls, number);
		}
	}
	g_strfreev(codes);
	return status;
}

static int set_flags(struct verify *verify, const char *text, struct l62_error *err)
{
	char names[512];
	uint32_t left_out;
	int status = l62_verify_flags_parse(text, &verify->options.flags, &left_out, err);

	if (status != L62_OK || !left_out)
		return status;
	l62_verify_flags_names(left_out, names, sizeof(names));
	l62_complain("not enabled, for leak62 does not have them: %s", names);
	return L62_OK;
}

static int take(struct verify *verify, int option, struct l62_error *err)
{
	guint64 value = 0;
	int status = L62_OK;

	switch (option) {
	case FLAGS:
		return set_flags(verify, optarg, err);
	case START:
		verify->options.verify_start = true;
		return L62_OK;
	case IOCTL:
		return add_ioctls(verify, optarg, err);
	case BUFFER:
		status = parse_number(optarg, "--buffer", BUFFER_MOST, &value, err);
		verify->options.buffer_size = (uint32_t)value;
		return status;
	case SCENARIO:
		verify->options.scenario = optarg;
		return L62_OK;
	case SECONDS:
		status = parse_number(optarg, "--timeout", G_MAXINT, &value, err);
		verify->options.seconds = (unsigned)value;
		return status;
	case ITERATIONS:
		status = parse_number(optarg, "--iterations", ITERATIONS_MOST, &value, err);
		verify->options.iterations = (unsigned)value;
		if (status == L62_OK && value < 2)
			status = l62_error_set(err, L62_E_USAGE,
			                       "--iterations: two or more can be compared, not "
			                       "%u",
			                       verify->options.iterations);
		return status;
	case ALL_CALLERS:
		verify->all_callers = true;
		return L62_OK;
	case EXERCISED:
		verify->exercised = true;
		return L62_OK;
	case KD:
		verify->kd = true;
		return L62_OK;
	case JSON:
		verify->json = optarg;
		return L62_OK;
	case LINES:
		verify->lines = optarg;
		verify->options.trace = true;
		return L62_OK;
	case WINDBG:
		verify->layout =
		        strcmp(optarg, "modern") == 0 ? L62_LAYOUT_MODERN : L62_LAYOUT_CLASSIC;
		if (verify->layout == L62_LAYOUT_MODERN || strcmp(optarg, "classic") == 0)
			return L62_OK;
		return l62_error_set(err, L62_E_USAGE,
		                     "--windbg: '%s' is no layout: it is classic or modern",
		                     optarg);
	case IMPORTS:
		verify->imports = true;
		return L62_OK;
	case PDB:
		verify->options.pdb = optarg;
		return L62_OK;
	case FAULTS:
	case FAIL_AT:
	case CALLS:
		return cmd_faults_take(&verify->faults, option - FAULTS, optarg, err);
	case CAMPAIGN + CMD_CAMPAIGN_SYSTEMATIC:
	case CAMPAIGN + CMD_CAMPAIGN_OCCURRENCES:
	case CAMPAIGN + CMD_CAMPAIGN_RUNS:
	case CAMPAIGN + CMD_CAMPAIGN_BUDGET:
	case CAMPAIGN + CMD_CAMPAIGN_TRIED:
		return cmd_campaign_take(&verify->campaign, option - CAMPAIGN, optarg, err);
	default:
		verify->help = true;
		return L62_OK;
	}
}

/* An option that asks for something of one run alone. */
static const char *for_one_run(const struct verify *verify)
{
	if (verify->kd)
		return "--kd";
	if (verify->imports)
		return "--imports";
	if (verify->faults.percent || verify->options.flags & L62_FLAG_LOW_RESOURCES)
		return verify->faults.percent ? "--faults" : "--flags 0x4";
	if (verify->faults.at)
		return "--fail-at";
	if (verify->options.iterations)
		return "--iterations";
	if (verify->all_callers || verify->exercised)
		return verify->all_callers ? "--all-callers" : "--exercised";
	if (verify->lines)
		return "--lines";
	return verify->faults.calls ? "--calls" : NULL;
}

static int parse(struct verify *verify, int argc, char **argv, struct l62_error *err)
{
	static const struct option table[] = {
	        {"flags", required_argument, NULL, FLAGS},
	        {"ioctl", required_argument, NULL, IOCTL},
	        {"buffer", required_argument, NULL, BUFFER},
	        {"pdb", required_argument, NULL, PDB},
	        {"timeout", required_argument, NULL, SECONDS},
	        {"verify-start", no_argument, NULL, START},
	        {"scenario", required_argument, NULL, SCENARIO},
	        {"kd", no_argument, NULL, KD},
	        {"imports", no_argument, NULL, IMPORTS},
	        {"json", required_argument, NULL, JSON},
	        {"lines", required_argument, NULL, LINES},
	        {"windbg", required_argument, NULL, WINDBG},
	        {"iterations", required_argument, NULL, ITERATIONS},
	        {"all-callers", no_argument, NULL, ALL_CALLERS},
	        {"exercised", no_argument, NULL, EXERCISED},
	        {"faults", required_argument, NULL, FAULTS},
	        {"fail-at", required_argument, NULL, FAIL_AT},
	        {"calls", no_argument, NULL, CALLS},
	        {"systematic", no_argument, NULL, CAMPAIGN + CMD_CAMPAIGN_SYSTEMATIC},
	        {"occurrences", required_argument, NULL, CAMPAIGN + CMD_CAMPAIGN_OCCURRENCES},
	        {"runs", required_argument, NULL, CAMPAIGN + CMD_CAMPAIGN_RUNS},
	        {"budget", required_argument, NULL, CAMPAIGN + CMD_CAMPAIGN_BUDGET},
	        {"tried", required_argument, NULL, CAMPAIGN + CMD_CAMPAIGN_TRIED},
	        {"help", no_argument, NULL, 'h'},
	        {0}};
	int answer, status = L62_OK;

	opterr = 0;
	while (status == L62_OK &&
	       (answer = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (answer == ':' || answer == '?')
			return l62_error_set(err, L62_E_USAGE,
			                     "%s '%s': see leak62 verify --help",
			                     answer == ':' ? "an argument is missing after"
			                                   : "unknown option",
			                     argv[optind - 1]);
		status = take(verify, answer, err);
	}
	if (status != L62_OK || verify->help)
		return status;
	if (optind != argc - 1)
		return l62_error_set(err, L62_E_USAGE,
		                     optind == argc
		                             ? "no driver given: see leak62 verify --help"
		                             : "more than one driver given: run them "
		                               "one by one");
	verify->image = argv[optind];
	verify->options.ioctls = (const uint32_t *)(const void *)verify->ioctls->data;
	verify->options.ioctl_count = verify->ioctls->len;
	if (verify->imports && cmd_faults_given(&verify->faults))
		return l62_error_set(err, L62_E_USAGE,
		                     "--imports runs nothing, so leave out --faults, --fail-at "
		                     "and --calls");
	status = cmd_campaign_finish(&verify->campaign, &verify->options, for_one_run(verify),
	                             err);
	if (status == L62_OK)
		status = cmd_faults_finish(&verify->faults, &verify->options, argc, argv, err);
	return status;
}

static int write_lines(const struct verify *verify, const struct l62_verify *run,
                       struct l62_error *err)
{
	FILE *out;
	int status;

	if (!l62_trace_is(run))
		return l62_error_set(err, L62_E_USAGE,
		                     "--lines: %s has no line numbers; give its .pdb with "
		                     "--pdb FILE",
		                     verify->image);
	out = fopen(verify->lines, "w");
	if (!out)
		return l62_error_set(err, L62_E_IO, "--lines: %s cannot be written: %s",
		                     verify->lines, g_strerror(errno));
	status = l62_trace_write(run, out, err);
	fclose(out);
	return status;
}

/* Tells of the run and writes what is asked for: the exit code. */
static int finish(const struct verify *verify, struct l62_verify *run)
{
	struct l62_error err;
	int exit_code;

	l62_verify_set_layout(run, verify->layout);
	l62_verify_set_all_callers(run, verify->all_callers);
	exit_code = cmd_verify_tell(run, verify->image, verify->kd);
	if (verify->options.iterations) {
		putchar('\n');
		l62_verify_print_growth(run, stdout);
	}
	if (verify->exercised) {
		putchar('\n');
		l62_verify_print_exercised(run, stdout);
	}
	if (verify->json && l62_verify_write_json(run, verify->json, &err) != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = L62_EXIT_USAGE;
	}
	cmd_faults_tell(&verify->faults, run);
	if (verify->lines && write_lines(verify, run, &err) != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = L62_EXIT_USAGE;
	}
	if (verify->kd)
		l62_kd_run(run);
	return exit_code;
}

int l62_cmd_verify(int argc, char **argv)
{
	struct verify verify = {
	        .options = {.flags = l62_verify_flags_default(),
	                    .buffer_size = BUFFER_DEFAULT,
	                    .seconds = SECONDS_DEFAULT},
	        .ioctls = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	};
	struct l62_verify *run = NULL;
	struct l62_error err;
	int exit_code = L62_EXIT_CLEAN;
	int status = parse(&verify, argc, argv, &err);
	size_t missing = 0;

	if (status == L62_OK && verify.help)
		print_help();
	else if (status == L62_OK && verify.imports)
		status = l62_verify_print_imports(verify.image, stdout, &missing, &err);
	else if (status == L62_OK && verify.campaign.systematic)
		status = cmd_campaign_run(&verify.campaign, verify.image, &verify.options,
		                          verify.json, &exit_code, &err);
	else if (status == L62_OK)
		status = l62_verify_run(verify.image, &verify.options, &run, &err);
	if (status != L62_OK) {
		l62_complain("%s", err.text);
		exit_code = status == L62_E_INTERNAL ? L62_EXIT_INTERNAL
		            : status == L62_E_FORMAT ? L62_EXIT_INCOMPLETE
		                                     : L62_EXIT_USAGE;
	} else if (missing) {
		exit_code = L62_EXIT_INCOMPLETE;
	} else if (run) {
		exit_code = finish(&verify, run);
	}
	l62_verify_free(run);
	g_array_free(verify.ioctls, TRUE);
	cmd_faults_clear(&verify.faults);
	return exit_code;
}
