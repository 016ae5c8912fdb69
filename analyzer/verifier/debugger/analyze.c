/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The kernel's last words and `!analyze -v`. */
#include "print.h"

static const struct {
	uint32_t code;
	const char *name, *description;
} bugchecks[] = {
#define L62_BUGCHECK(code, name, description) {code, name, description},
#include "bugchecks.def"
};

static const struct cause {
	uint32_t code;
	int64_t arg1; /* -1: any */
	const char *texts[4];
} causes[] = {
#define L62_CAUSE(code, arg1, ...) {code, arg1, {__VA_ARGS__}},
#define L62_ARGUMENTS(code, ...) {code, -1, {__VA_ARGS__}},
#include "bugchecks.def"
};

static const struct cause *find_cause(uint32_t code, uint64_t arg1)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++) {
		if (causes[i].code == code &&
		    (causes[i].arg1 < 0 || (uint64_t)causes[i].arg1 == arg1))
			return &causes[i];
	}
	return NULL;
}

const char *l62_bugcheck_name(uint32_t code)
{
	for (size_t i = 0; i < sizeof(bugchecks) / sizeof(*bugchecks); i++) {
		if (bugchecks[i].code == code)
			return bugchecks[i].name;
	}
	return "BUGCODE_UNKNOWN";
}

const char *l62_bugcheck_cause(uint32_t code, uint64_t arg1)
{
	const struct cause *cause = find_cause(code, arg1);

	return cause && cause->arg1 >= 0 ? cause->texts[0] : NULL;
}

void l62_verify_print_analysis(const struct l62_verify *run, FILE *out)
{
	const char *description = "";
	uint64_t arguments[4];
	uint32_t code = l62_verify_bugcheck(run, arguments);
	const struct cause *cause = find_cause(code, arguments[0]);

	if (code == 0)
		return;
	for (size_t i = 0; i < sizeof(bugchecks) / sizeof(*bugchecks); i++) {
		if (bugchecks[i].code == code)
			description = bugchecks[i].description;
	}
	fputs("*******************************************************************************"
	      "\n"
	      "*                                                                             "
	      "*\n"
	      "*                        Bugcheck Analysis                                    "
	      "*\n"
	      "*                                                                             "
	      "*\n"
	      "*******************************************************************************"
	      "\n",
	      out);
	fprintf(out, "\n%s (%x)\n%sArguments:\n", l62_bugcheck_name(code), code, description);
	for (int i = 0; i < 4; i++)
		fprintf(out, "Arg%d: %016" PRIx64 "%s%s\n", i + 1, arguments[i],
		        cause ? ", " : "", cause ? cause->texts[i] : "");
	if (run->layout == L62_LAYOUT_MODERN)
		l62_print_details(run, out);
}

void l62_verify_print_stop(const struct l62_verify *run, FILE *out)
{
	uint64_t a[4];
	uint32_t code = l62_verify_bugcheck(run, a);

	if (!code)
		return;
	fprintf(out,
	        "*** Fatal System Error: 0x%08x\n"
	        "                       (0x%016" PRIx64 ",0x%016" PRIx64 ",0x%016" PRIx64
	        ",0x%016" PRIx64 ")\n",
	        code, a[0], a[1], a[2], a[3]);
	if (l62_verify_step(run)[0])
		fprintf(out, "\nScenario: %s\n", l62_verify_step(run));
}
