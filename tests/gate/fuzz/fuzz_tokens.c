/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* C source that is anything: every place in it can be asked for. */
#include <stdint.h>
#include <stdlib.h>

#include "tokens.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct l62_tokens *tokens = l62_tokens_new((const char *)data, size);

	for (int line = 0; line < 16; line++) {
		char *following = l62_tokens_following(tokens, line, line % 5);
		const char *function = l62_tokens_function(tokens, line);

		/* What follows a place in a function follows somewhere in it. */
		if (following && function && l62_tokens_defines(tokens, function))
			l62_tokens_follows(tokens, function, following);
		g_free(following);
		g_free(l62_tokens_statement(tokens, line, line % 7));
	}
	l62_tokens_free(tokens);
	return 0;
}
