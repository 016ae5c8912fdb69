/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The values that a run's JSON is made of; see json.h. */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "json.h"

json_t *l62_json_number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

json_t *l62_json_address(uint64_t value)
{
	return json_sprintf("0x%016" PRIx64, value);
}

/* Names out of images and symbols need not be UTF-8. */
json_t *l62_json_text(const char *value)
{
	json_t *string = value ? json_string(value) : json_null();
	char *copy;

	if (string)
		return string;
	copy = strdup(value);
	for (char *c = copy; c && *c; c++) {
		if (*c & 0x80)
			*c = '?';
	}
	string = json_string(copy ? copy : "");
	free(copy);
	return string;
}

json_t *l62_json_tag(uint32_t tag)
{
	char shown[5];

	l62_tag_text(tag, shown);
	return l62_json_text(shown);
}

json_t *l62_json_pool(uint8_t pool)
{
	return json_string(pool == L62_POOL_PAGED ? "paged" : "nonpaged");
}

json_t *l62_json_place(const struct l62_verify *run, uint64_t at, bool is_call)
{
	json_t *object = json_object();
	struct l62_symbol symbol;
	struct l62_line line;

	l62_json_set(object, "address", l62_json_address(at));
	if (l62_symbols_find(&run->symbols, at, &symbol)) {
		l62_json_set(object, "module", l62_json_text(symbol.module));
		if (symbol.name) {
			l62_json_set(object, "symbol", l62_json_text(symbol.name));
			l62_json_set(object, "offset", l62_json_number(at - symbol.start));
		}
	}
	if (l62_symbols_line(&run->symbols, is_call ? at - 1 : at, &line)) {
		l62_json_set(object, "file", l62_json_text(line.file));
		l62_json_set(object, "line", l62_json_number(line.line));
	}
	return object;
}

json_t *l62_json_stack(const struct l62_verify *run, uint32_t stack)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, stack, &frames);
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, l62_json_place(run, frames[i], true));
	return array;
}
