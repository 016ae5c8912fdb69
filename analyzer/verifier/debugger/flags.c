/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Driver Verifier's flags: which there are and which run. */
#include "flags.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "leak62/verifier.h"

const struct l62_verifier_flag l62_verifier_flags[] = {
#define L62_VERIFIER_FLAG(group, value, name, implemented)                                     \
	{L62_##group, value, name, implemented},
#include "verifier_flags.def"
};
const size_t l62_verifier_flag_count = sizeof(l62_verifier_flags) / sizeof(*l62_verifier_flags);

uint32_t l62_verify_flags_default(void)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < l62_verifier_flag_count; i++) {
		if (l62_verifier_flags[i].group == L62_STANDARD &&
		    l62_verifier_flags[i].implemented == 1)
			flags |= l62_verifier_flags[i].value;
	}
	return flags;
}

void l62_verify_flags_names(uint32_t flags, char *text, size_t size)
{
	size_t length = 0;

	*text = '\0';
	for (size_t i = 0; i < l62_verifier_flag_count && length < size; i++) {
		const struct l62_verifier_flag *flag = &l62_verifier_flags[i];

		if (flags & flag->value)
			length += (size_t)snprintf(text + length, size - length, "%s0x%x (%s)",
			                           length ? ", " : "", flag->value, flag->name);
	}
}

/* 0, or L62_E_USAGE naming all that are not implemented. */
static int check(uint32_t flags, struct l62_error *err)
{
	char missing[1024];
	uint32_t known = 0, absent = 0;

	for (size_t i = 0; i < l62_verifier_flag_count; i++) {
		known |= l62_verifier_flags[i].value;
		if (!l62_verifier_flags[i].implemented)
			absent |= flags & l62_verifier_flags[i].value;
	}
	if (flags & ~known)
		return l62_error_set(err, L62_E_USAGE, "there is no flag 0x%x",
		                     (flags & ~known) & (0u - (flags & ~known)));
	if (!absent)
		return L62_OK;
	l62_verify_flags_names(absent, missing, sizeof(missing));
	return l62_error_set(err, L62_E_USAGE, "not implemented, so leave out of --flags: %s",
	                     missing);
}

/* Driver Verifier's standard settings: what leak62 has not is left out, not refused. */
static void add_standard(uint32_t *flags, uint32_t *left_out)
{
	for (size_t i = 0; i < l62_verifier_flag_count; i++) {
		const struct l62_verifier_flag *flag = &l62_verifier_flags[i];

		if (flag->group != L62_STANDARD)
			continue;
		if (flag->implemented)
			*flags |= flag->value;
		else
			*left_out |= flag->value;
	}
}

static bool add_flag(const char *name, size_t length, uint32_t *flags, uint32_t *left_out)
{
	char *end;
	unsigned long long value;

	if (length == 8 && strncasecmp(name, "standard", length) == 0) {
		add_standard(flags, left_out);
		return true;
	}
	for (size_t i = 0; i < l62_verifier_flag_count; i++) {
		if (strlen(l62_verifier_flags[i].name) == length &&
		    strncasecmp(l62_verifier_flags[i].name, name, length) == 0) {
			*flags |= l62_verifier_flags[i].value;
			return true;
		}
	}
	if (*name < '0' || *name > '9')
		return false;
	errno = 0;
	value = strtoull(name, &end, 0);
	if (value == L62_FLAGS_STANDARD)
		add_standard(flags, left_out);
	else
		*flags |= (uint32_t)value;
	return end == name + length && value <= UINT32_MAX && errno == 0;
}

int l62_verify_flags_parse(const char *text, uint32_t *flags, uint32_t *left_out,
                           struct l62_error *err)
{
	*flags = *left_out = 0;
	for (;;) {
		size_t length = strcspn(text, ",");

		if (!add_flag(text, length, flags, left_out))
			return l62_error_set(err, L62_E_USAGE,
			                     "--flags: '%.*s' is no number and no flag's name",
			                     (int)length, text);
		if (text[length] == '\0')
			return check(*flags, err);
		text += length + 1;
	}
}
