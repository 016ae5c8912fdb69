/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Text from source files and compile databases, made safe to show.  A driver's
 * source may come from anybody: what it says must neither drive the terminal nor
 * forge a line of the report, and SARIF must be UTF-8 whatever the source is in.
 */
#include "printable.h"

#include <string.h>

/* How many bytes the lead byte announces (0: no lead byte), and the range of the
 * byte after it, which rules out overlong forms, surrogates and too high values. */
static int sequence_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef) {
		if (lead == 0xe0)
			*low = 0xa0;
		if (lead == 0xed)
			*high = 0x9f;
		return 3;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		if (lead == 0xf0)
			*low = 0x90;
		if (lead == 0xf4)
			*high = 0x8f;
		return 4;
	}
	return 0;
}

uint32_t l62_utf8_next(const char **at, const char *end)
{
	unsigned char lead = (unsigned char)*(*at)++;
	unsigned char low, high;
	uint32_t value;
	int length;

	if (lead < 0x80)
		return lead;
	length = sequence_length(lead, &low, &high);
	if (!length)
		return L62_UTF8_BAD;
	value = lead & (0x7fu >> length);
	for (int i = 1; i < length; i++) {
		unsigned char next;

		if (*at == end)
			return L62_UTF8_BAD;
		next = (unsigned char)**at;
		if (next < low || next > high)
			return L62_UTF8_BAD;
		value = value << 6 | (next & 0x3f);
		(*at)++;
		low = 0x80;
		high = 0xbf;
	}
	return value;
}

void l62_utf8_append(GString *out, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		uint32_t c = l62_utf8_next(&text, end);

		g_string_append_unichar(out, c ? c : L62_UTF8_BAD);
	}
}

static void append_escaped(GString *out, uint32_t c)
{
	if (c < 0x80)
		g_string_append_printf(out, "\\x%02x", c);
	else if (c < 0x10000)
		g_string_append_printf(out, "\\u%04x", c);
	else
		g_string_append_printf(out, "\\U%08x", c);
}

void l62_printable_append(GString *out, const char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		uint32_t c = l62_utf8_next(&text, end);

		if (c == '\t') {
			g_string_append_c(out, ' ');
			continue;
		}
		switch (g_unichar_type(c)) {
		case G_UNICODE_CONTROL:
		case G_UNICODE_FORMAT:
		case G_UNICODE_LINE_SEPARATOR:
		case G_UNICODE_PARAGRAPH_SEPARATOR:
			append_escaped(out, c);
			break;
		default:
			g_string_append_unichar(out, c);
		}
	}
}

char *l62_printable_new(const char *text)
{
	GString *out = g_string_new(NULL);

	l62_printable_append(out, text);
	return g_string_free(out, FALSE);
}
