/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Plans of faults as users write them; see leak62/faults.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "leak62/faults.h"

enum { PER_PERCENT = 100, TAG_LENGTH = 4, LEAST_FAILURE_BIT = 31 };

static const struct {
	const char *name;
	uint32_t value;
} statuses[] = {
#define L62_STATUS(name, value) {#name, value},
#include "statuses.def"
};
enum { STATUSES = sizeof(statuses) / sizeof(*statuses) };

const char *l62_status_name(uint32_t status)
{
	for (size_t i = 0; i < STATUSES; i++) {
		if (statuses[i].value == status)
			return statuses[i].name;
	}
	return NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number in any of C's bases, up to one of the ends. */
static bool take_number(const char **text, const char *ends, uint64_t *value)
{
	char *end;

	if (!is_digit(**text))
		return false;
	errno = 0;
	*value = strtoull(*text, &end, 0);
	if (errno || (*end && !strchr(ends, *end)))
		return false;
	*text = end;
	return true;
}

/* "6", "0.5", "12.25": in hundredths. */
static bool take_percent(const char **text, uint32_t *value)
{
	uint32_t whole = 0, part = 0, unit = PER_PERCENT / 10;
	const char *c = *text;

	if (!is_digit(*c))
		return false;
	while (is_digit(*c) && whole <= 100)
		whole = whole * 10 + (uint32_t)(*c++ - '0');
	if (*c == '.') {
		if (!is_digit(*++c))
			return false;
		for (; is_digit(*c) && unit; unit /= 10)
			part += unit * (uint32_t)(*c++ - '0');
	}
	*value = whole * PER_PERCENT + part;
	if (*value > 100 * PER_PERCENT || (*c != '\0' && *c != ','))
		return false;
	*text = c;
	return true;
}

/* Tags of one to four characters; fewer only before a *. */
static bool are_tags(const char *tags)
{
	for (;;) {
		size_t length = strcspn(tags, "+");
		const char *star = memchr(tags, '*', length);

		if (length == 0 || length > TAG_LENGTH ||
		    (star ? star + 1 != tags + length : length != TAG_LENGTH))
			return false;
		if (tags[length] == '\0')
			return true;
		tags += length + 1;
	}
}

int l62_faults_parse(const char *option, const char *text, struct l62_fault_plan *plan,
                     struct l62_error *err)
{
	const char *at = text;

	plan->mode = L62_FAULTS_RANDOM;
	plan->seed = L62_FAULTS_SEED;
	plan->tags = NULL;
	if (!take_percent(&at, &plan->per_10000))
		return l62_error_set(err, L62_E_USAGE,
		                     "%s: '%s' does not begin with a percentage from 0 to 100 "
		                     "of up to two decimals",
		                     option, text);
	if (*at == ',' && (at++, !take_number(&at, ",", &plan->seed)))
		return l62_error_set(err, L62_E_USAGE,
		                     "%s: the seed in '%s', after the first comma, is no "
		                     "number",
		                     option, text);
	if (*at == ',') {
		plan->tags = at + 1;
		if (!are_tags(plan->tags))
			return l62_error_set(
			        err, L62_E_USAGE,
			        "%s: '%s' is no list of pool tags: four characters each, ? for "
			        "any, * for the rest, + between them",
			        option, plan->tags);
	}
	return L62_OK;
}

static bool take_status(const char **text, uint32_t *status)
{
	size_t length = strcspn(*text, ",");
	uint64_t value;

	for (size_t i = 0; i < STATUSES; i++) {
		if (strlen(statuses[i].name) == length &&
		    strncmp(statuses[i].name, *text, length) == 0) {
			*status = statuses[i].value;
			*text += length;
			return true;
		}
	}
	if (!take_number(text, ",", &value) || value > UINT32_MAX ||
	    !(value >> LEAST_FAILURE_BIT))
		return false;
	*status = (uint32_t)value;
	return true;
}

static int by_call(const void *a, const void *b)
{
	const struct l62_fail_at *x = a, *y = b;

	return (x->call > y->call) - (x->call < y->call);
}

int l62_fail_at_parse(const char *option, const char *text, struct l62_fault_plan *plan,
                      struct l62_fail_at **at, struct l62_error *err)
{
	const char *here = text;
	size_t count = 1;

	for (const char *c = text; *c; c++)
		count += *c == ',';
	plan->mode = L62_FAULTS_AT;
	plan->at_count = 0;
	plan->at = *at = calloc(count, sizeof(**at));
	if (!*at)
		return l62_error_set(err, L62_E_INTERNAL, "no memory");
	for (size_t i = 0; i < count; i++) {
		struct l62_fail_at *one = &(*at)[i];

		if (!take_number(&here, "=,", &one->call) || one->call == 0)
			return l62_error_set(err, L62_E_USAGE,
			                     "%s: '%s' is no list of numbers from 1, with "
			                     "commas between them: --calls shows them",
			                     option, text);
		if (*here == '=' && (here++, !take_status(&here, &one->status)))
			return l62_error_set(err, L62_E_USAGE,
			                     "%s: '%.*s' is no failure's NTSTATUS: give a "
			                     "number from 0x80000000 or a name like "
			                     "STATUS_NO_MEMORY",
			                     option, (int)strcspn(here, ","), here);
		here += *here == ',';
	}
	qsort(*at, count, sizeof(**at), by_call);
	for (size_t i = 1; i < count; i++) {
		if ((*at)[i].call == (*at)[i - 1].call)
			return l62_error_set(err, L62_E_USAGE,
			                     "%s: call %llu is there more than once", option,
			                     (unsigned long long)(*at)[i].call);
	}
	plan->at_count = count;
	return L62_OK;
}
