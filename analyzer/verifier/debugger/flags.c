/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Driver Verifier's flags: which there are and which run. */
#include "flags.h"

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
		    l62_verifier_flags[i].implemented)
			flags |= l62_verifier_flags[i].value;
	}
	return flags;
}

int l62_verify_flags_check(uint32_t flags, struct l62_error *err)
{
	for (size_t i = 0; i < l62_verifier_flag_count; i++) {
		const struct l62_verifier_flag *flag = &l62_verifier_flags[i];

		if (flags & flag->value && !flag->implemented)
			return l62_error_set(
			        err, L62_E_USAGE,
			        "the flag 0x%x (%s) is not implemented: leave it out",
			        flag->value, flag->name);
		flags &= ~flag->value;
	}
	if (flags)
		return l62_error_set(err, L62_E_USAGE, "there is no flag 0x%x",
		                     flags & (0u - flags));
	return L62_OK;
}
